"""What the page of an entity shows, from everything said of it. Pure: no Flask, no I/O."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox

from coopkg import rules
from coopkg.answers import phrases, reasons
from coopkg.errors import Lang
from coopkg.serve.entity import words
from coopkg.serve.entity.facts import Fact, Group, Said
from coopkg.serve.i18n import texts
from coopkg.serve.present import Names, Shown
from coopkg.terms import BASE, LANGUAGES, NS, Term, expand
from coopkg.typography import collated, french

FEW: Final = 12
"""Facts of one group that the page of an entity shows; the rest have a page of their own."""
MANY: Final = 100
"""Facts on one page of a long list."""
NAMED: Final = 3
LINKS: Final = BASE + "graph/links"
PREF: Final = tuple(expand(name).value for name in ("skos:prefLabel", "rdfs:label"))
TOLD: Final = tuple(
    expand(name).value
    for name in ("skos:definition", "skos:scopeNote", "dcterms:description", "coop:slogan")
)
_LEADS: Final = tuple(
    expand(f"coop:{name}").value
    for name in ("hasLead", "hasPartner", "hasBeneficiary", "participant", "heldBy", "providedBy")
)
_PLACES: Final = tuple(
    expand(f"coop:{name}").value for name in ("basedIn", "country", "zone", "inBrochureZone")
)
_UNCOUNTED: Final = frozenset({"participation", "section", "passage", "identifier", "gap"})


@dataclass(frozen=True)
class Page:
    """One page of a long list."""

    group: Group
    number: int
    count: int

    @property
    def facts(self) -> Sequence[Fact]:
        """The facts on it."""
        return self.group.facts[(self.number - 1) * MANY : self.number * MANY]


class View:
    """An entity in one language: its facts as people read them."""

    def __init__(self, names: Names, iri: str, said: Said, stated: reasons.Facts) -> None:
        self._stated = stated
        self._names = names
        self._lang: Lang = names.lang
        self._iri = iri
        self._node = ox.NamedNode(iri)
        self._said = said
        self._t = texts(names.lang)
        self.name, self.name_lang = self._name()

    # --- The head --------------------------------------------------------------------------

    def _name(self) -> tuple[str, str]:
        """Return the name of the entity, and its language when it is not that of the page."""
        labels = {
            one.language: one.other.value
            for wanted in reversed(PREF)
            for one in self._said.facts()
            if one.way == "out" and one.verb == wanted
        }
        for tag in (self._lang, *LANGUAGES, "", *sorted(labels)):
            if tag in labels:
                name = french(labels[tag]) if tag == "fr" else labels[tag]
                return name, "" if tag in {self._lang, ""} else tag
        return self._names.text(self._iri), ""

    def head(self) -> dict[str, Any]:
        """Return the name, the kind, the summary, and what else it is called in this language."""
        told = self._said.of(*TOLD)
        return {
            "name": self.name,
            "name_lang": self.name_lang,
            "name_dir": words.direction(self.name_lang) if self.name_lang else "",
            "name_note": words.language_words(self.name_lang, self._lang) if self.name_lang else "",
            "kind": (words.kind_of(self._iri) or words.OTHER).bare(self._lang),
            "aliases": self._aliases(),
            "summary": self.summary(),
            "definition": next((one for one in map(self._text_here, told) if one), ""),
        }

    def _text_here(self, term: Term) -> str:
        here = isinstance(term, ox.Literal) and term.language in {self._lang, None}
        return (french(term.value) if self._lang == "fr" else str(term.value)) if here else ""

    def _aliases(self) -> list[str]:
        """Return its other names in the language of the page, or of no language."""
        spoken = {expand(f"coop:{name}").value for name in ("definiteName", "locativeName")}
        found = {
            str(one.other.value)
            for group in self._said.sections.get("names", ())
            for one in group.facts
            if one.verb not in spoken and one.language in {self._lang, ""}
        }
        return sorted(found - {self.name}, key=collated)

    def summary(self) -> str:
        """Say in one sentence what it is, from its facts alone."""
        # A name has no article of its own here, and may be plural: no verb would always agree.
        colon = self._t(" : ", ": ")
        said = f"{self.name}{colon}{self._kind()}{self._precise()}{self._where()}"
        parts = [said, *self._figure(), *self._leads()]
        if counts := self._counts():
            parts.append(self._t("le graphe lui relie ", "the graph links it to ") + counts)
        return (self._t(" ; ", "; ")).join(parts) + "."

    def _kind(self) -> str:
        """Return what it is, with its article: its most precise class, else its kind."""
        kind = words.kind_of(self._iri) or words.OTHER
        classes = [
            one.other
            for one in self._said.facts()
            if one.verb == words.IS_A and one.way == "out" and one.other.value.startswith(NS)
            if not one.inferred
        ]
        if pictured(self._iri) or not classes:
            return kind.one(self._lang)
        said = [phrases.kind(self._names.catalogue, one, self._lang) for one in classes]
        return max(said, key=lambda one: (len(one), one))

    def _precise(self) -> str:
        """Return the precise kind of an organisation, as a list of kinds has it."""
        found = self._said.of(expand("org:classification").value)
        return f" ({self._names.text(found[0].value)})" if found else ""

    def _where(self) -> str:
        for place in self._said.of(*_PLACES):
            if isinstance(place, ox.NamedNode):
                words_in = self._names.catalogue.words(place, self._lang, "in")
                return f", {words_in}"
        return ""

    def _figure(self) -> Iterator[str]:
        """Yield the figure of an observation with its unit."""
        value = self._said.of(expand("coop:value").value)
        unit = self._said.of(expand("coop:unit").value)
        if value:
            amount = self._names.shown(value[0]).text
            what = self._t(" (unité : ", " (unit: ")
            named = f"{what}{self._names.text(unit[0].value)})" if unit else ""
            yield self._t("sa valeur est ", "its value is ") + f"{amount}{named}"

    def _leads(self) -> Iterator[str]:
        """Yield who leads an activity and who takes part in it, by name while they are few."""
        if not self._iri.startswith(words.HUBS):
            return
        for verb in _LEADS[:3]:
            found = [self._names.text(one.value) for one in self._said.of(verb)]
            if found:
                listed = ", ".join(sorted(found, key=collated)[:NAMED])
                more = len(found) - NAMED
                rest = self._t(f" et {more} de plus", f" and {more} more") if more > 0 else ""
                label = words.property_words(verb, self._names.text(verb), self._lang)
                yield f"{label} {listed}{rest}"

    def _counts(self) -> str:
        """Return how many entities of each kind are linked to it, the most frequent first."""
        linked = {
            one.other.value
            for one in self._said.facts()
            if isinstance(one.other, ox.NamedNode) and one.other.value.startswith(BASE + "id/")
        }
        themes = {
            one.other.value
            for one in self._said.facts()
            if isinstance(one.other, ox.NamedNode)
            and one.other.value.startswith(BASE + "scheme/theme/")
        }
        folders = Counter(one[len(BASE) :].split("/")[1] for one in linked | themes)
        told = [
            words.KINDS[folder].counted(number, self._lang)
            for folder, number in sorted(folders.items(), key=lambda one: (-one[1], one[0]))
            if folder in words.KINDS and folder not in _UNCOUNTED
        ]
        last = self._t(" et ", " and ")
        return last.join((", ".join(told[:-1]), told[-1])) if len(told) > 1 else "".join(told)

    # --- Facts -----------------------------------------------------------------------------

    def sections(self) -> list[dict[str, Any]]:
        """Return the sections of the page; names stand apart, in their table."""
        return [
            {
                "key": key,
                "title": self._t(*words.SECTIONS[key]),
                "groups": [self.group(one, one.facts[:FEW]) for one in groups],
            }
            for key, groups in self._said.sections.items()
            if key != "names"
        ]

    def group(self, group: Group, some: Iterable[Fact]) -> dict[str, Any]:
        """Return a group with some of its facts, in the order of their names."""
        return {
            "name": group.name,
            "label": self.label(group),
            "count": len(group.facts),
            "facts": [self.fact(one) for one in some],
        }

    def label(self, group: Group) -> str:
        """Return the heading of a group."""
        catalogue, lang = self._names.catalogue, self._lang
        if group.way == "out":
            return words.property_words(group.verb, self._names.text(group.verb), lang)
        actors = all(str(one.other.value).startswith(words.ACTORS) for one in group.facts)
        pattern = phrases.pattern_of(catalogue, group.verb, lang)
        name = phrases.quoted(self.name, lang)
        verb = group.verb, self._names.text(group.verb)
        return words.incoming_words(verb, pattern, name, lang, of_actors=actors)

    def fact(self, fact: Fact) -> dict[str, Any]:
        """Return a fact: its other end, who says it, why it follows, and itself as a sentence."""
        shown, tag = self._shown(fact.other)
        foreign = tag not in {"", self._lang}
        triple = fact.triple(self._node)
        line = reasons.line(triple)
        graphs = self._graphs(line) if fact.inferred else fact.graphs
        because = self._because(triple) if self._is_drawn(fact, line) else None
        return {
            "text": shown.text,
            "href": shown.href,
            "lang": tag if foreign else "",
            "dir": words.direction(tag) if foreign else "",
            "language": self._language(fact, tag) if foreign else "",
            "marks": [self.mark(graph) for graph in sorted(graphs)],
            "inferred": words.layer_words("inferred", self._lang) if because else "",
            "because": because,
            "sentence": phrases.sentence(self._names.catalogue, triple)[self._lang],
        }

    def _shown(self, term: Term) -> tuple[Shown, str]:
        """Return a term as people read it, and the language of its text."""
        if isinstance(term, ox.BlankNode):
            return Shown(self._t("un élément sans nom", "an element without a name")), ""
        shown = self._names.shown(term)
        if isinstance(term, ox.Literal):
            return shown, term.language or ""
        entry = self._names.labels.get(term.value, {})
        given = [(tag, entry[tag]) for tag in LANGUAGES if entry.get(tag)]
        given += sorted(entry.get("other", {}).items())
        if not given or self._lang in dict(given):
            return shown, ""
        (tag, text), *_ = given
        return Shown(text, shown.href), tag

    def _language(self, fact: Fact, tag: str) -> str:
        """Return how the language of a text is told: by its name, or by its tag after a label."""
        return words.language_words(tag, self._lang) if fact.language else tag

    def _is_drawn(self, fact: Fact, line: str) -> bool:
        """Tell whether a fact takes more than reading one place: see `reasons.Facts.inferred`."""
        return fact.inferred and self._stated.inferred(line)

    def _graphs(self, line: str) -> set[str]:
        """Return the graphs that say what an inferred fact was drawn from."""
        leaves = self._stated.leaves(line)
        return {graph for one in leaves for graph in self._stated.stating(one)}

    def mark(self, graph: str) -> dict[str, str]:
        """Return who says a fact: its layer in plain words, and its passage or its graph."""
        if graph == LINKS:
            fr, en = words.LINKED
            said = fr if self._lang == "fr" else en
            return {"layer": said[0], "text": said[1], "href": f"/{self._lang}/links"}
        entry = self._names.catalogue.passages.get(graph, {})
        return {
            "layer": words.layer_words(str(entry.get("layer", "")), self._lang),
            "text": self._names.text(graph),
            "href": self._names.href(graph),
        }

    def _because(self, triple: tuple[Term, ox.NamedNode, Term]) -> dict[str, Any] | None:
        """Return why an inferred fact follows: the rule in words, and what it was drawn from."""
        catalogue = self._names.catalogue
        proof = catalogue.proofs.get(reasons.line(triple))
        if proof is None:
            return None
        given = tuple(reasons.triple_of(one) for one in proof["premises"])

        def label(term: Term) -> str:
            return catalogue.words(term, self._lang)

        return {
            "rule": rules.sentence(proof["rule"], triple, given, label, self._lang),
            "premises": [phrases.sentence(catalogue, one)[self._lang] for one in given],
        }

    # --- The rest --------------------------------------------------------------------------

    def names_table(self) -> list[dict[str, Any]]:
        """Return every name, that of the page first, with its language, its use and its source."""
        facts = [
            (group, one) for group in self._said.sections.get("names", ()) for one in group.facts
        ]
        tags = [self._lang, *LANGUAGES, ""]

        def order(pair: tuple[Group, Fact]) -> tuple[int, str]:
            tag = pair[1].language
            return (tags.index(tag) if tag in tags else len(tags), tag)

        return [
            {
                **self.fact(one),
                "use": self.label(group),
                "lang": one.language,
                "dir": words.direction(one.language),
                "language": words.language_words(one.language, self._lang),
            }
            for group, one in sorted(facts, key=order)
        ]

    def gaps(self) -> list[dict[str, Any]]:
        """Return what the sources are known not to say of it."""
        by_gap: dict[Term, Fact] = {}
        for one in self._said.gaps:
            by_gap.setdefault(one.other, one)
        found = [self._names.shown(one.other) for one in by_gap.values()]
        return [
            {"text": one.text, "href": one.href}
            for one in sorted(found, key=lambda one: collated(str(one.text)))
        ]

    def elsewhere(self) -> int:
        """Return how many texts only the page in the other language has."""
        return len(self._said.elsewhere)


def page(said: Said, name: str, number: int) -> Page | None:
    """Return one page of a long list; None when there is no such list."""
    for groups in said.sections.values():
        for group in groups:
            if group.name == name:
                pages = -(-len(group.facts) // MANY)
                return Page(group, number, pages) if 1 <= number <= pages else None
    return None


def pictured(iri: str) -> bool:
    """Tell whether an entity is an actor: its kind is told by its place in a list of kinds."""
    return iri.startswith(words.ACTORS)


def slug(iri: str) -> str:
    """Return the kind and the name of an entity, as addresses have them: `organisation/afd`."""
    return iri.removeprefix(BASE).removeprefix("id/")


def in_order(said: Said, names: Names) -> Said:
    """Return the same facts, each group in the order in which people read it."""

    def order(fact: Fact) -> tuple[bool, str]:
        return fact.inferred, str(names.shown(fact.other).text).casefold()

    def ordered(facts: Iterable[Fact]) -> tuple[Fact, ...]:
        return tuple(sorted(facts, key=order))

    sections = {
        key: tuple(Group(one.way, one.verb, ordered(one.facts)) for one in groups)
        for key, groups in said.sections.items()
    }
    return Said(sections, ordered(said.gaps), said.elsewhere)


def first(said: Said) -> list[Fact]:
    """Return the facts that the page of an entity shows; names are all shown."""
    return [
        one
        for key, groups in said.sections.items()
        for group in groups
        for one in (group.facts if key == "names" else group.facts[:FEW])
    ]
