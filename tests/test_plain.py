"""What shapes say, in the words and the syntax of who sends: each mistake once."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
from intaking import BASE, CSV, LD, NT, OWN, TTL

from coopkg.build.intake import plain
from coopkg.build.intake.findings import Finding, Spot
from coopkg.build.intake.reading import Read
from coopkg.terms import RDF_TYPE, expand

FULL = f'"@id": "{BASE}scheme/theme/decentralization"'


def finding(rule: str = "coopsh:Theme-known", **given: Any) -> Finding:
    said = {
        "fr": "sfax : thème inconnu. Exemple : coop:domainTheme theme:formation. "
        "Vouliez-vous écrire theme:decentralisation ?",
        "en": "sfax: unknown theme. Example: coop:domainTheme theme:formation. "
        "Did you mean theme:decentralisation?",
    }
    told = {
        "message": said,
        "spot": Spot(1, 5),
        "seen": "theme:decentralization",
        "expected": {"fr": "theme:decentralisation", "en": "theme:decentralisation"},
        "example": "coop:domainTheme theme:formation",
        "fix": ":sfax coop:purposeTheme theme:decentralisation .",
        "node": f"{OWN}sfax",
        "value": f"<{BASE}scheme/theme/decentralization>",
    }
    return Finding(rule, given.pop("severity", "violation"), **{**told, **given})


def read(text: str = "", *quads: ox.Quad, is_table: bool = False) -> Read:
    return Read(quads, lambda *_: Spot(), (), text, is_table)


def told(found: list[Finding], kind: str = TTL, **given: Any) -> list[Finding]:
    labels = {f"{BASE}scheme/theme/formation": "formation"}
    given.setdefault("read", read())
    return plain.told(found, given["read"], kind, lambda iri: labels.get(iri, ""))


def test_a_mistake_that_two_shapes_see_is_told_once_by_the_one_that_knows_more() -> None:
    vague = finding("coopsh:KnownWords-node")
    assert [one.rule for one in told([vague, finding()])] == ["coopsh:Theme-known"]
    assert [one.rule for one in told([vague])] == ["coopsh:KnownWords-node"]
    elsewhere = finding(spot=Spot(2, 5))
    assert len(told([vague, elsewhere])) == 2, "another place is another mistake"


def test_who_takes_part_needs_no_name_and_all_else_does() -> None:
    node, graph = ox.NamedNode(f"{OWN}sfax-lead"), ox.NamedNode("http://e/g")
    part = ox.Quad(node, RDF_TYPE, expand("coop:Participation"), graph)
    lacks = finding("coopsh:Named-label", severity="warning", node=node.value)
    assert told([lacks], read=read("", part)) == []
    assert len(told([lacks])) == 1


def test_an_example_is_told_beside_a_message_and_not_in_it() -> None:
    (one,) = told([finding()])
    assert one.message == {
        "fr": "sfax : thème inconnu. Vouliez-vous écrire theme:decentralisation ?",
        "en": "sfax: unknown theme. Did you mean theme:decentralisation?",
    }
    curated = {
        "fr": 'a n’a pas de nom. Exemple, dans curation:labels : skos:prefLabel "X"@fr.',
        "en": 'a has no label. Example, in curation:labels: skos:prefLabel "X"@fr.',
    }
    (one,) = told([finding(message=curated)])
    assert one.message == {"fr": "a n’a pas de nom.", "en": "a has no label."}
    ours = {
        "fr": "coop:nom n’existe pas. Corrigez son nom, ou déclarez-la dans ontology/modules.",
        "en": "coop:nom does not exist. Correct its name, or declare it in ontology/modules.",
    }
    (one,) = told([finding(message=ours)])
    assert one.message["fr"] == "coop:nom n’existe pas. Corrigez son nom."
    assert one.message["en"] == "coop:nom does not exist. Correct its name."


def test_what_is_proposed_can_be_written_in_the_format_of_the_file() -> None:
    theme = f"{BASE}scheme/theme/"
    (one,) = told([finding()])
    assert one.fix == ":sfax coop:purposeTheme theme:decentralisation ."
    (one,) = told(
        [finding(fix=f"<{OWN}sfax> <{BASE}ns#purposeTheme> theme:decentralisation .")], NT
    )
    assert one.fix == f"<{OWN}sfax> <{BASE}ns#purposeTheme> <{theme}decentralisation> ."
    assert one.example == f"<{BASE}ns#domainTheme> <{theme}formation>"
    (one,) = told([finding(fix="coop:domainTheme theme:formation")], NT)
    assert one.fix == f"<{OWN}sfax> <{BASE}ns#domainTheme> <{theme}formation> ."
    list(ox.parse(one.fix.encode(), format=ox.RdfFormat.N_TRIPLES))
    (one,) = told([finding()], LD, read=read(f"{FULL}\n"))
    assert one.fix == FULL.replace("decentralization", "decentralisation")
    assert one.example == f'"coop:domainTheme": {{"@id": "{theme}formation"}}'
    table = read(is_table=True)
    (one,) = told([finding(fix="coop:domainTheme theme:formation")], CSV, read=table)
    assert (one.fix, one.example) == ("formation", "formation")
    (one,) = told(
        [finding(fix="theme:inconnu", example="coop:domainTheme theme:x")], CSV, read=table
    )
    assert (one.fix, one.example) == ("theme:inconnu", "x"), "without a label, its short name"
