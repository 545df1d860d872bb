"""JSON-LD whose contexts are all inside the document: none is ever fetched."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from coopkg.build.intake.findings import Finding, Spot, Unreadable, same
from coopkg.terms import BASE

CONTEXTS: Final = frozenset(BASE + name for name in ("context", "context.jsonld", "ns/context"))


def inlined(text: str, context: Mapping[str, Any] | None) -> bytes:
    """Return a JSON-LD document whose contexts are all inside it.

    Raises:
        Unreadable: it is not JSON, or it calls a context from elsewhere.
    """
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise Unreadable(_not_json(text, error)) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(_unreadable(str(error))) from error
    if not isinstance(value, dict | list):
        said = {
            "fr": "un objet { … } ou une liste [ … ] est attendu",
            "en": "an object { … } or a list [ … ] is expected",
        }
        raise Unreadable(Finding("syntax", "violation", said, Spot(1, 1), text[:40], same("{ … }")))
    waiting: list[Any] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if "@context" in one:
                one["@context"] = _inline(text, one["@context"], context)
            for key in ("@import", "@propagate", "@included"):
                if key == "@import" and key in one:
                    raise Unreadable(_remote(text, str(one[key])))
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")


def _unreadable(detail: str) -> Finding:
    said = {"fr": "ce JSON ne peut pas être lu", "en": "this JSON cannot be read"}
    return Finding("syntax", "violation", said, Spot(1, 1), expected=same("{ … }"), detail=detail)


def _inline(text: str, given: Any, context: Mapping[str, Any] | None) -> Any:
    if isinstance(given, list):
        return [_inline(text, one, context) for one in given]
    if not isinstance(given, str):
        return given
    if given in CONTEXTS and context is not None:
        return context.get("@context", context)
    raise Unreadable(_remote(text, given))


def _remote(text: str, seen: str) -> Finding:
    offset = max(text.find(json.dumps(seen, ensure_ascii=False)), 0)
    ours = BASE + "context.jsonld"
    return Finding(
        "remote-context",
        "violation",
        {
            "fr": "un @context d’une autre adresse n’est jamais lu : l’écrire dans le fichier, ou "
            f"nommer le nôtre, {ours}",
            "en": "a @context from another address is never read: write it in the file, or name "
            f"ours, {ours}",
        },
        Spot(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)),
        seen=seen,
        expected=same(ours),
        example=f'"@context": "{ours}"',
    )


class _Slip(NamedTuple):
    """A slip in JSON: what to say of it, what should stand there, and how to mend it."""

    fr: str
    en: str
    expected: tuple[str, str] = ("{ … } ou [ … ]", "{ … } or [ … ]")
    mend: Callable[[str, int], tuple[int, int, str] | None] = lambda text, at: None


def _before(text: str, at: int) -> int:
    """Return the end of what is written before a place."""
    return len(text[:at].rstrip())


def _without_comma(text: str, at: int) -> tuple[int, int, str] | None:
    end = _before(text, at)
    return (end - 1, end, "") if text[end - 1 : end] == "," else None


def _closed(text: str, at: int) -> tuple[int, int, str]:
    line = text[at:].partition("\n")[0].rstrip()
    end = at + len(line) - line.endswith(",")
    return end, end, '"'


def _escaped(text: str, at: int) -> tuple[int, int, str]:
    return at, at + 1, {"\n": "\\n", "\t": "\\t"}.get(text[at : at + 1], "")


_SLIPS: Final = {
    "Expecting ',' delimiter": _Slip(
        "il manque une virgule",
        "a comma is missing",
        (",", ","),
        lambda text, at: (_before(text, at), _before(text, at), ","),
    ),
    "Expecting property name enclosed in double quotes": _Slip(
        'un nom entre guillemets droits "…" est attendu (une virgule de trop avant ?)',
        'a name between straight quotes "…" is expected (one comma too many before it?)',
        ('"nom": valeur', '"name": value'),
        _without_comma,
    ),
    "Illegal trailing comma before end of object": _Slip(
        "une virgule de trop", "one comma too many", ("}", "}"), _without_comma
    ),
    "Illegal trailing comma before end of array": _Slip(
        "une virgule de trop", "one comma too many", ("]", "]"), _without_comma
    ),
    "Expecting value": _Slip(
        "une valeur est attendue",
        "a value is expected",
        ('"texte", 12, true, { … } ou [ … ]', '"text", 12, true, { … } or [ … ]'),
        _without_comma,
    ),
    "Expecting ':' delimiter": _Slip(
        "il manque deux-points",
        "a colon is missing",
        (":", ":"),
        lambda text, at: (_before(text, at), _before(text, at), ":"),
    ),
    "Unterminated string starting at": _Slip(
        'texte ouvert par " et jamais refermé',
        'text opened by " and never closed',
        ('"…"', '"…"'),
        _closed,
    ),
    "Extra data": _Slip(
        "il y a encore du texte après la fin",
        "there is more text after the end",
        ("la fin du fichier", "the end of the file"),
    ),
    "Invalid control character at": _Slip(
        "un retour à la ligne ou un caractère de contrôle dans un texte : écrire \\n",
        "a line break or control character inside a text: write \\n",
        ("\\n", "\\n"),
        _escaped,
    ),
    "Invalid \\escape": _Slip(
        "« \\ » suivi d’un signe inconnu",
        "“\\” followed by an unknown sign",
        ("\\\\", "\\\\"),
        lambda text, at: (at, at + 1, "\\\\"),
    ),
}


def _not_json(text: str, error: json.JSONDecodeError) -> Finding:
    slip = _SLIPS.get(
        error.msg.removesuffix(": "), _Slip("ce n’est pas du JSON", "this is not JSON")
    )
    position = error.pos
    if error.msg.startswith("Expecting ','"):  # the fault is at the end of what comes before
        position = _before(text, position)
    before = text[:position]
    return Finding(
        "syntax",
        "violation",
        {"fr": slip.fr, "en": slip.en},
        Spot(before.count("\n") + 1, position - before.rfind("\n")),
        seen=text.split("\n")[before.count("\n")].strip()[:120],
        expected={"fr": slip.expected[0], "en": slip.expected[1]},
        fix=_mended(text, error.pos, slip),
        detail=error.msg,
    )


def _mended(text: str, position: int, slip: _Slip) -> str:
    """Return the line as it could be, "" unless the parser then goes further."""
    edit = slip.mend(text, position)
    if edit is None:
        return ""
    start, end, put = edit
    made = text[:start] + put + text[end:]
    try:
        json.loads(made)
    except json.JSONDecodeError as error:
        if error.pos - len(put) + end - start <= position:
            return ""
    return made.split("\n")[made.count("\n", 0, start)].strip()
