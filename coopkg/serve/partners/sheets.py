"""`/{lang}/contribute/templates/…`: the spreadsheets that partners fill, made from the shapes."""

from __future__ import annotations

from typing import Final

from flask import Blueprint, Response

from coopkg import templates
from coopkg.errors import Lang, UnknownError
from coopkg.serve import metering
from coopkg.serve.partners.vocabularies import vocabulary
from coopkg.templates import CLASSES

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def blueprint() -> Blueprint:
    """Return the route."""
    routes = Blueprint("sheets", __name__)

    @routes.get("/<any(fr, en):lang>/contribute/templates/<name>.<any(xlsx, csv):form>")
    def sheet(lang: Lang, name: str, form: str) -> Response:
        if name not in CLASSES:
            raise UnknownError(
                name, "aucun modèle de ce nom", "no template of that name", tuple(CLASSES)
            )
        with metering.work():
            given = templates.template(name, vocabulary())
            if form == "xlsx":
                answer = Response(templates.workbook(given, vocabulary(), lang), mimetype=XLSX)
            else:
                text = templates.csv_text(given, lang)
                answer = Response(text, content_type="text/csv; charset=utf-8; header=present")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}-{lang}.{form}"'
        return answer

    return routes
