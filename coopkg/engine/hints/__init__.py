"""Errors that teach: what is wrong with a query, what is doubtful in it, and how to mend it.

    characters, words  →  grammar  →  scopes  →  names, values and variables (warnings)

Each step looks only when those before found nothing that bends it. Everything is pure and linear
in the text, or nearly so; nothing here runs a query. A cause is named only when the text shows it:
otherwise a finding says what was seen and what was expected, no more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from coopkg.engine.hints import causes, model, plain, scope, words
from coopkg.engine.hints.comparisons import Comparisons
from coopkg.engine.hints.finding import Diagnostic, Edit, Finding, Said, caret, diagnostic
from coopkg.engine.hints.lexical import Lexer
from coopkg.engine.hints.literals import Literals
from coopkg.engine.hints.model import Model
from coopkg.engine.hints.rules import RULES
from coopkg.engine.hints.scene import Scene
from coopkg.engine.hints.terms import Terms
from coopkg.engine.hints.variables import warnings
from coopkg.engine.hints.vocabulary import Vocabulary
from coopkg.errors import Lang

__all__ = [
    "RULES",
    "Diagnostic",
    "Edit",
    "Finding",
    "Said",
    "Vocabulary",
    "caret",
    "diagnose",
    "errors",
    "in_language",
]

MOST_TOKENS: Final = 10_000
"""Programs write longer queries, lists of values mostly: only their errors are looked for."""
TOO_MANY_TOKENS: Final = 50_000
MOST_FINDINGS: Final = 50
"""More would teach nothing; looking for the nearest of thousands of names takes its time."""


def diagnose(query: str, schema: Vocabulary | None, lang: Lang) -> list[Diagnostic]:
    """Return what is wrong or doubtful in a query, in the order of the text: the first fifty.

    Without a schema (an older generation has none) only its errors are told.
    """
    scene = Scene.of(query)
    if len(scene.tokens) > TOO_MANY_TOKENS:
        return []
    read = _model(scene)
    found = _errors(scene, schema, read)
    short = len(scene.tokens) <= MOST_TOKENS
    if short and not found and schema is not None and read is not None:
        found = list(islice(_doubts(scene, schema, read, lang), MOST_FINDINGS))
    return in_language(found, query, lang)


def in_language(found: Sequence[Finding], query: str, lang: Lang) -> list[Diagnostic]:
    """Return findings in one language, in the order of the text."""
    ordered = sorted(found, key=lambda one: (one.start, one.end))
    return [diagnostic(one, query, RULES[one.rule].severity, lang) for one in ordered]


def errors(scene: Scene, schema: Vocabulary | None = None) -> list[Finding]:
    """Return the errors of a query, in the order of the text."""
    return _errors(scene, schema, _model(scene))


def _errors(scene: Scene, schema: Vocabulary | None, read: Model | None) -> list[Finding]:
    if refused := list(words.refused(scene)):
        return refused
    if said := list(plain.sentence(scene)):
        return said
    lexer = Lexer(scene)
    bending = list(islice(lexer.findings(), MOST_FINDINGS))
    told = [(one.start, one.end) for one in bending]

    def untold(found: Iterable[Finding]) -> Iterator[Finding]:
        for one in islice(found, MOST_FINDINGS):
            if not any(start <= one.start < end for start, end in told):
                yield one

    bending += untold(words.Words(scene, schema).findings())
    found = [*bending, *untold(words.undeclared(scene))]
    bent = () if lexer.bent is None else (lexer.bent,)
    first = min((*bent, *(one.start for one in bending)), default=None)
    fault = scene.reading.fault
    place = fault.token.offset if fault and fault.token else len(scene.text)
    if fault is not None and (first is None or place < first):
        found.append(causes.explain(scene, fault))
    elif not bending and read is not None:
        found += (one for one in scope.errors(scene, read) if _is_error(one))
    return sorted(found, key=lambda one: (one.start, one.end))[:MOST_FINDINGS]


def _is_error(found: Finding) -> bool:
    return RULES[found.rule].severity == "error"


def _model(scene: Scene) -> Model | None:
    reading = scene.reading
    return None if reading.newer or reading.fault is not None else model.of(scene)


def _doubts(scene: Scene, schema: Vocabulary, read: Model, lang: Lang) -> Iterator[Finding]:
    yield from Terms(scene, schema, read).warnings()
    yield from Literals(scene, schema, read, lang).warnings()
    yield from Comparisons(scene, schema, read).warnings()
    yield from warnings(scene, read, schema)
    yield from (one for one in scope.errors(scene, read) if not _is_error(one))
