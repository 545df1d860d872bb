"""The causes of syntax errors: each recognises one mistake that people make.

A cause looks at what the parser said and at the words around the place where it stopped; it gives
None when it does not fit. The order of `CAUSES` matters: the first that fits speaks.
"""

from __future__ import annotations

from collections.abc import Callable
from re import Match
from typing import Final, TypeAlias

from coopkg.build.turtle import ends, habits, mending, names
from coopkg.build.turtle.scene import CLOSING, OPENING, Cause, Edit, Scene

Finder: TypeAlias = Callable[[Scene, Match[str]], Cause | None]
Mender: TypeAlias = Callable[[Scene, Match[str]], Edit | None]


def _went_on(scene: Scene, _: Match[str]) -> Cause | None:
    """Say what is missing before something that stands where a statement should have ended."""
    here, before = scene.here, scene.before
    at = scene.end_of(before)
    if scene.directive:
        return ends.no_dot(scene)
    if here.kind not in {"iri", "name", "blank"} and here.text not in {"a", "["}:
        return None
    if scene.word(-2).text == "," and not scene.are_on_one_line(scene.word(-2), before):
        return ends.comma_too_many(scene)
    if scene.are_on_one_line(before, here):
        if cause := ends.semicolon_for_dot(scene, -3):
            return cause
        return Cause(
            at,
            "deux valeurs de suite : il manque « , » entre deux valeurs, « ; » avant un autre "
            "prédicat, ou « . » à la fin",
            "two values in a row: “,” between two values, “;” before another predicate, or “.” at "
            "the end is missing",
            mending.between(scene),
            ("« , », « ; » ou « . » entre les deux", "“,”, “;” or “.” between them"),
        )
    dot, semicolon = (".", "un point", "dot"), (";", "un point-virgule", "semicolon")
    mark, fr, en = semicolon if scene.is_indented(here) else dot
    line = scene.line_of(before)
    return Cause(
        at,
        f"il manque {fr} « {mark} » à la fin de la ligne {line}",
        f"a {en} “{mark}” is missing at the end of line {line}",
        scene.after(before, f" {mark}"),
    )


def _unopened(scene: Scene, _: Match[str]) -> Cause | None:
    if scene.here.text not in OPENING:
        return None
    return Cause(
        scene.here.offset,
        f"« {scene.here.text} » ferme ce qui n’a pas été ouvert",
        f"“{scene.here.text}” closes what was not opened",
        scene.in_place(scene.here),
    )


def _unclosed(scene: Scene, _: Match[str] | None = None, kind: str = "") -> Cause | None:
    opened = [word for word in scene.unclosed if not kind or word.text == kind]
    if not opened:
        return None
    line, closing = scene.line_of(opened[-1]), CLOSING[opened[-1].text]
    return Cause(
        opened[-1].offset,
        f"« {opened[-1].text} », ouvert ligne {line}, n’est pas refermé",
        f"“{opened[-1].text}”, opened on line {line}, is not closed",
        mending.closed_on_its_line(scene, opened[-1], closing),
        (f"« {closing} »", f"“{closing}”"),
        scene.after(scene.before, f" {closing}"),
    )


def _unclosed_block(scene: Scene, _: Match[str]) -> Cause | None:
    if scene.here.text != "{" and scene.here.text.lower() != "graph":
        return None
    if not scene.is_trig:
        return Cause(
            scene.here.offset,
            "les graphes nommés n’existent qu’en TriG : donner au fichier le suffixe .trig",
            "named graphs exist in TriG only: give the file the suffix .trig",
            expected=("un fichier .trig", "a .trig file"),
        )
    return _unclosed(scene, kind="{")


def _stray_mark(scene: Scene, _: Match[str]) -> Cause | None:
    here, at = scene.here, scene.here.offset
    if here.text == "." and scene.word(-3).text.lower() == "prefix":
        return Cause(
            at,
            "PREFIX sans @ ne prend pas de point final",
            "PREFIX without @ takes no final dot",
            scene.in_place(here),
        )
    if here.text in {".", ";", ","}:
        return Cause(
            at,
            f"« {here.text} » de trop : la phrase était finie",
            f"one “{here.text}” too many: the statement had ended",
            scene.in_place(here),
        )
    if here.kind == "at" and scene.directive:
        return ends.no_dot(scene)
    if here.kind == "at":
        return Cause(
            at,
            f"« {here.text} » n’est pas à sa place : @prefix et @base s’écrivent en minuscules, "
            "entre les phrases et hors des graphes",
            f"“{here.text}” is out of place: @prefix and @base are in lower case, between "
            "statements and outside graphs",
            scene.in_place(here, here.text.lower()),
            ("@prefix ou @base", "@prefix or @base"),
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
            mending.quoted(scene, before.offset),
        )
    if before.kind == "number" and touching and here.kind == "word":
        return Cause(
            here.offset,
            f"« {here.text} » colle au nombre : l’unité s’écrit à part",
            f"“{here.text}” touches the number: the unit is written apart",
            scene.in_place(here),
        )
    if before.kind == "string" and touching and here.kind == "word":
        return habits.quote(scene)
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
        expected=("<https://…> ou préfixe:nom", "<https://…> or prefix:name"),
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
            scene.in_place(scene.here, word.lower()),
        )
    if "object" in match[0] and word == "a":
        return ends.semicolon_for_dot(scene, -2) or Cause(
            scene.here.offset,
            "« a » veut dire « est un » : il s’écrit entre un sujet et sa classe, jamais comme "
            "une valeur",
            "“a” means “is a”: it stands between a subject and its class, never as a value",
            Edit(scene.here.offset, scene.word(1).offset, ""),
            ("une valeur", "a value"),
        )
    if "object" in match[0]:
        return Cause(
            scene.here.offset,
            f'« {word} » est un mot seul : un texte s’écrit entre guillemets, "{word}…"@fr',
            f'“{word}” is a bare word: a text is written in quotes, "{word}…"@en',
            mending.words_quoted(scene),
        )
    return Cause(
        scene.here.offset,
        f"« {word} » est un mot seul : il lui manque un préfixe, comme coop:{word}",
        f"“{word}” is a bare word: it lacks a prefix, as in coop:{word}",
        scene.in_place(scene.here, f"coop:{word}"),
        (f"coop:{word}", f"coop:{word}"),
    )


def _no_value(scene: Scene, _: Match[str]) -> Cause | None:
    here, before = scene.here, scene.before
    if cause := habits.arrow(scene):
        return cause
    if here.text not in {".", ";", ",", "]", ")", "}"}:
        return None
    if scene.unclosed and scene.unclosed[-1].text == "(":
        if here.text == ",":
            return Cause(
                here.offset,
                "pas de virgule entre les éléments d’une liste ( )",
                "no comma between the elements of a list ( )",
                scene.in_place(here),
            )
        return _unclosed(scene, kind="(")
    if before.text == ",":
        return Cause(
            before.offset,
            "une virgule annonce une autre valeur, et il n’y en a pas",
            "a comma announces another value, and there is none",
            mending.commas(scene),
        )
    if scene.word(-3).text == "." and scene.is_indented(scene.word(-2)):
        line = scene.line_of(scene.word(-3))
        return Cause(
            scene.word(-3).offset,
            f"le point de la ligne {line} finit la phrase ; un point-virgule « ; » la continuerait",
            f"the dot on line {line} ends the statement; a semicolon “;” would go on",
            scene.in_place(scene.word(-3), ";"),
        )
    return Cause(
        scene.end_of(before),
        f"il manque une valeur après {before.text}",
        f"a value is missing after {before.text}",
        expected=(
            'une valeur : <https://…>, préfixe:nom, 12 ou "texte"@fr',
            'a value: <https://…>, prefix:name, 12 or "text"@en',
        ),
    )


def _no_predicate(scene: Scene, _: Match[str]) -> Cause | None:
    if scene.here.text not in {".", ";", ",", "]", "}"}:
        return None
    return Cause(
        scene.end_of(scene.before),
        f"il manque un prédicat et une valeur après {scene.before.text}",
        f"a predicate and a value are missing after {scene.before.text}",
        expected=(
            'un prédicat et une valeur : skos:prefLabel "nom"@fr',
            'a predicate and a value: skos:prefLabel "name"@en',
        ),
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
        scene.after(last, " ."),
    )


def _said(
    fr: str, en: str, expected: tuple[str, str], mend: Mender = lambda scene, match: None
) -> Finder:
    """Return a cause that needs nothing but what the parser said, put in the braces."""

    def find(scene: Scene, match: Match[str]) -> Cause:
        said_fr, said_en = (text.format(*match.groups()) for text in (fr, en))
        return Cause(scene.offset, said_fr, said_en, mend(scene, match), expected)

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
    (rf"{_NOT_ENDED}|{_NOT_SUBJECT}", habits.comma),
    (_NOT_ENDED, _stray_mark),
    (_NOT_ENDED, _went_on),
    (rf"{_NOT_SUBJECT}|is not a valid predicate", _literal_there),
    (rf"{_NOT_SUBJECT}|is not a valid (?:predicate|RDF object)|dot is expected", habits.word),
    (r"is not a valid RDF object", _no_value),
    (r"is not a valid predicate", _no_predicate),
    (rf"{_NOT_SUBJECT}|is not a valid (?:predicate|RDF object)", _bare_word),
    (r"Unexpected end$", _early_end),
    (
        r"No scheme found",
        _said(
            "IRI relatif : écrire l’IRI entier, https://…",
            "relative IRI: write the whole IRI, https://…",
            ("<https://…>", "<https://…>"),
        ),
    ),
    (
        r"language code|subtag|language tag|Unexpected character '(.)'",
        _said(
            "étiquette de langue mal formée : écrire @fr, @en ou @fr-CA",
            "malformed language tag: write @fr, @en or @fr-CA",
            ('"…"@fr', '"…"@en'),
            mending.language,
        ),
    ),
    (r"escape (?:character|sequence) '(\\.)", names.backslash),
    (r"escape (?:character|sequence) '(\\.)", names.escape),
    (
        r"after \^\^, found (.+)",
        _said(
            "il manque le type après ^^ (lu : {0}) ; par exemple xsd:date",
            "the type after ^^ is missing (found {0}); for example xsd:date",
            ('"2018-01-31"^^xsd:date', '"2018-01-31"^^xsd:date'),
            mending.datatype,
        ),
    ),
    (r"PREFIX keyword should be followed by a prefix", habits.equals),
    (
        r"PREFIX keyword should be followed by a prefix",
        _said(
            "après @prefix, le préfixe finit par un deux-points, comme coop:",
            "after @prefix, the prefix ends with a colon, as in coop:",
            ("coop:", "coop:"),
            mending.colon,
        ),
    ),
    (
        r"PREFIX declaration should be followed",
        _said(
            "l’IRI d’un préfixe s’écrit entre < et >",
            "the IRI of a prefix is written between < and >",
            ("<https://…>", "<https://…>"),
            mending.brackets,
        ),
    ),
    (
        r"GRAPH keyword should|is not a valid graph name",
        _said(
            "après GRAPH viennent un nom de graphe puis « {{ »",
            "after GRAPH come the name of a graph and “{{”",
            ("GRAPH préfixe:nom {", "GRAPH prefix:name {"),
        ),
    ),
    (
        r"integer should not be empty|exponent cannot be empty|decimal should",
        _said("nombre incomplet", "incomplete number", ("12 ou 12.5", "12 or 12.5")),
    ),
    (
        r"should be % followed",
        _said(
            "dans un nom, % est suivi de deux chiffres hexadécimaux",
            "in a name, % is followed by two hexadecimal digits",
            ("%25", "%25"),
            mending.percent,
        ),
    ),
)
