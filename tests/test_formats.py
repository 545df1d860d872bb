"""Media types: what is asked, what is offered, what is chosen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopkg import formats
from coopkg.formats import BINDINGS, GRAPHS, HTML


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "application/sparql-results+json"),
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("application/*", "application/sparql-results+json"),
        ("text/*", "text/csv"),
        ("TEXT/CSV", "text/csv"),
        ("text/csv; charset=utf-8", "text/csv"),
        ("application/json", "application/json"),
        ("application/xml, text/xml;q=0.5", "application/xml"),
        (
            "application/sparql-results+xml;q=0.3, application/sparql-results+json;q=0.9",
            "application/sparql-results+json",
        ),
        (
            "application/sparql-results+json;q=0.3, application/sparql-results+xml;q=0.9",
            "application/sparql-results+xml",
        ),
        ("text/tab-separated-values, */*;q=0.1", "text/tab-separated-values"),
        ("application/sparql-results+json;q=0, */*", "application/sparql-results+xml"),
        ("*", "application/sparql-results+json"),
        ("text/turtle", None),
        ("application/x-nothing", None),
        ("*/*;q=0", None),
        ("text/csv;q=nonsense", None),
        (";;,,/", None),
    ],
)
def test_the_header_decides(accept: str | None, chosen: str | None) -> None:
    found = formats.negotiate(accept, BINDINGS)
    assert (found.media_type if found else None) == chosen


def test_the_precise_range_wins_over_the_wildcard_whatever_the_order() -> None:
    for accept in ("*/*;q=1, text/csv;q=0.1", "text/csv;q=0.1, */*;q=1"):
        assert formats.negotiate(accept, (formats.CSV, formats.TSV)) == formats.TSV


def test_a_browser_gets_a_page_where_there_is_one_and_data_where_there_is_none() -> None:
    browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
    assert formats.negotiate(browser, (*BINDINGS, HTML)) == HTML
    assert formats.negotiate(browser, BINDINGS) is not None


@pytest.mark.parametrize(
    ("name", "offers", "chosen"),
    [
        ("csv", BINDINGS, formats.CSV),
        ("json", BINDINGS, formats.JSON),
        ("json", GRAPHS, formats.JSON_LD),
        ("xml", GRAPHS, formats.RDF_XML),
        ("nt", GRAPHS, formats.N_TRIPLES),
        ("TTL", GRAPHS, formats.TURTLE),
        ("text/tab-separated-values", BINDINGS, formats.TSV),
        ("nq", GRAPHS, formats.N_QUADS),
        ("trig", GRAPHS, formats.TRIG),
        ("application/sparql-results json", BINDINGS, formats.JSON),  # a + sent as it is
        ("ttl", BINDINGS, None),
        ("<script>", BINDINGS, None),
        ("json\r\nX: 1", BINDINGS, None),
    ],
)
def test_the_parameter_wins_over_the_header(
    name: str, offers: tuple[formats.Format, ...], chosen: formats.Format | None
) -> None:
    assert formats.choose("application/sparql-results+xml, text/html", name, offers) == chosen


def test_a_graph_comes_as_a_dataset_only_to_who_asks_for_one() -> None:
    assert formats.negotiate("*/*", GRAPHS) == formats.TURTLE
    assert formats.negotiate("application/*", GRAPHS) == formats.N_TRIPLES
    assert formats.negotiate("application/n-quads, text/turtle;q=0.9", GRAPHS) == formats.N_QUADS
    assert formats.negotiate("application/trig", GRAPHS) == formats.TRIG


def test_text_types_say_their_character_set() -> None:
    assert formats.CSV.content_type == "text/csv; charset=utf-8"
    assert formats.JSON.content_type == "application/sparql-results+json"


@given(st.text(max_size=80))
def test_any_header_is_answered_with_an_offer_or_nothing(accept: str) -> None:
    assert formats.negotiate(accept, GRAPHS) in {None, *GRAPHS}


@given(st.floats(0.001, 1), st.floats(0.001, 1))
def test_the_higher_quality_wins(csv: float, tsv: float) -> None:
    accept = f"text/csv;q={csv:.3f}, text/tab-separated-values;q={tsv:.3f}"
    chosen = formats.negotiate(accept, BINDINGS)
    assert chosen == (formats.CSV if round(csv, 3) >= round(tsv, 3) else formats.TSV)
