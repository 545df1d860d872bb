"""A partner's own sheet on the pages and by program: columns named once, kept, read again."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import describing
import pyoxigraph as ox
import pytest
from describing import hidden, token, words
from flask import Flask
from partnering import said
from werkzeug.test import TestResponse

from coopkg import cli, contributions
from coopkg.contributions import mappings, partners
from coopkg.serve.partners import passes
from coopkg.templates import Vocabulary, guessing, sealed

LANGUAGES = ("fr", "en")
HEADS = "Code;Intitulé;English name;Pays;Site;Remarque"
ROWS = "regie;Régie de l’eau;Water board;Tunisie;https://regie.example;rien"
SHEET = f"{HEADS}\n{ROWS}\n"
CHOSEN = {
    "kind": "organisation", "c0": "@id", "c1": "skos:prefLabel@fr", "c2": "skos:prefLabel@en",
    "c3": "coop:basedIn", "c4": "foaf:page", "c5": "", "action": "use",
}  # fmt: skip
MAPPING = {
    "class": "org:Organization",
    "id": "Code",
    "columns": [
        {"column": "Intitulé", "property": "skos:prefLabel@fr", "required": True},
        {"column": "Pays", "property": "coop:basedIn", "kind": "thing"},
    ],
    "ignored": ["English name", "Site", "Remarque"],
}


@pytest.fixture(scope="module")
def app(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with describing.service(published, tmp_path_factory.mktemp("mapping")) as made:
        yield made


@pytest.fixture(autouse=True)
def nothing_kept(app: Flask) -> None:
    """Begin each test without a mapping."""
    for one in mappings.listing(home(app), "tunis"):
        mappings.drop(home(app), "tunis", one.name)


def home(app: Flask) -> Path:
    return Path(app.extensions["coopkg_settings"].home)


def check(app: Flask, text: str | bytes = SHEET, lang: str = "fr", **fields: Any) -> TestResponse:
    body = text.encode() if isinstance(text, str) else text
    name = fields.pop("name", "régies.csv")
    data = {"token": token(app), "action": "check", "file": (io.BytesIO(body), name), **fields}
    form = {"content_type": "multipart/form-data"}
    return app.test_client().post(f"/{lang}/contribute", data=data, **form)


def step(app: Flask, checked: TestResponse, lang: str = "fr", **fields: str) -> TestResponse:
    data = {"pass": hidden(checked, "pass"), "draft": hidden(checked, "draft"), **fields}
    return app.test_client().post(f"/{lang}/contribute/mapping", data=data)


def chosen(page: TestResponse) -> dict[str, str]:
    """Return what is preselected in each list of a page."""
    lists = re.findall(r'<select id="(\w+)".*?</select>', page.text, re.DOTALL)
    texts = re.findall(r'<select id="\w+".*?</select>', page.text, re.DOTALL)
    found = [re.search(r'value="([^"]*)" selected', text) for text in texts]
    return {name: match[1] if match else "" for name, match in zip(lists, found, strict=True)}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_sheet_of_ones_own_is_sent_as_it_is_once_its_columns_are_named(
    app: Flask, lang: str
) -> None:
    checked = check(app, lang=lang)
    assert checked.status_code == 422
    offer = "Dire ce que contient chaque colonne" if lang == "fr" else "Say what each column holds"
    assert offer in words(checked)
    asked = step(app, checked, lang)
    assert asked.status_code == 200
    assert chosen(asked) == {name: CHOSEN[name] for name in CHOSEN if name != "action"}
    assert "Régie de l’eau" in words(asked), "with samples of the values"
    used = step(app, asked, lang, **CHOSEN)
    assert used.status_code == 200, words(used)[:900]
    told = "vous l’avez laissée de côté" if lang == "fr" else "you left it out"
    assert told in words(used), "a column that is not read is named"
    sent = app.test_client().post(
        f"/{lang}/contribute",
        data={
            "pass": hidden(used, "pass"), "draft": hidden(used, "draft"), "action": "send",
            "licence": "CC0-1.0", "consent": "yes", "graph": f"sent-{lang}",
        },
        content_type="multipart/form-data",
    )  # fmt: skip
    assert sent.status_code == 303
    one = contributions.listing(home(app))[0]
    assert contributions.document(home(app), one.mapping)["id"] == "Code"
    assert one.counts["added"] == 5
    assert mappings.listing(home(app), "tunis") == (), "kept only when asked"
    kept = app.test_client().get(sent.headers["Location"])
    read = dict(re.findall(r"<dt>([^<]+)</dt><dd>([^<]+)</dd>", kept.text))
    by = {"fr": "le nom court de chaque ligne", "en": "the short name of each row"}
    assert read["Code"] == by[lang], "the page goes on telling how the sheet was read"


def test_the_report_names_the_cells_and_headings_of_the_partner(app: Flask) -> None:
    bad = f"{HEADS}\n{ROWS.replace('Tunisie', 'Tunisi')}\n"
    used = step(app, check(app, bad), **CHOSEN)
    assert used.status_code == 422
    told = words(used).replace("\xa0", " ")
    assert "Cellule D2" in told
    assert "« Tunisi » n’est pas un nom connu pour « Pays »" in told
    assert "« Tunisie »" in told


def test_what_was_kept_reads_the_next_file_with_the_same_headings(app: Flask) -> None:
    step(app, check(app), **CHOSEN, remember="yes")
    (kept,) = mappings.listing(home(app), "tunis")
    assert (kept.label, set(kept.headings)) == ("régies.csv", set(HEADS.split(";")))
    other = f"Pays;{HEADS.replace(';Pays', '')}\nMaroc;eau;Eau;Water;https://e.example;x\n"
    again = check(app, other, name="autre.csv")
    assert again.status_code == 200, "in another order too"
    assert "Comment vos colonnes sont lues" in words(again)
    changed = step(app, again)
    assert chosen(changed)["c0"] == "coop:basedIn", "as it is read now"
    more = check(app, other.replace("Remarque", "Observation"))
    assert more.status_code == 422, "other headings are asked about"
    sent = check(app, other, action="send", licence="CC0-1.0", consent="yes", graph="again")
    assert sent.status_code == 303
    assert contributions.listing(home(app))[0].mapping == kept.digest


def test_a_misnamed_column_offers_the_step_too(app: Flask) -> None:
    text = "Identifiant (organisation);Nom (francais)s;Budget\nx;Régie;12\n"
    page = check(app, text)
    assert "vouliez-vous écrire" in words(page)
    assert "Dire ce que contient chaque colonne" in words(page)
    assert chosen(step(app, page))["c1"] == "skos:prefLabel@fr"
    good = check(app, "Identifiant (organisation);Nom (français)\nx;Régie\n")
    assert "Dire ce que contient chaque colonne" not in words(good)


def test_another_class_is_guessed_anew(app: Flask) -> None:
    checked = check(app)
    page = step(app, checked, kind="training", action="change", c1="coop:basedIn")
    assert chosen(page)["kind"] == "training"
    assert "Nombre de modules (pas encore trouvée)" in words(page).replace("\xa0", " ")


WRONG: dict[str, tuple[dict[str, str], int, str]] = {
    "a required field is forgotten": ({"c1": ""}, 422, "Aucune colonne ne dit « Nom (français) »"),
    "the same field twice": ({"c5": "foaf:page"}, 422, "Deux colonnes disent « Page web »"),
    "nothing is read": ({f"c{n}": "" for n in range(6)}, 422, "Aucune colonne n’est lue"),
    "an unknown class": ({"kind": "owl:Class"}, 400, "n’est pas un des choix"),
    "an unknown property": ({"c5": "owl:sameAs"}, 400, "n’est pas un des choix"),
    "a field of another class": ({"c5": "coop:daysPerModule"}, 400, "n’est pas un des choix"),
    "an unknown sheet": ({"sheet": "<b>x</b>"}, 400, "n’est pas un des choix"),
    "a draft that is gone": ({"draft": "gone"}, 400, "n’est plus gardé"),
    "a pass that is over": ({"pass": "tunis.abc.1.0"}, 401, "trop longtemps"),
}


@pytest.mark.parametrize("case", WRONG)
def test_choices_that_cannot_be_are_said_and_nothing_is_kept(app: Flask, case: str) -> None:
    given, status, told = WRONG[case]
    page = step(app, check(app), **{**CHOSEN, "remember": "yes", **given})
    text = words(page).replace("\xa0", " ")
    assert (page.status_code, told in text) == (status, True), text[:700]
    assert "<b>x</b>" not in page.text
    assert token(app) not in page.text
    assert mappings.listing(home(app), "tunis") == ()


def test_one_sheet_of_a_workbook_is_read_and_the_others_are_said(app: Flask) -> None:
    rows = [line.split(";") for line in SHEET.splitlines()]
    book = describing.workbook({"Notes": [["Divers"], ["à voir"]], "Régies": rows})
    checked = check(app, book, name="régies.xlsx")
    asked = step(app, checked, sheet="Régies")
    assert chosen(asked)["sheet"] == "Régies"
    assert chosen(asked)["c1"] == "skos:prefLabel@fr"
    used = step(app, checked, sheet="Régies", **CHOSEN)
    assert used.status_code == 200
    assert "la feuille « Notes » n’est pas lue" in words(used).replace("\xa0", " ")


def test_kept_mappings_are_listed_downloaded_and_taken_off(app: Flask) -> None:
    step(app, check(app), **CHOSEN, remember="yes")
    (kept,) = mappings.listing(home(app), "tunis")
    client = app.test_client()
    assert kept.name not in client.get("/fr/contribute/mappings").text
    listed = client.post("/fr/contribute/mappings", data={"token": token(app)})
    assert "Intitulé Nom (français)" in words(listed).replace("\xa0", " ")
    (address,) = re.findall(r'href="([^"]+\.ttl\?code=[^"]+)"', listed.text)
    rml = client.get(address)
    assert rml.mimetype == "text/turtle"
    assert list(ox.parse(rml.data, format=ox.RdfFormat.TURTLE))
    names = list(csv.DictReader(io.StringIO(client.get("/fr/contribute/mappings/names.csv").text)))
    tunisia = [one["iri"].rpartition("/")[2] for one in names if one["name"] == "Tunisie"]
    assert tunisia == ["tunisie"], "what RML joins a cell with"
    assert client.get(address.partition("?")[0]).status_code == 404
    assert client.get(address.replace("/tunis/", "/sfax/")).status_code == 404
    data = {"pass": hidden(listed, "pass"), "name": kept.name, "action": "drop"}
    gone = client.post("/en/contribute/mappings", data=data)
    assert "is kept no longer" in words(gone)
    assert mappings.listing(home(app), "tunis") == ()
    again = client.post("/fr/contribute/mappings", data=data)
    assert (again.status_code, 'role="alert"' in again.text) == (404, True)
    assert client.post("/fr/contribute/mappings", data={"token": "x"}).status_code == 401
    assert client.get("/fr/contribute/mapping").status_code == 303


def bearer(app: Flask, who: str = "tunis") -> dict[str, str]:
    return {"Authorization": f"Bearer {token(app, who)}"}


def test_programs_keep_read_and_drop_mappings(app: Flask) -> None:
    client, auth = app.test_client(), bearer(app)
    made = client.post("/api/mappings?label=villes", data=json.dumps(MAPPING), headers=auth)
    assert made.status_code == 201
    where = made.headers["Location"]
    (listed,) = said(client.get("/api/mappings", headers=auth))["mappings"]
    assert (listed["href"], listed["label"], listed["headings"][0]) == (where, "villes", "Code")
    assert said(client.get(where, headers=auth))["columns"][0]["column"] == "Intitulé"
    assert client.get(f"{where}.ttl", headers=auth).mimetype == "text/turtle"
    assert client.get(where, headers=bearer(app, "sfax")).status_code == 404
    assert client.get(f"{where}.pdf", headers=auth).status_code == 404
    assert client.get("/api/mappings").status_code == 401
    for bad in ("", "{", '{"class": "nope:x"}', json.dumps({**MAPPING, "columns": []})):
        answer = client.post("/api/mappings", data=bad, headers=auth)
        assert (answer.status_code, answer.mimetype) == (400, "application/problem+json"), bad
    assert client.delete(where, headers=auth).status_code == 200
    assert client.delete(where, headers=auth).status_code == 404


def test_programs_send_a_table_with_its_mapping_in_each_way(app: Flask) -> None:
    client, auth = app.test_client(), bearer(app)
    kind = {"content_type": "text/csv", "headers": auth, "data": SHEET.encode()}
    path = "/api/contributions?dry-run=1&name=a.csv"
    refused = client.post(path, **kind)
    assert (refused.status_code, said(refused)["report"]["tables"][0]["rows"]) == (422, 1)
    saved = said(client.post("/api/mappings", data=json.dumps(MAPPING), headers=auth))["name"]
    by_name = client.post(f"{path}&mapping={saved}", **kind)
    assert by_name.status_code == 200, said(by_name)
    assert said(by_name)["counts"]["added"] == 3
    for part in (json.dumps(MAPPING), (io.BytesIO(json.dumps(MAPPING).encode()), "m.json")):
        data = {"file": (io.BytesIO(SHEET.encode()), "a.csv"), "mapping": part}
        form = {"content_type": "multipart/form-data", "headers": auth}
        answer = client.post("/api/contributions?dry-run=1", data=data, **form)
        assert said(answer)["counts"] == said(by_name)["counts"]
    assert client.post(f"{path}&mapping=m-000000000000", **kind).status_code == 404
    spoilt = client.post(f"{path}&mapping=class%3D", **kind)
    assert (spoilt.status_code, "TOML" in said(spoilt)["detail"]) == (400, True)


def test_a_pass_of_one_partner_does_not_name_the_columns_of_another(app: Flask) -> None:
    checked = check(app)
    with app.test_request_context():
        other = passes.issue(partners.find(home(app), "sfax"))
    page = step(app, checked, **{**CHOSEN, "pass": other})
    assert (page.status_code, "Régie de l’eau" in page.text) == (400, False)


@pytest.mark.parametrize(
    ("headings", "samples", "kind", "fields"),
    [
        (["Intitulé du projet", "Où", "Qui pilote"], [["Eau"], ["Tunisie"], ["CNFPT"]],
         "project", ["skos:prefLabel@fr", "coop:country", "coop:participation/coop:lead"]),
        (["Formation", "Nombre de modules", "Budget"], [["Gestion"], ["3"], ["900"]],
         "training", ["", "coop:numberOfModules", ""]),
        (["Sigle", "Name", "Country"], [["RES"], ["Board"], ["Morocco"]],
         "organisation", ["coop:acronym@fr", "skos:prefLabel@en", "coop:basedIn"]),
    ],
)  # fmt: skip
def test_headings_then_values_tell_what_columns_are(
    app: Flask, headings: list[str], samples: list[list[str]], kind: str, fields: list[str]
) -> None:
    generation = app.extensions["coopkg"].service().generation
    offered = sealed.templates(generation.read_json(sealed.FILE))
    names = Vocabulary((), generation.read_json("labels.json")).names
    found = guessing.guess(headings, samples, offered, names)
    assert (found.name, list(found.fields)) == (kind, fields)
    assert guessing.guess([], [], offered, names).fields == ()


TOML = """
class = "org:Organization"
id = "Code"
ignored = ["English name", "Site", "Remarque"]
[[columns]]
column = "Intitulé"
property = "skos:prefLabel@fr"
[[columns]]
column = "Pays"
property = "coop:basedIn"
kind = "thing"
"""


def test_a_terminal_checks_a_table_by_a_mapping_as_the_page_does(
    app: Flask, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, mapping = tmp_path / "régies.csv", tmp_path / "régies.toml"
    table.write_text(SHEET.replace("Tunisie", "Tunisi"))
    mapping.write_text(TOML)
    given = ["--home", str(home(app)), "--lang", "en", "--format", "json"]
    check_ = ["check", str(table), "--as-partner", "tunis", *given]
    assert cli.main([*check_, "--mapping", str(mapping)]) == 1
    (one, *_) = json.loads(capsys.readouterr().out)["findings"]
    assert (one["rule"], one["cell"], one["seen"]) == ("unknown-name", "D2", "Tunisi")
    table.write_text(SHEET)
    assert cli.main([*check_, "--mapping", str(mapping)]) == 0
    assert cli.main(check_) == 1, "of no template"
    capsys.readouterr()
    mapping.write_text(TOML.replace("coop:basedIn", "nope:basedIn"))
    assert cli.main([*check_, "--mapping", str(mapping)]) == 2
    assert "known prefix" in capsys.readouterr().err
