"""A partner's data sent back corrected: what each change means, what is refused, what is undone."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import contributing
import openpyxl
import partnering
import pyoxigraph as ox
import pytest
from contributing import OWN, settings
from flask import Flask
from intaking import BASE, CSV, XLSX
from test_round_trip import MAIN, OTHER, PLACES, TYPE, downloaded, opened, rules, said, saved, sent

from coopkg import roundtrip
from coopkg.build import intake
from coopkg.build import partners as building
from coopkg.build.intake import preview
from coopkg.build.intake.ground import Ground
from coopkg.config import Settings
from coopkg.contributions import (
    Contribution,
    Upload,
    accept,
    checking,
    get,
    graphs,
    ledger,
    model,
    partners,
    publication,
    undo,
)
from coopkg.contributions.deciding import admit
from coopkg.contributions.inbox import check, receive
from coopkg.contributions.job import Job, Outcome
from coopkg.errors import ContributionError
from coopkg.roundtrip import Told
from coopkg.templates import Vocabulary
from coopkg.terms import Term, expand

ORGANISATION = expand("org:Organization")
NAME, PLACE = expand("skos:prefLabel"), expand("coop:basedIn")
BENIN, TUNISIE = (ox.NamedNode(f"{BASE}id/place/{name}") for name in ("benin", "tunisie"))
A, B = (ox.NamedNode(OWN + name) for name in ("a", "b"))


def fr(text: str) -> ox.Literal:
    return ox.Literal(text, language="fr")


def quad(node: ox.NamedNode, link: ox.NamedNode, term: Term, graph: Any = MAIN) -> ox.Quad:
    return ox.Quad(node, link, term, graph)


DATA = [
    quad(A, TYPE, ORGANISATION), quad(A, NAME, fr("Régie")), quad(A, PLACE, TUNISIE),
    quad(B, TYPE, ORGANISATION), quad(B, NAME, fr("École")), quad(B, PLACE, BENIN),
]  # fmt: skip


def place(table: list[list[Any]], heading: str) -> int:
    return [str(text) for text in table[0]].index(heading)


def row(table: list[list[Any]], name: str) -> list[Any]:
    return next(one for one in table if one[0] == name)


def the(quads: list[ox.Quad] = DATA) -> tuple[dict[str, list[list[Any]]], list[list[Any]]]:
    tables = opened(downloaded(quads))
    (table,) = tables.values()
    return tables, table


def lines(*quads: ox.Quad) -> set[str]:
    return {f"{one} ." for one in quads}


def words(outcome: Outcome, lang: str = "fr") -> str:
    return str(outcome.report["findings"][0]["message"][lang])


# --- What each change means ----------------------------------------------------------------


def test_an_emptied_cell_removes_what_it_said() -> None:
    tables, table = the()
    row(table, "a")[place(table, "Nom (français)")] = None
    assert said(sent(saved(tables), DATA)) == (set(), lines(DATA[1]))


def test_a_row_that_is_gone_removes_nothing_and_is_told() -> None:
    tables, table = the()
    table.remove(row(table, "b"))
    row(table, "a")[place(table, "Nom (français)")] = "Régie de l’eau"
    outcome = sent(saved(tables), DATA)
    assert said(outcome) == (lines(quad(A, NAME, fr("Régie de l’eau"))), lines(DATA[1]))
    assert [rule for rule, _ in rules(outcome)] == ["missing-row"]
    assert "rien n’en est retiré" in words(outcome)
    assert outcome.status == "conforms"


def test_yes_in_the_column_to_remove_removes_the_whole_thing() -> None:
    tables, table = the()
    row(table, "b")[place(table, "À supprimer")] = "oui"
    assert said(sent(saved(tables), DATA)) == (set(), lines(*DATA[3:]))


def test_anything_but_yes_in_that_column_is_asked_again() -> None:
    tables, table = the()
    row(table, "b")[place(table, "À supprimer")] = "peut-être"
    assert [rule for rule, _ in rules(sent(saved(tables), DATA))] == ["not-boolean"]


def test_what_got_more_facts_since_is_not_removed_unseen() -> None:
    tables, table = the()
    row(table, "b")[place(table, "À supprimer")] = "oui"
    outcome = sent(saved(tables), [*DATA, quad(B, NAME, fr("Autre nom"))])
    assert [rule for rule, _ in rules(outcome)] == ["changed-since"]
    assert "Autre nom" in words(outcome)
    assert outcome.removed == b""


def test_a_new_row_is_a_new_thing_of_the_same_kind() -> None:
    tables, table = the()
    new: list[Any] = [None] * len(table[0])
    new[0], new[place(table, "Nom (français)")] = "c", "Commune"
    table.append(new)
    node = ox.NamedNode(OWN + "c")
    added, removed = said(sent(saved(tables), DATA))
    assert added == lines(quad(node, TYPE, ORGANISATION), quad(node, NAME, fr("Commune")))
    assert removed == set()


def test_a_copied_row_with_a_new_identifier_is_a_new_thing() -> None:
    tables, table = the()
    copy = [*row(table, "a")]
    copy[0] = "c"
    table.append(copy)
    node = ox.NamedNode(OWN + "c")
    added, removed = said(sent(saved(tables), DATA))
    assert added == {str(line).replace(str(A), str(node)) for line in lines(*DATA[:3])}
    assert removed == set()


def test_a_copied_row_that_keeps_its_identifier_is_told_with_both_rows() -> None:
    tables, table = the()
    table.append([*row(table, "a")])
    outcome = sent(saved(tables), DATA)
    assert [rule for rule, _ in rules(outcome)] == ["double-row"]
    assert " et 4 " in words(outcome)


def test_two_values_that_trade_places_change_nothing() -> None:
    tables, table = the([*DATA, quad(A, NAME, fr("Zone"))])
    one, two = place(table, "Nom (français)"), place(table, "Nom (français) (2)")
    line = row(table, "a")
    line[one], line[two] = line[two], line[one]
    outcome = sent(saved(tables), [*DATA, quad(A, NAME, fr("Zone"))])
    assert rules(outcome) == [("unchanged", "")]


def test_more_values_than_columns_go_to_more_rows_and_none_is_lost() -> None:
    many = [*DATA, *(quad(A, PLACE, ox.NamedNode(f"http://e/{n}")) for n in range(20))]
    tables, table = the(many)
    assert sum(one[0] == "a" for one in table) == 4
    assert rules(sent(saved(tables), many)) == [("unchanged", "")]


def test_a_thing_in_two_graphs_is_corrected_in_the_right_one() -> None:
    both = [*DATA, quad(A, TYPE, ORGANISATION, OTHER), quad(A, NAME, fr("Régie"), OTHER)]
    tables = opened(downloaded(both))
    table = next(rows for name, rows in tables.items() if "stages-2026" in name)
    row(table, "a")[place(table, "Nom (français)")] = "Régie (stages)"
    added, removed = said(sent(saved(tables), both))
    assert added == lines(quad(A, NAME, fr("Régie (stages)"), OTHER))
    assert removed == lines(both[-1])


@pytest.mark.parametrize(("typed", "rule"), [("Bénim", "unknown-name"), ("=A1", "formula")])
def test_what_cannot_be_read_is_told_at_its_cell(typed: str, rule: str) -> None:
    book = openpyxl.load_workbook(io.BytesIO(downloaded(DATA)))
    page = book.worksheets[0]
    heads = [str(cell.value) for cell in page[1]]
    label = next(one for one in heads if one.endswith("[coop:basedIn iri]")).rpartition(" [")[0]
    column = heads.index(label) + 1
    page.cell(2, column).value = typed
    out = io.BytesIO()
    book.save(out)
    outcome = sent(out.getvalue(), DATA)
    letter = openpyxl.utils.get_column_letter(column)
    assert rules(outcome) == [(rule, f"Organization!{letter}2")]


def test_a_heading_written_otherwise_is_not_passed_over() -> None:
    tables, table = the()
    table[0][place(table, "Nom (français)")] = "Dénomination"
    outcome = sent(saved(tables), DATA)
    assert [rule for rule, _ in rules(outcome)] == ["misnamed-column"]
    assert "Nom (français)" in words(outcome)


def test_a_column_that_is_gone_removes_nothing() -> None:
    tables, table = the()
    at = place(table, "Nom (français)")
    for one in table:
        del one[at]
    assert {rule for rule, _ in rules(sent(saved(tables), DATA))} == {"removed-column", "unchanged"}


def test_what_keeps_a_text_harmless_is_no_part_of_it_once_corrected() -> None:
    data = [*DATA[:1], quad(A, NAME, fr("=1+1"))]
    tables, table = the(data)
    at = place(table, "Nom (français)")
    assert row(table, "a")[at] == "'=1+1"
    row(table, "a")[at] = "'=1+1, revu"
    assert said(sent(saved(tables), data))[0] == lines(quad(A, NAME, fr("=1+1, revu")))


# --- Somebody else was there ---------------------------------------------------------------


def test_a_cell_that_somebody_changed_since_is_told_with_both_values() -> None:
    tables, table = the()
    row(table, "a")[place(table, "Nom (français)")] = "Ma régie"
    since = [quad(A, NAME, fr("Leur régie")) if one == DATA[1] else one for one in DATA]
    outcome = sent(saved(tables), since)
    assert [rule for rule, _ in rules(outcome)] == ["changed-since"]
    assert rules(outcome)[0][1].startswith("Organization!B")
    assert "Ma régie" in words(outcome)
    assert "Leur régie" in words(outcome)
    assert "“Leur régie”" in words(outcome, "en")
    assert (outcome.added, outcome.removed) == (b"", b"")


def test_what_somebody_changed_in_the_same_way_is_no_conflict() -> None:
    tables, table = the()
    row(table, "a")[place(table, "Nom (français)")] = "Même nom"
    since = [quad(A, NAME, fr("Même nom")) if one == DATA[1] else one for one in DATA]
    assert rules(sent(saved(tables), since)) == [("unchanged", "")]


def test_a_change_elsewhere_is_no_conflict() -> None:
    tables, table = the()
    row(table, "a")[place(table, "Nom (français)")] = "Ma régie"
    since = [quad(B, NAME, fr("Leur école")) if one == DATA[4] else one for one in DATA]
    outcome = sent(saved(tables), since)
    assert said(outcome) == (lines(quad(A, NAME, fr("Ma régie"))), lines(DATA[1]))


def test_the_sheet_of_another_partner_corrects_nothing() -> None:
    tables, table = the()
    head = place(table, next(str(text) for text in table[0] if "coopkg-1" in str(text)))
    table[0][head] = str(table[0][head]).replace("partner/tunis", "partner/sfax")
    row(table, "a")[place(table, "Nom (français)")] = "Pris"
    assert [rule for rule, _ in rules(sent(saved(tables), DATA))] == ["graph"]


def test_a_csv_comes_back_too_as_a_french_spreadsheet_saves_it() -> None:
    vocabulary = Vocabulary((), PLACES)
    told = Told("tunis", "Tunis", "7-0123456789ab", "2026-11-23T00:00:00Z", "fr")
    (sheet,) = roundtrip.sheets(DATA, OWN, vocabulary, "fr", told.generation)
    text = roundtrip.as_csv(sheet, told)
    assert rules(sent(text, DATA, CSV)) == [("unchanged", "")]
    outcome = sent(
        text.replace(";Régie;", ";Régie de l’eau;").encode("cp1252", "ignore"), DATA, CSV
    )
    assert said(outcome) == (lines(quad(A, NAME, fr("Régie de l’eau"))), lines(DATA[1]))


# --- In the journal ------------------------------------------------------------------------


def corrected(old: str, new: str) -> Upload:
    """Return an upload that the check below takes for a correction of one triple."""
    return contributing.upload(f"{old.strip()}\n{new.strip()}\n", method="post")


def patched(job: Job, body: bytes, given: Settings) -> Outcome:
    old, new = (f"{one[:-2]} <{contributing.MAIN}> .\n" for one in body.decode().splitlines())
    made = contributing.checked(job, body, given)
    return replace(made, added=new.encode(), removed=old.encode(), method="patch")


class Journal:
    """A home where one triple stands, and what becomes of corrections of it."""

    def __init__(self, home: Path, patch: pytest.MonkeyPatch) -> None:
        self.home, self._patch = home, patch
        contributing.partner(home)
        self.first = self.take(
            contributing.upload(contributing.line("a", "1")), contributing.checked
        )

    def take(self, upload: Upload, way: Any = patched, is_accepted: bool = True) -> Contribution:
        self._patch.setattr(checking, "run", way)
        one = check(
            self.home, receive(self.home, upload, settings(self.home)).id, settings(self.home)
        )
        return accept(self.home, one.id, "op") if is_accepted else one

    def correct(self, old: str, new: str, is_accepted: bool = True) -> Contribution:
        upload = corrected(contributing.line("a", old), contributing.line("a", new))
        return self.take(upload, is_accepted=is_accepted)

    @property
    def values(self) -> list[str]:
        found = graphs.standing(self.home).graphs[contributing.MAIN]
        return sorted(line.rpartition(" ")[2].strip('"') for line in found.lines)


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Journal:
    return Journal(tmp_path, monkeypatch)


def test_a_correction_is_kept_as_what_it_removes_and_adds(journal: Journal) -> None:
    one = journal.correct("1", "2")
    assert (one.method, one.sent_as, one.graphs) == ("patch", "post", (contributing.MAIN,))
    assert journal.values == ["2"]
    other = journal.take(
        contributing.upload(contributing.line("b", "9"), method="post"), contributing.checked
    )
    assert journal.values == ["2", "9"]
    undo(journal.home, one.id, "op", {"fr": "faux"})
    assert journal.values == ["1", "9"]
    assert get(journal.home, other.id).state == "accepted"


def test_a_correction_sent_again_is_the_first_one(journal: Journal) -> None:
    first = journal.correct("1", "2", is_accepted=False)
    assert journal.correct("1", "2", is_accepted=False).id == first.id


def test_two_corrections_of_one_fact_do_not_both_count(journal: Journal) -> None:
    one, two = (journal.correct("1", new, is_accepted=False) for new in ("2", "3"))
    accept(journal.home, one.id, "op")
    with pytest.raises(ContributionError) as refused:
        accept(journal.home, two.id, "op")
    assert refused.value.rule == "changed-since"
    assert journal.values == ["2"]


def test_a_direct_partner_learns_that_its_correction_came_too_late(
    journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = (journal.correct("1", new, is_accepted=False) for new in ("2", "3"))
    accept(journal.home, one.id, "op")
    direct = replace(partners.find(journal.home, "tunis"), role="direct")
    monkeypatch.setattr(partners, "find", lambda *_: direct)
    late = admit(journal.home, two.id)
    assert (late.state, late.why["rule"]) == ("refused", "changed-since")
    assert "télécharger" in late.why["fr"]


def test_what_was_corrected_again_is_undone_last_first(journal: Journal) -> None:
    one = journal.correct("1", "2")
    two = journal.correct("2", "3")
    with pytest.raises(ContributionError) as refused:
        undo(journal.home, one.id, "op", {"fr": "faux"})
    assert two.id in refused.value.message("en")
    undo(journal.home, two.id, "op", {"fr": "faux"})
    undo(journal.home, one.id, "op", {"fr": "faux"})
    assert journal.values == ["1"]


def test_a_journal_written_before_corrections_reads_as_it_did(journal: Journal) -> None:
    entries = ledger.of(journal.home).entries()
    assert not any("method" in entry.data for entry in entries if entry.event == "checked")
    (one,) = model.contributions(entries).values()
    assert (one.method, one.sent_as) == ("put", "put")


@pytest.mark.parametrize("others", [False, True])
def test_what_is_foretold_of_a_correction_is_what_publishing_writes(
    journal: Journal, others: bool
) -> None:
    if others:
        more = contributing.upload(contributing.line("b", "9"), method="post")
        journal.take(more, contributing.checked)
    standing = graphs.standing(journal.home)
    every = [one for source in building.sources(journal.home, standing) for one in source.quads]
    ground = Ground(quads=tuple(every), sealed=publication.sealed(standing))
    one = journal.correct("1", "2", is_accepted=False)
    told = checking.told(partners.find(journal.home, "tunis"))
    job = Job(one.name, one.media_type, "patch", None, told, "fr", one.id, "", "", "", {}, one.size)
    book = ledger.of(journal.home)
    added, removed = (
        list(ox.parse(book.object(digest), format=ox.RdfFormat.N_QUADS))
        for digest in (one.added, one.removed)
    )
    change = intake.changed(job, added, {contributing.MAIN}, ground, removed)
    foretold = preview.after(job, change, ground)
    accept(journal.home, one.id, "op")
    real = building.sources(journal.home, graphs.standing(journal.home))
    assert _lasting(foretold) == _lasting(one for source in real for one in source.quads)


def _lasting(quads: Iterable[ox.Quad]) -> set[ox.Quad]:
    """Leave out when a file came, and its licence: a check does not know them."""
    unknown = {expand("prov:generatedAtTime"), expand("dcterms:rights")}
    return {one for one in quads if one.predicate not in unknown}


# --- On the web ----------------------------------------------------------------------------


def really(job: Job, body: bytes, _: Settings) -> Outcome:
    """Check in this process, as the checker would, against what is served."""
    known: Ground = intake.ready(job.generation).ground
    return intake.run(job, body, intake.Ready(known, None))


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """Give the application where *sfax* published one thing, which each test leaves as it was."""
    home = tmp_path_factory.mktemp("home")
    node = f"<{BASE}id/partner/sfax/a>"
    turtle = f'{node} a <{ORGANISATION.value}> ; <{NAME.value}> "Régie"@fr , "Board"@en .'
    with partnering.service(home) as app, pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "run", really)
        assert _send(app, turtle.encode(), "text/turtle").status_code == 201
        yield app


def _send(app: Flask, body: bytes, kind: str, **query: str) -> Any:
    header = {**partnering.bearer(app, "sfax"), "Content-Type": kind}
    return app.test_client().post(
        "/api/contributions", data=body, headers=header, query_string=query
    )


def test_data_downloaded_corrected_and_sent_back_change_what_is_served(web: Flask) -> None:
    client = web.test_client()
    file = client.get("/api/partners/sfax/data.xlsx?lang=fr")
    assert file.status_code == 200
    assert file.headers["Content-Disposition"] == 'attachment; filename="sfax-fr.xlsx"'
    assert client.get("/fr/partners/sfax/data.xlsx").data == file.data
    tables = opened(file.data)
    (table,) = tables.values()
    row(table, "a")[place(table, "Nom (français)")] = "Régie de l’eau"
    body = saved(tables)
    tried = partnering.said(_send(web, body, XLSX, **{"dry-run": "1"}))
    assert tried["counts"] == {"added": 1, "removed": 1}
    made = _send(web, body, XLSX, method="put")  # whatever was chosen, it is a correction
    assert made.status_code == 201
    assert partnering.said(made)["method"] == "patch"
    graph = client.get(f"/graphs?graph={BASE}graph/partner/sfax").data.decode()
    assert "Régie de l’eau" in graph
    assert "Board" in graph
    assert '"Régie"' not in graph
    again = _send(web, body, XLSX, method="put")
    assert partnering.said(again)["id"] == partnering.said(made)["id"]
    gone = client.delete(
        f"/api/contributions/{partnering.said(made)['id']}", headers=partnering.bearer(web, "sfax")
    )
    assert gone.status_code == 200
    assert '"Régie"' in client.get(f"/graphs?graph={BASE}graph/partner/sfax").data.decode()


def test_data_not_changed_are_told_so_and_refused(web: Flask) -> None:
    file = web.test_client().get("/en/partners/sfax/data.csv")
    answer = _send(web, file.data, "text/csv")
    assert answer.status_code == 422
    assert "no cell has changed" in answer.get_data(as_text=True)


def test_there_is_no_file_of_a_partner_that_published_nothing(web: Flask) -> None:
    assert web.test_client().get("/fr/partners/tunis/data.xlsx").status_code == 404
    assert web.test_client().get("/fr/partners/nobody/data.xlsx").status_code == 404
    assert web.test_client().get("/fr/partners/sfax/data.csv?sheet=9").status_code == 400
