"""The token of a partner: where it is read, what is answered to a wrong one, and what it costs."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import partnering
import pytest
from flask import Flask
from partnering import bearer, said

from coopkg.contributions import partners

API = "/api/contributions"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    with partnering.service(tmp_path_factory.mktemp("tokens")) as made:
        yield made


def asked(app: Flask, header: str | None, address: str = "", **more: Any) -> Any:
    headers = {} if header is None else {"Authorization": header}
    given = {"REMOTE_ADDR": more.pop("source", f"192.0.2.{hash(header) % 250}")}
    return app.test_client().get(address or API, headers=headers, environ_base=given, **more)


def test_a_token_opens_in_its_header_alone(app: Flask) -> None:
    token = app.extensions["test_tokens"]["tunis"]
    for header in (f"Bearer {token}", f"bearer {token}", f"BEARER   {token} "):
        assert asked(app, header).status_code == 200
    for name in ("token", "access_token", "api_key"):
        refused = asked(app, None, query_string={name: token})
        assert refused.status_code == 401
        assert token not in refused.text
    posted = app.test_client().post(API, data={"token": token})
    assert posted.status_code == 401
    assert asked(app, f"Basic {token}").status_code == 401


@pytest.mark.parametrize(
    ("header", "status", "error"),
    [
        (None, 401, None),
        ("Bearer", 400, "invalid_request"),
        ("bearer\tabc", 400, "invalid_request"),
        ("Bearer a b", 400, "invalid_request"),
        ("Bearer a, Bearer b", 400, "invalid_request"),
        ("Bearer \xff\xfe", 400, "invalid_request"),
        ("Bearer " + "a" * 20_000, 431, None),
        ("Bearer null", 401, "invalid_token"),
        ("Token x", 401, None),
        ("Digest a=b", 401, None),
    ],
)
def test_an_odd_header_is_refused_for_what_it_is(
    app: Flask, header: str | None, status: int, error: str | None
) -> None:
    answer = asked(app, header)
    assert answer.status_code == status
    assert said(answer)["status"] == status
    told = answer.headers.get("WWW-Authenticate", "")
    assert (status == 431) or told.startswith('Bearer realm="partners"')
    assert ("error=" in told) == (error is not None)
    assert error is None or f'error="{error}"' in told


def test_what_is_of_another_partner_is_forbidden(app: Flask) -> None:
    sent = app.test_client().post(
        API,
        data="<http://e/a> <http://e/b> 1 .",
        content_type="text/turtle",
        headers=bearer(app, "tunis"),
    )
    name = said(sent)["id"]
    for method in ("get", "delete"):
        ask = getattr(app.test_client(), method)
        assert ask(f"{API}/{name}", headers=bearer(app, "sfax")).status_code == 403
        assert ask(f"{API}/{name}").status_code == 401
    assert app.test_client().get(f"{API}/{name}", headers=bearer(app, "op")).status_code == 200
    listed = said(app.test_client().get(API, headers=bearer(app, "sfax")))
    assert listed == {"contributions": []}


def test_a_token_that_was_revoked_stops_at_once_and_only_its_owner_is_told(app: Flask) -> None:
    home = app.extensions["coopkg_settings"].home
    _, token = partners.add(home, "gone", {"fr": "Parti", "en": "Gone"})
    assert asked(app, f"Bearer {token}").status_code == 200
    partners.revoke(home, "gone")
    refused = asked(app, f"Bearer {token}")
    assert refused.status_code == 401
    assert said(refused)["rule"] == "revoked-token"
    made_up = asked(app, f"Bearer coopkg_{'0' * 72}")
    assert said(made_up)["rule"] == "unknown-token"


def test_guessing_is_charged_until_nothing_is_answered_any_more(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    guess = "Bearer a-guess-that-nobody-may-read-in-a-log"
    with caplog.at_level(logging.DEBUG):
        answers = [asked(app, guess, source="198.51.100.7") for _ in range(30)]
    codes = [answer.status_code for answer in answers]
    assert codes[:15] == [401] * 15
    assert codes[-1] == 429
    assert int(answers[-1].headers["Retry-After"]) > 0
    assert "a-guess" not in caplog.text
    token = app.extensions["test_tokens"]["tunis"]
    assert asked(app, f"Bearer {token}", source="198.51.100.7").status_code == 200
    assert asked(app, guess, source="198.51.100.8").status_code == 401
