"""Why a Turtle or TriG file cannot be read: the likely mistake, where it is, how to mend it.

The parser stops where it is lost, which is often after the mistake. So the words around are read
again for a cause (`causes`); when none fits, the parser's own words are given.
"""

from __future__ import annotations

import re
from typing import Final

from coopkg.build.turtle import mending
from coopkg.build.turtle.causes import CAUSES
from coopkg.build.turtle.scene import Cause, Edit, Scene
from coopkg.build.turtle.words import Text
from coopkg.errors import Location, SourceError

MERGE: Final = re.compile(r"^(?:<{7}|={7}|>{7})(?=[ \r\n]|$)", re.MULTILINE)
STATEMENT: Final = ("sujet prédicat valeur .", "subject predicate value .")
OTHER_FORMATS: Final = {
    "JSON": re.compile(r"\s*[\[{]\s*[\"{]"),
    "XML": re.compile(r"\s*<(?:\?xml|!DOCTYPE|!--|rdf:RDF|html)", re.IGNORECASE),
    "ZIP (XLSX, ODS…)": re.compile("PK\x03\x04"),
}


def explain(content: str, path: str, line: int, column: int, said: str) -> SourceError:
    """Return the error that says what is likely wrong with a file, and where.

    Args:
        content: the text of the file.
        path: its path, relative to the project; the suffix tells Turtle from TriG.
        line: where the parser stopped, from 1.
        column: the same, in characters.
        said: what the parser said.
    """
    text = Text(content)
    scene = Scene(text, text.offset(line, column), is_trig=path.endswith(".trig"))
    cause = _cause(scene, said)
    fix = mending.corrected(scene, cause)
    place = Location(path, *text.place(cause.offset))
    return SourceError(place, cause.fr, cause.en, _expected(cause, fix), fix)


def _expected(cause: Cause, fix: str) -> dict[str, str]:
    """Return what should stand there: what the cause says, what is put there, or the line."""
    fr, en = cause.expected
    if fr:
        return {"fr": fr, "en": en}
    put = cause.edit.put.strip() if cause.edit and fix else ""
    known = put or fix
    return {"fr": known or STATEMENT[0], "en": known or STATEMENT[1]}


def decode(content: bytes, path: str) -> str:
    """Return the text of a file.

    Raises:
        SourceError: it is not UTF-8 without a byte order mark; the error says what it may be.
    """
    fr, en, position, fix = "", "", 0, ""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        fr, en = "fichier en UTF-16", "file in UTF-16"
    elif content.startswith(b"\xef\xbb\xbf"):
        fr, en = "marque d’ordre des octets (BOM) en tête", "byte order mark (BOM) at the start"
    else:
        try:
            return content.decode()
        except UnicodeDecodeError as error:
            position = error.start
            seen = content[position : position + 1].decode("cp1252", "replace")
            fix = _line_at(content, position)
            fr = f"caractère qui n’est pas de l’UTF-8 (« {seen} » en Windows-1252 ?)"
            en = f"character that is not UTF-8 (“{seen}” in Windows-1252?)"
    before = content[:position].decode()
    place = Text(before).place(len(before))
    raise SourceError(
        Location(path, *place),
        f"{fr} ; enregistrer le fichier en UTF-8 sans BOM",
        f"{en}; save the file as UTF-8 without BOM",
        {"fr": "UTF-8", "en": "UTF-8"},
        fix,
    )


def _line_at(content: bytes, position: int) -> str:
    """Return the line of a byte as Windows-1252 has it."""
    start = content.rfind(b"\n", 0, position) + 1
    return content[start:].partition(b"\n")[0].decode("cp1252", "replace").strip()


def _cause(scene: Scene, said: str) -> Cause:
    for look in (_merge, _other_format, _open_string):
        if cause := look(scene):
            return cause
    for pattern, find in CAUSES:
        if (match := re.search(pattern, said)) and (cause := find(scene, match)):
            return cause
    return Cause(
        scene.offset,
        f"erreur de syntaxe ; l’analyseur dit : {said}",
        f"syntax error; the parser says: {said}",
    )


# --- What the file shows by itself ---------------------------------------------------------


def _merge(scene: Scene) -> Cause | None:
    match = MERGE.search(scene.text.content)
    return match and Cause(
        match.start(),
        "une fusion de git n’est pas terminée : garder une version, retirer les marques",
        "a git merge is not finished: keep one version, remove the marks",
        expected=("une seule des deux versions", "one of the two versions"),
    )


def _other_format(scene: Scene) -> Cause | None:
    for name, pattern in OTHER_FORMATS.items():
        if pattern.match(scene.text.content):
            return Cause(
                0,
                f"ce fichier semble être du {name}, pas du Turtle",
                f"this file looks like {name}, not Turtle",
                expected=("du Turtle", "Turtle"),
            )
    return None


def _open_string(scene: Scene) -> Cause | None:
    for word in scene.words:
        if word.offset > scene.offset:
            break
        if word.kind == "open_string":
            long = len(word.text) == 3
            return Cause(
                word.offset,
                f"texte ouvert par {word.text} et jamais refermé"
                + ("" if long else " sur sa ligne ; une fin de ligne dans un texte s’écrit \\n"),
                f"text opened by {word.text} and never closed"
                + ("" if long else " on its line; the end of a line in a text is written \\n"),
                _closed(scene, word.offset, word.text),
                (f"{word.text}…{word.text}", f"{word.text}…{word.text}"),
                Edit(word.offset, word.offset + 3, word.text[0])
                if long
                else _lengthened(scene, word.offset, word.text),
            )
    return None


def _closed(scene: Scene, start: int, quote: str) -> Edit:
    """Return what closes a text: before the mark that ends its line, else at its end."""
    line = scene.text.content[start:].partition("\n")[0].rstrip("\r")
    match = re.search(r"\s*(?:@[a-zA-Z-]+|\^\^\S+)?\s*[.;,]?\s*$", line)
    end = start + (match.start() if match else len(line))
    return Edit(end, end, quote)


def _lengthened(scene: Scene, start: int, quote: str) -> Edit | None:
    """Return what writes the ends of lines inside a text that is closed a few lines below."""
    end = scene.text.content.find(quote, start + 1)
    inside = scene.text.content[start + 1 : end]
    if end < 0 or inside.count("\n") > mending.LINES_MAX:
        return None
    lines = inside.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return Edit(start, end + 1, quote + "\\n".join(lines) + quote)
