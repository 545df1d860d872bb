"""A broken file is an error that says where the mistake is, and what it is, in both languages."""

# ruff: noqa: E501 - a table of mistakes is read line by line

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopkg.build import sources
from coopkg.errors import SourceError
from coopkg.terms import BASE, PREFIXES

GRAPH = BASE + "graph/passage/l1"
HEAD = "@prefix : <http://e/> .\n"

# What is written, where the mistake is (line and column), what is said in French and in English.
# The line is counted in what is written; the head above is added before it.
IN_BOTH = {
    "dot missing": (":a :b :c\n:d :e :f .", (1, 9), "un point « . » à la fin de la ligne 2", "dot"),
    "semicolon missing": (":a :b :c\n  :d :e .", (1, 9), "point-virgule", "semicolon “;” is missing"),
    "dot too early": (":a :b :c .\n  :d :e .", (1, 10), "le point de la ligne 2", "the dot on line 2"),
    "comma missing": (":a :b :c :d .", (1, 9), "deux valeurs de suite", "two values in a row"),
    "comma for a dot": (":a :b :c ,\n:d :e :f .", (1, 10), "la virgule de la ligne", "the comma on"),
    "comma too many": (":a :b :c , .", (1, 10), "annonce une autre valeur", "announces another"),
    "value missing": (":a :b .", (1, 6), "il manque une valeur après :b", "a value is missing after"),
    "value missing at the end": (":a :b :c ; :d .", (1, 14), "valeur après :d", "missing after :d"),
    "predicate missing": (":a .", (1, 3), "un prédicat et une valeur après :a", "predicate and a"),
    "bracket open": (":a :b [ :c :d .\n:e :f :g .", (1, 7), "« [ », ouvert ligne 2", "opened on line 2"),
    "bracket open later": (":a :b [ :c :d ;\n:e :f :g .", (1, 7), "pas refermé", "is not closed"),
    "list open": (":a :b ( :c :d .\n:e :f :g .", (1, 7), "« ( », ouvert ligne 2", "is not closed"),
    "bracket closed twice": (":a :b [ :c :d ] ] .", (1, 17), "« ] » ferme", "was not opened"),
    "list closed twice": (":a :b :c ) .", (1, 10), "« ) » ferme", "was not opened"),
    "comma in a list": (":a :b ( :c , :d ) .", (1, 12), "pas de virgule", "no comma"),
    "known prefix": ("\n:a coop:theme :c .", (2, 4), f"@prefix coop: <{PREFIXES['coop']}> .", "add at"),
    "prefix misspelt": (":a orgnisation:theme :c .", (1, 4), "« organisation: » ?", "did you mean"),
    "prefix unknown": (":a qqqq:theme :c .", (1, 4), "« qqqq: » non déclaré", "is not declared"),
    "bare IRI": (":a :b https://cnfpt.fr/ .", (1, 7), "entre < et >", "between < and >"),
    "space in IRI": (":a :b <http://e/x y> .", (1, 18), "une espace dans un IRI ; écrire %20", "%20"),
    "brace in IRI": (":a :b <http://e/{id}> .", (1, 17), "« { » dans un IRI ; écrire %7B", "“{”"),
    "IRI open": (":a :b <http://e/x .\n:c :d <http://e/y> .", (1, 7), "jamais refermé par >", "by >"),
    "relative IRI": (":a :b <cnfpt> .", (1, 7), "IRI relatif", "relative IRI"),
    "Windows path": (r":a :b <C:\temp> .", (1, 10), "pas de barre oblique inverse", "has no backslash"),
    "text open": (':a :b "x .\n:d :e "f" .', (1, 7), 'ouvert par " et jamais refermé', "never closed"),
    "long text open": (':a :b """x .\n:d :e :f .', (1, 7), 'ouvert par """', "never closed"),
    "text over two lines": (':a :b "x\ny" .', (1, 7), "sur sa ligne", "on its line"),
    "apostrophe in quotes": (":a :b 'l'État' .", (1, 9), "ce ' finit le texte", "ends the text"),
    "quote in quotes": (':a :b "dit "oui" ici" .', (1, 12), 'écrire \\"', 'write \\"'),
    "French quotes": (":a :b « x » .", (1, 7), "guillemet typographique «", "typographic quote"),
    "English quotes": (":a :b “x” .", (1, 7), "guillemet typographique “", "straight quotes"),
    "non-breaking space": (":a :b\u00a0:c .", (1, 6), "espace insécable (U+00A0)", "U+00A0"),
    "bare word": (":a :b Tunis .", (1, 7), 'entre guillemets, "Tunis…"@fr', "a bare word"),
    "predicate word": (":a partner :b .", (1, 4), "coop:partner", "it lacks a prefix"),
    "subject word": ("Tunis :b :c .", (1, 1), "coop:Tunis", "it lacks a prefix"),
    "capital boolean": (":a :b True .", (1, 7), "en minuscules : true", "lower case: true"),
    "date": (":a :b 2018-01-31 .", (1, 7), "une date", "a date"),
    "unit": (":a :b 12km .", (1, 9), "« km » colle au nombre", "touches the number"),
    "number incomplete": (":a :b - .", (1, 7), "nombre incomplet", "incomplete number"),
    "literal subject": ('"x" :b :c .', (1, 1), "un sujet est un IRI", "a subject is an IRI"),
    "literal predicate": (':a "x" :c .', (1, 4), "un prédicat est un IRI", "a predicate is an IRI"),
    "language": (':a :b "x"@fr_FR .', (1, 13), "étiquette de langue", "language tag"),
    "language too long": (':a :b "x"@francophone .', (1, 11), "étiquette de langue", "language tag"),
    "language missing": (':a :b "x"@ .', (1, 11), "étiquette de langue", "language tag"),
    "escape": (r':a :b "a\qb" .', (1, 9), "« \\q » n’est pas un échappement", "“\\q” is not"),
    "numeric escape": (r':a :b "C:\users" .', (1, 12), "« \\u » n’est pas", "“\\u” is not an escape"),
    "datatype missing": (':a :b "1"^^ .', (1, 13), "il manque le type après ^^", "type after ^^"),
    "datatype is text": (':a :b "1"^^"x" .', (1, 12), '(lu : "x")', 'found "x"'),
    "slash in a name": (":a :b :c/d .", (1, 9), "« / » ne peut pas suivre", "cannot follow a prefix"),
    "percent in a name": (":a :b :c%zz .", (1, 8), "% est suivi de deux", "two hexadecimal"),
    "merge": ("<<<<<<< HEAD\n:a :b :c .\n=======\n>>>>>>> x", (1, 1), "fusion de git", "git merge"),
    "equals": (":a :b = .", (1, 7), "rien n’est écrit entre", "nothing is written between"),
}  # fmt: skip

IN_TURTLE = {
    "final dot missing": (":a :b :c", (1, 9), "il manque le point final, ligne 2", "final dot"),
    "dot too many": (":a :b :c . .", (1, 12), "« . » de trop", "one “.” too many"),
    "semicolon after a dot": (":a :b :c . ; :d :e .", (1, 12), "« ; » de trop", "“;” too many"),
    "graph": (":g { :a :b :c }", (1, 4), "suffixe .trig", "the suffix .trig"),
    "GRAPH": ("GRAPH :g { :a :b :c }", (1, 1), "suffixe .trig", "the suffix .trig"),
    "directive without dot": ("@prefix x: <http://x/>\n:a :b :c .", (1, 23), "@prefix, ligne 2", "@prefix"),
    "base without dot": ("@base <http://x/>\n:a :b :c .", (1, 18), "@base, ligne 2", "@base"),
    "SPARQL directive with dot": ("PREFIX x: <http://x/> .\n:a :b :c .", (1, 23), "sans @", "without @"),
    "prefix without colon": ("@prefix x <http://x/> .", (1, 9), "un deux-points", "a colon"),
    "prefix without brackets": ("@prefix x: http://x/ .", (1, 12), "entre < et >", "between < and >"),
    "capital directive": ("@Prefix x: <http://x/> .", (1, 1), "en minuscules", "lower case"),
    "brace closed": (":a :b :c . }", (1, 12), "« } » ferme", "was not opened"),
}  # fmt: skip

IN_TRIG = {
    "block open": ("GRAPH :g {\n:a :b :c .\nGRAPH :h { :a :b :c }", (1, 10), "« { », ouvert", "not closed"),
    "block open, no keyword": (":g {\n:a :b :c .\n:h { :a :b :c }", (1, 4), "« { », ouvert", "opened on"),
    "block open to the end": ("GRAPH :g {\n:a :b :c .\n:d :e :f .", (1, 10), "« { »", "not closed"),
    "block closed twice": (":g { :a :b :c } }", (1, 17), "« } » ferme", "was not opened"),
    "graph without name": ("GRAPH { :a :b :c }", (1, 7), "un nom de graphe puis « { »", "and “{”"),
    "graph without brace": ("GRAPH :g\n:a :b :c .", (2, 1), "un nom de graphe", "the name of a graph"),
    "GRAPH glued": ("GRAPH:g { :a :b :c }", (1, 1), "une espace après GRAPH", "a space is missing"),
    "prefix inside": (":g { @prefix x: <http://x/> . }", (1, 6), "hors des graphes", "outside graphs"),
    "dot after a block": (":g { :a :b :c } .", (1, 17), "« . » de trop", "too many"),
}  # fmt: skip


def broken(content: str | bytes, path: str) -> SourceError:
    content = content.encode() if isinstance(content, str) else content
    with pytest.raises(SourceError) as refused:
        sources.parse(content, path, "shapes", GRAPH)
    return refused.value


def check(error: SourceError, at: tuple[int, int], lines: int, fr: str, en: str) -> None:
    said = error.message("fr").removeprefix(f"{error.location} : ")
    assert fr in said.replace("\u00a0", " "), said
    assert en in error.message("en")
    assert (error.location.line, error.location.column) == (at[0] + lines, at[1])
    assert not re.search(r" :(?!\w)", said), "a breaking space before a colon"
    assert not re.search(r"« | »| ;(?! :)", said), "a breaking space before a semicolon or a quote"


def error_of(content: bytes, path: str) -> SourceError | None:
    try:
        sources.parse(content, path, "shapes", GRAPH)
    except SourceError as error:
        return error
    return None


@pytest.mark.parametrize("name", [*IN_BOTH, *IN_TURTLE])
def test_a_mistake_in_turtle_is_named_where_it_is(name: str) -> None:
    written, at, fr, en = {**IN_BOTH, **IN_TURTLE}[name]
    check(broken(HEAD + written + "\n", "a.ttl"), at, 1, fr, en)


@pytest.mark.parametrize("name", IN_BOTH)
def test_the_same_mistake_inside_a_graph_is_named_too(name: str) -> None:
    written, at, fr, en = IN_BOTH[name]
    text = f"{HEAD}{written}\n}}\n".replace(HEAD, HEAD.strip() + f" GRAPH <{GRAPH}> {{\n")
    check(broken(text, "a.trig"), at, 1, fr, en)


@pytest.mark.parametrize("name", IN_TRIG)
def test_a_mistake_in_trig_is_named_where_it_is(name: str) -> None:
    written, at, fr, en = IN_TRIG[name]
    check(broken(HEAD + written + "\n", "a.trig"), at, 1, fr, en)


ENCODINGS = {
    "Windows": ('# é\n:a :b "été"@fr .'.encode("cp1252"), (1, 3), "« é » en Windows-1252", "“é” in"),
    "Windows later": ("# é\n".encode() + "# à l’œil\n".encode("cp1252"), (2, 3), "« à »", "“à”"),
    "UTF-8 with BOM": (b"\xef\xbb\xbf# x", (1, 1), "(BOM) en tête", "byte order mark"),
    "UTF-16": ("# x".encode("utf-16"), (1, 1), "UTF-16", "UTF-16"),
    "cut in a character": ("# é".encode()[:-1], (1, 3), "UTF-8 sans BOM", "UTF-8 without BOM"),
}  # fmt: skip


@pytest.mark.parametrize("name", ENCODINGS)
def test_a_file_in_another_encoding_is_named(name: str) -> None:
    content, at, fr, en = ENCODINGS[name]
    check(broken(content, "a.ttl"), at, 0, fr, en)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        ('{"a": 1}', "JSON"), ('[{"@id": "x"}]', "JSON"), ("<?xml version='1.0'?>", "XML"),
        ("<rdf:RDF xmlns='x'>", "XML"), ("<!DOCTYPE html>", "XML"), ("PK\x03\x04", "ZIP"),
    ],
)  # fmt: skip
def test_a_file_of_another_format_is_named(content: str, kind: str) -> None:
    assert kind in broken(content, "a.ttl").message("en")


def test_the_line_is_counted_as_editors_count_it() -> None:
    for end in ("\n", "\r\n", "\r"):
        error = broken(f"# é😀{end}@prefix : <http://e/> .{end}:é😀 :b x:c .", "a.ttl")
        assert (error.location.line, error.location.column) == (3, 8)


PIECES = [
    ":a", ":b", "a", "<http://e/x>", "<x y>", '"x"', "'", '"""', "1", "-", "1.5", ".", ";", ",", "[",
    "]", "(", ")", "{", "}", "GRAPH", "@prefix", "PREFIX", "x:", "@fr", "^^", "\\", "é", "«", "\u00a0",
    "<<", "~", "\n", " ", "#", "_:x", "%", "True", "\x00", "@base", "<",
]  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=20), st.sampled_from(["", " "]), st.booleans())
def test_any_rubble_is_a_source_or_an_error_with_a_place(
    pieces: list[str], glue: str, is_trig: bool
) -> None:
    content = HEAD + glue.join(pieces)
    error = error_of(content.encode(), "a.trig" if is_trig else "a.ttl")
    if error is not None:
        lines = re.split(r"\r\n|\r|\n", content)
        line, column = error.location.line, error.location.column
        assert line is not None
        assert column is not None
        assert 1 <= line <= len(lines)
        assert 1 <= column <= len(lines[line - 1]) + 1
        assert len(error.message("fr")) > len("a.ttl") + 10


@given(st.binary(max_size=60))
def test_any_bytes_are_a_source_or_an_error(content: bytes) -> None:
    error = error_of(content, "a.ttl")
    assert error is None or error.location.line is not None
