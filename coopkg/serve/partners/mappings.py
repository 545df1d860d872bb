"""`/{lang}/contribute/mapping`: say what each column of one's own sheet holds; keep that.

Every page is drawn by the server. `/api/mappings` answers the same to programs, and a kept mapping
is downloaded as RML (Turtle) or as what `coopkg check --mapping` reads (JSON).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from flask import Blueprint, Response, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from coopkg.answers.tables import harmless
from coopkg.contributions import Partner, mappings, partners
from coopkg.contributions.mappings import Saved
from coopkg.errors import CoopkgError, Lang, UnknownError
from coopkg.serve import metering
from coopkg.serve.partners import (
    bodies,
    columns,
    documents,
    mapped,
    offered,
    page,
    pages,
    passes,
    sending,
    tokens,
)
from coopkg.serve.partners.drafts import Drafts
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.sparql import protocol
from coopkg.templates import Mapping as Columns
from coopkg.templates import rml

API: Final = "/api/mappings"
_LANG: Final = "/<any(fr, en):lang>/contribute"
_FORMS: Final = {"ttl": "text/turtle; charset=utf-8", "json": "application/json"}


def blueprint(drafts: Drafts) -> Blueprint:
    """Return the routes; `drafts` holds the file whose columns are named."""
    routes = Blueprint("mappings", __name__)

    @routes.get(f"{_LANG}/mapping")
    def back(lang: Lang) -> BaseResponse:
        return redirect(f"/{lang}/contribute#send", 303)

    @routes.post(f"{_LANG}/mapping")
    def step(lang: Lang) -> BaseResponse:
        page.own()
        fields: dict[str, str] = {}
        try:
            fields = _fields()
            return _step(page.who(fields), fields, drafts, lang)
        except (CoopkgError, HTTPProblem) as error:
            return pages.form_page(fields, lang, error)

    @routes.get(f"{_LANG}/mappings")
    def ask(lang: Lang) -> Response:
        return page.shown("mappings.html", saved=None)

    @routes.post(f"{_LANG}/mappings")
    def listed(lang: Lang) -> Response:
        page.own()
        try:
            fields = dict(protocol.fields(pages.form_body()))
            return _listed(page.who(fields), fields, lang)
        except (CoopkgError, HTTPProblem) as error:
            code, text = page.trouble(error, lang)
            return page.shown("mappings.html", code, saved=None, error=text)

    @routes.get(f"{_LANG}/mappings/<partner>/<name>.<any(ttl, json):form>")
    def download(lang: Lang, partner: str, name: str, form: str) -> Response:
        if not passes.opens(_opened(partner, name), request.args.get("code", "")):
            raise HTTPProblem(
                404,
                "Aucune correspondance à cette adresse : elle doit être entière, avec son code.",
                "No mapping at this address: it must be whole, with its code.",
            )
        return _written(partners.find(tokens.settings().home, partner), name, form)

    @routes.get(f"{_LANG}/mappings/{rml.NAMES}")
    def names(lang: Lang) -> Response:
        with metering.work():
            answer = Response(_names(), content_type="text/csv; charset=utf-8; header=present")
        answer.headers["Content-Disposition"] = f'attachment; filename="{rml.NAMES}"'
        return answer

    _program(routes)
    return routes


def _names() -> str:
    """Return the table of names that RML joins cells with: every name of every thing."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow(["name", "iri"])
    for iri, entry in sorted(g.service.labels.items()):
        texts = (entry.get("fr"), entry.get("en"), *entry.get("alt", ()))
        for text in dict.fromkeys(filter(None, texts)):
            writer.writerow([harmless(str(text)), iri])
    return written.getvalue()


def _program(routes: Blueprint) -> None:
    """Add what programs ask."""

    @routes.get(API)
    def own() -> Response:
        partner = tokens.bearer()
        kept = mappings.listing(tokens.settings().home, partner.name)
        return documents.written({"mappings": [_brief(one) for one in kept]})

    @routes.post(API)
    def keep() -> Response:
        partner = tokens.bearer()
        body = bodies.whole(tokens.settings())
        made = mapped.given(partner.name, body.decode("utf-8", "replace"))
        if not made:
            raise HTTPProblem(400, "Le corps est vide : TOML ou JSON.", "Empty body: TOML or JSON.")
        label = request.args.get("label", "")
        one = mappings.keep(
            tokens.settings().home, partner.name, made, mapped.headings(made), label
        )
        return documents.written(_brief(one), 201, {"Location": f"{API}/{one.name}"})

    @routes.get(f"{API}/<name>")
    def one(name: str) -> Response:
        bare, _, form = name.partition(".")
        if form not in {"", *_FORMS}:
            raise UnknownError(name, "formats : json, ttl", "formats: json, ttl", tuple(_FORMS))
        return _written(tokens.bearer(), bare, form or "json")

    @routes.delete(f"{API}/<name>")
    def drop(name: str) -> Response:
        partner = tokens.bearer()
        return documents.written(_brief(mappings.drop(tokens.settings().home, partner.name, name)))


# --- Kept mappings -------------------------------------------------------------------------


def _brief(one: Saved) -> dict[str, Any]:
    return {
        "name": one.name,
        "label": one.label or None,
        "headings": list(one.headings),
        "kept": one.kept,
        "sha256": one.digest,
        "href": f"{API}/{one.name}",
    }


def _opened(partner: str, name: str) -> str:
    return f"mapping/{partner}/{name}"


def _listed(partner: Partner, fields: Mapping[str, str], lang: Lang) -> Response:
    """Show what a partner keeps, after taking one off when that is asked."""
    home, told = tokens.settings().home, ""
    if fields.get("action") == "drop":
        told = mappings.drop(home, partner.name, fields.get("name", "")).label
    saved = [
        {
            "one": one,
            "columns": mapped.shown(mappings.content(home, one)),
            "href": f"/{lang}/contribute/mappings/{partner.name}/{one.name}",
            "code": passes.code(_opened(partner.name, one.name)),
        }
        for one in mappings.listing(home, partner.name)
    ]
    return page.shown(
        "mappings.html", saved=saved, partner=partner, dropped=told, pass_=passes.issue(partner)
    )


def _written(partner: Partner, name: str, form: str) -> Response:
    home = tokens.settings().home
    one = mappings.get(home, partner.name, name)
    made = mappings.content(home, one)
    if form == "json":
        text = json.dumps(made, ensure_ascii=False, indent=1) + "\n"
    else:
        text = rml.rml(Columns.of_json(made), one.label or "table.csv", partner.base)
    answer = Response(text, content_type=_FORMS[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.{form}"'
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer


# --- Naming the columns of a file ----------------------------------------------------------


def _fields() -> dict[str, str]:
    if bodies.is_form():
        return bodies.form(tokens.settings()).fields
    return dict(protocol.fields(pages.form_body()))


def _step(partner: Partner, fields: dict[str, str], drafts: Drafts, lang: Lang) -> Response:
    """Show what the columns may be, or check the file by what was chosen."""
    draft = fields.get("draft", "")
    upload, tables = drafts.get(draft, partner.name), drafts.tables(draft, partner.name)
    if upload is None or not tables or "headings" not in tables[0]:
        raise HTTPProblem(
            400,
            "Ce fichier n’est plus gardé : choisissez-le à nouveau.",
            "This file is kept no longer: choose it again.",
        )
    asked = columns.read(fields, tables, offered.templates(), offered.names().names, upload.mapping)
    if fields.get("action") != "use" or asked.wrong:
        return page.shown(
            "mapping.html",
            422 if asked.wrong else 200,
            asked=asked,
            upload=upload,
            tables=tables,
            draft=draft,
            given={name: fields.get(name, "") for name in pages.KEPT},
            hidden={"pass": passes.issue(partner)},
        )
    made = asked.mapping(one_sheet=len(tables) == 1).as_json()
    if fields.get("remember") == "yes":
        home = tokens.settings().home
        mappings.keep(home, partner.name, made, mapped.headings(made), upload.name)
    read = replace(upload, mapping=made)
    return pages.checked(read, sending.tried(read), fields, drafts)
