"""The library of examples: every question as it stands, and the examples of `queries/examples/`.

Each is run on the generation being made, and its rows are counted. An example that gives nothing
teaches nothing: it stops the publication. A question may rightly have no row – its contract says
so, and the library shows it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers import Context
from coopkg.build import laid_out
from coopkg.errors import PublicationError, QuestionError
from coopkg.questions import CATEGORIES, Question
from coopkg.questions.fields import HEADER, Bilingual, Table, fault, header
from coopkg.sparql_text import query_form, tokenize

EXAMPLES: Final = "examples"
FOR_RESEARCHERS: Final = Bilingual("Exemples pour la recherche", "Examples for research")
_FORMS: Final = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")


@dataclass(frozen=True)
class Example:
    """A query that runs as it stands, and its words; `is_question`: it has a page of its own.

    `asked` is the query of a question with its description, as it is asked elsewhere.
    """

    slug: str
    title: Bilingual
    comment: Bilingual
    category: str
    keywords: Bilingual
    query: str
    form: str
    is_question: bool = False
    asked: str = ""


def library(questions: Iterable[Question], folder: Path) -> list[Example]:
    """Return every example: the hand-written ones first, then the questions.

    Raises:
        QuestionError: a file of `queries/examples/` is no example.
    """
    written = load(folder)
    asked = [of_question(question) for question in questions]
    if twice := {one.slug for one in written} & {one.slug for one in asked}:
        slug = min(twice)
        raise fault(
            slug, "", "ce nom est déjà celui d’une question", "", "a question already has that name"
        )
    return [*written, *asked]


def load(folder: Path) -> list[Example]:
    """Read the hand-written examples of a folder; none when there is no folder."""
    return [_read(path) for path in sorted((folder / EXAMPLES).glob("*.rq"))]


def _read(path: Path) -> Example:
    slug = path.stem
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QuestionError(
            slug, f"fichier illisible : {error}", f"unreadable file: {error}"
        ) from error
    table = Table(slug, "", header(slug, text))
    title, comment = table.both("title"), table.both("help")
    table.close()
    query = without_description(text)
    form = query_form(tokenize(query)) or ""
    if form not in _FORMS:
        raise fault(slug, "", "aucune requête", "", "no query")
    return Example(slug, title, comment, "research", FOR_RESEARCHERS, query, form)


def of_question(question: Question) -> Example:
    """Return a question as an example: its open form, nothing chosen."""
    category = CATEGORIES[question.category]
    title = Bilingual(*(question.heading(lang, {}) for lang in ("fr", "en")))
    return Example(
        slug=question.slug,
        title=title,
        comment=Bilingual(question.help["fr"], question.help["en"]),
        category=question.category,
        keywords=Bilingual(category["fr"], category["en"]),
        query=without_description(question.text),
        form="SELECT",
        is_question=True,
        asked=question.text,
    )


def without_description(text: str) -> str:
    r"""Return a query without its `#+` lines.

    >>> without_description("#+ a = 1\n\nSELECT * {}\n")
    'SELECT * {}\n'
    """
    kept = [line for line in text.splitlines() if not line.startswith(HEADER)]
    return "\n".join(kept).strip() + "\n"


def checked(
    examples: Iterable[Example], store: bytes | ox.Store, asked: Context | None = None
) -> list[dict[str, Any]]:
    """Run every example on a store, loaded or as N-Quads, and return what is sealed of each.

    `asked` is the same, where the rows of questions are remembered.

    Raises:
        PublicationError: a hand-written example fails or gives nothing; all of them are named.
    """
    loaded = store if isinstance(store, ox.Store) else ox.Store()
    if isinstance(store, bytes):
        loaded.bulk_load(store, ox.RdfFormat.N_QUADS)
    sealed: list[dict[str, Any]] = []
    refused: list[tuple[str, str]] = []
    for example in examples:
        where = f"queries/{EXAMPLES}/{example.slug}.rq"
        try:
            if asked is not None and example.asked:
                rows = len(asked.ask(example.asked, {}))
            else:
                rows = count(loaded, example.query)
        except (ValueError, SyntaxError, OSError) as error:
            refused.append((f"{where} : {error}", f"{where}: {error}"))
            continue
        if not rows and not example.is_question:
            refused.append((f"{where} : aucune ligne", f"{where}: no row"))
        sealed.append(_sealed(example, rows))
    if refused:
        raise PublicationError(
            "publication refusée, des exemples ne donnent rien :\n"
            + "\n".join(fr for fr, _ in refused),
            "publication refused, examples give nothing:\n" + "\n".join(en for _, en in refused),
        )
    return sealed


def count(store: ox.Store, query: str) -> int:
    """Return how many rows or triples a query gives; a yes is one, a no is none."""
    found = store.query(query)
    if isinstance(found, ox.QueryBoolean):
        return int(bool(found))
    return sum(1 for _ in found)


def _sealed(example: Example, rows: int) -> dict[str, Any]:
    return {
        "slug": example.slug,
        "title": example.title.as_json(),
        "comment": example.comment.as_json(),
        "category": {"slug": example.category, **example.keywords.as_json()},
        "query": example.query,
        "form": example.form,
        "question": example.is_question,
        "rows": rows,
    }


def as_json(sealed: list[dict[str, Any]]) -> bytes:
    """Write `examples.json`."""
    return laid_out.as_json(sealed)
