"""Where a query is not SPARQL, and why, in words.

Oxigraph's parser tries every keyword in turn and reports the farthest place it looked at, which
is the place of the fault plus the length of the longest keyword tried. Undoing that gives the
place. (PADDING keeps keywords tried near the end from running past it.)
"""

from __future__ import annotations

import re
from typing import Final

from coopkg import sparql_text
from coopkg.errors import SyntaxQueryError
from coopkg.serve.admission import Admitted
from coopkg.sparql_text import Token
from coopkg.sparql_tokens import OPENING

PADDING: Final = "\n" + " " * 40

_REPORT: Final = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_KEYWORD: Final = re.compile(r"\b[A-Z][A-Z_0-9]+\b")
_FUNCTION: Final = re.compile(r"custom function <([^>]*)> is not supported")
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
    if unbalanced := _bracket(admitted):
        return unbalanced
    token = _token_at(admitted, _offset(admitted.text, detail))
    for words, (fr, en) in _SENTENCES.items():
        if words in detail:
            return _error(admitted, token, fr, en)
    if token is None:
        return _error(admitted, None, "La requête s’arrête trop tôt.", "The query ends too early.")
    return _error(
        admitted,
        token,
        f"« {token.text} » : erreur de syntaxe dans ce qui commence ici.",
        f"“{token.text}”: syntax error in what begins here.",
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


def _bracket(admitted: Admitted) -> SyntaxQueryError | None:
    """Return the fault of a bracket that is not closed, or closes nothing."""
    stack: list[Token] = []
    for token in admitted.tokens:
        if token.kind != "punct":
            continue
        if token.text in OPENING:
            stack.append(token)
        elif token.text in {")", "]", "}"}:
            if not stack or OPENING[stack[-1].text] != token.text:
                return SyntaxQueryError(
                    f"« {token.text} » ne ferme rien ici.",
                    f"“{token.text}” closes nothing here.",
                    token.line,
                    token.column,
                )
            stack.pop()
        elif token.text in {">>", ")>>", "|}"} and stack:
            stack.pop()
    if not stack:
        return None
    return SyntaxQueryError(
        f"« {stack[-1].text} » n’est pas fermé.",
        f"“{stack[-1].text}” is not closed.",
        stack[-1].line,
        stack[-1].column,
        OPENING[stack[-1].text],
    )


def unknown_function(admitted: Admitted, detail: str) -> SyntaxQueryError | None:
    """Return the error of a query that calls a function this engine does not have."""
    called = _FUNCTION.search(detail)
    if not called:
        return None
    for token in admitted.tokens:
        if token.kind in {"iri", "pname"} and _is(admitted, token, called[1]):
            break
    else:
        token = admitted.tokens[0]
    return SyntaxQueryError(
        f"La fonction <{called[1]}> n’existe pas dans ce moteur.",
        f"The function <{called[1]}> does not exist in this engine.",
        token.line,
        token.column,
    )


def _is(admitted: Admitted, token: Token, iri: str) -> bool:
    try:
        return admitted.prologue.resolve(token) == iri
    except sparql_text.TokenError:
        return False
