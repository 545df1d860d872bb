"""The pages of partners: ask for access, check, send, review, accept, undo, and read one's own."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import partnering
import pytest
from contributing import MAIN, line
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coopkg.contributions import access, get, listing, publication
from coopkg.contributions.publication import Made
from coopkg.errors import ParameterError
from coopkg.serve.partners import passes, words
from coopkg.serve.partners.drafts import LIFE_S, Drafts
from coopkg.templates import CLASSES
from coopkg.terms import BASE

GOOD = {"licence": "CC-BY-4.0", "consent": "yes", "action": "send"}
WHY = "Le nom est <script>faux</script>."


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with partnering.service(tmp_path_factory.mktemp("contribute")) as made:
        yield made


def home(app: Flask) -> Path:
    return Path(app.extensions["coopkg_settings"].home)


def token(app: Flask, who: str) -> str:
    return str(app.extensions["test_tokens"][who])


def send(
    app: Flask, text: str, who: str = "tunis", lang: str = "fr", **fields: str
) -> TestResponse:
    data: dict[str, Any] = {"token": token(app, who), **fields}
    if text:
        data["file"] = (io.BytesIO(text.encode()), "stages.ttl")
    headers = {"Sec-Fetch-Site": "same-origin"}
    form = {"content_type": "multipart/form-data"}
    return app.test_client().post(f"/{lang}/contribute", data=data, headers=headers, **form)


def field(page: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, name
    return html.unescape(found[1])


def review(app: Flask, path: str = "", who: str = "op", **fields: str) -> TestResponse:
    data = fields if "pass" in fields else {"token": token(app, who), **fields}
    return app.test_client().post(f"/fr/review{path}", data=data)


def test_the_page_is_whole_in_both_languages_and_holds_no_token(app: Flask) -> None:
    for lang, button in (("fr", "Vérifier seulement"), ("en", "Check only")):
        page = app.test_client().get(f"/{lang}/contribute")
        assert page.status_code == 200
        assert button in page.text
        assert re.search(r'<input type="password"[^>]*autocomplete="off"', page.text)
        assert page.headers["Cache-Control"] == "no-store"


def test_a_file_is_checked_then_sent_without_choosing_it_again(app: Flask) -> None:
    before = listing(home(app))
    checked = send(app, line("once") + "# warnings\n", action="check")
    assert checked.status_code == 200
    assert "il manque un nom" in checked.text
    assert token(app, "tunis") not in checked.text
    assert listing(home(app)) == before, "nothing is kept"
    again = {"pass": field(checked, "pass"), "draft": field(checked, "draft"), **GOOD}
    form = {"content_type": "multipart/form-data"}
    sent = app.test_client().post("/fr/contribute", data=again, **form)
    assert sent.status_code == 303
    one = listing(home(app))[0]
    assert (one.state, one.name, one.licence, one.method) == (
        "waiting", "stages.ttl", "CC-BY-4.0", "post",
    )  # fmt: skip
    assert sent.headers["Location"] == f"/fr/contributions/{one.id}?code={passes_code(app, one.id)}"
    page = app.test_client().get(sent.headers["Location"])
    assert "attend qu’une personne la relise" in page.text
    assert app.test_client().get(f"/fr/contributions/{one.id}").status_code == 404
    assert app.test_client().get(f"/fr/contributions/{one.id}?code=0").status_code == 404
    twice = app.test_client().post("/fr/contribute", data=again, **form)
    assert twice.headers["Location"] == sent.headers["Location"], "pressed twice, sent once"


def passes_code(app: Flask, name: str) -> str:
    with app.test_request_context():
        return passes.code(name)


def test_a_fault_is_shown_with_its_place_and_what_was_written_stays_text(app: Flask) -> None:
    checked = send(app, "violations", action="check", lang="en")
    assert checked.status_code == 422
    assert "Line 3, column 7" in checked.text
    assert "this is not &lt;b&gt;yours&lt;/b&gt;" in checked.text
    assert "your space" in checked.text
    assert "&lt;http://e/mine&gt; &lt;http://e/p&gt; 1 ." in checked.text
    assert 'value="send"' not in checked.text
    table = send(app, "violations", action="csv")
    assert table.mimetype == "text/csv"
    assert "'=cmd()" in table.text


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({**GOOD, "token": ""}, 401, "jeton d’un partenaire"),
        ({**GOOD, "token": "coopkg_made-up"}, 401, "incomplet"),
        ({**GOOD, "licence": ""}, 400, "Choisissez la licence"),
        ({**GOOD, "consent": ""}, 400, "Cochez la case"),
        ({**GOOD, "graph": "../passage"}, 400, "stages-2026"),
        ({**GOOD, "method": "delete"}, 400, "post, put"),
        ({"pass": "tunis.abc.99999999999.0", "token": "", **GOOD}, 401, "trop longtemps"),
    ],
)
def test_what_lacks_is_said_above_the_form_and_nothing_is_sent(
    app: Flask, fields: dict[str, str], status: int, words: str
) -> None:
    before = len(listing(home(app)))
    page = send(app, line("lacking"), **fields)
    assert page.status_code == status
    assert words in page.text
    assert 'role="alert"' in page.text
    assert "made-up" not in page.text
    assert len(listing(home(app))) == before
    nothing = send(app, "", **GOOD)
    assert (nothing.status_code, "Choisissez le fichier" in nothing.text) == (400, True)


def test_another_site_sends_nothing_in_the_name_of_a_reader(app: Flask) -> None:
    client = app.test_client()
    for path in ("contribute", "contribute/access", "review", "partners/tunis"):
        for headers in (
            {"Sec-Fetch-Site": "cross-site"},
            {"Origin": "https://elsewhere.example"},
            {"Origin": "null"},
        ):
            assert client.post(f"/fr/{path}", data={}, headers=headers).status_code == 403


def test_a_person_reviews_accepts_and_undoes_what_another_sent(app: Flask) -> None:
    sent = send(app, line("reviewed", "<i>x</i>"), **GOOD, graph="stages")
    name = re.search(r"c-\d+-\w+", sent.headers["Location"])
    assert name
    assert review(app, who="tunis").status_code == 403
    assert review(app, who="tunis", path=f"/{name[0]}", action="accept").status_code == 403
    inbox = review(app)
    assert name[0] in inbox.text
    assert token(app, "op") not in inbox.text
    given = field(inbox, "pass")
    seen = review(app, f"/{name[0]}", **{"pass": given})
    assert "1 information ajoutée, 0 retirée." in seen.text
    assert "<ins>&lt;i&gt;x&lt;/i&gt;</ins>" in seen.text
    accepted = review(app, f"/{name[0]}", **{"pass": given, "action": "accept"})
    assert accepted.status_code == 200
    assert get(home(app), name[0]).state == "published"
    read = app.test_client().get("/graphs/partner/tunis/stages?format=nt")
    assert "reviewed" in read.text
    without = review(app, f"/{name[0]}", **{"pass": given, "action": "undo", "why": " "})
    assert without.status_code == 409
    undone = review(app, f"/{name[0]}", **{"pass": given, "action": "undo", "why": WHY})
    assert "Le nom est &lt;script&gt;" in undone.text
    assert get(home(app), name[0]).state == "undone"
    assert app.test_client().get("/graphs/partner/tunis/stages").status_code == 404


def test_a_refusal_says_why_to_who_sent_it(app: Flask) -> None:
    where = send(app, line("refused"), **GOOD, graph="refused").headers["Location"]
    name = where.split("/")[3].partition("?")[0]
    review(app, f"/{name}", action="refuse", why=WHY)
    page = app.test_client().get(where)
    assert "Le nom est &lt;script&gt;faux" in page.text
    assert "<script>faux" not in page.text
    assert review(app, f"/{name}", action="accept").status_code == 409


def test_its_author_takes_back_what_it_sent_and_nobody_else(app: Flask) -> None:
    where = send(app, line("back"), **GOOD, graph="back").headers["Location"]
    client = app.test_client()
    assert client.post(where, data={"token": token(app, "sfax")}).status_code == 401
    assert client.post(where, data={"token": token(app, "tunis")}).status_code == 303
    assert "retirée par qui l’a envoyée" in client.get(where).text


def test_a_pass_ends_with_its_time_and_with_its_token(app: Flask) -> None:
    from coopkg.contributions import partners

    with app.test_request_context():
        one = partners.find(home(app), "sfax")
        given = passes.issue(one, now=1000.0)
        assert passes.partner_of(given, now=1000.0 + passes.LIFE_S - 1).name == "sfax"
        for odd in ("", "a.b", given[:-1] + "~", given.replace("sfax", "tunis", 1)):
            with pytest.raises(Exception, match="too long ago"):
                passes.partner_of(odd, now=1000.0)
        with pytest.raises(Exception, match="too long ago"):
            passes.partner_of(given, now=1001.0 + passes.LIFE_S)
        _, fresh = partners.renew(home(app), "sfax")
        app.extensions["test_tokens"]["sfax"] = fresh
        with pytest.raises(Exception, match="too long ago"):
            passes.partner_of(given, now=1000.0)
    key = home(app) / "partners" / "key"
    assert key.stat().st_mode & 0o077 == 0


def test_drafts_are_of_one_partner_and_leave(app: Flask) -> None:
    from contributing import upload

    now = [0.0]
    drafts = Drafts(clock=lambda: now[0])
    name = drafts.put(upload())
    assert drafts.get(name, "tunis") == upload()
    assert drafts.get(name, "sfax") is None
    now[0] = LIFE_S + 1
    assert drafts.get(name, "tunis") is None
    names = [drafts.put(upload()) for _ in range(100)]
    assert drafts.get(names[0], "tunis") is None
    assert drafts.get(names[-1], "tunis") is not None


def test_who_asks_for_access_is_kept_and_shown_to_the_operator_alone(app: Flask) -> None:
    client = app.test_client()
    given = {"organisation": "Ville <b>de</b> Cotonou", "email": "a@cotonou.example"}
    asked = client.post("/fr/contribute/access", data=given)
    assert asked.status_code == 303
    page = client.get(asked.headers["Location"])
    assert "a@cotonou.example" not in page.text
    assert access.listing(home(app))[0].id in page.text
    again = client.post("/fr/contribute/access", data=given)
    assert again.headers["Location"] == asked.headers["Location"]
    shown = review(app)
    assert "Ville &lt;b&gt;de&lt;/b&gt; Cotonou" in shown.text
    wrong = client.post("/en/contribute/access", data={**given, "email": "nobody"})
    assert wrong.status_code == 400
    assert "an e-mail address" in wrong.text
    one = access.listing(home(app))[0]
    access.answer(home(app), one.id, "op", why={"fr": "Pas encore."})
    assert "Pas encore." in client.get(asked.headers["Location"]).text
    access.erase(home(app), one.id, "op")
    assert access.words(home(app), one) == {}
    assert b"cotonou.example" not in (home(app) / "partners" / "journal.ndjson").read_bytes()
    with pytest.raises(ParameterError):
        access.ask(home(app), {"organisation": "a", "email": "a@b.example"}, "fr")


def test_a_partner_reads_its_own_and_others_read_what_is_published(app: Flask) -> None:
    published = send(app, line("mine", owner="sfax"), "sfax", **GOOD)
    assert published.status_code == 303
    waiting = send(app, line("hidden"), **GOOD, graph="hidden").headers["Location"]
    client = app.test_client()
    page = client.get("/fr/partners/sfax")
    assert "1 chose décrite" in page.text
    assert "Creative Commons" in page.text
    assert client.get("/en/partners").text.count("/en/partners/") >= 2
    assert "/en/partners/op" not in client.get("/en/partners").text
    assert waiting.split("?")[0].split("/")[3] not in client.get("/fr/partners/tunis").text
    own = client.post("/fr/partners/tunis", data={"token": token(app, "tunis")})
    assert html.escape(waiting) in own.text
    assert client.post("/fr/partners/tunis", data={"token": token(app, "sfax")}).status_code == 403
    assert client.get("/fr/partners/nobody").status_code == 404
    assert MAIN not in page.text


# --- The same by program ---------------------------------------------------------------------

API = "/api/contributions"


def posted(app: Flask, text: str, who: str = "tunis", **query: str) -> TestResponse:
    return app.test_client().post(
        API,
        data=text,
        content_type="text/turtle",
        query_string=query,
        headers=partnering.bearer(app, who),
    )


def test_a_program_sends_reads_and_takes_back(app: Flask) -> None:
    headers = partnering.bearer(app, "tunis")
    client = app.test_client()
    sent = posted(app, line("api"), name="x.ttl", licence="CC0-1.0", graph=f"{MAIN}/api")
    assert sent.status_code == 202
    told = partnering.said(sent)
    assert (told["state"], told["name"], told["licence"]) == ("waiting", "x.ttl", "CC0-1.0")
    again = posted(app, line("api"), graph=f"{MAIN}/api")
    assert partnering.said(again)["id"] == told["id"]
    shape: Any = client.get("/openapi.json").json
    schema = {**shape["components"]["schemas"]["Contribution"], "components": shape["components"]}
    for said in (told, partnering.said(client.get(told["href"], headers=headers))):
        jsonschema.Draft202012Validator(schema).validate(said)
    back = client.delete(told["href"], headers=headers)
    assert partnering.said(back)["state"] == "withdrawn"
    assert client.delete(told["href"], headers=headers).status_code == 409
    assert client.get(f"{API}/c-000000-0", headers=headers).status_code == 404
    states = client.get(API, headers=headers, query_string={"state": "withdrawn"})
    assert told["id"] in states.text
    assert client.get(f"{API}?state=lost", headers=headers).status_code == 400


def test_a_direct_partner_publishes_and_its_delete_publishes_again(app: Flask) -> None:
    graph = "partner/sfax/api"
    sent = posted(app, line("api", owner="sfax"), "sfax", graph=f"{BASE}graph/{graph}")
    assert sent.status_code == 201
    assert app.test_client().get(f"/graphs/{graph}").status_code == 200
    where = sent.headers["Location"]
    gone = app.test_client().delete(where, headers=partnering.bearer(app, "sfax"))
    assert partnering.said(gone)["state"] == "undone"
    assert app.test_client().get(f"/graphs/{graph}").status_code == 404


def test_what_is_undone_and_not_published_says_so_and_is_published_by_asking_again(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = Made("", "stopped", "le disque", "the disk")
    for number, retry in enumerate(("api", "page")):
        graph = f"partner/sfax/again{number}"
        sent = posted(app, line(f"n{number}", owner="sfax"), "sfax", graph=f"{BASE}graph/{graph}")
        where, client = sent.headers["Location"], app.test_client()
        name = where.rpartition("/")[2]
        with monkeypatch.context() as broken:
            broken.setattr(publication, "_started", lambda *_: stopped)
            refused = client.delete(where, headers=partnering.bearer(app, "sfax"))
        assert refused.status_code == 503
        assert f"{name} est annulée, mais reste servie" in refused.text
        assert "le disque" in refused.text
        assert get(home(app), name).state == "undone"
        assert client.get(f"/graphs/{graph}").status_code == 200
        if retry == "api":
            done = client.delete(where, headers=partnering.bearer(app, "sfax"))
        else:
            assert 'value="publish"' in review(app, f"/{name}").text
            done = review(app, f"/{name}", action="undo", why=WHY)
        assert done.status_code == 200
        assert client.get(f"/graphs/{graph}").status_code == 404
        assert client.delete(where, headers=partnering.bearer(app, "sfax")).status_code == 409


def test_a_dry_run_answers_the_report_and_keeps_nothing(app: Flask) -> None:
    before = len(listing(home(app)))
    good = posted(app, line("dry") + "# warnings\n", **{"dry-run": "1"})
    assert (good.status_code, partnering.said(good)["status"]) == (200, "warnings")
    bad = posted(app, "violations", **{"dry-run": "1"})
    assert bad.status_code == 422
    assert partnering.said(bad)["report"]["findings"][0]["fix"]
    assert posted(app, "x", **{"dry-run": "perhaps"}).status_code == 400
    assert len(listing(home(app))) == before


@pytest.mark.parametrize(
    ("suffix", "accept", "media_type", "words"),
    [
        (".csv", "", "text/csv", "'=cmd()"),
        ("", "text/turtle", "text/turtle", "ValidationReport"),
        (".sarif", "", "application/sarif+json", '"startLine": 3'),
        (".txt", "", "text/plain", "votre espace"),
        ("", "application/json", "application/json", '"findings"'),
        (".json", "text/csv", "application/json", '"findings"'),
    ],
)
def test_a_report_comes_in_the_format_that_is_asked(
    app: Flask, suffix: str, accept: str, media_type: str, words: str
) -> None:
    name = partnering.said(posted(app, "violations of " + suffix))["contribution"]
    headers = {**partnering.bearer(app, "tunis"), "Accept": accept or "*/*"}
    found = app.test_client().get(f"{API}/{name}{suffix}", headers=headers)
    assert (found.status_code, found.mimetype) == (200, media_type)
    assert words in found.text
    headers["Accept"] = "image/png"
    assert app.test_client().get(f"{API}/{name}", headers=headers).status_code == 406
    assert app.test_client().get(f"{API}/{name}.exe", headers=headers).status_code == 404


def test_a_form_brings_one_file_with_its_fields(app: Flask) -> None:
    headers = partnering.bearer(app, "tunis")

    def form(*names: str) -> TestResponse:
        files = [(io.BytesIO(line("form").encode()), name) for name in names]
        data = {"file": files, "licence": "CC0-1.0", "graph": f"{MAIN}/form"}
        kind = "multipart/form-data"
        return app.test_client().post(API, data=data, headers=headers, content_type=kind)

    told = partnering.said(form("data/stages.ttl"))
    assert (told["name"], told["media_type"], told["licence"]) == (
        "stages.ttl", "text/turtle", "CC0-1.0",
    )  # fmt: skip
    assert form().status_code == 400
    assert form("a.ttl", "b.ttl").status_code == 400
    assert form("stages").status_code == 415


def test_each_template_can_be_taken_in_both_languages(client: FlaskClient) -> None:
    assert words.SHEETS.keys() == CLASSES.keys()
    page = client.get("/fr/contribute").text
    for name in CLASSES:
        assert f"/fr/contribute/templates/{name}.xlsx" in page
        heads = [
            client.get(f"/{lang}/contribute/templates/{name}.csv").text.splitlines()[0]
            for lang in ("fr", "en")
        ]
        assert heads[0] != heads[1]
    book = client.get("/en/contribute/templates/organisation.xlsx")
    assert book.data.startswith(b"PK")
    assert "organisation-en.xlsx" in book.headers["Content-Disposition"]
    assert client.get("/en/contribute/templates/nothing.xlsx").status_code == 404
