"""Entity pages: every kind of entity, every triple about it, in words, in both languages."""

from __future__ import annotations

import html
import json
import re
import shutil
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coopkg import generation
from coopkg.answers import Catalogue
from coopkg.build.describe import labels
from coopkg.config import Settings
from coopkg.serve import create_app
from coopkg.serve.entity import facts, words
from coopkg.serve.entity import view as view_of
from coopkg.serve.entity.facts import Fact, Key
from coopkg.serve.service import Service
from coopkg.terms import BASE, LANGUAGES, NS, PREFIXES, expand

PREF = ox.NamedNode(PREFIXES["skos"] + "prefLabel")
APART = {BASE + "graph/asserted", BASE + "graph/description"}
AREAS = (BASE + "id/", BASE + "scheme/")
Rows = list[dict[str, ox.NamedNode | ox.Literal | ox.BlankNode]]


@pytest.fixture(scope="module")
def every(app: Flask) -> Mapping[str, Rows]:
    """Return what `entity.rq` answers for each of our entities, read from the store itself."""
    service: Service = app.extensions["coopkg"].service()
    found: dict[str, Rows] = defaultdict(list)
    store = service.generation.read("store.nq")
    for quad in ox.parse(store, format=ox.RdfFormat.N_QUADS):
        graph = quad.graph_name
        if not isinstance(graph, ox.NamedNode) or graph.value in APART:
            continue
        for way, one, other in (
            ("out", quad.subject, quad.object),
            ("in", quad.object, quad.subject),
        ):
            if isinstance(one, ox.NamedNode) and one.value.startswith(AREAS):
                row = {"direction": ox.Literal(way), "property": quad.predicate}
                found[one.value].append({**row, "other": other, "graph": graph})
    return found


def kind(iri: str) -> str:
    return "/".join(iri[len(BASE) :].split("/")[:2])


@pytest.fixture(scope="module")
def samples(every: Mapping[str, Rows]) -> list[str]:
    """Return the entity of each kind that most is said of, and the one that least is said of."""
    kinds: dict[str, list[str]] = defaultdict(list)
    for iri in every:
        kinds[kind(iri)].append(iri)
    ranked = [sorted(some, key=lambda one: (len(every[one]), one)) for some in kinds.values()]
    return sorted({one for some in ranked for one in (some[0], some[-1])})


class Reader(HTMLParser):
    """Reads the text of a page, its links, its headings, and who says each fact."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.links: list[str] = []
        self.tongues: dict[str, str] = {}
        self._tongue: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag == "bdi":
            self._tongue.append((given.get("lang") or "", given.get("dir") or ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "bdi":
            self._tongue.pop()

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._tongue and data.strip():
            self.tongues[data.strip()] = "/".join(self._tongue[-1])


def main_of(page: str) -> str:
    found = re.search(r"<main.*</main>", page, re.DOTALL)
    assert found
    return found[0]


# --- Everything is told ---------------------------------------------------------------------


def test_every_triple_about_an_entity_is_told_once_by_its_pages(every: Mapping[str, Rows]) -> None:
    """In French or in English: a text that has both is told by the page of its language."""
    assert len(every) > 500
    for iri, rows in every.items():
        wanted = {(r["direction"].value, r["property"].value, r["other"]) for r in rows}
        told: set[Key] = set()
        for lang in LANGUAGES:
            said = facts.read(rows, lang)
            keys = [key for fact in said.shown() for key in fact.keys]
            assert len(keys) == len(set(keys)), iri
            told |= set(keys)
            mine = {key for key in wanted if _language(key) in {"", lang}}
            assert mine <= set(keys), iri
        assert told == wanted, iri


def _language(key: Key) -> str:
    other = key[2]
    return (other.language or "") if isinstance(other, ox.Literal) else ""


def test_no_source_is_lost_when_two_ends_of_a_link_are_told_once(
    every: Mapping[str, Rows],
) -> None:
    for iri, rows in every.items():
        stated: dict[Key, set[str]] = defaultdict(set)
        for row in rows:
            key = row["direction"].value, row["property"].value, row["other"]
            stated[key].add(row["graph"].value)
        for fact in facts.read(rows, "fr").facts():
            given = set().union(*(stated[key] for key in fact.keys))
            assert fact.graphs in (given, given - {facts.INFERRED}), iri
            assert fact.inferred == (given == {facts.INFERRED}), iri


def test_a_link_that_is_stated_from_its_other_end_is_not_called_inferred() -> None:
    other, passage = ox.NamedNode(BASE + "id/activity/a"), BASE + "graph/passage/l1"
    ends = (("out", "partnerOf", facts.INFERRED), ("in", "hasPartner", passage))
    rows: list[facts.Row] = [
        {
            "direction": ox.Literal(way),
            "property": ox.NamedNode(NS + name),
            "other": other,
            "graph": ox.NamedNode(graph),
        }
        for way, name, graph in ends
    ]
    (told,) = facts.read(rows, "fr").facts()
    assert told.graphs == {passage}
    assert [key[:2] for key in told.keys] == [("out", NS + "partnerOf"), ("in", NS + "hasPartner")]


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_of_every_kind_shows_what_is_read_of_it(
    app: Flask, every: Mapping[str, Rows], samples: list[str], lang: str
) -> None:
    service: Service = app.extensions["coopkg"].service()
    client = app.test_client()
    kinds = {kind(one) for one in samples}
    assert len(kinds) > 40
    for iri in samples:
        path = f"/{lang}/{iri[len(BASE) :]}"
        found = client.get(path)
        assert found.status_code == 200, path
        text = _squeezed(Reader(main_of(found.text)).text)
        label = service.labels[iri][lang]
        assert f" {_squeezed(label)} " in f" {text} ", path
        for group, some in _groups(every[iri], lang):
            assert len(some) <= view_of.FEW or f"?list={group}" in _links(found.text), path
            for fact in some if len(some) <= view_of.FEW else []:
                assert _squeezed(_words(service, fact, lang)) in text, (path, fact)


def _groups(rows: Rows, lang: str) -> Iterator[tuple[str, list[Fact]]]:
    for key, groups in facts.read(rows, lang).sections.items():
        for group in groups:
            yield group.name, list(group.facts) if key != "names" else []


def _words(service: Service, fact: Fact, lang: str) -> str:
    if isinstance(fact.other, ox.BlankNode):
        return ""
    if isinstance(fact.other, ox.NamedNode):
        return service.labels.get(fact.other.value, {}).get(lang, "")  # type: ignore[no-any-return]
    return fact.other.value if fact.other.datatype.value.endswith("string") else ""


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _links(page: str) -> set[str]:
    return {re.sub("%3A", ":", html.unescape(one)) for one in re.findall(r'href="([^"]*)"', page)}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_no_name_of_ours_is_shown_bare_where_it_has_a_label(
    app: Flask, samples: list[str], lang: str
) -> None:
    service: Service = app.extensions["coopkg"].service()
    client = app.test_client()
    for iri in samples:
        page = main_of(client.get(f"/{lang}/{iri[len(BASE) :]}").text)
        page = re.sub(r"<code>.*?</code>|<p>[^<]*coopkg[^<]*</p>", "", page)  # address, citation
        text = Reader(page).text
        for one in re.findall(r"https://w3id\.org/[^\s”»]+", text):
            assert one not in service.labels, (iri, one)
        for bare in re.findall(r"(?<![\w«/.-])([a-z][\w-]*:[a-zA-Z][\w-]*)", text):
            try:
                assert expand(bare).value not in service.labels, (iri, bare)
            except ValueError:
                continue  # not a name: « le : la »


def test_a_long_list_is_read_to_its_end_by_links(
    client: FlaskClient, every: Mapping[str, Rows]
) -> None:
    iri = BASE + "id/organisation/cnfpt"
    (group,) = (
        one
        for groups in facts.read(every[iri], "fr").sections.values()
        for one in groups
        if one.name == "in-coop:hasLead"
    )
    assert len(group.facts) > view_of.FEW
    path = "/fr/id/organisation/cnfpt"
    first = client.get(path)
    assert "?list=in-coop:hasLead" in _links(first.text)
    found = client.get(f"{path}?list=in-coop:hasLead")
    shown = {one.removeprefix("/fr/") for one in _links(main_of(found.text))}
    assert {one.other.value[len(BASE) :] for one in group.facts} <= shown
    for wrong in ("?list=in-coop:hasLead&page=9", "?list=nope", "?list=in-coop:hasLead&page=0"):
        assert client.get(path + wrong).status_code == 404, wrong


def test_pages_of_a_long_list_join_without_a_gap() -> None:
    some = tuple(
        Fact("in", NS + "theme", ox.NamedNode(f"{BASE}id/activity/{n:03}"), frozenset({"g"}))
        for n in range(2 * view_of.MANY + 1)
    )
    said = facts.Said({"incoming": (facts.Group("in", NS + "theme", some),)}, ())
    pages = [view_of.page(said, "in-coop:theme", number) for number in range(1, 5)]
    assert pages[3] is None
    assert [one for page in pages[:3] if page for one in page.facts] == list(some)


# --- In words -------------------------------------------------------------------------------


def test_an_incoming_link_is_told_in_words_and_not_backwards(client: FlaskClient) -> None:
    page = html.unescape(client.get("/fr/id/place/tunisie").text)
    assert re.search(r"Ce qui a pour pays «\u00a0Tunisie\u00a0»", page)
    page = html.unescape(client.get("/en/id/organisation/cnfpt").text)
    assert "“CNFPT” provides" in page


def test_a_fact_says_who_says_it_and_where(client: FlaskClient) -> None:
    page = main_of(client.get("/fr/id/organisation/cefal").text)
    place = re.search(r"<li>\s*<a href=\"/fr/id/place/benin\">.*?</li>", page, re.DOTALL)
    assert place
    said = Reader(place[0])
    assert "dit par la brochure" in said.text
    assert any(one.startswith("/fr/graph/passage/") for one in said.links)


def test_an_inferred_fact_gives_its_reason(client: FlaskClient) -> None:
    page = main_of(client.get("/fr/id/organisation/cnfpt").text)
    assert re.search(r"<details class=\"why\"><summary>déduit</summary><p>[^<]+</p><ul><li>", page)


def test_what_one_passage_says_is_not_called_inferred(client: FlaskClient) -> None:
    """As on the pages of questions: a participation and its partner are one statement."""
    page = main_of(client.get("/fr/id/activity/liban").text)
    partner = re.search(r"<li>\s*<a href=\"/fr/id/organisation/btvl\">.*?</li>", page, re.DOTALL)
    assert partner
    assert "dit par la brochure" in partner[0]
    assert "<summary>" not in partner[0]


def test_each_summary_is_one_sentence_with_the_kind(app: Flask, samples: list[str]) -> None:
    client = app.test_client()
    for iri in samples:
        for lang, colon in (("fr", "\u00a0: "), ("en", ": ")):
            page = client.get(f"/{lang}/{iri[len(BASE) :]}").text
            found = re.search(r'<p class="summary">(.*?)</p>', page)
            assert found, iri
            assert colon in found[1], iri
            assert found[1].endswith("."), iri


def test_every_kind_has_its_word(every: Mapping[str, Rows]) -> None:
    untold = {kind(iri) for iri in every if words.kind_of(iri) in {None, words.OTHER}}
    assert untold == set()


def test_an_unknown_property_has_its_place_by_what_its_values_are() -> None:
    strange, graph = ox.NamedNode("https://example.org/strange"), ox.NamedNode(BASE + "graph/x")
    for other, section in (
        (ox.Literal(12), "figures"),
        (ox.Literal("words"), "identity"),
        (ox.NamedNode(BASE + "id/place/tunisie"), "links"),
        (ox.NamedNode("https://example.org/x"), "identifiers"),
    ):
        direction = ox.Literal("out")
        row: facts.Row = {
            "direction": direction, "property": strange, "other": other, "graph": graph
        }  # fmt: skip
        said = facts.read([row], "fr")
        assert next(iter(said.sections)) == section


def test_what_the_sources_do_not_say_stands_apart(client: FlaskClient) -> None:
    page = main_of(client.get("/fr/id/place/benin").text)
    part = page[page.index('id="unsaid"') :]
    assert "/fr/id/gap/" in part
    assert "/fr/id/gap/" not in page[: page.index('id="unsaid"')]
    assert "Absent ne veut pas dire" in html.unescape(part)


# --- What goes with it ----------------------------------------------------------------------


def test_the_rows_of_a_related_question_are_those_it_has(app: Flask) -> None:
    client, asked = app.test_client(), 0
    names = ("id/organisation/cnfpt", "id/place/tunisie", "scheme/theme/decentralisation")
    for name in (*names, "id/activity/liban", "scheme/indicator/missions"):
        page = main_of(client.get(f"/fr/{name}").text)
        for href, count in re.findall(
            r'<a href="(/fr/questions/[^"]*)">.*?</a> <span class="soft">\((\d+) ligne', page
        ):
            found = client.get(html.unescape(href).replace("/fr/", "/api/", 1))
            assert _count(found) == int(count), href
            asked += 1
    assert asked >= 12


def _count(found: TestResponse) -> int:
    answer = found.json
    assert answer
    return int(answer["count"])


def test_a_country_has_a_map_and_an_organisation_its_neighbours(client: FlaskClient) -> None:
    country = client.get("/fr/id/place/liban").text
    assert "Pays de la fiche" in country
    actor = client.get("/fr/id/organisation/btvl").text
    table = re.search(r"<caption>[^<]*Avec qui.*?</table>", actor, re.DOTALL)
    assert table
    assert "CNFPT" in table[0]


def test_a_page_costs_no_more_queries_than_it_says(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    service: Service = app.extensions["coopkg"].service()
    client, asked = app.test_client(), []
    client.get("/fr/id/organisation/cefal")  # what is asked once a generation
    run = type(service.engine).run

    def counted(self: object, *given: object, **named: object) -> object:
        asked.append(1)
        return run(self, *given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(type(service.engine), "run", counted)
    for path, most in (("organisation/cefal", 3), ("place/tunisie", 2), ("section/l5", 2)):
        asked.clear()
        client.get(f"/en/id/{path}?unseen={path}")
        assert len(asked) <= most, path


def test_a_report_starts_from_the_fact_and_the_generation(app: Flask, client: FlaskClient) -> None:
    service: Service = app.extensions["coopkg"].service()
    page = main_of(client.get("/fr/id/organisation/cefal").text)
    found = [
        parse_qs(urlsplit(html.unescape(one)).query, keep_blank_values=True)
        for one in re.findall(r'href="(/fr/report\?[^"]*)"', page)
    ]
    assert {one["about"][0] for one in found} == {BASE + "id/organisation/cefal"}
    assert {one["generation"][0] for one in found} == {service.generation.id}
    facts_told = [one["fact"][0] for one in found]
    assert facts_told.count("") == 1  # the whole page
    assert any("Bénin" in one for one in facts_told)


# --- Other languages ------------------------------------------------------------------------

ARABIC = "مركز"


@pytest.fixture(scope="module")
def foreign(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """Yield a client of a generation where one entity has an Arabic name, and one no other."""
    home = Path(shutil.copytree(published, tmp_path_factory.mktemp("foreign") / "home"))
    old = generation.current(home)
    graph = f"<{BASE}graph/curation/labels>"
    one, two = f"<{BASE}id/organisation/cefal>", f"<{BASE}id/organisation/only-arabic>"
    lines = [f'{one} {PREF} "{ARABIC}"@ar', f'{two} {PREF} "{ARABIC}"@ar',
             f"{one} <{NS}partOfOrganisation> {two}"]  # fmt: skip
    with generation.staging(home) as staging:
        for name in old.manifest.files:
            (staging / name).parent.mkdir(exist_ok=True)
            shutil.copyfile(old.path / name, staging / name)
            (staging / name).chmod(0o644)
        with (staging / "store.nq").open("a", encoding="utf-8") as store:
            store.writelines(f"{line} {where}.\n" for line in lines for where in ("", graph + " "))
        quads = ox.parse((staging / "store.nq").read_bytes(), format=ox.RdfFormat.N_QUADS)
        known = json.loads((staging / "labels.json").read_text(encoding="utf-8"))
        known |= {
            iri: entry
            for iri, entry in labels(quads).items()
            if iri.endswith(("/cefal", "/only-arabic"))
        }
        (staging / "labels.json").write_text(json.dumps(known), encoding="utf-8")
        sources = {"graph_data/arabic.ttl": "0" * 64}
        generation.publish(staging, home, sources, old.manifest.graphs, datetime.now(UTC))
    app = create_app(Settings(home=home))
    yield app.test_client()
    app.extensions["coopkg"].close()


@pytest.mark.parametrize(("lang", "name"), [("fr", "arabe"), ("en", "Arabic")])
def test_an_arabic_name_is_marked_and_runs_from_right_to_left(
    foreign: FlaskClient, lang: str, name: str
) -> None:
    page = main_of(foreign.get(f"/{lang}/id/organisation/cefal").text)
    read = Reader(page)
    assert read.tongues[ARABIC] == "ar/rtl"
    assert f"<td>{name}</td>" in page  # among its names
    assert f"<h1>{ARABIC}" not in page


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_label_in_no_language_of_the_page_is_marked_and_never_a_bare_name(
    foreign: FlaskClient, lang: str
) -> None:
    page = foreign.get(f"/{lang}/id/organisation/only-arabic").text
    assert re.search(rf'<h1><bdi lang="ar" dir="rtl">{ARABIC}</bdi>', page)
    other = main_of(foreign.get(f"/{lang}/id/organisation/cefal").text)
    link = re.search(
        rf'<bdi lang="ar" dir="rtl"><a href="/{lang}/id/organisation/only-arabic">(.*?)</a></bdi>'
        r' <span class="soft">\((.*?)\)',
        other,
    )
    assert link
    assert link.groups() == (ARABIC, "ar")


def test_a_label_in_another_language_alone_stands_in_and_says_which() -> None:
    one = ox.NamedNode(BASE + "id/organisation/only-arabic")
    known = labels([ox.Triple(one, PREF, ox.Literal(ARABIC, language="ar"))])
    label = Catalogue(known, {}, {}).label(one.value)
    assert label == dict.fromkeys(LANGUAGES, f"{ARABIC} (ar)")
