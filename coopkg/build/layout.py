"""Where sources lie, and what their folder makes of them."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from typing import Final, Literal, NamedTuple

from coopkg.build.turtle.oddities import Notice
from coopkg.errors import Location, SourceError
from coopkg.terms import BASE

Role = Literal[
    "module", "vocabulary", "import", "alignment", "mapping", "shapes", "links", "data", "apart"
]

ROOTS: Final = ("ontology", "graph_data")
SUFFIXES: Final = (".ttl", ".trig")
OTHER_RDF: Final = frozenset(
    {".nt", ".nq", ".n3", ".rdf", ".owl", ".xml", ".json", ".jsonld", ".trix", ".turtle"}
)
BESIDE: Final = frozenset({".md", ".tsv"})  # notes, and the tables reference files are made from
NOT_BUILT: Final = (
    "ontology/examples/",
    "ontology/context/",
    "ontology/w3id/",
    "ontology/catalog-v001.xml",  # tells Protégé where imports are
)

_SLUG: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


class Rule(NamedTuple):
    """What the files of a folder are: their role, and their graph below `graph/`.

    In Turtle, `graph` is where the triples go. In TriG, each graph is that one or below it.
    `{name}` stands for the file's name, `{partner}` for the partner's folder.
    """

    glob: str
    role: Role
    graph: str


LAYOUT: Final = (
    Rule("ontology/coop.ttl", "module", "ontology"),
    Rule("ontology/modules/*.ttl", "module", "ontology"),
    Rule("ontology/imports/*.ttl", "import", "ontology"),
    Rule("ontology/vocab/mappings/*.ttl", "mapping", "mappings"),
    Rule("ontology/vocab/*.ttl", "vocabulary", "vocabulary"),
    Rule("ontology/alignments/*.ttl", "alignment", "alignments"),
    Rule("ontology/shapes/*.ttl", "shapes", "shapes"),
    Rule("graph_data/catalog.ttl", "data", "catalog"),
    Rule("graph_data/sources/*.ttl", "data", "sources"),
    Rule("graph_data/brochure/*.trig", "data", "passage/"),
    Rule("graph_data/curation/*.trig", "data", "curation/"),
    Rule("graph_data/reference/*.ttl", "data", "reference/{name}"),
    Rule("graph_data/reference/*.trig", "data", "reference/"),
    Rule("graph_data/partners/*/*.ttl", "data", "partner/{partner}"),
    Rule("graph_data/partners/*/*.trig", "data", "partner/{partner}"),
)


def find(root: Path) -> list[str]:
    """Return the paths of the RDF files of a project, sorted; `place` tells which are sources.

    Raises:
        SourceError: there is no folder to look into, or a link to a folder hides files.
    """
    if not any((root / name).is_dir() for name in ROOTS):
        raise SourceError(
            Location(str(root)),
            "aucune source : ni ontology/ ni graph_data/ dans ce dossier (COOPKG_ROOT)",
            "no source: neither ontology/ nor graph_data/ in this folder (COOPKG_ROOT)",
        )
    rdf = OTHER_RDF.union(SUFFIXES)
    return sorted(path for path in _files(root) if PurePosixPath(path).suffix.lower() in rdf)


def strays(root: Path) -> tuple[Notice, ...]:
    """Return a notice for each file below `graph_data/` that nothing reads."""
    known = OTHER_RDF.union(SUFFIXES, BESIDE)
    return tuple(
        Notice(
            Location(path),
            "fichier ignoré : ni Turtle (.ttl), ni TriG (.trig)",
            "file ignored: neither Turtle (.ttl) nor TriG (.trig)",
        )
        for path in sorted(_files(root))
        if path.startswith("graph_data/") and PurePosixPath(path).suffix.lower() not in known
    )


def _files(root: Path) -> Iterator[str]:
    """Yield the files below the folders of sources, but those whose name begins with a dot."""
    for top in ROOTS:
        for folder, folders, names in os.walk(root / top):
            within = Path(folder).relative_to(root)
            folders[:] = [name for name in folders if not name.startswith(".")]
            for name in folders:
                if (root / within / name).is_symlink():
                    raise SourceError(
                        Location((within / name).as_posix()),
                        "un lien vers un dossier n’est pas suivi : y mettre les fichiers mêmes",
                        "a link to a folder is not followed: put the files themselves there",
                    )
            for name in names:
                path = (within / name).as_posix()
                if not name.startswith(".") and not path.startswith(NOT_BUILT):
                    yield path


def place(path: str) -> tuple[Role, str]:
    """Return the role of a file and the IRI of its graph, or how those of its graphs begin.

    >>> place("graph_data/reference/countries.ttl")
    ('data', 'https://w3id.org/cnfpt-coop/graph/reference/countries')

    Raises:
        SourceError: no file of that kind belongs there.
    """
    rule = _rule(path)
    parts = PurePosixPath(path).parts
    names = {"name": PurePosixPath(path).stem, "partner": parts[2] if len(parts) > 2 else ""}
    for key, name in names.items():
        if "{" + key + "}" in rule.graph and not _SLUG.fullmatch(name):
            raise SourceError(
                Location(path),
                f"« {name} » entre dans un IRI : minuscules sans accent, chiffres et tirets "
                "seulement",
                f"“{name}” becomes part of an IRI: lower-case letters, digits and hyphens only",
            )
    return rule.role, BASE + "graph/" + rule.graph.format_map(names)


def _matching(path: str) -> Rule | None:
    if ".." in PurePosixPath(path).parts:
        return None
    return next((rule for rule in LAYOUT if fnmatchcase(path, rule.glob)), None)


def _rule(path: str) -> Rule:
    if rule := _matching(path):
        return rule
    suffix = PurePosixPath(path).suffix
    if suffix not in SUFFIXES:
        raise SourceError(
            Location(path),
            f"les fichiers {suffix} ne sont pas lus : convertir en Turtle (.ttl) ou TriG (.trig)",
            f"{suffix} files are not read: convert to Turtle (.ttl) or TriG (.trig)",
        )
    stem = path.removesuffix(suffix)
    if suffix == ".ttl" and _matching(stem + ".trig"):
        raise SourceError(
            Location(path),
            "ici chaque fait nomme son graphe : écrire GRAPH … { … } dans un fichier .trig",
            "each fact names its graph here: write GRAPH … { … } in a .trig file",
        )
    if suffix == ".trig" and _matching(stem + ".ttl"):
        raise SourceError(
            Location(path),
            "ce dossier décide du graphe : écrire un fichier .ttl, sans GRAPH",
            "this folder decides the graph: write a .ttl file, without GRAPH",
        )
    known = ", ".join(rule.glob for rule in LAYOUT)
    raise SourceError(
        Location(path),
        f"rien ne dit ce que serait ce fichier ; sont lus : {known}",
        f"nothing says what this file would be; read are: {known}",
    )
