"""Where a query is not SPARQL, and why, in words.

The grammar of `sparql_grammar` finds most faults exactly. For the rest there is what Oxigraph's
parser says: it tries every keyword in turn and reports the farthest place it looked at, which is
the place of the fault plus the length of the longest keyword tried. Undoing that gives the place.
(PADDING keeps keywords tried near the end from running past it.)
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from coopkg import sparql_grammar, sparql_text
from coopkg.engine.admission import Admitted
from coopkg.errors import SyntaxQueryError
from coopkg.sparql_text import Token
from coopkg.sparql_tokens import CLOSING, OPENING

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
    found = sparql_grammar.fault(admitted.tokens)
    if found is None:
        return _reported(admitted, detail)
    if found.token is None:
        fr, en = found.expected
        return _bracket(admitted) or _error(
            admitted,
            None,
            f"La requête s’arrête trop tôt ; attendu : {fr}.",
            f"The query ends too early; expected: {en}.",
        )
    if found.token.text == "<":
        return _error(admitted, found.token, *_SENTENCES["IRI parsing failed"])
    return _unexpected(admitted, found.token, found.expected)


def _unexpected(admitted: Admitted, token: Token, expected: tuple[str, str]) -> SyntaxQueryError:
    return _error(
        admitted,
        token,
        f"« {token.text} » n’a pas sa place ici ; attendu : {expected[0]}.",
        f"“{token.text}” cannot stand here; expected: {expected[1]}.",
    )


def _reported(admitted: Admitted, detail: str) -> SyntaxQueryError:
    """Return what the engine's parser said, which alone knows scopes and the newest syntax."""
    token = _token_at(admitted, _offset(admitted.text, detail))
    for words, (fr, en) in _SENTENCES.items():
        if words in detail:
            select = next((t for t in admitted.tokens if t.keyword == "SELECT"), None)
            return _error(admitted, token or select, fr, en)
    if again := _bound_twice(admitted.tokens):
        return _error(
            admitted,
            again,
            f"{again.text} a déjà une valeur dans ce groupe ; donnez un autre nom.",
            f"{again.text} already has a value in this group; choose another name.",
        )
    if token is None:
        return _error(
            admitted,
            None,
            "La requête est fausse : la portée d’une variable ou d’un nœud anonyme, sans doute.",
            "The query is wrong: the scope of a variable or of a blank node, most likely.",
        )
    return _error(
        admitted,
        token,
        f"« {token.text} » : erreur dans ce qui commence ici ; la portée d’une variable "
        "ou d’un nœud anonyme, peut-être.",
        f"“{token.text}”: an error in what begins here; the scope of a variable "
        "or of a blank node, perhaps.",
    )


def _bound_twice(tokens: Sequence[Token]) -> Token | None:
    """Return the variable of a BIND ( … AS ?x ) that has a value before it in its group."""
    scopes: list[set[str]] = [set()]
    for before, token in pairwise(tokens):
        if token.text == "{":
            scopes.append(set())
        elif token.text == "}" and len(scopes) > 1:
            inner = scopes.pop()
            scopes[-1] |= inner
        elif token.kind == "var" and (token.frame != "expression" or before.keyword == "AS"):
            if before.keyword == "AS" and token.value in scopes[-1]:
                return token
            scopes[-1].add(token.value)
    return None


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
    """Return the fault of the last bracket that is not closed."""
    stack: list[Token] = []
    for token in admitted.tokens:
        if token.kind == "punct" and token.text in OPENING:
            stack.append(token)
        elif token.kind == "punct" and token.text in CLOSING and stack:
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
