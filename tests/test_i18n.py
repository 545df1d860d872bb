"""Which language a reader gets."""

from __future__ import annotations

import pytest

from coopkg.serve.i18n import preferred

FRENCH = [
    "",
    "*",
    "de",
    "fr-CA, en;q=0.9",
    "fr-FR,fr;q=0.8,en-US;q=0.5,en;q=0.3",
    "fr,en",
    "en;q=0",
    "fr;q=0, en;q=0",
    "en;q=0.3, *;q=0.5",
    "nonsense;;;q=x",
]
ENGLISH = [
    "en",
    "en-GB",
    "EN-us",
    "en-GB, fr;q=0.5",
    "en-GB,en;q=0.9,fr-FR;q=0.8,fr;q=0.7",
    "ar, en-US;q=0.8, fr;q=0.7",
    "de, en;q=0.5",
    "en,fr",
    "fr;q=0, *",
    "fr;q=0.1, *",
]


@pytest.mark.parametrize("header", FRENCH)
def test_whoever_likes_french_best_or_says_nothing_reads_french(header: str) -> None:
    assert preferred(header) == "fr"


@pytest.mark.parametrize("header", ENGLISH)
def test_whoever_likes_english_best_in_any_country_reads_english(header: str) -> None:
    assert preferred(header) == "en"
