"""The files to start from for who writes RDF: read, explained, and nobody’s as they are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from intaking import LD, NT, OWN, TRIG, TTL, checked, found

from coopkg import generation
from coopkg.build import intake
from coopkg.templates import CLASSES, Vocabulary, samples, template

KINDS = {"ttl": TTL, "trig": TRIG, "nt": NT, "jsonld": LD}


@pytest.fixture(scope="module")
def vocabulary(published: Path) -> Vocabulary:
    current = generation.current(published)
    return Vocabulary.of_store(current.read("store.nq"), current.read_json("labels.json"))


@pytest.fixture(scope="module")
def known(published: Path) -> intake.Ready:
    return intake.Ready(intake.ready(str(generation.current(published).path)).ground, None)


def mine(text: str) -> str:
    """Do what the sample asks: put the name of the partner where it says."""
    return text.replace("VOTRE-NOM", "tunis").replace("YOUR-NAME", "tunis")


@pytest.mark.parametrize("form", samples.FORMS)
@pytest.mark.parametrize("name", CLASSES)
def test_a_sample_says_the_same_in_each_format_and_language(
    name: str, form: str, vocabulary: Vocabulary, known: intake.Ready
) -> None:
    given = template(name, vocabulary)
    said = []
    for lang in ("fr", "en"):
        text = mine(samples.sample(given, lang, form))
        outcome = checked(text, KINDS[form], known)
        assert outcome.status == "conforms", found(outcome)
        said.append(outcome.added)
    turtle = checked(mine(samples.sample(given, "fr", "ttl")), TTL, known)
    assert said == [turtle.added, turtle.added]
    assert f"<{OWN}{name}-1>".encode() in turtle.added


@pytest.mark.parametrize("form", ["ttl", "trig", "nt"])
@pytest.mark.parametrize("name", CLASSES)
def test_what_is_optional_is_read_once_its_mark_is_taken_away(
    name: str, form: str, vocabulary: Vocabulary, known: intake.Ready
) -> None:
    given = template(name, vocabulary)
    text = mine(samples.sample(given, "fr", form))
    whole = re.sub(r"(?m)^(\s*)#(?=\S)", r"\1", text)
    every = [one.label["fr"] for one in given.fields]
    assert all(f"# {label} (" in text for label in every)
    outcome = checked(whole, KINDS[form], known)
    assert outcome.status == "conforms", found(outcome)
    read = {quad.predicate.value for quad in ox.parse(outcome.added, format=ox.RdfFormat.N_QUADS)}
    assert {one.path[-1].removeprefix("^") for one in given.fields} <= read


def test_a_sample_sent_as_it_is_is_refused_since_it_is_of_nobody(
    vocabulary: Vocabulary, known: intake.Ready
) -> None:
    text = samples.sample(template("country-action", vocabulary), "fr", "ttl")
    outcome = checked(text, TTL, known)
    assert outcome.status == "violations"
    assert {rule for rule, _ in found(outcome)} == {"foreign-subject"}


def test_a_sample_is_taken_from_the_site(client: FlaskClient) -> None:
    for form, kind in samples.FORMS.items():
        answer = client.get(f"/en/contribute/templates/organisation.{form}")
        assert (answer.status_code, answer.content_type) == (200, kind)
        assert f'filename="organisation-en.{form}"' in answer.headers["Content-Disposition"]
        assert "Sfax water board" in answer.text
    assert json.loads(answer.text)["@context"][0] == samples.CONTEXT
    assert client.get("/en/contribute/templates/organisation.rdf").status_code == 404
