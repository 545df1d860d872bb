"""Where a query is not SPARQL, and why, in words.

The rules of `hints` find most faults exactly. For the rest there is what Oxigraph's parser says:
it tries every keyword in turn and reports the farthest place it looked at, which is the place of
the fault plus the length of the longest keyword tried. Undoing that gives the place.
(PADDING keeps keywords tried near the end from running past it.)
"""

from __future__ import annotations

import re
from typing import Final

from coopkg import sparql_text
from coopkg.engine.admission import Admitted
from coopkg.engine.hints import teaching
from coopkg.errors import SyntaxQueryError
from coopkg.sparql_text import Token

PADDING: Final = "\n" + " " * 40

_REPORT: Final = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_KEYWORD: Final = re.compile(r"\b[A-Z][A-Z_0-9]+\b")
_FUNCTION: Final = re.compile(
    r"custom function <([^>]*)> "
    r"(?:is not supported|requires between (\d+) and (\d+) arguments, but (\d+) were given)"
)
_SENTENCES: Final = {
    "a variable that is unbound": (
        "Une variable du SELECT n’est ni regroupée (GROUP BY) ni calculée.",
        "A variable of SELECT is neither grouped (GROUP BY) nor computed.",
    ),
    "overrides an existing variable": (
        "Une variable de ( … AS ?x ) a déjà une valeur dans le WHERE.",
        "A variable of ( … AS ?x ) already has a value in the WHERE.",
    ),
    "Duplicated variable name": (
        "Une variable est listée deux fois par le SELECT.",
        "SELECT lists a variable twice.",
    ),
    "SELECT * is not authorized": (
        "SELECT * n’est pas permis avec GROUP BY ; listez les variables.",
        "SELECT * is not allowed with GROUP BY; list the variables.",
    ),
    "IRI parsing failed": (
        "Cette IRI n’est pas complète ou contient un caractère interdit ; "
        "donnez-la en entier, ou déclarez BASE.",
        "This IRI is not complete or holds a forbidden character; "
        "write it in full, or declare BASE.",
    ),
    "language tag": ("Cette étiquette de langue est fausse.", "This language tag is wrong."),
}


def explain(admitted: Admitted, detail: str) -> SyntaxQueryError:
    """Return the error of a text that the engine's parser has refused."""
    found = teaching.first(admitted.text)
    return found or teaching.shown(admitted.text, _reported(admitted, detail))


def _reported(admitted: Admitted, detail: str) -> SyntaxQueryError:
    """Return what the engine's parser said, which alone knows scopes and the newest syntax."""
    token = _token_at(admitted, _offset(admitted.text, detail))
    for words, (fr, en) in _SENTENCES.items():
        if words in detail:
            select = next((t for t in admitted.tokens if t.keyword == "SELECT"), None)
            return _error(admitted, token or select, fr, en)
    if token is None:
        return _error(
            admitted,
            None,
            "Le moteur n’accepte pas cette requête, sans dire où.",
            "The engine does not accept this query, and does not say where.",
        )
    return _error(
        admitted,
        token,
        f"Le moteur n’accepte pas ce qui commence par « {token.text} ».",
        f"The engine does not accept what begins with “{token.text}”.",
    )


def _error(admitted: Admitted, token: Token | None, fr: str, en: str) -> SyntaxQueryError:
    if token:
        return SyntaxQueryError(fr, en, token.line, token.column)
    text = admitted.text.rstrip()
    return SyntaxQueryError(fr, en, *sparql_text.locate(text + " ", len(text)))


def _offset(text: str, detail: str) -> int:
    report = _REPORT.match(detail)
    if not report:
        return len(text)
    lines = (text + PADDING).split("\n")
    line, column = int(report[1]), int(report[2])
    seen = sum(len(before) + 1 for before in lines[: line - 1]) + column - 1
    longest = max((len(word) for word in _KEYWORD.findall(report[3])), default=0)
    return max(0, seen - longest)


def _token_at(admitted: Admitted, offset: int) -> Token | None:
    return next((token for token in admitted.tokens if token.end > offset), None)


def wrong_call(admitted: Admitted, detail: str) -> SyntaxQueryError | None:
    """Return the error of a query that calls a function this engine does not have, or wrongly."""
    called = _FUNCTION.search(detail)
    if not called:
        return None
    iri, least, most, seen = called.groups()
    if seen is None and (taught := teaching.first(admitted.text)):
        return taught
    fr = f"La fonction <{iri}> n’existe pas dans ce moteur."
    en = f"The function <{iri}> does not exist in this engine."
    if seen is not None:
        wanted = least if least == most else f"{least}–{most}"
        fr = f"La fonction <{iri}> demande {wanted} argument(s) ; {seen} donné(s)."
        en = f"The function <{iri}> wants {wanted} argument(s); {seen} given."
    token = next((one for one in admitted.tokens if _is(admitted, one, iri)), None)
    return SyntaxQueryError(fr, en, token.line if token else 1, token.column if token else 1)


def _is(admitted: Admitted, token: Token, iri: str) -> bool:
    if token.kind not in {"iri", "pname"}:
        return False
    try:
        return admitted.prologue.resolve(token) == iri
    except sparql_text.TokenError:
        return False
