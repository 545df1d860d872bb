"""The sentence of an answer, in both languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Final

import pyoxigraph as ox

from coopkg.answers.catalogue import Catalogue
from coopkg.answers.relation import Row, distinct
from coopkg.questions import Bilingual, Question
from coopkg.questions.coherence import ROW
from coopkg.questions.templates import Slot, render
from coopkg.terms import LANGUAGES, Term, expand

LISTED: Final = 7  # names in one sentence
NOT_STATED: Final = Bilingual(
    "Les sources ne le disent pas\u00a0: {}.", "The sources do not say: {}."
)


_POSSIBLE: Final = expand("force:possibility")
NOT_ASSERTED: Final = {
    "fr": "Sans déduction, aucune ligne\u00a0: la réponse peut reposer sur ce qui est déduit.",
    "en": "Without inference, no row: the answer may rest on what is inferred.",
}


def sentence(
    question: Question, bound: Mapping[str, Term], found: Sequence[Row], catalogue: Catalogue
) -> dict[str, str]:
    """Return the sentence that says what was found."""
    template = question.sentences[which(question, found)]
    texts = {}
    for lang in LANGUAGES:
        fill = partial(_filled, question, bound, found, catalogue, lang)
        texts[lang] = render(template[lang], fill)
    return texts


def which(question: Question, found: Sequence[Row]) -> str:
    """Return the key of the sentence that fits: `none`, `one`, `many`, `yes`, `no`, `possible`."""
    if not found:
        return "none"
    if "possible" in question.sentences and all(row.value("force") == _POSSIBLE for row in found):
        return "possible"
    if question.view == "yes-no":
        return "yes" if all(_truth(question, row) for row in found) else "no"
    return "one" if len(distinct(found, question.counted)) <= 1 else "many"


def _truth(question: Question, row: Row) -> bool:
    (name,) = (column.name for column in question.columns if column.kind == "boolean")
    value = row.value(name)
    return value is not None and value.value in {"true", "1"}


def _filled(
    question: Question,
    bound: Mapping[str, Term],
    found: Sequence[Row],
    catalogue: Catalogue,
    lang: str,
    slot: Slot,
) -> str:
    if slot.name == "count":
        number = ox.Literal(len(distinct(found, question.counted)))
        return catalogue.words(number, lang)
    if slot.name == "rows":
        template = question.sentences[ROW][lang]
        return listed([_of_row(template, row, catalogue, lang) for row in found], lang)
    if slot.form != "each":
        if slot.name in bound:
            return catalogue.words(bound[slot.name], lang, slot.form)
        for parameter in question.parameters:
            if parameter.name == slot.name:
                return parameter.any_words[lang]
    values = [catalogue.words(term, lang, slot.form) for term in distinct(found, slot.name)]
    return listed(values, lang)


def _of_row(template: str, row: Row, catalogue: Catalogue, lang: str) -> str:
    """Return one row in words: what it says stays together, « 79 % agents du CNFPT »."""

    def fill(slot: Slot) -> str:
        term = row.value(slot.name)
        return catalogue.words(term, lang, slot.form) if term is not None else "–"

    return render(template, fill)


def listed(values: Sequence[str], lang: str, at_most: int = LISTED) -> str:
    """Write a list as a sentence does.

    >>> listed(["CFAD", "AFD", "Expertise France"], "fr")
    'CFAD, AFD et Expertise France'
    >>> listed(list("abcd"), "en", at_most=2)
    'a, b and 2 more'
    """
    shown = list(values[:at_most])
    more = len(values) - len(shown)
    if more:
        other = "autres" if more > 1 else "autre"
        shown.append(f"{more} {other}" if lang == "fr" else f"{more} more")
    if len(shown) < 2:
        return "".join(shown) or "–"
    return f"{', '.join(shown[:-1])} {'et' if lang == 'fr' else 'and'} {shown[-1]}"


def not_stated(gaps: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return the sentence that says what the sources leave unsaid, from the gaps' labels."""
    return {
        lang: NOT_STATED[lang].format(listed([gap[lang] for gap in gaps], lang))
        for lang in LANGUAGES
    }
