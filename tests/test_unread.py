"""JSON-LD that nobody reads is told; things without an address keep the one they were given."""

from __future__ import annotations

import json
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from intaking import LD, OWN, PREFIXES, TTL, job

from coopkg.build import intake
from coopkg.build.intake import naming, unread

CONTEXT = {
    "name": "http://e/name",
    "label": {"@id": "http://e/label", "@container": "@language"},
    "id": "@id",
    "gone": None,
}


def told(document: Any) -> list[tuple[str, str, int | None]]:
    text = json.dumps(document, ensure_ascii=False, indent=1)
    return [(one.rule, one.seen, one.spot.line) for one in unread.findings(text, document)]


def inside(**said: Any) -> dict[str, Any]:
    return {"@context": CONTEXT, "id": "http://e/a", **said}


@pytest.mark.parametrize(
    "document",
    [
        inside(name="a", label={"fr": "a", "x-new": "b"}),
        inside(**{"http://e/p": {"name": "b"}, "@type": "http://e/C"}),
        {"@context": {"@vocab": "http://e/"}, "anything": {"at": "all"}},
        {"@context": [CONTEXT, {"more": "http://e/more"}], "more": [{"name": "b"}]},
        inside(name={"@value": "a", "@language": "fr-BJ"}),
        inside(name={"@value": {"any": "json"}, "@type": "@json"}),
        {"@graph": [inside(name="a")]},
    ],
)
def test_what_a_context_explains_is_read(document: Any) -> None:
    assert told(document) == []


@pytest.mark.parametrize(
    ("document", "rule", "seen"),
    [
        (inside(basedIn="http://e/x"), "unread-key", "basedIn"),
        (inside(gone="a"), "unread-key", "gone"),
        (inside(name={"id": "http://e/b", "pays": "Bénin"}), "unread-key", "pays"),
        ({"country": "a"}, "unread-key", "country"),
        (inside(name={"@value": "a", "@language": "français"}), "unread-language", "français"),
    ],
)
def test_what_is_not_read_is_told_at_its_line(document: Any, rule: str, seen: str) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=1).splitlines()
    line = next(number for number, one in enumerate(text, 1) if f'"{seen}"' in one)
    assert told(document) == [(rule, seen, line)]


def test_a_key_that_is_not_read_is_in_the_report() -> None:
    text = json.dumps(
        {"@id": f"{OWN}a", "http://purl.org/dc/terms/title": "a", "acronym": "A"}, indent=1
    )
    outcome = intake.run(job(text, LD), text.encode())
    (one,) = [one for one in outcome.report["findings"] if one["rule"] == "unread-key"]
    assert (one["line"], one["seen"], one["severity"]) == (4, "acronym", "warning")
    assert outcome.counts["added"] == 1


# --- Addresses for things without one ----------------------------------------------------------

BLANK = "[ a <http://e/P> ; <http://e/of> :a ; <http://e/with> [ <http://e/n> 1 ] ]"


def addresses(text: str) -> set[str]:
    whole = f"{PREFIXES}{text}"
    outcome = intake.run(job(whole, TTL), whole.encode())
    assert outcome.added, outcome.report
    read = ox.parse(outcome.added, format=ox.RdfFormat.N_QUADS)
    return {str(one.subject) for one in read if "/genid/" in str(one.subject)}


def test_a_file_with_a_comment_more_gives_the_same_addresses() -> None:
    text = f":a <http://e/has> {BLANK} ."
    assert len(addresses(text)) == 2
    assert addresses(text) == addresses(f"# again\n\n{text}\n# more")
    assert addresses(text) == addresses(f"{text}\n:b <http://e/has> :c .")
    assert addresses(text).isdisjoint(addresses(text.replace("1", "2")))


def test_things_of_which_the_same_is_said_stay_as_many() -> None:
    assert len(addresses(":a <http://e/has> [ a <http://e/P> ] , [ a <http://e/P> ] .")) == 2


@given(
    st.permutations(range(6)),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=6, max_size=6),
)
def test_names_in_the_file_and_its_order_do_not_matter(
    order: list[int], links: list[tuple[int, int]]
) -> None:
    link = ox.NamedNode("http://e/p")

    def written(prefix: str) -> list[ox.Quad]:
        nodes = [ox.BlankNode(f"{prefix}{number}") for number in range(4)]
        return [ox.Quad(nodes[one], link, nodes[two], ox.DefaultGraph()) for one, two in links]

    first, other = written("a"), written("z")
    assert sorted(naming.labels(first).values()) == sorted(
        naming.labels([other[place] for place in order]).values()
    )
