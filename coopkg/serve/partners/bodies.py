"""What a request brings: one file, or several in one form, whole and within the limits."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import Final

from flask import request
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import MultiPartParser
from werkzeug.http import parse_options_header

from coopkg.config import Settings
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.sparql import protocol

MULTIPART: Final = "multipart/form-data"
MAPPING: Final = "mapping"
"""The part of a form that says what columns are: text, whether it has a file name or not."""
PARTS_MAX: Final = 30
FIELDS_KB: Final = 64
READ: Final = (
    "text/turtle, application/trig, application/n-triples, application/n-quads, "
    "application/ld+json, application/rdf+xml, text/csv, "
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
)
SUFFIXES: Final = {
    ".ttl": "text/turtle",
    ".trig": "application/trig",
    ".nt": "application/n-triples",
    ".nq": "application/n-quads",
    ".jsonld": "application/ld+json",
    ".json": "application/ld+json",
    ".rdf": "application/rdf+xml",
    ".csv": "text/csv",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
VAGUE: Final = frozenset({"", "application/octet-stream", "application/x-www-form-urlencoded"})
_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")


@dataclass(frozen=True)
class File:
    """A file that came: its name, its media type in small letters, its bytes."""

    name: str
    media_type: str
    body: bytes = field(repr=False)


@dataclass(frozen=True)
class Form:
    """What a form brings: its fields, and its files that have a name or a body."""

    fields: dict[str, str]
    files: tuple[File, ...]


def whole(settings: Settings) -> bytes:
    """Read the body: all of it, or not at all.

    Raises:
        HTTPProblem: 400 (it was cut), 413 (too large) or 415 (compressed).
    """
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        raise HTTPProblem(
            415,
            "Le corps ne doit pas être compressé.",
            "The body must not be compressed.",
            {"Accept-Encoding": "identity"},
        )
    read = protocol.body(request, (settings.contribution_max_kb + FIELDS_KB) << 10)
    if request.content_length is not None and len(read) != request.content_length:
        raise HTTPProblem(
            400,
            f"L’envoi a été coupé : {len(read)} octets sur {request.content_length}.",
            f"The upload was cut: {len(read)} bytes of {request.content_length}.",
        )
    return read


def is_form() -> bool:
    """Tell whether a form is sent."""
    return request.mimetype == MULTIPART


def single(settings: Settings, name: str = "") -> File:
    """Return the file that the body is; raises as `whole`, and 415 when its type is not told."""
    given = request.headers.get("Content-Type", "")
    media_type = _media_type(given)
    return File(name or _named(), media_type, whole(settings))


def form(settings: Settings) -> Form:
    """Read a form with files; raises as `whole`, and 400 when it cannot be read."""
    _, options = parse_options_header(request.headers.get("Content-Type", ""))
    body = whole(settings)
    parser = MultiPartParser(
        _in_memory,
        max_form_memory_size=FIELDS_KB << 10,
        max_form_parts=PARTS_MAX,
    )
    try:
        fields, files = parser.parse(
            io.BytesIO(body), options.get("boundary", "").encode("ascii", "replace"), len(body)
        )
    except RequestEntityTooLarge as error:
        raise HTTPProblem(
            413,
            f"Formulaire trop grand : {PARTS_MAX} parties et {FIELDS_KB} ko de texte au plus.",
            f"Form too large: at most {PARTS_MAX} parts and {FIELDS_KB} kB of text.",
        ) from error
    except ValueError as error:
        raise HTTPProblem(
            400, "Ce formulaire ne peut pas être lu.", "This form cannot be read."
        ) from error
    came = [(name, one) for name, one in files.items(multi=True) if one.filename]
    said = {name: _text(one) for name, one in came if name == MAPPING}
    kept = [one for name, one in came if name != MAPPING]
    return Form({**dict(fields.items()), **said}, tuple(map(_file, kept)))


def _text(one: FileStorage) -> str:
    return one.stream.read(FIELDS_KB << 10).decode("utf-8", "replace")


def _in_memory(
    total_content_length: int | None,
    content_type: str | None,
    filename: str | None,
    content_length: int | None = None,
) -> io.BytesIO:
    """Return where a file of a form goes: all of the form is in memory, and within its limit."""
    return io.BytesIO()


def _file(one: FileStorage) -> File:
    name = (one.filename or "").replace("\\", "/").rpartition("/")[2]
    given = one.content_type or ""
    if given.partition(";")[0].strip().lower() in VAGUE | {"text/plain"} or name.endswith(".csv"):
        given = of_name(name) or given
    if given.partition(";")[0].strip().lower() in VAGUE:
        given = ""  # neither tells: who reads it says what to do
    return File(name, _media_type(given) if given else "", one.stream.read())


def of_name(name: str) -> str:
    """Return the media type that the end of a name tells, "" when it tells none."""
    low = name.lower()
    return next((kind for end, kind in SUFFIXES.items() if low.endswith(end)), "")


def _media_type(header: str) -> str:
    media_type, options = parse_options_header(header)
    media_type = media_type.strip().lower()
    if not _TYPE.fullmatch(media_type) or media_type in VAGUE:
        raise _unknown(media_type)
    if options.get("charset", "utf-8").lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise HTTPProblem(415, "Le contenu doit être en UTF-8.", "The content must be UTF-8.")
    return media_type


def _unknown(seen: str) -> HTTPProblem:
    return HTTPProblem(
        415,
        f"Type de contenu « {seen[:60] or '?'} » : dites ce que vous envoyez, parmi {READ}.",
        f"Content type “{seen[:60] or '?'}”: say what you send, one of {READ}.",
        {"Accept-Post": READ},
    )


def _named() -> str:
    """Return the name of the file that a request tells, "" when it tells none."""
    _, options = parse_options_header(request.headers.get("Content-Disposition", ""))
    given = request.args.get("name") or options.get("filename") or ""
    return given.replace("\\", "/").rpartition("/")[2]
