"""The columns of a template: which there are for a class, and what the shapes say of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import pyoxigraph as ox

from coopkg.templates.vocabulary import Vocabulary
from coopkg.terms import PREFIXES, Term, compact, expand

Kind = Literal["text", "thing", "integer", "decimal", "date", "boolean", "address"]
_NAMES: Final = ("skos:prefLabel@fr", "skos:prefLabel@en")

CLASSES: Final[Mapping[str, tuple[str, tuple[str, ...]]]] = {
    "organisation": (
        "org:Organization",
        (
            *_NAMES, "coop:acronym@fr", "skos:altLabel@fr", "coop:basedIn", "coop:unitOf",
            "coop:isMemberOf", "coop:expertiseIn", "foaf:page",
        ),
    ),
    "country-action": (
        "coop:CountryAction",
        (
            *_NAMES, "coop:country", "coop:participation/coop:lead",
            "coop:participation/coop:partner", "coop:participation/coop:beneficiary",
            "coop:purposeTheme", "coop:domainTheme", "coop:audience",
        ),
    ),
    "partnership": (
        "coop:Partnership",
        (
            *_NAMES, "coop:participation/coop:lead", "coop:participation/coop:partner",
            "coop:domainTheme",
        ),
    ),
    "participation": (
        "coop:Participation",
        ("^coop:participation", "coop:lead", "coop:partner", "coop:beneficiary", "coop:funder"),
    ),
}  # fmt: skip
"""The classes there is a template for: their class, and the properties of their columns."""

_HEADINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "skos:prefLabel": {"fr": "Nom", "en": "Name"},
    "skos:altLabel": {"fr": "Autre nom", "en": "Other name"},
    "coop:acronym": {"fr": "Sigle", "en": "Acronym"},
    "coop:basedIn": {"fr": "Pays ou lieu", "en": "Country or place"},
    "coop:unitOf": {"fr": "Organisme de rattachement", "en": "Parent organisation"},
    "coop:isMemberOf": {"fr": "Membre de", "en": "Member of"},
    "coop:expertiseIn": {"fr": "Domaines d’expertise", "en": "Fields of expertise"},
    "foaf:page": {"fr": "Page web", "en": "Web page"},
    "coop:country": {"fr": "Pays", "en": "Country"},
    "coop:lead": {"fr": "Chef de file", "en": "Lead"},
    "coop:partner": {"fr": "Partenaires", "en": "Partners"},
    "coop:beneficiary": {"fr": "Bénéficiaires", "en": "Beneficiaries"},
    "coop:funder": {"fr": "Financeurs", "en": "Funders"},
    "coop:purposeTheme": {"fr": "Thème visé", "en": "Purpose theme"},
    "coop:domainTheme": {"fr": "Domaines", "en": "Domain themes"},
    "coop:audience": {"fr": "Publics", "en": "Audiences"},
    "coop:participation": {"fr": "Activité", "en": "Activity"},
}
"""Headings shorter than the labels of the ontology, which are verbs."""

_NUMBERS: Final[Mapping[str, Kind]] = {
    "integer": "integer",
    "decimal": "decimal",
    "date": "date",
    "boolean": "boolean",
    "anyURI": "address",
}
_ADDRESSES: Final = frozenset({"foaf:page", "foaf:homepage", "rdfs:seeAlso", "dcat:landingPage"})
_LANGUAGE: Final = {
    "fr": {"fr": "français", "en": "anglais"},
    "en": {"fr": "French", "en": "English"},
}
_EXAMPLE: Final = {
    "fr": re.compile(r"Exemple\s*:\s*(.+?)\.?$"),
    "en": re.compile(r"Example: (.+?)\.?$"),
}


@dataclass(frozen=True)
class Field:
    """One column: its property (`a/b`: through a node; `^a`: from the other end), and its values.

    `among` are the things it may name, None for any; `several` tells that a cell may hold more
    than one, separated by `;`.
    """

    name: str
    label: Mapping[str, str]
    note: Mapping[str, str]
    kind: Kind = "text"
    lang: str = ""
    required: bool = False
    several: bool = True
    among: tuple[str, ...] | None = field(default=None, repr=False)
    example: str = ""
    datatype: str = ""

    @property
    def path(self) -> tuple[str, ...]:
        """The IRIs of its steps; one that is followed backwards begins with `^`."""
        steps = self.name.partition("@")[0].split("/")
        return tuple(
            "^" + expand(step[1:]).value if step.startswith("^") else expand(step).value
            for step in steps
        )


@dataclass(frozen=True)
class Template:
    """The columns of a class; the first of any sheet, before them, names the thing."""

    name: str
    kind: str
    label: Mapping[str, str]
    note: Mapping[str, str]
    fields: tuple[Field, ...]

    def id_label(self, lang: str) -> str:
        """Return the heading of the first column: it tells the class too.

        The words are those by which a table of this template is known again.
        """
        word = "Identifiant" if lang == "fr" else "Identifier"
        return f"{word} ({self.label[lang]})"


def template(name: str, vocabulary: Vocabulary) -> Template:
    """Return the template of a class.

    Raises:
        KeyError: there is none of that name (see `CLASSES`).
    """
    kind_name, names = CLASSES[name]
    kind = expand(kind_name)
    kinds = vocabulary.wider(kind)
    return Template(
        name,
        kind.value,
        _both(vocabulary.texts(kind, "rdfs:label", "skos:prefLabel"), name),
        _both(vocabulary.texts(kind, "rdfs:comment", "skos:definition"), ""),
        tuple(_field(one, kinds, vocabulary) for one in names),
    )


def _field(name: str, kinds: list[ox.NamedNode], vocabulary: Vocabulary) -> Field:
    bare, _, lang = name.partition("@")
    last = expand(bare.split("/")[-1].removeprefix("^"))
    first = expand(bare.split("/")[0].removeprefix("^"))
    shapes = vocabulary.shapes(last, kinds)
    owned = [one for one in vocabulary.about(first) if vocabulary.owned(one, kinds)]
    among = None if name.startswith("^") else _among(last, shapes, vocabulary)
    datatype = _datatype(last, shapes, vocabulary)
    kind = _kind(bare, among, datatype, lang)
    required = _count(owned, "sh:minCount", vocabulary) >= 1 if not name.startswith("^") else True
    several = not any(_count([one], "sh:maxCount", vocabulary) == 1 for one in (*owned, *shapes))
    return Field(
        name,
        _label(last, lang, vocabulary),
        _note(last, [*owned, *shapes], vocabulary),
        kind,
        lang,
        (required and "/" not in bare)
        or name == _NAMES[0]
        or name.endswith("participation/coop:lead"),
        (several and not name.startswith(("^", "skos:prefLabel"))) or "/" in bare,
        among,
        "RES" if bare == "coop:acronym" else _example(kind, lang, among, vocabulary),
        datatype,
    )


def among(given: Field, kind: str, vocabulary: Vocabulary) -> Field:
    """Return a field that knows what it may name, from the shapes and the range of its property."""
    last = given.path[-1]
    if given.kind != "thing" or given.among is not None or last.startswith("^"):
        return given
    link = ox.NamedNode(last)
    shapes = vocabulary.shapes(link, vocabulary.wider(ox.NamedNode(kind)))
    return replace(given, among=_among(link, shapes, vocabulary))


def _kind(bare: str, among: tuple[str, ...] | None, datatype: str, lang: str) -> Kind:
    if bare in _ADDRESSES:
        return "address"
    if among is not None or bare.startswith("^"):
        return "thing"
    return "text" if lang else _NUMBERS.get(datatype.rpartition("#")[2], "text")


def _label(link: ox.NamedNode, lang: str, vocabulary: Vocabulary) -> dict[str, str]:
    found = _both(vocabulary.texts(link, "rdfs:label", "skos:prefLabel"), compact(link.value))
    found = dict(_HEADINGS.get(compact(link.value), found))
    if not lang:
        return {one: text[:1].upper() + text[1:] for one, text in found.items()}
    return {
        one: f"{text[:1].upper()}{text[1:]} ({_LANGUAGE[one][lang]})" for one, text in found.items()
    }


def _note(link: ox.NamedNode, shapes: list[Term], vocabulary: Vocabulary) -> dict[str, str]:
    for shape in shapes:
        if found := vocabulary.texts(shape, "sh:description"):
            return _both(found, "")
    return _both(vocabulary.texts(link, "rdfs:comment", "skos:definition"), "")


def _among(
    link: ox.NamedNode, shapes: list[Term], vocabulary: Vocabulary
) -> tuple[str, ...] | None:
    """Return the things that shapes, or the range of the property, let a column name."""
    for shape in shapes:
        for listed in vocabulary.values(shape, "sh:in"):
            return tuple(
                one.value for one in vocabulary.items(listed) if isinstance(one, ox.NamedNode)
            )
        for node in vocabulary.values(shape, "sh:node"):
            schemes = [
                value
                for inner in vocabulary.values(node, "sh:property")
                for value in vocabulary.values(inner, "sh:hasValue")
            ]
            if schemes:
                return tuple(vocabulary.members(schemes))
        kinds = vocabulary.values(shape, "sh:class")
        for choice in vocabulary.values(shape, "sh:or"):
            kinds += [
                k for one in vocabulary.items(choice) for k in vocabulary.values(one, "sh:class")
            ]
        if kinds:
            return tuple(vocabulary.members(kinds))
    ranges = [one for one in vocabulary.values(link, "rdfs:range") if isinstance(one, ox.NamedNode)]
    if ranges and not ranges[0].value.startswith((PREFIXES["xsd"], PREFIXES["rdf"])):
        members = vocabulary.members(ranges)
        return tuple(members) if members else None
    return None


def _datatype(link: ox.NamedNode, shapes: list[Term], vocabulary: Vocabulary) -> str:
    stated = [v for shape in shapes for v in vocabulary.values(shape, "sh:datatype")]
    ranges = vocabulary.values(link, "rdfs:range")
    for one in (*stated, *ranges):
        if isinstance(one, ox.NamedNode) and one.value.startswith(PREFIXES["xsd"]):
            return one.value
    return ""


def _count(shapes: list[Term], predicate: str, vocabulary: Vocabulary) -> int:
    given = (value for shape in shapes for value in vocabulary.values(shape, predicate))
    return max((int(value.value) for value in given if isinstance(value, ox.Literal)), default=0)


def _example(kind: Kind, lang: str, among: tuple[str, ...] | None, vocabulary: Vocabulary) -> str:
    if among:
        return among[0]
    texts = {"fr": "Régie de l’eau de Sfax", "en": "Sfax water board"}
    plain = {"integer": "2016", "decimal": "12,5", "date": "2016-09-01", "boolean": "oui"}
    return {"address": "https://exemple.org", **plain}.get(kind, texts.get(lang, "texte"))


def _both(found: Mapping[str, str], otherwise: str) -> dict[str, str]:
    first = found.get("fr") or found.get("en") or otherwise
    return {lang: found.get(lang) or first for lang in ("fr", "en")}
