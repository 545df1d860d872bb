"""Links to others' things: proposed with evidence, decided by somebody else, exported."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from coopkg import cli, generation, linking, links
from coopkg.build import content
from coopkg.build import links as published_links
from coopkg.contributions import ledger, partners
from coopkg.errors import ContributionError, ForbiddenError, ParameterError, UnknownError
from coopkg.linking import Index, minting
from coopkg.links import ACCEPTED, LOOKALIKES, REFUSED, Link, sssom

BASE = "https://w3id.org/cnfpt-coop/id/"
AFD = BASE + "organisation/afd"
WIKIDATA = "http://www.wikidata.org/entity/Q948"
WHY = {"fr": "vérifié", "en": "checked"}


@pytest.fixture(scope="module")
def index(published: Path) -> Index:
    return Index(generation.current(published).read_json(linking.FILE))


def link(**changes: Any) -> Link:
    given = {"subject": AFD, "relation": "exact", "object": WIKIDATA, "by": "Alice", "source": "x"}
    return Link(id="", at="", **{**given, **changes})


def called(index: Index) -> sssom.Called:
    return lambda iri: index.things[iri].called("en") if iri in index.things else ""


def test_a_link_is_proposed_once_decided_by_somebody_else_and_exported(
    tmp_path: Path, index: Index
) -> None:
    made = links.propose(tmp_path, index, link())
    assert links.propose(tmp_path, index, link(by="Bob")) == made
    with pytest.raises(ForbiddenError):
        links.decide(tmp_path, made.id, ACCEPTED, " alice ", WHY)
    assert links.every(tmp_path) == [made]
    accepted = links.decide(tmp_path, made.id, ACCEPTED, "Bob", WHY)
    assert (accepted.state, accepted.reviewer) == (ACCEPTED, "Bob")
    with pytest.raises(ContributionError):
        links.decide(tmp_path, made.id, REFUSED, "Carol", WHY)
    refused = links.propose(tmp_path, index, link(relation="close"))
    links.decide(tmp_path, refused.id, REFUSED, "Bob", WHY)
    lines = sssom.table(links.every(tmp_path), called(index)).splitlines()
    rows = list(csv.DictReader((one for one in lines if one[0] != "#"), delimiter="\t"))
    assert [row["predicate_id"] for row in rows] == ["skos:exactMatch"]
    assert rows[0]["subject_label"] == "French Development Agency"
    assert rows[0]["reviewer_label"] == "Bob"
    assert rows[0]["mapping_date"] == accepted.decided[:10]
    assert rows[0]["comment"] == "checked; x"
    assert len(ledger.of(tmp_path).verified()) == 4


@pytest.mark.parametrize(
    "changes",
    [
        {"subject": BASE + "organisation/nobody"},
        {"subject": "organisation/afd"},
        {"relation": "same"},
        {"object": "javascript:alert(1)"},
        {"object": "https://example.org/a\u202eb"},
        {"object": "https://example.org/a b"},
        {"object": AFD},
        {"object": "https://ror.org/02feahw74"},
        {"object": "http://www.wikidata.org/entity/948"},
        {"source": " "},
    ],
    ids=str,
)
def test_a_link_that_cannot_be_is_refused_and_nothing_is_kept(
    tmp_path: Path, index: Index, changes: Mapping[str, str]
) -> None:
    with pytest.raises(ParameterError):
        links.propose(tmp_path, index, link(**changes))
    assert links.every(tmp_path) == []


def test_who_decides_has_a_name_and_a_reason_and_a_link_to_decide_on(
    tmp_path: Path, index: Index
) -> None:
    made = links.propose(tmp_path, index, link())
    for who in ("", " ", LOOKALIKES, "a\x1bb"):
        with pytest.raises(ContributionError):
            links.decide(tmp_path, made.id, ACCEPTED, who, WHY)
    with pytest.raises(ContributionError):
        links.decide(tmp_path, made.id, ACCEPTED, "Bob", {"fr": " "})
    with pytest.raises(UnknownError) as caught:
        links.decide(tmp_path, "l-999999", ACCEPTED, "Bob", WHY)
    assert made.id in caught.value.known


def test_a_partner_does_not_decide_under_another_of_its_names(tmp_path: Path, index: Index) -> None:
    partners.add(tmp_path, "tunis", {"fr": "Ville de Tunis", "en": "City of Tunis"})
    made = links.propose(tmp_path, index, link(by="tunis"))
    for who in ("tunis", "ville de tunis", " City of Tunis "):
        with pytest.raises(ForbiddenError):
            links.decide(tmp_path, made.id, ACCEPTED, who, WHY)
    assert links.decide(tmp_path, made.id, ACCEPTED, "Bob", WHY).reviewer == "Bob"


def test_what_was_accepted_stands_in_a_graph_of_its_own_and_reasons_nothing(
    tmp_path: Path, index: Index
) -> None:
    made = links.propose(tmp_path, index, link())
    assert published_links.sources(tmp_path) == ()
    accepted = links.decide(tmp_path, made.id, ACCEPTED, "Bob", WHY)
    (source,) = published_links.sources(tmp_path)
    assert content.gather([source]).facts == ()
    assert content.sort(source.quads, ()).facts == (), "a checker sees the store alone"
    assert {quad.graph_name for quad in source.quads} == {published_links.GRAPH}
    said = {str(quad.triple) for quad in source.quads}
    skos = "http://www.w3.org/2004/02/skos/core#exactMatch"
    assert f"<{AFD}> <{skos}> <{WIKIDATA}>" in said
    node, sssom_ = f"<{BASE}link/{made.id}>", "https://w3id.org/sssom/"
    assert f'{node} <{sssom_}reviewer_label> "Bob"' in said
    day = "http://www.w3.org/2001/XMLSchema#date"
    assert f'{node} <{sssom_}mapping_date> "{accepted.decided[:10]}"^^<{day}>' in said
    assert published_links.sources(tmp_path) == (source,)


def test_names_of_partners_suggest_links_with_their_evidence() -> None:
    theirs = BASE + "partner/ville/organisation/bureau"
    things = {
        BASE + "organisation/btvl": {
            "kind": "organisation",
            "fr": "Bureau technique des villes libanaises",
            "classes": [],
            "names": [["label", "Bureau technique des villes libanaises"], ["acronym", "BTVL"]],
        },
        theirs: {"kind": "partner", "fr": "BTVL", "classes": [], "names": [["label", "BTVL"]]},
    }
    (made,) = links.found(Index({"things": things, "classes": {}}))
    assert (made.subject, made.object) == (theirs, BASE + "organisation/btvl")
    assert made.relation == "exact"
    assert {"fr": "même sigle", "en": "same acronym"} in made.why


def test_a_table_holds_one_line_for_a_link_whatever_its_texts(index: Index) -> None:
    odd = link(source="a\tb\nc", state=ACCEPTED, reviewer="Bob\n#x", decided="2026-11-23T00:00:00Z")
    lines = sssom.table([odd], called(index)).splitlines()
    assert len([one for one in lines if not one.startswith("#")]) == 2
    assert "a b c" in lines[-1]


def test_an_address_is_made_from_the_name_and_never_taken_twice(index: Index) -> None:
    made = minting.mint("organisation", "École de la ville d’Évry", index, ())
    assert made.iri == BASE + "organisation/ecole-de-la-ville-d-evry"
    assert made.taken == ""
    again = minting.mint("organisation", "École de la ville d’Évry", index, {made.iri})
    assert again.iri == made.iri + "-2"
    assert again.taken == made.iri
    own = minting.mint("organisation", "BTVL", index, (), "ville-de-tunis")
    assert own.iri == BASE + "partner/ville-de-tunis/organisation/btvl"
    assert own.lookalikes[0].iri == BASE + "organisation/btvl"
    assert len(minting.slug("mot " * 40)) <= minting.LONGEST
    for kind, label, partner in (("a/b", "x", ""), ("place", "مراكش", ""), ("place", "x", "../a")):
        with pytest.raises(
            ValueError, match=re.escape(partner or (kind if "/" in kind else label))
        ):
            minting.mint(kind, label, index, (), partner)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (["organization", "X"], "kind: 'organization' is not acceptable; expected organisation"),
        (["organisation", "X", "--partner", "nobody"], "partner: 'nobody' is not acceptable"),
    ],
)
def test_no_address_is_made_for_a_kind_or_a_partner_that_is_none(
    given: list[str], words: str, published: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = cli.main(["mint", "--home", str(published), "--lang", "en", *given])
    said = capsys.readouterr()
    assert code not in {0, 1}
    assert words in said.err
    assert "https://" not in said.out
