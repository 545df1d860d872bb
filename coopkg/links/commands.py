"""`coopkg links` and `coopkg mint`: links to others' things, and addresses for new ones."""

from __future__ import annotations

import argparse
import difflib
import json
import os
import pwd
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any, Final

from coopkg import generation, linking, links
from coopkg.config import Settings
from coopkg.contributions import partners
from coopkg.errors import GenerationError, Lang, ParameterError
from coopkg.linking import Index, full, minting
from coopkg.links import ACCEPTED, REFUSED, RELATIONS, STATES, Link, sssom
from coopkg.links.taken import Taken
from coopkg.typography import french

HELP: Final[dict[str, tuple[str, str]]] = {
    "links": (
        "proposer, lister, accepter, refuser, exporter des liens avec les choses des autres",
        "propose, list, accept, refuse, export links with the things of others",
    ),
    "mint": (
        "dire quelle adresse donner à une chose nouvelle, et ce qui lui ressemble déjà",
        "say which address to give a new thing, and what already looks like it",
    ),
}
DONE: Final = 0
ALIKE: Final = 1
Say = Callable[[str, str], str]
Add = Callable[[str], argparse.ArgumentParser]


def options(add: Add, t: Say) -> None:
    """Add both commands to a command line."""
    parser = add("links")
    parser.add_argument("action", choices=("list", "propose", "accept", "refuse", "export"))
    parser.add_argument(
        "what",
        nargs="*",
        help=t(
            "propose : chose, relation, adresse (rien : ce que les noms suggèrent) ; "
            "accept, refuse : le lien",
            "propose: thing, relation, address (nothing: what names suggest); "
            "accept, refuse: the link",
        ),
    )
    parser.add_argument("--source", default="", help=t("d’où vient le lien", "where it comes from"))
    parser.add_argument(
        "--why", default="", metavar=t("RAISON", "REASON"), help=t("pourquoi", "why")
    )
    parser.add_argument(
        "--as",
        dest="who",
        metavar=t("NOM", "NAME"),
        help=t("qui agit ; sinon, le compte du système", "who acts; else the account"),
    )
    parser.add_argument("--state", choices=STATES)
    parser.add_argument("--format", choices=("text", "json"), default="text")
    one = add("mint")
    one.add_argument("kind", metavar=t("SORTE", "KIND"), help="organisation, activity, place…")
    one.add_argument("label", metavar=t("NOM", "LABEL"), help=t("le nom de la chose", "its name"))
    one.add_argument("--partner", default="", help=t("à qui elle est", "whose it is"))
    one.add_argument(
        "--name",
        action="append",
        default=[],
        metavar=t("NOM", "NAME"),
        help=t("un autre de ses noms ; peut être répété", "another of its names; may be repeated"),
    )
    one.add_argument(
        "--identifier",
        default="",
        metavar="ID",
        help=t("son identifiant, ou son adresse ailleurs", "its identifier, or address elsewhere"),
    )


def run(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    """Run `links`.

    Raises:
        CoopkgError: a part is missing or not acceptable, or the disk refuses.
    """
    if given.action == "list":
        return _list(given, settings, lang)
    index = _index(settings)
    if given.action == "export":
        print(sssom.table(links.every(settings.home), _called(index, lang), lang), end="")
        return DONE
    who = given.who if given.who is not None else pwd.getpwuid(os.getuid()).pw_name
    if given.action == "propose":
        made = [links.propose(settings.home, index, one) for one in _proposed(given, index, who)]
        _print(made, given.format, lang)
        return DONE
    if len(given.what) != 1:
        raise ParameterError("id", " ".join(given.what)[:80], "un lien, l-…", "one link, l-…")
    decision = ACCEPTED if given.action == "accept" else REFUSED
    why: dict[str, str] = {lang: given.why}
    _print([links.decide(settings.home, given.what[0], decision, who, why)], given.format, lang)
    return DONE


def _called(index: Index, lang: Lang) -> Callable[[str], str]:
    return lambda iri: index.things[iri].called(lang) if iri in index.things else ""


def _proposed(given: argparse.Namespace, index: Index, who: str) -> list[Link]:
    if not given.what:
        return links.found(index)
    if len(given.what) != 3:
        listed = ", ".join(RELATIONS)
        raise ParameterError(
            "links propose",
            " ".join(given.what)[:80],
            f"une chose, une relation ({listed}) et une adresse",
            f"a thing, a relation ({listed}) and an address",
        )
    subject, relation, address = given.what
    return [Link("", full(subject), relation, address, who, "", given.source)]


def _list(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    found = [one for one in links.every(settings.home) if given.state in {None, one.state}]
    _print(found, given.format, lang)
    return DONE


def _print(found: list[Link], form: str, lang: Lang) -> None:
    if form == "json":
        print(json.dumps([asdict(replace(one)) for one in found], ensure_ascii=True, indent=1))
        return
    for one in found:
        print(french(_told(one, lang)) if lang == "fr" else _told(one, lang))
    if not found:
        print("Aucun lien." if lang == "fr" else "No link.")


_STATES: Final = {
    "proposed": ("proposé", "proposed"),
    ACCEPTED: ("accepté", "accepted"),
    REFUSED: ("refusé", "refused"),
}


def _told(one: Link, lang: Lang) -> str:
    at = 0 if lang == "fr" else 1
    why = " ; ".join(said[lang] for said in one.why if lang in said) or one.source
    lines = [
        f"{one.id}  {_STATES[one.state][at]}  {one.subject}",
        f"    skos:{one.relation}Match  {one.object}",
        f"    {one.by}, {one.at} : {why}" if lang == "fr" else f"    {one.by}, {one.at}: {why}",
    ]
    if one.reviewer:
        said = one.verdict.get(lang) or next(iter(one.verdict.values()), "")
        lines.append(f"    {one.reviewer}, {one.decided} : {said}")
    return "\n".join(lines)


def mint(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    """Run `mint`: 0 when nothing looks like it, 1 when something does.

    Raises:
        ParameterError: the kind or the name cannot be part of an address.
    """
    index = _index(settings)
    _is_known("kind", given.kind, {thing.kind for thing in index.things.values()}, only_near=True)
    if given.partner:
        _is_known("partner", given.partner, set(partners.known(settings.home)))
    try:
        made = minting.mint(
            given.kind,
            given.label,
            index,
            Taken(generation.known(settings.home)),
            given.partner,
            given.name,
            identifiers=linking.identifier("", given.identifier),
        )
    except ValueError as error:
        raise ParameterError(
            "mint",
            str(error)[:80],
            "une sorte et un nom en lettres latines ou en chiffres",
            "a kind and a name in Latin letters or digits",
        ) from error
    t: Say = lambda fr, en: french(fr) if lang == "fr" else en  # noqa: E731
    if made.taken:
        print(t(f"Déjà prise : {made.taken}", f"Taken already: {made.taken}"))
    for one in made.lookalikes:
        why = ", ".join(said[lang] for said in one.why)
        called = one.label.get(lang) or one.name
        print(t(f"Ressemble à {called} ({why}) : ", f"Looks like {called} ({why}): ") + one.iri)
    print(made.iri)
    return ALIKE if made.lookalikes else DONE


def _is_known(what: str, said: str, known: set[str], only_near: bool = False) -> None:
    """Refuse a name that nobody bears; of a kind, one that is nearly another.

    Raises:
        ParameterError: with the nearest that are known.
    """
    near = difflib.get_close_matches(said, sorted(known), 3, 0.8)
    if said in known or (only_near and not near):
        return
    listed = ", ".join(near or sorted(known)) or "–"
    fr = {"kind": "sorte", "partner": "partenaire"}[what]
    raise ParameterError(what, said[:80], listed, listed, label=(fr, what))


def _index(settings: Settings) -> Index:
    current: Any = generation.current(settings.home)
    if linking.FILE not in current.manifest.files:
        raise GenerationError(
            "cette génération ne sait pas encore lier : publiez-en une",
            "this generation cannot link yet: publish one",
        )
    return Index(current.read_json(linking.FILE))


COMMANDS: Final = {"links": run, "mint": mint}
