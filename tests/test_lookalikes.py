"""An upload that names what is there already is warned of, whatever the spelling, with evidence."""

from __future__ import annotations

from typing import Any

import pyoxigraph as ox
import pytest

from coopkg.build.intake import lookalikes
from coopkg.build.intake.ground import Ground
from coopkg.build.intake.shapes import Change
from coopkg.terms import BASE, expand

ID = BASE + "id/"
NEW = ox.NamedNode(ID + "partner/tunis/organisation/new")
LABELS: dict[str, dict[str, Any]] = {
    ID + "organisation/btvl": {
        "fr": "Bureau technique des villes libanaises",
        "en": "Technical Office of Lebanese Cities",
        "alt": ["BTVL"],
    },
    ID + "organisation/afd": {"fr": "Agence française de développement", "alt": ["AFD"]},
    ID + "organisation/enda": {"fr": "Enda", "alt": ["Enda Tiers-Monde"], "other": {"es": "Endas"}},
    ID + "organisation/pnud": {"fr": "Programme des Nations unies pour le développement"},
    ID + "place/tunis": {"fr": "Tunis"},
    ID + "place/vietnam": {"fr": "Vietnam", "other": {"vi": "Việt Nam", "ar": "فيتنام"}},
    ID + "place/evry": {"fr": "Évry"},
    ID + "partner/sfax/organisation/x": {"fr": "Mairie de Sfax"},
}
REGISTER = ox.NamedNode(ID + "identifier/afd-siren")
HAS, NOTATION = expand("coop:hasIdentifier"), expand("skos:notation")
FACTS = (
    ox.Quad(ox.NamedNode(ID + "organisation/afd"), HAS, REGISTER),
    ox.Quad(REGISTER, NOTATION, ox.Literal("775665599")),
    ox.Quad(
        ox.NamedNode(ID + "organisation/enda"),
        expand("rdfs:seeAlso"),
        ox.NamedNode("http://www.wikidata.org/entity/Q42"),
    ),
)


@pytest.fixture(scope="module")
def ground() -> Ground:
    return Ground(FACTS, files={"labels": LABELS})


def alike(ground: Ground, *said: tuple[str, Any]) -> list[dict[str, Any]]:
    quads = []
    for name, value in said:
        term = value if isinstance(value, ox.NamedNode) else ox.Literal(value)
        quads.append(ox.Quad(NEW, expand(name), term))
    return lookalikes.of(Change(tuple(quads), (), ground), ground)


@pytest.mark.parametrize(
    ("name", "like", "kind", "seen"),
    [
        ("BTVL", "btvl", "name", "BTVL"),
        ("B.T.V.L.", "btvl", "letters", "BTVL"),
        ("Bureau Technique des Villes Libanaises", "btvl", "name", "Bureau technique"),
        ("Bureau technique pour les villes libanaises", "btvl", "acronym", "BTVL"),
        ("Programe des Nations unies pour le developement", "pnud", "spelling", "Programme"),
        ("AGENCE FRANCAISE DE DEVELOPPEMENT", "afd", "name", "Agence française"),
        ("Agence francaise pour le développement", "afd", "acronym", "AFD"),
        ("PNUD", "pnud", "acronym", "Programme des Nations"),
        ("Enda Tiers Monde", "enda", "letters", "Enda Tiers-Monde"),
        ("تونس", "tunis", "sound", "Tunis"),
        ("Việt Nam", "vietnam", "name", "Việt Nam"),
        ("Viet-Nam", "vietnam", "letters", "Vi"),
        ("فيتنام", "vietnam", "name", "فيتنام"),
        ("Evry", "evry", "name", "Évry"),
    ],
)
def test_a_name_that_is_there_is_found_with_its_evidence(
    ground: Ground, name: str, like: str, kind: str, seen: str
) -> None:
    found = [one for one in alike(ground, ("skos:prefLabel", name)) if one["like"].endswith(like)]
    assert found, name
    assert found[0]["kind"] == kind
    assert found[0]["evidence"][0] == name
    assert found[0]["evidence"][-1].startswith(seen)
    assert found[0]["entity"] == NEW.value
    assert found[0]["why"]["fr"] != found[0]["why"]["en"]
    assert 0.8 < found[0]["score"] <= 1


@pytest.mark.parametrize("name", ["CFAD", "Lyon", "Afe", "Mairie de Sfax", "Zwyxt", "...", ""])
def test_another_name_is_no_warning(ground: Ground, name: str) -> None:
    assert alike(ground, ("skos:prefLabel", name)) == []


def test_an_identifier_says_more_than_a_name(ground: Ground) -> None:
    other = ox.NamedNode(ID + "partner/tunis/identifier/1")
    said = (
        ox.Quad(NEW, expand("skos:prefLabel"), ox.Literal("Banque")),
        ox.Quad(NEW, HAS, other),
        ox.Quad(other, NOTATION, ox.Literal("775 665 599")),
    )
    (found,) = lookalikes.of(Change(said, (), ground), ground)
    assert (found["like"], found["kind"], found["score"]) == (
        ID + "organisation/afd", "identifier", 1.0,
    )  # fmt: skip
    assert found["evidence"] == ["775665599"]
    page = ox.NamedNode("https://www.wikidata.org/wiki/Q42")
    (found,) = alike(ground, ("skos:prefLabel", "Autre"), ("rdfs:seeAlso", page))
    assert (found["like"], found["kind"]) == (ID + "organisation/enda", "identifier")


def test_what_is_known_already_is_not_like_itself() -> None:
    held = Ground((*FACTS, ox.Quad(NEW, NOTATION, ox.Literal("1"))), files={"labels": LABELS})
    assert alike(held, ("skos:prefLabel", "BTVL")) == []
    assert alike(Ground(files={"labels": LABELS}), ("skos:prefLabel", "BTVL")) != []
