"""Identifiers of registers: their forms, their check digits, and what is said of a wrong one."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coopkg.linking import identifiers
from coopkg.linking.identifiers import (
    ALPHA2,
    ALPHA3,
    IATI,
    ISNI,
    KINDS,
    M49,
    ROR,
    SIREN,
    SIRET,
    WIKIDATA,
    Kind,
    checked,
)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_example_of_each_register_is_right(kind: Kind) -> None:
    assert checked(kind, kind.example).ok
    assert checked(kind, f"  {kind.example} ").value == checked(kind, kind.example).value


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (SIREN, "180 014 045", "180014045"),
        (SIREN, "180\u00a0014\u202f045", "180014045"),
        (SIRET, "732 829 320 00074", "73282932000074"),
        (WIKIDATA, "http://www.wikidata.org/entity/Q948", "Q948"),
        (WIKIDATA, "wd:q948", "Q948"),
        (ROR, "https://ror.org/02feahw73", "02feahw73"),
        (ROR, "ror.org/02FEAHW73/", "02feahw73"),
        (ISNI, "https://isni.org/isni/0000000121032683", "0000000121032683"),
        (ISNI, "ISNI 0000-0001-2103-2683", "0000000121032683"),
        (IATI, "fr-siren-180014045", "FR-SIREN-180014045"),
        (IATI, "FR-3", "FR-3"),
        (IATI, "XM-DAC-5-1", "XM-DAC-5-1"),
        (M49, "002", "002"),
    ],
)
def test_what_people_write_around_an_identifier_is_left_out(
    kind: Kind, text: str, value: str
) -> None:
    assert checked(kind, text).value == value


@pytest.mark.parametrize(
    ("kind", "text", "fault"),
    [
        (SIREN, "180014046", "digits"),
        (SIREN, "18001404", "form"),
        (SIREN, "١٨٠٠١٤٠٤٥", "form"),
        (SIRET, "18001404500019", "digits"),
        (SIRET, "35600000000049", "digits"),
        (ROR, "02feahw74", "digits"),
        (ROR, "02feahw7i", "form"),
        (ISNI, "0000000121032684", "digits"),
        (WIKIDATA, "948", "form"),
        (WIKIDATA, "Q0948", "form"),
        (IATI, "FR/3", "form"),
        (IATI, "QX-3", "unknown"),
        (ALPHA2, "QX", "unknown"),
        (ALPHA2, "tn", "form"),
        (ALPHA2, "XK", "unknown"),
        (ALPHA3, "ZAR", "unknown"),
        (M49, "999", "unknown"),
        (M49, "12", "form"),
        (M49, "", "form"),
    ],
)
def test_a_wrong_one_is_told_with_what_was_expected(kind: Kind, text: str, fault: str) -> None:
    found = checked(kind, text)
    assert (found.ok, found.value, found.fault) == (False, "", fault)
    assert identifiers.wrong(kind, text)
    assert set(found.message) == {"fr", "en"}
    for lang, message in found.message.items():
        assert kind.example in message
        assert kind.expected[lang] in message
        assert text[:80] in message


def test_a_post_office_needs_no_luhn_but_digits_that_add_up_to_five() -> None:
    assert not identifiers.luhn("35600000049837")
    assert checked(SIRET, "35600000049837").ok
    assert not checked(SIRET, "35600000049838").ok


@given(st.sampled_from(["180014045", "73282932000074"]), st.data())
def test_one_wrong_digit_is_always_noticed(right: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(right) - 1))
    digit = data.draw(st.sampled_from([one for one in string.digits if one != right[at]]))
    kind = SIREN if len(right) == 9 else SIRET
    assert not checked(kind, right[:at] + digit + right[at + 1 :]).ok


@given(st.sampled_from(KINDS), st.text(max_size=40))
def test_any_text_is_judged_and_control_characters_are_not_shown(kind: Kind, text: str) -> None:
    found = checked(kind, text)
    assert found.ok == bool(found.value)
    shown = "".join(found.message.values())
    assert not any(ord(one) < 32 or ord(one) == 127 for one in shown)


def test_the_countries_are_those_of_iso_3166_1() -> None:
    assert len(identifiers.countries()) == 249
    assert {"FR", "TN", "BJ", "PS", "TW"} <= identifiers.countries()


@pytest.mark.parametrize(
    ("called", "name"),
    [
        ("IATI organisation identifier", "iati"),
        ("Numéro SIRET", "siret"),
        ("SIREN", "siren"),
        ("ISO 3166-1 alpha-2", "iso-3166-1-alpha-2"),
        ("Wikidata entity IRI", "wikidata"),
    ],
)
def test_a_register_is_known_by_what_data_call_it(called: str, name: str) -> None:
    kind = identifiers.kind_of(called)
    assert kind is not None
    assert kind.name == name
    assert identifiers.kind_of("Légifrance text id") is None
