"""The names of a query that only inferred facts use: without inference they find nothing.

An empty answer to `?inference=off` and an empty answer for want of facts look alike: this tells
them apart. Each name is asked of the stated facts once, and what was answered is remembered.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from typing import Final

from coopkg.engine import Admitted, Dataset, admit
from coopkg.engine.hints import Diagnostic, Vocabulary, caret
from coopkg.errors import Lang, QueryError
from coopkg.serve import metering
from coopkg.serve.service import Service
from coopkg.sparql_text import Token, TokenError

RULE: Final = "only-inferred"
NAMES_MOST: Final = 20
REMEMBERED: Final = 2_000
_STATED: Final = Dataset(inference=False)


class _Uses:
    """Whether stated facts use a name, by generation."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, str], bool] = OrderedDict()

    def stated(self, service: Service, iri: str, *, is_class: bool) -> bool:
        """Tell whether a stated fact uses a name.

        Raises:
            QueryError: the engine could not say.
        """
        key = (service.generation.id, iri)
        with self._lock:
            if key in self._known:
                return self._known[key]
        pattern = f"?x a <{iri}>" if is_class else f"?x <{iri}> ?y"
        result = metering.run(service.engine, f"ASK {{ {pattern} }}", dataset=_STATED)
        found = bool(json.loads(result.body)["boolean"])
        with self._lock:
            self._known[key] = found
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        return found


_USES: Final = _Uses()


def unstated(
    service: Service, known: Vocabulary | None, query: str, lang: Lang
) -> list[Diagnostic]:
    """Return a warning for each name of a query that inferred facts alone use.

    None for a query that names its graphs, and none when the engine cannot say.
    """
    try:
        admitted = admit(query)
        if known is None or admitted.dataset:
            return []
        return [
            _told(token, query, lang)
            for iri, token in _named(admitted, known).items()
            if not _USES.stated(service, iri, is_class=iri in known.classes)
        ]
    except QueryError:
        return []


def _named(admitted: Admitted, known: Vocabulary) -> dict[str, Token]:
    """Return the classes and properties of the graph that a query names, where it does first."""
    found: dict[str, Token] = {}
    for token in admitted.tokens[admitted.prologue.length :]:
        if token.kind not in {"iri", "pname"} or len(found) >= NAMES_MOST:
            continue
        try:
            iri = admitted.prologue.resolve(token)
        except TokenError:
            continue
        name = known.classes.get(iri) or known.properties.get(iri)
        if name is not None and name.count:
            found.setdefault(iri, token)
    return found


def _told(token: Token, query: str, lang: Lang) -> Diagnostic:
    fr = f"seuls des faits déduits emploient {token.text}, et ils n’ont pas été interrogés"
    en = f"only inferred facts use {token.text}, and they were not asked"
    hint = {"fr": "interrogez-les aussi : inference=on", "en": "ask them too: inference=on"}
    return Diagnostic(
        "warning",
        RULE,
        token.line,
        token.column,
        token.line,
        token.column + len(token.text),
        fr if lang == "fr" else en,
        hint[lang],
        None,
        None,
        None,
        caret(query, token.offset, token.end),
    )
