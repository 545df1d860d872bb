"""From an upload to what is served, through the real limited process and the real publisher."""

from __future__ import annotations

from typing import Any

import pytest
from contributing import LABEL, MAIN, OWN, line

from coopkg import generation
from coopkg.config import Settings
from coopkg.contributions import Contribution, Upload, accept, get, partners, publish, submit
from coopkg.contributions.model import DEFAULT
from coopkg.terms import BASE

SKOS = "http://www.w3.org/2004/02/skos/core#"
OTHER = f"{BASE}id/organisation/afd"


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """An installation on an empty project, with a partner and an operator."""
    folder = tmp_path_factory.mktemp("bare")
    for name in ("ontology", "graph_data", "queries"):
        (folder / "root" / name).mkdir(parents=True)
    home = folder / "home"
    partners.add(home, "tunis", LABEL)
    partners.add(home, "op", LABEL, "operator")
    return Settings(home=home, root=folder / "root", check_timeout_s=60)


def sent(settings: Settings, text: str | bytes, owner: str = "tunis", **given: Any) -> Contribution:
    body = text.encode() if isinstance(text, str) else text
    kind = given.pop("media_type", "text/turtle")
    upload = Upload(owner, "a.ttl", kind, body, licence="CC-BY-4.0", **given)
    return submit(settings.home, upload, settings)


def graph(settings: Settings, name: str) -> list[str]:
    """Return the lines of the store that stand in a graph; "" for the default graph."""
    text = generation.current(settings.home).read("store.nq").decode()
    end = f" <{name}> ." if name else "> ."
    return [one for one in text.splitlines() if one.endswith(end)]


def test_what_is_accepted_is_served_in_its_layer_with_who_said_it(settings: Settings) -> None:
    one = sent(settings, f"<{OWN}a> <http://e/p> [ <http://e/q> 4 ] .")
    assert (one.state, one.counts) == ("waiting", {"added": 2, "removed": 0})
    accept(settings.home, one.id, "a reviewer")
    publish(settings.home, settings)

    served = generation.current(settings.home)
    assert get(settings.home, one.id).generation == served.number
    assert len(graph(settings, MAIN)) == 2
    assert not any("_:" in said for said in graph(settings, MAIN)), "named below the partner's base"
    assert served.manifest.sources.keys() >= {"partners/tunis/main.nt"}
    described = served.read_json("passages.json")[MAIN]
    assert (described["layer"], described["mode"]) == ("partner", "stated")
    said = "\n".join(graph(settings, f"{BASE}graph/contributions"))
    assert f"wasDerivedFrom> <{BASE}id/contributed/{one.id}>" in said
    assert f"wasAttributedTo> <{BASE}id/partner/tunis>" in said
    assert '"dit par le partenaire Ville de Tunis"@fr' in said
    assert '"CC-BY-4.0"' in said
    assert '"a.ttl"' in said


def test_what_an_operator_writes_elsewhere_stays_apart(settings: Settings) -> None:
    elsewhere = "http://example.org/g"
    first = sent(settings, "_:x <urn:p> 1 .", "op", graph=elsewhere)
    second = sent(settings, "_:x <urn:p> 2 .", "op", graph=elsewhere, method="post")
    assert (first.state, second.state) == ("published", "published")
    found = graph(settings, elsewhere)
    assert len({one.split()[0] for one in found}) == 2, "blank nodes of two uploads stay apart"
    text = generation.current(settings.home).read("store.nq").decode()
    assert text.count("<urn:p>") == 2, "in its graph only"


def test_the_default_graph_of_an_operator_stops_no_other_upload(settings: Settings) -> None:
    sent(settings, "<urn:s> <urn:p> 3 .", "op", graph=DEFAULT)
    assert any(said.startswith("<urn:s> <urn:p> ") for said in graph(settings, ""))
    after = sent(settings, line("after"), "tunis", method="post")
    assert (after.state, after.status) == ("waiting", "conforms"), after.why
    sent(settings, "", "op", graph=DEFAULT, method="delete")
    assert not any(said.startswith("<urn:s> <urn:p> ") for said in graph(settings, ""))


REFUSED = [
    ("foreign-subject", f"<{OTHER}> <http://e/p> 1 ."),
    ("iri-path", f"<{OWN}../sfax/a> <http://e/p> 1 ."),
    ("core-term", f"<{BASE}ns#Country> <http://e/p> 1 ."),
    ("identity", f"<{OWN}a> <http://www.w3.org/2002/07/owl#sameAs> <{OTHER}> ."),
    ("axiom", f"<{OWN}A> <http://www.w3.org/2000/01/rdf-schema#subClassOf> <{OTHER}> ."),
    ("axiom", f"<{OWN}a> a <http://www.w3.org/2002/07/owl#Thing> ."),
    ("shacl", f"<{OWN}a> a <http://www.w3.org/ns/shacl#NodeShape> ."),
    ("mapping", f"<{OWN}a> <{SKOS}exactMatch> <{OTHER}> ."),
    ("iri-scheme", f"<{OWN}a> <http://e/p> <javascript:alert(1)> ."),
    ("iri-scheme", f"<{OWN}a> <http://e/p> <file:///etc/passwd> ."),
    ("iri-character", f"<{OWN}a> <http://e/p> <http://e/\u202ea> ."),
    ("control-character", f'<{OWN}a> <http://e/p> "a\\u0000b" .'),
]


def test_what_a_partner_may_not_say_is_refused_by_name(settings: Settings) -> None:
    before = generation.current_number(settings.home)
    one = sent(settings, "\n".join(text for _, text in REFUSED))
    assert (one.state, one.status) == ("refused", "violations")
    found = _report(settings, one)["findings"]
    told = sorted((finding["line"], finding["rule"]) for finding in found)
    assert told == [(line, rule) for line, (rule, _) in enumerate(REFUSED, 1)]
    assert all(set(finding["message"]) == {"fr", "en"} for finding in found)
    assert generation.current_number(settings.home) == before


def test_a_file_that_says_nothing_is_refused_by_name(settings: Settings) -> None:
    one = sent(settings, "# nothing\n")
    assert (one.state, one.status) == ("refused", "violations")
    assert [finding["rule"] for finding in _report(settings, one)["findings"]] == ["empty"]


def _report(settings: Settings, one: Contribution) -> Any:
    from coopkg.contributions import document

    return document(settings.home, one.report)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        ("unparsable", b"<x> <y> .", "text/turtle"),
        ("unparsable", b'<x> <y> "\xe9" .', "text/turtle"),
        ("unsupported", b"<html></html>", "text/html"),
    ],
)
def test_what_cannot_be_read_says_so(
    settings: Settings, status: str, body: bytes, kind: str
) -> None:
    one = sent(settings, body, media_type=kind)
    assert (one.state, one.status) == ("refused", status)
    assert set(one.why) == {"fr", "en"}


def test_a_check_over_its_time_is_killed_and_says_so(settings: Settings) -> None:
    hurried = Settings(home=settings.home, root=settings.root, check_timeout_s=0.001)
    upload = Upload("tunis", "a.ttl", "text/turtle", line("slow").encode())
    one = submit(settings.home, upload, hurried)
    assert (one.state, one.why["rule"]) == ("failed", "check-time")
