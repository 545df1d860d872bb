"""Forms made from the shapes: look first, fill, correct beside the field, send as a file."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import describing
import pytest
from describing import hidden, token, words
from flask import Flask
from werkzeug.test import TestResponse

from coopkg import contributions, generation
from coopkg.contributions import ledger
from coopkg.serve.partners import entries, passes
from coopkg.templates import CLASSES, Template, sealed
from coopkg.terms import BASE

LANGUAGES = ("fr", "en")
PLACE, ORGANISATION = BASE + "id/place/", BASE + "id/organisation/"


@pytest.fixture(scope="module")
def app(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with describing.service(published, tmp_path_factory.mktemp("forms")) as made:
        yield made


@pytest.fixture(scope="module")
def offered(published: Path) -> dict[str, Template]:
    return sealed.templates(generation.current(published).read_json(sealed.FILE))


def home(app: Flask) -> Path:
    return Path(app.extensions["coopkg_settings"].home)


def at(offered: dict[str, Template], kind: str, name: str, letter: str = "f") -> str:
    """Return what a form calls a field."""
    return f"{letter}{[one.name for one in offered[kind].fields].index(name)}"


def get(app: Flask, path: str) -> TestResponse:
    return app.test_client().get(path)


def fill(app: Flask, kind: str = "organisation", lang: str = "fr", **fields: Any) -> TestResponse:
    data = {"action": "check", **fields}
    if "pass" not in data:
        data.setdefault("token", token(app))
    headers = {"Sec-Fetch-Site": "same-origin"}
    return app.test_client().post(f"/{lang}/contribute/new/{kind}", data=data, headers=headers)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("kind", CLASSES)
def test_a_form_has_each_field_of_its_template_with_its_words(
    app: Flask, offered: dict[str, Template], kind: str, lang: str
) -> None:
    page = get(app, f"/{lang}/contribute/new/{kind}?create=1")
    assert page.status_code == 200
    said = words(page)
    for place, one in enumerate(offered[kind].fields):
        assert f'id="f{place}"' in page.text, one.name
        label = one.label[lang]
        needed = "obligatoire" if lang == "fr" else "required"
        assert f"{label} ({needed})" in said if one.required else label in said
    assert len(re.findall(r'id="f\d+"', page.text)) == len(offered[kind].fields)
    ids = re.findall(r'\bid="([^"]+)"', page.text)
    assert len(ids) == len(set(ids)), "each id once"
    for described in re.findall(r'aria-describedby="([^"]+)"', page.text):
        assert set(described.split()) <= set(ids)


def test_what_is_there_already_is_shown_with_why_before_anything_is_created(app: Flask) -> None:
    page = get(app, "/fr/contribute/new/organisation?q=BTVL")
    assert "Bureau technique des villes libanaises même sigle" in words(page)
    assert "Aucun de ceux-ci : créer la fiche" in words(page).replace("\xa0", " ")
    assert 'name="f0"' not in page.text, "the form comes after"
    new = get(app, "/en/contribute/new/organisation?q=Quite+unheard+of")
    assert "There is nothing like it yet." in words(new)
    form = get(app, "/en/contribute/new/organisation?create=1&q=Quite+unheard+of")
    assert 'id="f1" name="f1" value="Quite unheard of"' in form.text
    assert "Écrivez un nom" in words(get(app, "/fr/contribute/new/organisation?q="))


def test_one_that_exists_is_named_and_not_described_again(app: Flask) -> None:
    page = get(app, f"/fr/contribute/new/organisation?use={ORGANISATION}cfad")
    assert "il n’y a rien à créer" in words(page)
    (address,) = re.findall(r'href="(/fr/contribute/new/partnership[^"]*)"', page.text)
    form = get(app, address.replace("&amp;", "&"))
    assert re.search(rf'type="checkbox" name="f\d+" value="{ORGANISATION}cfad" checked', form.text)
    assert get(app, "/fr/contribute/new/organisation?use=nothing").status_code == 404
    assert get(app, "/fr/contribute/new/nothing").status_code == 404
    assert fill(app, "nothing").status_code == 404


def test_what_is_filled_is_checked_and_sent_as_a_file_is(
    app: Flask, offered: dict[str, Template]
) -> None:
    where = at(offered, "organisation", "coop:basedIn")
    values = {"f0": "École ; de la mer", "f1": "Sea “school”", where: PLACE + "tunisie"}
    checked = fill(app, **values)
    assert checked.status_code == 200
    assert token(app) not in checked.text
    assert contributions.listing(home(app)) == (), "nothing is kept"
    given = {"pass": hidden(checked, "pass"), "draft": hidden(checked, "draft")}
    again = fill(app, action="edit", **given)
    assert 'name="f0" value="École ; de la mer"' in again.text
    assert f'value="{PLACE}tunisie" selected' in again.text
    agreed = {**given, "action": "send", "licence": "CC-BY-4.0", "consent": "yes"}
    form = {"content_type": "multipart/form-data"}
    sent = app.test_client().post("/fr/contribute", data=agreed, **form)
    assert sent.status_code == 303
    one = contributions.listing(home(app))[0]
    assert (one.name, one.state, one.method) == ("ecole-de-la-mer.csv", "waiting", "post")
    quads = ledger.of(home(app)).object(one.added).decode()
    own = f"<{BASE}id/partner/tunis/ecole-de-la-mer>"
    assert f'{own} <http://www.w3.org/2004/02/skos/core#prefLabel> "École ; de la mer"@fr' in quads
    assert f"{own} <{BASE}ns#basedIn> <{PLACE}tunisie>" in quads


def test_each_fault_stands_beside_its_field_and_what_was_written_stays(
    app: Flask, offered: dict[str, Template]
) -> None:
    page_ = at(offered, "organisation", "foaf:page")
    page = fill(app, **{"f1": "Sea <b>school</b>", page_: "=cmd()"})
    assert page.status_code == 422
    said = words(page)
    assert "la case « Nom (français) », obligatoire, est vide" in said.replace("\xa0", " ")
    assert "« =cmd() »" in said.replace("\xa0", " ")
    assert 'value="Sea &lt;b&gt;school&lt;/b&gt;"' in page.text
    place = page_.removeprefix("f")
    assert f'id="e{place}"' in page.text
    assert f'<a href="#{page_}">' in page.text
    field = re.search(rf'<input [^>]*id="{page_}"[^>]*>', page.text)
    assert field
    assert 'aria-invalid="true"' in field[0]
    assert f'"e{place} h{place}"' in field[0]
    english = fill(app, lang="en", **{"f0": "x", page_: "nowhere"})
    assert "an address https://… is expected" in words(english)


def test_a_reference_is_looked_for_and_ticked(app: Flask, offered: dict[str, Template]) -> None:
    name = "coop:participation/coop:partner"
    place = at(offered, "country-action", name).removeprefix("f")
    page = fill(app, "country-action", action=f"find-{place}", **{f"q{place}": "BTVL", "f0": "Eau"})
    assert page.status_code == 200
    found = f'name="f{place}" value="{ORGANISATION}btvl"> Bureau technique'
    assert found in page.text
    assert "même sigle" in words(page)
    assert 'name="f0" value="Eau"' in page.text, "what was written stays"
    kept = {"pass": hidden(page, "pass"), "f0": "Eau", f"f{place}": f"{ORGANISATION}btvl"}
    more = fill(app, "country-action", action=f"find-{place}", **kept, **{f"q{place}": "formation"})
    assert re.search(rf'name="f{place}" value="{ORGANISATION}btvl" checked', more.text)
    assert "contient ces mots" in words(more)
    nothing = fill(app, "country-action", action=f"find-{place}", **{f"q{place}": "zzzz"})
    assert "Rien de connu sous ce nom" in words(nothing)


def test_the_name_of_a_thing_may_be_written_instead_of_ticked(
    app: Flask, offered: dict[str, Template]
) -> None:
    sought = at(offered, "organisation", "coop:isMemberOf", "q")
    page = fill(app, **{"f0": "Régie", sought: "AATF"})
    assert page.status_code == 200, words(page)
    page = fill(app, **{"f0": "Régie", sought: "AATFF"})
    assert page.status_code == 422
    assert "n’est pas un nom connu" in words(page)


def test_a_list_is_added_to_a_field_that_may_hold_several(
    app: Flask, offered: dict[str, Template]
) -> None:
    name = at(offered, "organisation", "coop:expertiseIn")
    page = fill(app, action=f"more-{name[1:]}", **{name: BASE + "scheme/theme/decentralisation"})
    assert len(re.findall(rf'<select[^>]* name="{name}"', page.text)) == 3
    assert 'theme/decentralisation" selected' in page.text


def test_only_own_activities_are_offered_for_a_participation(
    app: Flask, offered: dict[str, Template]
) -> None:
    place = at(offered, "participation", "^coop:participation").removeprefix("f")
    page = fill(app, "participation", action=f"find-{place}", **{f"q{place}": "Tunisie"})
    assert "id/activity/" not in page.text


def test_what_may_be_one_only_is_chosen_among_several_and_taken_back(
    app: Flask, offered: dict[str, Template]
) -> None:
    name = at(offered, "participation", "coop:partner")
    given = {name: f"{ORGANISATION}btvl", f"q{name[1:]}": "AFD"}
    page = fill(app, "participation", action=f"find-{name[1:]}", **given)
    radios = re.findall(rf'type="radio" name="{name}" value="([^"]*)"( checked)?', page.text)
    assert (f"{ORGANISATION}btvl", " checked") in radios
    assert (f"{ORGANISATION}afd", "") in radios
    assert ("", "") in radios, "none of them"


TAMPERED: dict[str, tuple[dict[str, str], int, str]] = {
    "a choice never offered": ({"f0": "x", "WHERE": PLACE + "mars"}, 422, "choix offerts"),
    "a thing of another sort": ({"f0": "x", "WHERE": ORGANISATION + "afd"}, 422, "choix offerts"),
    "10,000 characters": ({"f0": "é" * 10_000}, 422, "10000 signes"),
    "a control character": ({"f0": "a\x00b"}, 422, "caractère invisible"),
    "a turned line": ({"f0": "a\u202eb"}, 422, "caractère invisible"),
    "a button of nowhere": ({"f0": "x", "action": "find-99"}, 400, "bouton n’existe pas"),
    "no token": ({"f0": "x", "token": ""}, 401, "jeton"),
    "a pass that is over": ({"f0": "x", "pass": "tunis.abc.1.0"}, 401, "trop longtemps"),
    "a method of its own": ({"f0": "x", "method": "delete"}, 400, "post, put"),
    "a draft that is gone": ({"action": "edit", "draft": "gone"}, 400, "n’est plus gardée"),
}


@pytest.mark.parametrize("case", TAMPERED)
def test_what_no_form_of_ours_sends_is_refused_and_nothing_is_lost(
    app: Flask, offered: dict[str, Template], case: str
) -> None:
    given, status, said = TAMPERED[case]
    where = at(offered, "organisation", "coop:basedIn")
    data = {where if name == "WHERE" else name: text for name, text in given.items()}
    before = len(contributions.listing(home(app)))
    page = fill(app, **data)
    assert (page.status_code, said in words(page)) == (status, True), words(page)[:600]
    assert 'role="alert"' in page.text
    assert token(app) not in page.text
    if given.get("f0") == "x":
        assert 'name="f0" value="x"' in page.text
    assert len(contributions.listing(home(app))) == before


def test_another_site_fills_nothing_in_the_name_of_a_reader(app: Flask) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    data = {"token": token(app), "f0": "x"}
    path = "/fr/contribute/new/organisation"
    assert app.test_client().post(path, data=data, headers=headers).status_code == 403


def test_a_draft_of_one_partner_is_not_shown_to_another(app: Flask) -> None:
    checked = fill(app, f0="Secret")
    with app.test_request_context():
        other = passes.issue(contributions.partners.find(home(app), "sfax"))
    page = fill(app, action="edit", draft=hidden(checked, "draft"), **{"pass": other})
    assert (page.status_code, "Secret" in page.text) == (400, False)


def test_a_short_name_is_free_and_made_of_plain_letters(offered: dict[str, Template]) -> None:
    def short(kind: str, taken: tuple[str, ...] = (), **fields: str) -> str:
        return entries.short_name(entries.read(offered[kind], fields.items()), "b/", taken)

    assert short("organisation", f0="=cmd() École !") == "cmd-ecole"
    assert short("organisation", ("b/ecole", "b/ecole-2"), f0="École") == "ecole-3"
    arabic = short("organisation", f0="مدرسة")
    assert re.fullmatch(r"organisation-[0-9a-f]{8}", arabic)
    assert short("organisation", f0="مدرسة") == arabic
    lead = at(offered, "participation", "coop:lead")
    named = short("participation", (), **{"q0": "eau", lead: f"{ORGANISATION}cnfpt"})
    assert named == "eau-lead-cnfpt"


def test_a_generation_sealed_before_there_were_forms_has_them_all_the_same(
    app: Flask, offered: dict[str, Template], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealed, "FILE", "sealed-later.json")
    monkeypatch.setattr("coopkg.serve.partners.offered._TEMPLATES", {})
    page = get(app, "/en/contribute/new/training?create=1&generation=1")
    assert page.status_code == 200
    assert all(one.label["en"] in words(page) for one in offered["training"].fields)
    assert page.headers["X-Generation"].startswith("1-")
