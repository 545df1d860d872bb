"""What a variable or an expression holds, when the generation leaves no doubt about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

from coopkg.engine.hints.calls import name_of
from coopkg.engine.hints.model import TYPE, Bound, Level, Model, Triple
from coopkg.engine.hints.scene import Scene
from coopkg.engine.hints.vocabulary import Vocabulary
from coopkg.sparql_grammar import Node
from coopkg.sparql_tokens import Token
from coopkg.terms import PREFIXES

IRI: Final = "iri"
LANG: Final = "lang"
_NUMBERS: Final = """
    integer decimal double float int long short byte nonNegativeInteger positiveInteger
    nonPositiveInteger negativeInteger unsignedInt unsignedLong unsignedShort unsignedByte
"""
_SORTS: Final = {
    **{f"xsd:{name}": "number" for name in _NUMBERS.split()},
    **dict.fromkeys(("xsd:date", "xsd:dateTime", "xsd:gYear", "xsd:gYearMonth"), "time"),
    "xsd:string": "string",
    "xsd:boolean": "boolean",
    "rdf:langString": LANG,
}
_RESULTS: Final = {
    **dict.fromkeys(("STR", "LANG", "ENCODE_FOR_URI", "STRUUID"), "string"),
    **dict.fromkeys(("STRLEN", "COUNT", "YEAR", "MONTH", "DAY", "HOURS", "MINUTES"), "number"),
    **dict.fromkeys(("DATATYPE", "IRI", "URI", "UUID"), IRI),
}
_SAME: Final = frozenset({"LCASE", "UCASE", "SUBSTR", "REPLACE"})  # they keep the language


@dataclass(frozen=True)
class Held:
    """The sorts of value that stand somewhere; `var` and `verb` are where that comes from.

    `kind` tells which IRIs are meant, when they are IRIs.
    """

    sorts: frozenset[str]
    var: Token | None = None
    verb: Token | None = None
    kind: Literal["entity", "class", "property"] = "entity"


@dataclass(frozen=True)
class Holding:
    """Follows variables to the properties whose values they hold."""

    scene: Scene
    known: Vocabulary
    model: Model

    @cached_property
    def _classes(self) -> frozenset[str]:
        return frozenset(name.id for name in self.known.classes.values())

    @cached_property
    def _given(self) -> frozenset[str]:
        """The variables that something else than a triple gives a value."""
        levels = list(self.model.query.where.everything())
        bound = {one.token for level in levels for one in level.elements if isinstance(one, Bound)}
        listed = {token for select in self.model.selects for token, made in select.listed() if made}
        return frozenset(token.value for token in bound | listed)

    def operand(self, node: Node, level: Level) -> Held | None:
        """Return what a side of a comparison, or an argument, holds; None when it may be anything.

        Literals written in the query are left to those who ask.
        """
        tokens = list(node.tokens())
        if len(tokens) == 1 and tokens[0].kind == "var":
            return self.variable(tokens[0], level)
        call = _call(node)
        name = name_of(call) if call is not None else ""
        if name in _RESULTS:
            return Held(frozenset({_RESULTS[name]}))
        if call is None or name not in _SAME:
            return None
        first = next((one for found in call.nodes("Expressions") for one in found.nodes()), None)
        held = self.operand(first, level) if first is not None else None
        return held if held is not None and held.sorts <= {LANG, "string"} else None

    def variable(self, token: Token, level: Level) -> Held | None:
        """Return what a variable holds in a group: a pattern of the group decides, or all do."""
        around: Level | None = level
        while around is not None:
            for triple in around.triples:
                if (held := self._in_triple(triple, token)) is not None:
                    return held
            around = around.parent if around.kind in {"optional", "exists"} else None
        return self._anywhere(token)

    def _anywhere(self, token: Token) -> Held | None:
        if token.value in self._given:
            return None
        sorts: set[str] = set()
        first: Held | None = None
        for level, triple in self._triples():
            if not any(term.kind == "var" and term.name == token.value for term in triple.terms):
                continue
            held = self._in_triple(triple, token)
            if held is None or level.in_graph:
                return None
            sorts |= held.sorts
            first = first or held
        if first is None:
            return None
        return Held(frozenset(sorts), token, first.verb, first.kind)

    def _triples(self) -> Iterator[tuple[Level, Triple]]:
        for level in self.model.query.where.everything():
            yield from ((level, triple) for triple in level.triples)

    def _in_triple(self, triple: Triple, token: Token) -> Held | None:
        name = token.value
        if triple.subject.kind == "var" and triple.subject.name == name:
            return Held(frozenset({IRI}), token)
        verb = triple.predicate
        if verb is not None and verb.kind == "var" and verb.name == name:
            return Held(frozenset({IRI}), token, kind="property")
        if triple.object.kind != "var" or triple.object.name != name:
            return None
        verb = verb or triple.end
        if verb is None or verb.kind != "iri":
            return None
        sorts = self._of_property(verb.name)
        kind: Literal["class", "entity"] = "class" if verb.name == TYPE else "entity"
        return Held(sorts, token, verb.tokens[0], kind) if sorts else None

    def _of_property(self, iri: str) -> frozenset[str]:
        """Return the sorts of all the values of a property; nothing when they are not all known."""
        name = self.known.properties.get(iri)
        if name is None or not name.count:
            return frozenset()
        if iri == TYPE:
            return frozenset({IRI})
        sorts = set()
        for one in self.known.objects.get(iri, ()):
            sort = _SORTS.get(one) or (IRI if one in self._classes else None)
            if sort is None:
                return frozenset()
            sorts.add(sort)
        return frozenset(sorts or {IRI})  # a literal has its datatype, an IRI may have no class


def literal(scene: Scene, node: Node) -> tuple[str, tuple[Token, ...]] | None:
    """Return the sort of a literal that stands alone, and its tokens."""
    tokens = tuple(node.tokens())
    first = tokens[0] if tokens else None
    if first is None:
        return None
    if first.kind == "string" and len(tokens) == 1:
        return "string", tokens
    if first.kind == "string" and len(tokens) == 2 and tokens[1].kind == "langtag":
        return LANG, tokens
    if first.kind == "string" and len(tokens) == 3 and tokens[1].text == "^^":
        iri = scene.iri(tokens[2]) or ""
        sort = _SORTS.get("xsd:" + iri.removeprefix(PREFIXES["xsd"]))
        return (sort, tokens) if sort else None
    if tokens[-1].kind == "number" and all(one.text in {"+", "-"} for one in tokens[:-1]):
        return "number", tokens
    alone = len(tokens) == 1 and first.keyword in {"TRUE", "FALSE"}
    return ("boolean", tokens) if alone else None


def _call(node: Node) -> Node | None:
    """Return the call of a function that an operand is made of alone."""
    while node.name != "BuiltIn":
        if len(node.parts) != 1 or not isinstance(node.parts[0], Node):
            return None
        node = node.parts[0]
    return node
