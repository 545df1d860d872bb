"""The commands: check, build, publish, generations, rollback, push, serve, ask, docs.

The half that builds and the half that serves are imported by the command that needs them, so that
`coopkg serve` never loads pySHACL, and `coopkg check` never loads Flask.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from coopkg import __version__, generation
from coopkg.config import Settings, number
from coopkg.contributions import commands as partnering
from coopkg.contributions import filing
from coopkg.errors import CoopkgError, Lang, SettingError, SourceError, UnknownError
from coopkg.links import commands as linking
from coopkg.mistakes import commands as reporting
from coopkg.pack import commands as packing
from coopkg.typography import french

if TYPE_CHECKING:
    from coopkg.build.pipeline import Checked

CONFORMS, VIOLATIONS, CANNOT = 0, 1, 2

HELP: Final[dict[str, tuple[str, str]]] = {
    "check": (
        "lire, valider et vérifier les sources, ou un seul fichier",
        "parse, validate and lint the sources, or one file",
    ),
    "build": (
        "construire sans publier : tout vérifier, et dire ce que la génération contiendrait",
        "build without publishing: check everything, and say what the generation would hold",
    ),
    "publish": ("publier une nouvelle génération", "publish a new generation"),
    "generations": ("lister les générations", "list the generations"),
    "rollback": (
        "publier de nouveau le contenu d’une génération ancienne",
        "publish the content of an older generation again",
    ),
    "push": (
        "envoyer une génération au moteur distant",
        "send a generation to the remote engine",
    ),
    "serve": ("servir la génération courante", "serve the current generation"),
    "ask": ("poser une question du catalogue", "ask a question of the catalogue"),
    "receipt": (
        "vérifier un reçu : la réponse citée tient-elle toujours ? 0 : oui, 1 : non",
        "verify a receipt: does the answer cited still hold? 0: yes, 1: no",
    ),
    **partnering.HELP,
    **filing.HELP,
    **linking.HELP,
    **reporting.HELP,
    **packing.HELP,
    "docs": ("écrire les pages générées de docs/", "write the generated pages of docs/"),
}


def language(environ: dict[str, str] | None = None) -> Lang:
    """Return the language of the terminal: French when LC_ALL, LC_MESSAGES or LANG says so."""
    environ = dict(os.environ) if environ is None else environ
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "fr" if environ[name].lower().startswith("fr") else "en"
    return "en"


class _Parser(argparse.ArgumentParser):
    """A parser whose own words (usage, options…) are in the language asked for."""

    lang: Lang = "en"

    def __init__(self, **named: Any) -> None:
        super().__init__(**{**named, "add_help": False})
        french = self.lang == "fr"
        self._positionals.title = "arguments"
        self._optionals.title = "options"
        self.add_argument(
            "-h",
            "--help",
            action="help",
            help="afficher cette aide" if french else "show this help",
        )

    def format_usage(self) -> str:
        return self._translated(super().format_usage())

    def format_help(self) -> str:
        return self._translated(super().format_help())

    def _translated(self, text: str) -> str:
        return text.replace("usage: ", "utilisation : ", 1) if self.lang == "fr" else text


class _FrenchParser(_Parser):
    lang = "fr"


def parser(lang: Lang) -> argparse.ArgumentParser:
    """Return the parser of the command line, its help in one language."""

    def t(fr: str, en: str) -> str:
        return french(fr) if lang == "fr" else en

    kind = _FrenchParser if lang == "fr" else _Parser
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--lang", choices=("fr", "en"), help=t("langue des messages", "language of messages")
    )
    common.add_argument(
        "--home",
        type=Path,
        help=t("dossier d’état (COOPKG_HOME)", "state folder (COOPKG_HOME)"),
    )
    common.add_argument(
        "--root",
        type=Path,
        help=t("dossier des sources (COOPKG_ROOT)", "folder of the sources (COOPKG_ROOT)"),
    )
    top = kind(
        prog="coopkg",
        description=t(
            "Graphe de connaissances de la coopération territoriale.",
            "Knowledge graph of territorial cooperation.",
        ),
    )
    top.add_argument("--version", action="version", version=f"coopkg {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar=t("commande", "command"))

    def add(name: str) -> argparse.ArgumentParser:
        said = t(*HELP[name])
        return commands.add_parser(name, help=said, description=said, parents=[common])  # type: ignore[list-item]  # any parser lends its arguments

    check = add("check")
    check.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    filing.check_options(check, t)
    add("build")
    add("publish")
    add("generations")
    add("rollback").add_argument("id", help=t("numéro ou empreinte", "number or digest"))
    add("push").add_argument("id", nargs="?", help=t("numéro ou empreinte", "number or digest"))
    serve = add("serve")
    serve.add_argument("--host", help=t("adresse d’écoute", "address to listen on"))
    serve.add_argument("--port", help=t("port d’écoute", "port to listen on"))
    serve.add_argument(
        "--build-if-missing",
        action="store_true",
        help=t(
            "publier d’abord une génération s’il n’y en a pas",
            "publish a generation first when there is none",
        ),
    )
    ask = add("ask")
    ask.add_argument("slug", help=t("nom de question, ou phrase", "question name, or sentence"))
    ask.add_argument("values", nargs="*", metavar=t("paramètre=valeur", "parameter=value"))
    written = ("table", "csv", "excel", "json", "ttl", "xlsx")
    ask.add_argument("--format", choices=written, default="table")
    ask.add_argument("-o", "--out", type=Path, help=t("fichier à écrire", "file to write"))
    receipt = add("receipt")
    receipt.add_argument("action", choices=("verify",))
    receipt.add_argument("code", help=t("code ou adresse du reçu", "code or address of a receipt"))
    partnering.options(add, t, kind)
    filing.options(add, t)
    linking.options(add, t)
    reporting.options(add, t)
    packing.options(add, t)
    add("docs").add_argument("--check", action="store_true", help=t("comparer", "compare only"))
    return top


def asked(words: Sequence[str]) -> Lang | None:
    """Return the language that `--lang` asks for, before the help itself is written.

    >>> asked(["check", "--lang", "fr"])
    'fr'
    """
    first = argparse.ArgumentParser(add_help=False, exit_on_error=False)
    first.add_argument("--lang")
    try:
        found, _ = first.parse_known_args(list(words))
    except (argparse.ArgumentError, SystemExit):
        return None
    return "fr" if found.lang == "fr" else "en" if found.lang == "en" else None


def usage(name: str, lang: Lang) -> str:
    """Return the help of one command, 100 columns wide on every terminal."""
    commands = parser(lang)._subparsers
    assert commands is not None
    (action,) = commands._group_actions
    assert isinstance(action, argparse._SubParsersAction)
    chosen: argparse.ArgumentParser = action.choices[name]
    chosen.formatter_class = lambda prog: argparse.HelpFormatter(prog, width=100)
    return chosen.format_help()


def progress(lang: Lang) -> Callable[[str, str], None]:
    """Return what tells the steps of long work on the error stream."""
    started = datetime.now(UTC)

    def say(fr: str, en: str) -> None:
        elapsed = (datetime.now(UTC) - started).total_seconds()
        print(
            f"{elapsed:6.1f} s  {french(fr) if lang == 'fr' else en}", file=sys.stderr, flush=True
        )

    return say


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return its exit code: 0 done, 1 refused or violated, 2 cannot."""
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(name)s: %(message)s")
    words = list(sys.argv[1:] if arguments is None else arguments)
    lang = asked(words) or language()
    given = parser(lang).parse_args(words)
    try:
        settings = Settings.from_env()
        if given.home:
            settings = replace(settings, home=given.home)
        if given.root:
            settings = replace(settings, root=given.root)
        return COMMANDS[given.command](given, settings, lang)
    except CoopkgError as error:
        print(error.message(lang), file=sys.stderr)
        if isinstance(error, UnknownError) and error.known:
            head = "Existent :" if lang == "fr" else "These exist:"
            print(french(head), ", ".join(error.known), file=sys.stderr)
        return CANNOT
    except BrokenPipeError:
        return CANNOT


def _check(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    if given.as_partner:
        return filing.check(given, settings, lang)
    from coopkg.build import sources
    from coopkg.build.pipeline import check

    try:
        checked = check(settings.root, progress(lang), only=tuple(given.paths))
    except SourceError as first:
        every = sources.errors(settings.root) or (first,)  # the first may be a guest of the tree
        for error in every:
            print(error.message(lang), file=sys.stderr)
        return CANNOT
    for notice in sources.notices(settings.root, checked.sources):
        print(french(notice.message(lang)) if lang == "fr" else notice.message(lang))
    if given.format == "json":
        print(json.dumps([one.as_json() for one in checked.reports], ensure_ascii=False, indent=1))
    elif given.format == "turtle":
        for report in checked.reports:
            print(report.turtle())
    else:
        _tell(checked, lang)
    return CONFORMS if checked.conforms else VIOLATIONS


def _tell(checked: Checked, lang: Lang) -> None:
    """Print each report that found something; say it when none did."""
    for report in checked.reports:
        if report.results:
            print(report.text(lang))
    if not any(report.results for report in checked.reports):
        number = len(checked.sources)
        said = {
            "fr": f"Rien à signaler : {number} sources lues ; les données sont conformes avant et "
            "après inférence, sans contradiction, et les formes sont en ordre.",
            "en": f"Nothing to report: {number} sources read; the data conform before and after "
            "inference, without contradiction, and the shapes are in order.",
        }
        print(french(said[lang]) if lang == "fr" else said[lang])


def _build(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    from coopkg.build.pipeline import check

    checked = check(settings.root, progress(lang))
    _tell(checked, lang)
    for graph, count in checked.contents.graphs.items():
        print(f"{count:8d}  {graph}")
    return CONFORMS if checked.conforms else VIOLATIONS


def _publish(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    from coopkg.build.publisher import publish
    from coopkg.contributions import settle

    made = publish(settings, progress(lang))
    settle(settings.home)
    print(made.id)
    return CONFORMS


def _push(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    from coopkg.engine import remote

    if not settings.engine_graph_store:
        raise SettingError(
            "COOPKG_ENGINE_GRAPH_STORE",
            "",
            "l’adresse Graph Store du moteur, par exemple http://127.0.0.1:7878/store",
            "the Graph Store address of the engine, such as http://127.0.0.1:7878/store",
        )
    home = settings.home
    found = generation.open_(home, given.id) if given.id else generation.current(home)
    store = found.file("store.nq")
    print(found.id, remote.push(store, remote.Names.of(store), settings))
    return CONFORMS


def _generations(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    current = generation.current_number(settings.home)
    damaged = generation.audit(settings.home, lang)
    for one in generation.known(settings.home):
        marks = "*" if one.number == current else " "
        restores = one.manifest.restores
        came = f" <- {restores}" if restores else ""
        state = "; ".join(damaged.get(one.number, []))
        print(f"{marks} {one.id}  {one.manifest.published}{came}  {state}".rstrip())
    return VIOLATIONS if any(damaged.values()) else CONFORMS


def _rollback(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    made = generation.rollback(settings.home, given.id, datetime.now(UTC))
    print(made.id)
    return CONFORMS


def _serve(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    from coopkg.serve import http

    host = given.host or settings.host
    port = number("port", given.port) if given.port else settings.port
    if given.build_if_missing and generation.current_number(settings.home) is None:
        import subprocess

        # In a process of its own: building changes settings of the whole process.
        made = subprocess.run([sys.executable, "-m", "coopkg", "publish"], check=False)
        if made.returncode:
            return made.returncode
    generation.current(settings.home)
    return http.serve(replace(settings, host=host, port=port), host, port)


def _ask(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    from coopkg.serve import terminal

    text = terminal.ask(settings, given.slug, given.values, given.format, lang)
    terminal.write(text, given.out, given.format)
    return CONFORMS


def _receipt(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    from coopkg.serve.receipts import terminal

    state, text = terminal.verify(settings, given.code, lang)
    print(text)
    return CANNOT if state == "not-asked" else CONFORMS if state == "holds" else VIOLATIONS


def _docs(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    from coopkg.build import documents

    changed = documents.write(settings.root, only_compare=given.check)
    for path in changed:
        print(path)
    return VIOLATIONS if given.check and changed else CONFORMS


COMMANDS: Final[dict[str, Callable[[argparse.Namespace, Settings, Lang], int]]] = {
    "check": _check,
    "build": _build,
    "publish": _publish,
    "generations": _generations,
    "rollback": _rollback,
    "push": _push,
    "serve": _serve,
    "ask": _ask,
    "receipt": _receipt,
    **partnering.COMMANDS,
    **filing.COMMANDS,
    **linking.COMMANDS,
    **reporting.COMMANDS,
    **packing.COMMANDS,
    "docs": _docs,
}

if __name__ == "__main__":
    raise SystemExit(main())
