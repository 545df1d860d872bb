"""Terms as people read them."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from coopkg.answers import Catalogue
from coopkg.answers.catalogue import literal_words

XSD = "http://www.w3.org/2001/XMLSchema#"


@pytest.mark.parametrize(
    ("literal", "fr", "en"),
    [
        (ox.Literal(2018), "2018", "2018"),
        (ox.Literal(1234567), "1\u202f234\u202f567", "1,234,567"),
        (ox.Literal("2.5", datatype=ox.NamedNode(f"{XSD}decimal")), "2,5", "2.5"),
        (ox.Literal(-12345), "-12\u202f345", "-12,345"),
        (ox.Literal(False), "non", "no"),
        (ox.Literal("12345"), "12345", "12345"),
    ],
)
def test_values_are_written_as_each_language_does(literal: ox.Literal, fr: str, en: str) -> None:
    assert (literal_words(literal, "fr"), literal_words(literal, "en")) == (fr, en)


def test_a_place_or_a_theme_is_put_in_a_sentence_with_its_own_words() -> None:
    catalogue = Catalogue(
        {
            "x:m": {
                "fr": "Maroc",
                "en": "Morocco",
                "in": {"fr": "au Maroc"},
                "the": {"fr": "le Maroc"},
            }
        },
        {},
        {},
    )
    morocco = ox.NamedNode("x:m")
    assert [catalogue.words(morocco, "fr", form) for form in ("", "in", "the", "of")] == [
        "Maroc",
        "au Maroc",
        "le Maroc",
        "du Maroc",
    ]
    assert catalogue.words(morocco, "en", "in") == "in “Morocco”"  # no form of its own
    assert catalogue.words(ox.Literal(2017), "fr", "in") == "en 2017"
