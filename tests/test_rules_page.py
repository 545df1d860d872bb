"""Every rule that refuses something has its words, its place on a page, and its own address."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import partnering
import pytest
from flask import Flask
from partnering import said

from coopkg.contributions import rules
from coopkg.engine import cuts
from coopkg.linking.identifiers import KINDS
from coopkg.serve import problems

INTAKE = Path(__file__).parents[1] / "coopkg" / "build" / "intake"
CHECKING = Path(__file__).parents[1] / "coopkg" / "contributions" / "checking.py"
NAMED = {"Finding": 0, "told": 1, "_tell": 0, "Broken": 1, "_refused": 1, "Refusal": 0}
"""Which argument of a call names a rule."""
MADE = {f"identifier-{kind.name}" for kind in KINDS} | {
    "axiom", "shacl", "limit-quads", "limit-literal", "limit-depth", "limit-columns",
    "limit-cells", "limit-sheets", "limit-unpacked", "not-address", "not-integer", "not-decimal",
    "not-date", "not-thing", "core-term", "foreign-subject",
}  # fmt: skip
"""Rules whose names are made where they are told."""


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with partnering.service(tmp_path_factory.mktemp("rules")) as made:
        yield made


def named_by_the_checker() -> set[str]:
    """Return the rules that the code of the checker names where it tells them."""
    found: set[str] = set()
    for path in (*INTAKE.glob("*.py"), CHECKING):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            call = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            call = node.func.id if isinstance(node.func, ast.Name) else call
            place = 0 if call == "CheckError" else NAMED.get(call)
            if place is not None and place < len(node.args):
                value = node.args[place]
                if isinstance(value, ast.Constant) and isinstance(value.value, str):
                    found.add(value.value)
    return found


def test_no_rule_is_without_words_and_no_words_without_a_rule() -> None:
    named = named_by_the_checker()
    assert len(named) > 40
    assert (named | MADE) - rules.RULES.keys() == set(), "name it in contributions/rules.py"
    every = "".join(one.read_text(encoding="utf-8") for one in INTAKE.glob("*.py"))
    unused = {name for name in rules.RULES.keys() - named - MADE if f'"{name}"' not in every}
    assert unused == set(), "nothing names it any more"


def test_each_rule_is_told_in_both_languages() -> None:
    for name, rule in rules.RULES.items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert rule.fr != rule.en, name
        assert rule.do_fr != rule.do_en, name
        assert rule.do_fr.endswith((".", "…")), name
    assert len(rules.RULES) == sum(len(found) for _, _, found in rules.SECTIONS), "one place each"


def test_the_type_of_a_problem_and_the_rule_of_a_finding_lead_to_their_place(app: Flask) -> None:
    client = app.test_client()
    pages = {lang: client.get(f"/{lang}/rules").text for lang in ("fr", "en")}
    assert "Une ligne mal écrite" in pages["fr"]
    assert "A line wrongly written" in pages["en"]
    kinds = [one.slug for one in problems.kinds()]
    cut = cuts.link(7).removeprefix(problems.TYPES)  # no refusal: where a cut answer leads
    for start, names in (("/rule/", list(rules.RULES)), ("/problem/", [*kinds, cut])):
        for name in names:
            there = client.get(start + name, headers={"Accept-Language": "en"})
            assert there.status_code == 303
            page, _, place = there.headers["Location"].partition("#")
            assert page == "/en/rules"
            for text in pages.values():
                assert text.count(f'id="{place}"') == 1
    unknown = client.get("/rule/no-such-rule", headers={"Accept": "application/json"})
    assert unknown.status_code == 404


def test_the_type_of_every_refusal_is_one_of_the_page(app: Flask) -> None:
    client = app.test_client()
    kinds = {one.slug for one in problems.kinds()}
    for answer in (
        client.get("/nothing"),
        client.put("/graphs?default", data="x"),
        client.post("/sparql", data={"update": "CLEAR ALL"}),
        client.get("/sparql?query=SELEKT"),
        client.get("/graphs?graph=a&graph=b"),
        client.delete("/sparql"),
        client.post("/api/contributions", headers={"Authorization": "Bearer"}),
    ):
        assert said(answer)["type"].removeprefix(problems.TYPES) in kinds, answer.text
