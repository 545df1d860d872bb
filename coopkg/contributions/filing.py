"""The commands about a partner's file before it is sent: its template, and its check.

`coopkg check FILE --as-partner NAME` runs the very process that checks what is sent, so that the
verdict is the same.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any, Final

from coopkg import durable, generation
from coopkg.config import Settings
from coopkg.contributions import checking, partners, rendering
from coopkg.contributions.job import Job, Outcome
from coopkg.contributions.partners import Partner
from coopkg.errors import Lang, Location, OutputError, SourceError, UnknownError
from coopkg.terms import BASE

CONFORMS, VIOLATIONS, CANNOT = 0, 1, 2
HELP: Final[dict[str, tuple[str, str]]] = {
    "template": (
        "écrire le tableur à remplir pour une sorte de chose (organisation, activité…)",
        "write the spreadsheet to fill for a kind of thing (organisation, activity…)",
    ),
}
NAME_THEIRS: Final = frozenset({".trig", ".nq", ".csv", ".tsv", ".xlsx"})
"""The files that may name their graphs; a table that went out with marks does."""
MEDIA_TYPES: Final = {
    ".ttl": "text/turtle",
    ".trig": "application/trig",
    ".nt": "application/n-triples",
    ".nq": "application/n-quads",
    ".jsonld": "application/ld+json",
    ".json": "application/ld+json",
    ".rdf": "application/rdf+xml",
    ".csv": "text/csv",
    ".tsv": "text/tab-separated-values",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
FORMATS: Final = ("text", "json", "turtle", "csv", "sarif")
_GOOD: Final = frozenset({"conforms", "warnings"})
_CANNOT: Final = frozenset({"unparsable", "unsupported", "too-large"})


def options(add: Callable[[str], argparse.ArgumentParser], t: Callable[[str, str], str]) -> None:
    """Add the options of the command that writes templates."""
    template = add("template")
    template.add_argument("name", nargs="?", help=t("sorte de chose", "kind of thing"))
    template.add_argument("--format", choices=("xlsx", "csv"), default="xlsx")
    template.add_argument("-o", "--out", type=Path, help=t("fichier à écrire", "file to write"))


def check_options(check: argparse.ArgumentParser, t: Callable[[str, str], str]) -> None:
    """Add the options that check a file as a partner would send it."""
    check.add_argument("--format", choices=FORMATS, default="text")
    check.add_argument(
        "--as-partner",
        metavar="NAME",
        help=t("vérifier comme un envoi de ce partenaire", "check as if this partner sent it"),
    )
    check.add_argument("--base", help=t("début des adresses à soi", "how own addresses begin"))
    check.add_argument(
        "--mapping", type=Path, help=t("correspondance des colonnes", "mapping of columns")
    )
    check.add_argument(
        "--sarif",
        type=Path,
        metavar="FILE",
        help=t(
            "écrire aussi le rapport en SARIF dans ce fichier (avec --as-partner)",
            "write the report as SARIF too, to this file (with --as-partner)",
        ),
    )


def check(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    """Check files as a partner's; print what is found; return the worst exit code."""
    partner = _partner(given, settings)
    mapping = _mapping(given.mapping) if given.mapping else {}
    outcomes = [file(path, partner, mapping, settings, lang) for path in given.paths]
    reports = [outcome.report for outcome in outcomes]
    together = {"findings": [one for report in reports for one in report["findings"]]}
    whole = reports[0] if len(reports) == 1 else together
    if given.sarif:
        _put(given.sarif, written(whole, "sarif", lang).encode())
    # But in text, one document, whatever the number of files.
    for report in reports if given.format == "text" else [whole]:
        print(written(report, given.format, lang), end="")
    return max((_code(outcome) for outcome in outcomes), default=CANNOT)


def _code(outcome: Outcome) -> int:
    if outcome.status in _GOOD:
        return CONFORMS
    return CANNOT if outcome.status in _CANNOT else VIOLATIONS


def file(
    path: Path, partner: Partner, mapping: dict[str, Any], settings: Settings, lang: Lang
) -> Outcome:
    """Return what the checker says of a file, as if a partner sent it; nothing is kept.

    Raises:
        SourceError: the file cannot be read.
        CheckError: the check does not end.
    """
    body = _content(path)
    kind = MEDIA_TYPES.get(path.suffix.lower(), path.suffix or "?")
    job = Job(
        name=str(path),
        media_type=kind,
        method="put",
        graph=partner.graph if path.suffix.lower() not in NAME_THEIRS else None,
        partner=checking.told(partner),
        lang=lang,
        serial="dry",
        home=str(settings.home.absolute()),
        root=str(settings.root.absolute()),
        generation=checking.current(settings.home),
        limits=checking.limits(settings),
        size=len(body),
        dry_run=True,
        mapping=mapping,
    )
    return checking.run(job, body, settings)


def written(report: rendering.Report, form: str, lang: Lang) -> str:
    """Write a report in one of `FORMATS`."""
    if form in {"json", "turtle"}:
        return rendering.json_text(report) if form == "json" else rendering.turtle(report)
    writers = {"text": rendering.text, "csv": rendering.csv_text, "sarif": rendering.sarif}
    return writers[form](report, lang)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        fr, en = durable.reason(error)
        raise SourceError(
            Location(str(path)),
            f"le fichier ne peut pas être lu : {fr}",
            f"the file cannot be read: {en}",
        ) from error


def _partner(given: argparse.Namespace, settings: Settings) -> Partner:
    """Return a partner by name; one that is not there yet is checked as if it were."""
    name = given.as_partner
    known = partners.known(settings.home) if (settings.home / "partners").is_dir() else {}
    label = {"fr": name, "en": name}
    found = known.get(name) or Partner(name, label, "reviewed", f"{BASE}id/partner/{name}/", "")
    return replace(found, base=given.base) if given.base else found


def _mapping(path: Path) -> dict[str, Any]:
    from coopkg.templates import Mapping, MappingError

    try:
        return Mapping.read(_content(path).decode("utf-8", "replace")).as_json()
    except MappingError as error:
        raise SourceError(Location(str(path)), error.words["fr"], error.words["en"]) from error


def template(given: argparse.Namespace, settings: Settings, lang: Lang) -> int:
    """Write the template of a kind of thing, from the shapes of the current generation."""
    from coopkg import templates

    name = given.name or ""
    if name not in templates.CLASSES:
        said = (f"aucun modèle ne s’appelle « {name} »", f"no template is called {name!r}")
        raise UnknownError(name, *said, known=tuple(templates.CLASSES))
    found = generation.current(settings.home)
    labels = found.read_json("labels.json")
    vocabulary = templates.Vocabulary.of_store(found.read("store.nq"), labels)
    made = templates.template(name, vocabulary)
    text = templates.csv_text(made, lang).encode()
    content = text if given.format == "csv" else templates.workbook(made, vocabulary, lang)
    if given.out is None and given.format == "csv":
        sys.stdout.buffer.write(content)
        return CONFORMS
    path = given.out or Path(PurePath(f"{name}.{given.format}"))
    _put(path, content)
    print(path)
    return CONFORMS


def _put(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        fr, en = durable.reason(error)
        raise OutputError(f"{path} : {fr}", f"{path}: {en}") from error


COMMANDS: Final = {"template": template}
