"""What may be meant while somebody types: things, types, properties; and a card of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from coopkg.errors import Lang, ParameterError
from coopkg.linking import Index, full
from coopkg.linking.suggesting import named, text, things
from coopkg.serve.reconcile import preview
from coopkg.serve.reconcile.known import properties, property_of
from coopkg.serve.reconcile.manifest import Json, kind
from coopkg.serve.reconcile.queries import described
from coopkg.serve.service import Service

SHOWN: Final = 12
LONGEST: Final = 200
_DIGITS: Final = 6


def cursor(given: Mapping[str, str]) -> int:
    """Return how many suggestions are left out.

    Raises:
        ParameterError: not a number.
    """
    said = given.get("cursor") or "0"
    if not (said.isascii() and said.isdigit() and len(said) <= _DIGITS):
        raise ParameterError("cursor", said[:40], "un nombre", "a number")
    return int(said)


def suggested(
    service: Service,
    index: Index,
    what: str,
    prefix: str,
    classes: Sequence[str],
    start: int,
    lang: Lang,
) -> list[Json]:
    """Return what may follow a prefix, in a language.

    Raises:
        ParameterError: the prefix is too long to be one.
    """
    if len(prefix) > LONGEST:
        raise ParameterError(
            "prefix", prefix[:40], f"{LONGEST} caractères au plus", f"at most {LONGEST} characters"
        )
    shown = slice(start, start + SHOWN)
    if what == "entity":
        return [
            {
                "id": one.iri,
                "name": one.called(lang),
                "description": described(index, one.iri, lang),
                "notable": [kind(index, name, lang) for name in one.classes],
            }
            for one in things(index, prefix, classes)[shown]
        ]
    known = index.classes if what == "type" else properties(service)
    return [_said(iri, known[iri], lang) for iri in list(named(known, prefix, lang))[shown]]


def _said(iri: str, one: Mapping[str, Any], lang: Lang) -> Json:
    said = {"id": iri, "name": text(one, lang) or iri}
    definition = text(one.get("definition") or {}, lang)
    return {**said, "description": definition} if definition else said


def flyout(service: Service, index: Index, what: str, name: str, lang: Lang) -> Json:
    """Return a card of something that is suggested.

    Raises:
        UnknownError: there is no such thing.
    """
    if what == "entity":
        iri = full(name)
        if iri not in index.things:
            raise preview.unknown(service, name)
        title, more = index.things[iri].called(lang), described(index, iri, lang)
    else:
        known = index.classes if what == "type" else properties(service)
        iri = index.class_named(name) if what == "type" else property_of(name)
        if iri not in known:
            raise preview.unknown(service, name)
        said = _said(iri, known[iri], lang)
        title, more = said["name"], said.get("description", "")
    html = f"<p><strong>{escape(title)}</strong></p><p>{escape(more)}</p>"
    return {"id": name, "html": html}
