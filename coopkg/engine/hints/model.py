"""A query as its parts mean it: levels of groups, triples, and who binds which variable."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

from coopkg.engine.hints.scene import Scene
from coopkg.sparql_grammar import Node
from coopkg.sparql_tokens import Token

Kind = Literal["where", "optional", "minus", "exists", "graph", "union", "group", "template"]
TermKind = Literal["var", "iri", "literal", "blank"]


@dataclass(frozen=True)
class Term:
    """A node of a triple: `name` is a variable, a full IRI, a text, or a label of its own."""

    kind: TermKind
    name: str
    tokens: tuple[Token, ...]

    @property
    def joins(self) -> bool:
        """Tell whether the same term elsewhere makes a join."""
        return self.kind in {"var", "blank"}


@dataclass(frozen=True)
class Triple:
    """A triple pattern; `path` holds the IRIs of a path, when the predicate is one.

    `end` is the last of a path that only goes on, by `/`: the object is a value of it.
    """

    subject: Term
    predicate: Term | None
    object: Term
    path: tuple[Term, ...] = ()
    end: Term | None = None

    @property
    def terms(self) -> tuple[Term, ...]:
        """Return its subject, its predicate when it is no path, and its object."""
        between = (self.predicate,) if self.predicate is not None else ()
        return (self.subject, *between, self.object)


@dataclass(frozen=True)
class Bound:
    """A variable that BIND or VALUES gives a value, or that a sub-query lists."""

    token: Token
    by: Literal["bind", "values"]


@dataclass
class Level:
    """A group { … } and what it holds, in order; `graph` is the name after GRAPH."""

    kind: Kind
    node: Node
    parent: Level | None = None
    graph: Term | None = None
    elements: list[Triple | Bound | Level | Select | Node] = field(default_factory=list)
    blocks: list[list[Triple]] = field(default_factory=list)

    @property
    def triples(self) -> Iterator[Triple]:
        """Yield its own triples."""
        return (one for one in self.elements if isinstance(one, Triple))

    @property
    def levels(self) -> Iterator[Level]:
        """Yield the groups directly inside, those of sub-queries and of EXISTS included."""
        for one in self.elements:
            if isinstance(one, Level):
                yield one
            elif isinstance(one, Select):
                yield one.where

    def everything(self) -> Iterator[Level]:
        """Yield this level and all below."""
        left = [self]
        while left:
            level = left.pop()
            yield level
            left += level.levels

    @property
    def in_graph(self) -> bool:
        """Tell whether it looks inside a named graph."""
        around: Level | None = self
        while around is not None and around.kind != "graph":
            around = around.parent
        return around is not None

    def visible(self) -> set[str]:
        """Return the variables in scope at its end (SPARQL 1.1, section 18.2.1)."""
        found: set[str] = set()
        for one in self.elements:
            found |= seen_in(one)
        if self.graph is not None and self.graph.kind == "var":
            found.add(self.graph.name)
        return found


@dataclass
class Select:
    """A query or a sub-query: what it lists, how it groups, and where it looks."""

    node: Node
    where: Level
    form: str = "SELECT"

    @property
    def clause(self) -> Node | None:
        """Return the SELECT clause."""
        return next(self.node.nodes("SelectClause"), None)

    @property
    def stars(self) -> bool:
        """Tell whether it is SELECT * or DESCRIBE *."""
        parts = self.clause.parts if self.clause else self.node.parts
        return any(isinstance(one, Token) and one.text == "*" for one in parts)

    def listed(self) -> Iterator[tuple[Token, Node | None]]:
        """Yield each listed variable, with the expression that computes it or None."""
        for projected in self.clause.nodes("Projected") if self.clause else ():
            expression = next(projected.nodes("Expression"), None)
            for var in projected.nodes("Var"):
                yield next(var.tokens()), expression

    def modifiers(self, *names: str) -> Iterator[Node]:
        """Yield its GROUP BY, HAVING, ORDER BY or LIMIT."""
        for modifier in self.node.nodes("Modifier"):
            yield from modifier.nodes(*names)


@dataclass(frozen=True)
class Model:
    """A whole query: its outer level, each SELECT in it, and the template of a CONSTRUCT."""

    query: Select
    selects: tuple[Select, ...]
    template: Level | None


def seen_in(one: Triple | Bound | Level | Select | Node) -> set[str]:
    """Return the variables that an element of a group brings into scope."""
    if isinstance(one, Triple):
        return {term.name for term in one.terms if term.kind == "var"}
    if isinstance(one, Bound):
        return {one.token.value}
    if isinstance(one, Level):
        return set() if one.kind in {"minus", "exists"} else one.visible()
    if isinstance(one, Select):
        return one.where.visible() if one.stars else {token.value for token, _ in one.listed()}
    return set()


_FORMS: Final = ("Select", "Construct", "Describe", "Ask")
_NESTED: Final = {"OPTIONAL": "optional", "MINUS": "minus", "LATERAL": "group"}


def of(scene: Scene) -> Model | None:
    """Return the model of a query without faults; None for an empty one."""
    form = next(scene.reading.root.nodes(*_FORMS), None)
    return _Reader(scene).query(form) if form is not None else None


class _Reader:
    """Turns the tree into levels."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.selects: list[Select] = []
        self.made = 0

    def query(self, form: Node) -> Model:
        where: Node | None = form
        template = None
        for name in ("Where", "ShortConstruct"):
            where = next(form.nodes(name), where)
        group = next(where.nodes("Group", "Template"), None) if where else None
        level = self.level("where", group, None) if group else Level("where", form)
        outer = Select(form, level, form.name.upper())
        self.selects.insert(0, outer)
        for found in form.nodes("Template"):
            template = Level("template", found)
            self.patterns(template, found)
        for values in scene_values(self.scene.reading.root):
            self.values(level, values)
        return Model(outer, tuple(self.selects), template)

    def level(self, kind: Kind, group: Node, parent: Level | None) -> Level:
        level = Level(kind, group, parent)
        if (inner := next(group.nodes("SubSelect"), None)) is not None:
            where = next(next(inner.nodes("Where")).nodes("Group"))
            select = Select(inner, self.level("where", where, level))
            self.selects.append(select)
            level.elements.append(select)
            for values in inner.nodes("Values"):
                self.values(select.where, values)
        for patterns in (group, *group.nodes("Patterns")):
            self.patterns(level, patterns)
        return level

    def patterns(self, level: Level, patterns: Node) -> None:
        fresh = True
        for part in patterns.nodes("Triples", "Pattern"):
            if part.name == "Triples":
                found = list(self.triples(part))
                level.elements += found
                if fresh:
                    level.blocks.append([])
                level.blocks[-1] += found
                fresh = False
            else:
                fresh = self.pattern(level, part) or fresh

    def pattern(self, level: Level, part: Node) -> bool:
        """Add what is no triple; tell whether it ends the block of triples before it."""
        inner = next(part.nodes(), part)
        if inner.name == "Filter":
            level.elements.append(inner)
            self.exists(level, inner)
            return False
        if inner.name == "Bind":
            self.bind(level, inner)
        elif inner.name == "Union":
            groups = list(inner.nodes("Group"))
            kind: Kind = "union" if len(groups) > 1 else "group"
            level.elements += [self.level(kind, group, level) for group in groups]
        elif inner.name == "Nested":
            word = next(inner.tokens()).keyword
            for group in inner.nodes("Group"):
                nested = self.level(_NESTED[word], group, level)  # type: ignore[arg-type]
                level.elements.append(nested)
        elif inner.name == "Elsewhere":
            for group in inner.nodes("Group"):
                found = self.level("graph", group, level)
                found.graph = next((self.term(one) for one in inner.nodes("VarOrIri")), None)
                level.elements.append(found)
        else:
            self.values(level, part)
        return True

    def bind(self, level: Level, bind: Node) -> None:
        self.exists(level, bind)
        level.elements.append(bind)
        level.elements += [Bound(next(var.tokens()), "bind") for var in bind.nodes("Var")]

    def exists(self, level: Level, node: Node) -> None:
        """Add the groups of EXISTS and NOT EXISTS inside an expression."""
        left = list(node.nodes())
        while left:
            one = left.pop()
            if one.name == "Group":
                level.elements.append(self.level("exists", one, level))
            else:
                left += one.nodes()

    def values(self, level: Level, part: Node) -> None:
        for data in part.nodes("Data"):
            level.elements.append(data)
            level.elements += [Bound(next(var.tokens()), "values") for var in data.nodes("Var")]

    def triples(self, node: Node) -> Iterator[Triple]:
        subject: Term | None = None
        for part in node.nodes("Node", "Bracket", "Properties"):
            if part.name == "Properties":
                assert subject is not None  # the grammar puts it first
                yield from self.properties(subject, part)
            else:
                subject, inside = self.node(part)
                yield from inside

    def properties(self, subject: Term, node: Node) -> Iterator[Triple]:
        predicate: Term | None = None
        path: tuple[Term, ...] = ()
        end: Term | None = None
        for part in node.nodes("Verb", "Objects"):
            if part.name == "Verb":
                predicate, path = self.verb(part)
                end = path[-1] if path and self.goes_on(part) else None
                continue
            for found in part.nodes("Object"):
                term, inside = self.node(next(found.nodes("Node", "Bracket")))
                yield Triple(subject, predicate, term, path, end)
                yield from inside

    @staticmethod
    def goes_on(verb: Node) -> bool:
        """Tell whether a path is a sequence of properties, and nothing else."""
        marks = (one.text for one in verb.tokens() if one.kind == "punct")
        return all(mark == "/" for mark in marks)

    def verb(self, node: Node) -> tuple[Term | None, tuple[Term, ...]]:
        inner = next(node.nodes())
        if inner.name == "Var":
            return self.term(inner), ()
        tokens = list(inner.tokens())
        names = [one for one in tokens if one.kind in {"iri", "pname"} or one.text == "a"]
        iris = tuple(self.named(one) for one in names)
        return (iris[0], ()) if len(tokens) == 1 else (None, iris)

    def node(self, node: Node) -> tuple[Term, list[Triple]]:
        """Return a node of a triple, and the triples that its brackets hold."""
        if node.name == "Node":
            return self.term(node), []
        opening = next(node.tokens())
        self.made += 1
        term = Term("blank", f"[]{self.made}", (opening,))
        inside: list[Triple] = []
        for properties in node.nodes("Properties"):
            inside += self.properties(term, properties)
        for member in node.nodes("Object"):
            value, deeper = self.node(next(member.nodes("Node", "Bracket")))
            inside += [Triple(term, None, value), *deeper]
        return term, inside

    def term(self, node: Node) -> Term:
        tokens = tuple(node.tokens())
        first = tokens[0]
        if first.kind == "var":
            return Term("var", first.value, tokens)
        if first.kind == "bnode":
            return Term("blank", first.text, tokens)
        if first.kind in {"iri", "pname"}:
            return self.named(first)
        return Term("literal", first.value if first.kind == "string" else first.text, tokens)

    def named(self, token: Token) -> Term:
        if token.text == "a":
            return Term("iri", TYPE, (token,))
        return Term("iri", self.scene.iri(token) or token.text, (token,))


TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def scene_values(root: Node) -> Iterator[Node]:
    """Yield the VALUES after the query."""
    return root.nodes("Values")


def below(node: Node, name: str, *, stop: tuple[str, ...] = ("Group",)) -> Iterator[Node]:
    """Yield the nodes of a name under another, not looking inside those where to stop."""
    left = list(node.nodes())[::-1]
    while left:
        one = left.pop()
        if one.name == name:
            yield one
        if one.name not in stop:
            left += list(one.nodes())[::-1]
