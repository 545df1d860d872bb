"""Answers in spreadsheets: read back by other programs, they are the same rows."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas
import pytest
from answering import ask_tiny, asked
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from coopkg import answers, cli, tables
from coopkg.answers.tables import harmless, restored
from coopkg.errors import UnwritableError
from coopkg.questions import load
from coopkg.tables import sheets, workbook

ROOT = Path(__file__).parents[1]
QUESTIONS = load(ROOT / "queries")
XSD = "http://www.w3.org/2001/XMLSchema#"
BAD = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", '=cmd|"/c calc"!A1', "a;=1", "＝1"]


def read(body: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(body))


def records(body: bytes) -> list[dict[str, Any]]:
    """Return the rows of the first sheet by the lasting name of their columns."""
    book = read(body)
    names = {
        line[1]: line[2].removeprefix("column.")
        for line in book.worksheets[-1].iter_rows(values_only=True)
        if str(line[2]).startswith("column.")
    }
    head, *rows = book.worksheets[0].iter_rows(values_only=True)
    found = [dict(zip([names[one] for one in head], row, strict=True)) for row in rows]
    return [row for row in found if not str(row["row.key"]).startswith("#")]


def said(body: bytes) -> dict[str, tuple[str, str]]:
    """Return the lines of the last sheet: the text and the value of each name."""
    lines = read(body).worksheets[-1].iter_rows(values_only=True)
    return {name: (text, value) for _, text, name, value in lines}


def plain(cell: dict[str, Any] | None, lang: str) -> Any:
    """Return what a reader of a spreadsheet is to find for a cell of the JSON."""
    if cell is None:
        return None
    if cell["type"] == "uri":
        return cell["label"][lang]
    kind = cell.get("datatype", "").removeprefix(XSD)
    if kind in {"integer", "gYear"}:
        return int(cell["value"])
    if kind == "decimal":
        return float(cell["value"])
    if kind == "boolean":
        return cell["value"] == "true"
    return date.fromisoformat(cell["value"]) if kind == "date" else cell["value"]


def asks(slug: str) -> Iterator[dict[str, str]]:
    """Yield the choices to try: as few as may be, and those of the example."""
    question = QUESTIONS[slug]
    if slug != "same-actor":  # thousands of rows
        yield question.required_examples()
    if question.examples != question.required_examples():
        yield question.examples


def every_row(client: FlaskClient, slug: str, given: dict[str, str]) -> dict[str, Any]:
    """Return the answer as JSON, with the rows of all its pages."""
    path = f"/api/questions/{slug}.json"
    first: dict[str, Any] = client.get(path, query_string=given).get_json()
    for page in range(2, first["pages"] + 1):
        first["rows"] += client.get(path, query_string={**given, "page": page}).get_json()["rows"]
    return first


@pytest.mark.parametrize("slug", sorted(QUESTIONS))
def test_a_workbook_and_a_csv_hold_the_rows_of_the_json(client: FlaskClient, slug: str) -> None:
    lang = "fr" if len(slug) % 2 else "en"
    for choice in asks(slug):
        options = {**choice, "lang": lang}
        answer = every_row(client, slug, options)
        wanted = [
            {one["name"]: plain(row.get(one["name"]), lang) for one in answer["columns"]}
            for row in answer["rows"]
        ]
        body = client.get(f"/api/questions/{slug}.xlsx", query_string=options).data
        found = records(body)
        names = [one["name"] for one in answer["columns"]]
        assert [{name: _day(row[name]) for name in names} for row in found] == wanted
        for row, cells in zip(found, answer["rows"], strict=True):
            addresses = {n: c["value"] for n, c in cells.items() if c["type"] == "uri"}
            assert {n: row[f"{n}.iri"] for n in addresses} == addresses
        assert len({row["row.key"] for row in found}) == len(found)
        lines = said(body)
        assert lines["generation"][1] == answer["generation"]
        assert lines["status"][1] == answer["status"]
        assert lines["sentence"][0] == answer["sentence"][lang]

        text = client.get(
            f"/api/questions/{slug}.csv", query_string={**options, "format": "excel"}
        ).data.decode("utf-8-sig")
        _, *rows = csv.reader(io.StringIO(text), delimiter=";" if lang == "fr" else ",")
        assert {row[-3] for row in rows} == {answer["generation"]}
        if wanted:
            as_text = [[_written(row[name], lang) for name in names] for row in wanted]
            assert [row[: len(names)] for row in rows] == as_text
        else:
            assert [row[: len(names)] for row in rows] == [[""] * len(names)]
            assert answer["sentence"][lang] in rows[0][-1]


def _day(value: Any) -> Any:
    return value.date() if hasattr(value, "date") else value


def _written(value: Any, lang: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return {"fr": ("FAUX", "VRAI"), "en": ("FALSE", "TRUE")}[lang][value]
    return str(value).replace(".", ",") if isinstance(value, float) and lang == "fr" else str(value)


def test_french_readers_find_accents_decimals_and_years() -> None:
    answer = changed(
        {"type": "literal", "value": "-1234.50", "datatype": XSD + "decimal"},
        {"type": "literal", "value": "2018", "datatype": XSD + "gYear"},
        {"type": "literal", "value": "Étoile; « déjà »"},
    )
    text = tables.as_spreadsheet_csv(answer, "fr")
    frame = pandas.read_csv(io.StringIO(text.removeprefix("\ufeff")), sep=";", decimal=",")
    assert frame["a"][0] == -1234.5
    assert frame["b"][0] == 2018
    assert frame["c"][0] == "Étoile; « déjà »"
    assert frame["Génération"][0] == answer.generation
    (row,) = list(read(tables.as_workbook(asked(), answer, "fr")).worksheets[0].iter_rows())[1:]
    assert [cell.value for cell in row[:3]] == [-1234.5, 2018, "Étoile; « déjà »"]
    assert [cell.number_format for cell in row[:2]] == ["General", "0"]


def changed(*cells: dict[str, Any]) -> answers.Answer:
    """Return the answer to the tiny question with one row of these cells instead of its own."""
    names = "abcdefghijkl"[: len(cells)]
    kinds = {XSD + "gYear": "year", XSD + "decimal": "decimal", XSD + "integer": "integer"}
    columns = [
        {"name": name, "kind": kinds.get(cell.get("datatype", ""), "text")}
        for name, cell in zip(names, cells, strict=True)
    ]
    columns = [{**one, "label": {"fr": one["name"], "en": one["name"]}} for one in columns]
    row = {name: {**cell, "inferred": False} for name, cell in zip(names, cells, strict=True)}
    answer = ask_tiny(theme="decentralisation", page=None)
    return dataclasses.replace(answer, columns=columns, rows=[row], count=1, related=[])


def first_row(answer: answers.Answer) -> list[Any]:
    pages = read(tables.as_workbook(asked(), answer, "fr")).worksheets
    return list(list(pages[0].iter_rows())[1])


@pytest.mark.parametrize("text", BAD)
def test_no_cell_becomes_a_formula_and_its_text_can_be_had_back(text: str) -> None:
    answer = changed({"type": "literal", "value": text})
    cell = first_row(answer)[0]
    assert cell.data_type == "s"
    shown = workbook.unescaped(cell.value)
    assert shown.lstrip("\t\r\n ")[0] not in "=+-@＝" or shown.startswith("'")
    assert restored(shown) == text
    for lang, mark in (("fr", ";"), ("en", ",")):
        _, row = csv.reader(
            io.StringIO(tables.as_spreadsheet_csv(answer, lang).removeprefix("\ufeff"), newline=""),
            delimiter=mark,
        )
        assert restored(row[0]) == text
        assert row[0][0] not in "=+-@\t\r\n＝"


def test_a_label_and_an_identifier_are_no_formula_either() -> None:
    label = {"fr": "=1", "en": "=1"}
    answer = changed({"type": "uri", "value": "urn:x;=1", "label": label})
    columns = [{**answer.columns[0], "kind": "iri", "label": label}]
    texts = [cell.value for cell in first_row(dataclasses.replace(answer, columns=columns))]
    assert texts[:2] == ["'=1", "urn:x;'=1"]


@given(st.text(alphabet="'=+-@;,|\t\r\n \"aé_x0041", max_size=14))
def test_a_text_made_harmless_is_restored(text: str) -> None:
    safe = harmless(text)
    assert restored(safe) == text
    assert not safe.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert workbook.unescaped(workbook.escaped(text)) == text


def test_no_row_is_lost_for_a_character_that_xml_lacks() -> None:
    text = "a\x00b\x1fc\ufffe_x0041_\r\nd"
    cell = first_row(changed({"type": "literal", "value": text}))[0]
    assert cell.value == "a_x0000_b_x001F_c_xFFFE__x005F_x0041__x000D_\nd"
    assert workbook.unescaped(cell.value) == text


@pytest.mark.parametrize("text", ["é" * 40_000, "😀" * 16_384, "\x00" * 5_000])
def test_a_text_too_long_for_a_cell_is_cut_and_said_to_be(text: str) -> None:
    body = tables.as_workbook(asked(), changed({"type": "literal", "value": text}), "fr")
    kept = list(read(body).worksheets[0].iter_rows())[1][0].value
    assert kept.endswith("…")
    assert 32_000 < len(kept.encode("utf-16-le")) // 2 <= 32_767
    assert text.startswith(workbook.unescaped(kept.removesuffix("…")))
    assert "32767" in said(body)["cut"][0]


@pytest.mark.parametrize(
    ("value", "datatype", "kept"),
    [
        ("123456789012345", "integer", 123456789012345),
        ("1234567890123456", "integer", "1234567890123456"),
        ("0.1", "decimal", Decimal("0.1")),
        ("0.12345678901234567", "decimal", "0.12345678901234567"),
        ("INF", "double", "INF"),
        ("-INF", "double", "'-INF"),
        ("1E999", "double", "1E999"),
        ("1992-02-06", "date", date(1992, 2, 6)),
        ("1789-07-14", "date", "1789-07-14"),
        ("2018-02", "gYearMonth", "2018-02"),
        ("true", "boolean", True),
        ("007", "string", "007"),
    ],
)
def test_a_value_keeps_its_type_where_a_spreadsheet_has_it(
    value: str, datatype: str, kept: Any
) -> None:
    cell = {"type": "literal", "value": value, "datatype": XSD + datatype}
    found = sheets.value(cell, "fr")
    assert (found, type(found)) == (kept, type(kept))


def test_the_same_answer_is_the_same_workbook() -> None:
    answer = ask_tiny(theme="decentralisation", page=None)
    one, two = (tables.as_workbook(asked(), answer, "fr") for _ in range(2))
    assert one == two


def test_a_workbook_is_ready_to_be_read() -> None:
    answer = ask_tiny(theme="decentralisation", place="mediterranee", page=None)
    book = read(tables.as_workbook(asked(), answer, "fr", "https://e.example/x?a=b"))
    first, *others, about = book.worksheets
    assert (first.title, about.title) == ("Réponse", "À propos")
    assert first.freeze_panes == "A2"
    assert first.auto_filter.ref.startswith("A1:")
    hidden = [one for one, shape in first.column_dimensions.items() if shape.hidden]
    assert len(hidden) == 5  # three identifiers, the key, and what each cell was
    assert [one.title for one in others] == ["À voir aussi 1"]
    assert others[0]["A2"].value == answer.related[0]["reason"]["fr"]
    texts = [row[1].value for row in about.iter_rows()]
    assert f"https://e.example/x?a=b&generation={answer.generation}" in texts
    english = read(tables.as_workbook(asked(), answer, "en"))
    assert english.sheetnames == ["Answer", "See also 1", "About"]


@pytest.mark.parametrize(
    ("choice", "state", "word"),
    [
        ({"theme": "culture", "place": "mediterranee"}, "empty", "aucun résultat\u00a0: "),
        ({"place": "cameroun"}, "not-stated", "la source ne le dit pas\u00a0: "),
    ],
)
def test_what_has_no_row_says_why_in_its_sheet(
    choice: dict[str, str], state: str, word: str
) -> None:
    answer = ask_tiny(page=None, **choice)
    body = tables.as_workbook(asked(**choice), answer, "fr")
    line = [cell.value for cell in list(read(body).worksheets[0].iter_rows())[1]]
    assert line[0] == word + answer.sentence["fr"]
    assert line[-1] == f"#{state}"
    assert records(body) == []
    _, row = csv.reader(io.StringIO(tables.as_spreadsheet_csv(answer, "fr")), delimiter=";")
    assert row[-1] == word + answer.sentence["fr"]
    assert not any(row[:-3])


def test_what_is_cut_says_so_above_its_rows() -> None:
    answer = dataclasses.replace(ask_tiny(theme="decentralisation", page=None), status="truncated")
    pages = read(tables.as_workbook(asked(), answer, "en")).worksheets
    assert pages[0]["A2"].value == f"cut short (the first {answer.count} rows)"


def test_more_rows_than_a_sheet_holds_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 4)
    answer = ask_tiny(theme="decentralisation", page=None)
    with pytest.raises(UnwritableError, match="do not fit"):
        tables.as_workbook(asked(), answer, "fr")


def test_two_columns_of_one_heading_are_told_apart() -> None:
    columns = [
        {"name": name, "kind": "text", "label": {"fr": "Nom", "en": "Name"}} for name in "ab"
    ]
    found = tables.sheet("q", columns, [], "fr")
    assert [one.label for one in found.columns[:2]] == ["Nom", "Nom (b)"]


def test_the_terminal_writes_a_workbook_to_a_file(published: Path, tmp_path: Path) -> None:
    out = tmp_path / "answer.xlsx"
    words = ["ask", "partners-by-theme-and-place", "theme=decentralisation", "place=mediterranee"]
    words += ["--home", str(published), "--lang", "fr", "--format"]
    assert cli.main([*words, "xlsx", "-o", str(out)]) == 0
    assert len(records(out.read_bytes())) == 3
    assert cli.main([*words, "json", "-o", str(tmp_path / "a.json")]) == 0
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["count"] == 3
    assert cli.main([*words, "xlsx", "-o", str(tmp_path / "absent" / "a.xlsx")]) == 2
