"""The commands about partners and contributions: what they take, and what they print."""

from __future__ import annotations

import argparse
import json
import os
import pwd
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from coopkg.config import Settings
from coopkg.contributions import access, deciding, erasing, inbox, ledger, partners, publication
from coopkg.contributions.ledger import Entry
from coopkg.contributions.model import STATES, Contribution
from coopkg.contributions.partners import Partner
from coopkg.contributions.texts import neutral
from coopkg.errors import Lang
from coopkg.typography import french

HELP: Final[dict[str, tuple[str, str]]] = {
    "partner": (
        "créer un partenaire, lister, renouveler ou révoquer un jeton",
        "create a partner, list them, renew or revoke a token",
    ),
    "contributions": (
        "lister les contributions, en montrer une, lire le journal, en effacer une",
        "list the contributions, show one, read the journal, erase one",
    ),
    "accept": ("accepter une contribution et publier", "accept a contribution and publish"),
    "refuse": ("refuser une contribution, en disant pourquoi", "refuse a contribution, saying why"),
    "undo": (
        "retirer une contribution acceptée, en disant pourquoi, et publier",
        "take an accepted contribution out, saying why, and publish",
    ),
}

Say = Callable[[str, str], str]
Add = Callable[[str], argparse.ArgumentParser]
DONE: Final = 0


def options(add: Add, t: Say, kind: type[argparse.ArgumentParser]) -> None:
    """Add each command to a command line; `kind` is the parser of its own commands."""
    _partner_options(add("partner"), t, kind)
    several = add("contributions")
    several.add_argument("action", nargs="?", choices=("list", "show", "erase"), default="list")
    several.add_argument("id", nargs="?", help=t("pour show et erase", "for show and erase"))
    several.add_argument("--state", choices=STATES)
    several.add_argument("--partner", metavar="NAME")
    several.add_argument("--format", choices=("text", "json"), default="text")
    several.add_argument(
        "--audit", action="store_true", help=t("le journal, vérifié", "the journal, verified")
    )
    _why(several, t, required=False)
    for name in ("accept", "refuse", "undo"):
        one = add(name)
        one.add_argument("id", help=t("la contribution", "the contribution"))
        one.add_argument(
            "--as",
            dest="reviewer",
            metavar=t("NOM", "NAME"),
            help=t("qui décide ; sinon, le compte du système", "who decides; else the account"),
        )
        if name != "accept":
            _why(one, t, required=True)
        if name != "refuse":
            one.add_argument(
                "--no-publish",
                action="store_true",
                help=t("laisser la publication pour plus tard", "leave publishing for later"),
            )
        if name == "undo":
            one.add_argument(
                "--with-others",
                action="store_true",
                help=t("retirer aussi celles qui s’appuient dessus", "undo those that rest on it"),
            )


def _why(parser: argparse.ArgumentParser, t: Say, required: bool) -> None:
    parser.add_argument(
        "--why", required=required, metavar=t("RAISON", "REASON"), help=t("pourquoi", "why")
    )


def _partner_options(
    parser: argparse.ArgumentParser, t: Say, kind: type[argparse.ArgumentParser]
) -> None:
    name = t("NOM", "NAME")
    actions = parser.add_subparsers(
        dest="action", required=True, metavar="action", parser_class=kind
    )

    def action(name: str, fr: str, en: str) -> argparse.ArgumentParser:
        return actions.add_parser(name, help=t(fr, en), parents=[anywhere()])

    new = action("add", "créer ; dit le jeton", "create; tells the token")
    new.add_argument("name", metavar=name)
    new.add_argument("--label-fr", required=True, help=t("son nom en français", "name in French"))
    new.add_argument("--label-en", required=True, help=t("son nom en anglais", "name in English"))
    role = new.add_mutually_exclusive_group()
    role.add_argument(
        "--direct",
        action="store_true",
        help=t("publie sans relecture ce qui est valable", "publishes what is valid, unreviewed"),
    )
    role.add_argument(
        "--reviewer",
        action="store_true",
        help=t(
            "décide de ce que les autres envoient ; ce qu’il envoie attend quelqu’un d’autre",
            "decides of what others send; what it sends itself waits for somebody else",
        ),
    )
    role.add_argument(
        "--operator",
        action="store_true",
        help=t(
            "écrit aussi tout graphe hors du cœur, vérifié pour sa syntaxe seulement",
            "also writes any graph outside the core ones, checked for syntax only",
        ),
    )
    new.add_argument(
        "--base",
        default="",
        metavar="IRI",
        help=t("où sont ses propres choses", "where its own things are"),
    )
    life = t("durée du jeton, en jours", "life of the token, in days")
    new.add_argument("--expires", type=days, metavar=t("JOURS", "DAYS"), help=life)
    listed = action("list", "lister", "list")
    listed.add_argument("--format", choices=("text", "json"), default="text")
    token = action("token", "donner un autre jeton", "give another token")
    token.add_argument("name", metavar=name)
    token.add_argument("--renew", action="store_true", required=True)
    token.add_argument("--expires", type=days, metavar=t("JOURS", "DAYS"), help=life)
    revoke = action("revoke", "fermer l’accès", "close the access")
    revoke.add_argument("name", metavar=name)


def anywhere() -> argparse.ArgumentParser:
    """Let the options of every command be given after the action too."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--lang", choices=("fr", "en"), help=argparse.SUPPRESS)
    common.add_argument("--home", type=Path, help=argparse.SUPPRESS)
    common.add_argument("--root", type=Path, help=argparse.SUPPRESS)
    return common


def days(text: str) -> int:
    """Read a number of days, from 1 to 36,500.

    Raises:
        ValueError: anything else.
    """
    number = int(text)
    if not 1 <= number <= 36_500:
        raise ValueError(text)
    return number


# --- Partners ------------------------------------------------------------------------------


def partner(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    """Create, list, renew or revoke; a token is alone on the last line of the output."""
    home = settings.home
    if given.action == "list":
        _list_partners(given, partners.known(home), lang)
    elif given.action == "add":
        named: tuple[partners.Role, ...] = ("direct", "reviewer", "operator")
        role: partners.Role = next((one for one in named if getattr(given, one)), "reviewed")
        label = {"fr": given.label_fr, "en": given.label_en}
        made, token = partners.add(home, given.name, label, role, given.base, given.expires)
        _tell_token(made, token, lang)
    elif given.action == "token":
        _tell_token(*partners.renew(home, given.name, given.expires), lang)
    else:
        gone = partners.revoke(home, given.name)
        _say(
            f"{gone.name} : accès fermé depuis {gone.revoked} ; ce qu’il a publié reste",
            f"{gone.name}: access closed since {gone.revoked}; what it published stays",
            lang,
        )
    return DONE


def _tell_token(made: Partner, token: str, lang: Lang) -> None:
    expires = made.tokens[-1].expires
    _say(
        f"{made.name} ({made.role}), graphe <{made.graph}>, base <{made.base}>",
        f"{made.name} ({made.role}), graph <{made.graph}>, base <{made.base}>",
        lang,
    )
    if expires:
        _say(f"valable jusqu’au {expires}", f"valid until {expires}", lang)
    _say("Le jeton, montré une seule fois :", "The token, shown only once:", lang)
    print(token)


def _list_partners(given: argparse.Namespace, every: Mapping[str, Partner], lang: Lang) -> None:
    if given.format == "json":
        _print_json([_as_json(one) for one in every.values()])
        return
    for one in every.values():
        closed = ("révoqué", "revoked")[lang == "en"] if one.revoked else one.tokens[-1].expires
        print(f"{one.name:24} {one.role:9} {one.label[lang]}  <{one.base}>  {closed}".rstrip())
    if not every:
        _say("Aucun partenaire.", "No partner.", lang)


def _as_json(one: Partner) -> dict[str, Any]:
    """Return a partner without anything of its tokens but when the last one expires."""
    return {
        "name": one.name,
        "label": dict(one.label),
        "role": one.role,
        "base": one.base,
        "graph": one.graph,
        "created": one.created,
        "revoked": one.revoked or None,
        "expires": one.tokens[-1].expires or None,
    }


# --- Contributions -------------------------------------------------------------------------


def contributions(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    """List contributions, show or erase one, or write the journal out."""
    home = settings.home
    publication.settle(home)
    if given.audit:
        _audit(given, inbox.audit(home), ledger.of(home).torn, lang)
    elif given.action == "list":
        _list(given, inbox.listing(home, given.partner, given.state), settings, lang)
    elif given.id is None:
        _say(f"{given.action} : dire laquelle", f"{given.action}: say which one", lang)
        return 2
    elif given.action == "show":
        one = inbox.get(home, given.id)
        report = {} if one.erased else inbox.document(home, one.report)
        _print_json({**asdict(one), "report": report})
    else:
        others = erasing.also_in(home, given.id)
        _erased(erasing.erase(home, given.id, _who(None), {lang: given.why or ""}), lang)
        if others:
            listed = ", ".join(others)
            _say(
                f"à effacer aussi, peut-être, car elles en disent quelque chose : {listed}",
                f"perhaps to be erased too, as they say something of it: {listed}",
                lang,
            )
    return DONE


def _erased(numbers: list[int], lang: Lang) -> None:
    listed = ", ".join(map(str, numbers)) or "–"
    _say(
        f"effacée, des objets et des générations {listed} ; « coopkg publish » sert la suite",
        f"erased, from the objects and from generations {listed}; `coopkg publish` serves on",
        lang,
    )


def _list(
    given: argparse.Namespace, found: tuple[Contribution, ...], settings: Settings, lang: Lang
) -> None:
    if given.format == "json":
        _print_json([asdict(one) for one in found])
        return
    for one in found:
        name = one.name or one.media_type
        print(f"{one.id}  {one.state:9}  {one.received}  {one.partner:20}  {name}")
        if one.why.get(lang):
            print(f"    {neutral(one.why[lang].splitlines()[0][:200])}")
    if not found:
        _say("Aucune contribution.", "No contribution.", lang)
    if asked := access.waiting(settings.home):
        _say(
            f"Demandes d’accès sans réponse : {asked} ; « coopkg access list » les montre.",
            f"Requests for access without an answer: {asked}; `coopkg access list` shows them.",
            lang,
        )


def _audit(given: argparse.Namespace, entries: tuple[Entry, ...], torn: bytes, lang: Lang) -> None:
    for entry in entries:
        told = json.dumps(entry.data, ensure_ascii=False, sort_keys=True)
        if given.format == "json":
            print(entry.line().decode("ascii"), end="")
        else:
            print(f"{entry.number:6d}  {entry.at}  {entry.event:16}  {neutral(told)}")
    if torn:
        _say(
            "La dernière ligne a été coupée par un arrêt ; personne n’en avait été averti.",
            "The last line was cut by a crash; nobody had been told of it.",
            lang,
        )


def accept(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    """Accept, then publish."""
    one = deciding.accept(settings.home, given.id, _who(given.reviewer))
    return _published(one, given, settings, lang)


def refuse(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    """Refuse."""
    one = deciding.refuse(settings.home, given.id, _who(given.reviewer), {lang: given.why})
    print(one.id, one.state)
    return DONE


def undo(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    """Undo, then publish."""
    why: dict[str, str] = {lang: given.why}
    one = deciding.undo(settings.home, given.id, _who(given.reviewer), why, given.with_others)
    return _published(one, given, settings, lang)


def _published(one: Contribution, given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    if given.no_publish:
        print(one.id, one.state)
        return DONE
    _say("publication…", "publishing…", lang, to_errors=True)
    made = publication.publish(settings.home, settings)
    print(one.id, inbox.get(settings.home, one.id).state, made.id)
    return DONE


def _who(given: str | None) -> str:
    return given if given is not None else pwd.getpwuid(os.getuid()).pw_name


def _say(fr: str, en: str, lang: Lang, to_errors: bool = False) -> None:
    print(french(fr) if lang == "fr" else en, file=sys.stderr if to_errors else sys.stdout)


def _print_json(value: Any) -> None:
    print(json.dumps(value, ensure_ascii=False, indent=1, default=str))


COMMANDS: Final[dict[str, Callable[[argparse.Namespace, Settings, Lang], int]]] = {
    "partner": partner,
    "contributions": contributions,
    "accept": accept,
    "refuse": refuse,
    "undo": undo,
}
