"""A new partner's whole way, in a real browser without JavaScript, once for each format.

Ask for access, take a template, send it with two mistakes, read the report, correct, read what
would change, send under a licence; a reviewer reads and accepts, the flagship answer gains a row;
undone, it loses it. All formats share one service, and but for the first one publication.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from browsing import Watched, follow
from journeying import LICENCE, Journey, Place, Review, flagship, text, who

from coopkg import cli
from coopkg.contributions import get, listing

REASON = {"fr": "Le nom n’est pas le bon.", "en": "The name is not the right one."}
PARTNERS = [
    who("sfax", "ttl", "fr", "Sfax"),
    who("bizerte", "trig", "en", "Bizerte"),
    who("gabes", "nt", "fr", "Gabès"),
    who("nabeul", "jsonld", "en", "Nabeul"),
    who("sousse", "csv", "fr", "Sousse"),
    who("monastir", "xlsx", "en", "Monastir"),
]


@pytest.fixture
def token(place: Place, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """Return a way to give a token by a command, as the person who runs the service does."""

    def given(name: str, fr: str, en: str, *command: str) -> str:
        if name not in place.tokens:
            labels = ["--label-fr", fr, "--label-en", en]
            assert cli.main([*command, *labels, "--home", str(place.home)]) == 0
            place.tokens[name] = capsys.readouterr().out.splitlines()[-1]
        return place.tokens[name]

    return given


def test_a_new_partner_goes_from_asking_for_access_to_an_answer_and_back_in_each_format(
    place: Place, opened: Callable[[str], Watched], token: Callable[..., str]
) -> None:
    journeys = [Journey(one, opened(one.lang)) for one in PARTNERS]
    given = token("marie", "Marie", "Marie", "partner", "add", "marie", "--reviewer")
    review = Review(opened("fr"), "fr", given)
    for one in journeys:
        one.asks_for_access()
    review.opens()
    for one in journeys:
        assert one.who.label[one.who.lang] in text(review.page), "the request is read"
    for one in journeys:
        name = one.asked.rpartition("/")[2]
        answer = ("access", "answer", name, "--accept", one.who.name)
        given = token(one.who.name, one.who.label["fr"], one.who.label["en"], *answer)
        one.reads_the_answer()
        one.takes_the_template()
        one.checks_with_mistakes(given)
        one.takes_the_report_away()
        one.corrects()
        one.reads_what_would_change()
        one.sends()
    assert [one.licence for one in listing(place.home)] == [LICENCE] * len(journeys)

    first, *rest = journeys
    reader = opened("fr").page
    rows = flagship(reader, place, "fr")
    assert not any(one.who.action["fr"] in rows for one in journeys)
    review.opens()
    review.reads(first)
    review.presses("Accepter et publier", "Accept and publish")
    assert "État : publiée" in text(review.page), text(review.page)
    assert first.who.action["fr"] in flagship(reader, place, "fr")
    for one in rest:
        review.opens()
        review.reads(one)
        review.presses("Accepter, publier plus tard", "Accept, publish later")
        one.reads_its_state("acceptée, pas encore publiée", "accepted, not published yet")
    review.opens()
    review.presses("Publier maintenant", "Publish now")
    assert "Publié : génération" in text(review.page), text(review.page)
    for lang in ("fr", "en"):
        rows = flagship(reader, place, lang)
        assert all(one.who.action[lang] in rows for one in journeys)
    for one in journeys:
        one.reads_its_state("publiée", "published")

    for one in rest:
        review.opens()
        follow(review.page, review.page.get_by_role("button", name=one.id))
        review.page.locator("#why").fill(REASON[review.lang])
        review.presses("Annuler, publier plus tard", "Undo, publish later")
    review.opens()
    follow(review.page, review.page.get_by_role("button", name=first.id))
    review.page.locator("#why").fill(REASON["fr"])
    review.presses("Annuler et publier", "Undo and publish")
    rows = flagship(reader, place, "fr")
    assert not any(one.who.action["fr"] in rows for one in journeys), "and it is as it was"
    for one in journeys:
        one.reads_its_state("retirée après acceptation", "taken out after it was accepted")
        assert REASON["fr"] in text(one.page)
        assert get(place.home, one.id).state == "undone"
    assert [one.watched.trouble() for one in journeys] == [[]] * len(journeys)
    assert review.watched.trouble() == []
