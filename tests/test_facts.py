"""Every fact of the brochure is in the graph, where it is printed, and nowhere else by chance."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest
from pyoxigraph import BlankNode, DefaultGraph, Literal, NamedNode, Quad, RdfFormat, Store, parse

from coopkg.build.infer import infer
from coopkg.sparql_tokens import tokenize
from coopkg.terms import PREFIXES, Triple, expand

Graph: TypeAlias = NamedNode | BlankNode | DefaultGraph

ROOT = Path(__file__).parents[1]
KNOWLEDGE = ROOT.parent / "shared" / "knowledge"
FACTS = ROOT / "tests" / "facts"
COUNT = 303
LONGEST_LITERAL = 200
LONGEST_PHRASE = 10  # words
VARIANTS = ("implied", "resolved")

# The table of facts calls these stated; read closely, they are implied or resolved.
READ_AGAIN = {
    "F030": "the ministry stands under the State by the order of the words",
    "F036": "as F030, and without depending on it",
    "F078": "'ces domaines' are those of line 34",
    "F096": "the country is read from an adjective",
    "F097": "the country is read from an adjective",
    **{
        f"F{number}": "the line prints a year and a number; the offer they count is that of line 97"
        for number in (197, 198, 199, 201, 202, 203)
    },
    "F223": "the heading joins the missions and their request",
    "F231": "a passive, whose actor is understood",
    "F286": "'l'ambassade': that it is the French one is understood",
    "F292": "whose offer is structured benefits",
}
# Literals of the brochure layer that are not in French, being in no language.
WITHOUT_LANGUAGE = {expand("coop:lawNumber")}
# A heading is a name, not a sentence.
LONG_HEADINGS = {
    "ACTIVITÉS D'APPUI À L'ACTION EXTÉRIEURE ET MOBILISATION À LA DEMANDE DE L'ÉTAT",
}
PRINTED = ("coop:printedName", "coop:fullName", "coop:acronym")


@dataclass(frozen=True)
class Fact:
    """One row: the pattern that states it, and a twin that must be false."""

    id: str
    line: str
    ask: str
    twin: str
    basis: str = "stated"
    also: tuple[str, ...] = ()

    @property
    def cited(self) -> list[str]:
        """The graphs that hold it: its passage, and the variant when its basis says so."""
        variant = [] if self.basis == "stated" else [f"l{self.line}-{self.basis}"]
        return [f"l{self.line}", *variant]


def facts_of(path: Path) -> Iterator[Fact]:
    with path.open("rb") as file:
        for name, row in tomllib.load(file).items():
            yield Fact(id=name, **{**row, "also": tuple(row.get("also", ()))})


ALL = [fact for path in sorted(FACTS.glob("*.toml")) for fact in facts_of(path)]
each_fact = pytest.mark.parametrize("fact", ALL, ids=lambda fact: fact.id)


class Row(NamedTuple):
    """A quad that has neither blank node nor triple in it."""

    subject: NamedNode
    predicate: NamedNode
    object: NamedNode | Literal
    graph: NamedNode | DefaultGraph


def quads(paths: Iterable[Path]) -> Iterator[Quad]:
    for path in sorted(paths):
        kind = RdfFormat.TRIG if path.suffix == ".trig" else RdfFormat.TURTLE
        # Blank nodes of two files are never the same.
        yield from parse(path=str(path), format=kind, rename_blank_nodes=True)


def triples(paths: Iterable[Path]) -> list[Triple]:
    return [(q.subject, q.predicate, q.object) for q in quads(paths)]  # type: ignore[misc]


def rows(store: Store, predicate: str, subject: NamedNode | None = None) -> list[Row]:
    """The quads with a predicate, or all of them with the predicate `*`."""
    wanted = None if predicate == "*" else expand(predicate)
    found = [
        Row(quad.subject, quad.predicate, quad.object, quad.graph_name)  # type: ignore[arg-type]
        for quad in store.quads_for_pattern(subject, wanted, None)
    ]
    assert all(isinstance(row.subject, NamedNode) for row in found), "no blank node in the data"
    assert all(isinstance(row.object, NamedNode | Literal) for row in found)
    return found


def one(store: Store, subject: NamedNode, predicate: str) -> NamedNode | Literal:
    values = {row.object for row in rows(store, predicate, subject)}
    assert len(values) == 1, (subject, predicate, values)
    return values.pop()


def stored(paths: Iterable[Path]) -> Store:
    store = Store()
    store.extend(quads(paths))
    return store


def passage(name: str) -> NamedNode:
    return expand(f"passage:{name}")


def with_variants(name: str) -> set[NamedNode]:
    return {passage(name), *(passage(f"{name}-{variant}") for variant in VARIANTS)}


def holds(store: Store, pattern: str, graphs: Iterable[Graph] | None = None) -> bool:
    """Ask a pattern of the default graph, or of the union of these graphs."""
    default = None if graphs is None else list(graphs)
    answer = store.query(f"ASK {{ {pattern} }}", prefixes=dict(PREFIXES), default_graph=default)
    return bool(answer)


DATA = ROOT / "graph_data"


@pytest.fixture(scope="module")
def brochure() -> Store:
    return stored((DATA / "brochure").glob("*.trig"))


@pytest.fixture(scope="module")
def sources() -> Store:
    return stored((DATA / "sources").glob("*.ttl"))


@pytest.fixture(scope="module")
def closure() -> Store:
    folder = ROOT / "ontology"
    parts = ("coop.ttl", "modules/*.ttl", "imports/*.ttl", "vocab/*.ttl")
    ontology = triples({path for part in parts for path in folder.glob(part)})
    asserted = triples([*DATA.rglob("*.ttl"), *DATA.rglob("*.trig")])
    store = Store()
    for some in (ontology, asserted, infer(asserted, ontology)):
        store.extend(Quad(*triple) for triple in some)  # type: ignore[arg-type]
    return store


def passages(sources: Store) -> set[NamedNode]:
    kind = expand("coop:SourcePassage")
    return {row.subject for row in rows(sources, "rdf:type") if row.object == kind}


def said_lines(sources: Store, graph: NamedNode) -> tuple[int, int]:
    first, last = (one(sources, graph, f"coop:line{edge}").value for edge in ("Start", "End"))
    return int(first), int(last)


@pytest.fixture(scope="module")
def text() -> str:
    path = KNOWLEDGE / "brochure.txt"
    if not path.exists():
        pytest.skip("the brochure is not there; it is not part of the repository")
    return path.read_bytes().decode("utf-8")


# The list of facts


def test_every_fact_has_one_entry() -> None:
    assert sorted(fact.id for fact in ALL) == [f"F{n:03d}" for n in range(1, COUNT + 1)]


def test_a_basis_is_stated_implied_or_resolved() -> None:
    assert {fact.basis for fact in ALL} <= {"stated", *VARIANTS}
    assert {fact.id for fact in ALL if fact.id in READ_AGAIN and fact.basis == "stated"} == set()


def test_lines_and_bases_are_those_of_the_table_of_facts() -> None:
    path = KNOWLEDGE / "facts.tsv"
    if not path.exists():
        pytest.skip("the table of facts is not there; it is not part of the repository")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    assert [row["id"] for row in rows] == sorted(fact.id for fact in ALL)
    table = {row["id"]: (row["line"], row["basis"]) for row in rows}
    assert {fact.id: fact.line for fact in ALL if table[fact.id][0] != fact.line} == {}
    other = {fact.id: fact.basis for fact in ALL if table[fact.id][1] != fact.basis}
    assert {name: basis for name, basis in other.items() if name not in READ_AGAIN} == {}


def test_no_pattern_misspells_a_term(closure: Store) -> None:
    # A twin with a misspelt term would be false for nothing.
    known = {
        term.value
        for quad in closure
        for term in (quad.subject, quad.predicate, quad.object)
        if isinstance(term, NamedNode)
    } | {expand("xsd:date").value}
    unknown = {
        (fact.id, token.text)
        for fact in ALL
        for token in tokenize(f"ASK {{ {fact.ask} . {fact.twin} }}")
        if token.kind == "pname" and expand(token.value).value not in known
    }
    assert unknown == set()


# Each fact


@each_fact
def test_a_fact_is_true_on_the_passage_it_cites(fact: Fact, brochure: Store) -> None:
    assert holds(brochure, fact.ask, map(passage, fact.cited))


@each_fact
def test_a_fact_is_true_on_the_closure(fact: Fact, closure: Store) -> None:
    assert holds(closure, fact.ask)


@each_fact
def test_an_implied_fact_is_not_stated(fact: Fact, brochure: Store) -> None:
    assert fact.basis == "stated" or not holds(brochure, fact.ask, [passage(f"l{fact.line}")])


@each_fact
def test_a_fact_is_false_without_its_passages(fact: Fact, brochure: Store) -> None:
    left = {*brochure.named_graphs()} - with_variants(f"l{fact.line}")
    assert holds(brochure, fact.ask, left) == bool(fact.also), "see `also`"
    left -= {graph for name in fact.also for graph in with_variants(name)}
    assert not holds(brochure, fact.ask, left)


@each_fact
def test_the_twin_of_a_fact_is_false(fact: Fact, closure: Store) -> None:
    assert not holds(closure, fact.twin)


# The brochure layer


def test_every_triple_of_the_brochure_is_in_a_described_passage(
    brochure: Store, sources: Store
) -> None:
    described = passages(sources)
    assert {row.graph for row in rows(brochure, "*")} == described
    layers = {one(sources, graph, "coop:layer") for graph in described}
    assert layers == {expand("layer:brochure")}


def test_a_passage_says_its_lines_mode_section_and_document(
    brochure: Store, sources: Store
) -> None:
    kind = expand("coop:DocumentSection")
    types = rows(brochure, "rdf:type") + rows(sources, "rdf:type")
    sections = {row.subject for row in types if row.object == kind}
    for graph in passages(sources):
        name = graph.value.removeprefix(PREFIXES["passage"])
        read = re.fullmatch(r"l(\d+)(?:-(\d+))?(?:-(implied|resolved))?", name)
        assert read, name
        assert said_lines(sources, graph) == (int(read[1]), int(read[2] or read[1])), name
        mode = expand(f"assertion-mode:{read[3] or 'stated'}")
        assert one(sources, graph, "coop:assertionMode") == mode, name
        assert one(sources, graph, "coop:inSection") in sections, name
        assert one(sources, graph, "prov:wasQuotedFrom") == expand("document:brochure"), name


def test_key_phrases_are_short(sources: Store) -> None:
    said = {row.object.value for row in rows(sources, "coop:keyPhrase")}
    assert {phrase for phrase in said if len(phrase.split()) > LONGEST_PHRASE} == set()


def test_key_phrases_stand_at_their_offsets(sources: Store, text: str) -> None:
    for row in rows(sources, "coop:keyPhrase"):
        start, end = (
            int(one(sources, row.subject, f"coop:{edge}Offset").value) for edge in ("start", "end")
        )
        assert text[start:end] == row.object.value, row.subject
        if row.subject in passages(sources):
            first, last = said_lines(sources, row.subject)
            lines = [text.count("\n", 0, offset) + 1 for offset in (start, end)]
            assert first <= lines[0] <= lines[1] <= last, row.subject


def test_the_words_of_a_statement_stand_in_the_lines_of_its_passage(
    brochure: Store, sources: Store, text: str
) -> None:
    lines = text.split("\n")
    for row in rows(brochure, "coop:statedAs"):
        assert isinstance(row.graph, NamedNode)
        first, last = said_lines(sources, row.graph)
        assert row.object.value in "\n".join(lines[first - 1 : last]), (row.graph, row.object)


def test_a_passage_has_one_wording_for_a_thing_and_speaks_of_it(brochure: Store) -> None:
    words = rows(brochure, "coop:statedAs")
    assert len({(row.graph, row.subject) for row in words}) == len(words) > 300
    assert max(len(row.object.value.split()) for row in words) <= LONGEST_PHRASE
    spoken = {
        (row.graph, end)
        for row in rows(brochure, "*")
        if row.predicate != expand("coop:statedAs")
        for end in (row.subject, row.object)
    }
    assert {(row.graph, row.subject) for row in words} <= spoken


def test_the_brochure_layer_holds_data_and_not_prose(brochure: Store) -> None:
    literals = [row.object for row in rows(brochure, "*") if isinstance(row.object, Literal)]
    assert max(len(literal.value) for literal in literals) <= LONGEST_LITERAL
    long = {text.value for text in literals if len(text.value.split()) > LONGEST_PHRASE}
    assert long == LONG_HEADINGS


def test_the_brochure_layer_speaks_french_only(brochure: Store) -> None:
    text = {expand("rdf:langString"), expand("xsd:string")}
    foreign = {
        row.predicate
        for row in rows(brochure, "*")
        if isinstance(row.object, Literal)
        and row.object.datatype in text
        and row.object.language != "fr"
    }
    assert foreign <= WITHOUT_LANGUAGE


def test_a_printed_name_stands_in_the_lines_of_its_passage(
    brochure: Store, sources: Store, text: str
) -> None:
    lines = text.split("\n")
    for row in (row for predicate in PRINTED for row in rows(brochure, predicate)):
        assert isinstance(row.graph, NamedNode)
        first, last = said_lines(sources, row.graph)
        assert row.object.value in "\n".join(lines[first - 1 : last]), (row.graph, row.object)
