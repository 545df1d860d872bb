"""What each question must answer: `queries/contracts/`, compared at every publication."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import golden
import pytest

from coopkg import answers, generation, questions
from coopkg.build import asking
from coopkg.errors import PublicationError
from coopkg.questions import Question, QuestionEvidence

SLUGS = sorted({path.stem for path in golden.QUERIES.glob("*.rq")} - questions.APART)
FEW = ("foreign-countries-named", "priority-zones")
FOLDER = golden.QUERIES / asking.CONTRACTS
AFRICAN_MISSIONS = re.compile(
    rb'(?P<said><[^>]*/observation/[^>]*> <[^>]*> )"65"(?P<type>\^\^<[^>]*>)?(?P<graph> [^\n]*)'
)


@dataclass(frozen=True)
class Published:
    """The questions of a generation and what it is asked with."""

    files: dict[str, bytes]
    questions: dict[str, Question]
    evidence: dict[str, QuestionEvidence]

    @cached_property
    def asked(self) -> answers.Context:
        return asking.context(self.files)

    def contract(self, slug: str) -> str:
        return golden.written(
            golden.contract(self.questions[slug], self.evidence[slug], self.asked)
        )

    def refusal(self, queries: Path) -> PublicationError:
        with pytest.raises(PublicationError) as refused:
            asking.every_question(self.questions, self.evidence, self.asked, queries)
        return refused.value


@pytest.fixture(scope="module")
def real(published: Path) -> Published:
    """Return the real generation, opened as publishing asks it."""
    current = generation.current(published)
    names = ("store.nq", "labels.json", "passages.json", "proofs.json")
    return Published(
        files={name: current.file(name).read_bytes() for name in names},
        questions=questions.load(current.path / "questions"),
        evidence=answers.evidence_of(current.read_json("questions.json")),
    )


@pytest.fixture(scope="module")
def few(real: Published) -> Published:
    """Return the same, with two questions only."""
    return replace(real, questions={slug: real.questions[slug] for slug in FEW})


@pytest.fixture
def queries(tmp_path: Path) -> Path:
    """Return a copy of the contracts of those two, that a test may change."""
    folder = tmp_path / asking.CONTRACTS
    folder.mkdir()
    for slug in FEW:
        (folder / f"{slug}.json").write_bytes((FOLDER / f"{slug}.json").read_bytes())
    return tmp_path


def change(queries: Path, slug: str, **changed: Any) -> None:
    """Change the first case of a contract."""
    path = queries / asking.CONTRACTS / f"{slug}.json"
    first, *others = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps([{**first, **changed}, *others]), encoding="utf-8")


def test_every_question_has_a_contract_and_every_contract_a_question(real: Published) -> None:
    assert asking.contracts(golden.QUERIES).keys() == real.questions.keys()


@pytest.mark.parametrize("slug", SLUGS)
def test_a_contract_says_what_its_question_answers_now(slug: str, real: Published) -> None:
    committed = (FOLDER / f"{slug}.json").read_text(encoding="utf-8")
    assert golden.first_difference(committed, real.contract(slug)) == ""


def test_the_contracts_stand_for_themselves(real: Published) -> None:
    assert (
        asking.broken(asking.contracts(golden.QUERIES), real.questions, real.evidence, real.asked)
        == []
    )


def test_the_gold_questions_are_in_the_contracts() -> None:
    found = asking.contracts(golden.QUERIES)
    for name, entry in golden.competency().items():
        cases = [case["parameters"] for case in found[entry["question"]]]
        assert entry["parameters"] in cases, name


# --- A changed datum -------------------------------------------------------------------------


def test_one_changed_figure_stops_the_publication_and_names_the_questions(
    real: Published,
) -> None:
    """The missions in Africa, 65, become 66."""
    store, changed = AFRICAN_MISSIONS.subn(
        rb'\g<said>"66"\g<type>\g<graph>', real.files["store.nq"]
    )
    assert changed
    spoilt = Published({**real.files, "store.nq": store}, real.questions, real.evidence)
    error = spoilt.refusal(golden.QUERIES)
    fr, en = french(error), error.message("en")
    assert re.search(r"\nmissions-by-zone.* : rows : il manque .*\"65\".* ; en trop .*\"66\"", fr)
    assert re.search(r"\nmissions-by-zone.*: rows: lacks .*\"65\".*; too many .*\"66\"", en)
    assert "\ntotal-equals-parts" in fr
    assert "\ntotal-equals-parts" in en
    assert "trainees-by-year" not in en


def test_one_lost_partner_stops_the_publication(real: Published) -> None:
    kept = [
        line
        for line in real.files["store.nq"].splitlines(keepends=True)
        if not (b"#hasPartner>" in line and b"/organisation/expertise-france>" in line)
    ]
    files = {**real.files, "store.nq": b"".join(kept)}
    error = Published(files, real.questions, real.evidence).refusal(golden.QUERIES)
    (said,) = [
        line
        for line in error.message("en").splitlines()
        if line.startswith(
            "partners-by-theme-and-place theme=decentralisation place=mediterranee: rows"
        )
    ]
    assert said.endswith(
        'lacks {"partner": "organisation:expertise-france", "activity": "activity:tunisie", '
        '"country": "place:tunisie", "theme": "theme:decentralisation"}'
    )


# --- A contract that is not one --------------------------------------------------------------


def test_a_question_without_a_contract_stops_the_publication(few: Published, queries: Path) -> None:
    (queries / asking.CONTRACTS / "priority-zones.json").unlink()
    error = few.refusal(queries)
    assert "priority-zones : aucun contrat ; « make golden »" in french(error)
    assert "priority-zones: no contract; run `make golden`" in error.message("en")


def test_a_contract_of_no_question_stops_the_publication(few: Published, queries: Path) -> None:
    folder = queries / asking.CONTRACTS
    (folder / "priority-zones.json").rename(folder / "priority-zone.json")
    error = few.refusal(queries)
    assert "priority-zone : contrat sans question" in french(error)
    assert "priority-zone: contract without question" in error.message("en")


@pytest.mark.parametrize("text", ["{", "[]", "{}", '[{"parameters": {}}]', '["rows"]', "\ufeff[]"])
def test_a_contract_that_is_not_a_list_of_whole_cases_is_named(
    text: str, few: Published, queries: Path
) -> None:
    (queries / asking.CONTRACTS / "priority-zones.json").write_text(text, encoding="utf-8")
    error = few.refusal(queries)
    for lang in ("fr", "en"):
        assert "queries/contracts/priority-zones.json" in error.message(lang)


@pytest.mark.parametrize(
    ("changed", "fr", "en"),
    [
        ({"status": "empty"}, "status : « complete », le contrat dit « empty »", "status: "),
        ({"lines": []}, "lines : en trop ", "lines: too many "),
        ({"gaps": ["gap:none"]}, 'gaps : il manque "gap:none"', 'gaps: lacks "gap:none"'),
        ({"computed": ["zone"]}, 'computed : il manque "zone"', 'computed: lacks "zone"'),
        ({"related": []}, "related : en trop ", "related: too many "),
        ({"parameters": {"zones": "x"}}, "priority-zones zones=x : ", "priority-zones zones=x: "),
    ],
    ids=["status", "lines", "gaps", "computed", "related", "parameters"],
)
def test_all_that_a_contract_says_binds(
    changed: dict[str, Any], fr: str, en: str, few: Published, queries: Path
) -> None:
    change(queries, "priority-zones", **changed)
    error = few.refusal(queries)
    assert fr in french(error)
    assert en in error.message("en")


def test_a_message_shows_a_few_differences_and_says_that_there_are_more(
    few: Published, queries: Path
) -> None:
    change(queries, "foreign-countries-named", rows=[])
    assert error_rows(few.refusal(queries)).count('"country"') == asking.SHOWN
    assert error_rows(few.refusal(queries)).endswith("}, …")


def french(error: PublicationError) -> str:
    """Return a message in French, with plain spaces."""
    return error.message("fr").replace("\u00a0", " ")


def error_rows(error: PublicationError) -> str:
    (said,) = [line for line in error.message("en").splitlines() if ": rows: " in line]
    return said


# --- make golden -----------------------------------------------------------------------------


def test_accepting_answers_writes_only_what_changed_and_says_what(tmp_path: Path) -> None:
    texts = {"a": "[\n 1\n]\n", "b": "[\n 2\n]\n"}
    assert golden.accept(tmp_path / "new", texts) == ["a: new", "b: new"]
    assert golden.accept(tmp_path / "new", texts) == []
    said = golden.accept(tmp_path / "new", {"b": "[\n 3\n]\n"})
    assert said == ["a: dropped, no question has this name", "b: line 2: 2 → 3"]
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["b.json"]


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("a\nb\n", "a\nb\n", ""),
        ("a\nb\n", "a\nc\n", "line 2: b → c"),
        ("a\n", "a\nb\n", "line 2:  → b"),
        ("a\nb\n", "a\n", "line 2: b → "),
    ],
)
def test_the_first_difference_of_two_contracts_is_named(before: str, after: str, said: str) -> None:
    assert golden.first_difference(before, after) == said


def test_a_contract_reads_back_as_what_was_answered(real: Published) -> None:
    slug = "partners-by-theme-and-place"
    cases = golden.contract(real.questions[slug], real.evidence[slug], real.asked)
    assert json.loads(golden.written(cases)) == cases
    assert real.contract(slug) == golden.written(cases)
