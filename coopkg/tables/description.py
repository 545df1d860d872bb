"""What goes with a table so that it can be understood, cited and sent back: one line each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from coopkg.answers import Answer, Asked
from coopkg.errors import Lang
from coopkg.questions.templates import FORMS
from coopkg.tables.sheets import Column
from coopkg.tables.text import status
from coopkg.typography import french


@dataclass(frozen=True)
class About:
    """One line: a label and a text for people; a lasting name and value for programs."""

    name: str
    label: str
    text: str
    value: str = ""


def title(asked: Asked, lang: Lang) -> str:
    """Return the title of a question with its choices in it."""
    catalogue = asked.context.catalogue
    words = {
        name: {form: catalogue.words(term, lang, form) for form in FORMS}
        for name, term in asked.bound.items()
    }
    return asked.question.heading(lang, words)


def about(
    asked: Asked, answer: Answer, columns: Sequence[Column], lang: Lang, address: str
) -> list[About]:
    """Return the lines that go with an answer; `address` is that of its page, or ""."""
    return [
        *_question(asked, answer, lang, address),
        *_reading(answer, lang),
        *_licence(lang),
        *_sources(answer, lang),
        *(
            About(f"column.{one.name}", _t(lang, "Colonne", "Column"), one.label, one.kind)
            for one in columns
        ),
    ]


def _t(lang: Lang, fr: str, en: str) -> str:
    return french(fr) if lang == "fr" else en


def _question(asked: Asked, answer: Answer, lang: Lang, address: str) -> Iterator[About]:
    yield About("title", _t(lang, "Question", "Question"), title(asked, lang), answer.question)
    for parameter in asked.question.parameters:
        term = asked.bound.get(parameter.name)
        words = (
            asked.context.catalogue.words(term, lang)
            if term is not None
            else _t(lang, "tous", "any")
        )
        short = answer.parameters.get(parameter.name, "")
        yield About(f"parameter.{parameter.name}", parameter.label[lang], words, short)
    if not answer.inference:
        text = _t(lang, "laissées de côté", "left out")
        yield About("inference", _t(lang, "Déductions", "Inferences"), text, "off")
    sentence = answer.sentence[lang]
    yield About("sentence", _t(lang, "Réponse", "Answer"), sentence)
    yield About("status", _t(lang, "État", "Status"), status(answer, lang), answer.status)
    rows = str(answer.count)
    yield About("count", _t(lang, "Nombre de lignes", "Number of rows"), rows, rows)
    word = _t(lang, "Données de la génération", "Data of generation")
    yield About("generation", word, answer.generation, answer.generation)
    when = _t(lang, "Publiée le", "Published on")
    yield About("published", when, answer.published[:10], answer.published)
    if address:
        mark = "&" if "?" in address else "?"
        lasting = f"{address}{mark}generation={answer.generation}"
        yield About("address", _t(lang, "Page de la question", "Page of the question"), address)
        yield About("lasting", _t(lang, "La même, telle quelle", "The same, as it is"), lasting)
    yield About("language", _t(lang, "Langue", "Language"), _t(lang, "français", "English"), lang)


def _reading(answer: Answer, lang: Lang) -> Iterator[About]:
    for gap in answer.gaps:
        label = _t(lang, "Ce que la source ne dit pas", "What the source does not say")
        text = gap.get("text", {}).get(lang) or gap["label"][lang]
        yield About("gap", label, text, gap["gap"])
    for note in answer.notes:
        yield About("note", _t(lang, "Limite", "Limit"), note["text"][lang], note["kind"])
    for related in answer.related:
        label = _t(lang, "À voir aussi, hors réponse", "See also, not in the answer")
        yield About("related", label, related["reason"][lang], str(related["count"]))
    label = _t(lang, "Pour renvoyer ce classeur", "To send this workbook back")
    yield About(
        "keys",
        label,
        _t(
            lang,
            "Un partenaire peut y corriger ce qu’il a lui-même envoyé, puis renvoyer le classeur : "
            "seules les cellules changées comptent. Des colonnes masquées, à droite, gardent ce "
            "qu’était chaque ligne ; laissez-les en place. L’apostrophe au début d’un texte "
            "empêche qu’il soit pris pour un calcul.",
            "A partner can correct here what it sent itself, and send the workbook back: only the "
            "cells changed count. Hidden columns on the right keep what each row was; leave them "
            "in place. An apostrophe at the beginning of a text keeps it from being taken for a "
            "formula.",
        ),
    )


def _licence(lang: Lang) -> Iterator[About]:
    yield About(
        "licence",
        _t(lang, "Licence", "Licence"),
        _t(lang, "Licence Ouverte 2.0 (Etalab)", "Open Licence 2.0 (Etalab)"),
        "https://www.etalab.gouv.fr/licence-ouverte-open-licence/",
    )
    yield About(
        "notice",
        _t(lang, "Avertissement", "Notice"),
        _t(
            lang,
            "Service non officiel. Chaque ligne vaut ce que valent les passages cités.",
            "Unofficial service. Each row is worth what the passages cited are worth.",
        ),
    )


def _sources(answer: Answer, lang: Lang) -> Iterator[About]:
    for source in answer.sources:
        yield About(
            "source", _t(lang, "Source", "Source"), _source(source, lang), source["passage"]
        )


def _source(source: Mapping[str, Any], lang: Lang) -> str:
    quoted = {"fr": "«\u00a0{}\u00a0»", "en": "“{}”"}[lang]
    return " ".join([str(source["label"][lang]), *map(quoted.format, source["quotations"])])
