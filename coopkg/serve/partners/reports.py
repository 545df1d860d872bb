"""A report over HTTP, in the format that its address or Accept asks for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from flask import Response, request

from coopkg import formats
from coopkg.contributions import rendering
from coopkg.errors import Lang
from coopkg.serve.problems import HTTPProblem

FORMATS: Final[Mapping[str, tuple[str, Callable[[Mapping[str, Any], Lang], str]]]] = {
    "txt": ("text/plain; charset=utf-8", rendering.text),
    "csv": ("text/csv; charset=utf-8; header=present", rendering.csv_text),
    "json": ("application/json", lambda report, _: _json(report)),
    "sarif": ("application/sarif+json", rendering.sarif),
    "ttl": ("text/turtle; charset=utf-8", lambda report, _: rendering.turtle(report)),
}
"""How a report may be written: its media type, and what writes it."""
JSON: Final = formats.Format("json", "application/json", "page")
OFFERS: Final = (
    JSON,
    *(
        formats.Format(name, media_type.partition(";")[0], "page")
        for name, (media_type, _) in FORMATS.items()
        if name != JSON.name
    ),
)


def _json(report: Mapping[str, Any]) -> str:
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def split(name: str) -> tuple[str, str]:
    """Return the id of a contribution and the format that ends its address, "" for none.

    >>> split("c-000001-abcdef01.csv"), split("c-000001-abcdef01")
    (('c-000001-abcdef01', 'csv'), ('c-000001-abcdef01', ''))
    """
    bare, _, suffix = name.partition(".")
    return bare, suffix


def chosen(suffix: str) -> str | None:
    """Return the name of the format to write the report in, None for the whole document as JSON.

    Raises:
        HTTPProblem: 404 or 406; there is no such format.
    """
    if suffix == JSON.name:
        return None
    if suffix in FORMATS:
        return suffix
    if suffix:
        known = ", ".join(FORMATS)
        raise HTTPProblem(404, f"Formats du rapport : {known}.", f"Formats of the report: {known}.")
    found = formats.negotiate(request.headers.get("Accept"), OFFERS)
    if found is None:
        known = ", ".join(offer.media_type for offer in OFFERS)
        raise HTTPProblem(406, f"Formats disponibles : {known}.", f"Formats available: {known}.")
    return None if found is JSON else found.name


def response(report: Mapping[str, Any], name: str, form: str, lang: Lang) -> Response:
    """Write a report as a file."""
    media_type, write = FORMATS[form]
    answer = Response(write(report, lang), content_type=media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.vary.add("Accept")
    return answer
