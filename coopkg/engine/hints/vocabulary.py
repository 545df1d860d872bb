"""What a generation lets queries name, ready to be searched: `schema.json` and the labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from coopkg.engine.hints.nearest import Spelt, folded, likeness
from coopkg.engine.hints.wellknown import GUESSED, KNOWN_PREFIXES
from coopkg.terms import BASE, LANGUAGES, compact, expand

NEAR: Final = 0.8
CONVINCING: Final = 0.6
ALMOST: Final = 0.3
AREAS: Final = (BASE + "id/", BASE + "scheme/")
GRAPHS: Final = BASE + "graph/"


@dataclass(frozen=True)
class Name:
    """Something that can be named: its IRI, its short id, its labels, how many triples use it."""

    iri: str
    id: str
    labels: Mapping[str, str]
    count: int = 0
    uses: int = 0
    others: tuple[str, ...] = ()

    @property
    def local(self) -> str:
        """Return the name without its prefix or namespace."""
        return local_name(self.iri)

    @property
    def aside(self) -> bool:
        """Tell whether only named graphs use it."""
        return not self.count and bool(self.uses) and not self.iri.startswith(AREAS)

    @cached_property
    def spelt(self) -> tuple[Spelt, tuple[Spelt, ...]]:
        """Return its local name and its labels, ready to be compared."""
        names = dict.fromkeys((*self.labels.values(), *self.others))
        return Spelt.of(self.local), tuple(Spelt.of(name) for name in names)

    def described(self, lang: str) -> str:
        """Return the id and, when there is one, the label in that language."""
        label = self.labels.get(lang)
        return f"{self.id} (« {label} »)" if label and lang == "fr" else self._english(label)

    def _english(self, label: str | None) -> str:
        return f"{self.id} (“{label}”)" if label else self.id


@dataclass(frozen=True)
class Vocabulary:
    """The schema of a generation, with what its labels name."""

    classes: Mapping[str, Name]
    properties: Mapping[str, Name]
    entities: Mapping[str, Name]
    graphs: Mapping[str, Name]
    languages: frozenset[str]
    prefixes: Mapping[str, str]
    of_class: Mapping[str, frozenset[str]] = field(default_factory=dict)
    subjects: Mapping[str, frozenset[str]] = field(default_factory=dict)
    objects: Mapping[str, frozenset[str]] = field(default_factory=dict)
    aligned: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        schema: Mapping[str, Any],
        labels: Mapping[str, Mapping[str, Any]] | None = None,
        alignments: Iterable[Mapping[str, Any]] = (),
    ) -> Vocabulary:
        """Read `schema.json`, `labels.json` and the alignments of `ontology.json`, as sealed."""
        labels = labels or {}
        classes, properties = schema["classes"], schema["properties"]
        return cls(
            classes=_names(classes),
            properties=_names(properties),
            entities=_entities(schema, labels),
            graphs={one["iri"]: _graph(one, labels) for one in schema["graphs"]},
            languages=frozenset(schema["languages"]),
            prefixes=schema["prefixes"],
            of_class={one["iri"]: frozenset(one["properties"]) for one in classes},
            subjects={one["iri"]: frozenset(one["subjects"]) for one in properties},
            objects={one["iri"]: frozenset(one["objects"]) for one in properties},
            aligned=_aligned(alignments),
        )

    def nearest(
        self, iri: str, among: Iterable[Mapping[str, Name]], many: int = 3
    ) -> list[tuple[float, Name]]:
        """Return the used names that are nearest to an IRI, the nearest first.

        Those of the same namespace come first among equals, then the most used.
        """
        asked = Spelt.of(local_name(iri))
        space = iri.removesuffix(asked.text)
        scored = []
        for names in among:
            for name in names.values():
                if not name.uses or name.iri == iri:
                    continue
                if name.aside and not name.iri.startswith(space):
                    continue
                score = likeness(asked, *name.spelt)
                if score < NEAR:
                    elsewhere = not name.iri.startswith(space)
                    rank = (score + 0.04 * elsewhere, -name.count, name.id)
                    scored.append((rank, name))
        return [(rank[0], name) for rank, name in sorted(scored, key=lambda one: one[0])[:many]]

    def meant(self, iri: str, among: Mapping[str, Name]) -> list[tuple[float, Name]]:
        """Return the names in use that say here what a term says elsewhere, then the nearest.

        The alignments of the vocabulary come first, then what people commonly guess.
        """
        aligned = self._used(self.aligned.get(iri, ()), among)
        near = self.nearest(iri, [among])
        known = GUESSED.get(folded(local_name(iri)), ())
        guessed = self._used((str(expand(one).value) for one in known), among)
        if aligned:
            return aligned + [one for one in guessed if one not in aligned]
        return near if near and near[0][0] <= ALMOST else guessed or near

    @staticmethod
    def _used(iris: Iterable[str], among: Mapping[str, Name]) -> list[tuple[float, Name]]:
        return [(0.0, among[iri]) for iri in iris if iri in among and among[iri].count]

    @cached_property
    def by_label(self) -> Mapping[str, list[Name]]:
        """Entities by each of their names, folded."""
        found: dict[str, list[Name]] = {}
        for name in self.entities.values():
            for label in {folded(one) for one in (*name.labels.values(), *name.others)}:
                found.setdefault(label, []).append(name)
        return found

    @cached_property
    def by_local(self) -> Mapping[str, list[Name]]:
        """Entities by the end of their address, folded."""
        found: dict[str, list[Name]] = {}
        for name in self.entities.values():
            found.setdefault(folded(name.local), []).append(name)
        return found

    @cached_property
    def namespaces(self) -> Mapping[str, str]:
        """The namespaces we know, by what is left of them without scheme and last sign."""
        return {bare(iri): iri for iri in (*KNOWN_PREFIXES.values(), *self.prefixes.values())}

    def language_of(self, text: str) -> str | None:
        """Return the only language in which something has exactly this label."""
        spoken = {
            lang
            for name in self.by_label.get(folded(text), ())
            for lang, label in name.labels.items()
            if label == text
        }
        return spoken.pop() if len(spoken) == 1 else None


def local_name(iri: str) -> str:
    """Return an IRI without its namespace.

    >>> local_name("http://a.org/b#c"), local_name("http://a.org/d")
    ('c', 'd')
    """
    return iri.rsplit("/", 1)[-1].rpartition("#")[2] or iri


def _aligned(alignments: Iterable[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """Return our terms by those of other vocabularies, the broader before the close."""
    rows = sorted(
        (row for one in alignments for row in one["rows"]), key=lambda row: row[1] == "close"
    )
    found: dict[str, tuple[str, ...]] = {}
    for ours, _, theirs in rows:
        found[theirs] = (*found.get(theirs, ()), ours)
    return found


def bare(iri: str) -> str:
    """Return an IRI without its scheme, `www.` and the signs at its end.

    >>> bare("https://schema.org/"), bare("http://www.schema.org")
    ('schema.org', 'schema.org')
    """
    return iri.casefold().partition("://")[2].removeprefix("www.").rstrip("#/")


def _names(entries: Iterable[Mapping[str, Any]]) -> dict[str, Name]:
    return {
        one["iri"]: Name(
            one["iri"],
            one["id"],
            one["label"],
            one["count"],
            one["count"] or one.get("elsewhere", 0),
        )
        for one in entries
    }


def _entities(
    schema: Mapping[str, Any], labels: Mapping[str, Mapping[str, Any]]
) -> dict[str, Name]:
    found = {iri: Name(iri, compact(iri), {}, 0, 1) for iri in schema["unnamed"]}
    for one in schema["concepts"]:
        found[one["iri"]] = Name(one["iri"], one["id"], one["label"], 1, 1)
    for iri, known in labels.items():
        if iri.startswith(AREAS):
            spoken = {lang: known[lang] for lang in LANGUAGES if lang in known}
            found[iri] = Name(iri, compact(iri), spoken, 1, 1, tuple(known.get("alt", ())))
    return found


def _graph(entry: Mapping[str, Any], labels: Mapping[str, Mapping[str, Any]]) -> Name:
    known = labels.get(entry["iri"], {})
    spoken = {lang: known[lang] for lang in LANGUAGES if lang in known}
    return Name(entry["iri"], compact(entry["iri"]), spoken, entry["triples"], 1)
