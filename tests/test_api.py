"""`/api/questions` on a small published generation, through the engine."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyoxigraph as ox
import pytest
from answering import TINY, tiny, tiny_question
from flask import Flask, render_template
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from coopkg import generation
from coopkg.config import Settings
from coopkg.engine import open_
from coopkg.errors import CoopkgError
from coopkg.serve import api, problems
from coopkg.serve.service import Service

ASK = "/api/questions/who-works-on"
MEDITERRANEAN = {"theme": "decentralisation", "place": "mediterranee"}


def publish(home: Path) -> generation.Generation:
    """Publish the tiny graph with the tiny question."""
    store, context = tiny()
    catalogue = context.catalogue
    _, evidence = tiny_question()
    with generation.staging(home) as staging:
        (staging / "store.nq").write_text("".join(sorted(f"{quad} .\n" for quad in store)))
        sealed = {
            "labels": catalogue.labels,
            "passages": catalogue.passages,
            "proofs": catalogue.proofs,
            "questions": {"who-works-on": evidence.as_json()},
        }
        for name, value in sealed.items():
            (staging / f"{name}.json").write_text(json.dumps(value), encoding="utf-8")
        (staging / "questions").mkdir()
        (staging / "questions" / "who-works-on.rq").write_text(TINY, encoding="utf-8")
        (staging / "questions" / "entity.rq").write_text("SELECT ?s { ?s ?p ?o }")
        graphs = {str(graph.value): 1 for graph in store.named_graphs()}  # type: ignore[union-attr]
        when = datetime(2026, 11, 23, 12, tzinfo=UTC)
        return generation.publish(staging, home, {"a.trig": "0" * 64}, graphs, when)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """Open the generation with an engine of one worker."""
    found = publish(tmp_path_factory.mktemp("home"))
    engine = open_(found.file("store.nq"), Settings(), workers=1)
    try:
        yield Service.open(found, engine)
    finally:
        engine.close()


@pytest.fixture(scope="module")
def client(service: Service) -> FlaskClient:
    """Return a client of the routes, with errors written as problems."""
    app = Flask("coopkg.serve")
    app.config["PUBLIC_URL"] = "https://coop.example"
    app.register_blueprint(api.blueprint(lambda: service))

    @app.errorhandler(CoopkgError)
    def ours(error: CoopkgError) -> Any:
        return problems.of_error(error, "en", render_template)

    return app.test_client()


def answer(client: FlaskClient, path: str = ASK, **args: Any) -> dict[str, Any]:
    """Return the JSON of an answer that must be there."""
    response = client.get(path, query_string=args)
    assert response.status_code == 200, response.text
    assert response.content_type == "application/json; charset=utf-8"
    return dict(json.loads(response.text))


def problem(response: TestResponse, status: int) -> dict[str, Any]:
    """Return the problem document of a refusal."""
    assert response.status_code == status, response.text
    assert response.mimetype == "application/problem+json"
    return dict(json.loads(response.text))


def test_the_catalogue_lists_each_question_with_its_parameters(client: FlaskClient) -> None:
    found = answer(client, "/api/questions")
    (one,) = found["questions"]
    assert one["slug"] == "who-works-on"
    assert one["title"] == {
        "fr": "Qui travaille sur tout partout\u00a0?",
        "en": "Who works on anything anywhere?",
    }
    assert [parameter["name"] for parameter in one["parameters"]] == ["theme", "place"]
    assert one["parameters"][0]["choices"] == f"{ASK}/choices/theme"
    assert client.get(one["parameters"][0]["choices"]).status_code == 200
    assert client.get(one["answer"]).status_code == 200
    assert client.get(one["query"]).status_code == 200


def test_an_answer_goes_through_the_engine(client: FlaskClient, service: Service) -> None:
    found = answer(client, **MEDITERRANEAN)
    assert [row["partner"]["label"]["fr"] for row in found["rows"]] == ["AFD", "Étoile"]
    assert next(iter(found["rows"][0])) == "partner"
    assert found["generation"] == service.generation.id
    assert found["published"].startswith("2026-11-23T12:00:00")
    assert [source["lines"] for source in found["sources"]] == [[1], [2], [6], []]


def test_a_full_iri_is_accepted_for_a_short_name(client: FlaskClient) -> None:
    theme = "https://w3id.org/cnfpt-coop/scheme/theme/decentralisation"
    assert answer(client, theme=theme)["parameters"] == {"theme": "decentralisation"}


def test_the_language_decides_the_order_and_the_address_of_reasons(client: FlaskClient) -> None:
    assert answer(client, lang="en")["explain"].startswith("/en/questions/who-works-on/why?")
    assert answer(client)["explain"].startswith("/fr/")


def test_not_stated_and_empty_are_two_answers(client: FlaskClient) -> None:
    assert answer(client, place="cameroun")["status"] == "not-stated"
    empty = answer(client, theme="culture", place="mediterranee")
    assert empty["status"] == "empty"
    assert empty["nearest"][0]["parameters"] == {"place": "mediterranee"}


def test_inference_can_be_left_out(client: FlaskClient) -> None:
    found = answer(client, theme="decentralisation", inference="off")
    assert (found["status"], found["inference"]) == ("empty", False)
    assert found["sentence"]["en"].startswith("Without inference, no row")
    assert answer(client, theme="decentralisation", inference="on")["count"] == 3


def test_suffix_and_accept_choose_the_format(client: FlaskClient) -> None:
    for suffix, media in api.MEDIA.items():
        by_suffix = client.get(f"{ASK}.{suffix}", query_string=MEDITERRANEAN)
        by_header = client.get(ASK, query_string=MEDITERRANEAN, headers={"Accept": media})
        assert by_suffix.mimetype == by_header.mimetype == media
        assert by_suffix.data == by_header.data
        assert "Accept" in by_header.vary


@pytest.mark.parametrize(
    "accept",
    ["", "*/*", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"],
)
def test_json_is_the_default(client: FlaskClient, accept: str) -> None:
    assert client.get(ASK, headers={"Accept": accept}).mimetype == "application/json"


def test_a_csv_has_all_the_rows_its_status_and_its_date(
    client: FlaskClient, service: Service
) -> None:
    response = client.get(f"{ASK}.csv", query_string={"theme": "decentralisation"})
    rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert [row["partner.en"] for row in rows] == ["AFD", "Star", "Université (fr)"]
    assert response.headers["X-Answer-Status"] == "complete"
    name = f"who-works-on-{service.generation.id}.csv"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'


def test_an_empty_csv_says_why_it_is_empty(client: FlaskClient) -> None:
    response = client.get(f"{ASK}.csv", query_string={"place": "cameroun"})
    assert response.data.decode("utf-8-sig").count("\r\n") == 1
    assert response.headers["X-Answer-Status"] == "not-stated"
    assert response.headers["Content-Disposition"].endswith('-not-stated.csv"')


def test_the_turtle_is_what_the_answer_rests_on(client: FlaskClient) -> None:
    response = client.get(f"{ASK}.ttl", query_string=MEDITERRANEAN)
    assert list(ox.parse(response.data, format=ox.RdfFormat.TURTLE))
    assert response.headers["X-Answer-Status"] == "complete"


def test_the_query_runs_elsewhere_with_its_choices(client: FlaskClient) -> None:
    assert client.get(f"{ASK}.rq").text == TINY
    text = client.get(f"{ASK}.rq", query_string=MEDITERRANEAN).text
    results = tiny()[0].query(text)
    assert isinstance(results, ox.QuerySolutions)
    assert len({str(row["partner"]) for row in results}) == 2


def test_a_workbook_is_in_the_language_asked_and_named_after_its_generation(
    client: FlaskClient, service: Service
) -> None:
    response = client.get(f"{ASK}.xlsx", query_string={**MEDITERRANEAN, "lang": "en"})
    name = f"who-works-on-{service.generation.id}-en.xlsx"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response.headers["X-Answer-Status"] == "complete"
    first = openpyxl.load_workbook(io.BytesIO(response.data)).worksheets[0]
    assert [cell.value for cell in first[1]][:2] == ["Partner", "Action"]


def test_a_csv_for_a_spreadsheet_is_asked_by_format(client: FlaskClient) -> None:
    given = {**MEDITERRANEAN, "format": "excel"}
    french = client.get(f"{ASK}.csv", query_string=given)
    assert french.data.decode("utf-8-sig").startswith("Partenaire;Action;")
    english = client.get(f"{ASK}.csv", query_string={**given, "lang": "en"})
    assert english.data.decode("utf-8-sig").startswith("Partner,Action,")
    refused = client.get(f"{ASK}.csv", query_string={"format": "word"})
    assert "csv or excel" in problem(refused, 400)["detail"]


def test_a_format_nobody_writes_is_refused(client: FlaskClient) -> None:
    response = client.get(ASK, headers={"Accept": "image/png"})
    assert "text/csv" in problem(response, 406)["detail"]
    assert problem(client.get(f"{ASK}.pdf"), 404)


@pytest.mark.parametrize(
    ("args", "said"),
    [
        ({"theme": "cultures"}, "one of the choices offered, such as “culture”"),
        ({"theme": "http://x/> }"}, "Theme: 'http://x/> }' is not acceptable"),
        ({"them": "culture"}, "known parameter: theme"),
        ({"theme": ["culture", "autre"]}, "one value at a time"),
        ({"page": "2"}, "there is one page only"),
        ({"page": "-1"}, "a number"),
        ({"page": "9" * 40}, "a number"),
        ({"lang": "de"}, "fr or en"),
        ({"inference": "maybe"}, "on or off"),
    ],
)
def test_a_value_that_is_not_acceptable_is_a_400_with_the_reason(
    client: FlaskClient, args: dict[str, Any], said: str
) -> None:
    assert said in problem(client.get(ASK, query_string=args), 400)["detail"]


def test_an_unknown_question_is_a_404_that_names_the_nearest(client: FlaskClient) -> None:
    assert "who-works-on" in str(problem(client.get("/api/questions/who-work-on"), 404))
    assert problem(client.get("/api/questions/entity"), 404)


def test_choices_come_with_labels_and_counts(client: FlaskClient) -> None:
    found = answer(client, f"{ASK}/choices/theme", place="mediterranee")
    counts = {one["value"]: one["count"] for one in found["choices"]}
    assert counts == {"autre": 0, "culture": 0, "decentralisation": 2, "gouvernance": 2}
    assert found["parameters"] == {"place": "mediterranee"}
    labels = {one["value"]: one["label"] for one in found["choices"]}
    assert labels["decentralisation"] == {"fr": "décentralisation", "en": "decentralisation"}


def test_the_choices_of_no_parameter_are_a_404(client: FlaskClient) -> None:
    response = client.get(f"{ASK}/choices/partner")
    assert "no parameter 'partner'" in problem(response, 404)["detail"]


def test_a_head_is_a_get_without_its_body(client: FlaskClient) -> None:
    response = client.head(ASK)
    assert response.status_code == 200
    assert response.data == b""


def test_a_service_says_whether_it_answers(service: Service) -> None:
    health = service.health()
    assert health["status"] == "ok"
    assert health["questions"] == 1
    assert set(service.queries) == {"entity"}
