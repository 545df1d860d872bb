"""A limit of rows: the first rows of the whole answer, in every format, which says it was cut."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopkg import formats
from coopkg.config import Settings
from coopkg.engine import Limits, cuts
from coopkg.engine.local import LocalEngine
from coopkg.workers import sinks
from coopkg.workers.sinks import CutError, CuttingSink, Sink, TooBigError

# Everything that could be taken for the end of a row, and is not.
VALUES = (
    '"a,{b}"',
    '"},{"',
    '"\\"},{\\""',
    '"\\\\"',
    '"x\\r\\ny"',
    '",\\r\\n"',
    '"</result><result>"',
    '"\\t\\n"',
    '""',
    "UNDEF",
    '"é"@fr',
    "<http://e/,>",
    "12",
    '"\\"\\""',
)
PAIRS = " ".join(f"({one} {two})" for one in VALUES for two in VALUES[::3])
TABLE = f"SELECT ?a ?b {{ VALUES (?a ?b) {{ {PAIRS} }} }}"
ROWS = len(VALUES) * len(VALUES[::3])
SUBJECTS = " ".join(f"<http://e/s{i}>" for i in range(50))
GRAPH = f'CONSTRUCT {{ ?s <http://e/p> "v" }} {{ VALUES ?s {{ {SUBJECTS} }} }}'
WRITERS = {
    "json": ox.QueryResultsFormat.JSON,
    "xml": ox.QueryResultsFormat.XML,
    "csv": ox.QueryResultsFormat.CSV,
    "tsv": ox.QueryResultsFormat.TSV,
}

READERS = {
    "turtle": ox.RdfFormat.TURTLE,
    "n-triples": ox.RdfFormat.N_TRIPLES,
    "json-ld": ox.RdfFormat.JSON_LD,
    "rdf-xml": ox.RdfFormat.RDF_XML,
}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    path = tmp_path_factory.mktemp("store") / "store.nq"
    path.write_text("<http://e/s> <http://e/p> 'x' .\n".replace("'", '"'), encoding="utf-8")
    made = LocalEngine(path, Settings(), workers=1)
    yield made
    made.close()


def rows(body: bytes, written: str) -> list[object]:
    """Return the rows of a document, read by a reader that is not ours."""
    if written == "csv":
        return list(csv.reader(io.StringIO(body.decode(), newline="")))[1:]
    read = ox.parse_query_results(body, format=WRITERS[written])
    assert isinstance(read, ox.QuerySolutions)
    return [tuple(str(term) for term in row) for row in read]


def limits(most: int) -> Limits:
    return Limits(20.0, 700 << 20, 16 << 20, most)


@pytest.mark.parametrize("written", formats.BINDINGS, ids=lambda one: one.name)
@pytest.mark.parametrize("most", [1, 2, ROWS // 2, ROWS - 1, ROWS, ROWS + 1])
def test_a_table_is_cut_after_so_many_rows_and_says_so(
    engine: LocalEngine, written: formats.Format, most: int
) -> None:
    whole = engine.run(TABLE, accept=written.media_type)
    found = engine.run(TABLE, accept=written.media_type, limits=limits(most))
    assert rows(found.body, written.name) == rows(whole.body, written.name)[:most]
    assert found.truncated == (most if most < ROWS else None)
    if most >= ROWS:
        assert found.body == whole.body


def test_json_and_xml_say_that_they_were_cut_as_their_standards_let_them(
    engine: LocalEngine,
) -> None:
    about = cuts.link(2)
    cut = json.loads(engine.run(TABLE, limits=limits(2)).body)
    assert cut["head"] == {"link": [about], "vars": ["a", "b"]}
    body = engine.run(TABLE, accept=formats.XML.media_type, limits=limits(2)).body
    head = ElementTree.fromstring(body)[0]
    assert [one.tag.partition("}")[2] for one in head] == ["variable", "variable", "link"]
    assert head[2].get("href") == about


@pytest.mark.parametrize("written", formats.GRAPHS, ids=lambda one: one.name)
def test_a_graph_is_cut_after_so_many_triples_and_says_so(
    engine: LocalEngine, written: formats.Format
) -> None:
    rdf = READERS[written.name]
    for most, count in ((1, 1), (49, 49), (50, 50), (51, 50)):
        found = engine.run(GRAPH, accept=written.media_type, limits=limits(most))
        assert len(list(ox.parse(found.body, format=rdf))) == count
        assert found.truncated == (most if most < 50 else None)
        says = cuts.ABOUT.encode() in found.body
        assert says == (most < 50 and written.name != "json-ld")


def test_without_limits_of_its_own_a_query_is_answered_whole(tmp_path: Path) -> None:
    path = tmp_path / "store.nq"
    path.write_text("", encoding="utf-8")
    made = LocalEngine(path, Settings(rows_max=3), workers=1)
    try:
        assert made.limits.rows == 3
        assert made.run(TABLE).truncated is None
        assert made.run(TABLE, limits=made.limits).truncated == 3
    finally:
        made.close()


def test_a_boolean_and_an_empty_table_are_never_cut(engine: LocalEngine) -> None:
    for query in ("ASK {}", "SELECT ?x { FILTER(false) }", "SELECT * {}"):
        for written in formats.BINDINGS:
            found = engine.run(query, accept=written.media_type, limits=limits(1))
            assert found.truncated is None
            assert found.body == engine.run(query, accept=written.media_type).body


def pieces(body: bytes, sizes: Sequence[int]) -> Iterator[bytes]:
    """Cut a document in pieces of these sizes, again and again."""
    at, turn = 0, 0
    while at < len(body):
        yield body[at : at + sizes[turn % len(sizes)]]
        at += sizes[turn % len(sizes)]
        turn += 1


def cut(body: bytes, written: str, most: int, sizes: Sequence[int]) -> bytes:
    sent: list[bytes] = []
    sink = CuttingSink(sent.append, 1 << 30, written, most)
    try:
        for piece in pieces(body, sizes):
            sink.write(piece)
        sent.append(sink.last())
    except CutError:
        sink.write(b"what a writer still holds")
        sent.append(sink.held())
    return b"".join(sent)


@given(
    st.sampled_from(sorted(WRITERS)),
    st.integers(1, ROWS + 1),
    st.lists(st.integers(1, 90), min_size=1, max_size=5),
    st.integers(1, 200),
)
def test_the_cut_falls_at_the_same_place_however_the_document_arrives(
    written: str, most: int, sizes: list[int], look: int
) -> None:
    results = ox.Store().query(TABLE)
    assert isinstance(results, ox.QuerySolutions)
    body = results.serialize(format=WRITERS[written])
    assert body
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sinks, "PIECE_BYTES", look)
        arrived = cut(body, written, most, sizes)
    assert arrived == cut(body, written, most, [len(body)])
    assert rows(arrived, written) == rows(body, written)[:most]


def test_one_endless_row_is_stopped_at_the_cap_and_read_few_times() -> None:
    sink = CuttingSink(lambda _: None, 8 << 20, "csv", 5)
    sink.write(b'a\r\n"')
    for _ in range(1023):
        sink.write(b"x" * 8192)
    with pytest.raises(TooBigError):
        sink.write(b"x" * 8192)


def test_what_xml_cannot_hold_is_found_across_pieces() -> None:
    sent: list[bytes] = []
    sink = Sink(sent.append, 1 << 20, "xml")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sinks, "PIECE_BYTES", 4)
        sink.write(b"<a>\xef")
        with pytest.raises(sinks.NotXMLError):
            sink.write(b"\xbf\xbe</a>")
