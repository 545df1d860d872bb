"""Things found by their names, and questions as people type them."""

from __future__ import annotations

import json
import re
import statistics
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from itertools import zip_longest
from pathlib import Path
from urllib.parse import parse_qsl, quote

import pytest
from flask import Flask
from flask.testing import FlaskClient

from coopkg import search
from coopkg.config import Settings
from coopkg.errors import UnknownError
from coopkg.search import Index, Outcome
from coopkg.search.places import Adjectives
from coopkg.search.words import cut
from coopkg.serve import terminal
from coopkg.serve.search import index as index_of
from coopkg.terms import BASE

TYPED = Path(__file__).parent / "typed"
SETS = sorted(TYPED.glob("*.tsv"))


@dataclass(frozen=True)
class Sentence:
    """A text as typed, and the questions it may lead to: none for one that has no answer."""

    text: str
    meant: list[tuple[str, dict[str, str]]]


def sentences(path: Path) -> Iterator[Sentence]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            text, *rest = line.split("\t")
            pairs = zip_longest(rest[::2], rest[1::2], fillvalue="")
            meant = [(slug, dict(parse_qsl(choices))) for slug, choices in pairs if slug != "-"]
            yield Sentence(text, meant)


@pytest.fixture(scope="module")
def index(app: Flask) -> Index:
    live = app.extensions["coopkg"]
    return index_of(live.service())


def found(index: Index, text: str) -> list[str]:
    return [one.iri.removeprefix(BASE) for one in search.answer(index, text).things]


def asked(outcome: Outcome) -> tuple[str, dict[str, str]]:
    if outcome.understood is None:
        return "", {}
    return outcome.understood.question.slug, outcome.understood.parameters


# --- Typed questions -------------------------------------------------------------------------


def test_the_sets_are_as_large_as_promised() -> None:
    every = [one for path in SETS for one in sentences(path)]
    assert len({one.text for one in every}) == len(every)
    assert sum(bool(one.meant) for one in every) >= 90
    assert sum(not one.meant for one in every) >= 45


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_nine_questions_of_ten_are_read_right_and_the_others_never_guessed(
    path: Path, index: Index
) -> None:
    wrong, guessed, answerable, unanswerable = [], [], 0, 0
    for one in sentences(path):
        outcome = search.answer(index, one.text)
        if one.meant:
            answerable += 1
            if asked(outcome) not in one.meant:
                wrong.append((one.text, *asked(outcome)))
        else:
            unanswerable += 1
            if outcome.understood is not None:
                guessed.append((one.text, *asked(outcome)))
    assert len(wrong) <= 0.1 * answerable, wrong
    assert len(guessed) <= 0.05 * unanswerable, guessed


def test_every_example_title_leads_to_its_own_question(app: Flask, client: FlaskClient) -> None:
    """The title of each question, with its example choices, in both languages."""
    listed = client.get("/api/questions").get_json()["questions"]
    service = app.extensions["coopkg"].service()
    index = index_of(service)
    wrong = []
    for one in listed:
        question = service.questions[one["slug"]]
        bound = question.bind(question.examples)
        for lang in ("fr", "en"):
            words = {
                name: {form: service.catalogue.words(value, lang, form) for form in FORMS}
                for name, value in bound.items()
            }
            title = question.heading(lang, words)
            outcome = search.answer(index, title)
            offered = [outcome.understood, *outcome.rivals]
            if question.slug not in {each.question.slug for each in offered if each}:
                wrong.append((title, *asked(outcome)))
    assert len(wrong) <= 0.05 * 2 * len(listed), wrong


FORMS = ("", "in", "from", "the", "of", "each")


@pytest.mark.parametrize(
    "text",
    [
        "Quels partenaires travaillent sur la décentralisation en Tunisie ?",
        "quels partenaires travaillent sur la decentralisation en tunisie",
        "QUELS PARTENAIRES TRAVAILLENT SUR LA DÉCENTRALISATION EN TUNISIE",
        "en Tunisie quels partenaires travaillent sur la décentralisation",
        "which partners work on decentralization in Tunisia",
        "partenaires tunisiens décentralisation",
        "parteniares decentralistion tunsie",
        "partners decentralisation Tunisie",
    ],
)
def test_accents_case_order_typos_adjectives_and_language_do_not_matter(
    index: Index, text: str
) -> None:
    expected = {"theme": "decentralisation", "place": "tunisie"}
    assert asked(search.answer(index, text)) == ("partners-by-theme-and-place", expected)


def test_what_surrounds_a_question_changes_nothing(index: Index) -> None:
    plain = asked(search.answer(index, "combien de stagiaires en 2016"))
    assert plain == ("trainees-by-year", {"year": "2016"})
    for text in (
        "Bonjour madame, pourriez-vous me dire combien de stagiaires en 2016 ? Merci d’avance.",
        "Good morning, could you kindly tell me how many trainees in 2016? Many thanks.",
    ):
        assert asked(search.answer(index, text)) == plain


def test_a_figure_given_back_narrows_nothing_and_another_does(index: Index) -> None:
    assert asked(search.answer(index, "les 48 délégations accueillies"))[0] == "delegations-total"
    outcome = search.answer(index, "les 49 délégations accueillies")
    assert outcome.understood is None
    assert outcome.refused is not None
    assert "49" in outcome.refused["fr"]


@pytest.mark.parametrize(
    ("text", "question"),
    [
        (
            "La somme des missions par zone donne-t-elle le total des missions ?",
            "total-equals-parts",
        ),
        ("la somme des missions", "missions-total"),
        ("le CNFPT fait-il partie de la CNCD ?", "is-member-of"),
        ("pour la Tunisie, on fait ça avec qui ?", "partners-of-country-action"),
        ("quel pourcentage d’experts du CNFPT", "expert-shares"),
        ("combien d’experts du CNFPT", "experts-estimated-by-origin"),
    ],
)
def test_the_form_of_a_sentence_counts_as_much_as_its_words(
    index: Index, text: str, question: str
) -> None:
    assert asked(search.answer(index, text))[0] == question


@pytest.mark.parametrize("one", ["bosse", "bossent", "travaille"])
def test_a_word_taken_as_written_is_not_taken_for_its_cousins(index: Index, one: str) -> None:
    text = f"qui {one} sur la culture au Maroc"
    assert asked(search.answer(index, text))[0] == "partners-by-theme-and-place"
    assert search.answer(index, "who is the boss in Morocco").understood is None


def test_each_word_of_a_question_is_accounted_for(index: Index) -> None:
    text = "Qui travaille sur la police municipal au Liban ?"
    words = search.answer(index, text).words
    kinds = {one["text"]: one["as"]["kind"] for one in words}
    assert kinds["police municipal"] == "choice"
    assert kinds["Liban"] == "choice"
    assert {one.typed for one in cut(text)} == {
        part for one in words for part in one["text"].split()
    }


@pytest.mark.parametrize(
    ("text", "named"),
    [
        # A word that no question takes.
        ("Quels partenaires travaillent sur la pêche en Tunisie ?", "pêche"),
        ("Combien de stagiaires en 2021 ?", "2021"),
        ("Quels partenaires ne travaillent pas en Tunisie ?", "pas"),
        ("Combien de stagiaires au Maroc en 2016 ?", "Maroc"),
        # Something asked for that no question gives.
        ("qui forme les stagiaires", "qui"),
        ("where are the trainees from", "where"),
        ("quand ont lieu les stages", "quand"),
        ("combien de stagiaires à l’INSET de Nancy", "stagiaires"),
        ("quels sont les partenaires de l’AFD", "partenaires"),
        ("le CNFPT finance-t-il le CEFAL", "finance"),
        ("list of trainees", "trainees"),
        ("thèmes les plus demandés", "plus"),
        ("quels partenaires privés", "privés"),
    ],
)
def test_what_no_question_takes_or_gives_is_named_never_dropped(
    index: Index, text: str, named: str
) -> None:
    outcome = search.answer(index, text)
    assert outcome.understood is None
    assert outcome.refused is not None
    assert f"« {named} »" in outcome.refused["fr"].replace("\N{NO-BREAK SPACE}", " ")
    assert f"“{named}”" in outcome.refused["en"]
    assert outcome.refused["en"] != outcome.refused["fr"]


def test_a_place_that_no_source_names_is_named(index: Index) -> None:
    text = "Quels partenaires travaillent sur la décentralisation au Japon ?"
    outcome = search.answer(index, text)
    assert outcome.understood is None
    assert outcome.refused is not None
    assert "Japon." in outcome.refused["fr"]
    assert outcome.refused["en"] != outcome.refused["fr"]


def test_two_wordings_of_a_question_do_not_make_a_third(index: Index) -> None:
    """« Quelle loi » and « la création » are asked of what is planned, never together."""
    for text in ("quelle loi en préparation en Haïti", "qui a proposé la création au Liban"):
        assert asked(search.answer(index, text))[0] == "planned-outputs"
    assert search.answer(index, "quelle loi a créé le CNFPT").understood is None


def test_a_kind_of_thing_is_not_a_thing_of_that_name(index: Index) -> None:
    assert asked(search.answer(index, "l’AMF et la CNCD, est-ce le même acteur ?"))[0]
    for text in ("L’AMF est-elle une association d’élus", "le MEAE est-il un ministère français"):
        assert search.answer(index, text).understood is None


def test_a_sentence_refused_leads_to_the_pages_of_what_it_names(client: FlaskClient) -> None:
    typed = quote("L’AMF est-elle une association d’élus ?")
    page = client.get(f"/fr/search?q={typed}").get_data(as_text=True)
    assert "n’est pas comprise" in page
    assert re.search(r"Voyez la fiche[^<]*<a href=\"[^\"]*/amf[^\"]*\"><strong>AMF", page)
    page = client.get("/en/search?q=where+is+the+AFD").get_data(as_text=True)
    assert "See the page of what you name" in page


def test_the_kinds_of_things_that_answers_hold_are_sealed(published: Path) -> None:
    (sealed,) = published.glob("generations/*/search.json")
    asked_of = json.loads(sealed.read_text(encoding="utf-8"))["questions"]
    holds = {one["name"]: one["holds"] for one in asked_of["partners-by-country"]["columns"]}
    assert holds["partner"] == ["actor"]
    assert holds["country"] == ["place"]
    trainees = asked_of["trainees-by-year"]["columns"]
    assert all(one["holds"] == [] for one in trainees)


def test_a_name_that_several_things_have_is_not_guessed(index: Index) -> None:
    outcome = search.answer(index, "Quelles sont les activités de l’ambassade de France ?")
    assert outcome.understood is None
    assert outcome.refused is not None
    assert "Algérie" in outcome.refused["fr"]


@pytest.mark.parametrize("word", ["formation", "training", "missions"])
def test_one_word_that_many_questions_share_asks_none_of_them(index: Index, word: str) -> None:
    outcome = search.answer(index, word)
    assert outcome.understood is None
    assert len(outcome.offered) > 1, "questions are proposed"
    assert outcome.things, "and what is named so is listed"


def test_a_name_alone_is_looked_for_and_not_taken_for_a_question(index: Index) -> None:
    outcome = search.answer(index, "AFD")
    assert outcome.understood is None
    assert outcome.refused is None
    assert outcome.things[0].iri == f"{BASE}id/organisation/afd"


# --- Names -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("decentralisation", "scheme/theme/decentralisation"),
        ("décentralisation", "scheme/theme/decentralisation"),
        ("decentralization", "scheme/theme/decentralisation"),
        ("AFD", "id/organisation/afd"),
        ("A.F.D.", "id/organisation/afd"),
        ("afd", "id/organisation/afd"),
        ("Agence française de développement", "id/organisation/afd"),
        ("agence francaise developpement", "id/organisation/afd"),
        ("French Development Agency", "id/organisation/afd"),
        ("élu", "scheme/audience/elus"),
        ("Elected officials", "scheme/audience/elus"),
        ("Bureau technique des ville libanaise", "id/organisation/btvl"),
        ("Cote d'ivoire", "id/place/cote-d-ivoire"),
        ("Ivory Coast", "id/place/cote-d-ivoire"),
        ("Tunisei", "id/place/tunisie"),
        ("mediter", "id/place/mediterranee"),
    ],
)
def test_a_name_is_found_in_either_language_whatever_its_dress(
    index: Index, text: str, first: str
) -> None:
    assert found(index, text)[0] == first


def test_the_evidence_says_how_a_name_was_found(index: Index) -> None:
    ways = {
        text: search.answer(index, text).things[0].how
        for text in ("Agence française de développement", "AFD", "mediter", "Tunisei")
    }
    assert list(ways.values()) == ["exact", "alias", "prefix", "spelling"]


def test_an_exact_name_stands_before_a_longer_one(index: Index) -> None:
    names = found(index, "gouvernance locale")
    assert names[0] == "scheme/theme/gouvernance-locale"


@pytest.mark.parametrize("text", ["", "   ", "😀", "???", "\u202e\u0000", "x" * 301, "a" * 10_000])
def test_odd_texts_are_answered_without_a_question(index: Index, text: str) -> None:
    outcome = search.answer(index, text)
    assert outcome.understood is None
    assert outcome.refused is not None or not text.strip()


def test_countries_have_their_adjectives_and_towns_do_not() -> None:
    made = Adjectives({"tn": ["Tunisie", "Tunisia"], "lb": ["Liban", "Lebanon"]})
    assert [made.of(one) for one in ("tunisiennes", "libanais", "lebanese", "tunis", "liban")] == [
        "tn",
        "lb",
        "lb",
        None,
        None,
    ]


def test_an_answer_takes_a_few_milliseconds(index: Index) -> None:
    texts = [one.text for path in SETS for one in sentences(path)][::7]
    spent = []
    for text in texts:
        start = time.thread_time()
        search.answer(index, text)
        spent.append(time.thread_time() - start)
    assert statistics.median(spent) < 0.02  # 4 ms on an idle machine


def test_the_index_is_sealed_and_small(published: Path) -> None:
    (sealed,) = published.glob("generations/*/search.json")
    assert sealed.stat().st_size < 400_000
    assert json.loads(sealed.read_text(encoding="utf-8"))["version"] == 1


def test_the_terminal_answers_a_sentence_and_says_how_it_read_it(published: Path) -> None:
    settings = Settings(home=published)
    asked = terminal.ask(settings, "combien de stagiaires en 2017", [], "table", "fr").decode()
    assert "coopkg ask trainees-by-year year=2017" in asked
    assert "On compte 263 stagiaires en 2017." in asked
    loose = terminal.ask(settings, "combien", ["de", "stagiaires", "en", "2017"], "table", "fr")
    assert loose.decode() == asked
    with pytest.raises(UnknownError, match="fish"):
        terminal.ask(settings, "how many fish in Lebanon", [], "table", "en")


# --- Pages and programs ----------------------------------------------------------------------


def test_the_page_shows_the_question_understood_with_its_choices(client: FlaskClient) -> None:
    text = quote("who works on municipal police in Lebanon?")
    page = client.get(f"/fr/search?q={text}").get_data(as_text=True)
    assert "Vous demandez" in page
    assert "Quels partenaires travaillent sur la police municipale au Liban" in page
    link = "/fr/questions/partners-by-theme-and-place?theme=police-municipale&amp;place=liban"
    assert link in page


def test_the_page_refuses_with_the_reason_and_links_to_no_wrong_answer(client: FlaskClient) -> None:
    page = client.get("/en/search?q=budget+of+municipal+police+in+Japan").get_data(as_text=True)
    assert "not understood" in page
    assert "The sources do not name this place: Japan." in page
    assert "You are asking" not in page


def test_programs_get_what_the_contract_says(client: FlaskClient) -> None:
    body = client.get("/api/search?q=parteniares+au+Maroc&lang=en").get_json()
    assert set(body) == {"query", "understood", "refused", "questions", "entities"}
    understood = body["understood"]
    assert understood["question"] == "partners-by-country"
    assert understood["parameters"] == {"country": "maroc"}
    assert understood["href"] == "/en/questions/partners-by-country?country=maroc"
    assert set(understood["title"]) == {"fr", "en"}
    assert body["questions"][0]["question"] == "partners-by-country"
    answer = client.get("/api/questions/partners-by-country?country=maroc")
    assert answer.status_code == 200


def test_every_question_offered_can_be_asked(client: FlaskClient) -> None:
    for text in ("partenaires", "missions", "DAECT", "loi", "élus Maroc"):
        for one in client.get(f"/api/search?q={quote(text)}").get_json()["questions"]:
            assert client.get("/api" + one["href"].removeprefix("/fr")).status_code == 200, one


def test_no_label_of_another_language_goes_unmarked(client: FlaskClient, index: Index) -> None:
    for one in client.get("/api/search?q=formation").get_json()["entities"]:
        entry = index.things[one["iri"]]
        for lang in ("fr", "en"):
            label = one["label"][lang]
            assert label == entry.get(lang) or label.endswith(
                f" ({'en' if lang == 'fr' else 'fr'})"
            )


def test_a_text_given_twice_or_too_long_is_said(client: FlaskClient) -> None:
    assert client.get("/api/search?q=a&q=b").status_code == 400
    long = client.get("/api/search?q=" + "x" * 301).get_json()
    assert "300" in long["refused"]["reason"]["fr"]
    empty = client.get("/api/search").get_json()
    assert empty["understood"] is None
    assert empty["refused"] is None


def test_what_is_typed_is_never_markup(client: FlaskClient) -> None:
    page = client.get("/fr/search?q=%3Cscript%3Ealert(1)%3C/script%3E").get_data(as_text=True)
    assert "<script>alert" not in page


def test_what_the_search_box_proposes_is_answered(client: FlaskClient, index: Index) -> None:
    for lang in ("fr", "en"):
        page = client.get(f"/{lang}/search").get_data(as_text=True)
        proposed = [unescape(one) for one in re.findall(r'placeholder="([^"]* [^"]*)"', page)]
        asking = [one for one in proposed if one.endswith("?")]
        assert asking
        for text in asking:
            assert search.answer(index, text).understood is not None, text
