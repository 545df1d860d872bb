"""Every setting: name, default, unit, meaning. The only module that reads the environment."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, Final

from coopkg.errors import SettingError

READERS: Final[Mapping[Any, Callable[[str], Any]]] = {
    "Path": Path,
    "str": str,
    "int": int,
    "float": float,
}


MOST: Final = 1_000_000
"""No number beyond this is a setting: it is a slip of the keyboard."""


def _setting(
    default: Any, fr: str, en: str, unit: str = "", span: tuple[float, float] = (1, MOST)
) -> Any:
    return field(default=default, metadata={"fr": fr, "en": en, "unit": unit, "span": span})


@dataclass(frozen=True)
class Settings:
    """The settings of one installation; each is read from `COOPKG_<NAME>`."""

    home: Path = _setting(  # noqa: RUF009 - a field, and its default is immutable
        Path("var"),
        "où vivent les générations, la boîte de réception et le journal",
        "where generations, the inbox and the log live",
    )
    root: Path = _setting(  # noqa: RUF009 - a field, and its default is immutable
        Path(),
        "le dossier qui contient ontology/, graph_data/ et queries/",
        "the folder that holds ontology/, graph_data/ and queries/",
    )
    host: str = _setting("127.0.0.1", "adresse d’écoute", "address to listen on")
    port: int = _setting(
        8000,
        "port d’écoute ; 0 : un port libre",
        "port to listen on; 0: any free one",
        span=(0, 65_535),
    )
    public_url: str = _setting(
        "",
        "adresse publique de l’installation ; vide : http://HOST:PORT",
        "public address of the installation; empty: http://HOST:PORT",
    )
    workers: int = _setting(
        2, "processus qui évaluent les requêtes", "processes that evaluate queries", span=(1, 256)
    )
    query_timeout_s: float = _setting(
        8.0, "temps accordé à une requête", "time allowed to a query", "s", (0.1, 3600)
    )
    query_memory_mb: int = _setting(
        700, "mémoire accordée à une requête", "memory allowed to a query", "MB"
    )
    result_max_mb: int = _setting(256, "taille maximale d’un résultat", "largest result", "MB")
    rows_max: int = _setting(
        0,
        "lignes d’un résultat (triplets d’un graphe), au-delà desquelles il est coupé et le dit ; "
        "0 : sans limite",
        "rows of a result (triples of a graph) beyond which it is cut, and says so; 0: no limit",
        span=(0, 1_000_000_000),
    )
    spool_dir: str = _setting(
        "",
        "dossier des grands résultats en attente de leur lecteur ; vide : celui du système",
        "folder of large results that wait for their reader; empty: the system’s",
    )
    spool_max_mb: int = _setting(
        2048,
        "place de tous les grands résultats en attente",
        "room for all large results that wait",
        "MB",
    )
    trusted_proxies: int = _setting(
        0,
        "mandataires devant le service, dont X-Forwarded-For dit l’adresse du lecteur",
        "proxies in front of the service whose X-Forwarded-For tells the reader’s address",
        span=(0, 16),
    )
    queue_timeout_s: float = _setting(
        1.5, "attente d’un processus libre", "wait for a free process", "s", (0.0, 3600)
    )
    body_max_kb: int = _setting(
        1024, "taille maximale du corps d’une requête HTTP", "largest HTTP request body", "kB"
    )
    cache_mb: int = _setting(
        64,
        "mémoire des réponses gardées pour être redonnées ; 0 : aucune",
        "memory of the answers kept to be given again; 0: none",
        "MB",
        (0, MOST),
    )
    warm_pages: int = _setting(
        2500,
        "pages de questions préparées d’avance après l’ouverture d’une génération ; 0 : aucune",
        "pages of questions made ahead once a generation is opened; 0: none",
        span=(0, 100_000),
    )
    keep_generations: int = _setting(10, "générations conservées", "generations kept")
    past_generations: int = _setting(
        2,
        "générations passées ouvertes à la fois, chacune avec sa mémoire",
        "past generations open at a time, each with its own memory",
        span=(1, 64),
    )
    contribution_max_kb: int = _setting(
        8192, "taille maximale d’une contribution", "largest contribution", "kB"
    )
    contribution_max_quads: int = _setting(
        200_000, "triplets d’une contribution, au plus", "triples of a contribution, at most"
    )
    literal_max_kb: int = _setting(
        100, "taille maximale d’un texte d’une contribution", "largest text of one", "kB"
    )
    contribution_max_depth: int = _setting(
        100, "niveaux imbriqués d’un fichier, au plus", "nested levels of a file, at most"
    )
    contribution_max_columns: int = _setting(
        200, "colonnes d’un tableau, au plus", "columns of a table, at most", span=(1, 16_384)
    )
    contribution_max_cells: int = _setting(
        500_000, "cellules d’un tableau, au plus", "cells of a table, at most"
    )
    contribution_max_sheets: int = _setting(
        30, "feuilles d’un classeur, au plus", "sheets of a workbook, at most", span=(1, 1000)
    )
    contribution_unpacked_mb: int = _setting(
        64,
        "taille d’un classeur décompressé, au plus",
        "size of an unpacked workbook, at most",
        "MB",
    )
    check_timeout_s: float = _setting(
        30.0,
        "temps accordé à la vérification d’une contribution",
        "time allowed to the check of a contribution",
        "s",
        (0.1, 3600),
    )
    check_memory_mb: int = _setting(
        1200,
        "mémoire accordée à la vérification d’une contribution",
        "memory allowed to the check of a contribution",
        "MB",
    )
    engine: str = _setting(
        "",
        "point d’accès SPARQL d’un moteur distant ; vide : les processus de cette machine",
        "SPARQL endpoint of a remote engine; empty: processes of this machine",
    )
    engine_graph_store: str = _setting(
        "",
        "adresse Graph Store où une publication pousse ses graphes ; vide : nulle part",
        "Graph Store address where a publication pushes its graphs; empty: nowhere",
    )
    engine_user: str = _setting("", "nom pour y écrire", "name to write there")
    engine_password: str = _setting("", "mot de passe pour y écrire", "password to write there")

    @classmethod
    def from_env(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read `COOPKG_*`; `HOST` and `PORT` are honoured too.

        Raises:
            SettingError: a number is expected and something else was given, or one out of range.
        """
        environ = os.environ if environ is None else environ
        given: dict[str, Any] = {}
        for item in fields(cls):
            name = f"COOPKG_{item.name.upper()}"
            text = environ.get(name)
            if text is None and item.name in {"host", "port"}:
                name = item.name.upper()
                text = environ.get(name)
            if not text:
                continue
            given[item.name] = _read(item, name, text)
        return cls(**given)


def number(name: str, text: str) -> int:
    """Read a setting given on the command line, as `from_env` reads it.

    Raises:
        SettingError: not a number, or one out of range.
    """
    (item,) = (one for one in fields(Settings) if one.name == name)
    return int(_read(item, f"--{name}", text))


def _read(item: Field[Any], name: str, text: str) -> Any:
    reader = READERS[item.type]
    if item.type not in {"int", "float"}:
        return reader(text)
    least, most = item.metadata["span"]
    try:
        value = reader(text)
        fits = least <= value <= most  # false for NaN
    except ValueError:
        fits = False
    if not fits:
        raise SettingError(
            name,
            text,
            f"un nombre de {least} à {most}, par exemple {item.default}",
            f"a number from {least} to {most}, such as {item.default}",
        )
    return value
