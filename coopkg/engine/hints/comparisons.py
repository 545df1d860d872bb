"""Warnings about conditions that can never be true, because of what their variables hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from coopkg.engine.hints import regexes
from coopkg.engine.hints.calls import name_of
from coopkg.engine.hints.finding import Edit, Finding, at
from coopkg.engine.hints.holding import IRI, LANG, Held, Holding, literal
from coopkg.engine.hints.model import Level, Model, below
from coopkg.engine.hints.nearest import folded
from coopkg.engine.hints.scene import Scene
from coopkg.engine.hints.vocabulary import Vocabulary
from coopkg.sparql_grammar import Node
from coopkg.sparql_tokens import Token
from coopkg.terms import PREFIXES

_ORDERS: Final = frozenset({"<", ">", "<=", ">="})
_TEXTUAL: Final = frozenset(
    """
    CONTAINS STRSTARTS STRENDS REGEX STRLEN LCASE UCASE SUBSTR STRBEFORE STRAFTER REPLACE CONCAT
    ENCODE_FOR_URI
    """.split()  # noqa: SIM905
)
_READS_LITERALS: Final = frozenset({"LANG", "DATATYPE"})
_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d+)?")
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_HOLDS: Final = {
    "number": ("des nombres", "numbers"),
    "time": ("des dates", "dates"),
    "boolean": ("true ou false", "true or false"),
    "string": ("des textes sans langue", "texts without a language"),
    LANG: ("des textes avec une langue", "texts with a language"),
    IRI: ("des entités (des IRI)", "entities (IRIs)"),
}


@dataclass(frozen=True)
class Comparisons:
    """Looks at each condition, in the group where it stands."""

    scene: Scene
    known: Vocabulary
    model: Model

    @cached_property
    def holding(self) -> Holding:
        """What the variables of the query hold."""
        return Holding(self.scene, self.known, self.model)

    def warnings(self) -> Iterator[Finding]:
        """Yield the warnings about comparisons, functions of texts and patterns."""
        for call in below(self.scene.reading.root, "BuiltIn", stop=()):
            yield from _pattern(call)
        if any(any(True for _ in one.nodes("Iri")) for one in self._datasets()):
            return  # what the graphs that it chooses hold is not known here
        for node, level in self._places():
            for relation in below(node, "Relation"):
                yield from self._relation(relation, level)
            for call in below(node, "BuiltIn"):
                yield from self._function(call, level)

    def _datasets(self) -> Iterator[Node]:
        return below(self.scene.reading.root, "Dataset")

    def _places(self) -> Iterator[tuple[Node, Level]]:
        """Yield each condition and each expression, with the group whose variables it reads."""
        for level in self.model.query.where.everything():
            if not level.in_graph:
                yield from ((one, level) for one in level.elements if isinstance(one, Node))
        for select in self.model.selects:
            if not select.where.in_graph:
                for node in (*select.node.nodes("SelectClause"), *select.node.nodes("Modifier")):
                    yield node, select.where

    # --- comparisons

    def _relation(self, relation: Node, level: Level) -> Iterator[Finding]:
        marks = [one.text.upper() for one in relation.parts if isinstance(one, Token)]
        sides = list(relation.nodes("Sum"))
        if not sides or not marks or marks[0] in {"!=", "NOT"}:
            return
        if marks[0] == "IN":
            values = [one for found in relation.nodes("Expressions") for one in found.nodes()]
            for value in values:
                found = list(self._pair(sides[0], value, "=", level))
                yield from found
                if found and found[0].rule == "literal-without-language":
                    return  # one change mends them all
            return
        first, second = sides
        if literal(self.scene, first) is not None:
            first, second = second, first
        yield from self._pair(first, second, marks[0], level)

    def _pair(self, side: Node, other: Node, mark: str, level: Level) -> Iterator[Finding]:
        held = self.holding.operand(side, level)
        if held is None:
            return
        written = literal(self.scene, other)
        if written is None:
            yield from self._both(side, held, other, mark, level)
            return
        sort, tokens = written
        if sort in held.sorts:
            return
        if held.sorts == {IRI}:
            yield self._entity(side, held, tokens, mark)
        else:
            yield self._differs(side, held, sort, tokens)

    def _both(
        self, side: Node, held: Held, other: Node, mark: str, level: Level
    ) -> Iterator[Finding]:
        """Look at two expressions: entities have no order, sorts that differ are never equal."""
        second = self.holding.operand(other, level)
        if mark in _ORDERS and held.sorts == {IRI}:
            yield self._no_order(side, held, other, second)
        elif mark in _ORDERS and second is not None and second.sorts == {IRI}:
            yield self._no_order(other, second, side, held)
        elif second is not None and not held.sorts & second.sorts and IRI not in held.sorts:
            if IRI in second.sorts:
                return
            what, that = _what(held), _what(second)
            yield at(
                (*side.tokens(), *other.tokens()),
                "literal-datatype",
                (
                    f"{_text(self.scene, side)} donne {what[0]}, {_text(self.scene, other)} "
                    f"{that[0]} : ils ne sont jamais égaux",
                    f"{_text(self.scene, side)} gives {what[1]}, {_text(self.scene, other)} "
                    f"{that[1]}: they are never equal",
                ),
            )

    def _no_order(self, side: Node, held: Held, other: Node, second: Held | None) -> Finding:
        name = _text(self.scene, side)
        edit = None
        if held.var and second and second.var and second.sorts == {IRI}:
            first, last = sorted((held.var, second.var), key=lambda one: one.offset)
            between = self.scene.text[first.end : last.offset]
            edit = Edit(first.offset, last.end, f"STR({first.text}){between}STR({last.text})")
        return at(
            list(side.tokens()),
            "entity-as-text",
            (
                f"{_said(held, name)[0]}, qui n’ont pas d’ordre : la comparaison n’est jamais "
                "vraie",
                f"{_said(held, name)[1]}, which have no order: the comparison is never true",
            ),
            (f"comparez leurs adresses : STR({name})", f"compare their addresses: STR({name})"),
            edit=edit,
        )

    def _entity(self, side: Node, held: Held, tokens: tuple[Token, ...], mark: str) -> Finding:
        first, name = tokens[0], _text(self.scene, side)
        found = self._named(first, held) if mark == "=" and first.kind == "string" else []
        listed = " ou ".join(found[:3]), " or ".join(found[:3])
        hint = (f"écrivez {listed[0]}", f"write {listed[1]}") if found else None
        if not found and held.var and first.kind == "string" and held.kind == "entity":
            label = f"{held.var.text} skos:prefLabel ?label . FILTER (STR(?label) = {first.text})"
            hint = (f"passez par le nom : {label}", f"go through its name: {label}")
        saying = _said(held, name)
        return at(
            tokens,
            "literal-for-entity",
            (
                f"{saying[0]}, jamais comparables à {_written(tokens)}",
                f"{saying[1]}, which never compare with {_written(tokens)}",
            ),
            hint,
            found[0] if len(found) == 1 else None,
        )

    def _named(self, token: Token, held: Held) -> list[str]:
        """Return what a text may name: by a label, or by the end of an address."""
        asked = folded(token.value)
        if held.kind == "entity":
            if token.value in self.known.entities:
                return [f"<{token.value}>"]
            found = self.known.by_label.get(asked) or self.known.by_local.get(asked, [])
        else:
            among = self.known.classes if held.kind == "class" else self.known.properties
            found = [one for one in among.values() if one.count and folded(one.local) == asked]
        return [self.scene.short(one.iri) for one in found]

    def _differs(self, side: Node, held: Held, sort: str, tokens: tuple[Token, ...]) -> Finding:
        written, name = _written(tokens), _text(self.scene, side)
        saying = _said(held, name)
        message = (
            f"{saying[0]} : aucun n’est comparable à {written}",
            f"{saying[1]}: none can be compared with {written}",
        )
        if held.sorts == {LANG} and sort == "string" and held.var is not None:
            wrapped = f"STR({held.var.text})"
            language = self.known.language_of(tokens[0].value)
            tagged = f"{tokens[0].text}@{language or 'fr'}"
            return at(
                tokens,
                "literal-without-language",
                message,
                (f"écrivez {wrapped}, ou {tagged}", f"write {wrapped}, or {tagged}"),
                edit=Edit(held.var.offset, held.var.end, wrapped),
            )
        meant = self._meant(held, tokens)
        hint = (f"écrivez {meant}", f"write {meant}") if meant else None
        return at(tokens, "literal-datatype", message, hint, meant)

    def _meant(self, held: Held, tokens: tuple[Token, ...]) -> str | None:
        """Return the value that a literal was meant for, written as those it is compared with."""
        first = tokens[0]
        if held.sorts == {"string"}:
            return first.text if first.kind == "string" else f'"{_written(tokens)}"'
        if first.kind != "string":
            return None
        text = first.value.strip()
        if held.sorts == {"number"} and _NUMBER.fullmatch(text):
            return text.removeprefix("+")
        if held.sorts == {"boolean"} and text.casefold() in {"true", "false"}:
            return text.casefold()
        if held.sorts == {"time"} and _DATE.fullmatch(text):
            return f"{first.text}^^{self.scene.short(PREFIXES['xsd'] + 'date')}"
        return None

    # --- functions of texts

    def _function(self, call: Node, level: Level) -> Iterator[Finding]:
        name = name_of(call)
        if name not in _TEXTUAL | _READS_LITERALS:
            return
        given = [one for found in call.nodes("Expressions") for one in found.nodes()]
        for argument in given if name == "CONCAT" else given[:1]:
            held = self.holding.operand(argument, level)
            if held is None or held.var is None or held.sorts & {LANG, "string"}:
                continue
            if name in _READS_LITERALS and held.sorts != {IRI}:
                continue
            tokens = list(argument.tokens())
            if len(tokens) == 1:
                yield self._no_text(name, held, held.var)

    def _no_text(self, name: str, held: Held, var: Token) -> Finding:
        wrapped = f"STR({var.text})"
        readable = name not in _READS_LITERALS
        hint = (f"écrivez {wrapped}", f"write {wrapped}")
        if held.sorts == {IRI}:
            label = f"{var.text} skos:prefLabel ?label"
            hint = (
                f"écrivez {wrapped} pour lire son adresse, ou passez par son nom : {label}",
                f"write {wrapped} to read its address, or go through its name: {label}",
            )
            if not readable:
                hint = (f"passez par son nom : {label}", f"go through its name: {label}")
        saying = _said(held, var.text)
        return at(
            var,
            "entity-as-text",
            (
                f"{name} lit des textes, et {saying[0]} : rien n’en sort",
                f"{name} reads texts, and {saying[1]}: nothing comes out of it",
            ),
            hint,
            wrapped if readable else None,
        )


# --- patterns


def _pattern(call: Node) -> Iterator[Finding]:
    """Look at the pattern and the flags of REGEX and REPLACE."""
    name = name_of(call)
    if name not in {"REGEX", "REPLACE"}:
        return
    given = [list(one.tokens()) for found in call.nodes("Expressions") for one in found.nodes()]
    alone = [one[0] if len(one) == 1 and one[0].kind == "string" else None for one in given]
    place = 2 if name == "REGEX" else 3
    flags = alone[place] if len(alone) > place else None
    if flags is not None and set(flags.value) - regexes.FLAGS:
        yield at(
            flags,
            "bad-pattern",
            (
                f"{name} ne connaît pas l’option {flags.text}, et ne répond alors rien",
                f"{name} does not know the flag {flags.text}, and then answers nothing",
            ),
            ('"i" ignore la casse', '"i" ignores case'),
        )
    pattern = alone[1] if len(alone) > 1 else None
    if pattern is None or (flags is not None and "q" in flags.value):
        return
    if (wrong := regexes.fault(pattern.value)) is not None:
        yield at(
            pattern,
            "bad-pattern",
            (
                f"le motif {pattern.text} ne se lit pas : {wrong.fr}",
                f"the pattern {pattern.text} cannot be read: {wrong.en}",
            ),
            (
                "pour chercher ce texte tel quel, prenez CONTAINS",
                "to look for this very text, use CONTAINS",
            ),
        )


# --- words


def _what(held: Held) -> tuple[str, str]:
    found = [_HOLDS[sort] for sort in sorted(held.sorts)]
    return " ou ".join(fr for fr, _ in found), " or ".join(en for _, en in found)


def _said(held: Held, name: str) -> tuple[str, str]:
    """Say what something holds, and after which property."""
    fr, en = _what(held)
    if held.verb is None:
        return f"{name} donne {fr}", f"{name} gives {en}"
    verb = held.verb.text
    return f"{name} donne {fr}, les valeurs de {verb}", f"{name} gives {en}, the values of {verb}"


def _text(scene: Scene, node: Node) -> str:
    tokens = list(node.tokens())
    return scene.text[tokens[0].offset : tokens[-1].end]


def _written(tokens: tuple[Token, ...]) -> str:
    return "".join(one.text for one in tokens)
