"""The columns of a template: which there are for a class, and what the shapes say of each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Literal

import pyoxigraph as ox

from coopkg.templates import shapes
from coopkg.templates.classes import CLASSES, HEADINGS, NAMES, NOTES, PARTICIPATION, Kind
from coopkg.templates.shapes import Rule
from coopkg.templates.vocabulary import Vocabulary
from coopkg.terms import BASE, LANGUAGES, PREFIXES, Term, compact, expand

Sort = Literal["text", "thing", "integer", "decimal", "date", "boolean", "address"]

_NUMBERS: Final[Mapping[str, Sort]] = {
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
_SHORT: Final = r"[a-z][a-z0-9-]*:[A-Za-z][\w-]*"
_JARGON: Final = re.compile(rf"{_SHORT}|\bIRI\b|\bskos\b|\brdf\b", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"(?<=[.])\s+|[\s\u00a0]+;\s+|;\s+")
_SAID: Final = re.compile(r"Exemple\s*:\s*(\S+)\s+([^\s;]+?)\.?(?:[\s;]|$)")
_IDENTITY: Final = {"fr": "Identité", "en": "Identity"}
_EXAMPLES: Final = {
    "^coop:component": "country-action-1",
    "^coop:participation": "partnership-1",
    "coop:acronym": "RES",
    "skos:altLabel": "La Régie",
    "coop:launchYear": "2012",
    "foaf:page": "https://exemple.org/page",
    "coop:lead": BASE + "id/organisation/cnfpt",
}


@dataclass(frozen=True)
class Field:
    """One column: its property (`a/b`: through a node; `^a`: from the other end), and its values.

    `among` are the things it may name, None for any; `several` tells that a cell may hold more
    than one, separated by `;`; `group` is the part of a form it stands in.
    """

    name: str
    label: Mapping[str, str]
    note: Mapping[str, str]
    kind: Sort = "text"
    lang: str = ""
    required: bool = False
    several: bool = True
    among: tuple[str, ...] | None = field(default=None, repr=False)
    example: str = ""
    datatype: str = ""
    group: Mapping[str, str] = field(default_factory=lambda: dict(_IDENTITY))

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
    """The columns of a class; the first of any sheet, before them, names the thing.

    `title` says one of the class, with its article: “an organisation”.
    """

    name: str
    kind: str
    label: Mapping[str, str]
    note: Mapping[str, str]
    fields: tuple[Field, ...]
    title: Mapping[str, str] = field(default_factory=dict)

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
    given = CLASSES[name]
    kind = expand(given.iri)
    maker = _Maker(name, given, vocabulary)
    names = dict.fromkeys((*given.first, *shapes.properties(name, vocabulary)))
    return Template(
        name,
        kind.value,
        _both(vocabulary.texts(kind, "rdfs:label", "skos:prefLabel"), name),
        dict(zip(LANGUAGES, given.note, strict=True)),
        tuple(maker.field(one) for one in names),
        dict(zip(("fr", "en"), given.label, strict=True)),
    )


class _Maker:
    """Makes the fields of one class."""

    def __init__(self, name: str, given: Kind, vocabulary: Vocabulary) -> None:
        self._given, self._words = given, vocabulary
        self._kinds = vocabulary.wider(expand(given.iri))
        self._rules = shapes.rules(name, vocabulary)
        self._deduced = shapes.deduced(name, vocabulary)

    def field(self, name: str) -> Field:
        """Return the field of a column."""
        bare, _, lang = name.partition("@")
        last = expand(bare.split("/")[-1].removeprefix("^"))
        rule = self._rules.get(bare.split("/")[0])
        about = self._words.shapes(last, self._kinds)
        own = list(rule.shapes) if rule else []
        among = self._among(bare, last, [*own, *about] if "/" not in bare else about)
        datatype = _datatype(last, [*own, *about], self._words)
        kind = _kind(bare, among, datatype, lang)
        return Field(
            name,
            _label(bare.split("/")[-1], last, lang, self._words),
            _note(bare.split("/")[-1], last, [*own, *about], self._words),
            kind,
            lang,
            self._is_required(name, rule),
            self._is_several(bare, rule, about),
            among,
            self._example(bare, lang, kind, among, [*own, *about]),
            datatype,
            dict((rule and rule.group) or self._group(about)),
        )

    def _is_required(self, name: str, rule: Rule | None) -> bool:
        if name == NAMES[0] or name.startswith("^") or name in self._deduced:
            return True
        if rule is None or "@" in name:
            return False
        if rule.name == PARTICIPATION:
            wanted = ("coop:lead", "coop:partner")[: rule.least]
            return name.rpartition("/")[2] in wanted
        return rule.least >= 1

    def _is_several(self, bare: str, rule: Rule | None, about: Sequence[Term]) -> bool:
        if "/" in bare:
            return True
        if bare.startswith("^") or bare in {"skos:prefLabel", "rdf:type"}:
            return False
        alone = [shapes.number(one, "sh:maxCount", self._words) == 1 for one in about]
        return not (any(alone) or (rule is not None and rule.most == 1))

    def _among(
        self, bare: str, last: ox.NamedNode, about: Sequence[Term]
    ) -> tuple[str, ...] | None:
        if bare.startswith("^"):
            return None
        if bare == "rdf:type":
            return shapes.kinds_below(expand(self._given.iri), self._words)
        return _among(last, about, self._words)

    def _group(self, about: Sequence[Term]) -> Mapping[str, str]:
        for shape in about:
            for group in self._words.values(shape, "sh:group"):
                return _both(self._words.texts(group, "rdfs:label"), _IDENTITY["fr"])
        return _IDENTITY

    def _example(
        self, bare: str, lang: str, kind: Sort, among: tuple[str, ...] | None, about: Sequence[Term]
    ) -> str:
        if bare == "skos:prefLabel":
            return self._given.example[lang == "en"]
        if sample := self._given.samples.get(bare) or _EXAMPLES.get(bare.split("/")[-1]):
            return sample
        said = [self._shown(one, bare, among) for one in about]
        if found := next(filter(None, said), ""):
            return found
        if among:
            return among[0]
        plain = {"integer": "3", "decimal": "12,5", "date": "2016-09-01", "boolean": "oui"}
        return {"address": "https://exemple.org", **plain}.get(kind, "…")

    def _shown(self, shape: Term, bare: str, among: tuple[str, ...] | None) -> str:
        """Return the example that the message of a shape gives for this property."""
        for text in self._words.texts(shape, "sh:message").values():
            match = _SAID.search(text)
            if match is None or match[1] != bare.split("/")[-1]:
                continue
            if among is None:
                return match[2].strip('"')
            iri = expand(match[2]).value if re.fullmatch(_SHORT, match[2]) else ""
            if iri in among:
                return iri
        return ""


def among(given: Field, kind: str, vocabulary: Vocabulary) -> Field:
    """Return a field that knows what it may name, from the shapes and the range of its property."""
    last = given.path[-1]
    if given.kind != "thing" or given.among is not None or last.startswith("^"):
        return given
    link = ox.NamedNode(last)
    about = vocabulary.shapes(link, vocabulary.wider(ox.NamedNode(kind)))
    return replace(given, among=_among(link, about, vocabulary))


def _kind(bare: str, among: tuple[str, ...] | None, datatype: str, lang: str) -> Sort:
    if bare in _ADDRESSES:
        return "address"
    if among is not None or bare.startswith("^"):
        return "thing"
    return "text" if lang else _NUMBERS.get(datatype.rpartition("#")[2], "text")


def _label(short: str, link: ox.NamedNode, lang: str, vocabulary: Vocabulary) -> dict[str, str]:
    found = _both(_named(link, vocabulary), short)
    if short in HEADINGS:
        found = dict(zip(("fr", "en"), HEADINGS[short], strict=True))
    if not lang:
        return {one: text[:1].upper() + text[1:] for one, text in found.items()}
    return {
        one: f"{text[:1].upper()}{text[1:]} ({_LANGUAGE[one][lang]})" for one, text in found.items()
    }


def _named(link: ox.NamedNode, vocabulary: Vocabulary) -> dict[str, str]:
    """Return the name that a shape gives a property, else that of the ontology."""
    for shape in vocabulary.about(link):
        if found := vocabulary.texts(shape, "sh:name"):
            return found
    return vocabulary.texts(link, "rdfs:label", "skos:prefLabel")


def _note(
    short: str, link: ox.NamedNode, about: Sequence[Term], vocabulary: Vocabulary
) -> dict[str, str]:
    if said := NOTES.get(short):
        return dict(zip(("fr", "en"), said, strict=True))
    own = [one for one in about if shapes.paths(one, vocabulary) == [short]]
    for found in (
        *(vocabulary.texts(shape, "sh:description") for shape in own),
        vocabulary.texts(link, "rdfs:comment", "skos:definition"),
        *(vocabulary.texts(shape, "sh:description") for shape in about),
    ):
        plain = {lang: _plain(text) for lang, text in found.items()}
        if all(plain.values()) and plain:
            return _both(plain, "")
    return _both({}, "")


def _plain(text: str) -> str:
    """Return the sentences of a description that everybody understands."""
    kept = [one for one in _SENTENCE.split(text) if not _JARGON.search(one)]
    return " ; ".join(kept) if not text.rstrip(".").count(".") else " ".join(kept)


def _among(
    link: ox.NamedNode, about: Sequence[Term], vocabulary: Vocabulary
) -> tuple[str, ...] | None:
    """Return the things that shapes, or the range of the property, let a column name."""
    found = _listed(link, about, vocabulary)
    things, kinds = shapes.excluded(
        [one for one in about if compact(link.value) in shapes.paths(one, vocabulary)], vocabulary
    )
    if found is None or not (things or kinds):
        return found
    things |= set(vocabulary.members(kinds))
    return tuple(one for one in found if one not in things)


def _listed(
    link: ox.NamedNode, about: Sequence[Term], vocabulary: Vocabulary
) -> tuple[str, ...] | None:
    for shape in about:
        for listed in vocabulary.values(shape, "sh:in"):
            return tuple(
                one.value for one in vocabulary.items(listed) if isinstance(one, ox.NamedNode)
            )
        if kinds := _schemes(shape, vocabulary) or _classes(shape, vocabulary):
            return tuple(vocabulary.members(kinds))
    ranges = [one for one in vocabulary.values(link, "rdfs:range") if isinstance(one, ox.NamedNode)]
    if ranges and not ranges[0].value.startswith((PREFIXES["xsd"], PREFIXES["rdf"])):
        members = vocabulary.members(ranges)
        return tuple(members) if members else None
    return None


def _schemes(shape: Term, vocabulary: Vocabulary) -> list[Term]:
    return [
        value
        for node in vocabulary.values(shape, "sh:node")
        for inner in vocabulary.values(node, "sh:property")
        for value in vocabulary.values(inner, "sh:hasValue")
    ]


def _classes(shape: Term, vocabulary: Vocabulary) -> list[Term]:
    found = list(vocabulary.values(shape, "sh:class"))
    for choice in vocabulary.values(shape, "sh:or"):
        found += [k for one in vocabulary.items(choice) for k in vocabulary.values(one, "sh:class")]
    return found


def _datatype(link: ox.NamedNode, about: Sequence[Term], vocabulary: Vocabulary) -> str:
    stated = [v for shape in about for v in vocabulary.values(shape, "sh:datatype")]
    ranges = vocabulary.values(link, "rdfs:range")
    for one in (*stated, *ranges):
        if isinstance(one, ox.NamedNode) and one.value.startswith(PREFIXES["xsd"]):
            return one.value
    return ""


def _both(found: Mapping[str, str], otherwise: str) -> dict[str, str]:
    first = found.get("fr") or found.get("en") or otherwise
    return {lang: found.get(lang) or first for lang in ("fr", "en")}
