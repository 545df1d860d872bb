"""Why the grammar stops where it stops, when that can be said without guessing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from coopkg.engine.hints import clauses, groups, triples_causes
from coopkg.engine.hints.finding import Edit, Finding, Said, at
from coopkg.engine.hints.scene import Scene
from coopkg.sparql_grammar import Fault
from coopkg.sparql_tokens import CLOSING, OPENING, Token

Cause = Callable[[Scene, Fault], Finding | None]


def explain(scene: Scene, fault: Fault) -> Finding:
    """Return the finding of a fault: its cause when it is known, else what was seen."""
    for cause in _CAUSES:
        found = cause(scene, fault)
        if found is not None:
            if found.expected is None:
                found = _expecting(found, fault)
            return found
    return _plain(scene, fault)


def _expecting(found: Finding, fault: Fault) -> Finding:
    return Finding(
        found.rule,
        found.start,
        found.end,
        found.message,
        found.suggestion,
        found.edit,
        Said(*fault.expected),
    )


def _plain(scene: Scene, fault: Fault) -> Finding:
    fr, en = fault.expected
    if fault.token is None:
        last = scene.tokens[-1]
        return at(
            last,
            "incomplete-query",
            (
                f"la requête s’arrête après « {last.text} » ; attendu : {fr}",
                f"the query ends after “{last.text}”; expected: {en}",
            ),
            expected=fault.expected,
        )
    token = fault.token
    return at(
        token,
        "unexpected",
        (
            f"« {token.text} » n’a pas sa place ici ; attendu : {fr}",
            f"“{token.text}” cannot stand here; expected: {en}",
        ),
        expected=fault.expected,
    )


def _empty(scene: Scene, fault: Fault) -> Finding | None:
    if scene.tokens:
        return None
    return Finding(
        "empty-query",
        0,
        0,
        Said("la requête est vide", "the query is empty"),
        Said(
            "commencez par SELECT, ASK, CONSTRUCT ou DESCRIBE",
            "begin with SELECT, ASK, CONSTRUCT or DESCRIBE",
        ),
    )


def _repeated(scene: Scene, fault: Fault) -> Finding | None:
    """Tell of a word, a dot or a comma written twice."""
    token, before = fault.token, scene.before(fault.token)
    if token is None or before is None or before.text.upper() != token.text.upper():
        return None
    if token.kind != "word" and token.text not in {".", ","}:
        return None
    return at(
        token,
        "unexpected",
        (f"« {token.text} » est écrit deux fois", f"“{token.text}” is written twice"),
        ("retirez-en un", "remove one of them"),
        edit=Edit(before.end, token.end, ""),
        expected=fault.expected,
    )


def _brackets(scene: Scene, fault: Fault) -> Finding | None:
    """Tell of a bracket that is not closed, or closed twice."""
    token = fault.token
    closing = token is not None and token.kind == "punct" and token.text in CLOSING
    stack = scene.open_at(token)
    if token is not None and not closing:
        return None
    if not stack:
        return _extra(token) if token is not None else None
    opening = stack[-1]
    wanted = OPENING[opening.text]
    if token is not None and token.text == wanted:
        return None
    last = scene.before(token)
    end = last.end if last is not None else opening.end
    gap = "\n" if token is None and wanted == "}" else " " if wanted == "}" else ""
    seen = (
        ("avant la fin de la requête", "before the end of the query")
        if token is None
        else (
            f"avant « {token.text} », ligne {token.line}, colonne {token.column}",
            f"before “{token.text}”, line {token.line}, column {token.column}",
        )
    )
    return at(
        opening,
        "unclosed-bracket",
        (
            f"« {opening.text} », ouvert ici, n’est pas fermé {seen[0]}",
            f"“{opening.text}”, opened here, is not closed {seen[1]}",
        ),
        (f"il manque sans doute « {wanted} »", f"“{wanted}” is missing, most likely"),
        edit=_if_it_mends(scene, fault, Edit(end, end, gap + wanted)),
    )


def _extra(token: Token) -> Finding:
    return at(
        token,
        "extra-bracket",
        (
            f"« {token.text} » est de trop : rien ne reste à fermer",
            f"“{token.text}” is one too many: nothing is left to close",
        ),
        ("retirez-le, ou ouvrez-le plus haut", "remove it, or open it further up"),
        "",
    )


def _if_it_mends(scene: Scene, fault: Fault, edit: Edit) -> Edit | None:
    """Return a change if the query then goes further than its fault."""
    if fault.token is None:
        return edit if Scene.of(edit.apply(scene.text)).reading.fault is None else None
    after = Scene.of(edit.apply(scene.text)).reading.fault
    left = len(scene.text) - fault.token.offset
    if after is None:
        return edit
    if after.token is None:
        return edit
    return edit if len(edit.apply(scene.text)) - after.token.offset < left else None


_CAUSES: Final[tuple[Cause, ...]] = (
    _empty,
    _repeated,
    clauses.prologue,
    clauses.aliases,
    clauses.commas,
    clauses.sorting,
    clauses.limits,
    clauses.another,
    clauses.semicolon,
    groups.conditions,
    clauses.misplaced,
    groups.braces,
    groups.groups,
    groups.rows,
    groups.templates,
    triples_causes.verbs,
    triples_causes.paths,
    triples_causes.incomplete,
    triples_causes.dots,
    _brackets,
)
