"""The columns of a partner's own data: a property, and one form of its values, for each."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import pyoxigraph as ox

from coopkg.errors import Lang
from coopkg.tables import shown
from coopkg.templates import CLASSES, Field, Vocabulary, template
from coopkg.templates.classes import HEADINGS
from coopkg.templates.fields import among
from coopkg.terms import PREFIXES, RDF_TYPE, Term, compact, expand

What = str
"""`iri`, `@fr` for a language, `^xsd:date` for a datatype."""

_XSD: Final = PREFIXES["xsd"]
_WHOLE: Final = frozenset(("integer", "int", "long", "short", "byte", "gYear"))
_LANGUAGES: Final[Mapping[Lang, Mapping[str, str]]] = {
    "fr": {"fr": "français", "en": "anglais", "ar": "arabe"},
    "en": {"fr": "French", "en": "English", "ar": "Arabic"},
}
OTHER_KIND: Final = {"fr": "Autre sorte", "en": "Other kind"}


@dataclass(frozen=True)
class Owned(Field):
    """A field of one property, by its IRI: it may be in any vocabulary."""

    link: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """The IRI of its property."""
        return (self.link,)


def what(term: Term) -> What:
    """Return the form of a value."""
    if not isinstance(term, ox.Literal):
        return "iri"
    return f"@{term.language}" if term.language else f"^{compact(term.datatype.value)}"


def form(given: What) -> shown.Form:
    """Return how values of a form are compared."""
    return shown.form(datatype(given))


def datatype(given: What) -> str:
    """Return the datatype of a form, "" when it has none."""
    return expand(given[1:]).value if given.startswith("^") else ""


def table_kind(given: What) -> str:
    """Return what a spreadsheet is told of a column: a kind of `coopkg.tables`."""
    if given == "^xsd:gYear":
        return "year"
    return {"number": "decimal", "boolean": "boolean", "date": "date"}.get(form(given), "text")


class Columns:
    """The fields of a class: those of its template, and those that the data need besides."""

    def __init__(self, kind: str, vocabulary: Vocabulary) -> None:
        self._words = vocabulary
        self._kind = kind
        name = next((one for one, given in CLASSES.items() if expand(given.iri).value == kind), "")
        fields = template(name, vocabulary).fields if name else ()
        plain = [one for one in fields if "/" not in one.name and not one.name.startswith("^")]
        self._fields = {
            (one.path[0], _what(one)): one for one in plain if one.path[0] != RDF_TYPE.value
        }

    @property
    def known(self) -> list[tuple[str, What]]:
        """The columns that the template has, in its order."""
        return list(self._fields)

    def field(self, link: str, given: What) -> Owned:
        """Return the field of a property and a form of its values."""
        found = self._fields.get((link, given))
        if found is not None:
            return Owned(**{**_shallow(found), "required": False, "link": link})
        made = Owned(
            f"{compact(link)}{given if given.startswith('@') else ''}",
            self._label(link, given),
            {},
            _kind(given),  # type: ignore[arg-type]  # one of the few kinds of a field
            given[1:] if given.startswith("@") else "",
            datatype=datatype(given),
            link=link,
        )
        return replace(made, among=among(made, self._kind or _XSD, self._words).among)

    def _label(self, link: str, given: What) -> dict[str, str]:
        node = ox.NamedNode(link)
        said = self._words.texts(node, "rdfs:label", "skos:prefLabel")
        first = said.get("fr") or said.get("en") or compact(link)
        found = {one: said.get(one) or first for one in ("fr", "en")}
        if compact(link) in HEADINGS:
            found = dict(zip(("fr", "en"), HEADINGS[compact(link)], strict=True))
        if link == RDF_TYPE.value:
            found = dict(OTHER_KIND)
        return {
            one: f"{text[:1].upper()}{text[1:]}{_language(given, one)}"
            for one, text in found.items()
        }


def _language(given: What, lang: str) -> str:
    if not given.startswith("@"):
        return ""
    return f" ({_LANGUAGES['en' if lang == 'en' else 'fr'].get(given[1:], given[1:])})"


def _what(one: Field) -> What:
    if one.kind in {"thing", "address"}:
        return "iri"
    return f"@{one.lang}" if one.lang else f"^{compact(one.datatype or _XSD + 'string')}"


def _shallow(one: Field) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Field.__dataclass_fields__}


def _kind(given: What) -> str:
    if given == "iri":
        return "thing"
    name = datatype(given).removeprefix(_XSD)
    if name in _WHOLE or name.endswith(("Integer", "Int", "Long", "Short", "Byte")):
        return "integer"
    if name in {"decimal", "double", "float"}:
        return "decimal"
    return {"date": "date", "boolean": "boolean"}.get(name, "text")


def typed(term: Term, given: What) -> Term:
    """Return a value that was read with the very datatype of its column.

    >>> typed(ox.Literal("2016", datatype=expand("xsd:integer")), "^xsd:gYear").datatype.value[-5:]
    'gYear'
    """
    wanted = datatype(given)
    if not isinstance(term, ox.Literal) or not wanted or term.datatype.value == wanted:
        return term
    text = term.value
    if wanted == _XSD + "gYear" and text.lstrip("-").isdigit():
        text = f"{int(text):05d}" if text.startswith("-") else f"{int(text):04d}"
    return ox.Literal(text, datatype=ox.NamedNode(wanted))


def ordered(found: Iterable[tuple[str, What]], columns: Columns) -> list[tuple[str, What]]:
    """Return columns in the order of the template, then the others by name."""
    rank = {one: place for place, one in enumerate(columns.known)}
    last = len(rank)
    return sorted({*found, *rank}, key=lambda one: (rank.get(one, last), compact(one[0]), one[1]))
