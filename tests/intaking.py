"""What the tests of the checker share: a partner, a job, and good data to spoil."""

from __future__ import annotations

import io
from typing import Any

import openpyxl

from coopkg.build import intake
from coopkg.contributions.job import Job, Outcome
from coopkg.templates import Template

BASE = "https://w3id.org/cnfpt-coop/"
OWN = f"{BASE}id/partner/tunis/"
TTL, NT, NQ, TRIG = (
    "text/turtle",
    "application/n-triples",
    "application/n-quads",
    "application/trig",
)
LD, RDF, CSV = "application/ld+json", "application/rdf+xml", "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PREFIXES = f"""@prefix : <{OWN}> .
@prefix coop: <{BASE}ns#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix organisation: <{BASE}id/organisation/> .
@prefix place: <{BASE}id/place/> .
@prefix theme: <{BASE}scheme/theme/> .
"""
FIRST = PREFIXES.count("\n") + 1
"""The number of the first line below the prefixes."""
ACTION = (
    PREFIXES
    + """:sfax a coop:CountryAction ; skos:prefLabel "Appui à Sfax"@fr , "Support to Sfax"@en ;
  coop:country place:tunisie ; coop:participation :sfax-partner , :sfax-lead ;
  coop:purposeTheme theme:decentralisation ; coop:domainTheme theme:finances-locales .
:sfax-partner a coop:Participation ; coop:partner :regie .
:sfax-lead a coop:Participation ; coop:lead organisation:cnfpt .
:regie a org:Organization ; skos:prefLabel "Régie de l’eau de Sfax"@fr , "Sfax water board"@en ;
  coop:basedIn place:tunisie .
"""
)


def job(body: bytes, kind: str = TTL, **given: Any) -> Job:
    partner = {"name": "tunis", "role": given.pop("role", "reviewed"), "base": OWN}
    named = {"name": "a.ttl", "media_type": kind, "method": "put", "graph": None, "lang": "fr"}
    fixed = {"serial": "dry", "home": "", "root": "", "generation": "", "size": len(body)}
    limits = {"quads": 1000, "literal": 1000, **given.pop("limits", {})}
    return Job(**{**named, **fixed, "limits": limits, "partner": partner, **given})


def checked(
    body: str | bytes, kind: str = TTL, known: intake.Ready = intake.NOTHING, **given: Any
) -> Outcome:
    """Check an upload in this very process."""
    data = body.encode() if isinstance(body, str) else body
    return intake.run(job(data, kind, **given), data, known)


def found(outcome: Outcome) -> list[tuple[str, Any]]:
    """Return the rule and the place of each finding."""
    every = outcome.report["findings"]
    return [(one["rule"], one["cell"] or one["line"]) for one in every]


def workbook(*rows: list[Any], title: str = "À remplir") -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(title)
    for row in rows:
        sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def filled(content: bytes, *rows: list[Any]) -> bytes:
    """Return a template with rows added below its headings."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for row in rows:
        book.worksheets[0].append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def heads(given: Template, lang: str = "fr") -> list[str]:
    return [given.id_label(lang), *(one.label[lang] for one in given.fields)]
