"""What changed, generation by generation, in words: what the feed and the page of changes tell.

Each generation is compared with the one kept before it, from what both seal; comparisons are kept,
since neither can change. A generation whose predecessor is not kept any more says so. Beside them
stand the answers to the mistakes that readers reported, in the first generation that follows each.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final
from xml.sax.saxutils import escape, quoteattr

from flask import g

from coopkg.answers import compared
from coopkg.answers.compared import Change, Comparison, Renamed, Row, Touched
from coopkg.answers.phrases import quoted
from coopkg.errors import GenerationError, Lang
from coopkg.generation import Generation
from coopkg.mistakes import Mistake
from coopkg.serve import linked, present
from coopkg.serve.i18n import texts
from coopkg.serve.service import Service
from coopkg.terms import BASE, expand

ANSWERS: Final = "answers.json"
STORE: Final = "store.nq"
LABELS: Final = "labels.json"
QUESTIONS: Final = 30
"""Questions told in one entry."""
STORE_MOST: Final = 64 << 20
"""Beyond this size, triples are told by the counts of the manifest, and not compared."""
KEPT: Final = 64

Pair = tuple[str, str]


@dataclass(frozen=True)
class Answered:
    """The public answer to a reported mistake: its reference, what it is about, and its text."""

    reference: str
    about: present.Shown
    text: str


@dataclass(frozen=True)
class Told:
    """One generation as it is told; `items` are HTML: one question that changed each."""

    generation: Generation
    title: str
    paragraphs: tuple[str, ...]
    items: tuple[str, ...]
    answers: tuple[Answered, ...]


class Comparisons:
    """What changed between generations, worked out once; one at a time, for it takes memory."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._known: OrderedDict[Pair, Comparison | None] = OrderedDict()

    def of(self, older: Generation, newer: Generation) -> Comparison | None:
        """Return what changed; None when one of them cannot be read."""
        pair = older.id, newer.id
        with self._lock:
            if pair not in self._known:
                self._known[pair] = _compare(older, newer)
                while len(self._known) > KEPT:
                    self._known.popitem(last=False)
            return self._known[pair]


def _compare(older: Generation, newer: Generation) -> Comparison | None:
    if older.digest == newer.digest:
        return Comparison(0, 0, (), {})
    try:
        touched = _touched(older, newer)
        sealed = [_answers(one) for one in (older, newer)]
    except GenerationError:
        return None
    changes = compared.answers(sealed[0], sealed[1]) if all(sealed) else ()
    return Comparison(
        touched.added,
        touched.removed,
        changes,
        touched.entities,
        _renamed(older, newer, sealed[1]),
    )


def _renamed(
    older: Generation, newer: Generation, answers: Mapping[str, Any]
) -> tuple[Renamed, ...]:
    """Return what is called otherwise; nothing of a generation that is too large to compare."""
    both = (older, newer)
    if any(LABELS not in one.manifest.files for one in both):
        return ()
    if max(one.manifest.files[LABELS].bytes for one in both) > STORE_MOST:
        return ()
    return compared.renamed(older.read_json(LABELS), newer.read_json(LABELS), answers)


def _touched(older: Generation, newer: Generation) -> Touched:
    sizes = [one.manifest.files[STORE].bytes for one in (older, newer)]
    if max(sizes) <= STORE_MOST:
        return compared.touched(older.read(STORE), newer.read(STORE), BASE)
    before, after = (sum(one.manifest.graphs.values()) for one in (older, newer))
    return Touched(max(0, after - before), max(0, before - after), None)


def answers_changed(older: Generation, newer: Generation) -> Sequence[Change] | None:
    """Return which open answers changed; None when one of the two cannot be read, or seals none."""
    try:
        sealed = [_answers(one) for one in (older, newer)]
    except GenerationError:
        return None
    return compared.answers(sealed[0], sealed[1]) if all(sealed) else None


def _answers(found: Generation) -> Mapping[str, Any]:
    """Return the open answers that a generation seals; none when it is older than they are."""
    sealed = found.read_json(ANSWERS) if ANSWERS in found.manifest.files else {}
    return sealed if compared.are_answers(sealed) else {}


def told(
    kept: Sequence[Generation],
    comparisons: Comparisons,
    answered: Sequence[Mistake],
    span: slice,
    lang: Lang,
) -> Iterator[Told]:
    """Tell the generations of a span, the newest first; `kept` are all of them, in that order."""
    for newer, older in list(pairwise([*kept, None]))[span]:
        if newer is None:
            continue
        found = comparisons.of(older, newer) if older else None
        title, paragraphs = _said(newer, older, found, lang)
        items = (*_listed(found.changes, lang), *_names(found.renamed, lang)) if found else ()
        least = older.number if older else 0
        some = [
            _answer(one, lang)
            for one in answered
            if one.answer and least <= one.answer.after < newer.number
        ]
        yield Told(newer, title, tuple(paragraphs), items, tuple(some))


def _answer(one: Mistake, lang: Lang) -> Answered:
    assert one.answer
    about = one.written.about
    names = present.Names(g.service.catalogue, lang)
    shown = (
        present.Shown(names.text(about), names.href(about))
        if about.startswith(BASE)
        else present.Shown(about, about)
    )
    return Answered(one.id, shown, one.answer.fr if lang == "fr" else one.answer.en)


def _said(
    newer: Generation, older: Generation | None, found: Comparison | None, lang: Lang
) -> tuple[str, list[str]]:
    """Return the title of an entry, and its paragraphs."""
    t = texts(lang)
    name = t(f"Génération {newer.number}", f"Generation {newer.number}")
    colon = t(" : ", ": ")
    restored = newer.manifest.restores
    said = []
    if restored is not None:
        said.append(
            t(
                f"Elle rétablit le contenu de la génération {restored}.",
                f"It brings back the content of generation {restored}.",
            )
        )
    if older is None:
        words = t("la plus ancienne conservée", "the oldest that is kept")
    elif found is None:
        words = t("comparaison impossible", "comparison impossible")
        said.append(
            t(
                f"La génération {older.number} ou celle-ci ne peut pas être relue.",
                f"Generation {older.number} or this one cannot be read again.",
            )
        )
    elif found.is_same:
        words = t("rien ne change", "nothing changes")
    else:
        words = _counts(found, lang)
    if older is not None and found is not None and not found.is_same:
        said.append(
            t(
                f"Par rapport à la génération {older.number} : {words}.",
                f"Compared with generation {older.number}: {words}.",
            )
        )
        if ANSWERS not in older.manifest.files:
            said.append(
                t(
                    "La précédente ne gardait pas ses réponses : elles ne sont pas comparées.",
                    "The one before did not keep its answers: they are not compared.",
                )
            )
    return f"{name}{colon}{words}", said or [f"{name}{colon}{words}."]


def _counts(found: Comparison, lang: Lang) -> str:
    t = texts(lang)
    added, removed, changed = found.added, found.removed, len(found.answers)
    renamed = len(found.renamed)
    return "".join(
        (
            t(
                f"{added} {'fait ajouté' if added < 2 else 'faits ajoutés'}",
                f"{added} {'fact' if added == 1 else 'facts'} added",
            ),
            t(
                f", {removed} {'retiré' if removed < 2 else 'retirés'}",
                f", {removed} removed",
            ),
            t(
                f", {changed} {'réponse changée' if changed < 2 else 'réponses changées'}",
                f", {changed} {'answer' if changed == 1 else 'answers'} changed",
            ),
            t(
                f", {renamed} {'nom changé' if renamed < 2 else 'noms changés'}",
                f", {renamed} {'name' if renamed == 1 else 'names'} changed",
            )
            if renamed
            else "",
        )
    )


def _listed(changes: Iterable[Change], lang: Lang) -> Iterator[str]:
    every = list(changes)
    yield from (_change(one, lang) for one in every[:QUESTIONS])
    more = len(every) - QUESTIONS
    if more > 0:
        t = texts(lang)
        yield t(f"et {more} de plus", f"and {more} more")


def _names(renamed: Sequence[Renamed], lang: Lang) -> Iterator[str]:
    """Yield what is called otherwise and in how many answers that is read, as HTML."""
    t = texts(lang)
    service: Service = g.service
    names = present.Names(service.catalogue, lang)
    for one in renamed[:QUESTIONS]:
        # What only the other language calls otherwise is said of that language.
        tag: Lang = lang if one.was[lang] != one.now[lang] else "en" if lang == "fr" else "fr"
        aside = "" if tag == lang else t(" (en anglais)", " (in French)")
        was, now = (quoted(names_of[tag] or "–", lang) for names_of in (one.was, one.now))
        said = t(
            f"nouveau nom{aside} : {was} devient {now}", f"new name{aside}: {was} becomes {now}"
        )
        count = len(one.answers)
        read = t(
            f", dans {count} {'réponse' if count < 2 else 'réponses'}",
            f", in {count} {'answer' if count == 1 else 'answers'}",
        )
        href = names.href(one.iri)
        text = escape(said + (read if count else ""))
        yield f"<a href={quoteattr(linked.public(href))}>{text}</a>" if href[:1] == "/" else text
    if len(renamed) > QUESTIONS:
        more = len(renamed) - QUESTIONS
        yield t(f"et {more} noms de plus", f"and {more} more names")


def _change(one: Change, lang: Lang) -> str:
    """Return what happened to one question, as HTML."""
    t = texts(lang)
    service: Service = g.service
    question = service.questions.get(one.slug)
    title = question.heading(lang, {}) if question else one.slug
    href = quoteattr(linked.public(f"/{lang}/questions/{one.slug}"))
    head = f"<a href={href}>{escape(title)}</a>" if question else escape(title)
    return head + escape(t(" : ", ": ") + "; ".join(_rows(one, service, lang)))


def _rows(one: Change, service: Service, lang: Lang) -> Iterator[str]:
    t = texts(lang)
    if one.was is None:
        yield t(f"nouvelle question, {one.now} lignes", f"new question, {one.now} rows")
    elif one.now is None:
        yield t("question retirée", "question removed")
    elif one.gained is None or one.lost is None:
        yield t(f"{one.was} lignes, puis {one.now}", f"{one.was} rows, then {one.now}")
    else:
        for rows, fr, en in ((one.gained, "gagne", "gains"), (one.lost, "perd", "loses")):
            if rows:
                yield f"{t(fr, en)} {len(rows)} ({_quoted(rows, service, lang)})"


def _quoted(rows: Iterable[Row], service: Service, lang: Lang) -> str:
    every = list(rows)
    shown = [
        " – ".join(_word(cell, service, lang) for cell in row if cell)
        for row in every[: compared.SHOWN]
    ]
    return "; ".join(shown) + (", …" if len(every) > compared.SHOWN else "")


def _word(cell: str, service: Service, lang: Lang) -> str:
    """Return the label of a prefixed name, or the text as it is."""
    try:
        iri = expand(cell).value
    except ValueError:
        return cell
    return service.catalogue.label(iri)[lang] if iri in service.labels else cell
