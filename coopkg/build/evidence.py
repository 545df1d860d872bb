"""Check a question with a parser's eye, and derive what its rows rest on.

rdflib's algebra (SPARQL 1.1 Query, section 18.2) tells which triple patterns a query has and
which variables they always bind; the text of a query is only cut where tokens say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

import pyoxigraph as ox
from rdflib.paths import Path
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import BNode, Identifier, Variable

from coopkg.build import computed
from coopkg.build.algebra import algebra
from coopkg.build.bridge import from_rdflib
from coopkg.errors import QuestionError
from coopkg.questions import Evidence, Pattern, Question, QuestionEvidence
from coopkg.questions.fields import fault
from coopkg.questions.question import head
from coopkg.sparql_text import outer_group

_ABOVE: Final = frozenset(
    "SelectQuery ConstructQuery Project Distinct OrderBy Extend Filter AggregateJoin Group".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Found:
    """A triple pattern of a query: whether each row has it, and the graph it is asked of."""

    triple: tuple[Identifier | Path, Identifier | Path, Identifier | Path]
    certain: bool = True
    graph: Identifier | None = None
    hidden: bool = False


@dataclass(frozen=True)
class Seen:
    """A query seen by the parser."""

    slug: str
    key: str
    text: str
    algebra: CompValue

    def refuse(self, fr: str, en: str) -> QuestionError:
        """Return the error about this query."""
        key = self.key or "SELECT"
        return fault(self.slug, f"« {key} »", fr, f"`{key}`", en)


def derive(question: Question) -> QuestionEvidence:
    """Check every query of a question and return the evidence of its answers.

    Raises:
        QuestionError: a house rule is broken, or the evidence cannot be derived.
    """
    seen = {key: _parsed(question.slug, key, text) for key, text in question.queries()}
    given = [parameter.name for parameter in question.parameters]
    for key, query in seen.items():
        domain = key.removeprefix("parameters.").removesuffix(".domain")
        _check(query, [domain] if domain != key else given)
    _check_trailing_values(question)
    main = seen[""]
    answer = (
        from_construct(question.slug, "evidence", question.evidence)
        if question.evidence
        else from_select(main)
    )
    _check_binds(question, answer)
    return QuestionEvidence(
        answer,
        tuple(from_select(query) for key, query in seen.items() if key.startswith("related")),
        from_select(seen["gap.query"]) if question.gap else None,
        computed.absent(question),
        computed.computed(question),
    )


def _parsed(slug: str, key: str, text: str) -> Seen:
    try:
        return Seen(slug, key, text, algebra(text))
    except Exception as error:  # pyparsing's many, and rdflib's bare Exception
        seen = Seen(slug, key, text, CompValue("None"))
        reason = str(error).splitlines()[0]
        raise seen.refuse(
            f"rdflib ne lit pas : {reason}", f"rdflib cannot read it: {reason}"
        ) from (error)


# --- House rules ---------------------------------------------------------------------------


def _check(query: Seen, parameters: Iterable[str]) -> None:
    """Refuse what would make binding differ from filtering, or engines from each other."""
    nodes = list(_nodes(query.algebra))
    names = {node.name for node in nodes}
    if "Slice" in names:
        raise query.refuse(
            "LIMIT et OFFSET appartiennent à la page", "LIMIT and OFFSET belong to the page"
        )
    if "ServiceGraphPattern" in names:
        raise query.refuse("SERVICE n’est pas permis", "SERVICE is not allowed")
    if query.algebra.datasetClause:
        raise query.refuse("FROM n’est pas permis", "FROM is not allowed")
    if not names & {"Distinct", "AggregateJoin"}:
        raise query.refuse("SELECT DISTINCT est attendu", "SELECT DISTINCT is expected")
    _check_patterns(query, nodes)
    bound = certain(query.algebra)
    for name in parameters:
        if name not in bound:
            raise query.refuse(
                f"?{name} doit tirer ses valeurs d’un motif de triplet obligatoire",
                f"?{name} must get its values from a triple pattern that every row has",
            )


def _check_patterns(query: Seen, nodes: Iterable[CompValue]) -> None:
    for node in nodes:
        for triple in node.triples or ():
            for part in triple:
                if isinstance(part, BNode):
                    raise query.refuse(
                        "pas de nœud anonyme : nommez la variable",
                        "no blank node: name the variable",
                    )
                if isinstance(part, Path):
                    raise query.refuse(
                        f"pas de chemin ({part.n3()}) : employez une propriété déduite",
                        f"no property path ({part.n3()}): use a materialised property",
                    )


def _check_trailing_values(question: Question) -> None:
    """Any SPARQL tool must be able to run a bound question (`Question.with_values`)."""
    text = question.with_values(question.bind(question.examples))
    try:
        ox.Store().query(text)
    except (SyntaxError, ValueError) as error:
        raise fault(
            question.slug,
            "« SELECT »",
            f"un bloc VALUES final ne s’y ajoute pas : {error}",
            "`SELECT`",
            f"no trailing VALUES block can be added: {error}",
        ) from error


def _check_binds(question: Question, answer: Evidence) -> None:
    for parameter in question.parameters:
        if parameter.name not in answer.certain:
            raise fault(
                question.slug,
                "« evidence »",
                f"?{parameter.name} doit y tirer ses valeurs d’un motif obligatoire",
                "`evidence`",
                f"?{parameter.name} must get its values from a pattern that every row has",
            )


def _nodes(node: Any) -> Iterator[CompValue]:
    """Yield every node of an algebra tree, those inside expressions included."""
    if isinstance(node, CompValue):
        yield node
        for value in node.values():
            yield from _nodes(value)
    elif isinstance(node, list | tuple) and not isinstance(node, str):
        for value in node:
            yield from _nodes(value)


def certain(node: CompValue) -> frozenset[str]:
    """Return the variables that a triple pattern binds in every row of a query.

    Not those bound only by OPTIONAL, one branch of UNION, BIND, VALUES, GRAPH, or inside
    FILTER, MINUS and EXISTS.
    """
    if node.name == "BGP":
        return frozenset(
            str(part) for triple in node.triples for part in triple if isinstance(part, Variable)
        )
    if node.name == "Join":
        return certain(node.p1) | certain(node.p2)
    if node.name == "Union":
        return certain(node.p1) & certain(node.p2)
    if node.name in {"LeftJoin", "Minus"}:
        return certain(node.p1)
    if node.name == "Project":
        return certain(node.p) & {str(variable) for variable in node.PV}
    if node.name == "Group":
        keys = {str(one) for one in node.expr or () if isinstance(one, Variable)}
        return certain(node.p) & keys
    return certain(node.p) if isinstance(node.p, CompValue) else frozenset()


# --- Evidence ------------------------------------------------------------------------------


def from_select(query: Seen) -> Evidence:
    """Derive the evidence of a SELECT: all the positive triple patterns of its WHERE group.

    Raises:
        QuestionError: a pattern is out of reach; write an `evidence` query instead.
    """
    found = list(_positive(query.algebra))
    if any(one.hidden for one in found) or _asks_existence(query.algebra) or not found:
        raise query.refuse(
            "les triplets en jeu ne se déduisent pas (sous-SELECT, EXISTS) : écrivez « evidence »",
            "the triples at stake cannot be derived (sub-SELECT, EXISTS): write `evidence`",
        )
    start, end = outer_group(query.text)
    return _evidence(query, query.text[start:end], found)


def from_construct(slug: str, key: str, text: str) -> Evidence:
    """Read the evidence of a `CONSTRUCT { … } WHERE { … }` query written by hand.

    Raises:
        QuestionError: it is not one, or its template has blank nodes.
    """
    query = _parsed(slug, key, text)
    template = query.algebra.template
    if query.algebra.name != "ConstructQuery" or not template:
        raise query.refuse(
            "CONSTRUCT { … } WHERE { … } est attendu", "CONSTRUCT { … } WHERE { … } is expected"
        )
    _check_patterns(query, [CompValue("BGP", triples=template), *_nodes(query.algebra)])
    start, end = outer_group(text)
    matched = {one.triple for one in _positive(query.algebra) if one.certain and not one.graph}
    found = [Found(tuple(one), certain=tuple(one) in matched) for one in template]
    return _evidence(query, text[start:end], found)


def _positive(node: CompValue) -> Iterator[Found]:
    """Yield the patterns that rows match, never those of FILTER, MINUS or EXISTS."""
    if node.name == "BGP":
        yield from (Found(tuple(triple)) for triple in node.triples)
    elif node.name == "Join":
        yield from _positive(node.p1)
        yield from _positive(node.p2)
    elif node.name == "Union":
        yield from _uncertain(node.p1)
        yield from _uncertain(node.p2)
    elif node.name == "LeftJoin":
        yield from _positive(node.p1)
        yield from _uncertain(node.p2)
    elif node.name == "Minus":
        yield from _positive(node.p1)
    elif node.name == "Graph":
        yield from (replace(one, graph=node.term) for one in _positive(node.p))
    elif node.name == "ToMultiSet":
        shown = {str(variable) for variable in node.p.PV or ()}
        for one in _positive(node.p):
            hidden = any(str(part) not in shown for part in _variables(one.triple))
            yield replace(one, hidden=one.hidden or hidden)
    elif isinstance(node.p, CompValue):
        yield from _positive(node.p)


def _uncertain(node: CompValue) -> Iterator[Found]:
    return (replace(one, certain=False) for one in _positive(node))


def _variables(parts: Iterable[Any]) -> Iterator[Variable]:
    return (part for part in parts if isinstance(part, Variable))


def _asks_existence(node: CompValue) -> bool:
    """Tell whether a column is computed by EXISTS, whose triples no pattern shows."""
    extends = (one for one in _nodes(node) if one.name == "Extend")
    inner = (one.name for extend in extends for one in _nodes(extend.expr))
    return any(name in {"Builtin_EXISTS", "Builtin_NOTEXISTS"} for name in inner)


def _text(part: Any) -> str:
    """Write a variable, or a term as N-Triples does."""
    return f"?{part}" if isinstance(part, Variable) else str(from_rdflib(part))


def _evidence(query: Seen, group: str, found: list[Found]) -> Evidence:
    """Write the queries whose solutions are exactly the triples that rows matched.

    A pattern of OPTIONAL or UNION may have all its variables bound by others, so it is asked
    again: its predicate becomes a variable that stays unbound where the triple is not there. A
    pattern with a variable that the row leaves unbound did not match: asked again, it would match
    triples that the row has nothing to do with.
    """
    prologue = head(query.text)
    again: list[str] = []
    known: list[str] = []
    template: dict[Pattern, None] = {}
    verbs: dict[str, str] = {}
    for number, one in enumerate(found):
        subject, predicate, value = (_text(part) for part in one.triple)
        if not one.certain:
            name, bound = f"?_p{number}", f"?_b{number}"
            parts = [*one.triple, *([one.graph] if one.graph is not None else [])]
            every = " && ".join(f"BOUND({_text(part)})" for part in _variables(parts)) or "true"
            known.append(f"  BIND({every} AS {bound})")
            asked = f"{subject} {predicate} {value} ."
            asked = f"GRAPH {_text(one.graph)} {{ {asked} }}" if one.graph is not None else asked
            again.append(f"  OPTIONAL {{ {asked} FILTER({bound}) BIND({predicate} AS {name}) }}")
            verbs[name], predicate = predicate, name
        template[Pattern(subject, predicate, value)] = None
    where = "\n".join(["{", f"  {group}", *known, *again, "}"]) if again else group
    lines = [f"  {one.subject} {one.predicate} {one.value} ." for one in template]
    construct = "\n".join([prologue.rstrip(), "CONSTRUCT {", *lines, "}", f"WHERE {where}", ""])
    solutions = ox.Store().query(f"{prologue}SELECT * WHERE {where}")
    assert isinstance(solutions, ox.QuerySolutions)
    names = sorted(variable.value for variable in solutions.variables)
    listed = " ".join(f"?{name}" for name in names)
    select = f"{prologue.rstrip()}\nSELECT DISTINCT {listed} WHERE {where}\n".lstrip()
    sure = sorted(certain(_group(query.algebra)) & set(names))  # what is asked again adds none
    return Evidence(construct.lstrip(), select, tuple(names), tuple(sure), tuple(template), verbs)


def _group(node: CompValue) -> CompValue:
    """Return what the WHERE group of a query matches, below its selection and grouping."""
    while node.name in _ABOVE:
        node = node.p
    return node
