"""`/metrics`: the format is right, the counts are true, and clients cannot make it grow."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from coopkg import errors, generation
from coopkg.engine import CountedEngine
from coopkg.serve import metrics
from coopkg.serve.metrics import BUCKETS, Family, Meter, Sample, class_of


def samples(text: str) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    return {
        (one.name, tuple(sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def requests(client: FlaskClient, **labels: str) -> float:
    return sum(
        value
        for (name, given), value in samples(client.get("/metrics").text).items()
        if name == "coopkg_http_requests_total" and labels.items() <= dict(given).items()
    )


def test_the_text_is_in_the_format_that_prometheus_reads(client: FlaskClient) -> None:
    found = client.get("/metrics")
    assert found.content_type == "text/plain; version=0.0.4; charset=utf-8"
    families = list(text_string_to_metric_families(found.text))
    assert len({one.name for one in families}) == len(families) > 12
    assert all(one.documentation and one.type != "unknown" for one in families)
    assert found.text.endswith("\n")
    assert len(samples(found.text)) == sum(
        1 for line in found.text.splitlines() if not line.startswith("#")
    )


def test_requests_are_counted_by_class_and_status(client: FlaskClient) -> None:
    before = {
        status: requests(client, **{"class": "entities", "status": status})
        for status in ("303", "404")
    }
    client.get("/id/organisation/cefal")
    client.get("/id/organisation/nobody")
    client.get("/id/organisation/nobody-else")
    assert requests(client, **{"class": "entities", "status": "303"}) == before["303"] + 1
    assert requests(client, **{"class": "entities", "status": "404"}) == before["404"] + 2


def test_an_answer_that_was_kept_is_counted_too(client: FlaskClient) -> None:
    before = requests(client, **{"class": "api"})
    path = "/api/questions/partners-by-theme-and-place?theme=culture"
    for _ in range(3):
        client.get(path)
    assert requests(client, **{"class": "api"}) == before + 3
    hits = samples(client.get("/metrics").text)[("coopkg_cache_hits_total", ())]
    assert hits > 0


def test_what_clients_write_makes_no_new_series(client: FlaskClient) -> None:
    client.get("/first-nonsense")
    client.open("/fr/", method="BREW")
    before = samples(client.get("/metrics").text).keys()
    for number in range(40):
        client.get(f"/nonsense-{number}?x={number}")
        client.open("/fr/", method=f"VERB{number}")
    after = samples(client.get("/metrics").text).keys()
    assert after == before
    assert not any("nonsense" in str(one) or "VERB" in str(one) for one in after)


def test_a_histogram_adds_up(client: FlaskClient) -> None:
    client.get("/fr/")
    found = samples(client.get("/metrics").text)
    name = "coopkg_http_request_seconds"
    counts = [
        found[(f"{name}_bucket", (("class", "pages"), ("le", bound)))]
        for bound in (*map(str, BUCKETS), "+Inf")
    ]
    assert counts == sorted(counts)
    assert counts[-1] == found[(f"{name}_count", (("class", "pages"),))] > 0
    assert found[(f"{name}_sum", (("class", "pages"),))] > 0
    assert counts[-1] == requests(client, **{"class": "pages"})


def test_the_generation_and_the_limits_are_told(client: FlaskClient, published: Path) -> None:
    found = samples(client.get("/metrics").text)
    served = generation.current(published)
    assert found[("coopkg_generation_number", ())] == served.number
    assert found[("coopkg_generation_age_seconds", ())] >= 0
    assert found[("coopkg_generation_fallback", ())] == 0
    assert found[("coopkg_triples", ())] == sum(served.manifest.graphs.values())
    assert found[("coopkg_limit_query_timeout_s", ())] == 8.0
    labels = next(dict(labels) for name, labels in found if name == "coopkg_info")
    assert labels["generation"] == served.id


def queries(client: FlaskClient) -> dict[str, float]:
    return {
        dict(labels)["end"]: value
        for (name, labels), value in samples(client.get("/metrics").text).items()
        if name == "coopkg_engine_queries_total"
    }


def test_queries_are_counted_by_how_they_end(client: FlaskClient) -> None:
    before = queries(client)
    assert before.keys() == {
        "answered", "stopped", "limit", "busy", "syntax", "refused", "other", "failed"
    }  # fmt: skip
    client.get("/sparql?query=ASK%7B%3Fs%20%3Chttp://e/counted%3E%20%3Fo%7D")
    client.get("/sparql?query=SELECT%20%2A%7BSERVICE%20%3Chttp://e/%3E%7B%7D%7D")
    after = queries(client)
    assert after["answered"] == before["answered"] + 1
    assert sum(after.values()) >= sum(before.values()) + 1
    assert after["failed"] == before["failed"] == 0


def test_the_times_of_queries_add_up_and_workers_are_alive(client: FlaskClient) -> None:
    client.get("/sparql?query=ASK%7B%7D")
    found = samples(client.get("/metrics").text)
    name = "coopkg_engine_query_seconds"
    every = [value for (one, _), value in found.items() if one == f"{name}_bucket"]
    assert every == sorted(every)
    assert every[-1] == found[(f"{name}_count", ())] == sum(queries(client).values())
    assert found[(f"{name}_sum", ())] > 0
    states = {
        dict(labels)["state"]: value
        for (one, labels), value in found.items()
        if one == "coopkg_engine_workers"
    }
    assert states.keys() == {"idle", "busy"}
    assert sum(states.values()) >= 1
    assert found[("coopkg_engine_running", ())] == 0


class Failing:
    """An engine whose queries end as they are told."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def run(self, query: str, **_: object) -> None:
        raise self.error


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (errors.EngineBusyError(1, "occupé", "busy"), "busy"),
        (RuntimeError("a bug"), "failed"),
    ],
)
def test_a_query_that_ends_badly_is_counted_and_none_is_left_running(
    error: Exception, end: str
) -> None:
    counted = CountedEngine(Failing(error))  # type: ignore[arg-type]
    with pytest.raises(type(error)):
        counted.run("ASK {}")
    count = counted.count()
    assert count.ended == {end: 1}
    assert sum(count.classes) == 1
    assert (count.running, count.workers) == (0, {})


def test_one_request_is_busy_while_it_asks(client: FlaskClient) -> None:
    assert samples(client.get("/metrics").text)[("coopkg_http_busy", ())] >= 1


def test_an_application_that_fails_is_counted_and_leaves_nobody_busy() -> None:
    meter = Meter()

    def broken(environ: object, start: object) -> list[bytes]:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError):
        meter.around(broken)({"PATH_INFO": "/fr/", "REQUEST_METHOD": "GET"}, lambda *_: None)  # type: ignore[arg-type]
    found = samples("".join(one.text() for one in meter.families()))
    assert found[("coopkg_http_busy", ())] == 0
    assert (
        found[
            (
                "coopkg_http_requests_total",
                (("class", "pages"), ("method", "GET"), ("status", "500")),
            )
        ]
        == 1
    )


def test_a_label_is_escaped() -> None:
    written = Family("a", "gauge", "b", (Sample({"c": 'x"\\\n'}, 1),)).text()
    assert samples(written) == {("a", (("c", 'x"\\\n'),)): 1.0}


def test_every_route_has_a_class(app: Flask) -> None:
    unknown = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if class_of(rule.rule.replace("<any(fr, en):lang>", "fr")) == metrics.OTHER
    }
    assert unknown == set()
