"""The causes of syntax errors that are habits from elsewhere: HTML, Python, a letter, a form."""

from __future__ import annotations

import re
from html import unescape
from re import Match
from typing import Final

from coopkg.build.turtle import mending
from coopkg.build.turtle.scene import Cause, Edit, Scene
from coopkg.terms import PREFIXES

_ENTITY: Final = re.compile(r"&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")
_TAGGED: Final = re.compile(r"@[a-zA-Z]{2,3}(?:-\w+)*\s*[,;.]\s*$")
_EQUALS: Final = re.compile(r"(=>?|:=|->)\s*")
_DATE: Final = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")
_IS: Final = frozenset({"is", "est", "are", "sont", "type"})


def sign(scene: Scene, _: Match[str]) -> Cause | None:
    """Recognise an HTML entity, a comment or a date by the sign that begins no word."""
    content, at = scene.text.content, scene.offset
    if entity := _ENTITY.match(content, at):
        return Cause(
            at,
            f"« {entity[0]} » vient d’une page HTML : ce signe n’a pas de sens ici",
            f"“{entity[0]}” comes from an HTML page: it means nothing here",
            Edit(at, entity.end(), unescape(entity[0]).replace("\u00a0", " ")),
        )
    if content.startswith(("//", "/*", "--", "%%"), at):
        return Cause(
            at,
            "un commentaire commence par # et va jusqu’au bout de la ligne",
            "a comment begins with # and goes on to the end of the line",
            Edit(at, at + 2, "#"),
        )
    start = scene.before.offset
    if date := _DATE.match(content, start):
        day, month, year = date.groups()
        written = f'"{year}-{month:0>2}-{day:0>2}"' + ("^^xsd:date" * ("xsd" in scene.declared))
        return Cause(
            start,
            'une date s’écrit entre guillemets, année d’abord : "2018-01-31"^^xsd:date',
            'a date is written in quotes, the year first: "2018-01-31"^^xsd:date',
            Edit(start, date.end(), written),
        )
    return None


def arrow(scene: Scene) -> Cause | None:
    """Recognise a sign between a property and its value, as forms and programs write."""
    at = scene.offset
    sign_ = _EQUALS.match(scene.text.content, at)
    if sign_ is None:
        return None
    return Cause(
        at,
        f"« {sign_[1]} » : rien n’est écrit entre un prédicat et sa valeur",
        f"“{sign_[1]}”: nothing is written between a predicate and its value",
        Edit(at, sign_.end(), ""),
    )


def quote(scene: Scene) -> Cause:
    """Recognise what a quote ends too early: a text with quotes inside, or one never closed."""
    text = scene.before
    mark, at = text.text[0], scene.end_of(text) - 1
    if tagged := _TAGGED.search(text.text[:-1]):
        place = text.offset + tagged.start()
        return Cause(
            text.offset,
            f"texte ouvert par {mark} et jamais refermé : le guillemet suivant le finit",
            f"text opened by {mark} and never closed: the next quote ends it",
            Edit(place, place, mark),
        )
    return Cause(
        at,
        f"ce {mark} finit le texte ; à l’intérieur d’un texte, écrire \\{mark}",
        f"this {mark} ends the text; inside a text, write \\{mark}",
        mending.escaped(scene, text.offset, mark),
    )


def word(scene: Scene, match: Match[str]) -> Cause | None:
    """Recognise what a bare word was to be: `is a`, `A`, `coop.country`, `coop: country`."""
    here, before, following = scene.here, scene.before, scene.word(1)
    if here.kind not in {"word", "name"}:
        return None
    if "predicate" in match[0] and (here.text.lower() in _IS or here.text == "A"):
        end = scene.end_of(following) if following.text == "a" else scene.end_of(here)
        return Cause(
            here.offset,
            f"« {here.text} » : « est un » s’écrit a, en minuscule et seul",
            f"“{here.text}”: “is a” is written a, in lower case and alone",
            Edit(here.offset, end, "a"),
        )
    head, dot, tail = here.text.partition(".")
    if dot and tail and (head in scene.declared or head in PREFIXES):
        return Cause(
            here.offset,
            f"deux-points, et non un point, entre un préfixe et un nom : {head}:{tail}",
            f"a colon, not a dot, between a prefix and a name: {head}:{tail}",
            scene.in_place(here, f"{head}:{tail}"),
        )
    if before.kind == "name" and before.text.endswith(":") and before.text != ":":
        return Cause(
            scene.end_of(before),
            f"pas d’espace entre un préfixe et un nom : {before.text}{here.text}",
            f"no space between a prefix and a name: {before.text}{here.text}",
            Edit(scene.end_of(before), here.offset, ""),
        )
    return None


def equals(scene: Scene, _: Match[str]) -> Cause | None:
    """Recognise a prefix declared as a variable: `@prefix coop = <…>`."""
    match = re.compile(r"@?prefix\s+([^\s:=<]+)(\s*:?\s*=\s*)<", re.IGNORECASE).search(
        scene.text.content, scene.text.content.rfind("\n", 0, scene.offset) + 1
    )
    return match and Cause(
        match.start(2),
        f"« = » n’a pas sa place dans une déclaration : @prefix {match[1]}: <…> .",
        f"“=” has no place in a declaration: @prefix {match[1]}: <…> .",
        Edit(match.start(2), match.end(2), ": "),
    )


def comma(scene: Scene, _: Match[str]) -> Cause | None:
    """Recognise a comma where a semicolon should go on with another predicate."""
    mark, predicate = scene.word(-2), scene.before
    if mark.text != "," or predicate.kind not in {"name", "iri"}:
        return None
    if scene.here.kind not in {"string", "number", "name", "iri"}:
        return None
    if scene.line_of(mark) != scene.line_of(scene.here):
        return None
    return Cause(
        mark.offset,
        f"une virgule annonce une autre valeur ; devant un autre prédicat ({predicate.text}), "
        "mettre un point-virgule",
        f"a comma announces another value; before another predicate ({predicate.text}), put a "
        "semicolon",
        scene.in_place(mark, ";"),
    )
