"""Other people's clients: each asks the flagship question of the real service and gets its answer.

Those that are not installed are skipped, and fail in CI: `tests/tools/install` installs them.
"""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
import rdflib
import SPARQLWrapper
from rdflib.plugins.stores.sparqlstore import SPARQLStore

from tests.serving import running

CLIENTS = Path(__file__).parent / "clients"
COMUNICA = CLIENTS / "node_modules" / ".bin" / "comunica-sparql"
ORGANISATION = "https://w3id.org/cnfpt-coop/id/organisation/"
PARTNERS = {ORGANISATION + slug for slug in ("afd", "cfad", "expertise-france")}
FLAGSHIP = """PREFIX coop: <https://w3id.org/cnfpt-coop/ns#>
PREFIX place: <https://w3id.org/cnfpt-coop/id/place/>
PREFIX theme: <https://w3id.org/cnfpt-coop/scheme/theme/>
SELECT DISTINCT ?partner WHERE {
  ?activity coop:hasPartner ?partner ;
    coop:theme theme:decentralisation ;
    coop:coversPlace place:mediterranee .
}"""


@pytest.fixture(scope="module")
def endpoint(published: Path) -> Iterator[str]:
    command = (sys.executable, "-m", "coopkg", "serve", "--home", str(published))
    with running(published, *command) as service:
        yield service.url + "/sparql"


def tool(name: str | Path) -> str:
    """Return a command, or skip; in CI it must be there."""
    found = shutil.which(name)
    if found is None and os.environ.get("CI"):
        pytest.fail(f"{name} is not installed: see tests/tools/install")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def run(*command: str) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=60, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stderr[-600:]
    return done.stdout


def column(text: str) -> set[str]:
    rows = list(csv.reader(io.StringIO(text)))
    assert rows[0] == ["partner"]
    return {row[0].strip("<>") for row in rows[1:] if row}


@pytest.mark.parametrize("method", [SPARQLWrapper.GET, SPARQLWrapper.POST])
@pytest.mark.parametrize("written", [SPARQLWrapper.JSON, SPARQLWrapper.XML, SPARQLWrapper.CSV])
def test_sparqlwrapper_gets_the_three_partners(endpoint: str, method: str, written: str) -> None:
    asking = SPARQLWrapper.SPARQLWrapper(endpoint, returnFormat=written)
    asking.setMethod(method)
    asking.setQuery(FLAGSHIP)
    with asking.query().response as response:
        body = response.read().decode()
    if written == SPARQLWrapper.JSON:
        rows = json.loads(body)["results"]["bindings"]
        assert {row["partner"]["value"] for row in rows} == PARTNERS
    elif written == SPARQLWrapper.CSV:
        assert column(body) == PARTNERS
    else:
        assert {iri for iri in PARTNERS if f"<uri>{iri}</uri>" in body} == PARTNERS


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("written", ["xml", "json"])
def test_rdflib_reads_the_service_as_a_graph(endpoint: str, method: str, written: str) -> None:
    store = SPARQLStore(endpoint, context_aware=False, method=method, returnFormat=written)
    graph = rdflib.Graph(store)
    assert {str(row.partner) for row in graph.query(FLAGSHIP)} == PARTNERS
    cfad = rdflib.URIRef(ORGANISATION + "cfad")
    assert list(graph.triples((cfad, rdflib.RDF.type, None)))


def test_pandas_reads_the_csv_of_a_query(endpoint: str) -> None:
    pandas = pytest.importorskip("pandas")
    address = f"{endpoint}?{urlencode({'query': FLAGSHIP})}"
    frame = pandas.read_csv(address, storage_options={"Accept": "text/csv"})
    assert set(frame["partner"]) == PARTNERS


@pytest.mark.parametrize("source", ["sparql@{}", "{}"], ids=["named", "detected"])
def test_comunica_finds_that_it_is_an_endpoint_and_asks_it(endpoint: str, source: str) -> None:
    tool("node")
    said = run(tool(COMUNICA), source.format(endpoint), FLAGSHIP, "-t", "text/csv")
    assert column(said.replace("\r", "")) == PARTNERS


def test_roqet_asks_by_the_protocol(endpoint: str) -> None:
    said = run(tool("roqet"), "-q", "-p", endpoint, "-e", FLAGSHIP, "-r", "csv")
    assert {iri for iri in PARTNERS if iri in said} == PARTNERS
    assert said.count(ORGANISATION) == 3


def test_r_gets_a_data_frame(endpoint: str) -> None:
    script = (
        "library(SPARQL); arguments <- commandArgs(TRUE); "
        "found <- SPARQL(url=arguments[1], query=arguments[2])$results; "
        "cat(unlist(found), sep='\\n')"
    )
    said = run(tool("Rscript"), "-e", script, endpoint, " ".join(FLAGSHIP.split()))
    assert {line.strip("<>") for line in said.split()} == PARTNERS


def test_curl_gets_a_table_in_a_browsers_words_and_csv_in_its_own(endpoint: str) -> None:
    asked = ["-sS", "-f", "-G", endpoint, "--data-urlencode", f"query={FLAGSHIP}"]
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    page = run(tool("curl"), *asked, "-H", f"Accept: {browser}")
    assert "<table" in page
    assert "<caption" in page
    assert column(run(tool("curl"), *asked, "-H", "Accept: text/csv").replace("\r", "")) == PARTNERS
