"""A question in everyday words, where a query was expected."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from coopkg import sparql_text
from coopkg.engine.hints.finding import Finding, Said
from coopkg.engine.hints.nearest import close
from coopkg.engine.hints.scene import Scene

_BEGIN: Final = (*sorted(sparql_text.QUERY_FORMS), "PREFIX", "BASE")
_FEWEST: Final = 2


def sentence(scene: Scene) -> Iterator[Finding]:
    """Yield a finding about the whole text when it is a sentence: words, and no sign of a query.

    A first word near one that begins a query is taken for a slip.
    """
    words = [one for one in scene.tokens if one.kind == "word"]
    if len(words) < _FEWEST or scene.tokens[0] != words[0]:
        return
    if any(sign in scene.text for sign in "{}<>*") or any(
        one.kind in {"pname", "iri"} or (one.kind == "var" and one.text != "?")
        for one in scene.tokens
    ):
        return
    first = words[0].keyword
    if first in _BEGIN or close(first, _BEGIN) or first in sparql_text.UPDATE_FORMS:
        return
    yield Finding(
        "plain-language",
        words[0].offset,
        scene.tokens[-1].end,
        Said(
            "ceci est une phrase, non une requête SPARQL", "this is a sentence, not a SPARQL query"
        ),
        Said(
            "posez vos questions en toutes lettres sur la première page, ou dans la recherche ; "
            "ici, commencez par SELECT, ASK, CONSTRUCT ou DESCRIBE",
            "type questions in plain words on the first page, or in the search; here, begin with "
            "SELECT, ASK, CONSTRUCT or DESCRIBE",
        ),
    )
