"""The dumps: the whole generation in files that anyone can take away.

Same inputs, same bytes: archives carry no time, and what names the generation inside a file is the
digest of its inputs. Its number and its date are in the address and in the index of the dumps.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers.catalogue import Catalogue
from coopkg.build import archives, tables
from coopkg.build.archives import Packer
from coopkg.build.describe.writing import DATA_LICENCE
from coopkg.build.laid_out import as_json
from coopkg.build.quads import Quads
from coopkg.terms import BASE, PREFIXES
from coopkg.typography import french

FOLDER: Final = "dumps/"
INDEX: Final = "dumps.json"
GZIP: Final = "application/gzip"
ZIP: Final = "application/zip"
LAYERS: Final = {"brochure": "passage/", "curation": "curation/", "reference": "reference/"}
"""The folder of the graphs of each layer; the vocabulary and the shapes are in none."""
LICENCE: Final = {"fr": "Licence Ouverte 2.0 (Etalab)", "en": "Open Licence 2.0 (Etalab)"}

TITLES: Final[Mapping[str, tuple[tuple[str, str], tuple[str, str]]]] = {
    "coopkg.nq.gz": (
        ("Tout, en N-Quads", "Everything, as N-Quads"),
        (
            "Le graphe par défaut et chaque graphe nommé\u00a0: à charger dans un autre moteur.",
            "The default graph and every named graph: to load into another engine.",
        ),
    ),
    "coopkg.ttl.gz": (
        ("Le graphe par défaut, en Turtle", "The default graph, as Turtle"),
        (
            "Ce que les sources affirment et ce qui s’en déduit, chaque triplet une fois.",
            "What the sources assert and what follows from it, each triple once.",
        ),
    ),
    "coopkg.jsonld.gz": (
        ("Le graphe par défaut, en JSON-LD", "The default graph, as JSON-LD"),
        (
            "Les mêmes triplets, pour les programmes qui lisent le JSON.",
            "The same triples, for programs that read JSON.",
        ),
    ),
    "coopkg-csv.zip": (
        ("Des tableaux, en CSV", "Tables, as CSV"),
        (
            "Un tableau par sorte de chose, en français et en anglais, pour un tableur.",
            "A table for each kind of thing, in French and in English, for a spreadsheet.",
        ),
    ),
    "coopkg-graphs.zip": (
        ("Chaque graphe source, en N-Triples", "Each source graph, as N-Triples"),
        (
            "Un fichier par passage, registre ou travail d’éditeur.",
            "A file for each passage, register or editor’s work.",
        ),
    ),
    "brochure.nq.gz": (
        ("Ce que dit la brochure, en N-Quads", "What the brochure states, as N-Quads"),
        (
            "Les seuls graphes des passages, sans rien d’interprété ni de déduit.",
            "The graphs of the passages alone, nothing interpreted or inferred.",
        ),
    ),
    "curation.nq.gz": (
        ("Ce que l’éditeur ajoute, en N-Quads", "What the editor adds, as N-Quads"),
        (
            "Libellés, traductions, zones, identités et lacunes.",
            "Labels, translations, zones, identities and gaps.",
        ),
    ),
    "reference.nq.gz": (
        ("Ce que donnent les registres, en N-Quads", "What registers give, as N-Quads"),
        (
            "Codes et identifiants, chacun à son éditeur.",
            "Codes and identifiers, each its publisher’s.",
        ),
    ),
}


Lines = Mapping[str, Sequence[bytes]]
"""The lines of each layer."""

Parts = tuple[bytes, ...]
_Sink = tuple[Callable[[bytes], int], bytes, list[list[bytes]]]
"""What writes a graph, how its lines end in the store, and the layers that it is of."""


def dumps(
    quads: Iterable[ox.Quad],
    store: bytes,
    catalogue: Catalogue,
    digest: str,
    version: str = "",
    packer: Packer | None = None,
) -> dict[str, bytes]:
    """Return the files of the dumps, and their index `dumps.json`, by name.

    `store` is `store.nq`: a line for each of the quads, in their order. The `packer` makes the
    archives.
    """
    packer = packer or Packer()
    every = Quads.of(quads)
    graphs, lines = _graphs(every, store)
    plain = _plain(every, store, lines, digest)
    made = {name: _gzip(*content) for name, content in plain.items()}
    csv = tables.files(tables.tables(every, catalogue), catalogue)
    made["coopkg-csv.zip"] = packer.archive({**_readme(digest, version), **csv})
    nested = {f"{_path(iri)}.nt": content for iri, content in graphs.items()}
    made["coopkg-graphs.zip"] = packer.archive({**_readme(digest, version), **nested})
    index = {
        "digest": digest,
        "version": version,
        "licence": LICENCE,
        "files": [_described(name, made[name], plain.get(name)) for name in TITLES],
        "graphs": [
            {
                "graph": iri,
                "file": f"{_path(iri)}.nt",
                "triples": len(every.graphs[ox.NamedNode(iri)]),
                "layer": catalogue.passages.get(iri, {}).get("layer"),
                **_sealed(content),
            }
            for iri, content in graphs.items()
        ],
    }
    return {INDEX: as_json(index), **{FOLDER + name: content for name, content in made.items()}}


def listed(files: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Return the dumps of a generation under way, as its index describes them."""
    return list(json.loads(files[INDEX])["files"])


def _graphs(quads: Quads, store: bytes) -> tuple[Mapping[str, bytes], Lines]:
    """Return each named graph as N-Triples, by its name, and the lines of each layer."""
    texts: dict[str, io.BytesIO] = {}
    layers: dict[str, list[bytes]] = {layer: [] for layer in LAYERS}
    sinks: list[_Sink | None] = [None] * len(quads.every)
    for graph, places in quads.graphs.items():
        if isinstance(graph, ox.NamedNode):
            text = texts[graph.value] = io.BytesIO()
            kept = [layers[one] for one, start in LAYERS.items() if _is_in(start, graph.value)]
            sink = (text.write, f" <{graph.value}> .\n".encode(), kept)
            for place in places:
                sinks[place] = sink
    # By line feeds alone: other marks that end lines may stand in a literal.
    for found, line in zip(sinks, io.BytesIO(store), strict=True):
        if found is not None:
            write, end, kept = found
            write(line.removesuffix(end))
            write(b" .\n")
            for lines in kept:
                lines.append(line)
    return {iri: text.getvalue() for iri, text in sorted(texts.items())}, layers


def _is_in(folder: str, iri: str) -> bool:
    return _path(iri).startswith(folder)


def _path(iri: str) -> str:
    return iri.removeprefix(BASE + "graph/")


def _plain(quads: Quads, store: bytes, lines: Lines, digest: str) -> dict[str, Parts]:
    """Return the RDF files before they are compressed, each in parts that are not put together."""
    written = quads.written or quads.every
    default = [written[place] for place in quads.graphs.get(ox.DefaultGraph(), ())]
    head = _head(digest)
    found = {
        "coopkg.nq.gz": (head, store),
        "coopkg.ttl.gz": (head, _written(default, ox.RdfFormat.TURTLE)),
        "coopkg.jsonld.gz": (_named(_written(default, ox.RdfFormat.JSON_LD), digest),),
    }
    for layer, kept in lines.items():
        found[f"{layer}.nq.gz"] = (head, b"".join(sorted(kept)))
    return found


def _written(quads: Iterable[ox.Quad], form: ox.RdfFormat) -> bytes:
    content = ox.serialize(quads, format=form, prefixes=dict(PREFIXES))
    assert content is not None  # no output was given, so bytes come back
    return content


def _named(json_ld: bytes, digest: str) -> bytes:
    """Let a JSON-LD file name its licence and its generation, and say nothing more than others do.

    JSON has no comments: two terms of the context, that nothing in the file uses, stand for them.
    """
    assert json_ld.startswith(b"["), "pyoxigraph writes a list of nodes"
    terms = {"file-licence": DATA_LICENCE.value, "file-generation": f"urn:sha256:{digest}"}
    said = json.dumps(terms, separators=(",", ":")).encode()
    return b'{"@context":' + said + b',"@graph":' + json_ld.rstrip() + b"}\n"


def _head(digest: str) -> bytes:
    """Return what a file says of itself, as comments."""
    return (
        "# coopkg – graphe de connaissances de la coopération internationale du CNFPT "
        "(non officiel)\n"
        "# knowledge graph of the international cooperation of the CNFPT (unofficial)\n"
        f"# empreinte de la génération · digest of the generation: {digest}\n"
        f"# {LICENCE['fr']} · {LICENCE['en']}: <{DATA_LICENCE.value}>\n"
    ).encode()


def _readme(digest: str, version: str) -> dict[str, bytes]:
    fr = french(
        "Coopération internationale du CNFPT : graphe de connaissances (non officiel)\n"
        f"Version {version}, empreinte de la génération : {digest}\n"
        f"Licence : {LICENCE['fr']}\n"
        "Les faits viennent d’une brochure ; les données s’arrêtent en 2018. Dans fr/, les "
        "colonnes sont séparées par des points-virgules ; plusieurs valeurs, par « | ». "
        "Importez les colonnes de codes comme du texte : 012 y resterait 012.\n"
    )
    en = (
        "International cooperation of the CNFPT: knowledge graph (unofficial)\n"
        f"Version {version}, digest of the generation: {digest}\n"
        f"Licence: {LICENCE['en']}\n"
        "The facts come from one brochure; the data end in 2018. In en/, columns are separated "
        "by commas; several values by “|”. "
        "Import columns of codes as text, so that 012 stays 012.\n"
    )
    text = f"{fr}\n{en}"
    return {"LISEZMOI-README.txt": ("\ufeff" + text.replace("\n", "\r\n")).encode()}


def _described(name: str, content: bytes, plain: Parts | None) -> dict[str, Any]:
    title, what = TITLES[name]
    media = {
        "nq": "application/n-quads",
        "ttl": "text/turtle",
        "jsonld": "application/ld+json",
        "coopkg-csv": "text/csv",
        "coopkg-graphs": "application/n-triples",
    }
    stem = name.removesuffix(".gz").removesuffix(".zip")
    layer = stem.partition(".")[0]
    found: dict[str, Any] = {
        "name": name,
        "media": media[stem.rpartition(".")[2]],
        "packed": ZIP if name.endswith(".zip") else GZIP,
        "layer": layer if layer in LAYERS else None,
        "title": dict(zip(("fr", "en"), title, strict=True)),
        "what": dict(zip(("fr", "en"), what, strict=True)),
        **_sealed(content),
    }
    if plain is not None:
        found["content"] = _sealed(*plain)  # zlib may compress otherwise on another machine
    return found


def _sealed(*parts: bytes) -> dict[str, Any]:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return {"bytes": sum(map(len, parts)), "sha256": digest.hexdigest()}


def _gzip(*parts: bytes) -> bytes:
    """Compress without name or time."""
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", archives.LEVEL, packed, mtime=0) as file:
        for part in parts:
            file.write(part)
    return packed.getvalue()
