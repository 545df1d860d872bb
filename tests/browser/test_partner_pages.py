"""The pages of partners in a real browser: what goes wrong on them, and how they look."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from browsing import Watched, follow
from filling import Who, filled
from journeying import LICENCE, PUBLISH_MS, Journey, Place, Review, press, text, who

from coopkg.contributions import get, listing, partners
from coopkg.serve.partners import passes

WIDE = "document.documentElement.scrollWidth - innerWidth"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0"
WRONG = [
    ("photo.xlsx", PNG, ("n’est pas un classeur .xlsx lisible", "not a readable .xlsx workbook")),
    ("vieux.xls", b"\xd0\xcf\x11\xe0", ("Enregistrer sous", "Save as")),
    ("photo.png", PNG, ("n’est pas d’un format lu ici", "not in a format that is read")),
    ("vide.csv", b"", ("vide", "empty")),
    ("rien.ttl", b"# rien\n", ("aucun triplet", "no triple")),
]


@pytest.fixture(scope="module")
def tozeur(place: Place) -> Who:
    """Return a partner who is known already."""
    one = who("tozeur", "csv", "fr", "Tozeur")
    if one.name not in place.tokens:
        place.tokens[one.name] = partners.add(place.home, one.name, one.label)[1]
        place.tokens["op"] = partners.add(place.home, "op", one.label, "operator")[1]
    return one


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_file_that_is_not_one_is_explained_and_nothing_is_kept(
    place: Place, opened: Callable[[str], Watched], tozeur: Who, lang: str
) -> None:
    watched, english = opened(lang), lang == "en"
    watched.expected = ["400 (", "415 (", "422 (", "401 ("]
    before = len(listing(place.home, tozeur.name))
    page = watched.open(f"/{lang}/contribute")
    page.locator("#token").fill(place.tokens["tozeur"])
    page.get_by_role("button", name=("Vérifier seulement", "Check only")[english]).click()
    assert page.url.endswith("/contribute"), "the browser itself asks for the file"
    assert page.locator("#file:invalid").count() == 1
    page.locator("#token").fill("coopkg_" + "0" * 72)
    page.set_input_files(
        "#file", {"name": "a.csv", "mimeType": "text/csv", "buffer": b"a;b\n1;2\n"}
    )
    press(page, "Vérifier seulement", "Check only")
    assert page.get_by_role("alert").count() == 1
    assert ("jeton", "token")[english] in text(page)
    for name, body, words in WRONG:
        page = watched.open(f"/{lang}/contribute")
        page.locator("#token").fill(place.tokens["tozeur"])
        kind = "application/octet-stream"
        page.set_input_files("#file", {"name": name, "mimeType": kind, "buffer": body})
        press(page, "Vérifier seulement", "Check only", PUBLISH_MS)
        assert page.get_by_role("alert").count() == 1, name
        assert words[english] in text(page), (name, text(page)[:900])
    assert len(listing(place.home, tozeur.name)) == before
    assert watched.trouble() == []


def test_pressing_twice_sending_late_or_without_a_licence_loses_and_doubles_nothing(
    place: Place, opened: Callable[[str], Watched], tozeur: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    journey = Journey(tozeur, opened("fr"))
    journey.watched.expected = ["400 (", "401 (", "404 ("]
    page = journey.go("contribute")
    journey.takes_the_template()
    page.locator("#token").fill(place.tokens["tozeur"])
    journey.chooses(filled(tozeur, journey.template))
    with monkeypatch.context() as late:
        late.setattr(passes, "LIFE_S", -1)
        press(page, "Vérifier seulement", "Check only", PUBLISH_MS)
    assert "Ce que cela changerait" in text(page), text(page)
    journey.chooses(filled(tozeur, journey.template))
    press(page, "Vérifier seulement", "Check only")
    assert "ouverte il y a trop longtemps" in text(page)
    assert page.locator("#token").input_value() == ""

    page.locator("#token").fill(place.tokens["tozeur"])
    journey.chooses(filled(tozeur, journey.template))
    press(page, "Envoyer", "Send", PUBLISH_MS)
    assert "Choisissez la licence" in text(page)
    assert listing(place.home, tozeur.name) == ()
    page.locator("#licence").select_option(LICENCE)
    press(page, "Envoyer", "Send", PUBLISH_MS)
    assert "Cochez la case" in text(page)
    assert page.locator("#licence").input_value() == LICENCE, "what was chosen stays"
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Envoyer", exact=True).dblclick()
    page.wait_for_url("**/contributions/c-*", timeout=PUBLISH_MS)
    (one,) = listing(place.home, tozeur.name)
    assert (one.licence, one.state) in {(LICENCE, "waiting"), (LICENCE, "received")}

    with suppress(Exception):  # nothing of the page before is kept: the browser says so
        page.go_back(wait_until="commit")
    assert len(listing(place.home, tozeur.name)) == 1
    page = opened("fr").page
    page.goto(f"{place.url}/fr/contributions/{one.id}")
    assert "elle doit être entière, avec son code" in text(page)
    page.goto(f"{place.url}/fr/contributions/c-999999-00000000?code=0")
    assert "Aucune contribution à cette adresse" in text(page)
    page.goto(f"{place.url}/fr/partners/{tozeur.name}")
    page.locator("#token").fill(place.tokens["tozeur"])
    press(page, "Voir tous mes envois", "See all that I sent")
    follow(page, page.get_by_role("link", name=one.id))
    page.locator("#token").fill(place.tokens["op"])
    press(page, "Retirer", "Take back")
    assert "n’est pas la vôtre" in text(page)
    assert get(place.home, one.id).state == one.state


def test_the_pages_of_a_contribution_have_no_fault_on_a_phone_nor_in_the_dark(
    browser: Any, place: Place, tozeur: Who, faults: Callable[..., list[str]]
) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 900}, locale="fr-FR")
    context.set_default_timeout(PUBLISH_MS)
    watched = Watched(context.new_page(), place.url)
    watched.watch()
    watched.expected = ["422 ("]
    page, found = watched.page, {}

    def look(name: str) -> None:
        """Note what is wrong with the page, all of it unfolded."""
        page.evaluate("document.querySelectorAll('details').forEach((one) => one.open = true)")
        wrong = faults(page)
        if page.evaluate(WIDE) > 0:
            wrong.append(f"{page.evaluate(WIDE)} px too wide")
        page.emulate_media(color_scheme="dark")
        wrong += [f"dark: {one}" for one in faults(page, only=["color-contrast"])]
        page.emulate_media(color_scheme="light")
        found[name] = wrong

    sahel = who("tozeur", "csv", "fr", "Tamerza")
    journey = Journey(sahel, watched)
    journey.takes_the_template()
    for spoilt, name in ((True, "report"), (False, "what-if")):
        if spoilt:
            page.locator("#token").fill(place.tokens["tozeur"])
        journey.chooses(filled(sahel, journey.template, spoilt))
        press(page, "Vérifier seulement", "Check only", PUBLISH_MS)
        assert ("2 à corriger" if spoilt else "Ce que cela changerait") in text(page), text(page)
        look(name)
    journey.sends()
    look("sent")
    review = Review(watched, "fr", place.tokens["op"])
    review.opens()
    look("inbox")
    follow(page, page.get_by_role("button", name=journey.id))
    look("one to review")
    watched.open(f"/fr/partners/{sahel.name}")
    page.locator("#token").fill(place.tokens["tozeur"])
    press(page, "Voir tous mes envois", "See all that I sent")
    look("my data")
    context.close()
    assert {name: wrong for name, wrong in found.items() if wrong} == {}
    assert watched.trouble() == []
