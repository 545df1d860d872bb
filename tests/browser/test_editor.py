"""The editor in a real browser: by keyboard alone, in both languages, on a phone, without it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from browsing import follow
from keys import FOCUSED, tab_to

from coopkg.terms import NS, PREFIXES

PREFIX = f"PREFIX coop: <{NS}>\n"
PARTNERS = PREFIX + "SELECT ?hub ?partner WHERE { ?hub coop:hasPartner ?partner }"
COUNTS = (
    PREFIX
    + "SELECT ?country (COUNT(?a) AS ?n) { ?a a coop:CooperationActivity ; coop:country ?country }"
    " GROUP BY ?country"
)
EXAMPLE = "activities-by-country"
SLOW = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(STR(?a) < STR(?g)) }"


def asking(query: str, lang: str = "fr", **more: str) -> str:
    return "/sparql?" + "&".join(
        f"{name}={quote(value)}" for name, value in {"lang": lang, "query": query, **more}.items()
    )


def query_of(page: Any) -> str:
    """Return the query that the form would send."""
    return str(page.evaluate("document.querySelector('textarea[name=query]').value"))


def to_the_end_of(page: Any, text: str) -> None:
    """Put the cursor after the last place of a text, by keyboard."""
    query = query_of(page)
    page.keyboard.press("Control+End")
    for _ in range(len(query) - query.rindex(text) - len(text)):
        page.keyboard.press("ArrowLeft")


def accept(page: Any, name: str) -> None:
    """Wait for a suggestion, and take it."""
    page.wait_for_selector(f"li[aria-selected=true] >> text={name}")
    page.wait_for_timeout(100)  # a key pressed within 75 ms was meant for the text
    page.keyboard.press("Enter")


def announced(page: Any) -> str:
    """Wait for the editor to say what came of a run; return it."""
    page.wait_for_selector(".said a")
    return str(page.inner_text(".said"))


def write(page: Any, query: str) -> None:
    """Replace the query shown."""
    page.focus("#editor .cm-content")
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(query)


@pytest.mark.parametrize(
    ("lang", "word", "chart"), [("fr", "partenaire", "Graphique"), ("en", "partner", "Chart")]
)
def test_the_whole_journey_can_be_made_by_keyboard_alone(
    reader: Callable[..., Any], lang: str, word: str, chart: str
) -> None:
    page = reader().editor(f"/sparql?lang={lang}")
    tab_to(page, f"a[href*='example={EXAMPLE}&']")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**example={EXAMPLE}*")
    page.wait_for_selector("#editor:not([hidden]) .cm-content")
    assert "coop:CooperationActivity" in query_of(page)

    tab_to(page, ".cm-content")
    to_the_end_of(page, "?country a coop:ForeignCountry .")
    page.keyboard.type(f"\n?activity {word}")
    accept(page, "coop:hasPartner")
    page.keyboard.type(" ?partner .")
    assert "?activity coop:hasPartner ?partner ." in query_of(page)

    page.keyboard.press("Control+Enter")
    said = announced(page)
    assert re.match({"fr": r"\d+ lignes? en ", "en": r"\d+ rows? in "}[lang], said), said
    assert page.evaluate(f"{FOCUSED}.matches('.cm-content')")  # the focus is not taken away

    tab_to(page, "#answer nav a:not([aria-current])")
    assert page.evaluate("document.activeElement.textContent") == chart
    page.keyboard.press("Enter")
    page.wait_for_selector("#answer svg")
    assert page.evaluate("document.activeElement.textContent") == chart

    tab_to(page, "a[rel=bookmark]")
    with page.expect_navigation(url="**/sparql?**"):  # the page before has such an address too
        page.keyboard.press("Enter")
    page.wait_for_selector("#editor:not([hidden]) .cm-content")
    page.wait_for_selector("#answer svg")
    assert "?activity coop:hasPartner ?partner ." in query_of(page)
    assert page.evaluate("document.documentElement.lang") == lang


@pytest.mark.parametrize(("lang", "width"), [("fr", 1100), ("en", 320)])
def test_axe_finds_no_fault_and_nothing_is_wider_than_the_screen(
    reader: Callable[..., Any], faults: Callable[[Any], list[str]], lang: str, width: int
) -> None:
    watched = reader(width=width, color_scheme="light" if lang == "fr" else "dark")
    watched.expected = ["400 (BAD REQUEST)"]
    page = watched.page
    found: dict[str, Any] = {}

    def look(name: str) -> None:
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        found[name] = [*faults(page), *([f"{wide} px too wide"] if wide > 0 else [])]

    watched.editor(f"/sparql?lang={lang}")
    page.click("#editor details.past summary")
    look("first")
    page.focus("#editor .cm-content")
    page.keyboard.press("Control+End")
    page.keyboard.press("Control+Space")
    page.wait_for_selector("li[aria-selected=true]")
    look("suggestions")
    watched.editor(asking(PARTNERS, lang))
    look("table")
    watched.editor(asking(COUNTS, lang, view="chart"))
    look("chart")
    watched.editor(asking("SELECT * WHERE { ?x coop:hasPartnr ?y ", lang))
    page.wait_for_selector("[role=alert]")
    look("error")
    assert found == {name: [] for name in found}


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_without_a_script_the_form_runs_and_shows_a_table(
    reader: Callable[..., Any], lang: str
) -> None:
    page = reader(width=320, java_script_enabled=False).open(f"/sparql?lang={lang}")
    assert page.is_visible("textarea[name=query]")
    assert not page.is_visible("#editor")
    page.fill("textarea[name=query]", PARTNERS)
    page.keyboard.press("Tab")
    follow(page, page.locator("#ask button[type=submit]"))
    assert page.locator("#answer tbody tr").count() > 20
    assert page.input_value("textarea[name=query]").strip() == PARTNERS


def test_tab_leaves_the_editor_even_when_suggestions_are_open(reader: Callable[..., Any]) -> None:
    page = reader().editor()
    page.focus("#editor .cm-content")
    page.keyboard.press("Tab")
    assert not page.evaluate(f"{FOCUSED}.matches('.cm-content')")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(f"{FOCUSED}.matches('.cm-content')")
    page.keyboard.press("Control+Space")
    page.wait_for_selector("li[aria-selected=true]")
    page.keyboard.press("Escape")
    page.wait_for_selector("li[aria-selected=true]", state="detached")
    page.keyboard.press("Tab")
    assert not page.evaluate(f"{FOCUSED}.matches('.cm-content')")


def test_every_control_of_the_editor_is_reached_by_tab_in_its_order(
    reader: Callable[..., Any],
) -> None:
    page = reader().editor(asking(PARTNERS))
    page.wait_for_selector("#editor .checked >> text=Aucun problème.")
    tab_to(page, "#editor [role=tab]")
    order = ["#editor .bar button:not([role])", "#editor .bar button:last-child", ".cm-content"]
    order += ["#editor .tools button", "#editor .past summary", "#editor details summary"]
    order += ["#inference", "#ask button[type=submit]"]
    for selector in order:
        assert len(tab_to(page, selector)) <= 2, selector


def test_a_prefix_that_lacks_is_written_with_the_name(reader: Callable[..., Any]) -> None:
    page = reader().editor()
    write(page, "SELECT * WHERE { ?x a coop:CooperationHub ; ")
    page.keyboard.type("thème")
    accept(page, "coop:theme")
    page.keyboard.type(" decentr")
    accept(page, "theme:decentralisation")
    page.keyboard.type(" }")
    assert query_of(page) == (
        f"{PREFIX}PREFIX theme: <{NS.removesuffix('ns#')}scheme/theme/>\n"
        "SELECT * WHERE { ?x a coop:CooperationHub ; coop:theme theme:decentralisation }"
    )


def test_the_term_at_the_cursor_or_below_the_pointer_is_explained(
    reader: Callable[..., Any],
) -> None:
    page = reader().editor()
    write(page, PARTNERS)
    page.keyboard.press("Control+End")
    for _ in range(len(" ?partner }") + 3):
        page.keyboard.press("ArrowLeft")
    page.wait_for_selector("#editor p.term >> text=a pour partenaire")
    box = page.locator("#editor .cm-line >> text=coop:hasPartner").bounding_box()
    page.mouse.move(box["x"] + 30, box["y"] + 8)
    page.mouse.move(box["x"] + 36, box["y"] + 8)
    tip = page.wait_for_selector(".cm-tooltip .term")
    assert re.search(r"acteur|cadre|collaboration|employ|emploi", tip.inner_text())
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Escape")  # without moving the pointer, wherever the keyboard is
    page.wait_for_selector(".cm-tooltip .term", state="detached")


def test_typing_over_coloured_words_keeps_the_content_policy(reader: Callable[..., Any]) -> None:
    page = reader().editor()
    write(page, PARTNERS)
    page.keyboard.press("Control+a")
    page.keyboard.type("ASK {}")
    assert query_of(page) == "ASK {}"


def test_tabs_and_history_survive_a_reload_and_travel_as_a_file(
    reader: Callable[..., Any], tmp_path: Path
) -> None:
    page = reader().editor()
    write(page, "# Première\nASK { ?s ?p ?o }")
    page.keyboard.press("Control+Enter")
    announced(page)
    page.click("#editor .bar button:not([role])")
    page.keyboard.insert_text("# Seconde\nASK {}")
    page.goto(page.url.split("?")[0] + "?lang=fr")
    page.wait_for_selector("#editor:not([hidden]) .cm-content")
    assert page.locator("#editor [role=tab]").all_inner_texts() == ["Première", "Seconde"]
    assert query_of(page) == "# Seconde\nASK {}"
    page.focus("#editor [role=tab][aria-selected=true]")
    page.keyboard.press("ArrowLeft")
    assert query_of(page).startswith("# Première")

    page.click("#editor .past summary")
    with page.expect_download() as downloaded:
        page.click("#editor .past button >> text=Exporter")
    file = tmp_path / "export.json"
    downloaded.value.save_as(file)
    assert "Première" in file.read_text(encoding="utf-8")

    other = reader().editor()
    other.click("#editor .past summary")
    other.set_input_files("#editor .past input[type=file]", file)
    other.wait_for_selector(".said >> text=2 requêtes importées.")
    other.click("#editor .past li >> nth=0 >> button")
    assert query_of(other).startswith("# ")
    other.set_input_files(
        "#editor .past input[type=file]",
        {"name": "x.json", "mimeType": "application/json", "buffer": b"{}"},
    )
    other.wait_for_selector(".said >> text=n’est pas un export")


def test_a_browser_that_keeps_nothing_is_told_of(reader: Callable[..., Any]) -> None:
    watched = reader()
    watched.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no') }})"
    )
    page = watched.editor()
    write(page, PARTNERS)
    assert page.is_visible("#editor .kept")
    page.keyboard.press("Control+Enter")
    assert announced(page)


def test_stop_ends_the_query_on_the_service_within_a_second(reader: Callable[..., Any]) -> None:
    watched = reader()
    watched.expected = ["net::ERR_ABORTED"]
    page = watched.editor()
    write(page, SLOW)
    with page.expect_request(re.compile(r"id=")):
        page.keyboard.press("Control+Enter")
    page.wait_for_selector("button.stop:visible")
    page.wait_for_timeout(300)  # it runs
    with page.expect_response(re.compile(r"/sparql/running/")) as stopping:
        page.focus("button.stop")
        page.keyboard.press("Enter")
    assert stopping.value.status == 204
    page.wait_for_selector(".said >> text=Requête arrêtée.")
    assert page.is_hidden("button.stop")
    begun = time.monotonic()
    write(page, "ASK { ?s ?p ?o }")
    page.keyboard.press("Control+Enter")
    announced(page)
    assert time.monotonic() - begun < 3  # the worker is free again


def test_back_shows_the_answer_and_the_query_before(reader: Callable[..., Any]) -> None:
    page = reader().editor(asking(PARTNERS))
    write(page, COUNTS)
    page.keyboard.press("Control+Enter")
    announced(page)
    assert page.locator("#answer th").first.inner_text().startswith("?country")
    page.go_back()
    page.wait_for_selector("#answer th >> text=?hub")
    assert query_of(page) == PARTNERS


def test_a_query_too_long_for_an_address_is_posted(reader: Callable[..., Any]) -> None:
    page = reader().editor()
    write(page, PARTNERS + "\n# " + "é" * 4000)
    with page.expect_request(lambda asked: asked.method == "POST" and "/sparql?" in asked.url):
        page.keyboard.press("Control+Enter")
    assert "lignes" in announced(page)
    page.click("#answer nav.views >> text=Graphique")
    page.wait_for_selector("#answer nav.views [aria-current] >> text=Graphique")
    assert len(query_of(page)) > 4000


@pytest.mark.parametrize(
    ("lang", "failed", "empty"),
    [
        ("fr", "La requête a échoué.", "Réponse vide\u00a0: 0 ligne en "),
        ("en", "The query failed.", "Empty answer: 0 rows in "),
    ],
)
def test_an_error_is_told_once_the_query_stays_and_an_empty_answer_is_told_otherwise(
    reader: Callable[..., Any], lang: str, failed: str, empty: str
) -> None:
    watched = reader()
    watched.expected = ["400 (BAD REQUEST)"]
    page = watched.editor(f"/sparql?lang={lang}")
    write(page, "SELECT * WHERE { ?x ")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#answer [role=alert]")
    assert announced(page).startswith(failed)
    told = page.wait_for_selector("#editor .problems li").inner_text()
    assert ("\u00a0: " in told) == (lang == "fr"), told
    assert query_of(page) == "SELECT * WHERE { ?x "
    write(page, "SELECT * WHERE { <urn:nobody> ?p ?o }")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#answer:not(:has([role=alert]))")
    assert announced(page).startswith(empty)


def test_a_service_out_of_reach_is_said_so(reader: Callable[..., Any]) -> None:
    watched = reader()
    watched.expected = ["ERR_FAILED", "ERR_CONNECTION"]
    page = watched.editor()
    page.route(re.compile(r"/sparql\?.*id="), lambda route: route.abort())
    page.focus("#editor .cm-content")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector(".said >> text=Le service ne répond pas.")


def test_a_text_with_a_problem_can_be_deleted_whole(reader: Callable[..., Any]) -> None:
    page = reader().editor()
    write(page, "SELECT ?s WHERE { ?s foaf:name ?n }")
    page.wait_for_selector("#editor [class*=problem-]")
    page.keyboard.press("Control+a")
    page.keyboard.press("Delete")
    assert page.inner_text("#editor .cm-content").strip() == query_of(page) == ""
    page.wait_for_selector("#editor .checked >> text=Rien à demander")
    page.click("#editor .tools button >> text=Mettre en forme")
    page.wait_for_selector(".formed >> text=Écrivez d’abord une requête.")
    page.focus("#editor .cm-content")
    page.keyboard.press("Control+z")
    assert query_of(page) == "SELECT ?s WHERE { ?s foaf:name ?n }"


def test_problems_are_listed_marked_and_mended(reader: Callable[..., Any]) -> None:
    page = reader().editor()
    write(page, PREFIX + "SELECT * WHERE { ?x coop:hasPartnr ?y }")
    problem = page.wait_for_selector("#editor .problems li >> text=coop:hasPartnr")
    assert "Ligne 2, colonne 21" in problem.inner_text().replace("\u00a0", " ")
    assert page.locator("#editor [class*=problem-]").all_inner_texts() == ["coop:hasPartnr"]
    page.click("#editor .problems button >> text=Remplacer par coop:hasPartner")
    assert "{ ?x coop:hasPartner ?y }" in query_of(page)
    page.wait_for_selector("#editor .checked >> text=Aucun problème.")
    page.click("#editor .tools button >> text=Mettre en forme")
    page.wait_for_selector(".formed >> text=Requête mise en forme.")
    assert "\n  ?x coop:hasPartner ?y" in query_of(page)


def test_format_sets_glued_words_apart_though_a_prefix_lacks_and_else_says_why_not(
    reader: Callable[..., Any],
) -> None:
    page = reader().editor()
    write(page, "SELECT?g(COUNT(*)AS?n){?s foaf:name?g.filter(?g>3&&!bound(?z))}group by?g")
    page.click("#editor .tools button >> text=Mettre en forme")
    page.wait_for_selector(".formed >> text=Requête mise en forme.")
    assert query_of(page) == (
        "SELECT ?g (COUNT(*) AS ?n) {\n  ?s foaf:name ?g .\n"
        "  filter(?g > 3 && !bound(?z))\n}\ngroup by ?g\n"
    )
    write(page, "SELECT?g{?s")
    page.click("#editor .tools button >> text=Mettre en forme")
    page.wait_for_selector(".formed >> text=ne peut pas être mise en forme")


def test_the_first_suggestion_has_the_word_in_its_label(reader: Callable[..., Any]) -> None:
    page = reader().editor()
    write(page, "SELECT * WHERE { ?a ")
    page.keyboard.type("partenaire")
    assert (
        page.wait_for_selector("li[aria-selected=true]").inner_text().startswith("coop:hasPartner")
    )


def test_a_mended_name_comes_with_its_prefix(reader: Callable[..., Any]) -> None:
    page = reader().editor()
    write(page, PREFIX + "SELECT * WHERE { ?x a coop:Organisation }")
    page.click("#editor .problems button >> text=Remplacer par org:Organization")
    assert query_of(page) == (
        f"{PREFIX}PREFIX org: <{PREFIXES['org']}>\nSELECT * WHERE {{ ?x a org:Organization }}"
    )
    page.wait_for_selector("#editor .checked >> text=Aucun problème.")


def test_a_prefix_that_lacks_is_added_by_a_button(reader: Callable[..., Any]) -> None:
    page = reader().editor()
    write(page, "SELECT * WHERE { ?x coop:hasPartner ?y }")
    page.click(f"#editor .problems button >> text=Ajouter {PREFIX.strip()}")
    assert query_of(page) == PREFIX + "SELECT * WHERE { ?x coop:hasPartner ?y }"
    page.wait_for_selector("#editor .checked >> text=Aucun problème.")


def test_the_query_that_the_page_begins_with_has_an_answer_and_no_problem(
    reader: Callable[..., Any],
) -> None:
    page = reader().editor()
    page.wait_for_selector("#editor .checked >> text=Aucun problème.")
    page.focus("#editor .cm-content")
    page.keyboard.press("Control+Enter")
    announced(page)
    assert page.locator("#answer tbody tr").count() == 20


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_the_page_speaks_one_language(reader: Callable[..., Any], lang: str) -> None:
    page = reader().editor(asking(PARTNERS, lang))
    page.click("#editor details.past summary")
    said = page.inner_text("#editor") + page.inner_text("#ask")
    other = {
        "fr": r"\b(Query|Run|History|Format|Keyboard|Export|Close|Clear)\b",
        "en": r"\b(Requête|Exécuter|Historique|Mettre|Clavier|Exporter|Fermer|Effacer)\b",
    }
    assert not re.search(other[lang], said), said


def test_a_whole_table_sorts_and_filters_and_a_text_copies(reader: Callable[..., Any]) -> None:
    watched = reader(permissions=["clipboard-read", "clipboard-write"])
    page = watched.open("/fr/questions/zone-of-a-country")
    table = "table[data-sortable] >> nth=0 >>"
    page.wait_for_selector(f"{table} button.sort >> nth=0")
    cells = page.locator(f"{table} tbody tr td:first-child")
    page.click(f"{table} th >> nth=0 >> button")
    up = cells.all_inner_texts()
    page.click(f"{table} th >> nth=0 >> button")
    assert cells.all_inner_texts()[0] == up[-1]
    assert page.get_attribute(f"{table} th >> nth=0", "aria-sort")
    page.fill(".filter-rows input >> nth=0", "zzzz")
    assert page.locator(f"{table} tbody tr:visible").count() == 0
    watched.editor(asking(PARTNERS))
    page.click("details.samples > summary")
    page.click("details.samples details >> nth=0 >> summary")
    page.click("details.samples details >> nth=0 >> button.copy")
    page.wait_for_selector("details.samples button.copy >> text=Copié")
    assert "coop:hasPartner" in page.evaluate("navigator.clipboard.readText()")
