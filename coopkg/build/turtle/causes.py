"""The causes of syntax errors: each recognises one mistake that people make.

A cause looks at what the parser said and at the words around the place where it stopped; it gives
None when it does not fit. The order of `CAUSES` matters: the first that fits speaks.
"""

from __future__ import annotations

from collections.abc import Callable
from re import Match
from typing import Final, TypeAlias

from coopkg.build.turtle import names
from coopkg.build.turtle.scene import OPENING, Cause, Scene

Finder: TypeAlias = Callable[[Scene, Match[str]], Cause | None]


def _went_on(scene: Scene, _: Match[str]) -> Cause | None:
    """Say what is missing before something that stands where a statement should have ended."""
    here, before = scene.here, scene.before
    at = scene.end_of(before)
    if scene.directive:
        return Cause(
            at,
            f"il manque le point final de la déclaration {scene.directive}, "
            f"ligne {scene.line_of(before)}",
            f"the final dot of the {scene.directive} declaration on line "
            f"{scene.line_of(before)} is missing",
        )
    if here.kind not in {"iri", "name", "blank"} and here.text not in {"a", "["}:
        return None
    if scene.word(-2).text == "," and not scene.are_on_one_line(scene.word(-2), before):
        at = scene.word(-2).offset
        return Cause(
            at,
            f"la virgule de la ligne {scene.line_of(scene.word(-2))} annonce une autre valeur, "
            "mais une phrase commence : mettre un point",
            f"the comma on line {scene.line_of(scene.word(-2))} announces another value, yet a "
            "statement begins: put a dot",
        )
    if scene.are_on_one_line(before, here):
        return Cause(
            at,
            "deux valeurs de suite : il manque « , » entre deux valeurs, « ; » avant un autre "
            "prédicat, ou « . » à la fin",
            "two values in a row: “,” between two values, “;” before another predicate, or “.” at "
            "the end is missing",
        )
    dot, semicolon = (".", "un point", "dot"), (";", "un point-virgule", "semicolon")
    mark, fr, en = semicolon if scene.is_indented(here) else dot
    line = scene.line_of(before)
    return Cause(
        at,
        f"il manque {fr} « {mark} » à la fin de la ligne {line}",
        f"a {en} “{mark}” is missing at the end of line {line}",
    )


def _unopened(scene: Scene, _: Match[str]) -> Cause | None:
    if scene.here.text not in OPENING:
        return None
    return Cause(
        scene.here.offset,
        f"« {scene.here.text} » ferme ce qui n’a pas été ouvert",
        f"“{scene.here.text}” closes what was not opened",
    )


def _unclosed(scene: Scene, _: Match[str] | None = None, kind: str = "") -> Cause | None:
    opened = [word for word in scene.unclosed if not kind or word.text == kind]
    if not opened:
        return None
    line = scene.line_of(opened[-1])
    return Cause(
        opened[-1].offset,
        f"« {opened[-1].text} », ouvert ligne {line}, n’est pas refermé",
        f"“{opened[-1].text}”, opened on line {line}, is not closed",
    )


def _unclosed_block(scene: Scene, _: Match[str]) -> Cause | None:
    if scene.here.text != "{" and scene.here.text.lower() != "graph":
        return None
    if not scene.is_trig:
        return Cause(
            scene.here.offset,
            "les graphes nommés n’existent qu’en TriG : donner au fichier le suffixe .trig",
            "named graphs exist in TriG only: give the file the suffix .trig",
        )
    return _unclosed(scene, kind="{")


def _stray_mark(scene: Scene, _: Match[str]) -> Cause | None:
    here, at = scene.here, scene.here.offset
    if here.text == "." and scene.word(-3).text.lower() == "prefix":
        return Cause(
            at,
            "PREFIX sans @ ne prend pas de point final",
            "PREFIX without @ takes no final dot",
        )
    if here.text in {".", ";", ","}:
        return Cause(
            at,
            f"« {here.text} » de trop : la phrase était finie",
            f"one “{here.text}” too many: the statement had ended",
        )
    if here.kind == "at":
        return Cause(
            at,
            f"« {here.text} » n’est pas à sa place : @prefix et @base s’écrivent en minuscules, "
            "entre les phrases et hors des graphes",
            f"“{here.text}” is out of place: @prefix and @base are in lower case, between "
            "statements and outside graphs",
        )
    return None


def _after_value(scene: Scene, _: Match[str]) -> Cause | None:
    """Say what a value that is not whole looks like: a date, a quote inside quotes, a unit."""
    here, before = scene.here, scene.before
    touching = scene.end_of(before) == here.offset
    if before.kind == "number" and touching and here.kind == "number":
        return Cause(
            before.offset,
            "une date ou un numéro s’écrit entre guillemets, avec son type : "
            '"2018-01-31"^^xsd:date',
            "a date or a number with marks is written in quotes, with its type: "
            '"2018-01-31"^^xsd:date',
        )
    if before.kind == "number" and touching and here.kind == "word":
        return Cause(
            here.offset,
            f"« {here.text} » colle au nombre : l’unité s’écrit à part",
            f"“{here.text}” touches the number: the unit is written apart",
        )
    if before.kind == "string" and touching and here.kind == "word":
        quote = before.text[0]
        return Cause(
            scene.end_of(before) - 1,
            f"ce {quote} finit le texte ; à l’intérieur d’un texte, écrire \\{quote}",
            f"this {quote} ends the text; inside a text, write \\{quote}",
        )
    return None


def _literal_there(scene: Scene, match: Match[str]) -> Cause | None:
    if scene.here.kind not in {"string", "number"}:
        return None
    what_fr, what_en = (
        ("prédicat", "predicate") if "predicate" in match[0] else ("sujet", "subject")
    )
    return Cause(
        scene.here.offset,
        f"un {what_fr} est un IRI, pas une valeur comme {scene.here.text}",
        f"a {what_en} is an IRI, not a value such as {scene.here.text}",
    )


def _bare_word(scene: Scene, match: Match[str]) -> Cause | None:
    word = scene.here.text
    if scene.here.kind != "word":
        return None
    if word.lower() in {"true", "false"}:
        return Cause(
            scene.here.offset,
            f"« {word} » s’écrit en minuscules : {word.lower()}",
            f"“{word}” is written in lower case: {word.lower()}",
        )
    if "object" in match[0]:
        return Cause(
            scene.here.offset,
            f'« {word} » est un mot seul : un texte s’écrit entre guillemets, "{word}…"@fr',
            f'“{word}” is a bare word: a text is written in quotes, "{word}…"@en',
        )
    return Cause(
        scene.here.offset,
        f"« {word} » est un mot seul : il lui manque un préfixe, comme coop:{word}",
        f"“{word}” is a bare word: it lacks a prefix, as in coop:{word}",
    )


def _no_value(scene: Scene, _: Match[str]) -> Cause | None:
    here, before = scene.here, scene.before
    if here.text not in {".", ";", ",", "]", ")", "}"}:
        return None
    if scene.unclosed and scene.unclosed[-1].text == "(":
        if here.text == ",":
            return Cause(
                here.offset,
                "pas de virgule entre les éléments d’une liste ( )",
                "no comma between the elements of a list ( )",
            )
        return _unclosed(scene, kind="(")
    if before.text == ",":
        return Cause(
            before.offset,
            "une virgule annonce une autre valeur, et il n’y en a pas",
            "a comma announces another value, and there is none",
        )
    if scene.word(-3).text == "." and scene.is_indented(scene.word(-2)):
        line = scene.line_of(scene.word(-3))
        return Cause(
            scene.word(-3).offset,
            f"le point de la ligne {line} finit la phrase ; un point-virgule « ; » la continuerait",
            f"the dot on line {line} ends the statement; a semicolon “;” would go on",
        )
    return Cause(
        scene.end_of(before),
        f"il manque une valeur après {before.text}",
        f"a value is missing after {before.text}",
    )


def _no_predicate(scene: Scene, _: Match[str]) -> Cause | None:
    if scene.here.text not in {".", ";", ",", "]", "}"}:
        return None
    return Cause(
        scene.end_of(scene.before),
        f"il manque un prédicat et une valeur après {scene.before.text}",
        f"a predicate and a value are missing after {scene.before.text}",
    )


def _early_end(scene: Scene, _: Match[str]) -> Cause | None:
    if not scene.words:
        return None
    if cause := _unclosed(scene):
        return cause
    last = scene.words[-1]
    return Cause(
        scene.end_of(last),
        f"il manque le point final, ligne {scene.line_of(last)}",
        f"the final dot is missing, line {scene.line_of(last)}",
    )


def _said(fr: str, en: str) -> Finder:
    """Return a cause that needs nothing but what the parser said, put in the braces."""

    def find(scene: Scene, match: Match[str]) -> Cause:
        return Cause(scene.offset, fr.format(*match.groups()), en.format(*match.groups()))

    return find


_NOT_SUBJECT: Final = r"is not a valid (?:subject or graph name|RDF subject)"
_NOT_ENDED: Final = rf"dot is expected|'}}' or a '\.' is expected|{_NOT_SUBJECT}"
CAUSES: Final[tuple[tuple[str, Finder], ...]] = (
    (r"prefix (\S*:) has not been declared", names.prefix),
    (r"Invalid IRI code point '(.)'", names.iri),
    (r"'?(.)'? is not allowed at the beginning of a prefix name", names.character),
    (r"should end with a ']'", lambda scene, match: _unclosed(scene, match, "[")),
    (rf"{_NOT_ENDED}|valid predicate", _unclosed_block),
    (_NOT_SUBJECT, _unopened),
    (_NOT_ENDED, _after_value),
    (_NOT_ENDED, _stray_mark),
    (_NOT_ENDED, _went_on),
    (rf"{_NOT_SUBJECT}|is not a valid predicate", _literal_there),
    (r"is not a valid RDF object", _no_value),
    (r"is not a valid predicate", _no_predicate),
    (rf"{_NOT_SUBJECT}|is not a valid (?:predicate|RDF object)", _bare_word),
    (r"Unexpected end$", _early_end),
    (
        r"No scheme found",
        _said(
            "IRI relatif : écrire l’IRI entier, https://…",
            "relative IRI: write the whole IRI, https://…",
        ),
    ),
    (
        r"language code|subtag|language tag|Unexpected character '(.)'",
        _said(
            "étiquette de langue mal formée : écrire @fr, @en ou @fr-CA",
            "malformed language tag: write @fr, @en or @fr-CA",
        ),
    ),
    (
        r"escape (?:character|sequence) '(\\.)",
        _said(
            "« {0} » n’est pas un échappement ; une barre oblique inverse s’écrit \\\\",
            "“{0}” is not an escape; a backslash is written \\\\",
        ),
    ),
    (
        r"after \^\^, found (.+)",
        _said(
            "il manque le type après ^^ (lu : {0}) ; par exemple xsd:date",
            "the type after ^^ is missing (found {0}); for example xsd:date",
        ),
    ),
    (
        r"PREFIX keyword should be followed by a prefix",
        _said(
            "après @prefix, le préfixe finit par un deux-points, comme coop:",
            "after @prefix, the prefix ends with a colon, as in coop:",
        ),
    ),
    (
        r"PREFIX declaration should be followed",
        _said(
            "l’IRI d’un préfixe s’écrit entre < et >",
            "the IRI of a prefix is written between < and >",
        ),
    ),
    (
        r"GRAPH keyword should|is not a valid graph name",
        _said(
            "après GRAPH viennent un nom de graphe puis « {{ »",
            "after GRAPH come the name of a graph and “{{”",
        ),
    ),
    (
        r"integer should not be empty|exponent cannot be empty|decimal should",
        _said("nombre incomplet", "incomplete number"),
    ),
    (
        r"should be % followed",
        _said(
            "dans un nom, % est suivi de deux chiffres hexadécimaux",
            "in a name, % is followed by two hexadecimal digits",
        ),
    ),
)
