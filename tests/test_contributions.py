"""Contributions: received, checked, decided, published, undone; the journal that says so."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import contributing
import pytest
from contributing import MAIN, OWN, line, partner, served, settings, upload

from coopkg import cli, generation
from coopkg.config import Settings
from coopkg.contributions import (
    Contribution,
    accept,
    admit,
    audit,
    check,
    checking,
    document,
    dry_run,
    erasing,
    get,
    graphs,
    ledger,
    listing,
    partners,
    publication,
    publish,
    receive,
    refuse,
    submit,
    undo,
    withdraw,
)
from coopkg.contributions.checking import CheckError
from coopkg.contributions.job import Outcome
from coopkg.errors import (
    ContributionError,
    CoopkgError,
    ForbiddenError,
    GenerationError,
    LedgerError,
    PublicationError,
    TooLargeError,
    UnknownError,
)
from coopkg.terms import BASE

WHY = {"fr": "Le nom est faux.", "en": "The name is wrong."}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with two partners, whose checks and publications run in this process."""
    monkeypatch.setattr(checking, "run", contributing.checked)
    monkeypatch.setattr(publication, "_started", contributing.published)
    home = tmp_path / "home"
    partner(home)
    partner(home, "sfax", "direct")
    return home


def waiting(home: Path, text: str = "", **given: Any) -> Contribution:
    """Receive and check an upload of Tunis."""
    one = receive(home, upload(text, **given), settings(home))
    return check(home, one.id, settings(home))


def standing(home: Path, text: str = "", **given: Any) -> Contribution:
    """The same, accepted and published."""
    one = accept(home, waiting(home, text, **given).id, "a reviewer")
    publish(home, settings(home))
    return get(home, one.id)


def state(home: Path, one: Contribution) -> str:
    return get(home, one.id).state


def triples(home: Path, iri: str = MAIN) -> set[str]:
    found = graphs.standing(home).graphs
    return set(found[iri].lines) if iri in found else set()


def told(home: Path) -> list[str]:
    return [entry.event for entry in audit(home)]


# --- Receiving and checking ----------------------------------------------------------------


def test_what_is_received_is_in_the_journal_with_its_bytes(home: Path) -> None:
    one = receive(home, upload(lang="en", graph=MAIN), settings(home))

    assert one.id == f"c-000001-{one.body[:8]}"
    assert (one.state, one.licence, one.lang, one.graph) == ("received", "CC-BY-4.0", "en", MAIN)
    assert ledger.of(home).object(one.body) == upload().body
    assert told(home)[-1] == "received"
    assert get(home, one.id) == one


def test_the_same_upload_again_is_the_first_contribution(home: Path) -> None:
    first = receive(home, upload(), settings(home))
    assert receive(home, upload(), settings(home)) == first
    assert len(told(home)) == 3
    other = receive(home, upload(line("b")), settings(home))
    assert other.number == 2


@pytest.mark.parametrize("end", ["undone", "withdrawn", "refused", "superseded", "elsewhere"])
def test_the_same_upload_is_new_once_the_first_no_longer_counts(home: Path, end: str) -> None:
    first = standing(home) if end in {"undone", "superseded"} else waiting(home)
    graph = None
    if end == "undone":
        undo(home, first.id, "someone", WHY)
    elif end == "withdrawn":
        withdraw(home, first.id, "tunis")
    elif end == "refused":
        refuse(home, first.id, "someone", WHY)
    elif end == "superseded":
        standing(home, line("b"))
    else:
        graph = f"{MAIN}/other"
    assert receive(home, upload(graph=graph), settings(home)).id != first.id


def test_what_another_partner_sent_is_not_the_same_upload(home: Path) -> None:
    first = receive(home, upload(), settings(home))
    assert receive(home, upload(line("a"), owner="sfax"), settings(home)).id != first.id


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"graph": f"{BASE}graph/partner/sfax"}, "graph"),
        ({"graph": f"{BASE}graph/partner/tunisie"}, "graph"),
        ({"graph": f"{BASE}graph/passage/l142"}, "graph"),
        ({"graph": "default"}, "graph"),
        ({"graph": "http://example.org/g"}, "graph"),
        ({"method": "delete"}, "graph"),
        ({"method": "merge"}, "method"),
    ],
)
def test_what_no_check_could_let_through_is_not_even_kept(
    home: Path, given: dict[str, Any], rule: str
) -> None:
    with pytest.raises(ContributionError) as refused:
        receive(home, upload(**given), settings(home))
    assert refused.value.rule == rule
    assert listing(home) == ()
    assert list((home / "partners" / "objects").iterdir()) == []


def test_an_operator_writes_any_graph_but_ours(home: Path) -> None:
    partner(home, "op", "operator")
    for graph in ("default", "urn:x:g", "http://example.org/g", f"{BASE}graph/partner/op"):
        receive(home, upload(line("a", owner="op"), owner="op", graph=graph), settings(home))
    for graph in (MAIN, f"{BASE}graph/ontology", f"{BASE}ns", "not an iri", "a b:c", ""):
        with pytest.raises(ForbiddenError):
            receive(home, upload(owner="op", graph=graph), settings(home))


def test_an_upload_larger_than_allowed_says_how_much(home: Path) -> None:
    small = settings(home, contribution_max_kb=1)
    with pytest.raises(TooLargeError, match="1024 at most"):
        receive(home, upload("x" * 1025), small)
    receive(home, upload("x" * 1024), small)


def test_a_revoked_partner_sends_nothing_more(home: Path) -> None:
    partners.revoke(home, "tunis")
    with pytest.raises(ForbiddenError, match="contributes no more"):
        receive(home, upload(), settings(home))
    with pytest.raises(ForbiddenError):
        receive(home, upload(owner="nobody"), settings(home))


def test_control_characters_of_a_file_name_are_neutralised(home: Path) -> None:
    sent = upload()
    odd = type(sent)(sent.partner, "a\r\n\x1b[2J.ttl", "text/turtle\n", sent.body)
    one = receive(home, odd, settings(home))
    assert one.name == "a\\x0d\\x0a\\x1b[2J.ttl"
    assert one.media_type == "text/turtle\\x0a"
    assert b"\x1b" not in ledger.of(home).journal.read_bytes()


def test_a_dry_run_keeps_nothing(home: Path) -> None:
    before = sorted(path.name for path in home.rglob("*"))
    assert dry_run(home, upload(), settings(home)).status == "conforms"
    assert sorted(path.name for path in home.rglob("*")) == before


def test_what_violates_is_refused_by_the_rules_with_its_report(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = {"findings": [{"rule": "subject"}], "why": WHY}
    monkeypatch.setattr(checking, "run", lambda *_: Outcome("violations", report, {"rows": 1}))
    one = waiting(home)

    assert (one.state, one.status, one.why, one.reviewer) == ("refused", "violations", WHY, "")
    assert document(home, one.report) == report
    assert document(home, one.whatif) == {"rows": 1}
    with pytest.raises(ContributionError, match="state 'refused'"):
        accept(home, one.id, "a reviewer")


def test_a_check_that_does_not_end_leaves_it_failed_with_why(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def slow(*_: object) -> Outcome:
        raise CheckError("check-time", "trop long", "too long")

    monkeypatch.setattr(checking, "run", slow)
    one = waiting(home)
    assert (one.state, one.status) == ("failed", "not-checked")
    assert one.why == {"fr": "trop long", "en": "too long", "rule": "check-time"}
    with pytest.raises(ContributionError):
        accept(home, one.id, "a reviewer")


def test_what_is_withdrawn_during_its_check_stays_withdrawn(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = receive(home, upload(), settings(home))

    def meanwhile(*given: Any) -> Outcome:
        withdraw(home, one.id, "tunis")
        return contributing.checked(*given)

    monkeypatch.setattr(checking, "run", meanwhile)
    assert check(home, one.id, settings(home)).state == "withdrawn"


# --- Deciding ------------------------------------------------------------------------------


def test_the_author_never_reviews_under_any_of_its_names(home: Path) -> None:
    one = waiting(home)
    for name in ("tunis", "Tunis ", "Ville de Tunis", "tunis city"):
        for act in (lambda: accept(home, one.id, name), lambda: refuse(home, one.id, name, WHY)):  # noqa: B023 - called at once
            with pytest.raises(ForbiddenError, match="someone else"):
                act()
    for name in ("", " ", "rules", "a\x1bb"):
        with pytest.raises(ContributionError):
            accept(home, one.id, name)
    assert state(home, one) == "waiting"


def test_two_reviewers_at_once_decide_once(home: Path) -> None:
    one = waiting(home)
    done: list[str] = []

    def decide(name: str, act: Callable[[], Any]) -> None:
        try:
            act()
            done.append(name)
        except ContributionError:
            pass

    threads = [
        threading.Thread(target=decide, args=(name, act))
        for name, act in [
            ("accept", lambda: accept(home, one.id, "first")),
            ("refuse", lambda: refuse(home, one.id, "second", WHY)),
        ]
        * 4
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 1
    assert told(home).count("accepted") + told(home).count("refused") == 1


def test_a_refusal_says_why_in_a_sentence(home: Path) -> None:
    one = waiting(home)
    for nothing in ({}, {"fr": "  "}):
        with pytest.raises(ContributionError, match="say why"):
            refuse(home, one.id, "a reviewer", nothing)
    refused = refuse(home, one.id, "a reviewer", {"fr": "Non\x1b."})
    assert refused.why == {"fr": "Non\\x1b."}
    assert refused.history[-1].by == "a reviewer"


def test_only_its_author_takes_a_contribution_back_and_only_before_it_counts(home: Path) -> None:
    one = waiting(home)
    with pytest.raises(ForbiddenError):
        withdraw(home, one.id, "sfax")
    other = standing(home, line("b"))
    with pytest.raises(ContributionError, match="published"):
        withdraw(home, other.id, "tunis")
    assert withdraw(home, one.id, "tunis").state == "withdrawn"


def test_a_direct_partner_publishes_at_once_and_a_reviewed_one_waits(home: Path) -> None:
    one = submit(home, upload(line("a", owner="sfax"), owner="sfax"), settings(home))
    assert (one.state, one.generation, one.reviewer) == ("published", 1, "rules")
    assert line("a", owner="sfax") in served(home)
    assert submit(home, upload(), settings(home)).state == "waiting"


def test_a_direct_partner_revoked_meanwhile_waits_for_a_reviewer(home: Path) -> None:
    one = receive(home, upload(line("a", owner="sfax"), owner="sfax"), settings(home))
    one = check(home, one.id, settings(home))
    partners.revoke(home, "sfax")
    assert admit(home, one.id).state == "waiting"


def test_an_unknown_contribution_is_named(home: Path) -> None:
    for act in (get, lambda *a: accept(*a, "x"), lambda *a: undo(*a, "x", WHY)):
        with pytest.raises(UnknownError, match="c-000009"):
            act(home, "c-000009-00000000")


# --- What graphs become --------------------------------------------------------------------


def test_put_replaces_post_adds_and_delete_removes(home: Path) -> None:
    standing(home, line("a") + line("b"))
    assert triples(home) == {line("a")[:-3], line("b")[:-3]}
    standing(home, line("c"), method="post")
    assert len(triples(home)) == 3
    standing(home, line("d"), method="put")
    assert triples(home) == {line("d")[:-3]}
    standing(home, line("e"), graph=f"{MAIN}/2026")
    standing(home, "\n", method="delete", graph=MAIN)
    assert list(graphs.standing(home).graphs) == [f"{MAIN}/2026"]
    assert [one.state for one in listing(home)] == ["published"] * 5


def test_a_patch_removes_some_triples_and_adds_others(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    standing(home, line("a", "old") + line("b"))

    def corrected(*_: Any) -> Outcome:
        added, removed = (f"{line('a', v)[:-3]} <{MAIN}> .\n".encode() for v in ("new", "old"))
        return Outcome("conforms", {}, {}, (MAIN,), {}, added, removed)

    monkeypatch.setattr(checking, "run", corrected)
    standing(home, "correction", method="patch")
    assert triples(home) == {line("a", "new")[:-3], line("b")[:-3]}


def test_contributions_count_in_the_order_of_acceptance_whatever_the_clock(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = waiting(home, line("a")), waiting(home, line("b"))
    real = ledger.Writer.append

    def at(when: datetime) -> Any:
        return lambda self, event, data, now=None: real(self, event, data, when)

    monkeypatch.setattr(ledger.Writer, "append", at(datetime.now(UTC) + timedelta(days=3650)))
    accept(home, second.id, "a reviewer")
    monkeypatch.setattr(ledger.Writer, "append", at(datetime.now(UTC) - timedelta(days=1)))
    accept(home, first.id, "a reviewer")
    publish(home, settings(home))
    assert triples(home) == {line("a")[:-3]}
    assert [entry.number for entry in audit(home)] == list(range(1, len(audit(home)) + 1))


def test_undoing_one_contribution_leaves_what_others_sent(home: Path) -> None:
    first = standing(home, line("a") + line("b"))
    standing(home, line("b") + line("c"), method="post")
    submit(home, upload(line("x", owner="sfax"), owner="sfax"), settings(home))
    undone = undo(home, first.id, "someone", WHY)
    publish(home, settings(home))

    assert undone.state == "undone"
    assert triples(home) == {line("b")[:-3], line("c")[:-3]}, "b was stated twice"
    assert line("x", owner="sfax") in served(home)
    assert line("a") not in served(home)
    with pytest.raises(ContributionError, match="undone"):
        undo(home, first.id, "someone", WHY)


def test_undoing_a_replacement_brings_back_what_it_replaced(home: Path) -> None:
    standing(home, line("a"))
    second = standing(home, line("b"))
    undo(home, second.id, "someone", WHY)
    publish(home, settings(home))
    assert served(home) == contributing.CORE + line("a")


def test_every_triple_leads_to_its_contribution(home: Path) -> None:
    first = standing(home, line("a"))
    second = standing(home, line("a") + line("b"), method="post")  # "a" is of who said it first
    sealed = generation.current(home).read_json(publication.SEALED)
    graph = sealed["graphs"][MAIN]
    assert graph["contributions"] == sealed["contributions"] == [first.id, second.id]
    assert graph["origins"] == {line("a")[:-3]: first.id, line("b")[:-3]: second.id}
    assert graph["owner"] == "tunis"


# --- Publishing ----------------------------------------------------------------------------


def refusing(fr: str = "refusée", kind: str = "PublicationError") -> Callable[..., Any]:
    """Stand for a publisher that refuses what it was to hold."""

    def started(home: Path, _: object) -> publication.Made:
        tried = publication.sealed(graphs.standing(home))["contributions"]
        return publication.Made("", kind, fr, "refused", tuple(tried))

    return started


def test_a_publication_that_is_refused_leaves_the_old_generation_and_says_why(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = standing(home, line("a"))
    one = accept(home, waiting(home, line("b")).id, "a reviewer")
    with monkeypatch.context() as patch:
        patch.setattr(publication, "_started", refusing())
        with pytest.raises(PublicationError, match="refused"):
            publish(home, settings(home))
    failed = get(home, one.id)
    assert (failed.state, failed.why["fr"]) == ("failed", "refusée")
    assert state(home, old) == "published"
    assert served(home) == contributing.CORE + line("a")
    publish(home, settings(home))
    assert served(home) == contributing.CORE + line("a"), "what failed is not tried again unasked"
    accept(home, one.id, "another")
    publish(home, settings(home))
    assert state(home, one) == "published"


def test_a_direct_contribution_that_is_refused_comes_back_failed(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publication, "_started", refusing())
    one = submit(home, upload(line("a", owner="sfax"), owner="sfax"), settings(home))
    assert (one.state, one.why["en"]) == ("failed", "refused")


def test_what_was_accepted_meanwhile_is_not_blamed_for_a_refusal(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried, late = waiting(home, line("a")), waiting(home, line("b"), graph=f"{MAIN}/b")
    accept(home, tried.id, "a reviewer")

    def started(*given: Any) -> publication.Made:
        made: publication.Made = refusing()(*given)
        accept(home, late.id, "a reviewer")
        return made

    monkeypatch.setattr(publication, "_started", started)
    with pytest.raises(PublicationError):
        publish(home, settings(home))
    assert (state(home, tried), state(home, late)) == ("failed", "accepted")


def test_an_undo_that_cannot_be_published_does_not_happen(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = standing(home)
    undo(home, one.id, "someone", WHY)
    with monkeypatch.context() as patch:
        patch.setattr(publication, "_started", refusing())
        with pytest.raises(PublicationError):
            publish(home, settings(home))
    assert (state(home, one), get(home, one.id).why["fr"]) == ("published", "refusée")
    assert told(home)[-1] == "undo-failed"
    publish(home, settings(home))
    assert line("a") in served(home)


def test_a_disk_that_refuses_a_publication_fails_no_contribution(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = accept(home, waiting(home).id, "a reviewer")
    with monkeypatch.context() as patch:
        patch.setattr(publication, "_started", refusing(kind="GenerationError"))
        with pytest.raises(GenerationError):
            publish(home, settings(home))
    assert state(home, one) == "accepted"
    publish(home, settings(home))
    assert state(home, one) == "published"


def test_a_publication_that_ended_before_it_was_told_is_told_at_the_next_look(home: Path) -> None:
    one = accept(home, waiting(home).id, "a reviewer")
    contributing.published(home, settings(home))
    assert state(home, one) == "accepted"
    publication.settle(home)
    publication.settle(home)
    assert (state(home, one), get(home, one.id).generation) == ("published", 1)
    assert told(home).count("published") == 1


def test_what_is_accepted_during_a_publication_waits_for_the_next(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = waiting(home, line("a")), waiting(home, line("b"), graph=f"{MAIN}/b")
    accept(home, first.id, "a reviewer")
    seal = publication.sealed

    def meanwhile(found: Any) -> Any:
        if state(home, second) == "waiting":
            accept(home, second.id, "a reviewer")
        return seal(found)

    monkeypatch.setattr(publication, "sealed", meanwhile)
    publish(home, settings(home))
    assert (state(home, first), state(home, second)) == ("published", "accepted")
    publish(home, settings(home))
    assert state(home, second) == "published"


def test_two_publishers_at_once_lose_nothing(home: Path) -> None:
    errors: list[CoopkgError] = []

    def send(number: int) -> None:
        text = line(f"x{number}", owner="sfax")
        try:
            submit(home, upload(text, owner="sfax", method="post"), settings(home))
        except CoopkgError as error:
            errors.append(error)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert {one.state for one in listing(home)} == {"published"}
    assert all(line(f"x{number}", owner="sfax") in served(home) for number in range(8))
    assert not any(generation.audit(home).values())


def test_what_comes_together_is_published_together(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, begun, published = publication._started, threading.Event(), []

    def started(where: Path, given: Settings) -> publication.Made:
        published.append(1)
        begun.set()
        while len(published) == 1 and len(listing(home, state="accepted")) < 8:
            threading.Event().wait(0.01)  # the others come while the first is being published
        return real(where, given)

    monkeypatch.setattr(publication, "_started", started)
    threads = [
        threading.Thread(
            target=submit,
            args=(
                home,
                upload(line(f"x{number}", owner="sfax"), owner="sfax", method="post"),
                settings(home),
            ),
            daemon=True,
        )
        for number in range(8)
    ]
    for thread in threads:
        thread.start()
    assert begun.wait(30)
    for thread in threads:
        thread.join(30)
    assert {one.state for one in listing(home)} == {"published"}
    assert len(published) <= 2


def test_a_rollback_keeps_the_journal_and_the_next_publication_brings_it_all_back(
    home: Path,
) -> None:
    contributing.published(home, settings(home))
    one = standing(home)
    generation.rollback(home, "1", datetime.now(UTC))
    assert served(home) == contributing.CORE
    assert state(home, one) == "published"
    publish(home, settings(home))
    assert line("a") in served(home)


# --- The journal ---------------------------------------------------------------------------


def journal(home: Path) -> Path:
    return ledger.of(home).journal


def test_a_line_cut_by_a_crash_is_set_aside_and_never_stops_anything(home: Path) -> None:
    one = receive(home, upload(), settings(home))
    for torn in (b'{"n":4,"at', b"\0" * 300, b"\0" * 20 + b"\n", b'{"n":4}'):
        with journal(home).open("ab") as file:
            file.write(torn)
        assert get(home, one.id) == one
        assert ledger.of(home).torn == torn
        partners.renew(home, "tunis")
        assert ledger.of(home).torn == b""
        assert torn in [path.read_bytes() for path in journal(home).parent.glob("torn-*")]
    assert len(audit(home)) == 7


@pytest.mark.parametrize("change", ["edit", "remove", "swap", "truncate", "forge", "garble-last"])
def test_a_changed_entry_is_refused_by_its_number(home: Path, change: str) -> None:
    one = accept(home, waiting(home).id, "a reviewer")
    lines = journal(home).read_bytes().splitlines(keepends=True)
    if change == "edit":
        lines[1] = lines[1].replace(b'"direct"', b'"operator"')
    elif change == "remove":
        del lines[1]
    elif change == "swap":
        lines[1], lines[2] = lines[2], lines[1]
    elif change == "truncate":
        lines.pop()
    elif change == "garble-last":
        lines[-1] = lines[-1][:40] + b"\n"
    else:
        entry = json.loads(lines[-1])
        made = ledger.Entry(entry["n"], entry["at"], "refused", entry["data"], entry["previous"])
        lines[-1] = made.line()
    journal(home).write_bytes(b"".join(lines))

    number = {"edit": 2, "remove": 2, "swap": 2}.get(change, len(told_before(one)))
    with pytest.raises(LedgerError) as refused:
        audit(home)
    assert refused.value.what == f"journal.ndjson:{number}"
    assert str(number) in refused.value.message("fr")
    with pytest.raises(LedgerError):
        receive(home, upload(line("z")), settings(home))
    with pytest.raises(LedgerError):
        partners.of_token(home, "coopkg_" + "0" * 72)


def told_before(one: Contribution) -> list[int]:
    """The entries up to the last of a contribution."""
    return list(range(one.history[-1].entry))


@pytest.mark.parametrize("change", ["missing", "changed"])
def test_a_publication_names_an_object_that_is_missing_or_changed(home: Path, change: str) -> None:
    standing(home, line("a"))
    one = accept(home, waiting(home, line("b"), method="post").id, "a reviewer")
    path = home / "partners" / "objects" / one.added
    if change == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes().replace(b"/b>", b"/c>"))
    with pytest.raises(LedgerError, match=one.added[:12]):
        publish(home, settings(home))
    assert served(home) == contributing.CORE + line("a")
    assert state(home, one) == "accepted"


def test_what_a_crash_left_among_the_objects_goes_with_the_next_publication(home: Path) -> None:
    objects = home / "partners" / "objects"
    standing(home, line("a"))
    kept = sorted(path.name for path in objects.iterdir())
    (objects / ("0" * 64)).write_bytes(b"never told")
    (objects / ("1" * 64 + ".tmp")).write_bytes(b"half")
    standing(home, line("a"), method="post")
    assert set(kept) <= {path.name for path in objects.iterdir()}
    assert not (objects / ("0" * 64)).exists()
    assert list(objects.glob("*.tmp")) == []


def test_the_audit_log_is_read_as_one_line_an_entry_without_control_characters(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refuse(home, waiting(home).id, "a reviewer", {"fr": "a\u202e\x1b[2Jb\nc"})
    assert cli.main(["contributions", "--audit", "--home", str(home), "--lang", "en"]) == 0
    text = capsys.readouterr().out
    assert len(text.splitlines()) == len(audit(home))
    assert not {"\x1b", "\u202e", "\r"} & set(text)
    assert cli.main(["contributions", "--audit", "--format", "json", "--home", str(home)]) == 0
    assert capsys.readouterr().out.encode() == journal(home).read_bytes()


# --- Commands ------------------------------------------------------------------------------


def test_the_inbox_from_the_terminal(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: str) -> str:
        assert cli.main([*words, "--home", str(home), "--lang", "en"]) == 0
        return capsys.readouterr().out

    one, two = waiting(home, line("a")), waiting(home, line("b"))
    assert "waiting" in run("contributions")
    assert run("contributions", "--state", "published") == "No contribution.\n"
    assert [one["id"] for one in json.loads(run("contributions", "--format", "json"))] == [
        two.id,
        one.id,
    ]
    assert "published 1-" in run("accept", one.id, "--as", "Amina")
    assert "refused" in run("refuse", two.id, "--as", "Amina", "--why", "wrong city")
    assert json.loads(run("contributions", "show", two.id))["why"] == {"en": "wrong city"}
    assert "undone 2-" in run("undo", one.id, "--as", "Amina", "--why", "asked for")
    assert served(home) == contributing.CORE
    assert cli.main(["accept", one.id, "--as", "tunis", "--home", str(home)]) == 2
    assert cli.main(["undo", one.id, "--why", "again", "--home", str(home)]) == 2
    assert "undone" in capsys.readouterr().err


# --- Erasing -------------------------------------------------------------------------------


def test_what_is_erased_is_nowhere_and_what_held_it_says_so(home: Path) -> None:
    standing(home, line("kept"))
    one = standing(home, line("secret"), method="post")
    generation.cite(home, "2")
    with pytest.raises(ContributionError, match="published"):
        erasing.erase(home, one.id, "the operator", WHY)
    undo(home, one.id, "the operator", WHY)
    with pytest.raises(ContributionError, match="still holds"):
        erasing.erase(home, one.id, "the operator", WHY)
    publish(home, settings(home))

    assert erasing.erase(home, one.id, "the operator", WHY) == [2]
    everything = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert b"secret" not in everything
    assert line("kept") in served(home)
    assert generation.erased(home)[2]["why"] == WHY
    for ref in ("2", "0002", f"2-{generation.erased(home)[2]['digest'][:12]}"):
        with pytest.raises(UnknownError, match=r"was erased|no generation"):
            generation.open_(home, ref)
    with pytest.raises(UnknownError, match="was erased: The name is wrong"):
        generation.open_(home, "2")
    with pytest.raises(LedgerError, match="erased on request"):
        ledger.of(home).object(one.body)
    assert get(home, one.id).erased
    assert erasing.erase(home, one.id, "the operator", WHY) == [], "done twice, it is done once"
    publish(home, settings(home))
    assert generation.current(home).number == 4


def test_bytes_that_another_contribution_needs_are_not_erased(home: Path) -> None:
    one = waiting(home, line("a"))
    other = receive(home, upload(line("a"), graph=f"{MAIN}/b"), settings(home))
    withdraw(home, one.id, "tunis")
    erasing.erase(home, one.id, "the operator", WHY)
    assert ledger.of(home).object(other.body)


def test_the_base_of_the_examples_is_that_of_the_partner() -> None:
    assert line("a").startswith(f"<{OWN}a>")
