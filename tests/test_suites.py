"""The W3C suites: what passes, what fails and why, as docs/conformance.md says."""

from __future__ import annotations

import pytest

from tests import suites

pytestmark = pytest.mark.skipif(not suites.TOOLS.exists(), reason="../shared is not here")

REFUSED_BY_RULE = {suites.words("function"), suites.words("service")}


def test_every_sparql_test_passes_or_has_its_cause_and_none_is_worse_than_the_store() -> None:
    with suites.both() as (w3c, engine, peer):
        alone = list(suites.run_sparql(w3c, peer, set(suites.SPARQL)))
        found = list(suites.run_sparql(w3c, engine, set(suites.SPARQL)))
    known = suites.causes()["sparql"]
    assert len(found) > 1_000
    assert {one.test: one.note for one in found if not one.passed}.keys() == known.keys()
    by_store = {one.test for one in alone if one.passed}
    worse = {one.test for one in found if not one.passed} & by_store
    assert {known[test] for test in worse} <= REFUSED_BY_RULE
    assert _section("sparql") == suites.sparql_text(found, alone)


def test_every_shacl_test_passes_or_has_its_cause() -> None:
    found = list(suites.run_shacl())
    assert len(found) > 100
    assert {one.test for one in found if not one.passed} == suites.causes()["shacl"].keys()
    assert _section("shacl") == suites.shacl_text(found)


def _section(name: str) -> str:
    text = suites.PAGE.read_text(encoding="utf-8")
    return text.partition(f"<!-- {name} -->\n")[2].partition(f"\n<!-- /{name} -->")[0]
