"""`coopkg reports`: read the mistakes that were reported, answer them, erase what was written."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Final

from coopkg import generation
from coopkg.config import Settings
from coopkg.errors import Lang, ParameterError
from coopkg.mistakes.box import FOLDER, Box, refused
from coopkg.mistakes.mistake import (
    ANSWERED,
    ERASED,
    LIMITS,
    OPEN,
    Answer,
    Mistake,
    plain,
    spaced,
)
from coopkg.typography import french

HELP: Final[dict[str, tuple[str, str]]] = {
    "reports": (
        "lister les erreurs signalées, y répondre, effacer ce qui a été écrit",
        "list the mistakes reported, answer them, erase what was written",
    ),
}
DONE, FOUND = 0, 1
_STATES: Final[Mapping[str, tuple[str, str]]] = {
    OPEN: ("sans réponse", "not answered"),
    ANSWERED: ("répondu", "answered"),
    ERASED: ("effacé", "erased"),
}

Say = Callable[[str, str], str]
Add = Callable[[str], argparse.ArgumentParser]


def options(add: Add, t: Say) -> None:
    """Add the command to a command line."""
    reports = add("reports")
    reports.add_argument("action", nargs="?", choices=("list", "answer", "erase"), default="list")
    reports.add_argument(
        "id", nargs="?", help=t("la référence, pour answer et erase", "for answer and erase")
    )
    reports.add_argument("--state", choices=(OPEN, ANSWERED, ERASED))
    reports.add_argument("--text-fr", help=t("la réponse, en français", "the answer, in French"))
    reports.add_argument("--text-en", help=t("la réponse, en anglais", "the answer, in English"))
    reports.add_argument("--format", choices=("text", "json"), default="text")


def run(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    """Run the command.

    Raises:
        ParameterError: a reference or a text of the answer is missing.
        UnknownError: no report has that reference.
        CoopkgError: the disk refused the change.
    """
    box = Box(settings.home)
    if given.action == "list":
        return _list(box, given, lang)
    if not given.id:
        raise ParameterError("id", "", "la référence d’un signalement", "a reference of a report")
    try:
        if given.action == "erase":
            made = box.erase(given.id)
        else:
            made = box.answer(given.id, _answer(given, settings))
    except OSError as error:
        raise refused(error, settings.home / FOLDER) from error
    print(_told(made, given.format, lang))
    return DONE


def _answer(given: argparse.Namespace, settings: Settings) -> Answer:
    texts = {}
    for name in ("text-fr", "text-en"):
        text = plain(getattr(given, name.replace("-", "_")) or "").strip()
        if not 0 < len(text) <= LIMITS["message"]:
            raise ParameterError(
                f"--{name}",
                text[:40],
                "la réponse dans les deux langues, 4000 caractères au plus",
                "the answer in both languages, 4000 characters at most",
            )
        texts[name[-2:]] = text
    after = generation.current_number(settings.home) or 0
    now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    return Answer(texts["fr"], texts["en"], now, after)


def _list(box: Box, given: argparse.Namespace, lang: Lang) -> int:
    found = [one for one in box.every() if given.state in {None, one.state}]
    if given.format == "json":
        listed = [one.as_json() for one in found]
        print(json.dumps(listed, ensure_ascii=True, indent=1))
    elif found:
        print("\n\n".join(_told(one, "text", lang) for one in found))
    else:
        print("Aucun signalement." if lang == "fr" else "No report.")
    damaged = box.damaged()
    for name in damaged:
        said = f"{plain(name)} : illisible" if lang == "fr" else f"{plain(name)}: unreadable"
        print(french(said) if lang == "fr" else said, file=sys.stderr)
    return FOUND if damaged else DONE


def _told(one: Mistake, written: str, lang: Lang) -> str:
    """Return a report for the terminal; each line of what strangers wrote stands behind a bar."""
    if written == "json":
        return json.dumps(one.as_json(), ensure_ascii=True, indent=1)
    column = 0 if lang == "fr" else 1
    said = one.written
    names = (
        (("à propos de", "about")[column], said.about),
        (("fait", "fact")[column], said.fact),
        (("génération", "generation")[column], said.generation),
        (("adresse", "e-mail")[column], said.email),
        (("message", "message")[column], said.message),
        (("réponse", "answer")[column], getattr(one.answer, lang) if one.answer else ""),
    )
    head = f"{spaced(one.id)}  {plain(one.received)}  {_STATES[one.state][column]}"
    lines = [head]
    for name, text in names:
        lines += [f"  {name:>11} | {part}" for part in plain(text).split("\n") if text]
    return "\n".join(lines)


COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace, Settings, Lang], int]]] = {
    "reports": run
}
