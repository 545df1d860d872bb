"""How a broken line could be written: each correction is tried before anybody is told of it."""

from __future__ import annotations

import re
from re import Match
from typing import Final

import pyoxigraph as ox

from coopkg.build.turtle.scene import Cause, Edit, Scene
from coopkg.build.turtle.words import Text, Word

LINES_MAX: Final = 3
_BASE: Final = "http://example.org/"


def corrected(scene: Scene, cause: Cause) -> str:
    """Return the line as the edit of a cause makes it, "" unless the parser then goes further."""
    best, reached = "", scene.offset
    for edit in filter(None, (cause.edit, cause.other)):
        content = scene.text.content
        made = content[: edit.start] + edit.put + content[edit.end :]
        stop = _stop(made, scene.is_trig)
        before = len(content) + 1 if stop is None else stop - len(made) + len(content)
        if before > reached:
            best, reached = _shown(scene, cause, edit, made), before
    return best


def _shown(scene: Scene, cause: Cause, edit: Edit, made: str) -> str:
    """Return what an edit makes of its lines, from the one where the mistake is."""
    if edit.put.endswith("\n"):  # a line of its own
        return edit.put.strip()
    text = Text(made)
    first = min(scene.text.place(at)[0] for at in (edit.start, cause.offset))
    last = text.place(edit.start + len(edit.put))[0]
    if last - first > LINES_MAX:
        return ""
    return "\n".join(text.line(number) for number in range(first, last + 1)).strip()


def _stop(content: str, is_trig: bool) -> int | None:
    """Return the offset where the parser stops, None when it reads everything."""
    form = ox.RdfFormat.TRIG if is_trig else ox.RdfFormat.TURTLE
    try:
        for _ in ox.parse(content, format=form, base_iri=_BASE):
            pass
    except SyntaxError as error:
        return Text(content).offset(error.lineno or 1, error.offset or 1)
    return None


# --- Edits for what the words around show -------------------------------------------------


def between(scene: Scene) -> Edit | None:
    """Return the mark that two values in a row lack: a comma when the second stands alone."""
    mark = {True: " ,", scene.word(2).text in {".", ";", "]", "}"}: " ;"}
    return scene.after(scene.before, mark[scene.word(1).text in {".", ";", ",", "]", "}"}])


def quoted(scene: Scene, start: int) -> Edit:
    """Return what puts quotes around a date or a number with marks, and its type when known."""
    written = re.match(r"[^\s;,\])}]*[^\s;,.\])}]", scene.text.content[start:])
    text = written[0] if written else ""
    typed = re.fullmatch(r"\d{4}-\d\d-\d\d", text) and "xsd" in scene.declared
    return Edit(start, start + len(text), f'"{text}"' + ("^^xsd:date" if typed else ""))


def escaped(scene: Scene, start: int, quote: str) -> Edit | None:
    """Return what escapes the quotes inside a text: all but the first and last of its line."""
    line = scene.text.content[start:].partition("\n")[0]
    last = line.rfind(quote)
    inside = line[1:last]
    return Edit(start, start + last, quote + inside.replace(quote, "\\" + quote))


def words_quoted(scene: Scene) -> Edit:
    """Return what puts quotes around the bare words that follow one another."""
    last = scene.here
    for distance in range(1, 20):
        word = scene.word(distance)
        if word.kind not in {"word", "number"} or not scene.are_on_one_line(last, word):
            break
        last = word
    start, end = scene.here.offset, scene.end_of(last)
    after = scene.text.content[end : end + 1]
    closing = {"@": '"', '"': ""}.get(after, '"@fr')  # some of it may be there
    return Edit(start, end, '"' + scene.text.content[start:end] + closing)


def closed_on_its_line(scene: Scene, opening: Word, closing: str) -> Edit:
    """Return what closes a bracket on its own line, before the mark that ends it."""
    line = scene.text.content[opening.offset :].partition("\n")[0].rstrip()
    end = opening.offset + len(line.rstrip(" .;,"))
    return Edit(end, end, f" {closing}")


def commas(scene: Scene) -> Edit:
    """Return what takes commas away that announce nothing; one stays before a value."""
    run = re.compile(r"[,\s]*").match(scene.text.content, scene.before.offset)
    end = run.end() if run else scene.end_of(scene.before)
    last = scene.text.content[end : end + 1] in {".", ";", "]", ")", "}", ""}
    return Edit(scene.before.offset, end, " " if last else ", ")


# --- Edits for what the parser names -------------------------------------------------------


def _of_line(scene: Scene, pattern: str, put: str, before: int = 0) -> Edit | None:
    """Return what a pattern puts in the place of the first match near where the parser stopped."""
    start = max(scene.offset - before, 0)
    match = re.compile(pattern).search(scene.text.content, start)
    return Edit(match.start(), match.end(), match.expand(put)) if match else None


def language(scene: Scene, _: Match[str]) -> Edit | None:
    """Mend a language tag: `@fr_FR`, `@`, `@francophone`."""
    start = scene.text.content.rfind("@", 0, scene.offset + 1)
    match = re.compile(r"@([\w-]*)").match(scene.text.content, max(start, 0))
    if match is None:
        return None
    tag = match[1].replace("_", "-")
    usual = re.match(r"fr|en|ar|es|de|pt|it", tag, re.IGNORECASE)
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", tag):
        tag = usual[0].lower() if usual else "fr"
    return Edit(match.start(), match.end(), f"@{tag}")


def datatype(scene: Scene, _: Match[str]) -> Edit | None:
    """Take `^^` away from a text whose type is missing."""
    return _of_line(scene, r"\^\^", "", before=3)


def colon(scene: Scene, _: Match[str]) -> Edit | None:
    """Add the colon of a declared prefix."""
    return _of_line(scene, r"([^\s:<]+)(?=\s*<)", r"\1:", before=0)


def brackets(scene: Scene, _: Match[str]) -> Edit | None:
    """Put < and > around the address of a prefix."""
    return _of_line(scene, r"\"?([^\s\"<>]+[^\s\"<>.])\"?", r"<\1>")


def percent(scene: Scene, _: Match[str]) -> Edit | None:
    """Write the % of a name as an address has it."""
    return _of_line(scene, "%", "%25")
