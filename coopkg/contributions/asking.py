"""`coopkg access`: who asks to contribute, and what the person who runs the service answers."""

from __future__ import annotations

import argparse
import json
import os
import pwd
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Final

from coopkg.config import Settings
from coopkg.contributions import access, commands, partners
from coopkg.contributions.access import Request
from coopkg.contributions.texts import neutral
from coopkg.errors import ContributionError, Lang, UnknownError
from coopkg.typography import french

HELP: Final[dict[str, tuple[str, str]]] = {
    "access": (
        "lire les demandes d’accès, y répondre, effacer ce que quelqu’un a écrit de soi",
        "read the requests for access, answer them, erase what somebody wrote of themselves",
    ),
}
DONE: Final = 0
Say = Callable[[str, str], str]
Add = Callable[[str], argparse.ArgumentParser]


def options(add: Add, t: Say, kind: type[argparse.ArgumentParser]) -> None:
    """Add the command to a command line; `kind` is the parser of its own commands."""
    parser = add("access")
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="action", parser_class=kind
    )

    def action(name: str, fr: str, en: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=t(fr, en), parents=[commands.anywhere()])

    listed = action("list", "lister ce qui attend", "list what waits")
    listed.add_argument(
        "--all", action="store_true", help=t("celles qui ont une réponse aussi", "answered too")
    )
    listed.add_argument("--format", choices=("text", "json"), default="text")
    _answer_options(action("answer", "répondre", "answer"), t)
    erase = action(
        "erase", "effacer le nom, l’adresse et le message", "erase the name, address and message"
    )
    which = erase.add_mutually_exclusive_group(required=True)
    which.add_argument("--id", metavar="ID", help=t("cette demande", "this request"))
    which.add_argument(
        "--answered-before",
        type=commands.days,
        metavar=t("JOURS", "DAYS"),
        help=t("celles dont la réponse a plus de JOURS jours", "those answered over DAYS days ago"),
    )


def _answer_options(answer: argparse.ArgumentParser, t: Say) -> None:
    answer.add_argument("id", metavar="ID")
    what = answer.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "--accept",
        metavar=t("NOM", "NAME"),
        help=t(
            "créer ce partenaire, ou dire que c’est celui-là ; dit le jeton d’un nouveau",
            "create this partner, or say that it is this one; tells the token of a new one",
        ),
    )
    what.add_argument("--refuse", action="store_true", help=t("refuser", "refuse"))
    answer.add_argument(
        "--why", default="", metavar=t("RAISON", "REASON"), help=t("pourquoi", "why")
    )
    for lang, fr, en in (("fr", "en français", "in French"), ("en", "en anglais", "in English")):
        answer.add_argument(
            f"--label-{lang}",
            default="",
            help=t(f"son nom {fr} ; sinon celui de la demande", f"its name {en}; else as asked"),
        )
    answer.add_argument(
        "--direct",
        action="store_true",
        help=t("publie sans relecture ce qui est valable", "publishes what is valid, unreviewed"),
    )


def run(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    """List, answer or erase; a token is alone on the last line of the output.

    Raises:
        CoopkgError: there is no such request, it was answered, or the disk refuses.
    """
    home, who = settings.home, pwd.getpwuid(os.getuid()).pw_name
    if given.action == "list":
        _list(given, settings, lang)
    elif given.action == "erase":
        names = [given.id] if given.id else access.answered_before(home, given.answered_before)
        for name in names:
            access.erase(home, name, who)
            _say(f"{name} : effacée", f"{name}: erased", lang)
        if not names:
            _say("Rien à effacer.", "Nothing to erase.", lang)
    elif given.refuse:
        access.answer(home, given.id, who, why={lang: given.why})
        _say(f"{given.id} : refusée", f"{given.id}: refused", lang)
    else:
        _accept(given, settings, who, lang)
    return DONE


def _accept(given: argparse.Namespace, settings: Settings, who: str, lang: Lang) -> None:
    """Create the partner when there is none of that name, then say that it was answered."""
    home = settings.home
    one = access.get(home, given.id)
    if one.answer:
        raise ContributionError(
            "access-answered", f"{one.id} a déjà une réponse", f"{one.id} was answered already"
        )
    try:
        partners.find(home, given.accept)
        token = ""
    except UnknownError:
        named = access.words(home, one).get("organisation", "")
        label = {"fr": given.label_fr or named, "en": given.label_en or named}
        role: partners.Role = "direct" if given.direct else "reviewed"
        _, token = partners.add(home, given.accept, label, role)
    access.answer(home, given.id, who, given.accept)
    _say(f"{given.id} : « {given.accept} »", f"{given.id}: {given.accept!r}", lang)
    email = access.words(home, one).get("email", "")
    if email:
        _say(f"à prévenir : {neutral(email)}", f"to be told: {neutral(email)}", lang)
    if token:
        _say("Le jeton, montré une seule fois :", "The token, shown only once:", lang)
        print(token)


def _list(given: argparse.Namespace, settings: Settings, lang: Lang) -> None:
    home = settings.home
    found = [one for one in access.listing(home) if given.all or not one.answer]
    if given.format == "json":
        told: list[dict[str, Any]] = [{**asdict(one), **access.words(home, one)} for one in found]
        print(json.dumps(told, ensure_ascii=False, indent=1, default=str))
        return
    for one in found:
        print(french(_told(settings, one, lang)) if lang == "fr" else _told(settings, one, lang))
    if not found:
        _say("Aucune demande n’attend.", "No request waits.", lang)


def _told(settings: Settings, one: Request, lang: Lang) -> str:
    at = 0 if lang == "fr" else 1
    state = ("attend", "waits")[at]
    if one.answer:
        accepted = (f"acceptée, « {one.partner} »", f"accepted, {one.partner!r}")[at]
        state = accepted if one.partner else ("refusée", "refused")[at]
    said = access.words(settings.home, one)
    lines = [f"{one.id}  {one.at}  {state}"]
    if said:
        lines.append(f"    {neutral(said['organisation'])} <{neutral(said['email'])}>")
        lines += [f"    {neutral(said['message'])}"] if said["message"] else []
    else:
        lines.append(("    effacée", "    erased")[at])
    return "\n".join(lines)


def _say(fr: str, en: str, lang: Lang) -> None:
    print(french(fr) if lang == "fr" else en)


COMMANDS: Final[dict[str, Callable[[argparse.Namespace, Settings, Lang], int]]] = {"access": run}
