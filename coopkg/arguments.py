"""What the command line takes: each command, its options, and the words that refuse others.

The bodies of the commands are in `cli`, and beside what they command.
"""

from __future__ import annotations

import argparse
import difflib
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from coopkg import __version__
from coopkg.contributions import asking, filing
from coopkg.contributions import commands as partnering
from coopkg.errors import Lang
from coopkg.links import commands as linking
from coopkg.mistakes import commands as reporting
from coopkg.pack import commands as packing
from coopkg.typography import french

CANNOT: Final = 2

Say = Callable[[str, str], str]
Add = Callable[[str], argparse.ArgumentParser]

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
    **asking.HELP,
    **filing.HELP,
    **linking.HELP,
    **reporting.HELP,
    **packing.HELP,
    "docs": ("écrire les pages générées de docs/", "write the generated pages of docs/"),
}


class Parser(argparse.ArgumentParser):
    """A parser whose own words (usage, options…) are in the language asked for."""

    lang: Lang = "en"
    _mixing = False

    def __init__(self, **named: Any) -> None:
        super().__init__(**{**named, "add_help": False})
        is_french = self.lang == "fr"
        self._positionals.title = "arguments"
        self._optionals.title = "options"
        self.add_argument(
            "-h",
            "--help",
            action="help",
            help="afficher cette aide" if is_french else "show this help",
        )

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Take options before, between and after values, as people type them."""
        if self._mixing or self._subparsers is not None:
            return super().parse_known_args(args, namespace)
        self._mixing, before = True, self.usage
        self.usage = before or super().format_usage().removeprefix("usage: ")
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._mixing, self.usage = False, before

    def error(self, message: str) -> NoReturn:
        """Say what cannot be read, in the language asked for, and end."""
        said = refusal(message, self.lang)
        head = f"{self.prog} : " if self.lang == "fr" else f"{self.prog}: "
        self.exit(
            CANNOT, f"{self.format_usage()}{french(head) if self.lang == 'fr' else head}{said}\n"
        )

    def format_usage(self) -> str:
        """Return how it is called."""
        return self._translated(super().format_usage())

    def format_help(self) -> str:
        """Return all that is said of it."""
        return self._translated(super().format_help())

    def _translated(self, text: str) -> str:
        return text.replace("usage: ", "utilisation\u00a0: ", 1) if self.lang == "fr" else text


class FrenchParser(Parser):
    """The same in French."""

    lang = "fr"


_REFUSALS: Final = tuple(
    (re.compile(pattern, re.DOTALL), fr, en)
    for pattern, fr, en in (
        (
            r"the following arguments are required: (.*)",
            "il manque : {0}",
            "missing: {0}",
        ),
        (
            r"unrecognized arguments: (.*)",
            "ceci n’est pas attendu : {0}",
            "this is not expected: {0}",
        ),
        (
            r"argument (.*?): invalid choice: (.*) \(choose from (.*)\)",
            "{0} : {1} n’est pas un des choix : {2}",
            "{0}: {1} is none of the choices: {2}",
        ),
        (
            r"argument (.*?): expected (?:at least )?one argument",
            "{0} : une valeur est attendue",
            "{0}: a value is expected",
        ),
        (
            r"argument (.*?): invalid \S+ value: (.*)",
            "{0} : {1} n’est pas acceptable",
            "{0}: {1} is not acceptable",
        ),
        (
            r"argument (.*?): not allowed with argument (.*)",
            "{0} ne va pas avec {1}",
            "{0} does not go with {1}",
        ),
        (
            r"one of the arguments (.*) is required",
            "l’un de ceux-ci est attendu : {0}",
            "one of these is expected: {0}",
        ),
        (
            r"ambiguous option: (.*) could match (.*)",
            "{0} peut vouloir dire : {1}",
            "{0} may mean: {1}",
        ),
        (
            r"argument (.*?): ignored explicit argument (.*)",
            "{0} ne prend pas de valeur : {1}",
            "{0} takes no value: {1}",
        ),
    )
)


def refusal(message: str, lang: Lang) -> str:
    r"""Say in one language why argparse refuses, with the nearest choice when a word is misspelt.

    >>> refusal("the following arguments are required: id", "fr")
    'il manque\xa0: id'
    >>> refusal("argument command: invalid choice: 'chekc' (choose from 'build', 'check')", "en")
    "command: 'chekc' is none of the choices: build, check. Did you mean check?"
    """
    for pattern, fr, en in _REFUSALS:
        if found := pattern.fullmatch(message):
            parts = list(found.groups())
            near = ""
            if len(parts) == 3:  # a choice
                choices = [one.strip(" '") for one in parts[2].split(",")]
                parts[2] = ", ".join(choices)
                near = _nearest(parts[1].strip("'"), choices, lang)
            said = (fr if lang == "fr" else en).format(*parts) + near
            return french(said) if lang == "fr" else said
    return message


def _nearest(word: str, choices: Sequence[str], lang: Lang) -> str:
    found = difflib.get_close_matches(word, choices, 1)
    if not found:
        return ""
    return f". Vouliez-vous dire {found[0]} ?" if lang == "fr" else f". Did you mean {found[0]}?"


def parser(lang: Lang) -> argparse.ArgumentParser:
    """Return the parser of the command line, its help in one language."""

    def t(fr: str, en: str) -> str:
        return french(fr) if lang == "fr" else en

    kind = FrenchParser if lang == "fr" else Parser
    common = _common(t)
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

    _knowing(add, t)
    _serving(add, t)
    partnering.options(add, t, kind)
    asking.options(add, t, kind)
    filing.options(add, t)
    linking.options(add, t)
    reporting.options(add, t)
    packing.options(add, t)
    add("docs").add_argument("--check", action="store_true", help=t("comparer", "compare only"))
    return top


def _common(t: Say) -> argparse.ArgumentParser:
    """Return the options that every command takes."""
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
    return common


def _knowing(add: Add, t: Say) -> None:
    """Add the commands that make generations."""
    check = add("check")
    check.add_argument("paths", nargs="*", type=Path, metavar="PATH")
    filing.check_options(check, t)
    for name in ("build", "publish", "generations"):
        add(name)
    add("rollback").add_argument("id", help=t("numéro ou empreinte", "number or digest"))
    add("push").add_argument("id", nargs="?", help=t("numéro ou empreinte", "number or digest"))


def _serving(add: Add, t: Say) -> None:
    """Add the commands that answer from them."""
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
