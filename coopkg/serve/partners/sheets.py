"""`/{lang}/contribute/templates/…`: the files that partners fill, made from the shapes."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from coopkg import templates
from coopkg.errors import Lang, UnknownError
from coopkg.serve import metering
from coopkg.serve.partners import offered
from coopkg.templates import CLASSES, samples

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMS: Final = ", ".join(("xlsx", "csv", *samples.FORMS))


def blueprint() -> Blueprint:
    """Return the route."""
    routes = Blueprint("sheets", __name__)

    @routes.get(f"/<any(fr, en):lang>/contribute/templates/<name>.<any({FORMS}):form>")
    def sheet(lang: Lang, name: str, form: str) -> Response:
        if name not in CLASSES:
            raise UnknownError(
                name, "aucun modèle de ce nom", "no template of that name", tuple(CLASSES)
            )
        with metering.work():
            given = offered.templates()[name]
            if form == "xlsx":
                answer = Response(templates.workbook(given, offered.names(), lang), mimetype=XLSX)
            elif form in samples.FORMS:
                text = samples.sample(given, lang, form)
                answer = Response(text, content_type=samples.FORMS[form])
            else:
                text = templates.csv_text(given, lang)
                answer = Response(text, content_type="text/csv; charset=utf-8; header=present")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{lang}.{form}"'
        return answer

    return routes
