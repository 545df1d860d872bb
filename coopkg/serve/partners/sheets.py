"""`/{lang}/contribute/templates/…`: the spreadsheets that partners fill, made from the shapes."""

from __future__ import annotations

import threading
from typing import Final

from flask import Blueprint, Response, g

from coopkg import templates
from coopkg.errors import Lang, UnknownError
from coopkg.serve import metering
from coopkg.serve.service import STORE
from coopkg.templates import CLASSES, Vocabulary

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_making: Final = threading.Lock()


def blueprint() -> Blueprint:
    """Return the route."""
    routes = Blueprint("sheets", __name__)
    held: dict[str, Vocabulary] = {}

    def vocabulary() -> Vocabulary:
        """Return the words of the generation: made once for each, which takes a while."""
        generation = g.service.generation
        with _making:
            if generation.id not in held:
                made = Vocabulary.of_store(generation.read(STORE), g.service.labels)
                held.clear()
                held[generation.id] = made
            return held[generation.id]

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
