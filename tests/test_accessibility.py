"""The published self-assessment: whole, in both languages, and true to the tests it names."""

from __future__ import annotations

import ast
import copy
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from coopkg.serve import accessibility

ROOT = Path(__file__).parents[1]
DATA = ROOT / "coopkg/serve/accessibility/criteria.toml"
COUNTS = (9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12)  # of RGAA 4.1, theme by theme
SHEET = ROOT / "coopkg/serve/static/site.css"
# What is read on what, and by how much it must stand out (WCAG 2.2, 1.4.3 and 1.4.11).
PAIRS = [
    *((front, back, 4.5) for front in ("ink", "soft", "accent") for back in ("paper", "tint")),
    *((front, back, 4.5) for front in ("ink", "soft") for back in ("warn", "bad")),
    ("accent-ink", "accent", 4.5),
    *((edge, "paper", 3.0) for edge in ("soft", "accent", "warn-line", "bad-line")),
    ("accent", "tint", 3.0),
]


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


def test_all_106_criteria_are_there_once_and_in_order() -> None:
    wanted = [f"{theme}.{i}" for theme, n in enumerate(COUNTS, 1) for i in range(1, n + 1)]
    assert len(wanted) == 106
    assert [one.number for one in accessibility.assessment().criteria] == wanted


def test_each_criterion_is_said_in_both_languages_and_what_fails_says_how() -> None:
    for one in accessibility.assessment().criteria:
        assert all(one.text[lang].strip() for lang in ("fr", "en")), one.number
        assert one.text["fr"] != one.text["en"], one.number
        assert not one.how or all(one.how[lang].strip() for lang in ("fr", "en")), one.number
        assert one.how or one.tests or one.verdict == "C", one.number
        assert one.how or one.verdict != "NC", one.number
    texts = [one.text["en"] for one in accessibility.assessment().criteria]
    assert len(set(texts)) == len(texts)


def test_each_test_that_is_named_exists(data: dict[str, Any]) -> None:
    for name in data["tests"].values():
        path, _, function = name.partition("::")
        tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
        assert function in {
            node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)
        }, name
    used = {
        key for theme in data["themes"] for one in theme["criteria"] for key in one.get("tests", ())
    }
    assert used == data["tests"].keys()


def test_the_state_follows_from_the_criteria(data: dict[str, Any]) -> None:
    def judged(verdict: str, first: int) -> str:
        changed = copy.deepcopy(data)
        every = [one for theme in changed["themes"] for one in theme["criteria"]]
        for i, one in enumerate(every):
            one["verdict"] = verdict if i < first else "C"
        return accessibility.read(changed).state["en"]

    assert judged("NC", 0) == judged("NA", 50) == "fully compliant"
    assert judged("NC", 1) == judged("NC", 53) == "partially compliant"
    assert judged("NC", 54) == "not compliant"
    with pytest.raises(KeyError):
        judged("perhaps", 1)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_statement_and_its_criteria_are_pages(client: FlaskClient, lang: str) -> None:
    found = accessibility.assessment()
    statement = client.get(f"/{lang}/accessibility").text
    assert f"<strong>{found.state[lang]}</strong>" in statement
    for one in found.missed():
        assert one.number in statement
    criteria = client.get(f"/{lang}/accessibility/criteria").text
    assert re.findall(r'<tr id="c([\d.]+)"', criteria) == [one.number for one in found.criteria]
    assert f'href="/{lang}/accessibility"' in client.get(f"/{lang}/").text


def test_the_footer_says_the_same_state(client: FlaskClient) -> None:
    for lang in ("fr", "en"):
        footer = client.get(f"/{lang}/").text.rsplit("<footer", 1)[1]
        assert accessibility.assessment().state[lang] in footer


def luminance(colour: str) -> float:
    """Return the relative luminance of `#rrggbb` (WCAG 2.2)."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
def test_colours_stand_out_enough_from_one_another(scheme: int) -> None:
    pattern = r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);"
    colours = {
        name: (light, dark)[scheme]
        for name, light, dark in re.findall(pattern, SHEET.read_text(encoding="utf-8"))
    }
    weak = {
        (front, back): round(contrast(colours[front], colours[back]), 2)
        for front, back, least in PAIRS
        if contrast(colours[front], colours[back]) < least
    }
    assert weak == {}
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
