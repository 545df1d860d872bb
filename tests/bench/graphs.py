"""The graphs of the speed report: the real generation, and made-up ones around it.

A made-up graph is the real default graph and as many activities as it takes, described the way the
closure describes them: participations and the partners they give, themes, a country and the places
it lies in. What is written is seeded: the same size is the same graph on any machine.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, islice
from pathlib import Path
from random import Random
from typing import Final

import pyoxigraph as ox

from coopkg import generation, questions
from coopkg.generation import Generation
from coopkg.terms import BASE, NS, PREFIXES

ROOT: Final = Path(__file__).parents[2]
FLAGSHIP: Final = "partners-by-theme-and-place"
CHOSEN: Final = {"theme": ["decentralisation"], "place": ["mediterranee"]}
_WHEN: Final = datetime(2026, 11, 23, tzinfo=UTC)
_TYPE: Final = f"<{PREFIXES['rdf']}type>"
_LABEL: Final = f"<{PREFIXES['skos']}prefLabel>"
_THEMES: Final = 60  # beside the real ones that are named below
_COUNTRIES: Final = 120
_ZONES: Final = ("mediterranee", "afrique", "asie", "amerique-caraibes", "europe")
_KINDS: Final = ("Ministry", "PublicAgency", "Association", "University", "TrainingInstitution")


@dataclass(frozen=True)
class Graph:
    """A home to serve, and the default graph of it as N-Triples for the others."""

    name: str
    home: Path
    triples: Path
    size: int


def flagship() -> str:
    """Return the flagship query as the page of the question gives it, without its description."""
    text = (ROOT / f"queries/{FLAGSHIP}.rq").read_text(encoding="utf-8")
    question = questions.read_all({FLAGSHIP: text})[FLAGSHIP]
    lines = question.with_values(question.bind(CHOSEN)).splitlines()
    return "\n".join(line for line in lines if not line.startswith("#")).strip()


def label() -> str:
    """Return a cheap query: the names of one organisation."""
    return (
        f"PREFIX skos: <{PREFIXES['skos']}>\n"
        f"SELECT ?label WHERE {{ <{BASE}id/organisation/cefal> skos:prefLabel ?label }}"
    )


def real(home: Path, folder: Path) -> Graph:
    """Return the current generation of a home."""
    found = generation.current(home)
    triples = folder / f"real-{found.digest[:12]}.nt"
    if not triples.exists():
        _write(triples, _default_graph(found))
    return Graph("real graph", home, triples, _count(triples))


def made_up(base: Generation, size: int, folder: Path) -> Graph:
    """Return a graph of so many triples, made once and kept in a folder."""
    home = folder / f"home-{size}-{base.digest[:12]}"
    triples = folder / f"{size}-{base.digest[:12]}.nt"
    if not (home / "current").exists():
        shutil.rmtree(home, ignore_errors=True)
        _write(triples, islice(_lines(base, size), size))
        _publish(home, triples)
    return Graph(f"{size:,} triples", home, triples, _count(triples))


def tiny(folder: Path) -> Graph:
    """Return a graph of a few hundred triples, for the tests: made up, with no real one in it."""
    home, triples = folder / "home", folder / "tiny.nt"
    names = [
        _said(_iri("id/organisation/cefal"), _LABEL, f'"CEFAL"@{lang}') for lang in ("fr", "en")
    ]
    _write(triples, chain(names, islice(_made_up(400), 3_000)))
    _publish(home, triples)
    return Graph("tiny graph", home, triples, _count(triples))


def _write(path: Path, lines: Iterator[str]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(lines)


def _count(path: Path) -> int:
    with path.open("rb") as file:
        return sum(1 for _ in file)


def _default_graph(found: Generation) -> Iterator[str]:
    with found.file("store.nq").open("rb") as file:
        for quad in ox.parse(file, format=ox.RdfFormat.N_QUADS):
            if isinstance(quad.graph_name, ox.DefaultGraph):
                yield f"{quad.triple} .\n"


def _lines(base: Generation, size: int) -> Iterator[str]:
    """Yield distinct triples without end: the real ones first."""
    yield from _default_graph(base)
    yield from _made_up(size)


def _made_up(size: int) -> Iterator[str]:
    chance = Random(size)
    themes = [_iri(f"scheme/theme/bench-{n}") for n in range(_THEMES)]
    themes += [_iri("scheme/theme/decentralisation"), _iri("scheme/theme/gouvernance-locale")]
    zones = {_iri(f"id/place/bench-{n}"): _ZONES[n % len(_ZONES)] for n in range(_COUNTRIES)}
    organisations = [_iri(f"id/organisation/bench-{n}") for n in range(max(20, size // 200))]
    for country, zone in zones.items():
        yield _said(country, _TYPE, f"<{NS}Country>")
        yield _said(country, f"<{NS}inBrochureZone>", _iri(f"id/place/{zone}"))
    for number, body in enumerate(organisations):
        yield _said(body, _TYPE, f"<{NS}{_KINDS[number % len(_KINDS)]}>")
        yield _said(body, _TYPE, f"<{PREFIXES['org']}Organization>")
        yield _said(body, _LABEL, f'"Organisation de coopération {number}"@fr')
        yield _said(body, _LABEL, f'"Cooperation organisation {number}"@en')
        yield _said(body, f"<{NS}basedIn>", chance.choice(list(zones)))
    number = 0
    while True:
        yield from _activity(number, chance, themes, zones, organisations)
        number += 1


def _activity(
    number: int, chance: Random, themes: list[str], zones: dict[str, str], bodies: list[str]
) -> Iterator[str]:
    one = _iri(f"id/activity/bench-{number}")
    country = chance.choice(list(zones))
    yield _said(one, _TYPE, f"<{NS}CooperationActivity>")
    yield _said(one, _TYPE, f"<{NS}CountryAction>")
    yield _said(one, _LABEL, f'"Action de coopération {number}"@fr')
    yield _said(one, _LABEL, f'"Cooperation action {number}"@en')
    yield _said(one, f"<{NS}year>", f'"{2000 + number % 25}"^^<{PREFIXES["xsd"]}integer>')
    yield _said(one, f"<{NS}country>", country)
    for place in (country, _iri(f"id/place/{zones[country]}")):
        yield _said(one, f"<{NS}coversPlace>", place)
    for theme in set(chance.sample(themes, 2)):
        yield _said(one, f"<{NS}theme>", theme)
    for rank, body in enumerate(chance.sample(bodies, 2)):
        part = _iri(f"id/participation/bench-{number}-{rank}")
        yield _said(one, f"<{NS}participation>", part)
        yield _said(part, f"<{NS}partner>", body)
        yield _said(part, _TYPE, f"<{NS}Participation>")
        yield _said(one, f"<{NS}hasPartner>", body)
        yield _said(body, f"<{NS}partnerOf>", one)


def _iri(path: str) -> str:
    return f"<{BASE}{path}>"


def _said(subject: str, predicate: str, value: str) -> str:
    return f"{subject} {predicate} {value} .\n"


def _publish(home: Path, triples: Path) -> None:
    """Publish a generation that holds these triples, and only the service's own queries."""
    home.mkdir(parents=True)
    with generation.staging(home) as directory:
        shutil.copy(triples, directory / "store.nq")
        for name in ("labels", "passages", "proofs", "questions"):
            (directory / f"{name}.json").write_text("{}", encoding="utf-8")
        (directory / "questions").mkdir()
        for name in questions.APART:
            shutil.copy(ROOT / f"queries/{name}.rq", directory / "questions")
        sealed = {"graph_data/made-up.ttl": f"{_count(triples):064d}"}
        generation.publish(directory, home, sealed, {}, _WHEN)
