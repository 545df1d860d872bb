"""Where a triple is written, across all sources."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pyoxigraph import Literal

from coopkg.build import sources
from coopkg.build.sources import Source
from coopkg.errors import Location
from coopkg.terms import PREFIXES, RDF_TYPE, expand

HEAD = f"@prefix coop: <{PREFIXES['coop']}> .\n@prefix passage: <{PREFIXES['passage']}> .\n"
A, B = expand("coop:a"), expand("coop:b")


def write(root: Path, path: str, text: str) -> str:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_bytes((HEAD + text).encode())
    return path


@pytest.fixture
def locate(tmp_path: Path) -> Callable[..., list[Location]]:
    write(
        tmp_path,
        "graph_data/brochure/one.trig",
        "GRAPH passage:l1 {\n  coop:a a coop:b ;\n    coop:b 1 ,\n      2 .\n}\n"
        "GRAPH passage:l2 {\n  coop:a coop:b 1 .\n}\n",
    )
    write(tmp_path, "graph_data/sources/two.ttl", "coop:a\n  coop:b 2 .\ncoop:c coop:b coop:d .")
    return sources.locator(sources.read(tmp_path))


ONE, TWO = "graph_data/brochure/one.trig", "graph_data/sources/two.ttl"


def test_a_subject_is_located_at_each_statement(locate: Callable[..., list[Location]]) -> None:
    assert locate(A) == [Location(ONE, 4, 3), Location(ONE, 9, 3), Location(TWO, 3, 1)]


def test_a_predicate_is_located_where_it_stands(locate: Callable[..., list[Location]]) -> None:
    assert locate(A, B) == [Location(ONE, 5, 5), Location(ONE, 9, 10), Location(TWO, 4, 3)]
    assert locate(A, RDF_TYPE) == [Location(ONE, 4, 10)]


def test_a_value_is_located_where_it_stands(locate: Callable[..., list[Location]]) -> None:
    integer = expand("xsd:integer")
    assert locate(A, B, Literal("2", datatype=integer)) == [
        Location(ONE, 6, 7), Location(TWO, 4, 10),
    ]  # fmt: skip
    assert locate(A, None, Literal("1", datatype=integer)) == [
        Location(ONE, 5, 12), Location(ONE, 9, 17),
    ]  # fmt: skip


def test_what_is_only_a_value_is_located_there(locate: Callable[..., list[Location]]) -> None:
    assert locate(expand("coop:d")) == [Location(TWO, 5, 15)]


def test_what_is_not_written_is_nowhere(locate: Callable[..., list[Location]]) -> None:
    assert locate(expand("coop:nobody")) == []
    assert locate(A, expand("coop:nothing")) == []
    assert locate(A, B, Literal("3")) == []
    assert locate(expand("coop:d"), B) == []


def test_a_file_whose_lines_are_lost_is_still_named(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = write(tmp_path, "graph_data/sources/a.ttl", "coop:a coop:b 1 .")
    source = sources.read_file(tmp_path, path)
    other = Source(source.path, source.role, source.sha256, source.quads, text="")

    assert sources.locator([other])(A) == [Location("graph_data/sources/a.ttl")]
    assert "lines are not known" in caplog.text
