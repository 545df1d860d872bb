"""The dumps: the whole generation in files, the same for the same inputs, fetched as one likes."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import re
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from flask import Flask
from flask.testing import FlaskClient

from coopkg import generation
from coopkg.answers import Catalogue
from coopkg.build import about, dumps, tables
from coopkg.build.content import gather
from coopkg.build.core import Core
from coopkg.build.intake.ground import Ground
from coopkg.build.resumed import SealedStore
from coopkg.config import Settings
from coopkg.generation import Generation
from coopkg.serve import create_app
from coopkg.terms import BASE, RDF_TYPE, expand

PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def made(published: Path) -> Generation:
    return generation.current(published)


@pytest.fixture(scope="module")
def quads(made: Generation) -> list[ox.Quad]:
    return list(ox.parse(made.read("store.nq"), format=ox.RdfFormat.N_QUADS))


@pytest.fixture(scope="module")
def catalogue(made: Generation) -> Catalogue:
    return Catalogue(*(made.read_json(f"{name}.json") for name in ("labels", "passages", "proofs")))


def fetched(client: FlaskClient, path: str) -> bytes:
    with client.get(path) as answer:
        assert answer.status_code == 200, path
        return answer.data


def default(quads: Iterator[ox.Quad] | list[ox.Quad]) -> set[str]:
    return {
        str(ox.Triple(one.subject, one.predicate, one.object))
        for one in quads
        if isinstance(one.graph_name, ox.DefaultGraph)
    }


# --- What they hold -----------------------------------------------------------------------


def test_the_same_inputs_give_the_same_bytes(
    made: Generation, quads: list[ox.Quad], catalogue: Catalogue
) -> None:
    version = made.read_json("dumps.json")["version"]
    again = dumps.dumps(quads, made.read("store.nq"), catalogue, made.digest, version)
    assert len(again) == 9
    for name, content in again.items():
        assert content == made.read(name), name
        assert made.manifest.published.encode() not in content


def test_describing_a_generation_again_tells_what_its_archives_hold(
    made: Generation, catalogue: Catalogue
) -> None:
    before = SealedStore(Ground(store=made.read("store.nq")), gather(()))
    packed = about.packed(before, catalogue, Core(made.path, (), {}))
    for name in ("coopkg-csv.zip", "coopkg-graphs.zip"):
        with zipfile.ZipFile(io.BytesIO(made.read(f"dumps/{name}"))) as archive:
            inside = [archive.read(one) for one in archive.namelist() if "README" not in one]
        assert len(inside) > 50
        assert set(inside) <= packed.keys()


def test_each_format_holds_the_whole_graph(
    client: FlaskClient, made: Generation, quads: list[ox.Quad]
) -> None:
    def read(file: str, form: ox.RdfFormat) -> list[ox.Quad]:
        body = gzip.decompress(fetched(client, f"/dumps/{made.id}/{file}"))
        return list(ox.parse(body, format=form))

    stored = default(quads)
    everything = read("coopkg.nq.gz", ox.RdfFormat.N_QUADS)
    assert {str(one) for one in everything} == {str(one) for one in quads}
    assert default(read("coopkg.ttl.gz", ox.RdfFormat.TURTLE)) == stored
    json_ld = default(read("coopkg.jsonld.gz", ox.RdfFormat.JSON_LD))
    assert json_ld == stored  # what JSON cannot say in comments stands in its context


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning")
def test_other_readers_find_the_same_triples_in_json_ld_as_in_turtle(
    client: FlaskClient, made: Generation
) -> None:
    counts = {}
    for file, form in (("coopkg.ttl.gz", "turtle"), ("coopkg.jsonld.gz", "json-ld")):
        read = rdflib.Graph()
        body = gzip.decompress(fetched(client, f"/dumps/{made.id}/{file}"))
        read.parse(data=body, format=form)
        counts[form] = len(read)
    assert counts["turtle"] == counts["json-ld"]


def test_each_file_names_its_generation_and_its_licence(
    client: FlaskClient, made: Generation
) -> None:
    for file in made.read_json("dumps.json")["files"]:
        body = fetched(client, f"/dumps/{made.id}/{file['name']}")
        if file["packed"] == "application/zip":
            with zipfile.ZipFile(io.BytesIO(body)) as archive:
                text = archive.read("LISEZMOI-README.txt").decode()
        else:
            text = gzip.decompress(body).decode()
        assert made.digest in text, file["name"]
        assert "Licence Ouverte 2.0" in text or "licence-ouverte-2.0" in text, file["name"]


def test_a_layer_holds_its_graphs_and_nothing_else(client: FlaskClient, made: Generation) -> None:
    folders = {"brochure": "passage", "curation": "curation", "reference": "reference"}
    for layer, folder in folders.items():
        body = gzip.decompress(fetched(client, f"/dumps/{made.id}/{layer}.nq.gz"))
        found = Counter(
            one.graph_name.value
            for one in ox.parse(body, format=ox.RdfFormat.N_QUADS)
            if isinstance(one.graph_name, ox.NamedNode)
        )
        prefix = f"{BASE}graph/{folder}/"
        assert found == {
            iri: count for iri, count in made.manifest.graphs.items() if iri.startswith(prefix)
        }


def test_each_source_graph_can_be_fetched_alone(client: FlaskClient, made: Generation) -> None:
    listed = client.get(f"/dumps/{made.id}/index.json").json["graphs"]
    assert {one["graph"]: one["triples"] for one in listed} == made.manifest.graphs
    for one in listed[:: len(listed) // 8]:
        body = fetched(client, f"/dumps/{made.id}/graphs/{one['file']}")
        assert hashlib.sha256(body).hexdigest() == one["sha256"]
        assert len(list(ox.parse(body, format=ox.RdfFormat.N_TRIPLES))) == one["triples"]
    assert client.get(f"/dumps/{made.id}/graphs/passage/nope.nt").status_code == 404
    assert client.get(f"/dumps/{made.id}/graphs/..%2f..%2fmanifest.json").status_code == 404


# --- Tables -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sheets(made: Generation) -> dict[str, list[list[str]]]:
    with zipfile.ZipFile(made.file("dumps/coopkg-csv.zip")) as archive:
        found = {}
        for name in archive.namelist():
            if name.endswith(".csv"):
                body = archive.read(name)
                assert body.startswith(b"\xef\xbb\xbf"), name
                separator = ";" if name.startswith("fr/") else ","
                read = csv.reader(io.StringIO(body.decode("utf-8-sig")), delimiter=separator)
                found[name] = list(read)
    return found


def test_a_table_has_a_row_for_each_thing_and_a_cell_for_each_column(
    sheets: dict[str, list[list[str]]], quads: list[ox.Quad]
) -> None:
    typed = {
        one.subject.value
        for one in quads
        if isinstance(one.graph_name, ox.DefaultGraph)
        and one.predicate == RDF_TYPE
        and isinstance(one.subject, ox.NamedNode)
    }
    for name, kind in (("fr/organisations.csv", "organisation"), ("en/place.csv", "place")):
        rows = sheets[name]
        things = {iri for iri in typed if iri.startswith(f"{BASE}id/{kind}/")}
        assert {row[0] for row in rows[1:]} == things
        assert len(rows) == len(things) + 1
        assert {len(row) for row in rows} == {len(rows[0])}
        assert len(set(rows[0])) == len(rows[0])
    assert {name.partition("/")[0] for name in sheets} == {"fr", "en"}
    assert len([one for one in sheets if one.startswith("fr/")]) == len(
        [one for one in sheets if one.startswith("en/")]
    )


def test_a_table_speaks_its_language_and_says_the_lines_of_the_source(
    sheets: dict[str, list[list[str]]],
) -> None:
    cefal = {}
    for name in ("fr/organisations.csv", "en/organisation.csv"):
        head, *rows = sheets[name]
        (row,) = (one for one in rows if one[0].endswith("/cefal"))
        cefal[name[:2]] = dict(zip(head, row, strict=True))
    assert re.fullmatch(r"[0-9, -]+", cefal["fr"]["lignes de la source"])
    assert cefal["fr"]["lignes de la source"] == cefal["en"]["lines of the source"]
    assert cefal["fr"]["sorte"] != cefal["en"]["kind"]


def test_every_column_is_explained(sheets: dict[str, list[list[str]]]) -> None:
    explained = {(row[0], row[1]) for row in sheets["en/columns.csv"][1:]}
    for name, rows in sheets.items():
        if name.startswith("en/") and name != "en/columns.csv":
            for column in rows[0][4:]:
                assert (name[3:], column) in explained


def test_no_cell_runs_in_a_spreadsheet_and_numbers_stay_numbers() -> None:
    thing = ox.NamedNode(BASE + "id/place/x")
    note, count = expand("skos:note"), expand("coop:count")
    graph = ox.DefaultGraph()
    said = [
        ox.Quad(thing, note, ox.Literal('=HYPERLINK("http://evil")'), graph),
        ox.Quad(thing, count, ox.Literal(-5), graph),
        ox.Quad(thing, expand("skos:prefLabel"), ox.Literal("@x; é", language="fr"), graph),
    ]
    names = Catalogue({thing.value: {"fr": "@x; é", "kind": "place"}}, {}, {})
    written = tables.files(tables.tables(said, names), names)
    (row,) = list(
        csv.reader(io.StringIO(written["fr/lieux.csv"].decode("utf-8-sig")), delimiter=";")
    )[1:]
    assert sorted(row[4:]) == ['\'=HYPERLINK("http://evil")', "-5"]
    assert row[1] == "'@x; é"


# --- How they are fetched -----------------------------------------------------------------


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_index_is_a_page_in_each_language_and_json_for_programs(
    client: FlaskClient, made: Generation, lang: str
) -> None:
    page = client.get(f"/dumps/?lang={lang}", headers=PAGE)
    assert page.mimetype == "text/html"
    assert page.headers["Content-Language"] == lang
    assert {"fr": "Emporter les données", "en": "Take the data away"}[lang] in page.text
    for file in made.read_json("dumps.json")["files"]:
        assert f'href="/dumps/{made.id}/{file["name"]}"' in page.text
        assert file["sha256"] in page.text
        assert file["title"][lang] in page.text.replace("&#39;", "'")
    listing = client.get("/dumps/", headers={"Accept": "application/json"}).json
    assert listing == client.get("/dumps/index.json").json
    assert listing["generation"] == made.id
    assert client.get("/dumps", headers=PAGE).status_code == 308


def test_the_sums_are_those_of_the_files(client: FlaskClient, made: Generation) -> None:
    lines = fetched(client, f"/dumps/{made.id}/SHA256SUMS").decode().splitlines()
    assert len(lines) == 9
    led = client.get("/dumps/latest/SHA256SUMS", follow_redirects=True)
    assert led.text.splitlines() == lines
    for line in lines:
        sha256, name = line.split("  ")
        body = fetched(client, f"/dumps/{made.id}/{name}")
        assert hashlib.sha256(body).hexdigest() == sha256


def test_a_file_may_be_fetched_in_pieces_and_resumed(client: FlaskClient, made: Generation) -> None:
    path = f"/dumps/{made.id}/coopkg.ttl.gz"
    with client.get(path) as answer:
        whole, headers = answer.data, answer.headers
    assert headers["Accept-Ranges"] == "bytes"
    half = len(whole) // 2
    with client.get(path, headers={"Range": f"bytes=0-{half - 1}"}) as answer:
        assert answer.status_code == 206
        assert answer.headers["Content-Range"] == f"bytes 0-{half - 1}/{len(whole)}"
        first = answer.data
    rest = {"Range": f"bytes={half}-", "If-Range": headers["ETag"]}
    with client.get(path, headers=rest) as answer:
        assert answer.status_code == 206
        assert first + answer.data == whole
    with client.get(path, headers={**rest, "If-Range": '"another"'}) as answer:
        assert (answer.status_code, answer.data) == (200, whole)
    with client.get(path, headers={"Range": f"bytes={len(whole)}-"}) as answer:
        assert answer.status_code == 416
    with client.get(path, headers={"If-None-Match": headers["ETag"]}) as answer:
        assert (answer.status_code, answer.data) == (304, b"")
    with client.head(path) as answer:
        assert int(answer.headers["Content-Length"]) == len(whole)
        assert answer.data == b""


def test_a_file_says_what_it_is_and_that_it_never_changes(
    client: FlaskClient, made: Generation
) -> None:
    for name, media in (
        ("coopkg.nq.gz", "application/gzip"),
        ("coopkg-csv.zip", "application/zip"),
    ):
        with client.get(f"/dumps/{made.id}/{name}") as answer:
            headers = answer.headers
            assert answer.mimetype == media
            assert headers.get("Content-Encoding") is None
            assert "immutable" in headers["Cache-Control"]
            assert headers["X-Generation"] == made.id
            assert made.id in headers["Content-Disposition"]
            assert headers["Access-Control-Allow-Origin"] == "*"
            assert 'rel="license"' in headers["Link"]
            assert "Last-Modified" not in headers
    with client.get(f"/dumps/{made.number}/coopkg.nq.gz") as answer:
        assert answer.headers["Cache-Control"] == "no-cache"  # a number alone may be given anew


@pytest.mark.parametrize("ref", ["id", "number", "digest", "short"])
def test_a_generation_has_several_names(client: FlaskClient, made: Generation, ref: str) -> None:
    names = {
        "id": made.id,
        "number": str(made.number),
        "digest": made.digest,
        "short": made.digest[:12],
    }
    sealed = made.manifest.files["dumps/coopkg.ttl.gz"].sha256
    body = fetched(client, f"/dumps/{names[ref]}/coopkg.ttl.gz")
    assert hashlib.sha256(body).hexdigest() == sealed


@pytest.mark.parametrize(
    "path",
    [
        "/dumps/99/coopkg.nq.gz",
        "/dumps/nonsense/",
        "/dumps/1/manifest.json",
        "/dumps/1/labels.json",
        "/dumps/1/..%2fmanifest.json",
        "/dumps/latest/nope.gz",
    ],
)
def test_what_is_no_dump_is_not_found(client: FlaskClient, path: str) -> None:
    found = client.get(path)
    assert found.status_code == 404
    assert found.mimetype == "application/problem+json"


@pytest.fixture
def renewed(home: Path) -> Iterator[tuple[Flask, Generation, Generation]]:
    """Yield the service on a second generation, the first one being kept."""
    first = generation.current(home)
    with generation.staging(home) as staging:
        for name in first.manifest.files:
            (staging / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(first.path / name, staging / name)
            (staging / name).chmod(0o644)
        (staging / "dumps/coopkg.ttl.gz").write_bytes(gzip.compress(b"# another\n"))
        second = generation.publish(
            staging, home, {"graph_data/new.ttl": "0" * 64}, {}, datetime.now(UTC)
        )
    app = create_app(Settings(home=home))
    yield app, first, second
    app.extensions["coopkg"].close()


def test_past_dumps_stay_where_they_were_and_latest_moves_on(
    renewed: tuple[Flask, Generation, Generation],
) -> None:
    app, first, second = renewed
    client = app.test_client()
    old = fetched(client, f"/dumps/{first.id}/coopkg.ttl.gz")
    assert old == first.read("dumps/coopkg.ttl.gz")
    assert fetched(client, f"/dumps/{second.id}/coopkg.ttl.gz") != old
    led = client.get("/dumps/latest/coopkg.ttl.gz")
    assert led.headers["Location"] == f"/dumps/{second.id}/coopkg.ttl.gz"
    with client.get(f"/dumps/{first.id}/coopkg.ttl.gz") as answer:
        assert answer.headers["X-Generation"] == first.id
    assert f'href="/dumps/{first.id}/"' in client.get("/dumps/", headers=PAGE).text
    assert client.get(f"/dumps/{first.id}/index.json").json["generation"] == first.id
    # No engine was started for the past one.
    assert app.extensions["coopkg"].past.services() == []


def test_a_damaged_dump_of_the_past_is_refused(
    renewed: tuple[Flask, Generation, Generation],
) -> None:
    app, first, _ = renewed
    path = first.path / "dumps/coopkg.ttl.gz"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1])
    found = app.test_client().get(f"/dumps/{first.id}/coopkg.ttl.gz")
    assert found.status_code == 503
    assert "coopkg.ttl.gz" in found.text


def test_the_catalogue_lists_each_dump_with_its_sum(client: FlaskClient, made: Generation) -> None:
    said = client.get("/catalog.nt").text
    for file in json.loads(made.read("dumps.json"))["files"]:
        assert f'"{file["sha256"]}"^^<http://www.w3.org/2001/XMLSchema#hexBinary>' in said
        address = re.search(rf"downloadURL> <([^>]*/{re.escape(file['name'])})>", said)
        assert address
        body = fetched(client, "/" + address[1].split("/", 3)[3])
        assert hashlib.sha256(body).hexdigest() == file["sha256"]
