"""The arguments of addresses that are the same everywhere: language, page, row, inference."""

from __future__ import annotations

import re
from collections.abc import Mapping

from werkzeug.datastructures import MultiDict

from coopkg.answers.parts import Part
from coopkg.errors import Lang, ParameterError
from coopkg.questions import RESERVED
from coopkg.terms import LANGUAGES

Given = Mapping[str, str]
_DIGITS = 9
# What newsletters, social networks and audience meters add to the links they carry: not ours, and
# nobody's choice. Anything else that is unknown is refused, as it may be a choice misspelt.
_TRACKERS = re.compile(r"(?:utm|mtm|pk|at)_[a-z_]+|fbclid|gclid|msclkid|xtor|mc_[ce]id")


def language(given: Given) -> Lang:
    """Return `?lang=`, French when absent.

    Raises:
        ParameterError: another language.
    """
    text = given.get("lang") or "fr"
    if text not in LANGUAGES:
        raise ParameterError("lang", text, "fr ou en", "fr or en")
    return "en" if text == "en" else "fr"


def inference(given: Given) -> bool:
    """Return whether inferred triples are asked too: `?inference=on` (the default) or `off`.

    Raises:
        ParameterError: another word.
    """
    text = given.get("inference") or "on"
    if text not in {"on", "off"}:
        raise ParameterError("inference", text, "on ou off", "on or off")
    return text == "on"


def number(given: Given, name: str) -> int:
    """Return a number counted from 1, such as `?page=` or `?row=`; 1 when absent.

    Raises:
        ParameterError: not a number.

    >>> number({"page": "3"}, "page")
    3
    """
    text = given.get(name) or "1"
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise ParameterError(name, text, "un numéro, à partir de 1", "a number, from 1")
    return int(text)


def choices(given: MultiDict[str, str]) -> dict[str, list[str]]:
    """Return the choices of a reader: every value but ours, and what trackers add to a link."""
    every = given.to_dict(flat=False).items()
    return {
        name: values
        for name, values in every
        if name not in RESERVED and not _TRACKERS.fullmatch(name)
    }


FACET = "f."


def asked(given: MultiDict[str, str]) -> dict[str, list[str]]:
    """Return the choices of a reader where a part of the answer may be asked as well."""
    return {name: one for name, one in choices(given).items() if not name.startswith(FACET)}


def part(given: MultiDict[str, str]) -> Part:
    """Return which part of an answer is asked: `?f.<column>=value…`, `?sort=column&order=desc`.

    Raises:
        ParameterError: an order that is none.
    """
    order = given.get("order") or "asc"
    if order not in {"asc", "desc"}:
        raise ParameterError("order", order[:80], "asc ou desc", "asc or desc")
    every = given.to_dict(flat=False).items()
    facets = {
        name.removeprefix(FACET): tuple(dict.fromkeys(one for one in values if one))
        for name, values in every
        if name.startswith(FACET)
    }
    kept = {name: values for name, values in facets.items() if values}
    return Part(kept, given.get("sort", ""), order == "desc")
