"""Warnings about texts and numbers that can match nothing: languages, datatypes, classes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from coopkg.engine.hints.calls import name_of
from coopkg.engine.hints.finding import Edit, Finding, at
from coopkg.engine.hints.model import TYPE, Level, Model, Term, Triple, below
from coopkg.engine.hints.nearest import folded
from coopkg.engine.hints.scene import Scene
from coopkg.engine.hints.vocabulary import Vocabulary
from coopkg.errors import Lang
from coopkg.sparql_grammar import Node
from coopkg.sparql_tokens import Token
from coopkg.terms import PREFIXES, compact

_VARIABLE: Final = re.compile(r"[?$]\w+")
_INTEGER: Final = re.compile(r"[+-]?[0-9]+")
_XSD: Final = PREFIXES["xsd"]
_LANGUAGE_NAMES: Final = {
    "fra": "fr",
    "fre": "fr",
    "french": "fr",
    "francais": "fr",
    "eng": "en",
    "english": "en",
    "anglais": "en",
    "gb": "en",
    "uk": "en",
    "us": "en",
}


@dataclass(frozen=True)
class Literals:
    """Looks at each literal where it stands."""

    scene: Scene
    known: Vocabulary
    model: Model
    lang: Lang

    def warnings(self) -> Iterator[Finding]:
        """Yield the warnings about literals, and about properties that a class never has."""
        for level in self.model.query.where.everything():
            for triple in level.triples:
                if triple.object.kind == "literal":
                    yield from self._object(triple)
            yield from self._never_on_class(level)
        yield from self._tags()
        for relation in below(self.scene.reading.root, "Relation", stop=()):
            yield from self._compared(relation)
        for call in below(self.scene.reading.root, "BuiltIn", stop=()):
            yield from self._matched(call)
        yield from self._quoted()
        yield from self._commas()

    # --- objects of triples

    def _object(self, triple: Triple) -> Iterator[Finding]:
        predicate, tokens = triple.predicate, triple.object.tokens
        if predicate is None or predicate.kind != "iri":
            return
        seen = self.known.objects.get(predicate.name, frozenset())
        name = self.known.properties.get(predicate.name)
        if not seen or name is None or not name.count:
            return
        if any(one.kind == "langtag" for one in tokens):
            if not any(one.startswith(("xsd:", "rdf:langString")) for one in seen):
                yield self._text_for_entity(tokens, predicate)
            elif "rdf:langString" not in seen:
                yield self._no_language(tokens, predicate, seen)
            return
        datatype = _datatype(self.scene, tokens)
        if datatype is None or compact(datatype) in seen:
            return
        if all(one.startswith("xsd:") or one == "rdf:langString" for one in seen):
            yield self._other_datatype(tokens, predicate, datatype, seen)
        elif not any(one.startswith(("xsd:", "rdf:langString")) for one in seen):
            yield self._text_for_entity(tokens, predicate)

    def _no_language(
        self, tokens: tuple[Token, ...], predicate: Term, seen: frozenset[str]
    ) -> Finding:
        found = ", ".join(sorted(seen))
        return at(
            tokens,
            "literal-datatype",
            (
                f"les valeurs de {predicate.tokens[0].text} ne portent pas de langue ({found}) : "
                "celle-ci n’en égale aucune",
                f"the values of {predicate.tokens[0].text} have no language ({found}): "
                "this one equals none of them",
            ),
            edit=Edit(tokens[0].offset, tokens[-1].end, tokens[0].text)
            if "xsd:string" in seen
            else None,
        )

    def _other_datatype(
        self, tokens: tuple[Token, ...], predicate: Term, datatype: str, seen: frozenset[str]
    ) -> Finding:
        verb, first = predicate.tokens[0].text, tokens[0]
        if datatype == _XSD + "string" and seen == {"rdf:langString"}:
            language = self.known.language_of(first.value) or self.lang
            text = f"{first.text}@{language}"
            return at(
                tokens,
                "literal-without-language",
                (
                    f"les valeurs de {verb} portent toutes une langue : {first.text} n’en égale "
                    "aucune",
                    f"the values of {verb} all have a language: {first.text} equals none of them",
                ),
                (
                    f"écrivez {text}, ou FILTER (STR(?x) = {first.text})",
                    f"write {text}, or FILTER (STR(?x) = {first.text})",
                ),
                text,
            )
        found = ", ".join(sorted(seen))
        number = seen <= {"xsd:integer"} and first.kind == "string"
        plain = first.value if number and _INTEGER.fullmatch(first.value) else None
        return at(
            tokens,
            "literal-datatype",
            (
                f"les valeurs de {verb} sont de type {found}, non {compact(datatype)} : "
                "celle-ci n’en égale aucune",
                f"the values of {verb} are of type {found}, not {compact(datatype)}: "
                "this one equals none of them",
            ),
            (f"écrivez {plain}", f"write {plain}") if plain else None,
            plain,
        )

    def _text_for_entity(self, tokens: tuple[Token, ...], predicate: Term) -> Finding:
        first = tokens[0]
        named = self.known.by_label.get(folded(first.value), [])
        text = self.scene.short(named[0].iri) if first.kind == "string" and named else None
        verb = predicate.tokens[0].text
        return at(
            tokens,
            "literal-for-entity",
            (
                f"les valeurs de {verb} sont des entités (des IRI), non des textes ni des nombres",
                f"the values of {verb} are entities (IRIs), neither texts nor numbers",
            ),
            (f"écrivez {text}", f"write {text}")
            if text
            else (
                f"passez par le nom : {verb} ?x . ?x skos:prefLabel {first.text}@fr",
                f"go through its name: {verb} ?x . ?x skos:prefLabel {first.text}@fr",
            ),
            text,
        )

    # --- a property that a class never has

    def _never_on_class(self, level: Level) -> Iterator[Finding]:
        types = _types(level)
        if not types or level.in_graph or _negative(level):
            return
        for triple in level.triples:
            predicate = triple.predicate
            if predicate is None or predicate.kind != "iri" or not triple.subject.joins:
                continue
            name = self.known.properties.get(predicate.name)
            for kind in types.get(triple.subject.name, ()):
                members = self.known.classes.get(kind)
                has = self.known.of_class.get(kind, frozenset())
                if members and members.count and name and name.count and name.id not in has:
                    yield self._never(triple, predicate, kind)

    def _never(self, triple: Triple, predicate: Term, kind: str) -> Finding:
        verb, short = predicate.tokens[0], self.scene.short(kind)
        subjects = sorted(self.known.subjects.get(predicate.name, ()))[:4]
        listed = ", ".join(subjects)
        return at(
            verb,
            "property-not-on-class",
            (
                f"aucune entité de la classe {short} n’a la propriété {verb.text}",
                f"no entity of the class {short} has the property {verb.text}",
            ),
            (f"la portent : {listed}", f"these have it: {listed}") if listed else None,
        )

    # --- languages

    def _tags(self) -> Iterator[Finding]:
        tokens = self.scene.tokens
        for before, token in pairwise(tokens):
            if token.kind != "langtag" or before.kind != "string":
                continue
            tag = token.text[1:].partition("--")[0].casefold()
            if tag in self.known.languages:
                continue
            meant = self._meant(tag)
            text = f"{before.text}@{meant}" if meant else None
            yield self._language((before, token), tag, text)

    def _compared(self, relation: Node) -> Iterator[Finding]:
        """Look at `LANG(?x) = "…"` and `LANG(?x) IN ("…")`."""
        marks = [one.text for one in relation.parts if isinstance(one, Token)]
        sides = list(relation.nodes())
        if not marks or len(sides) < 2 or not ("=" in marks or "IN" in map(str.upper, marks)):
            return
        if not any(_is_lang(side) for side in sides):
            return
        for side in sides:
            if _is_lang(side):
                continue
            for token in side.tokens():
                if token.kind == "string" and token.value not in {*self.known.languages, ""}:
                    meant = self._meant(token.value)
                    yield self._language((token,), token.value, f'"{meant}"' if meant else None)

    def _matched(self, call: Node) -> Iterator[Finding]:
        """Look at LANGMATCHES(LANG(?x), "…")."""
        if name_of(call) != "LANGMATCHES":
            return
        for arguments in call.nodes("Expressions"):
            for token in [one for one in arguments.tokens() if one.kind == "string"][-1:]:
                asked = token.value.casefold()
                if asked == "*" or any(
                    one == asked or one.startswith(asked + "-") for one in self.known.languages
                ):
                    continue
                meant = self._meant(asked)
                yield self._language((token,), token.value, f'"{meant}"' if meant else None)

    def _meant(self, tag: str) -> str | None:
        plain = folded(tag)
        for asked in (plain, plain.partition("-")[0], _LANGUAGE_NAMES.get(plain, "")):
            if asked in self.known.languages:
                return asked
        return None

    def _language(self, tokens: tuple[Token, ...], tag: str, text: str | None) -> Finding:
        used = ", ".join(sorted(self.known.languages))
        return at(
            tokens,
            "unknown-language",
            (
                f"aucun texte ne porte la langue « {tag} » ; langues présentes : {used}",
                f"no text has the language “{tag}”; languages present: {used}",
            ),
            (f"écrivez {text}", f"write {text}") if text else None,
            text,
        )

    # --- slips

    def _quoted(self) -> Iterator[Finding]:
        for token in self.scene.tokens:
            if token.kind == "string" and _VARIABLE.fullmatch(token.value):
                yield at(
                    token,
                    "variable-in-quotes",
                    (
                        f"entre guillemets, {token.text} est un texte, non la variable "
                        f"{token.value}",
                        f"in quotation marks, {token.text} is a text, not the variable "
                        f"{token.value}",
                    ),
                    (f"écrivez {token.value}", f"write {token.value}"),
                    token.value,
                )

    def _commas(self) -> Iterator[Finding]:
        """Look at `3,5` among triples, which is two objects."""
        tokens = self.scene.tokens
        for first, comma, second in zip(tokens, tokens[1:], tokens[2:], strict=False):
            numbers = first.kind == second.kind == "number" and comma.text == ","
            glued = first.end == comma.offset and comma.end == second.offset
            if numbers and glued and first.frame in {"group", "blank"}:
                text = f"{first.text}.{second.text}"
                yield at(
                    (first, second),
                    "comma-in-number",
                    (
                        f"ici, {first.text},{second.text} veut dire deux valeurs, {first.text} et "
                        f"{second.text}",
                        f"here, {first.text},{second.text} means two values, {first.text} and "
                        f"{second.text}",
                    ),
                    (
                        f"un nombre décimal s’écrit avec un point : {text}",
                        f"a decimal number is written with a dot: {text}",
                    ),
                    text,
                )


def _datatype(scene: Scene, tokens: tuple[Token, ...]) -> str | None:
    """Return the datatype of a literal without a language."""
    last = tokens[-1]
    if any(one.text == "^^" for one in tokens):
        return scene.iri(last)
    if last.kind == "string":
        return _XSD + "string"
    if last.kind == "number":
        lowered = last.text.lower()
        name = "double" if "e" in lowered else "decimal" if "." in lowered else "integer"
        return _XSD + name
    return _XSD + "boolean" if last.keyword in {"TRUE", "FALSE"} else None


def _is_lang(side: Node) -> bool:
    """Tell whether an operand is LANG( … ), LCASE(LANG( … )) excluded."""
    first = next(side.tokens(), None)
    return first is not None and first.keyword == "LANG"


def _types(level: Level) -> dict[str, list[str]]:
    """Return the classes that a level, or those around it, give to each variable."""
    found: dict[str, list[str]] = {}
    around: Level | None = level
    while around is not None:
        for triple in around.triples:
            predicate, kind = triple.predicate, triple.object
            typed = predicate is not None and predicate.name == TYPE and kind.kind == "iri"
            if typed and triple.subject.joins:
                found.setdefault(triple.subject.name, []).append(kind.name)
        around = around.parent if around.kind != "where" else None
    return found


def _negative(level: Level) -> bool:
    around: Level | None = level
    while around is not None and around.kind not in {"minus", "exists"}:
        around = around.parent
    return around is not None
