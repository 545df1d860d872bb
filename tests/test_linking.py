"""What a name stands for: the evidence, what is sure, and what looks alike."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from coopkg import generation, linking
from coopkg.linking import Asked, Candidate, Index, candidates, identifier, lookalikes
from coopkg.linking.names import initials, is_acronym, skeleton
from coopkg.linking.suggesting import things

ORG = "https://w3id.org/cnfpt-coop/id/organisation/"
BODY = "http://www.w3.org/ns/org#Organization"
PLACE = "https://w3id.org/cnfpt-coop/ns#Place"
NAMES = Path(__file__).parent / "linking" / "names.tsv"


@pytest.fixture(scope="module")
def index(published: Path) -> Index:
    """Return what the real generation seals."""
    return Index(generation.current(published).read_json(linking.FILE))


def small(**things: Mapping[str, Any]) -> Index:
    """Return an index of a few bodies, by their slugs."""
    return Index(
        {
            "things": {
                ORG + slug.replace("_", "-"): {
                    "kind": "organisation",
                    "classes": [BODY],
                    "names": [["label", one["fr"]], *one.get("names", [])],
                    **{key: value for key, value in one.items() if key != "names"},
                }
                for slug, one in things.items()
            },
            "classes": {BODY: {"fr": "organisation", "en": "organisation"}},
        }
    )


def best(index: Index, name: str, **known: Any) -> Candidate | None:
    found = candidates(index, Asked(name, **known))
    return found[0] if found else None


def slug(one: Candidate | None) -> str:
    return one.thing.iri.removeprefix(ORG) if one else ""


def matched(found: list[Candidate]) -> list[str]:
    return [slug(one) for one in found if one.match]


# --- The graph we have -------------------------------------------------------------------------


def rows() -> list[Any]:
    with NAMES.open(encoding="utf-8") as file:
        return [
            pytest.param(row["name"], row["expected"], id=row["name"])
            for row in csv.DictReader(file, delimiter="\t")
        ]


@pytest.mark.parametrize(("name", "expected"), rows())
def test_names_as_people_write_them_come_first_and_nothing_else_is_taken(
    index: Index, name: str, expected: str
) -> None:
    found = candidates(index, Asked(name))
    sure = [one.thing.iri for one in found if one.match]
    wanted = f"https://w3id.org/cnfpt-coop/id/{expected}"
    if expected:
        assert found[0].thing.iri == wanted
        assert sure in ([], [wanted])
    else:
        assert not sure


def test_most_of_them_are_taken_without_asking(index: Index) -> None:
    given = [param.values for param in rows() if param.values[1]]
    sure = [one for name, _ in given for one in candidates(index, Asked(str(name))) if one.match]
    assert len(sure) >= 0.8 * len(given)


def test_what_is_sealed_holds_names_countries_and_identifiers(index: Index) -> None:
    thing = index.things[ORG + "meae"]
    assert ("iati", "FR-6") in thing.identifiers
    assert index.things[ORG + "cefal"].countries == {"BJ"}
    assert BODY in thing.classes
    assert not any("/graph/" in iri or "/gap/" in iri for iri in index.things)
    assert json.loads(linking.written(index.sealed)) == index.sealed


# --- Sure, or not ------------------------------------------------------------------------------


def test_homonyms_are_not_taken_until_the_country_tells_them_apart(index: Index) -> None:
    asked = "Ambassade de France"
    assert not matched(candidates(index, Asked(asked)))
    assert matched(candidates(index, Asked(asked, countries=frozenset({"LB"})))) == [
        "ambassade-france-liban"
    ]
    assert not matched(candidates(index, Asked(asked, countries=frozenset({"MA"}))))


def test_an_agreeing_identifier_beats_a_homonym() -> None:
    index = small(
        one={"fr": "Centre de formation", "identifiers": [["siren", "180014045"]]},
        two={"fr": "Centre de formation", "identifiers": [["siren", "732829320"]]},
    )
    assert not matched(candidates(index, Asked("Centre de formation")))
    for code, wanted in (("180 014 045", "one"), ("732829320", "two")):
        given = tuple(identifier("siren", code))
        found = candidates(index, Asked("Centre de formation", identifiers=given))
        assert slug(found[0]) == wanted
        assert matched(found) == [wanted]
        assert found[0].features["identifier"] is True
        assert found[1].features["identifier"] is False


def test_a_disagreeing_identifier_prevents_a_match(index: Index) -> None:
    found = best(index, "Tunisie", identifiers=tuple(identifier("wikidata", "Q1028")))
    assert found is not None
    assert found.thing.iri.endswith("/place/maroc")
    every = candidates(index, Asked("Tunisie", identifiers=(("wikidata", "Q1028"),)))
    assert not any(one.match for one in every)
    refuted = next(one for one in every if one.thing.iri.endswith("/place/tunisie"))
    assert refuted.features["identifier"] is False


def test_an_identifier_finds_a_thing_whose_name_is_unknown_here(index: Index) -> None:
    given = tuple(identifier("identifier", "https://www.wikidata.org/wiki/Q948"))
    found = candidates(index, Asked("الجمهورية التونسية", identifiers=given))
    assert [one.thing.iri.rpartition("/")[2] for one in found if one.match] == ["tunisie"]


def test_an_identifier_and_a_name_that_speak_of_two_things_are_left_to_a_person(
    index: Index,
) -> None:
    found = candidates(index, Asked("CFAD", identifiers=(("iati", "FR-3"),)))
    assert slug(found[0]) == "afd"
    assert not matched(found)


def test_a_part_of_a_name_is_never_taken() -> None:
    index = small(one={"fr": "Bureau technique des villes libanaises"})
    found = best(index, "Bureau technique des villes")
    assert found is not None
    assert not found.match
    assert found.features["all-words"] is False


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Ambassade de France au Bénin", "Ambassade du Bénin en France"),
        ("Ambassade de France au Liban", "Ambassade du Liban en France"),
        ("Embassy of France in Benin", "Embassy of Benin in France"),
    ],
)
def test_an_embassy_is_not_that_of_the_other_country(index: Index, name: str, other: str) -> None:
    right, crossed = best(index, name), best(index, other)
    assert right is not None
    assert right.match
    assert crossed is None or (not crossed.match and crossed.score < 90)
    assert not any(one.match for one in candidates(index, Asked(other)))
    assert not any(one.same for one in lookalikes(other, "", index))


def test_a_number_tells_one_from_another() -> None:
    names = {f"c{n}": {"fr": f"Centre de formation numéro {n} de Parakou"} for n in (1, 2, 12)}
    index = small(**names)
    assert matched(candidates(index, Asked("Centre de formation numéro 2 de Parakou"))) == ["c2"]
    assert matched(candidates(index, Asked("Centre de formation no 12, Parakou"))) == []
    for unknown in ("7", "22", "112"):
        text = f"Centre de formation numéro {unknown} de Parakou"
        assert matched(candidates(index, Asked(text))) == []
        assert all(one.score < 90 for one in candidates(index, Asked(text)))
        assert not any(one.same for one in lookalikes(text, "", index))


def test_an_expansion_that_is_of_a_longer_name_is_not_taken(index: Index) -> None:
    found = best(index, "Institut national spécialisé d’études territoriales")
    assert slug(found) == "inset-nancy"
    assert found is not None
    assert not found.match


def test_a_sign_one_letter_off_is_another_body(index: Index) -> None:
    for name in ("CFAO", "BTVM", "CNFPE"):
        found = best(index, name)
        assert found is None or (found.score < 60 and not found.match), name


def test_a_sign_is_not_taken_for_a_country_where_it_may_be_another(index: Index) -> None:
    assert matched(candidates(index, Asked("AMF"))) == ["amf"]
    assert not matched(candidates(index, Asked("AMF", countries=frozenset({"AE"}))))


def test_the_type_filters_and_a_property_only_weighs(index: Index) -> None:
    asked = "Tunisie"
    only = candidates(index, Asked(asked, classes=frozenset({BODY})))
    assert only
    assert all(BODY in one.thing.classes for one in only)
    both = frozenset({BODY, PLACE})
    assert candidates(index, Asked(asked, classes=both))
    assert not candidates(index, Asked(asked, classes=both, every_class=True))
    weighed = candidates(index, Asked(asked, said_classes=frozenset({BODY})))
    place = next(one for one in weighed if one.thing.iri.endswith("/place/tunisie"))
    assert place.features["type"] is False
    assert not place.match


def test_scores_fall_and_the_limit_holds(index: Index) -> None:
    found = candidates(index, Asked("centre de formation", most=100))
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert len(candidates(index, Asked("centre de formation", most=2))) == 2
    assert sum(one.match for one in found) <= 1


def test_odd_texts_name_nothing_and_stop_nothing(index: Index) -> None:
    for text in (
        "",
        " ",
        "zzqqxxyy 918273",
        "a" * 5000,
        '"); DROP',
        "🐟",
        "\x00",
        "(((",
        "%_",
        "،",
    ):
        assert not any(one.match for one in candidates(index, Asked(text)))


# --- Names -------------------------------------------------------------------------------------


def test_initials_signs_and_sounds() -> None:
    assert "cfad" in initials("Centre de formation et d’appui à la décentralisation")
    assert is_acronym("GIFT-MENA")
    assert not is_acronym("AMF France")
    assert skeleton("بيروت") == skeleton("Beyrouth") == "brt"
    assert skeleton("لا") == ""


# --- Look-alikes -------------------------------------------------------------------------------


def test_an_acronym_finds_the_name_it_stands_for(index: Index) -> None:
    (first, *_) = lookalikes("BTVL", "organisation", index)
    assert first.iri == ORG + "btvl"
    assert first.same
    assert first.label["fr"] == "Bureau technique des villes libanaises"
    assert {"fr": "même sigle", "en": "same acronym"} in first.why


def test_an_acronym_nobody_wrote_finds_the_name_by_its_initials() -> None:
    index = small(one={"fr": "Institut de formation des cadres communaux"})
    for name in ("IFCC", "I.F.C.C."):
        (found,) = lookalikes(name, "organisation", index)
        assert found.why == ({"fr": "initiales du nom", "en": "initials of the name"},)
        assert not found.same
    assert lookalikes("Institut de formation des cadres communaux", "place", index) == []


def test_a_name_in_arabic_finds_the_one_that_sounds_so() -> None:
    index = small(one={"fr": "Marrakech"}, two={"fr": "مؤسسة بيروت", "names": []})
    (found,) = lookalikes("مراكش", "", index)
    assert found.iri == ORG + "one"
    assert not found.same
    assert found.why[0]["en"] == "name that sounds alike"
    assert [one.iri for one in lookalikes("Marrakesh", "", index)] == [ORG + "one"]


def test_the_same_identifier_is_a_warning_whatever_the_name(index: Index) -> None:
    (found, *_) = lookalikes("Quai d’Orsay", "", index, identifiers=identifier("iati", "FR-6"))
    assert found.iri == ORG + "meae"
    assert {"fr": "même identifiant", "en": "same identifier"} in found.why
    json.dumps(found.as_json())


def test_what_is_known_to_be_itself_is_left_out(index: Index) -> None:
    iri = ORG + "btvl"
    assert all(one.iri != iri for one in lookalikes("BTVL", "", index, but=[iri]))
    assert lookalikes("Société des eaux de Marseille", "organisation", index) == []


# --- Suggestions -------------------------------------------------------------------------------


def test_the_first_letters_suggest_and_a_misspelling_still_finds(index: Index) -> None:
    assert things(index, "cef")[0].iri == ORG + "cefal"
    assert things(index, "villes lib")[0].iri == ORG + "btvl"
    assert things(index, ORG + "btvl")[0].iri == ORG + "btvl"
    assert things(index, "organisation/btvl")[0].iri == ORG + "btvl"
    assert things(index, "expertisse france")[0].iri == ORG + "expertise-france"
    assert all(PLACE in one.classes for one in things(index, "tun", [PLACE]))
    assert things(index, "") == things(index, "zzqqxx") == []
