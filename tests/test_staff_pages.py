"""What staff read on the pages of questions is true of all of them, in French and in English."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import openpyxl
import proving
import pytest
from flask import Flask
from flask.testing import FlaskClient

from coopkg.answers import Answer, as_csv, compared, limits, reasons
from coopkg.answers.tables import DATED
from coopkg.errors import ParameterError
from coopkg.serve import listing
from coopkg.typography import collated, french, is_symbol

LANGS = ("fr", "en")
MOST_OF_ONE = 5
# A mark that French parts from its word, after a space that lets a line begin with it.
LOOSE = re.compile(r"[^\u00a0\u202f\s](?: )[:;!?%»€](?=$|[\s.,;)])|« |«[^\u00a0\u202f]|\bn° ")
Case = tuple[str, dict[str, str], Answer]


@pytest.fixture(scope="module")
def shelf(published: Path) -> proving.Shelf:
    """Return the published generation, asked in process."""
    return proving.shelf(published)


@pytest.fixture(scope="module")
def cases(shelf: proving.Shelf) -> Sequence[Case]:
    """Return answers to every question: open, its example, and a few choices of each parameter."""
    return [
        (slug, chosen, shelf.answer(slug, **chosen))
        for slug in shelf.questions
        for chosen in _asked(shelf, slug)
    ]


def _text(client: FlaskClient, path: str) -> str:
    return client.get(path).get_data(as_text=True).removeprefix("\ufeff")


def _asked(shelf: proving.Shelf, slug: str) -> Iterator[dict[str, str]]:
    question = shelf.questions[slug]
    needed = {one.name: one.example for one in question.parameters if one.required}
    seen = [] if needed else [dict[str, str]()]
    seen.append(dict(question.examples))
    for name, listed in shelf.offers[slug].choices.items():
        step = max(1, len(listed) // MOST_OF_ONE)
        seen += [{**needed, name: value} for value, _ in listed[::step]]
    return iter({tuple(sorted(one.items())): one for one in seen}.values())


def _said(answer: Answer, lang: str) -> Iterator[str]:
    """Yield each text of ours that an answer shows in one language."""
    yield answer.sentence[lang]
    yield from (one["label"][lang] for one in answer.columns)
    yield from (one["text"][lang] for one in answer.notes)
    yield from (one[lang] for one in answer.coverage["sentences"])
    yield from (one["reason"][lang] for one in answer.related)
    yield from (one["text"][lang] for one in answer.nearest)
    yield from (one["text"][lang] for one in answer.gaps if "text" in one)
    yield from (one["label"][lang] for one in answer.sources)
    for row in answer.rows:
        yield from (cell["label"][lang] for cell in row.values() if "label" in cell)


# --- A value that is no choice ---------------------------------------------------------------


def test_what_was_never_offered_is_refused_with_help_for_every_parameter(
    shelf: proving.Shelf,
) -> None:
    strange = {"iri": "zzzz-nothing", "integer": "1066"}
    for slug, question in shelf.questions.items():
        for parameter in (one for one in question.parameters if one.kind in strange):
            given = {**question.required_examples(), parameter.name: strange[parameter.kind]}
            with pytest.raises(ParameterError) as refused:
                shelf.answer(slug, **given)
            assert refused.value.parameter == parameter.name
            assert refused.value.choices, (slug, parameter.name)
            assert "choix" in refused.value.message("fr"), (slug, parameter.name)


@pytest.mark.parametrize("path", ["/fr/questions/{}", "/api/questions/{}", "/api/questions/{}.csv"])
def test_pages_and_exports_refuse_a_year_that_was_never_offered(
    client: FlaskClient, path: str
) -> None:
    refused = client.get(path.format("trainees-by-year") + "?year=1999")
    assert refused.status_code == 400
    assert "2015" in refused.get_data(as_text=True)


# --- Figures -----------------------------------------------------------------------------------


def test_a_figure_of_the_last_year_of_an_undated_source_says_so_wherever_it_is_shown(
    client: FlaskClient, cases: Sequence[Case]
) -> None:
    checked = 0
    for slug, chosen, answer in cases:
        yearly = [one["name"] for one in answer.columns if one["kind"] == "year"]
        seen = {int(row[name]["value"]) for row in answer.rows for name in yearly if name in row}
        last = {one["until"] for one in answer.coverage["documents"] if not one["dated"]}
        said = {one["year"] for one in answer.notes if one["kind"] == "partial"}
        assert seen & last <= said, (slug, chosen)
        checked += bool(seen & last)
    assert checked
    page = client.get("/fr/questions/working-days-by-year?year=2016").get_data(as_text=True)
    caption = page.split("<figcaption>")[1].split("</figcaption>")[0]
    assert "2018 est la dernière année dont parle la source" in caption  # the figure shows 2018


def test_what_a_figure_counts_is_a_limit_of_every_answer_that_gives_it(
    client: FlaskClient, shelf: proving.Shelf
) -> None:
    known = shelf.context.catalogue.coverage["limits"]
    assert known
    (gap,) = known["https://w3id.org/cnfpt-coop/scheme/indicator/trainees"]
    for slug in ("trainees-by-year", "statistics-catalogue"):
        assert gap["gap"] in {one.get("gap") for one in shelf.answer(slug).notes}, slug
    book = openpyxl.load_workbook(
        io.BytesIO(client.get("/api/questions/trainees-by-year.xlsx?lang=fr").data)
    )
    cells = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert french(gap["fr"]) in cells
    assert gap["en"] in client.get("/api/questions/trainees-by-year.ttl").get_data(as_text=True)


def test_a_symbol_goes_with_its_number_in_sentence_table_figure_and_files(
    client: FlaskClient, cases: Sequence[Case]
) -> None:
    checked = set()
    for slug, chosen, answer in cases:
        units = {c["name"]: c["unit"]["en"] for c in answer.columns if c.get("unit")}
        for name in (one for one, unit in units.items() if is_symbol(unit)):
            assert f"{name}.unit" in as_csv(answer).splitlines()[0]
            page = client.get(f"/fr/questions/{slug}?{urlencode(chosen)}").get_data(as_text=True)
            for row in answer.rows:
                written = f"{row[name]['value']}\u00a0{units[name]}"
                assert f">{written}</td>" in page, (slug, chosen)
            checked.add(slug)
    assert checked >= {"expert-shares", "experts-estimated-by-origin"}
    page = client.get("/en/questions/expert-shares").get_data(as_text=True)
    assert page.count("79%") >= 4  # the sentence, the table, the figure and its data


def test_no_heading_repeats_its_unit(cases: Sequence[Case], client: FlaskClient) -> None:
    for slug in {slug for slug, _, answer in cases if any(c.get("unit") for c in answer.columns)}:
        page = client.get(f"/fr/questions/{slug}").get_data(as_text=True)
        for heading in re.findall(r"<th[^>]*>(?:<a[^>]*>)?([^<]*)", page):
            word, _, unit = heading.partition(" (")
            assert not unit or unit.rstrip(")").casefold() not in word.casefold(), (slug, heading)


def test_a_network_that_is_not_drawn_says_nothing_of_its_drawing(client: FlaskClient) -> None:
    for lang, drawing in (("fr", ("portent leur nom", "Non dessinés")), ("en", ("carry their",))):
        page = client.get(f"/{lang}/questions/activities-of-a-partner").get_data(as_text=True)
        caption = page.split("<figcaption>")[1].split("</figcaption>")[0]
        assert ("illisible" if lang == "fr" else "could not be read") in caption
        assert not any(words in caption for words in drawing)
        table = page.split('<figure class="drawn">')[1].split("</table>")[0]
        columns = re.findall(r'<th scope="col">([^<]*)', table)
        assert columns == (["Acteur", "Activité"] if lang == "fr" else ["Actor", "Activity"])
        for row in re.findall(r"<tr>(<td>.*?)</tr>", table):
            assert "<td></td>" not in row


# --- Order -------------------------------------------------------------------------------------


def test_names_sort_as_a_dictionary_does() -> None:
    names = [
        "l’Union",
        "la Ligue",
        "Lettres",
        "élu",
        "Elbe",
        "Étude",
        "étude",
        "ligne 10",
        "ligne 9",
    ]
    assert sorted(names, key=collated) == [
        *("Elbe", "élu", "Étude", "étude", "la Ligue", "Lettres", "ligne 9", "ligne 10", "l’Union"),
    ]


def test_the_order_that_a_caption_states_is_that_of_the_rows(
    client: FlaskClient, shelf: proving.Shelf
) -> None:
    """By the first column of the order; of pages too, and in the CSV."""
    checked = 0
    for slug, question in shelf.questions.items():
        if any(one.required for one in question.parameters):
            continue
        answer = shelf.answer(slug)
        page = client.get(f"/fr/questions/{slug}").get_data(as_text=True)
        found = re.search(r"<caption>[^<]*triées par ([^<(]*) \(([^)]*)\)", page)
        if len(answer.rows) < 2 or found is None:
            continue
        column = next(
            (one for one in answer.columns if one["label"]["fr"].lower() == found[1]), None
        )
        if column is None:  # a column that is not shown: its order is no order of letters
            assert found[2] != "de A à Z", slug
            continue
        cells = [row.get(column["name"]) for row in answer.rows]
        if found[2] == "de A à Z":
            keys = [collated(one["label"]["fr"]) for one in cells if one and "label" in one]
            assert keys == sorted(keys), slug
            checked += 1
        in_csv = list(csv.reader(io.StringIO(_text(client, f"/api/questions/{slug}.csv"))))
        ours = list(csv.reader(io.StringIO(as_csv(answer).removeprefix("\ufeff"))))
        dated = len(DATED)  # when and of what generation: the shelf knows neither
        assert [row[:-dated] for row in in_csv] == [row[:-dated] for row in ours], slug
    assert checked > 15


# --- How far an answer goes --------------------------------------------------------------------


def test_an_answer_counts_the_places_it_rests_on_once_and_lists_as_many(
    client: FlaskClient, cases: Sequence[Case]
) -> None:
    twins = 0
    for slug, chosen, answer in cases:
        places = {reasons.place(one) for one in answer.sources}
        assert sum(answer.coverage["layers"].values()) == len(places), (slug, chosen)
        lines = [tuple(one["lines"]) for one in answer.sources if one["lines"]]
        if len(lines) == len(set(lines)) or twins > 8:
            continue
        twins += 1
        page = client.get(f"/fr/questions/{slug}?{urlencode(chosen)}").get_data(as_text=True)
        section = page.split('id="sources"')[1].split("</ul>")[0]
        assert section.count("<li>") == len(places), (slug, chosen)
    assert twins > 5


def test_an_answer_says_one_thing_only_of_its_completeness(cases: Sequence[Case]) -> None:
    claims = 0
    for slug, chosen, answer in cases:
        noted = [one["text"] for one in answer.notes if one["kind"] == "exhaustiveness"]
        own = [one for one in noted if "complète" in one["fr"]]
        for one in own:
            claims += 1
            assert one in answer.coverage["sentences"], (slug, chosen, one["fr"])
    assert claims > 20


# --- Words -------------------------------------------------------------------------------------


def test_no_french_sentence_lets_a_line_begin_with_its_mark(
    cases: Sequence[Case], shelf: proving.Shelf
) -> None:
    loose = {text for _, _, answer in cases for text in _said(answer, "fr") if LOOSE.search(text)}
    labels = shelf.context.catalogue.labels
    for iri, entry in labels.items():
        texts = [entry.get("fr", ""), entry.get("definition", {}).get("fr", "")]
        if "/graph/" not in iri:
            loose |= {text for text in texts if LOOSE.search(text)}
    for slug in shelf.questions:
        for why in itertools.islice(shelf.reasons(slug), 3):
            loose |= {one for one in _strings(why, "fr") if LOOSE.search(one)}
    assert not loose, sorted(loose)[:20]


def _strings(value: Any, lang: str) -> Iterator[str]:
    """Yield the texts of one language, however deep."""
    if isinstance(value, Mapping):
        if isinstance(value.get(lang), str):
            yield value[lang]
        for one in value.values():
            yield from _strings(one, lang)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _strings(one, lang)


def test_nobody_is_sent_to_ask_whether_a_thing_is_itself(
    client: FlaskClient, shelf: proving.Shelf
) -> None:
    for slug, question in shelf.questions.items():
        if len({(one.kind, one.base, one.lang) for one in question.parameters}) == len(
            question.parameters
        ):
            continue
        page = client.get(f"/fr/questions/{slug}?{urlencode(question.examples)}").data.decode()
        links = re.findall(rf'href="/fr/questions/{slug}\?([^"#]*)"', page)
        assert links
        for link in links:
            values = re.findall(r"=([^&]*)", link.split("&amp;generation")[0].split("&amp;f.")[0])
            assert len(set(values)) == len(values), link


def test_a_choice_that_would_be_refused_alone_promises_no_rows(client: FlaskClient) -> None:
    found = client.get("/api/questions/same-actor/choices/name").json
    assert found["needs"] == ["other"]
    assert {one["count"] for one in found["choices"]} == {None}
    with_other = client.get("/api/questions/same-actor/choices/name?other=CFAD").json
    assert with_other["needs"] == []
    assert all(isinstance(one["count"], int) for one in with_other["choices"])


def test_a_redirection_speaks_the_language_it_says(client: FlaskClient) -> None:
    for lang, word in (("fr", "Cette adresse mène"), ("en", "This address leads")):
        sent = client.get("/id/organisation/cefal", headers={"Accept-Language": lang})
        assert sent.status_code == 303
        assert sent.headers["Content-Language"] == lang
        body = sent.get_data(as_text=True)
        assert word in body
        assert f'<html lang="{lang}">' in body
        assert sent.headers["Location"] in body


def test_a_heading_of_what_refers_to_a_thing_is_one_phrase(app: Flask) -> None:
    """« La participation Ce qui revient à… » was two glued together."""
    client = app.test_client()
    for path in (
        *("id/organisation/cnfpt", "id/organisation/resp", "scheme/role/partner"),
        *("scheme/indicator/missions", "id/place/france", "graph/passage/l136"),
    ):
        for lang in LANGS:
            page = client.get(f"/{lang}/{path}").get_data(as_text=True)
            for heading in re.findall(r"<(?:h[2-4]|dt|summary)[^>]*>(.*?)</", page, re.DOTALL):
                assert not re.search(r"\w (?:Ce qui|Qui|What|Who)\b", heading), (path, heading)
                assert not re.match(r"(?:Pour Ce|For What|What What|For Who)", heading), heading


def test_titles_of_questions_read_as_sentences_with_every_choice(
    shelf: proving.Shelf, app: Flask
) -> None:
    service = app.extensions["coopkg"].service()
    for slug, question in shelf.questions.items():
        for chosen in ({}, *_all_choices(shelf, slug)):
            bound = question.bind_some(chosen)
            for lang in LANGS:
                title = str(listing.heading(service, question, bound, lang))
                assert title.rstrip().endswith("?"), (slug, title)
                assert "(" not in re.sub(r"«[^»]*»|“[^”]*”|\([A-ZÉÎ][^)]*\)|\(M49\)", "", title), (
                    title
                )
                assert "  " not in title
                assert not re.search(r"\bde le\b|\bde les\b|\bà le\b|\ba a\b", title), title


def _all_choices(shelf: proving.Shelf, slug: str) -> Iterator[dict[str, str]]:
    for name, listed in shelf.offers[slug].choices.items():
        yield from ({name: value} for value, _ in listed)


def test_limits_are_told_of_a_last_year_only_when_its_source_bears_no_date() -> None:
    undated = [{"until": 2018, "dated": False}, {"until": None, "dated": False}]
    (note,) = limits.partial({2017, 2018}, undated)
    assert note["year"] == 2018
    assert not limits.partial({2018}, [{"until": 2018, "dated": True}])
    assert not limits.partial({2017}, undated)


def test_what_does_not_apply_is_not_said_to_be_missing(
    client: FlaskClient, shelf: proving.Shelf
) -> None:
    """A figure covers a year or a period, says its shape: the other one is no gap."""
    answer = shelf.answer("statistics-catalogue")
    for row, never in zip(answer.rows, answer.inapplicable, strict=True):
        assert set(never) == {"year", "period"} - row.keys()
    page = client.get("/fr/questions/statistics-catalogue").get_data(as_text=True)
    table = page.split("<tbody>")[1].split("</tbody>")[0]
    assert table.count(">sans objet</span>") == len(answer.rows)
    assert "non précisé" not in page
    for lang, words in (("fr", "sans objet"), ("en", "not applicable")):
        part = client.get(f"/{lang}/questions/statistics-catalogue?f.year=~").data.decode()
        assert f"{words} <span" in part
    found = client.get("/api/questions/statistics-catalogue?f.year=~").json
    assert found["count"] == sum("year" in one for one in answer.inapplicable)
    assert all("year" in one for one in found["inapplicable"])
    assert "inapplicable" in {one["kind"] for one in answer.notes}


def test_what_may_apply_and_is_empty_stays_not_specified(
    client: FlaskClient, cases: Sequence[Case]
) -> None:
    for slug, chosen, answer in cases:
        assert len(answer.inapplicable) == len(answer.rows), (slug, chosen)
        for row, never in zip(answer.rows, answer.inapplicable, strict=True):
            assert not set(never) & row.keys()
    page = client.get("/fr/questions/possible-contributions").get_data(as_text=True)
    assert "non précisé" in page
    assert "sans objet" not in page


# --- What changed, and queries that are refused ------------------------------------------------


def test_a_new_name_is_told_with_the_answers_that_show_it() -> None:
    thing = "https://w3id.org/cnfpt-coop/id/organisation/afd"
    older = {thing: {"fr": "AFD", "en": "AFD"}, "x:same": {"fr": "a", "en": "a"}}
    newer = {thing: {"fr": "Agence", "en": "AFD"}, "x:same": {"fr": "a", "en": "a"}}
    answers = {
        "shows": {"rows": [["organisation:afd", "1"]]},
        "does-not": {"rows": [["organisation:cnfpt", "1"]]},
        "too-long-to-be-sealed": {"count": 3},
    }
    (one,) = compared.renamed(older, newer, answers)
    assert (one.iri, one.was["fr"], one.now["fr"]) == (thing, "AFD", "Agence")
    assert one.answers == ("shows",)
    whole = compared.Comparison(1, 1, (), None, (one,))
    assert whole.answers == {"shows"}
    assert not compared.renamed(newer, newer, answers)


@pytest.mark.parametrize(
    ("query", "line", "column"),
    [
        ("SELECT ?x WHERE {\n  SERVICE <http://x/> { ?x ?p ?o } }", 2, 3),
        ("PREFIX a: <http://x/>\nINSERT DATA { a:a a:b a:c }", 2, 1),
    ],
)
def test_a_query_that_is_refused_says_where(
    client: FlaskClient, query: str, line: int, column: int
) -> None:
    refused = client.get("/sparql", query_string={"query": query})
    assert refused.status_code in {400, 403}
    assert (refused.json["line"], refused.json["column"]) == (line, column)


def test_a_misspelt_class_is_met_with_a_class(client: FlaskClient) -> None:
    for wrong, right in (("Programe", "Programme"), ("CountryActoin", "CountryAction")):
        query = f"PREFIX coop: <https://w3id.org/cnfpt-coop/ns#>\nSELECT ?x {{ ?x a coop:{wrong} }}"
        (said,) = client.get("/sparql/check", query_string={"query": query}).json["diagnostics"]
        assert said["rule"] == "unknown-class"
        assert right in said["suggestion"], wrong
