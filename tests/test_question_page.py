"""The page of a question: its sentence, choices, parts, figures, embed and print."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from coopkg.serve import navigation, nouns, offered
from coopkg.serve.service import Service

FLAGSHIP = "partners-by-theme-and-place"
STATIC = Path(offered.__file__).parent / "static"
NUMBERED = re.compile(r"\(\d+( \w+)?\)$|\((aucun résultat|la source ne le dit pas)\)$")
NUMBERED_EN = re.compile(r"\(\d+( \w+)?\)$|\((no result|not stated by the source)\)$")
FIGURES = ("map", "bars", "lines", "network", "timeline")

Pages = dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def service(app: Flask) -> Service:
    return app.extensions["coopkg"].service()


@pytest.fixture(scope="module")
def pages(app: Flask, service: Service) -> Pages:
    """Return the page of every question with its example choices, in both languages."""
    client = app.test_client()
    found = {}
    for slug, question in service.questions.items():
        for lang in ("fr", "en"):
            answer = client.get(f"/{lang}/questions/{slug}?{urlencode(question.examples)}")
            assert answer.status_code == 200, (slug, lang)
            found[slug, lang] = answer.get_data(as_text=True)
    return found


def get(client: FlaskClient, path: str, **choices: object) -> str:
    answer = client.get(f"{path}?{urlencode(choices, doseq=True)}")
    assert answer.status_code == 200, answer.get_data(as_text=True)
    return answer.get_data(as_text=True)


def text(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", "", html))).strip()


def options(html: str) -> Iterator[tuple[str, bool, str]]:
    for value, chosen, words in re.findall(
        r'<option value="([^"]*)"( selected)?>([^<]*)</option>', html
    ):
        yield value, bool(chosen), unescape(words)


def rows(html: str) -> list[list[str]]:
    """Return the first table of a page, without its reasons."""
    body = html.split('<section id="table">', 1)[1].split("<tbody>", 1)[1].split("</tbody>", 1)[0]
    return [
        [text(cell) for cell in re.findall(r"<td data-label[^>]*>(.*?)</td>", row, re.DOTALL)]
        for row in body.split("<tr>")[1:]
    ]


# --- The sentence and its choices ----------------------------------------------------------


def test_every_question_shows_its_sentence_first_in_both_languages(pages: Pages) -> None:
    for (slug, lang), html in pages.items():
        head = text(re.search(r"<h1[^>]*>(.*?)</h1>", html, re.DOTALL).group(1))  # type: ignore[union-attr]
        title = text(re.search(r"<title>(.*?)</title>", html).group(1))  # type: ignore[union-attr]
        said = html.split('role="status">', 1)[1].split('class="when"', 1)[0]
        assert text(said), (slug, lang)
        assert title.startswith(f"{head} – "), (slug, lang)
        assert "{" not in head + text(said), (slug, lang)
        assert html.index('role="status"') < html.index("<table") if "<table" in html else True


def test_no_choice_is_a_dead_end_without_saying_so(pages: Pages) -> None:
    for (slug, lang), html in pages.items():
        form = html.split('<form class="ask"', 1)
        if len(form) < 2:
            continue
        for value, chosen, words in options(form[1].split("</form>", 1)[0]):
            if value and not chosen:
                said = NUMBERED if lang == "fr" else NUMBERED_EN
                assert said.search(words.replace("\u00a0", " ")), (slug, lang, words)


def test_a_choice_gives_as_many_rows_as_it_says(client: FlaskClient) -> None:
    html = get(client, f"/fr/questions/{FLAGSHIP}", theme="decentralisation", place="tunisie")
    theme = html.split('name="theme"', 1)[1].split("</select>", 1)[0]
    seen = 0
    for value, chosen, words in list(options(theme))[1:12]:
        if chosen:
            continue
        answer = client.get(f"/api/questions/{FLAGSHIP}?theme={value}&place=tunisie").get_json()
        number = re.search(r"\((\d+)\)$", words)
        assert answer["count"] == (int(number.group(1)) if number else 0), words
        seen += answer["count"] > 0
    assert seen, "no choice with rows was tried"


def test_what_is_sealed_of_choices_is_what_the_engine_counts(app: Flask, service: Service) -> None:
    sealed = offered.sealed(service)
    assert sealed.countries
    with app.test_request_context("/"):
        for slug in (FLAGSHIP, "missions-by-country", "is-listed-partner", "trainees-by-year"):
            asked = service.asked(slug, service.questions[slug].examples)
            for parameter in asked.question.parameters:
                counted = offered.choices(asked, parameter, sealed.offers[slug])
                now = offered.choices(asked, parameter, None)
                assert {(one.value, one.count, one.unsaid) for one in counted} == {
                    (one.value, one.count, one.unsaid) for one in now
                }, (slug, parameter.name)


def test_what_has_too_many_choices_is_counted_on_lists_as_if_it_had_not(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = offered.sealed(service)
    known = navigation.of(service)
    assert len(known.examples) == len(service.questions)
    monkeypatch.setattr(navigation, "_KNOWN", {})
    monkeypatch.setattr(offered, "sealed", lambda _: offered.Sealed({}, {}, sealed.offers))
    assert navigation.of(service) == known


def test_the_choices_stand_in_the_sentence_with_their_prepositions(client: FlaskClient) -> None:
    html = get(client, f"/fr/questions/{FLAGSHIP}", theme="decentralisation", place="mediterranee")
    sentence = html.split('<p class="sentence">', 1)[1].split("</p>", 1)[0]
    place = [words for _, _, words in options(sentence.split('name="place"', 1)[1])]
    assert any(one.startswith("au Maroc ") for one in place)
    assert any(one.startswith("en Tunisie ") for one in place)
    assert any(one.startswith("quel que soit le lieu") for one in place)
    assert sentence.count("<label") == sentence.count("<select") == 2
    assert "<optgroup" in sentence


def test_counted_things_are_written_in_the_plural(service: Service) -> None:
    for question in service.questions.values():
        label = question.column(question.counted)
        assert label is not None
        assert nouns.counted(2, label.label.fr, "fr").split(" ", 2)[1].endswith(("s", "x"))


# --- A part of the answer -------------------------------------------------------------------


@pytest.mark.parametrize(
    "part",
    [
        {},
        {"sort": "partner"},
        {"sort": "partner", "order": "desc"},
        {"f.country": ["place:maroc", "place:tunisie"], "sort": "theme"},
        {"f.country": ["-"]},
        {"f.country": ["place:liban", "place:maroc"], "f.activity": ["activity:liban"]},
    ],
)
def test_a_page_shows_the_rows_that_the_api_and_the_file_hold(
    client: FlaskClient, part: dict[str, object]
) -> None:
    answer = client.get(f"/api/questions/{FLAGSHIP}?{urlencode(part, doseq=True)}").get_json()
    html = get(client, f"/fr/questions/{FLAGSHIP}", **part)
    if not answer["rows"]:
        assert "Aucune ligne de cette réponse ne réunit ces choix" in text(html)
        return
    names = [column["name"] for column in answer["columns"]]
    wanted = [
        [row[name]["label"]["fr"] if name in row else "–" for name in names]
        for row in answer["rows"]
    ]
    shown = [[cell.removesuffix(" déduit") for cell in row] for row in rows(html)]
    assert shown == wanted
    csv = client.get(f"/api/questions/{FLAGSHIP}.csv?{urlencode(part, doseq=True)}")
    assert csv.get_data(as_text=True).count("\r\n") == answer["count"] + 1


def test_the_reasons_of_a_row_stay_its_own_in_a_part(client: FlaskClient) -> None:
    html = get(client, f"/fr/questions/{FLAGSHIP}", sort="partner", order="desc")
    last = re.search(r'href="([^"]*/why\?[^"]*)"', html).group(1)  # type: ignore[union-attr]
    why = client.get(unescape(last)).get_data(as_text=True)
    assert rows(html)[0][0].removesuffix(" déduit") in text(why)
    answer = client.get(f"/api/questions/{FLAGSHIP}?sort=partner&order=desc").get_json()
    assert unescape(last).endswith(f"row={answer['numbers'][0]}")


def test_a_part_says_how_much_it_is_and_can_be_undone(client: FlaskClient) -> None:
    html = get(client, f"/fr/questions/{FLAGSHIP}", **{"f.country": "place:maroc"})
    assert re.search(r"Vous en voyez une partie : \d+ des \d+ lignes", text(html))
    chip = re.search(r'<a class="chip" href="([^"]*)"', html).group(1)  # type: ignore[union-attr]
    assert "f.country" not in chip
    assert "Télécharger les lignes choisies" in html
    assert 'aria-sort="ascending"' in html


def test_turtle_is_never_a_part(client: FlaskClient) -> None:
    assert client.get(f"/api/questions/{FLAGSHIP}.ttl?sort=partner").status_code == 406
    assert client.get(f"/api/questions/{FLAGSHIP}?sort=nobody").status_code == 400
    assert client.get(f"/api/questions/{FLAGSHIP}?order=up").status_code == 400


# --- Figures --------------------------------------------------------------------------------


def test_every_figure_says_what_it_shows_and_has_its_table(pages: Pages) -> None:
    kinds = set()
    for key, html in pages.items():
        for kind in FIGURES:
            if f'<section id="{kind}">' not in html:
                continue
            kinds.add(kind)
            part = html.split(f'<section id="{kind}">', 1)[1].split("</section>", 1)[0]
            assert "<table>" in part, key
            assert "<caption>" in part, key
            assert 'href="#table"' in part, key
            if "<svg" in part:
                assert re.search(r"<title[^>]*>[^<]+</title>", part), key
                assert re.search(r"<desc[^>]*>[^<]+</desc>", part), key
                assert "Natural Earth" in part or kind != "map", key
            else:
                assert "outlines of the world" in part or "contours du monde" in part, key
    assert kinds >= {"map", "bars", "lines", "network"}


def test_a_figure_of_a_zone_is_never_drawn_as_one_of_a_country(service: Service) -> None:
    for question in service.questions.values():
        for drawn in question.figures:
            if drawn.kind == "map":
                assert question.category != "statistics", question.slug
                kind = {one.kind for one in question.visible if one.name == question.counted}
                assert kind == {"iri"}, question.slug


def test_one_year_is_drawn_among_the_others_and_a_missing_one_is_a_gap(pages: Pages) -> None:
    part = pages["trainees-by-year", "fr"].split('<section id="lines">', 1)[1]
    assert all(year in part for year in ("2015", "2016", "2017", "2018"))
    assert "1 valeur absente" in part


# --- Elsewhere: other pages, paper ----------------------------------------------------------


def test_an_embedded_answer_may_stand_anywhere_and_is_light(client: FlaskClient) -> None:
    for path in (f"{FLAGSHIP}/embed", "missions-by-country/embed?country=tunisie"):
        answer = client.get(f"/fr/questions/{path}")
        html = answer.get_data(as_text=True)
        assert "frame-ancestors *" in answer.headers["Content-Security-Policy"]
        assert "<script" not in html
        assert "Sources" in html
        css = len(gzip.compress((STATIC / "site.css").read_bytes()))
        assert len(html.encode()) + css <= 30_000
    page = client.get(f"/fr/questions/{FLAGSHIP}")
    assert "frame-ancestors 'self'" in page.headers["Content-Security-Policy"]
    assert "/embed" in page.get_data(as_text=True).split("iframe", 1)[1]


def test_pages_are_light(pages: Pages) -> None:
    for key, html in pages.items():
        assert len(gzip.compress(html.encode())) <= 25_000, key


def test_paper_has_the_sentence_the_query_and_the_sources_spelled_out(pages: Pages) -> None:
    css = (STATIC / "site.css").read_text(encoding="utf-8")
    printed = "".join(css.split("@media print")[1:])
    for rule in ("nav.inside", "form.ask", "table-header-group", "attr(data-iri)", ".paper"):
        assert rule in printed
    html = pages[FLAGSHIP, "fr"]
    assert 'class="paper"' in html
    assert "#+" not in html
    assert re.search(r'data-iri="https?://[^"]+/graph/', html)


# --- Neighbours -----------------------------------------------------------------------------


def test_neighbours_have_the_rows_they_promise(client: FlaskClient, pages: Pages) -> None:
    near = pages[FLAGSHIP, "en"].split('id="near"', 1)[1]
    links = re.findall(r'<a href="(/en/questions/[^"]+)">.*?</a> <span[^>]*>\((\d+)', near)
    assert len(links) >= 4
    for href, count in links:
        address = unescape(href).replace("/en/", "/api/", 1)
        assert client.get(address).get_json()["count"] == int(count), href


def test_an_empty_answer_never_looks_like_one_that_is_not_stated(client: FlaskClient) -> None:
    empty = get(client, f"/en/questions/{FLAGSHIP}", theme="police-municipale", place="europe")
    unsaid = get(client, "/en/questions/missions-by-country", country="tunisie")
    assert "– no result –" in empty.split("</title>")[0]
    assert "– the source does not say –" in unsaid.split("</title>")[0]
    assert 'class="answer empty"' in empty
    assert 'class="answer not-stated"' in unsaid
    assert "What would give results" in empty
    assert "What would give results" in unsaid


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_question_that_needs_a_choice_starts_at_its_example(
    client: FlaskClient, service: Service, lang: str
) -> None:
    needy = [one for one in service.questions.values() if one.required_examples()]
    assert len(needy) > 3
    for question in needy:
        start = f"/{lang}/questions/{question.slug}"
        for query in ("", f"?{next(iter(question.required_examples()))}=+"):
            reply = client.get(start + query)
            assert reply.status_code == 302, (start, query)
            assert dict(parse_qsl(urlsplit(reply.location).query)) == question.required_examples()
        assert client.get(reply.location).status_code == 200, reply.location
    kept = client.get(f"{start}?inference=off").location
    assert dict(parse_qsl(urlsplit(kept).query))["inference"] == "off"


def test_what_a_newsletter_adds_to_a_link_is_no_choice(client: FlaskClient) -> None:
    plain = f"/fr/questions/{FLAGSHIP}?theme=culture"
    assert client.get(f"{plain}&utm_source=lettre&fbclid=x").status_code == 200
    assert client.get(f"{plain}&utmsource=lettre").status_code == 400


def test_an_address_without_a_language_leads_to_that_of_the_reader(client: FlaskClient) -> None:
    for path in (f"/questions/{FLAGSHIP}?theme=culture", "/questions", "/search?q=b%C3%A9nin"):
        for lang in ("fr", "en", "fr"):
            reply = client.get(path, headers={"Accept-Language": lang})
            assert (reply.status_code, reply.location) == (302, f"/{lang}{path}")
            assert "Accept-Language" in reply.vary
    for path in ("//evil.example/questions", "/questions/\\evil.example"):
        assert client.get(path).location.startswith("/fr/questions"), path


def test_rows_that_outnumber_what_the_sentence_counts_say_so(client: FlaskClient) -> None:
    for lang, said in (("fr", "5 lignes pour 4 partenaires, triées"), ("en", "5 rows for 4 partn")):
        html = get(client, f"/{lang}/questions/partners-by-country", country="liban")
        assert said in text(html.split("<caption>", 1)[1].split("</caption>", 1)[0])
    alike = get(client, "/fr/questions/partners-of-country-action", country="maroc")
    assert "2 lignes, triées" in text(alike.split("<caption>", 1)[1].split("</caption>", 1)[0])


def test_the_number_in_bold_is_the_one_that_answers(client: FlaskClient) -> None:
    for slug, number in (("missions-by-zone", "77"), ("delegations-by-zone", "48")):
        html = get(client, f"/en/questions/{slug}")
        assert re.search(r'role="status">\s*<p><strong>(\d+)</strong>', html).group(1) == number  # type: ignore[union-attr]
    one = get(client, "/en/questions/is-listed-partner", partner="amf", list="partenaires-francais")
    assert "<strong>" not in one.split('role="status"', 1)[1].split("</div>", 1)[0]


def test_a_mistake_is_reported_with_the_choices_and_the_sentence(client: FlaskClient) -> None:
    html = get(client, f"/fr/questions/{FLAGSHIP}", theme="culture", place="tunisie")
    links = re.findall(r'href="/fr/report\?([^"]+)"', html)
    told = [dict(parse_qsl(unescape(one))) for one in links]
    assert any(
        "theme=culture&place=tunisie" in one["about"] and "culture en Tunisie" in one["fact"]
        for one in told
        if "fact" in one
    ), told


def test_a_page_that_refuses_leads_back_to_one_that_answers(client: FlaskClient) -> None:
    page = {"Accept": "text/html"}
    for path in ("/fr/questions/is-member-of?organisation=zzz", "/en/questions/same-actor?name=x"):
        reply = client.get(path, headers=page)
        assert reply.status_code == 400
        back = re.search(r'<p><a href="(/../questions/[^"]+)">', reply.get_data(as_text=True))
        assert back, path
        assert client.get(back.group(1), follow_redirects=True).status_code == 200, path
    for path in ("/fr/questions/nothing-of-the-kind", "/fr/questions/nothing/why"):
        nowhere = client.get(path, headers=page)
        assert nowhere.status_code == 404
        assert "Reprendre cette question" not in nowhere.get_data(as_text=True), path
