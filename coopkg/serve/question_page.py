"""The page of a question: its table with facets, order and pages; its words. No I/O, no Flask."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from markupsafe import Markup, escape

from coopkg.answers import PAGE_ROWS, Answer, Asked, explain_path, parts
from coopkg.answers.parts import Part
from coopkg.answers.relation import sorting
from coopkg.errors import Lang
from coopkg.questions import Question
from coopkg.serve import nothing_view, nouns, present, question_view
from coopkg.serve.i18n import texts
from coopkg.typography import is_symbol, measured

_NUMBER: Final = re.compile(r"(?<![\w.,-])\d[\d\u202f.,]*(?<![.,])(?:[\u00a0]?%)?")
TABLE: Final = "table"


@dataclass(frozen=True)
class Sight:
    """An answer, whole (`page=None`), and what a reader looks at of it."""

    asked: Asked
    answer: Answer
    part: Part
    page: int
    names: present.Names

    @property
    def lang(self) -> Lang:
        """The language of the page."""
        return self.names.lang

    def at(self, part: Part, page: int = 1, anchor: str = TABLE) -> str:
        """Return the address of another part of the answer, or of another of its pages."""
        more = part.query() | ({"page": page} if page > 1 else {})
        path = question_view.address(self.answer, self.answer.parameters, **more)
        return f"/{self.lang}{path}#{anchor}"


def shown(sight: Sight) -> dict[str, Any]:
    """Return what the page draws of an answer, ready to draw.

    Raises:
        ParameterError: a column or a page that the answer has not.
    """
    answer, names, lang = sight.answer, sight.names, sight.lang
    status = question_view.STATUS.get(answer.status, ("", ""))
    return {
        "status_text": status[lang == "en"],
        "sentence": strong(answer, lang),
        "gaps": question_view.gap_words(answer.gaps, lang),
        "nearest": nothing_view.nearest(answer, lang),
        "unsaid": nothing_view.unsaid(answer.gaps, names),
        **_part(sight),
        "related": [_related(one, answer, names) for one in answer.related],
        "sources": question_view.sources(answer.sources, names),
    }


def _related(weak: Mapping[str, Any], answer: Answer, names: present.Names) -> dict[str, Any]:
    caption = question_view.count(weak["count"], names.lang)
    drawn = question_view.table(
        weak["columns"], weak["rows"], names, caption, chosen=answer.parameters
    )
    return {**drawn, "reason": weak["reason"]}


# --- The table: a part of the answer -------------------------------------------------------


def _part(sight: Sight) -> dict[str, Any]:
    answer, part, lang = sight.answer, sight.part, sight.lang
    found = parts.numbers(answer, part, lang)
    here = parts.page_of(found, sight.page)
    reasons = explain_path(sight.asked.question, sight.asked.bound, lang, answer.inference)
    drawn = question_view.table(
        answer.columns,
        [answer.rows[one] for one in here],
        sight.names,
        caption(sight, len(found)),
        lambda number: f"{reasons}{number}",
        [one + 1 for one in here],
        answer.parameters,
        [answer.inapplicable[one] for one in here] if answer.inapplicable else None,
    )
    return {
        "table": {**drawn, "columns": _sortable(drawn["columns"], sight)},
        "pages": _pages(sight, len(found)),
        "facets": [_facet(one) for one in parts.facets(answer, part, lang)],
        "chips": _chips(sight),
        "all_rows": sight.at(replace(part, facets={})),
        "part": parts.of(len(found), len(answer.rows), lang) if part.facets else "",
        "part_fields": _hidden(answer, part),
    }


def _order(sight: Sight) -> tuple[str, bool, str]:
    """Return the column that the rows are sorted by, seen or not, its direction and its label."""
    if sight.part.sort:
        name, down = sight.part.sort, sight.part.descending
    else:
        given = sight.answer.parameters  # a column whose value was chosen sorts nothing
        names = (one for one in sorting(sight.asked.question) if one.lstrip("-") not in given)
        first = next(names, "")
        name, down = first.removeprefix("-"), first.startswith("-")
    column = sight.asked.question.column(name)
    return name, down, column.label[sight.lang] if column else ""


def caption(sight: Sight, count: int) -> str:
    """Return the caption of the table: how many rows, in which order, which page.

    French agrees with « lignes »: « 12 des 40 lignes, triées par pays, de Z à A, page 2 sur 3 ».
    """
    t = texts(sight.lang)
    whole = len(sight.answer.rows)
    said = [
        parts.of(count, whole, sight.lang)
        if sight.part.facets
        else question_view.count(whole, sight.lang) + _things(sight, whole)
    ]
    name, down, label = _order(sight)
    if whole > 1 and name:
        agreed = t("triées" if count > 1 else "triée", "sorted")
        said.append(f"{agreed} {t('par', 'by')} {label.lower()}{_way(sight, name, down)}")
    if (last := parts.pages(count)) > 1:
        said.append(f"page {sight.page} {t('sur', 'of')} {last}")
    return ", ".join(said)


def _things(sight: Sight, whole: int) -> str:
    """Say how many things the rows are about where the sentence counts fewer of them than rows."""
    column = sight.asked.question.column(sight.asked.question.counted)
    number = int(sight.answer.counted["count"])
    if column is None or not 0 < number < whole:
        return ""
    things = nouns.counted(number, column.label[sight.lang], sight.lang)
    if "lignes" in things:  # « 53 lignes pour 28 lignes » would help nobody
        return ""
    return texts(sight.lang)(" pour ", " for ") + things


def _way(sight: Sight, name: str, down: bool) -> str:
    t = texts(sight.lang)
    column = sight.asked.question.column(name)
    if column is not None and column.kind in {"integer", "decimal", "year", "date"}:
        return t(" (décroissant)", " (descending)") if down else t(" (croissant)", " (ascending)")
    return t(" (de Z à A)", " (Z to A)") if down else t(" (de A à Z)", " (A to Z)")


def _sortable(columns: list[dict[str, Any]], sight: Sight) -> list[dict[str, Any]]:
    """Give each column the address that sorts by it, and say by which the rows are sorted."""
    if len(sight.answer.rows) < 2:
        return columns
    by, down, _ = _order(sight)
    listed = []
    for column in columns:
        name = column["name"]
        order = ("descending" if down else "ascending") if name == by else ""
        asked = replace(sight.part, sort=by, descending=down) if name == by else sight.part
        listed.append({**column, "sort": sight.at(asked.sorted_by(name)), "order": order})
    return listed


def _pages(sight: Sight, count: int) -> list[dict[str, Any]]:
    last = parts.pages(count)
    return [
        {
            "number": number,
            "href": sight.at(sight.part, number),
            "here": number == sight.page,
            "first": (number - 1) * PAGE_ROWS + 1,
            "last": min(number * PAGE_ROWS, count),
        }
        for number in (range(1, last + 1) if last > 1 else ())
    ]


def _facet(facet: parts.Facet) -> dict[str, Any]:
    return {"name": f"f.{facet.name}", "label": facet.label, "values": facet.values}


def _chips(sight: Sight) -> list[dict[str, str]]:
    colon = "\u00a0: " if sight.lang == "fr" else ": "
    return [
        {
            "text": f"{facet.label}{colon}{value.text}",
            "href": sight.at(sight.part.without(facet.name, value.key)),
        }
        for facet in parts.facets(sight.answer, sight.part, sight.lang)
        for value in facet.values
        if value.chosen
    ]


def _hidden(answer: Answer, part: Part) -> list[tuple[str, str]]:
    """Return what the form of the facets keeps: choices, inference, order."""
    off = {} if answer.inference else {"inference": "off"}
    order = replace(part, facets={}).query()
    return [(name, str(one)) for name, one in {**answer.parameters, **off, **order}.items()]


# --- Words -----------------------------------------------------------------------------------


def strong(answer: Answer, lang: Lang) -> Markup:
    """Return the sentence of an answer with its number in bold.

    The number opens the sentence (a total), is the count, or one that a row holds: never one that
    a name has in it.
    """
    text = answer.sentence[lang]
    if not answer.rows:
        return escape(text)
    known = {str(answer.counted["count"])}
    for row in answer.rows[:PAGE_ROWS]:
        known |= {cell["value"] for cell in row.values() if cell["type"] == "literal"}
    for found in _NUMBER.finditer(text):
        plain = re.sub(r"[\u202f\u00a0%]", "", found.group())
        if not found.start() or plain in known or plain.replace(",", "") in known:
            start, end = found.span()
            return Markup("{}<strong>{}</strong>{}").format(
                text[:start], text[start:end], text[end:]
            )
    return escape(text)


def short(question: Question, answer: Answer, lang: Lang) -> str:
    """Return the answer in a few words, for the title of the page: « 8 partenaires »."""
    t = texts(lang)
    if answer.status == "not-stated":
        return t("la source ne le dit pas", "the source does not say")
    if not answer.rows:
        return t("aucun résultat", "no result")
    if question.view == "yes-no":
        return str(re.findall(r"\w+", answer.sentence[lang])[0]).lower()
    if question.view in {"number", "mapping"} and (value := _figure(answer, lang)):
        return value
    column = question.column(question.counted)
    label = column.label[lang] if column else ""
    return nouns.counted(int(answer.counted["count"]), label, lang)


def _figure(answer: Answer, lang: Lang) -> str:
    """Return the first figure of an answer of one row, with its unit or its name; "" of others."""
    numbers = [one for one in answer.columns if one["kind"] in {"integer", "decimal"}]
    cell = answer.rows[0].get(numbers[0]["name"]) if numbers and len(answer.rows) == 1 else None
    if cell is None:
        return ""
    column = numbers[0]
    said = parts.words(cell, lang)
    unit = column["unit"][lang] if "unit" in column else ""
    if is_symbol(unit):
        return measured(said, unit, lang)
    return f"{said}\u00a0{unit}" if unit else f"{said} {column['label'][lang].lower()}"
