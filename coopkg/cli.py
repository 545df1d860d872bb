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
from typing import TYPE_CHECKING, Final

from coopkg import generation
from coopkg.arguments import HELP, asked, parser, usage
from coopkg.config import Settings, number
from coopkg.contributions import asking, filing, serving
from coopkg.contributions import commands as partnering
from coopkg.errors import CoopkgError, Lang, SettingError, SourceError, UnknownError
from coopkg.links import commands as linking
from coopkg.mistakes import commands as reporting
from coopkg.pack import commands as packing
from coopkg.typography import french

if TYPE_CHECKING:
    from coopkg.build.pipeline import Checked

__all__ = ["COMMANDS", "HELP", "asked", "language", "main", "parser", "usage"]

CONFORMS, VIOLATIONS, CANNOT = 0, 1, 2


def language(environ: dict[str, str] | None = None) -> Lang:
    """Return the language of the terminal: French when LC_ALL, LC_MESSAGES or LANG says so."""
    environ = dict(os.environ) if environ is None else environ
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if environ.get(name):
            return "fr" if environ[name].lower().startswith("fr") else "en"
    return "en"


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
    if given.sarif:
        raise SettingError("--sarif", str(given.sarif), "--as-partner NOM", "--as-partner NAME")
    from coopkg.build import collecting, sources
    from coopkg.build.pipeline import check

    collecting.rarely()
    try:
        checked = check(settings.root, progress(lang), only=tuple(given.paths))
    except SourceError as first:
        every = sources.errors(settings.root) or (first,)  # the first may be a guest of the tree
        for error in every:
            print(error.advice(lang), file=sys.stderr)
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
    from coopkg.build import collecting
    from coopkg.build.pipeline import check

    collecting.rarely()
    checked = check(settings.root, progress(lang))
    _tell(checked, lang)
    for graph, count in checked.contents.graphs.items():
        print(f"{count:8d}  {graph}")
    return CONFORMS if checked.conforms else VIOLATIONS


def _publish(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    from coopkg.build import collecting
    from coopkg.build.publisher import publish
    from coopkg.contributions import settle

    collecting.rarely()
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
    for line in serving.lines(settings.home, made, lang):
        print(line, file=sys.stderr)
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
    **asking.COMMANDS,
    **filing.COMMANDS,
    **linking.COMMANDS,
    **reporting.COMMANDS,
    **packing.COMMANDS,
    "docs": _docs,
}

if __name__ == "__main__":
    raise SystemExit(main())
