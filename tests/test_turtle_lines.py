"""Every triple is located on the line where it was written."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from coopkg.build.turtle.lines import Misread, places
from coopkg.build.turtle.words import Text

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
XSD = "http://www.w3.org/2001/XMLSchema#"
ROOT = Path(__file__).parents[1]

SPACES = [" ", "\n", "\r\n", "\r", "\t ", "\n\n  ", ' # é 😀 ; . [ ( " <x> \n', " #\r"]
LOCALS = ["a", "b1", "é", "a.b", "a-b", "1", "a:b", "%C3%A9", "ñ", "x_y", ""]
STRINGS = ["", "é 😀", "a # b", "a . b ; c", "[ ( {", "<http://e/x>", "@prefix x: <y> .", "it's"]
LONG = [*STRINGS, "two\nlines", 'a "quoted" word', "''", 'a""b', "\n\n  x"]
KEYWORDS = ["true", "false", "0", "-1.5", ".5", "1e-3", "+1.0E3", "42"]

Place = tuple[tuple[int, int], tuple[int, int], tuple[int, int]]
Term = NamedNode | Literal | None


class Writer:
    """Writes random Turtle or TriG, and remembers what each triple is and where it stands."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.text = ""
        self.triples: list[tuple[Term, str, Term, tuple[int, int, int]]] = []
        self.prefixes: dict[str, str] = {}
        self.base = ""

    def pick(self, *choices: str) -> str:
        return self.draw(st.sampled_from(choices))

    def put(self, word: str) -> int:
        """Write a word after white space, and return its offset."""
        glued = word in {";", ",", "]", ")", "["} and self.draw(st.booleans())
        self.text += "" if glued else self.pick(*SPACES)
        self.text += word
        return len(self.text) - len(word)

    def directive(self) -> None:
        if self.pick("prefix", "base") == "base" and not self.base:
            self.base = "http://base/"
            self._declare("base", f"<{self.base}>")
            return
        prefix = self.pick("", "e", "f", "é.x", "a-b")
        self.prefixes[prefix] = self.pick("http://e/", "http://f#", "http://e/é/")
        self._declare("prefix", f"{prefix}:", f"<{self.prefixes[prefix]}>")

    def _declare(self, name: str, *words: str) -> None:
        sparql = self.draw(st.booleans())
        self.put(self.pick(name.upper(), name.title()) if sparql else "@" + name)
        for word in words:
            self.put(word)
        if not sparql:
            self.put(".")

    def iri(self) -> tuple[NamedNode, int]:
        local = self.pick(*LOCALS)
        kind = self.pick("full", "escaped", "relative", *["name"] * 4)
        if kind == "name" and self.prefixes:
            prefix = self.pick(*self.prefixes)
            value = self.prefixes[prefix] + local
            if self.draw(st.booleans()):
                return NamedNode(value + "/(x)"), self.put(f"{prefix}:{local}\\/\\(x\\)")
            return NamedNode(value), self.put(f"{prefix}:{local}")
        if kind == "escaped":
            return NamedNode("http://e/é😀"), self.put(r"<http://e/\u00e9\U0001F600>")
        if kind == "relative" and self.base:
            local = self.pick("a", "b/c", "d?e", "")
            return NamedNode(self.base + local), self.put(f"<{local}>")
        return NamedNode("http://g/" + local), self.put(f"<http://g/{local}>")

    def literal(self) -> tuple[Literal, int]:
        kind = self.pick("keyword", "string", "string", "string")
        if kind == "keyword":
            word = self.pick(*KEYWORDS)
            kinds = {"boolean": "tf", "double": "eE", "decimal": "."}
            name = next((k for k, marks in kinds.items() if set(marks) & set(word)), "integer")
            name = "boolean" if word in {"true", "false"} else name
            return Literal(word, datatype=NamedNode(XSD + name)), self.put(word)
        quote = self.pick('"', "'", '"""', "'''")
        value = self.pick(*(LONG if len(quote) == 3 else STRINGS))
        written = value.replace("\\", "\\\\")
        if quote[0] in value and (len(quote) == 1 or value.endswith(quote[0]) or "''" in value):
            written = written.replace(quote[0], "\\" + quote[0])
        suffix = self.pick("", "", "@fr", "@en-gb", "^^iri")
        if suffix == "^^iri":
            at = self.put(quote + written + quote)
            self.text += "^^"
            datatype, _ = self.iri()
            return Literal(value, datatype=datatype), at
        at = self.put(quote + written + quote + suffix)
        return Literal(value, language=suffix[1:]) if suffix else Literal(value), at

    def value(self, depth: int) -> tuple[Term, int]:
        kind = self.pick("iri", "literal", "label", *(["node", "list", "node"] if depth else []))
        if kind == "iri":
            return self.iri()
        if kind == "literal":
            return self.literal()
        if kind == "label":
            return None, self.put(self.pick("_:x", "_:y.1", "_:é"))
        if kind == "node":
            at = self.put("[")
            if self.draw(st.booleans()):
                self.predicates(None, at, depth - 1)
            self.put("]")
            return None, at
        return self.items(depth - 1)

    def items(self, depth: int) -> tuple[Term, int]:
        opening = self.put("(")
        count = self.draw(st.integers(0, 3))
        at = opening
        for number in range(count):
            written = len(self.triples)
            value, place = self.value(depth)
            if number:
                self.triples.insert(written, (None, RDF + "rest", None, (at, place, place)))
                at = place
            self.triples.append((None, RDF + "first", value, (at, place, place)))
        end = self.put(")")
        if not count:
            return NamedNode(RDF + "nil"), opening
        self.triples.append((None, RDF + "rest", NamedNode(RDF + "nil"), (at, end, end)))
        return None, opening

    def predicates(self, subject: Term, at: int, depth: int) -> None:
        for number in range(self.draw(st.integers(1, 3))):
            if number:
                self.put(";")
            if self.draw(st.booleans()):
                predicate, verb = NamedNode(RDF + "type"), self.put("a")
                self.text += " "
            else:
                predicate, verb = self.iri()
            for more in range(self.draw(st.integers(1, 2))):
                if more:
                    self.put(",")
                value, place = self.value(depth)
                self.triples.append((subject, predicate.value, value, (at, verb, place)))
        if self.draw(st.booleans()):
            self.put(";")

    def statement(self) -> None:
        kind = self.pick("iri", "iri", "iri", "label", "node", "list")
        if kind == "iri":
            subject, at = self.iri()
            self.predicates(subject, at, 2)
        elif kind == "label":
            self.predicates(None, self.put(self.pick("_:x", "_:y.1")), 2)
        elif kind == "list":
            subject_or_none, at = self.items(1)
            self.predicates(subject_or_none, at, 1)
        else:
            at = self.put("[")
            if inside := self.draw(st.booleans()):
                self.predicates(None, at, 1)
            self.put("]")
            if not inside or self.draw(st.booleans()):
                self.predicates(None, at, 1)

    def block(self) -> None:
        name = self.pick("GRAPH", "graph", "", "none")
        if name != "none":
            if name:
                self.put(name)
            if self.draw(st.booleans()):
                self.iri()
            else:
                self.put(self.pick("_:g", "[]", "[ ]"))
        self.put("{")
        count = self.draw(st.integers(0, 2))
        for number in range(count):
            self.statement()
            if number < count - 1 or self.draw(st.booleans()):
                self.put(".")
        self.put("}")


@st.composite
def documents(draw: st.DrawFn, trig: bool) -> Writer:
    writer = Writer(draw)
    for _ in range(draw(st.integers(1, 6))):
        kind = writer.pick("directive", "statement", "statement", *(["block"] if trig else []))
        if kind == "directive":
            writer.directive()
        elif kind == "block":
            writer.block()
        else:
            writer.statement()
            writer.put(".")
    writer.text += writer.pick("", "\n", " # end")
    return writer


def place(text: str, offset: int) -> tuple[int, int]:
    """Count lines and columns the slow way."""
    lines = re.sub(r"\r\n|\r", "\n", text[:offset]).split("\n")
    return len(lines), len(lines[-1]) + 1


def known(term: object) -> str | None:
    return None if term is None or isinstance(term, BlankNode) else str(term)


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data(), st.booleans())
def test_every_triple_is_located_where_it_was_written(data: st.DataObject, trig: bool) -> None:
    writer = data.draw(documents(trig))
    quads = tuple(parse(writer.text, format=RdfFormat.TRIG if trig else RdfFormat.TURTLE))

    found = Counter(
        (known(quad.subject), quad.predicate.value, known(quad.object), tuple(at))
        for quad, at in zip(quads, places(writer.text, quads), strict=True)
    )
    written = Counter(
        (known(subject), predicate, known(value), tuple(place(writer.text, one) for one in offsets))
        for subject, predicate, value, offsets in writer.triples
    )
    assert found == written


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("<x:a> <x:b> <x:c> .", [((1, 1), (1, 7), (1, 13))]),
        ("<x:a>\n <x:b> 1 ,\n  2 .", [((1, 1), (2, 2), (2, 8)), ((1, 1), (2, 2), (3, 3))]),
        ("# é\n\n<x:a> a <x:b> .", [((3, 1), (3, 7), (3, 9))]),
        ('<x:a> a """1\n2""" ; <x:b> 4 .', [((1, 1), (1, 7), (1, 9)), ((1, 1), (2, 8), (2, 14))]),
        ("<x:a> <x:b> [ <x:c> 1 ] .", [((1, 13), (1, 15), (1, 21)), ((1, 1), (1, 7), (1, 13))]),
    ],
)  # fmt: skip
def test_lines_and_columns_are_counted_from_one(written: str, expected: list[Place]) -> None:
    quads = tuple(parse(written, format=RdfFormat.TURTLE))
    assert [tuple(at) for at in places(written, quads)] == expected


def test_equal_anonymous_nodes_keep_their_own_lines() -> None:
    text = "<x:a> <x:b>\n [ <x:c> 1 ] ,\n [ <x:c> 1 ] ,\n [ <x:c> ( 1\n 1 ) ] .\n[ <x:c> 1 ] ."
    quads = tuple(parse(text, format=RdfFormat.TURTLE))
    at = dict(zip(quads, places(text, quads), strict=True))
    nodes = [quad.object for quad in quads if quad.predicate.value == "x:b"]

    for line, node in enumerate(nodes, start=2):
        inside = [where for quad, where in at.items() if quad.subject == node]
        assert [where.predicate[0] for where in inside] == [line]


def test_a_deep_file_is_read_without_recursion() -> None:
    deep = 30_000
    text = "<x:a> <x:b> " + "[ <x:b>\n" * deep + "1" + " ]" * deep + " ."
    quads = tuple(parse(text, format=RdfFormat.TURTLE))
    lines = [at.predicate[0] for at in places(text, quads)]

    assert sorted(lines) == sorted([1, 1, *range(2, deep + 1)])


@pytest.mark.parametrize(
    "other", ["<x:a> <x:b> 1 .", "<x:a> <x:c> 1 . <x:a> <x:c> 1 .", "", "x:a x:b 1 .", "<x:a> ."]
)
def test_two_readings_that_differ_are_never_mixed_up(other: str) -> None:
    quads = tuple(parse("<x:a> <x:b> 1 . <x:a> <x:c> 1 .", format=RdfFormat.TURTLE))
    with pytest.raises(Misread):
        places(other, quads)


def test_the_files_of_this_project_are_located() -> None:
    paths = [*ROOT.glob("ontology/**/*.ttl"), *ROOT.glob("graph_data/**/*.t[tr]*")]
    for path in paths:
        content = path.read_bytes().decode()
        form = RdfFormat.TRIG if path.suffix == ".trig" else RdfFormat.TURTLE
        quads = tuple(parse(content, format=form))
        lines = Text(content)
        for quad, at in zip(quads, places(content, quads), strict=True):
            if isinstance(quad.object, Literal) and quad.object.language:
                written = lines.line(at.value[0])[at.value[1] - 1 :]
                begins = re.split(r'[\n"\\]', quad.object.value)[0][:20]
                assert written.startswith(('"' + begins, '"""' + begins, "'" + begins)), (path, at)
