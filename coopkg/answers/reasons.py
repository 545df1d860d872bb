"""Why a row is in an answer: the triples it matched, down to the passages that state them.

Triples travel here as N-Triples lines without their dot, the keys of `proofs.json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, Final

import pyoxigraph as ox

from coopkg import rules
from coopkg.answers import phrases, quoting
from coopkg.answers.catalogue import Ask, Catalogue, Context, Solution
from coopkg.answers.relation import Row, cell
from coopkg.questions import Evidence, Question
from coopkg.terms import LANGUAGES, PREFIXES, Term, Triple

AT_ONCE: Final = 100  # triples looked up by one query
LAYERS: Final = ("brochure", "curation", "reference", "partner")
COPIES: Final = frozenset(PREFIXES["graph"] + name for name in ("asserted", "inferred"))


def line(triple: Triple) -> str:
    """Return the N-Triples line of a triple, without its dot."""
    return " ".join(str(term) for term in triple)


def triple_of(text: str) -> Triple:
    """Return the triple of an N-Triples line without its dot."""
    (quad,) = ox.parse(f"{text} .", format=ox.RdfFormat.N_TRIPLES)
    return (quad.subject, quad.predicate, quad.object)


def term_of(text: str) -> Term:
    """Return the term of an N-Triples text."""
    return triple_of(f"<x:s> <x:p> {text}")[2]


@dataclass(frozen=True)
class Facts:
    """Where triples stand: the graphs that assert each, and how each inferred one was proved."""

    catalogue: Catalogue
    graphs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    _leaves: dict[str, frozenset[str]] = field(default_factory=dict, repr=False, compare=False)
    _inferred: dict[str, bool] = field(default_factory=dict, repr=False, compare=False)

    def proof(self, text: str) -> Mapping[str, Any] | None:
        """Return the proof of a triple that no graph asserts."""
        return None if text in self.graphs else self.catalogue.proofs.get(text)

    def leaves(self, text: str) -> frozenset[str]:
        """Return the asserted triples that a triple rests on: itself, or those of its proof."""
        if text not in self._leaves:
            self._leaves[text] = self._rested(text)
        return self._leaves[text]

    def _rested(self, text: str) -> frozenset[str]:
        found: set[str] = set()
        waiting, met = [text], {text}
        while waiting:
            one = waiting.pop()
            proof = self.proof(one)
            if proof is None:
                found.add(one)
            else:
                fresh = [premise for premise in proof["premises"] if premise not in met]
                met.update(fresh)
                waiting += fresh
        return frozenset(found)

    def inferred(self, text: str) -> bool:
        """Tell whether a triple takes more than reading one place.

        False when a graph asserts it, and when one and the same place states all it rests on
        (as a participation and its partner do): then a rule only rewrites what that place says.
        """
        if text in self.graphs:
            return False
        if text not in self._inferred:
            leaves = self.leaves(text)
            places = [{self._place(graph) for graph in self.stating(one)} for one in leaves]
            self._inferred[text] = not (places and set.intersection(*places))
        return self._inferred[text]

    def stating(self, text: str) -> tuple[str, ...]:
        """Return the graphs that assert a triple; none for one that is inferred or unknown."""
        return self.graphs.get(text, ())

    def _place(self, graph: str) -> str:
        lines = self.catalogue.passages.get(graph, {}).get("lines")
        return f"lines {lines}" if lines else graph


def known(context: Context, triples: Iterable[str]) -> Facts:
    """Look up where triples, and all that proves them, are asserted.

    A triple that has a proof is asserted nowhere: `graph/inferred` holds new triples only.
    """
    proofs = context.catalogue.proofs
    waiting = list(dict.fromkeys(triples))
    met, asked = set(waiting), []
    while waiting:
        one = waiting.pop()
        if one not in proofs:
            asked.append(one)
            continue
        fresh = [premise for premise in proofs[one]["premises"] if premise not in met]
        met.update(fresh)
        waiting += fresh
    find = context.graphs_of or partial(graphs_of, context.ask)
    return Facts(context.catalogue, find(sorted(asked)))


def graphs_of(ask: Ask, lines: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the graphs that assert triples, by the line of each."""
    graphs: dict[str, tuple[str, ...]] = {}
    source = iter(lines)
    while batch := list(islice(source, AT_ONCE)):
        graphs |= _stated(ask, batch)
    return graphs


def _stated(ask: Ask, batch: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the graphs of a few triples.

    Objects are compared here: Virtuoso loses the language of short literals of a VALUES block.
    """
    asked: dict[str, dict[str, str]] = {}  # the objects asked of each subject and property
    for text in batch:
        subject, predicate, value = text.split(" ", 2)
        asked.setdefault(f"{subject} {predicate}", {})[value] = text
    pairs = list(asked)
    values = "\n".join(f"  ({number} {pair})" for number, pair in enumerate(pairs))
    query = (
        f"SELECT ?n ?o ?g WHERE {{\n VALUES (?n ?s ?p) {{\n{values}\n }}\n"
        " GRAPH ?g { ?s ?p ?o }\n}"
    )
    found: dict[str, set[str]] = {}
    for row in ask(query, {}):
        graph = row["g"].value
        text = asked[pairs[int(row["n"].value)]].get(str(row["o"]), "")
        if text and graph not in COPIES:
            found.setdefault(text, set()).add(graph)
    return {text: tuple(sorted(graphs)) for text, graphs in found.items()}


# --- Evidence of rows ----------------------------------------------------------------------

Matched = Mapping[tuple[Term | None, ...], Mapping[tuple[str, str], None]]


@dataclass(frozen=True)
class Witnesses:
    """The triples each row of a query matched, each with the column it speaks for."""

    keys: tuple[str, ...]
    matched: Matched

    def of(self, row: Row) -> list[tuple[str, str]]:
        """Return the triples of a row, each with the column it speaks for.

        That is the column of its object, else of its subject, else the one that is counted.
        """
        found: dict[tuple[str, str], None] = {}
        for solution in row.merged:
            found.update(self.matched.get(tuple(map(solution.get, self.keys)), ()))
        return list(found)

    def lines(self, found: Iterable[Row]) -> list[str]:
        """Return the triples of several rows, each once."""
        return list(dict.fromkeys(text for row in found for _, text in self.of(row)))


def witnesses(
    question: Question,
    evidence: Evidence,
    names: Iterable[str],
    bound: Mapping[str, Term],
    context: Context,
) -> Witnesses:
    """Ask what the rows of one query of a question rest on; `names` are its variables."""
    keys = tuple(name for name in names if name in evidence.variables)
    shown = frozenset(keys)
    columns = [one.holder(shown) or question.counted for one in evidence.template]
    matched: dict[tuple[Term | None, ...], dict[tuple[str, str], None]] = {}
    for solution in context.ask(evidence.select, evidence.among(bound)):
        group = matched.setdefault(tuple(map(solution.get, keys)), {})
        for column, text in zip(columns, evidence.lines(solution), strict=True):
            if text is not None:
                group[column, text] = None
    return Witnesses(keys, matched)


def narrowed(row: Row, evidence: Evidence) -> dict[str, Term]:
    """Return the values that single a row out, to ask for its evidence alone."""
    first: Solution = row.merged[0]
    agreed = {
        name: value
        for name, value in first.items()
        if all(one.get(name) == value for one in row.merged)
    }
    return evidence.among(agreed)


# --- What readers see ----------------------------------------------------------------------


def sources(facts: Facts, triples: Iterable[str]) -> list[dict[str, Any]]:
    """Return the passages and graphs that triples rest on: brochure first, in document order.

    Each with the words that state these triples; of several, `text` is the first.
    """
    found: dict[str, dict[str, None]] = {}
    for leaf in dict.fromkeys(leaf for text in triples for leaf in sorted(facts.leaves(text))):
        for graph in facts.stating(leaf):
            if facts.catalogue.passages.get(graph, {}).get("layer") in LAYERS:
                found.setdefault(graph, {})[_quoted(facts.catalogue, graph, leaf)] = None
    described = (
        source(facts.catalogue, graph, [one for one in words if one])
        for graph, words in found.items()
    )
    return sorted(described, key=_document_order)


def source(catalogue: Catalogue, graph: str, words: Sequence[str] | None = None) -> dict[str, Any]:
    """Describe a source graph: lines, words, layer, mode, and where it comes from.

    Without `words`, it is shown by its key phrase.
    """
    entry = catalogue.passages.get(graph, {})
    lines = entry.get("lines")
    quoted = [entry.get("phrase", "")] if words is None else list(words)
    described: dict[str, Any] = {
        "passage": graph,
        "lines": list(range(lines[0], lines[1] + 1)) if lines else [],
        "text": quoted[0] if quoted else "",
        "quotations": [one for one in quoted if one],
        "label": lines_label(lines) if lines else catalogue.label(graph),
        "layer": entry.get("layer", ""),
        "mode": entry.get("mode", ""),
    }
    for key in ("section", "sources", "background", "unsourced"):
        if entry.get(key):
            described[key] = entry[key]
    return described


def place(source: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what tells a place of the sources from others.

    What a line writes and what it implies are two graphs, and one place to read.
    """
    lines = source["lines"]
    if not lines:
        return (source["layer"], source["passage"])
    return (source["layer"], source.get("section", ""), lines[0], lines[-1])


def stated(catalogue: Catalogue, graph: str, leaf: str) -> dict[str, Any]:
    """Describe a source graph that states one triple, with the words that do."""
    words = _quoted(catalogue, graph, leaf)
    return source(catalogue, graph, [words] if words else [])


def _quoted(catalogue: Catalogue, graph: str, leaf: str) -> str:
    return quoting.quoted(catalogue.passages.get(graph, {}), leaf)


def lines_label(lines: Sequence[int]) -> dict[str, str]:
    """Return the first and the last line of a passage in words.

    >>> lines_label([75, 76])["en"]
    'lines 75 to 76'
    """
    first, last = lines
    if first == last:
        return {"fr": f"ligne {first}", "en": f"line {first}"}
    return {"fr": f"lignes {first} à {last}", "en": f"lines {first} to {last}"}


def _document_order(one: Mapping[str, Any]) -> tuple[int, list[int], str]:
    layer = LAYERS.index(one["layer"])
    return (layer, one["lines"] or [0], one["passage"])


def steps(facts: Facts, triples: Iterable[str]) -> list[dict[str, Any]]:
    """Return the reasons of triples as trees: each is stated by graphs, or follows by a rule."""
    return [_step(facts, text, frozenset()) for text in triples]


def _step(facts: Facts, text: str, above: frozenset[str]) -> dict[str, Any]:
    triple = triple_of(text)
    subject, predicate, value = (cell(term, facts.catalogue) for term in triple)
    step: dict[str, Any] = {
        "sentence": phrases.sentence(facts.catalogue, triple),
        "line": text,
        "triple": {"subject": subject, "predicate": predicate, "object": value},
        "inferred": facts.inferred(text),
        "graphs": [stated(facts.catalogue, graph, text) for graph in facts.stating(text)],
        "rule": None,
        "premises": [],
    }
    proof = facts.proof(text)
    if proof is not None and text not in above:
        premises = list(proof["premises"])
        step["rule"] = {
            "name": proof["rule"],
            "text": _said(facts, proof["rule"], triple, premises),
            "axioms": list(proof.get("axioms", ())),
        }
        step["premises"] = [_step(facts, one, above | {text}) for one in premises]
    return step


def _said(facts: Facts, rule: str, triple: Triple, premises: Sequence[str]) -> dict[str, str]:
    given = tuple(triple_of(one) for one in premises)
    said = {}
    for lang in LANGUAGES:
        label = partial(_label, facts.catalogue, lang)
        said[lang] = rules.sentence(rule, triple, given, label, lang)
    return said


def _label(catalogue: Catalogue, lang: str, term: Term) -> str:
    return catalogue.words(term, lang)


def walk(found: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Yield every step of reasons, the deepest last."""
    for step in found:
        yield step
        yield from walk(step["premises"])
