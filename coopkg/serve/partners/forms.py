"""`/{lang}/contribute/new/…`: describe one thing in a form made from the shapes, without a file.

First what is there already under such a name, then the form. What is filled becomes a table of
one row: its check, its report and its contribution are those of a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from flask import Blueprint, Response, g, request

from coopkg.contributions import Partner, Upload
from coopkg.contributions.job import Outcome
from coopkg.errors import CoopkgError, Lang, UnknownError
from coopkg.serve import metering
from coopkg.serve.partners import api, bodies, entries, offered, page, pages, passes, sending, views
from coopkg.serve.partners.drafts import Drafts
from coopkg.serve.partners.entries import Entry
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.reconcile.known import index
from coopkg.serve.sparql import protocol
from coopkg.templates import CLASSES, Template
from coopkg.templates.vocabulary import key
from coopkg.terms import BASE

NAME_MAX: Final = 500
_LANG: Final = "/<any(fr, en):lang>/contribute/new"
_USES: Final = ("country-action", "project", "partnership")
Pairs = Sequence[tuple[str, str]]


def blueprint(drafts: Drafts) -> Blueprint:
    """Return the routes; `drafts` keeps what was filled and not sent yet."""
    routes = Blueprint("forms", __name__)

    @routes.get(_LANG)
    def every(lang: Lang) -> Response:
        return page.shown("forms.html", classes=offered.templates())

    @routes.get(f"{_LANG}/<name>")
    def start(lang: Lang, name: str) -> Response:
        template = _template(name)
        with metering.work():
            if "use" in request.args:
                return _existing(template, request.args["use"], lang)
            if _is_named(template) and "create" not in request.args:
                return _search(template, request.args.get("q", ""), lang)
            return _shown(_begun(template, request.args), None, {}, lang)

    @routes.post(f"{_LANG}/<name>")
    def fill(lang: Lang, name: str) -> Response:
        page.own()
        template = _template(name)
        pairs = protocol.fields(pages.form_body())
        fields = dict(pairs)
        with metering.work():
            return _filled(template, pairs, fields, drafts, lang)

    return routes


def _template(name: str) -> Template:
    known = offered.templates()
    if name not in known:
        raise UnknownError(
            name, "aucune fiche de ce nom", "there is no form of that name", tuple(known)
        )
    return known[name]


def _is_named(template: Template) -> bool:
    return any(one.name in entries.NAMES for one in template.fields)


# --- Before the form ----------------------------------------------------------------------


def _search(template: Template, text: str, lang: Lang) -> Response:
    """Show what there is already under a name; to create comes after."""
    wanted = text.strip()[:NAME_MAX]
    alike = views.alike(wanted, template.kind, index(g.service)) if key(wanted) else []
    return page.shown(
        "form_search.html", kind=template, q=wanted, alike=alike, asked="q" in request.args
    )


def _existing(template: Template, iri: str, lang: Lang) -> Response:
    """Show what to do with a thing that is there already: name it, never describe it again."""
    full = iri if iri.startswith(BASE) else BASE + "id/" + iri
    if full not in g.service.labels:
        raise UnknownError(iri[:80], "rien de ce nom", "nothing of that name")
    uses = []
    for name in _USES:
        for place, one in enumerate(offered.templates()[name].fields):
            if one.name.endswith("coop:partner") and full in (one.among or ()):
                uses.append((offered.templates()[name], f"f{place}"))
    return page.shown(
        "form_existing.html", kind=template, iri=full, uses=uses, names=offered.names()
    )


def _begun(template: Template, given: Mapping[str, str]) -> Entry:
    """Return an entry with what the address says of it: its name, or things to name."""
    text = given.get("q", "").strip()[:NAME_MAX]
    places = [(name, value) for name, value in request.args.items(multi=True) if name[:1] == "f"]
    entry = entries.read(template, places)
    if text and _is_named(template) and not entry.first(f"skos:prefLabel@{g.lang}"):
        entry.values[f"skos:prefLabel@{g.lang}"] = [text]
    return entry


# --- The form -----------------------------------------------------------------------------


def _filled(
    template: Template, pairs: Pairs, fields: dict[str, str], drafts: Drafts, lang: Lang
) -> Response:
    """Do what a button says: look for something, add a list, check, or change what was checked."""
    action, _, place = fields.get("action", "check").partition("-")
    entry = entries.read(template, pairs)
    try:
        if action == "edit":
            return _again(template, page.who(fields), fields, drafts, lang)
        if action in {"find", "more"}:
            return _helped(entry, action, place, fields, lang)
        partner = page.who(fields)
        if entry.errors:
            return _shown(entry, partner, fields, lang, 422)
        return _checked(entry, partner, fields, drafts, lang)
    except (CoopkgError, HTTPProblem) as error:
        code, text = page.trouble(error, lang)
        entry.general.append({"fr": text, "en": text})
        return _shown(entry, None, fields, lang, code)


def _helped(entry: Entry, action: str, place: str, fields: dict[str, str], lang: Lang) -> Response:
    """Show the form again with what was looked for, or with one more list in a field."""
    many = len(entry.template.fields)
    number = int(place) if place.isascii() and place.isdigit() and int(place) < many else -1
    if number < 0:
        raise HTTPProblem(400, "Ce bouton n’existe pas ici.", "There is no such button here.")
    name = entry.template.fields[number].name
    if action == "more":
        entry.more[name] += 1
    known = bool(fields.get("pass") or fields.get("token", "").strip())
    return _shown(entry, page.who(fields) if known else None, fields, lang, at=f"f{number}")


def _again(
    template: Template, partner: Partner, fields: dict[str, str], drafts: Drafts, lang: Lang
) -> Response:
    """Show what was checked, to be changed."""
    kept = drafts.tables(fields.get("draft", ""), partner.name)
    if not kept or kept[0].get("form") != template.name:
        raise HTTPProblem(
            400,
            "Cette fiche n’est plus gardée : remplissez-la à nouveau.",
            "This entry is kept no longer: fill it again.",
        )
    entry = entries.read(template, [tuple(pair) for pair in kept[0]["pairs"]])
    return _shown(entry, partner, {**fields, **kept[0]["given"]}, lang)


def _checked(
    entry: Entry, partner: Partner, fields: dict[str, str], drafts: Drafts, lang: Lang
) -> Response:
    """Check an entry as a file; what is wrong comes back beside its field."""
    template = entry.template
    name = entries.short_name(entry, partner.base, g.service.labels)
    body = entries.row(entry, lang, name)
    upload = api.upload(partner, _file(name, body), {**fields, "graph": _graph(partner, fields)})
    upload = replace(upload, mapping=entries.mapping(template, lang).as_json())
    outcome = sending.tried(upload)
    entries.place_findings(entry, outcome.report["findings"])
    if entry.errors or entry.general or outcome.status not in api.ACCEPTED:
        return _shown(entry, partner, fields, lang, sending.OF_STATUS.get(outcome.status, 422))
    return _good(entry, upload, outcome, fields, drafts, lang)


def _good(
    entry: Entry,
    upload: Upload,
    outcome: Outcome,
    fields: dict[str, str],
    drafts: Drafts,
    lang: Lang,
) -> Response:
    """Show what sending would change, as for a file; the entry can be changed from there."""
    told = replace(outcome, report=entries.in_words(outcome.report, entry.template, lang))
    held = [
        (f"f{n}", v) for n, one in enumerate(entry.template.fields) for v in entry.values[one.name]
    ]
    sought = [(f"q{n}", entry.sought[one.name]) for n, one in enumerate(entry.template.fields)]
    form = {
        "form": entry.template.name,
        "pairs": [*held, *sought],
        "given": {name: fields.get(name, "") for name in pages.KEPT},
    }
    return pages.checked(upload, told, fields, drafts, form)


def _graph(partner: Partner, fields: Mapping[str, str]) -> str:
    return pages.graph_of(partner, fields.get("graph", ""))


def _file(name: str, body: bytes) -> bodies.File:
    return bodies.File(f"{name}.csv", bodies.SUFFIXES[".csv"], body)


def _shown(
    entry: Entry,
    partner: Partner | None,
    fields: Mapping[str, str],
    lang: Lang,
    status: int = 200,
    at: str = "",
) -> Response:
    """Show the form with what it holds; a token that was given is never written back."""
    base = partner.base if partner else ""
    return page.shown(
        "form.html",
        status,
        entry=entry,
        kind=entry.template,
        groups=views.groups(entry, offered.names(), index(g.service), lang, base),
        pass_=passes.issue(partner) if partner else "",
        given={name: fields.get(name, "") for name in pages.KEPT},
        at=at,
        example=CLASSES[entry.template.name].example[lang == "en"],
    )
