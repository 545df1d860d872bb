"""Answers: what a generation says to a question, assembled without reading or writing anything.

    >>> request = asked(question, evidence, {"theme": "culture"}, context)  # doctest: +SKIP
    >>> answer(request, page=1, lang="fr").as_json()  # doctest: +SKIP

`context` knows how to ask (`of_store` for builds and tests, the engine for visitors); nothing
here knows of HTTP.
"""

from coopkg.answers.asked import Asked, asked
from coopkg.answers.assemble import (
    MOST_ROWS,
    PAGE_ROWS,
    Answer,
    answer,
    explain_path,
    triples,
)
from coopkg.answers.catalogue import Ask, Catalogue, Context, Solution, evidence_of, of_store
from coopkg.answers.changes import choices
from coopkg.answers.explain import Why, why
from coopkg.answers.tables import as_csv, as_turtle

__all__ = [
    "MOST_ROWS",
    "PAGE_ROWS",
    "Answer",
    "Ask",
    "Asked",
    "Catalogue",
    "Context",
    "Solution",
    "Why",
    "answer",
    "as_csv",
    "as_turtle",
    "asked",
    "choices",
    "evidence_of",
    "explain_path",
    "of_store",
    "triples",
    "why",
]
