"""Do the reasons of a row hold? Checked against the sealed graph, with a closure of its own.

It shares nothing with what it checks: it reads `store.nq` and the JSON of « pourquoi ? », and
applies the OWL 2 RL/RDF rules itself to nothing but the premises and axioms of one step.
https://www.w3.org/TR/owl2-profiles/#Reasoning_in_OWL_2_RL_and_RDF_Graphs_using_Rules
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox

BASE = "https://w3id.org/cnfpt-coop/"
COOP = f"{BASE}ns#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
LAYERS = {
    f"<{BASE}scheme/layer/{name}>" for name in ("brochure", "curation", "reference", "partner")
}
COPIES = {f"<{BASE}graph/{name}>" for name in ("asserted", "inferred")}
ONTOLOGY = f"<{BASE}graph/ontology>"
DEEPEST = 40

Triple = tuple[str, str, str]


def rdf(name: str) -> str:
    return f"<{RDF}{name}>"


def rdfs(name: str) -> str:
    return f"<{RDFS}{name}>"


def owl(name: str) -> str:
    return f"<{OWL}{name}>"


A = rdf("type")


class Sealed:
    """A sealed graph: who states each triple, and the axioms of its ontology."""

    def __init__(self, store: Path) -> None:
        self.default: set[Triple] = set()
        self.stated: dict[Triple, set[str]] = defaultdict(set)
        self.ontology: set[Triple] = set()
        self.words: dict[str, dict[str, str]] = defaultdict(dict)
        """The words that each passage gives for a thing."""
        for quad in ox.parse(path=store, format=ox.RdfFormat.N_QUADS):
            triple = (str(quad.subject), str(quad.predicate), str(quad.object))
            graph = str(quad.graph_name)
            if isinstance(quad.graph_name, ox.DefaultGraph):
                self.default.add(triple)
            elif graph not in COPIES:
                self.stated[triple].add(graph)
            if graph == ONTOLOGY:
                self.ontology.add(triple)
            if triple[1] == f"<{COOP}statedAs>" and graph not in COPIES:
                self.words[graph][triple[0]] = _text(triple[2])
        self.cells: dict[str, list[Triple]] = defaultdict(list)
        for triple in self.ontology:
            if triple[0].startswith("_:"):
                self.cells[triple[0]].append(triple)
        self.participants = {
            subject[1:-1]: value[1:-1]
            for subject, predicate, value in self.default
            if predicate == f"<{COOP}participant>"
        }
        """The actor of each participation."""
        self.about: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        for subject, predicate, value in self.default:
            self.about[subject][predicate].add(value)

    def value(self, subject: str, name: str) -> set[str]:
        return self.about[subject][f"<{COOP}{name}>"]

    def axioms(self, given: Iterable[Triple]) -> set[Triple]:
        """Return axioms with the anonymous classes, lists and inverses that they are made of."""
        found, waiting = set(given), list(given)
        while waiting:
            for part in waiting.pop():
                fresh = [one for one in self.cells.get(part, ()) if one not in found]
                found.update(fresh)
                waiting += fresh
        return found

    def is_axiom(self, axiom: Triple) -> bool:
        """Tell whether the ontology states an axiom, or a chain of its classes or properties does.

        What is said of the domain or range of a property holds of wider classes, and of narrower
        properties (scm-dom1, scm-dom2, scm-rng1, scm-rng2); being narrower carries over.
        """
        if axiom in self.ontology:
            return True
        subject, predicate, value = axiom
        if predicate in {rdfs("subClassOf"), rdfs("subPropertyOf")}:
            return value in self._wider(subject, predicate) - {subject}
        if predicate in {rdfs("domain"), rdfs("range")}:
            properties = self._wider(subject, rdfs("subPropertyOf"))
            classes = {o for s, p, o in self.ontology if p == predicate and s in properties}
            return any(value in self._wider(one, rdfs("subClassOf")) for one in classes)
        return False

    def _wider(self, term: str, predicate: str) -> set[str]:
        found, waiting = {term}, [term]
        while waiting:
            here = waiting.pop()
            fresh = {o for s, p, o in self.ontology if s == here and p == predicate} - found
            found |= fresh
            waiting += fresh
        return found


def triple_of(line: str) -> Triple:
    """Read an N-Triples line without its dot."""
    (quad,) = ox.parse(f"{line} .", format=ox.RdfFormat.N_TRIPLES)
    return (str(quad.subject), str(quad.predicate), str(quad.object))


# --- A closure of a few triples ------------------------------------------------------------


def _lists(facts: set[Triple]) -> dict[str, list[str]]:
    first = {s: o for s, p, o in facts if p == rdf("first")}
    rest = {s: o for s, p, o in facts if p == rdf("rest")}
    found = {}
    for head in first:
        members: list[str] = []
        here = head
        while here in first and len(members) <= len(first):
            members.append(first[here])
            here = rest.get(here, "")
        found[head] = members
    return found


def _ends(facts: set[Triple]) -> Iterator[tuple[str, Triple]]:
    """Yield what one application of each rule gives, with the name of the rule."""
    said: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for s, p, o in facts:
        said[p].append((s, o))
    for p, c in said[rdfs("domain")]:
        yield from (("prp-dom", (x, A, c)) for x, _ in said[p])
    for p, c in said[rdfs("range")]:
        yield from (("prp-rng", (y, A, c)) for _, y in said[p])
    for p, q in said[rdfs("subPropertyOf")]:
        yield from (("prp-spo1", (x, q, y)) for x, y in said[p])
    for p, q in said[owl("equivalentProperty")]:
        yield from (("prp-eqp1", (x, q, y)) for x, y in said[p])
        yield from (("prp-eqp2", (x, p, y)) for x, y in said[q])
    for p, q in said[owl("inverseOf")]:
        yield from (("prp-inv1", (y, q, x)) for x, y in said[p])
        yield from (("prp-inv2", (y, p, x)) for x, y in said[q])
    for c, d in said[rdfs("subClassOf")]:
        yield from (("cax-sco", (x, A, d)) for x, kind in said[A] if kind == c)
    for c, d in said[owl("equivalentClass")]:
        yield from (("cax-eqc1", (x, A, d)) for x, kind in said[A] if kind == c)
        yield from (("cax-eqc2", (x, A, c)) for x, kind in said[A] if kind == d)
    for p, kind in said[A]:
        if kind == owl("SymmetricProperty"):
            yield from (("prp-symp", (y, p, x)) for x, y in said[p])
        if kind == owl("TransitiveProperty"):
            yield from (("prp-trp", (x, p, z)) for x, y in said[p] for y2, z in said[p] if y == y2)
    yield from _restricted(facts, said)
    yield from _listed(facts, said)


def _restricted(facts: set[Triple], said: Mapping[str, Any]) -> Iterator[tuple[str, Triple]]:
    for c, p in list(said[owl("onProperty")]):
        for c2, d in said[owl("someValuesFrom")]:
            if c2 == c:
                yield from (
                    ("cls-svf2" if d == owl("Thing") else "cls-svf1", (x, A, c))
                    for x, y in said[p]
                    if d == owl("Thing") or (y, A, d) in facts
                )
        for c2, v in said[owl("hasValue")]:
            if c2 == c:
                yield from (("cls-hv1", (x, p, v)) for x, kind in said[A] if kind == c)
                yield from (("cls-hv2", (x, A, c)) for x, y in said[p] if y == v)
        for c2, d in said[owl("allValuesFrom")]:
            if c2 == c:
                members = {x for x, kind in said[A] if kind == c}
                yield from (("cls-avf", (y, A, d)) for x, y in said[p] if x in members)


def _listed(facts: set[Triple], said: Mapping[str, Any]) -> Iterator[tuple[str, Triple]]:
    lists = _lists(facts)
    for whole, head in list(said[owl("propertyChainAxiom")]):
        paths = None
        for link in lists.get(head, ()):
            steps = said[link]
            paths = (
                set(steps)
                if paths is None
                else {(start, end) for start, mid in paths for other, end in steps if mid == other}
            )
        yield from (("prp-spo2", (start, whole, end)) for start, end in paths or ())
    for whole, head in list(said[owl("intersectionOf")]):
        parts = lists.get(head, [])
        for x in {x for x, _ in said[A]}:
            if parts and all((x, A, part) in facts for part in parts):
                yield "cls-int1", (x, A, whole)
            if (x, A, whole) in facts:
                yield from (("cls-int2", (x, A, part)) for part in parts)
    for whole, head in list(said[owl("unionOf")]):
        parts = lists.get(head, [])
        yield from (("cls-uni", (x, A, whole)) for x, kind in said[A] if kind in parts)
    for whole, head in list(said[owl("oneOf")]):
        yield from (("cls-oo", (x, A, whole)) for x in lists.get(head, ()))


@cache
def follows(conclusion: Triple, given: frozenset[Triple], but: str = "") -> bool:
    """Tell whether a triple follows from others by the rules, one of them left out."""
    facts = set(given)
    while conclusion not in facts:
        fresh = {one for rule, one in _ends(facts) if rule != but} - facts
        if not fresh:
            return False
        facts |= fresh
    return True


# --- One proof -----------------------------------------------------------------------------


def faults(why: Mapping[str, Any], sealed: Sealed, query: str = "") -> list[str]:
    """Return what is wrong with the reasons of a row; nothing when they hold.

    `query` is the text of the question: a name that it writes itself needs no other reason.
    """
    found: list[str] = []
    if not (why["steps"] or why["absent"]):
        found.append("no reason at all")
    for step in why["steps"]:
        found += _step(step, sealed, 0)
    found += _cells(why, query)
    for one in why["absent"]:
        found += _absent(one["pattern"], sealed)
    for figure in why["figures"]:
        found += figure_faults(figure, why["row"])
    return found


def _step(step: Mapping[str, Any], sealed: Sealed, depth: int) -> Iterator[str]:
    triple = triple_of(step["line"])
    if depth > DEEPEST:
        yield f"endless: {step['line']}"
        return
    if _written(step["triple"]) != triple:
        yield f"shown otherwise than proved: {step['line']}"
    for lang in ("fr", "en"):
        if not step["sentence"][lang].strip().endswith((".", "?")):
            yield f"no sentence: {step['line']}"
    if step["rule"] is None:
        yield from _leaf(step, triple, sealed)
        return
    if step["graphs"]:
        yield f"inferred, and stated: {step['line']}"
    yield from _replayed(step, triple, sealed)
    for premise in step["premises"]:
        yield from _step(premise, sealed, depth + 1)


def _leaf(step: Mapping[str, Any], triple: Triple, sealed: Sealed) -> Iterator[str]:
    if step["premises"]:
        yield f"premises without a rule: {step['line']}"
    if not step["graphs"]:
        yield f"nobody states: {step['line']}"
    for source in step["graphs"]:
        graph = f"<{source['passage']}>"
        if graph not in sealed.stated.get(triple, ()):
            yield f"{graph} does not state: {step['line']}"
        if not sealed.value(graph, "layer") & LAYERS:
            yield f"{graph} is no source"
        yield from _passage(source, graph, triple, sealed)


def _passage(
    source: Mapping[str, Any], graph: str, triple: Triple, sealed: Sealed
) -> Iterator[str]:
    """Check that a passage is shown with its own lines, and with words it has for this triple."""
    starts, ends = sealed.value(graph, "lineStart"), sealed.value(graph, "lineEnd")
    numbers = [int(text.split('"')[1]) for text in (*starts, *ends)]
    expected = list(range(min(numbers), max(numbers) + 1)) if numbers else []
    if source["lines"] != expected:
        yield f"{graph} has other lines: {source['lines']}"
    if source["quotations"] != ([source["text"]] if source["text"] else []):
        yield f"{graph} is quoted otherwise than shown: {source['quotations']}"
    if source["text"] and source["text"] not in _words(graph, triple, sealed):
        yield f"{graph} has other words for this: {source['text']}"
    if len(source["text"].split()) > 10:
        yield f"{graph}: more than ten words"


def _words(graph: str, triple: Triple, sealed: Sealed) -> set[str]:
    """Return the words of a passage for a triple: of its two ends, or a text that it prints.

    The key phrase stands for all of a passage that gives no words of its own to anything.
    """
    subject, _, value = triple
    if graph not in sealed.words:
        return {_text(one) for one in sealed.value(graph, "keyPhrase")}
    found = {sealed.words[graph][end] for end in (subject, value) if end in sealed.words[graph]}
    return found | ({_text(value)} if value.endswith('"@fr') else set())


def _text(literal: str) -> str:
    (quad,) = ox.parse(f"<x:s> <x:p> {literal} .", format=ox.RdfFormat.N_TRIPLES)
    return str(quad.object.value)


def _replayed(step: Mapping[str, Any], triple: Triple, sealed: Sealed) -> Iterator[str]:
    """Replay one inference: it follows from all its premises, by its rule, under the axioms."""
    line, rule = step["line"], step["rule"]["name"]
    if triple in sealed.stated:
        yield f"stated, and inferred: {line}"
    axioms = [triple_of(one) for one in step["rule"]["axioms"]]
    for axiom in axioms:
        if not sealed.is_axiom(axiom):
            yield f"no axiom of the ontology: {' '.join(axiom)}"
    premises = [triple_of(one["line"]) for one in step["premises"]]
    around = sealed.axioms(axioms)
    given = frozenset({*premises, *around})
    if triple in given:
        yield f"rests on itself: {line}"
    elif not follows(triple, given):
        yield f"does not follow: {line}"
    elif follows(triple, given, rule):
        yield f"follows without {rule}: {line}"
    else:
        for one in set(premises):
            if follows(triple, frozenset(given - {one})):
                yield f"superfluous premise of {line}: {' '.join(one)}"


def _written(shown: Mapping[str, Any]) -> Triple:
    return tuple(_term(shown[part]) for part in ("subject", "predicate", "object"))  # type: ignore[return-value]


def _term(cell: Mapping[str, Any]) -> str:
    if cell["type"] == "uri":
        return str(ox.NamedNode(cell["value"]))
    if cell["type"] == "bnode":
        return str(ox.BlankNode(cell["value"]))
    if "xml:lang" in cell:
        return str(ox.Literal(cell["value"], language=cell["xml:lang"]))
    if "datatype" in cell:
        return str(ox.Literal(cell["value"], datatype=ox.NamedNode(cell["datatype"])))
    return str(ox.Literal(cell["value"]))


def _cells(why: Mapping[str, Any], query: str) -> Iterator[str]:
    """Check that the reasons are about this row: each cell is in a step, a source, or computed."""
    spoken = {part for step in why["steps"] for part in triple_of(step["line"])}
    spoken |= {part for one in why["absent"] for part in one["pattern"].split(" ")}
    for source in why["sources"]:
        spoken.add(f"<{source['passage']}>")
        spoken.add(f"<{BASE}scheme/assertion-mode/{source['mode']}>")
        spoken |= {str(ox.Literal(line)) for line in source["lines"]}
    computed = {one["column"] for one in why["figures"] if "column" in one}
    for column in why["columns"]:
        cell = why["row"].get(column["name"])
        if cell is None or column["name"] in computed or _term(cell) in spoken:
            continue
        if not (cell.get("datatype", "").endswith("#boolean") or _names(query, cell["value"])):
            yield f"nothing speaks of {column['name']} = {_term(cell)}"


def _names(query: str, value: str) -> bool:
    """Tell whether a query concludes by a name that it writes itself, after BIND."""
    local = value.replace("#", "/").rsplit("/", 1)[-1]
    return any(f":{local} AS " in part for part in query.split("BIND("))


def _absent(pattern: str, sealed: Sealed) -> Iterator[str]:
    there = True
    for one in pattern.split(" . "):
        subject, predicate, value = one.split(" ", 2)
        values = sealed.about[subject][predicate]
        there = there and (bool(values) if value == "?" else value in values)
    if there:
        yield f"is there, and said to be absent: {pattern}"


# --- One figure ----------------------------------------------------------------------------


def figure_faults(figure: Mapping[str, Any], row: Mapping[str, Any]) -> Iterator[str]:
    """Check a figure against the rows and cells that it is said to be made of."""
    if "expression" in figure:
        value = _computed(figure["expression"], figure.get("rows", {}).get("rows", []), row)
        if value != _plain(figure["value"]):
            yield f"{figure['column']} is {figure['value']['value']}, its rows give {value}"
        return
    if "parts" in figure:
        total = sum((_plain(one["value"]) for one in figure["parts"]), Decimal(0))
        if total != Decimal(figure["sum"]):
            yield f"{figure['figure']}: the parts make {total}, not {figure['sum']}"
        if figure["adds_up"] != (total == _plain(figure["value"])):
            yield f"{figure['figure']}: adds_up is wrong"


def _plain(cell: Mapping[str, Any]) -> Any:
    if cell.get("datatype", "").endswith("#boolean"):
        return cell["value"] in {"true", "1"}
    try:
        return Decimal(cell["value"])
    except ArithmeticError:
        return cell["value"]


def _computed(expression: Any, rows: list[Mapping[str, Any]], row: Mapping[str, Any]) -> Any:
    operation, *operands = expression
    if operation == "var":
        return _plain(row[operands[0]])
    if operation == "number":
        return Decimal(operands[0])
    if operation in {"count", "count-distinct", "sum", "min", "max", "mean"}:
        (_, name) = operands[0]
        values = [_plain(one[name]) for one in rows if name in one]
        reduced: dict[str, Callable[[list[Any]], Any]] = {
            "count": len,
            "count-distinct": lambda given: len(set(given)),
            "sum": sum,
            "min": min,
            "max": max,
            "mean": lambda given: sum(given) / len(given),
        }
        return reduced[operation](values)
    values = [_computed(one, rows, row) for one in operands]
    applied: dict[str, Callable[..., Any]] = {
        "*": lambda a, b: a * b,
        "/": lambda a, b: a / b,
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "=": lambda a, b: a == b,
        "round": lambda a: Decimal(math.floor(a + Decimal("0.5"))),
        "ceil": lambda a: Decimal(math.ceil(a)),
        "floor": lambda a: Decimal(math.floor(a)),
        "abs": abs,
    }
    return applied[operation](*values)
