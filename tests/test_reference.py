"""The reference layer: what its table gives, and nothing else."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, parse

from coopkg.build import reference
from coopkg.terms import PREFIXES, expand

ROOT = Path(__file__).parents[1]
SHARED = ROOT.parent / "shared" / "knowledge" / "identifiers.tsv"
ROWS = reference.read(reference.FOLDER / reference.TABLE)


def row(**changes: str) -> reference.Row:
    """Give the code of a country, changed as asked."""
    values = {
        "kind": "country",
        "entity": "TN",
        "scheme": "ISO 3166-1 alpha-2",
        "identifier": "TN",
        "label_fr": "Tunisie",
        "label_en": "Tunisia",
        "source": "register",
        "confidence": "high",
    }
    return reference.Row(**(values | changes))


@pytest.mark.parametrize("name", sorted(reference.files(ROWS)))
def test_each_committed_file_is_what_the_table_gives(name: str) -> None:
    written = (reference.FOLDER / name).read_text(encoding="utf-8")
    assert written == reference.files(ROWS)[name], "run python -m coopkg.build.reference"


def test_the_folder_holds_no_file_that_the_table_does_not_give() -> None:
    found = {path.name for path in reference.FOLDER.glob("*.ttl")}
    assert found == set(reference.files(ROWS))


def test_each_value_stands_in_the_verified_identifiers() -> None:
    if not SHARED.exists():
        pytest.skip("the shared knowledge is not beside this clone")
    with SHARED.open(encoding="utf-8", newline="") as table:
        verified = {
            (r[0], r[1], r[2], r[3], r[4], r[5], r[7]) for r in csv.reader(table, delimiter="\t")
        }
    ours = {
        (r.kind, r.entity, r.scheme, r.identifier, r.label_fr, r.label_en, r.confidence)
        for r in ROWS
    }
    assert ours <= verified


def test_the_turtle_read_back_is_what_was_written() -> None:
    triples = set(reference.countries(ROWS))
    text = reference.turtle(triples, ["a register"])
    read = {
        (q.subject, q.predicate, q.object) for q in parse(text.encode(), format=RdfFormat.TURTLE)
    }
    assert read == triples
    assert not any(isinstance(term, BlankNode) for triple in read for term in triple)


def test_the_turtle_does_not_depend_on_the_order_of_the_table() -> None:
    assert reference.files(ROWS) == reference.files(list(reversed(ROWS)))


def test_a_code_keeps_its_leading_zero_and_stays_text() -> None:
    algeria = row(entity="DZ", scheme="UN M49 (= ISO 3166-1 numeric)", identifier="012")
    assert (expand("place:algerie"), expand("coop:m49"), Literal("012")) in set(
        reference.countries([algeria])
    )


def test_a_country_lies_in_its_smallest_region_and_that_one_in_the_larger() -> None:
    levels = zip(reference.M49_LEVELS, ("002", "202", "011"), strict=True)
    rows = [row(kind="country-in-region", entity="BJ", scheme=s, identifier=i) for s, i in levels]
    within, lies = expand("coop:within"), expand("coop:inM49Region")
    region = {code: expand(f"place:m49-{code}") for code in ("002", "202", "011")}
    assert set(reference.regions(rows)) == {
        (expand("place:benin"), lies, region["011"]),
        (region["011"], within, region["202"]),
        (region["202"], within, region["002"]),
    }


def test_no_region_of_the_united_nations_is_a_zone_of_the_brochure() -> None:
    zones = {"mediterranee", "afrique", "asie", "amerique-caraibes", "europe"}
    named = {
        term.value.removeprefix(PREFIXES["place"])
        for triple in reference.regions(ROWS)
        for term in triple
        if isinstance(term, NamedNode)
    }
    assert not named & zones


def test_an_identifier_to_be_verified_never_joins_the_verified_ones() -> None:
    checked = {str(term) for triple in reference.identifiers(ROWS, "high") for term in triple}
    doubtful = {str(term) for triple in reference.identifiers(ROWS, "medium") for term in triple}
    assert str(Literal("180014045")) in doubtful - checked


def test_a_line_cut_short_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "registers.tsv"
    table.write_text("kind\tentity\ncountry\tTN\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"registers\.tsv"):
        reference.read(table)


def test_a_value_without_source_is_refused(tmp_path: Path) -> None:
    table = tmp_path / "registers.tsv"
    line = "country\tTN\tISO 3166-1 alpha-2\tTN\tTunisie\tTunisia\t\thigh\n"
    table.write_text("header\n" + line, encoding="utf-8")
    with pytest.raises(ValueError, match="values"):
        reference.read(table)


def test_the_command_writes_every_file(tmp_path: Path) -> None:
    table = reference.FOLDER / reference.TABLE
    (tmp_path / reference.TABLE).write_bytes(table.read_bytes())
    assert reference.main(tmp_path) == 0
    assert {path.name for path in tmp_path.glob("*.ttl")} == set(reference.files(ROWS))
