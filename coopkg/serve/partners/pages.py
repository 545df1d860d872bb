"""`/{lang}/contribute` and what follows: ask for access, check a file, send it, see its state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any, Final

from flask import Blueprint, Response, current_app, g, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from coopkg import contributions
from coopkg.contributions import Contribution, Partner, Upload, access
from coopkg.contributions.job import Outcome
from coopkg.errors import CoopkgError, Lang, ParameterError, UnauthorisedError
from coopkg.serve import metering
from coopkg.serve.partners import api, bodies, mapped, page, passes, reports, sending, tokens, words
from coopkg.serve.partners.drafts import Drafts
from coopkg.serve.partners.words import Both
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.sparql import protocol

TRAP: Final = "website"
COST: Final = 30.0
"""What asking for access takes of the errors that a client may make."""
SHEETS: Final = frozenset({".xls", ".xlsb", ".xlsm", ".xlt", ".ods", ".numbers"})
"""Ends of names of workbooks that a spreadsheet program saves as one that is read."""
KEPT: Final = ("graph", "method", "licence")
_LANG: Final = "/<any(fr, en):lang>"


def blueprint(drafts: Drafts) -> Blueprint:
    """Return the routes; `drafts` keeps what was checked and not sent yet."""
    routes = Blueprint("contribute", __name__)
    _sending(routes, drafts)
    _asking(routes)
    _following(routes)
    return routes


def _sending(routes: Blueprint, drafts: Drafts) -> None:
    @routes.get(f"{_LANG}/contribute")
    def form(lang: Lang) -> Response:
        return form_page({}, lang)

    @routes.post(f"{_LANG}/contribute")
    def post(lang: Lang) -> BaseResponse:
        page.own()
        fields: dict[str, str] = {}
        try:
            given = bodies.form(tokens.settings())
            fields = given.fields
            partner = page.who(fields)
            return _done(_upload(partner, given, drafts), fields, drafts, lang)
        except (CoopkgError, HTTPProblem) as error:
            return form_page(fields, lang, error)


def _asking(routes: Blueprint) -> None:
    @routes.post(f"{_LANG}/contribute/access")
    def ask(lang: Lang) -> BaseResponse:
        page.own()
        given = dict(protocol.fields(form_body()))
        try:
            made = _asked(given, lang)
        except ParameterError as error:
            return form_page({}, lang, error, asked=given)
        return _see(f"/{lang}/contribute/access/{made.id}")

    @routes.get(f"{_LANG}/contribute/access/<name>")
    def asked(lang: Lang, name: str) -> Response:
        return page.shown("access_asked.html", asked=access.get(tokens.settings().home, name))


def _following(routes: Blueprint) -> None:
    @routes.get(f"{_LANG}/contributions/<name>")
    def state(lang: Lang, name: str) -> Response:
        bare, suffix = reports.split(name)
        one = _opened(bare)
        view = page.view(one, lang)
        if suffix in reports.FORMATS:
            return reports.response(view["report"], one.id, suffix, lang)
        return page.shown("contribution.html", **view, formats=reports.FORMATS)

    @routes.post(f"{_LANG}/contributions/<name>")
    def back(lang: Lang, name: str) -> BaseResponse:
        page.own()
        fields = dict(protocol.fields(form_body()))
        try:
            partner = page.who(fields)
            one = contributions.get(tokens.settings().home, name)
            if one.partner != partner.name:
                raise UnauthorisedError(
                    "not-yours", "cette contribution n’est pas la vôtre", "it is not yours"
                )
            api.taken_back(one, api.WHY)
        except CoopkgError as error:
            code, text = page.trouble(error, lang)
            view = page.view(_opened(name), lang)
            return page.shown(
                "contribution.html", code, **view, error=text, formats=reports.FORMATS
            )
        return _see(f"/{lang}/contributions/{name}?code={passes.code(name)}")


# --- Read ----------------------------------------------------------------------------------


def form_body() -> bytes:
    """Return the body of a plain form.

    Raises:
        HTTPProblem: 413 or 415.
    """
    if request.mimetype != protocol.FORM:
        raise HTTPProblem(415, f"Envoyez {protocol.FORM}.", f"Send {protocol.FORM}.")
    return protocol.body(request, bodies.FIELDS_KB << 10)


def _upload(partner: Partner, given: bodies.Form, drafts: Drafts) -> Upload:
    """Return what a form sends: the file that was chosen, else the one that was checked.

    Raises:
        HTTPProblem: there is none, or it was forgotten since.
    """
    fields = {**given.fields, "graph": graph_of(partner, given.fields.get("graph", ""))}
    chosen = [one for one in given.files if one.body or one.name]
    if chosen:
        _readable(chosen[0].name)
        return api.upload(partner, api.only(tuple(chosen)), fields)
    kept = drafts.get(given.fields.get("draft", ""), partner.name)
    if kept is None:
        raise HTTPProblem(
            400,
            "Choisissez le fichier à envoyer.",
            "Choose the file to send.",
        )
    return replace(kept, licence=fields.get("licence", ""), lang=g.lang)


def _readable(name: str) -> None:
    """Say what to do with a file that people have and that is not read.

    Raises:
        HTTPProblem: 415.
    """
    end = PurePath(name.lower()).suffix
    if end in bodies.SUFFIXES or not end:
        return
    shown = name[-60:]
    known = ", ".join(("Excel (.xlsx)", "CSV (.csv)", *(".ttl", ".trig", ".nt", ".jsonld")))
    fr = f"« {shown} » n’est pas d’un format lu ici : {known}."
    en = f"“{shown}” is not in a format that is read here: {known}."
    if end in SHEETS:
        fr = (
            f"« {shown} » est un classeur d’un autre format. Ouvrez-le dans votre tableur, puis "
            "« Enregistrer sous », et choisissez « Classeur Excel (.xlsx) »."
        )
        en = (
            f"“{shown}” is a workbook in another format. Open it in your spreadsheet program, "
            "then “Save as”, and choose “Excel workbook (.xlsx)”."
        )
    raise HTTPProblem(415, fr, en)


def graph_of(partner: Partner, name: str) -> str:
    """Return the graph that a short name means, "" for the main one.

    Raises:
        ParameterError: it cannot be a name.
    """
    name = name.strip()
    if not name:
        return ""
    if contributions.partners.NAME.fullmatch(name) is None or len(name) > 64:
        raise ParameterError(
            "graph",
            name[:40],
            "minuscules sans accent, chiffres et tirets, par exemple stages-2026",
            "lower-case letters, digits and hyphens, such as courses-2026",
        )
    return f"{partner.graph}/{name}"


def _opened(name: str) -> Contribution:
    """Return a contribution whose address holds its code.

    Raises:
        HTTPProblem: 404; there is none, or the code is not its own: which of both is not told.
    """
    given = request.args.get("code", "")
    if not passes.opens(name, given):
        raise HTTPProblem(
            404,
            "Aucune contribution à cette adresse : elle doit être entière, avec son code.",
            "No contribution at this address: it must be whole, with its code.",
        )
    return contributions.get(tokens.settings().home, name)


def _asked(given: Mapping[str, str], lang: Lang) -> access.Request:
    """Keep a request for access.

    Raises:
        ParameterError: it is not acceptable.
        RateLimitError: this client has sent its share.
        StorageError: the disk refuses.
    """
    shares = current_app.extensions[metering.EXTENSION]
    client = request.remote_addr or ""
    shares.check(client)
    g.charged = True
    if given.get(TRAP):
        shares.charge(client, errors=COST)
        raise ParameterError(TRAP, given[TRAP][:40], "ce champ vide", "this field empty")
    made = access.ask(tokens.settings().home, given, lang)
    shares.charge(client, errors=COST)
    return made


# --- Do ------------------------------------------------------------------------------------


def _done(upload: Upload, fields: Mapping[str, str], drafts: Drafts, lang: Lang) -> BaseResponse:
    """Check, or send, as the button says."""
    action = fields.get("action", "check")
    if action in reports.FORMATS:
        outcome = sending.tried(upload)
        return reports.response(outcome.report, "report", action, lang)
    lacks = _lacking(fields) if action == "send" else None
    if action == "send" and lacks is None:
        one = sending.submitted(mapped.fitted(upload))
        return _see(f"/{lang}/contributions/{one.id}?code={passes.code(one.id)}")
    error = lacks[lang == "en"] if lacks else ""
    return checked(*mapped.tried(upload), fields, drafts, error=error)


def _lacking(fields: Mapping[str, str]) -> Both | None:
    """Return what is not said yet: the licence, or that who sends agrees to it."""
    if fields.get("licence") not in words.LICENCES:
        return (
            "Choisissez la licence sous laquelle vos données seront publiées.",
            "Choose the licence under which your data will be published.",
        )
    if fields.get("consent") != "yes":
        return (
            "Cochez la case : sans votre accord, rien ne peut être publié.",
            "Tick the box: without your agreement, nothing can be published.",
        )
    return None


def checked(
    upload: Upload,
    outcome: Outcome,
    fields: Mapping[str, str],
    drafts: Drafts,
    form: Mapping[str, Any] | None = None,
    error: str = "",
) -> Response:
    """Show what a check found, and how to go on; `form` is what was filled, when it was one.

    `error` is what keeps from sending a file that is good: nothing has to be chosen again.
    """
    good = outcome.status in api.ACCEPTED
    code = 400 if error and good else 200 if good else sending.OF_STATUS.get(outcome.status, 422)
    partner = contributions.partners.find(tokens.settings().home, upload.partner)
    return page.shown(
        "contribution_checked.html",
        code,
        error=error if good else "",
        outcome=outcome,
        report=outcome.report,
        whatif=outcome.whatif,
        good=good,
        upload=upload,
        partner=partner,
        draft=drafts.put(upload, [form] if form else outcome.report.get("tables", ())),
        columns=[] if form else mapped.shown(upload.mapping),
        form=form,
        hidden={"pass": passes.issue(partner)},
        given={name: fields.get(name, "") for name in (*KEPT, "consent")},
        formats=reports.FORMATS,
    )


def form_page(
    fields: Mapping[str, str],
    lang: Lang,
    error: CoopkgError | HTTPProblem | None = None,
    asked: Mapping[str, str] | None = None,
) -> Response:
    """Show the page; a token that was given is never written back."""
    code, text = page.trouble(error, lang) if error else (200, "")
    view: dict[str, Any] = {
        "given": {name: fields.get(name, "") for name in KEPT},
        "asked": {name: (asked or {}).get(name, "")[:most] for name, most in access.LIMITS.items()},
        "error": text,
        "about_access": asked is not None,
        "limits": access.LIMITS,
        "largest_kb": tokens.settings().contribution_max_kb,
        "trap": TRAP,
        "accepted": ",".join(bodies.SUFFIXES),
    }
    return page.shown("contribute.html", code, **view)


def _see(address: str) -> BaseResponse:
    response = redirect(address, 303)
    response.headers["Cache-Control"] = "no-store"
    return response
