"""Questions: their description, read strictly, and their documentation."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest
from answering import QUERIES, TINY, real

from coopkg import answers
from coopkg.build import evidence
from coopkg.errors import QuestionError
from coopkg.questions import CATEGORIES, RESERVED, binding, load, read
from coopkg.questions.fields import typeset
from coopkg.questions.question import COLUMN_KINDS, NOTE_KINDS, VIEWS


def changed(old: str, new: str) -> str:
    """Return the tiny question with one passage replaced."""
    assert old in TINY
    return TINY.replace(old, new, 1)


# --- The description ----------------------------------------------------------------------


def test_a_question_says_what_it_asks_in_both_languages() -> None:
    question = read("who-works-on", TINY)
    assert question.help.fr == "Les partenaires d’une action."
    assert question.help["en"] == "The partners of an action."
    assert [column.name for column in question.visible] == ["partner", "activity", "since", "theme"]
    assert [column.name for column in question.extra] == ["close"]
    assert question.counted == "partner"


def test_the_text_of_a_question_is_never_changed() -> None:
    assert read("who-works-on", TINY).text == TINY


@pytest.mark.parametrize(
    ("text", "key", "reason"),
    [
        (changed("#+ exhaustive", "#+ exaustive"), "`exaustive`", "did you mean 'exhaustive'"),
        (changed("#+ one.en =", "#+ ones.en ="), "`sentence.one.en`", "missing key"),
        (changed('#+ help.en = "The partners of an action."\n', ""), "`help.en`", "missing key"),
        (changed('"partners"', '"partner"'), "`category`", "did you mean 'partners'"),
        (changed('view = "table"', 'view = "grid"'), "`view`", "not one of table"),
        (changed("exhaustive = false", 'exhaustive = "no"'), "`exhaustive`", "bool"),
        (changed("exhaustive = false", "exhaustive ="), "line 7", "not TOML"),
        (changed('base = "theme:"', 'base = "themes:"'), "theme.base", "unknown prefix"),
        (changed("[parameters.theme]", "[parameters.them]"), "parameters.them", "listed by SELECT"),
        (changed("#+ activity.label", "#+ acts.label"), "`columns.activity`", "description"),
        (changed("{count} partners: {partner}", "{partners}"), "sentence.many.en", "{partners}"),
        (changed("{count} partners: {partner}", "{partner"), "sentence.many.en", "template"),
        (changed("{theme.the} {place.in}?", "{theme.des}?"), "title.en", "template"),
        (changed("{theme.the} {place.in}?", "{theme.each}?"), "title.en", "no rows here"),
        (
            changed('#+ any = { fr = "tout", en = "anything" }\n', ""),
            "`parameters.theme.any`",
            "yet title.fr uses it",
        ),
        (changed('example = "decentralisation"', 'example = "é à"'), "theme.example", "short name"),
        (changed("SELECT DISTINCT ?place", "SELECT DISTINCT ?p"), "place.domain", "select ?place"),
        (changed("?partner ?activity ?close ", "?activity ?close "), "related[1]", "?partner is"),
        (changed("SELECT DISTINCT ?gap", "SELECT DISTINCT ?hole"), "gap.query", "?gap is"),
        (changed("?reason ?note ?theme ?place", "?reason ?note ?theme"), "gap.query", "?place is"),
        (TINY.replace("?close", "?near"), "`columns.near`", "related[1].query"),
        (changed("SELECT DISTINCT ?partner ?activity ?since", "ASK #"), "`SELECT`", "not SPARQL"),
        (TINY[: TINY.index("SELECT DISTINCT ?partner ?activity ?since")] + "ASK {}", "", "SELECT"),
        (changed("\nSELECT DISTINCT ?partner ?activity ?s", "\n#+ x = 1\n?"), "line", "has begun"),
        ("SELECT * {}", "", "no `#+` description"),
    ],
)
def test_a_mistake_in_a_description_is_named(text: str, key: str, reason: str) -> None:
    with pytest.raises(QuestionError) as caught:
        read("who-works-on", text)
    assert "queries/who-works-on.rq" in str(caught.value)
    assert key in str(caught.value)
    assert reason in str(caught.value)
    assert caught.value.slug == "who-works-on"
    assert caught.value.message("fr") != caught.value.message("en")


def test_a_slot_that_nobody_fills_is_refused() -> None:
    with pytest.raises(QuestionError, match="only place, theme"):
        read("x", TINY.replace("{place.in}?", "{close}?"))


@pytest.mark.parametrize("slug", ["Partners", "a_b", "", "a--b", "é"])
def test_a_file_is_named_with_small_letters_and_hyphens(slug: str) -> None:
    with pytest.raises(QuestionError, match="a-z"):
        read(slug, TINY)


@pytest.mark.parametrize("name", ["page", "lang", "row"])
def test_a_parameter_cannot_take_a_name_of_the_service(name: str) -> None:
    text = TINY.replace("?theme", f"?{name}").replace("[parameters.theme]", f"[parameters.{name}]")
    with pytest.raises(QuestionError, match="reserved"):
        read("x", text)


def test_a_yes_or_no_needs_its_choices() -> None:
    text = changed('view = "table"', 'view = "yes-no"')
    text = text.replace("#+ one.", "#+ yes.").replace("#+ many.", "#+ no.")
    text = text.replace('kind = "year"', 'kind = "boolean"')
    with pytest.raises(QuestionError, match=r"theme\.required"):
        read("x", text)


def test_every_bad_file_of_a_folder_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "good.rq").write_text(TINY, encoding="utf-8")
    (tmp_path / "bad.rq").write_text(TINY.replace("category", "kategory"), encoding="utf-8")
    (tmp_path / "worse.rq").write_text("SELECT", encoding="utf-8")
    with pytest.raises(QuestionError) as caught:
        load(tmp_path)
    assert "bad.rq" in str(caught.value)
    assert "worse.rq" in str(caught.value)


def test_a_file_that_is_not_utf_8_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "bad.rq").write_bytes(b"# one\n# two \xe9\n")
    with pytest.raises(QuestionError, match="line 2: the file is not UTF-8"):
        load(tmp_path)


def test_the_query_of_entities_is_no_question_of_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "entity.rq").write_text("SELECT * { ?s ?p ?o }", encoding="utf-8")
    (tmp_path / "good.rq").write_text(TINY, encoding="utf-8")
    assert list(load(tmp_path)) == ["good"]


def test_french_is_typeset_and_english_left_alone() -> None:
    question = read("x", TINY)
    assert question.title.fr.endswith("{place.in}\u00a0?")
    assert question.title.en.endswith("{place.in}?")
    assert typeset("l'État : « oui »") == "l’État\u00a0: «\u00a0oui\u00a0»"


def test_inner_queries_inherit_the_prefixes_of_the_file() -> None:
    question = read("x", TINY)
    assert question.gap is not None
    assert question.gap.startswith("PREFIX coop:")


def test_a_title_shows_its_choices_or_the_words_for_any() -> None:
    question = read("x", TINY)
    assert question.heading("en", {}) == "Who works on anything anywhere?"
    words = {"theme": {"": "culture", "in": "", "the": "culture", "of": ""}}
    assert question.heading("en", words) == "Who works on culture anywhere?"


# --- The documentation --------------------------------------------------------------------

DOCUMENTATION = (QUERIES.parent / "docs" / "questions.md").read_text(encoding="utf-8")


def test_the_example_of_the_documentation_is_a_question() -> None:
    example = DOCUMENTATION.split("```sparql\n", 1)[1].split("```", 1)[0]
    question = read("documented", example)
    evidence.derive(question)
    request = answers.asked(question, evidence.derive(question), {"year": "2017"}, real()[1])
    assert answers.answer(request).sentence["fr"] == "On compte 263 stagiaires en 2017."


@pytest.mark.parametrize(
    "word",
    [
        *CATEGORIES,
        *VIEWS,
        *COLUMN_KINDS,
        *NOTE_KINDS,
        *binding.KINDS,
        *sorted(RESERVED),
        *(field.name for field in fields(binding.Parameter) if field.name != "any_words"),
        *("counted", "sort", "derived", "exhaustive", "notes", "required", "sources", "evidence"),
    ],
)
def test_every_word_of_a_description_is_documented(word: str) -> None:
    assert f"`{word}`" in DOCUMENTATION or f"`{word} " in DOCUMENTATION or word == "name"
