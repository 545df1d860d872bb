"""A partner's own columns: the mapping that a request gives, or the one kept for such headings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from coopkg.contributions import Upload, mappings
from coopkg.contributions.job import Outcome
from coopkg.contributions.mappings import Saved
from coopkg.serve.partners import bodies, offered, sending
from coopkg.serve.partners.tokens import settings
from coopkg.serve.problems import HTTPProblem
from coopkg.templates import Mapping as Columns
from coopkg.templates import MappingError
from coopkg.templates.vocabulary import key

TABLES: Final = frozenset(
    {bodies.SUFFIXES[".csv"], bodies.SUFFIXES[".xlsx"], "text/tab-separated-values"}
)


def given(partner: str, text: str) -> dict[str, Any]:
    """Return the mapping that a request gives: the name of a kept one, or TOML, or JSON.

    Raises:
        HTTPProblem: 400; it cannot be read.
        UnknownError: the partner keeps none of that name.
    """
    text = text.strip()
    if not text:
        return {}
    home = settings().home
    if mappings.NAME.fullmatch(text):
        return mappings.content(home, mappings.get(home, partner, text))
    try:
        return Columns.read(text).as_json()
    except MappingError as error:
        raise HTTPProblem(
            400,
            f"La correspondance des colonnes ne peut pas être lue : {error.words['fr']}.",
            f"The mapping of columns cannot be read: {error.words['en']}.",
        ) from error


def tried(upload: Upload) -> tuple[Upload, Outcome]:
    """Check an upload; when its columns are those of a kept mapping, by that mapping.

    Raises as `sending.tried`.
    """
    outcome = sending.tried(upload)
    saved = _fitting(upload, outcome)
    if saved is None:
        return upload, outcome
    upload = replace(upload, mapping=mappings.content(settings().home, saved))
    return upload, sending.tried(upload)


def fitted(upload: Upload) -> Upload:
    """Return an upload that is to be sent with the mapping kept for its columns, if there is one.

    Raises as `sending.tried`.
    """
    is_table = upload.media_type.partition(";")[0].strip() in TABLES
    if upload.mapping or not is_table or not mappings.listing(settings().home, upload.partner):
        return upload
    return tried(upload)[0]


def _fitting(upload: Upload, outcome: Outcome) -> Saved | None:
    if upload.mapping:
        return None
    for table in outcome.report.get("tables", ()):
        wanted = keyed(table["headings"])
        for one in mappings.listing(settings().home, upload.partner):
            if keyed(one.headings) == wanted:
                return one
    return None


def keyed(headings: Iterable[str]) -> frozenset[str]:
    """Return headings as they are compared."""
    return frozenset(key(one) for one in headings if one.strip())


def headings(mapping: Mapping[str, Any]) -> tuple[str, ...]:
    """Return every heading that a mapping speaks of, those it leaves out too."""
    made = Columns.of_json(mapping)
    return tuple(filter(None, (made.id, *(one.heading for one in made.columns), *made.ignored)))


def shown(mapping: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what a mapping says of each column: its heading, and in both languages what it is."""
    if not mapping:
        return []
    made = Columns.of_json(mapping)
    known = {one.kind: one for one in offered.templates().values()}
    fields = {one.name: one.label for one in known[made.kind].fields} if made.kind in known else {}
    read = [
        {"heading": one.heading, "label": fields.get(one.field.name, _same(one.field.name))}
        for one in made.columns
    ]
    first = [{"heading": made.id, "label": NAMES_ROWS}] if made.id else []
    out = [{"heading": one, "label": NOT_READ} for one in made.ignored]
    return [*first, *read, *out]


NAMES_ROWS: Final = {"fr": "le nom court de chaque ligne", "en": "the short name of each row"}
NOT_READ: Final = {"fr": "n’est pas lue", "en": "is not read"}


def _same(text: str) -> dict[str, str]:
    return {"fr": text, "en": text}
