"""`coopkg pack`, for the terminal."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from coopkg.config import Settings
from coopkg.errors import Lang
from coopkg.typography import french

HELP: Final[Mapping[str, tuple[str, str]]] = {
    "pack": (
        "écrire le paquet hors ligne : un zip qui s’ouvre sans réseau, depuis une clé USB",
        "write the offline pack: a zip that opens without a network, from a USB stick",
    ),
}
_LANGS: Final = ("fr", "en")


def options(add: Callable[[str], argparse.ArgumentParser], t: Callable[[str, str], str]) -> None:
    """Add the command to a parser."""
    pack = add("pack")
    pack.add_argument(
        "-o",
        "--out",
        type=Path,
        help=t(
            "fichier à écrire (coopkg-<génération>.zip)", "file to write (coopkg-<generation>.zip)"
        ),
    )
    pack.add_argument(
        "--generation", metavar="ID", help=t("numéro ou empreinte", "number or digest")
    )
    pack.add_argument(
        "--only",
        choices=_LANGS,
        help=t("pages d’une seule langue", "pages of one language only"),
    )
    pack.add_argument(
        "--most-pages",
        type=int,
        metavar="N",
        help=t("au plus N pages et fichiers, pour essayer", "at most N pages and files, to try"),
    )


def pack(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    """Write the pack, telling the steps; its path is alone on the standard output."""
    from coopkg.pack.making import make

    started = time.monotonic()

    def say(fr: str, en: str) -> None:
        said = french(fr) if lang == "fr" else en
        print(f"{time.monotonic() - started:6.1f} s  {said}", file=sys.stderr, flush=True)

    langs = (given.only,) if given.only else _LANGS
    out, made = make(
        settings, given.out, say, ref=given.generation, langs=langs, most=given.most_pages
    )
    size = f"{made.bytes / 1e6:.1f}"
    say(
        f"{made.files} fichiers, {size.replace('.', ',')} Mo, sha256 {made.sha256}",
        f"{made.files} files, {size} MB, sha256 {made.sha256}",
    )
    print(out)
    return 0


COMMANDS: Final[Mapping[str, Callable[[argparse.Namespace, Settings, Lang], int]]] = {"pack": pack}
