"""What a request says beside its path: choices, page, row, language, inference."""

from __future__ import annotations

from werkzeug.datastructures import MultiDict

from coopkg.errors import Lang, ParameterError
from coopkg.questions import RESERVED
from coopkg.terms import LANGUAGES

LONGEST_NUMBER = 9


def choices(args: MultiDict[str, str]) -> dict[str, list[str]]:
    """Return the choices of a reader: every value but those whose names are ours."""
    return {
        name: values for name, values in args.to_dict(flat=False).items() if name not in RESERVED
    }


def lang(args: MultiDict[str, str]) -> Lang:
    """Return the language asked for, French when none is.

    Raises:
        ParameterError: neither `fr` nor `en`.
    """
    given = args.get("lang") or "fr"
    if given not in LANGUAGES:
        raise ParameterError("lang", given, "fr ou en", "fr or en")
    return "en" if given == "en" else "fr"


def inference(args: MultiDict[str, str]) -> bool:
    """Return whether inferred triples count: they do unless `inference=off`.

    Raises:
        ParameterError: neither `on` nor `off`.
    """
    given = args.get("inference") or "on"
    if given not in {"on", "off"}:
        raise ParameterError("inference", given, "on ou off", "on or off")
    return given == "on"


def page(args: MultiDict[str, str]) -> int:
    """Return the page asked for, from 1.

    Raises:
        ParameterError: not a number.
    """
    return _number(args, "page", "un numéro de page", "a page number")


def row(args: MultiDict[str, str]) -> int:
    """Return the row asked about, from 1.

    Raises:
        ParameterError: not a number.
    """
    return _number(args, "row", "un numéro de ligne", "a row number")


def _number(args: MultiDict[str, str], name: str, fr: str, en: str) -> int:
    given = args.get(name) or "1"
    if not (given.isascii() and given.isdigit() and len(given) <= LONGEST_NUMBER):
        raise ParameterError(name, given, fr, en)
    return int(given)
