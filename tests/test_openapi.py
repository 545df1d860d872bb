"""`/openapi.json` is valid, whole, and true: each operation answers its example as described."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import jsonschema
import pytest
from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from coopkg.serve.service import Service

METHODS = ("get", "post", "put", "delete")
# What is sent there is kept: tests/test_reports.py and test_contribute.py have homes of their own.
KEEPS = ("/api/reports", "/api/contributions", "/api/partners", "/api/hook", "/api/mappings")
Json = dict[str, Any]


@pytest.fixture(scope="module")
def document(app: Flask) -> Json:
    found = app.test_client().get("/openapi.json?lang=en")
    assert found.mimetype == "application/json"
    written: Json = found.json
    return written


def operations(document: Json) -> Iterator[tuple[str, str, Json]]:
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield path, method, item[method]


def resolved(document: Json, node: Json) -> Json:
    while "$ref" in node:
        found = document
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


def checker(document: Json, schema: Json) -> jsonschema.Draft202012Validator:
    """Return a validator that finds the shared schemas of the document."""
    whole = {**schema, "components": document["components"]}
    return jsonschema.Draft202012Validator(whole)


def example(document: Json, path: str, operation: Json) -> str:
    """Return the address of the example that an operation gives."""
    query = {}
    for parameter in operation.get("parameters", []):
        one = resolved(document, parameter)
        if one["in"] == "path":
            path = path.replace(f"{{{one['name']}}}", str(one["example"]))
        elif "example" in one and not path.endswith(f"/choices/{one['name']}"):
            query[one["name"]] = one["example"]
    return path + (f"?{urlencode(query)}" if query else "")


def answered(
    client: FlaskClient, document: Json, path: str, method: str, operation: Json
) -> Iterator[Any]:
    """Yield what an operation answers to its example, in each of the types it takes."""
    address = example(document, path, operation)
    contents = operation.get("requestBody", {}).get("content", {})
    bodies = [{"data": one["example"], "content_type": media} for media, one in contents.items()]
    for body in bodies or [{}]:
        yield client.open(address, method=method.upper(), **body)


def test_the_document_is_valid_openapi(document: Json) -> None:
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    names = [operation["operationId"] for *_, operation in operations(document)]
    assert len(names) == len(set(names))


def test_the_validator_does_see_what_is_wrong(document: Json) -> None:
    small = {**document, "paths": {}, "components": {}}
    assert list(OpenAPIV31SpecValidator(small).iter_errors()) == []
    for part, broken in (("info", {"title": "x"}), ("paths", {"/x": {"get": {"tags": "x"}}})):
        assert list(OpenAPIV31SpecValidator({**small, part: broken}).iter_errors())


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_it_speaks_both_languages(client: FlaskClient, lang: str) -> None:
    found = client.get(f"/openapi.json?lang={lang}").json
    summary = found["paths"]["/api/questions"]["get"]["summary"]
    assert summary == {"fr": "Le catalogue des questions", "en": "The catalogue of questions"}[lang]


def test_no_address_of_the_api_is_left_out(app: Flask, document: Json) -> None:
    service: Service = app.extensions["coopkg"].service()
    rules = [
        re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/") and "GET" in (rule.methods or set())
    ]
    written = set(document["paths"])
    generic = {"/api/questions/{name}", "/api/questions/{slug}/choices/{parameter}"}
    assert set(rules) - generic <= written
    for slug, question in service.questions.items():
        assert f"/api/questions/{slug}" in written
        assert (f"/api/questions/{slug}/choices/{{parameter}}" in written) == bool(
            question.parameters
        )


def test_each_parameter_lists_the_values_it_admits(client: FlaskClient, document: Json) -> None:
    slug = "partners-by-theme-and-place"
    given = document["paths"][f"/api/questions/{slug}"]["get"]["parameters"]
    theme = next(one for one in given if one.get("name") == "theme")
    listed = resolved(document, theme["schema"])["enum"]
    choices = client.get(f"/api/questions/{slug}/choices/theme").json["choices"]
    assert sorted(one["value"] for one in choices) == listed
    year = document["paths"]["/api/questions/trainees-by-year"]["get"]["parameters"][0]
    assert resolved(document, year["schema"])["type"] == "integer"
    assert 2018 in resolved(document, year["schema"])["enum"]  # asked, and not stated


def test_every_operation_answers_its_example_as_it_is_described(
    client: FlaskClient, document: Json
) -> None:
    asked = 0
    for path, method, operation in operations(document):
        if path.startswith(KEEPS):
            continue
        for found in answered(client, document, path, method, operation):
            assert found.status_code == 200, (path, found.text[:300])
            described = operation["responses"]["200"]["content"]
            assert found.mimetype in described, path
            errors = checker(document, described[found.mimetype]["schema"]).iter_errors(found.json)
            assert [error.message for error in errors] == [], path
            asked += 1
    assert asked > 90


def test_a_schema_refuses_another_answer(client: FlaskClient, document: Json) -> None:
    path = "/api/questions/partners-by-theme-and-place"
    schema = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]
    answer = client.get(path + "?theme=decentralisation").json
    validator = checker(document, schema["schema"])
    assert validator.is_valid(answer)
    assert not validator.is_valid({**answer, "status": "fine"})
    assert not validator.is_valid({**answer, "rows": [{"nothing": answer["rows"][0]["partner"]}]})
    assert not validator.is_valid({name: one for name, one in answer.items() if name != "sources"})
    other = client.get("/api/questions/trainees-by-year?year=2017").json
    assert not validator.is_valid(other)


def test_every_format_of_an_answer_is_the_one_described(
    client: FlaskClient, document: Json
) -> None:
    path = "/api/questions/partners-by-theme-and-place"
    for media in document["paths"][path]["get"]["responses"]["200"]["content"]:
        found = client.get(path, headers={"Accept": media})
        assert (found.status_code, found.mimetype) == (200, media)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/api/questions/partners-by-theme-and-place?theme=nope", "400"),
        ("/api/questions/partners-by-theme-and-place?generation=nope", "404"),
        ("/sparql?query=SELEC", "400"),
    ],
)
def test_a_refusal_is_as_it_is_described(
    client: FlaskClient, document: Json, path: str, status: str
) -> None:
    found = client.get(path)
    assert str(found.status_code) == status
    operation = document["paths"][path.partition("?")[0]]["get"]
    refused = resolved(document, operation["responses"][status])
    schema = refused["content"][found.mimetype]["schema"]
    assert checker(document, schema).is_valid(found.json)
    assert not checker(document, schema).is_valid({"title": "x"})


def test_without_sealed_choices_a_parameter_admits_any_text(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    from coopkg.serve import openapi

    monkeypatch.setattr(openapi, "CHOICES", "choices-that-older-generations-lack.json")
    service: Service = app.extensions["coopkg"].service()
    with app.test_request_context("/openapi.json"):
        found = openapi.document(service, "en")
    given = found["paths"]["/api/questions/partners-by-theme-and-place"]["get"]["parameters"]
    assert given[0]["schema"] == {"type": "string"}
