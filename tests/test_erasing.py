"""Personal data that came with a contribution can be made to go: from everywhere, and said so."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import contributing
import partnering
import pytest
from contributing import MAIN, OWN, line, upload
from flask import Flask

from coopkg import cli, contributions, generation
from coopkg.contributions import Contribution, erasing, ledger
from coopkg.contributions.differences import of as difference

SECRET = "Mme Untel née à Sfax"
WHY = {"fr": "demande de la personne", "en": "the person asked"}
NAMED = f'<{OWN}person> <http://e/name> "{SECRET}" .\n'


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    with partnering.service(tmp_path / "home") as made:
        yield made


def where(app: Flask) -> Path:
    return Path(app.extensions["coopkg_settings"].home)


def sent(app: Flask, text: str, **given: str) -> Contribution:
    home = where(app)
    settings = contributing.settings(home)
    one = contributions.submit(home, upload(text, **given), settings)  # type: ignore[arg-type]
    if one.state == "waiting":
        contributions.accept(home, one.id, "Alice")
        contributions.publish(home, settings)
    return contributions.get(home, one.id)


def undone(app: Flask, name: str) -> None:
    contributions.undo(where(app), name, "Alice", WHY)
    contributions.publish(where(app), contributing.settings(where(app)))


def files_that_say(folder: Path, text: str) -> list[str]:
    """Return the files below a folder that hold a text, also inside those that are compressed."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            if path.suffix == ".gz":
                content = gzip.decompress(content)
            if text.encode() in content:
                found.append(str(path.relative_to(folder)))
    return found


def test_what_is_erased_is_in_no_file_no_past_generation_no_answer_and_receipts_say_so(
    app: Flask,
) -> None:
    home, client = where(app), app.test_client()
    kept = sent(app, line("kept"), graph=f"{MAIN}/other")
    one = sent(app, NAMED)
    number = generation.current(home).number
    query = {"query": "SELECT ?o WHERE { GRAPH ?g { ?s <http://e/name> ?o } }"}
    past = {**query, "generation": str(number)}
    accept = {"Accept": "text/csv"}
    assert SECRET in client.get("/sparql", query_string=past, headers=accept).text
    made = client.post("/receipts", data={**past, "lang": "en"})
    assert made.status_code == 303, made.text
    receipt = made.headers["Location"]
    assert client.get(f"{receipt}.json").json["state"] == "holds"
    undone(app, one.id)
    assert SECRET in client.get("/sparql", query_string=past, headers=accept).text, "and kept"
    assert files_that_say(home, SECRET)

    assert erasing.erase(home, one.id, "op", WHY) == [number]
    assert files_that_say(home, SECRET) == []
    gone = client.get("/sparql", query_string=past, headers=accept)
    assert gone.status_code == 404
    assert SECRET not in gone.text
    assert WHY["fr"] in gone.text
    for path in (f"/dumps/{number}-{'0' * 12}/", f"/fr/?generation={number}",
                 f"/graphs?graph={MAIN}&generation={number}"):  # fmt: skip
        assert client.get(path).status_code == 404, path
    told = client.get(f"{receipt}.json").json
    assert told["state"] == "generation-gone"
    assert SECRET not in client.get(receipt).text
    assert contributions.get(home, kept.id).state == "published"
    ledger.of(home).verified()


def test_what_others_repeat_of_it_goes_and_what_they_do_stays(app: Flask) -> None:
    home = where(app)
    sent(app, line("a"), graph=f"{MAIN}/other")
    one = sent(app, NAMED + line("a"))
    quads = f"{NAMED[:-2]}<{MAIN}> .\n{line('a')[:-2]}<{MAIN}> .\n"
    book = ledger.of(home)
    with pytest.MonkeyPatch.context() as patch:
        whatif = {"answers": [{"rows_lost": [{"name": {"value": SECRET}}]}]}
        made = contributing.checked

        def checked(job: object, body: bytes, settings: object) -> object:
            return replace(made(job, body, settings), removed=quads.encode(), whatif=whatif)  # type: ignore[arg-type]

        patch.setattr("coopkg.contributions.checking.run", checked)
        other = sent(app, line("b"), method="put")
    assert SECRET.encode() in book.object(other.removed)
    undone(app, one.id)
    erasing.erase(home, one.id, "op", WHY)
    assert files_that_say(home, SECRET) == []
    after = contributions.get(home, other.id)
    assert after.whatif == ""
    assert book.object(after.removed).decode() == f"{line('a')[:-2]}<{MAIN}> .\n"
    assert after.state == "published"
    assert [step.event for step in after.history][-1] == "redacted"
    assert difference(home, other.id).added == 1
    contributions.publish(home, contributing.settings(home))
    assert line("b")[:-2] in generation.current(home).read("store.nq").decode()
    page = app.test_client().get(f"/fr/partners/{after.partner}")
    assert page.status_code == 200


def test_those_that_say_the_same_themselves_are_named(
    app: Flask, capsys: pytest.CaptureFixture[str]
) -> None:
    home = where(app)
    refused = contributions.receive(
        home, upload(NAMED + "# first try\n", graph=f"{MAIN}/x"), contributing.settings(home)
    )
    apart = sent(app, line("b", owner="sfax"), owner="sfax", graph=f"{MAIN[:-5]}sfax")  # type: ignore[arg-type]
    one = sent(app, NAMED)
    undone(app, one.id)
    assert refused.id in erasing.also_in(home, one.id)
    assert apart.id not in erasing.also_in(home, one.id)
    words = ["contributions", "erase", one.id, "--why", "x", "--home", str(home), "--lang", "fr"]
    assert cli.main(words) == 0
    assert refused.id in capsys.readouterr().out
    assert files_that_say(home, SECRET) == [f"partners/objects/{refused.body}"]


def test_a_copy_of_the_folder_made_before_is_not_reached(app: Flask, tmp_path: Path) -> None:
    """Backups are the operator's: the documentation says so, and this is why."""
    one = sent(app, NAMED)
    shutil.copytree(where(app), tmp_path / "backup")
    undone(app, one.id)
    erasing.erase(where(app), one.id, "op", WHY)
    assert files_that_say(tmp_path / "backup", SECRET)
    assert files_that_say(where(app), SECRET) == []
