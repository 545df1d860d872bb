"""Causes of a fault inside a group of triples: a dot, an object, a verb that is none."""

from __future__ import annotations

from typing import Final

from coopkg.engine.hints.finding import Edit, Finding, Said, at
from coopkg.engine.hints.scene import Scene
from coopkg.sparql_grammar import Fault
from coopkg.sparql_tokens import Token

_TERMS: Final = frozenset({"var", "iri", "pname", "bnode", "string", "number"})
_ENDS: Final = frozenset({".", ";", ",", "}", "{", "[", "]", "(", ")"})
_WORDS: Final = frozenset({"A", "TRUE", "FALSE"})


def verbs(scene: Scene, fault: Fault) -> Finding | None:
    """Tell of `a` outside the place of a property, and of `A`."""
    token = fault.token
    if token is None or token.keyword != "A":
        return None
    if token.text != "a":
        return at(
            token,
            "a-is-a-verb",
            (
                "« a » (est un) s’écrit en minuscule, seul mot de SPARQL dont la casse compte",
                "“a” (is a) is a small letter, the only word of SPARQL whose case counts",
            ),
            ("écrivez a", "write a"),
            "a",
        )
    if fault.node.inside("Group", "Template") is None:
        return None
    return at(
        token,
        "a-is-a-verb",
        (
            "« a » (est un) ne se dit qu’à la place d’une propriété ; une variable s’écrit ?a",
            "“a” (is a) only stands in the place of a property; a variable is written ?a",
        ),
    )


def paths(scene: Scene, fault: Fault) -> Finding | None:
    """Tell of a variable inside a property path."""
    token, before = fault.token, scene.before(fault.token)
    if token is None or before is None or fault.node.inside("Group") is None:
        return None
    marks = {"*", "+", "?", "/", "|"}
    verb = scene.before(token, 2)
    sign = before.text == "+" and "number" in fault.options
    if sign and verb is not None and verb.kind == "var" and scene.adjacent(verb, before):
        token, before = before, verb  # `?p+`, read as the sign of a number
    after_mark = token.kind == "var" and before.text in {"/", "^", "|", "!"}
    if not after_mark and not (token.text in marks and before.kind == "var"):
        return None
    if token.frame not in {"group", "list", "blank"}:
        return None
    return at(
        token if after_mark else before,
        "variable-in-path",
        (
            "un chemin est fait de propriétés, non de variables ( / | ^ * + ? )",
            "a path is made of properties, not of variables ( / | ^ * + ? )",
        ),
        (
            "nommez la propriété, ou écrivez ?p seul entre deux nœuds",
            "name the property, or write ?p alone between two nodes",
        ),
        expected=("une propriété", "a property"),
    )


def goes_on(before: Token, stroke: Token) -> bool:
    """Tell whether a `/` right after a token goes on along a path."""
    step = before.kind in {"pname", "iri"} or before.text in {"a", ")", "*", "+", "?"}
    return step and before.end == stroke.offset


def doubled(first: Token, second: Token) -> Finding:
    """Tell of `a//b`, where a path goes on by one stroke."""
    return at(
        (first, second),
        "unexpected",
        ("une seule barre « / » suit un chemin", "a single “/” goes on along a path"),
        ("écrivez « / »", "write “/”"),
        "/",
    )


def incomplete(scene: Scene, fault: Fault) -> Finding | None:
    """Tell of a triple that stops before its property or its object."""
    token, before = fault.token, scene.before(fault.token)
    if token is None or before is None or token.text not in {"}", ".", ";", "]"}:
        return None
    if fault.node.inside("Triples", "Properties", "Objects") is None:
        return None
    fr, en = fault.expected
    return at(
        token,
        "incomplete-triple",
        (
            f"le triplet s’arrête après « {before.text} » ; attendu : {fr}",
            f"the triple stops after “{before.text}”; expected: {en}",
        ),
        expected=fault.expected,
    )


def dots(scene: Scene, fault: Fault) -> Finding | None:
    """Tell what is missing between two triples, by counting the terms that follow."""
    token, before = fault.token, scene.before(fault.token)
    if token is None or before is None or not _is_term(token):
        return None
    if not {".", ";", ","} <= fault.options:
        return None
    verb = _repeated_subject(scene, token)
    if verb is not None:
        return _repeats(scene, *verb)
    count = _terms_from(scene, token)
    if count == 3:
        return _missing(before, " .", ("un point « . »", "a dot “.”"), "missing-dot")
    if count == 2 and token.kind != "string" and token.kind != "number":
        return _missing(before, " ;", ("un point-virgule « ; »", "a semicolon “;”"), "missing-dot")
    return at(
        token,
        "unexpected",
        (
            f"« {token.text} » suit un triplet déjà complet (sujet, propriété, objet)",
            f"“{token.text}” follows a triple that is complete already (subject, property, object)",
        ),
        (
            "séparez : « . » pour un autre sujet, « ; » pour une autre propriété, "
            "« , » pour un autre objet",
            "separate: “.” for another subject, “;” for another property, “,” for another object",
        ),
        expected=fault.expected,
    )


def _is_term(token: Token) -> bool:
    return token.kind in _TERMS or token.keyword in _WORDS or token.text in {"[", "("}


def _terms_from(scene: Scene, token: Token) -> int:
    """Count the terms from one to the next sign; a bracket ends the count as an object does."""
    count = 0
    for one in scene.tokens[scene.index(token) : scene.index(token) + 6]:
        if one.kind == "langtag" or one.text == "^^":
            continue
        if one.text in {"[", "("}:
            return count + 1 if count != 1 else 3
        if not _is_term(one):
            return count
        count += 1
    return count


def _repeated_subject(scene: Scene, token: Token) -> tuple[Token, Token] | None:
    """Return the `;` and the subject that was written again after it."""
    verb, sign = scene.before(token, 2), scene.before(token, 3)
    if verb is None or sign is None or sign.text != ";" or verb.kind != "var":
        return None
    for place in range(scene.index(sign) - 1, -1, -1):
        one = scene.tokens[place]
        opens = one.text == "{" and one.depth == sign.depth - 1
        if opens or (one.depth == sign.depth and one.text in {".", "}"}):
            subject = scene.tokens[place + 1]
            return (sign, verb) if subject.text == verb.text else None
    return None


def _repeats(scene: Scene, sign: Token, subject: Token) -> Finding:
    following = scene.after(subject)
    end = following.offset if following is not None else subject.end
    return Finding(
        "semicolon-repeats-subject",
        subject.offset,
        subject.end,
        Said(
            "après « ; », le sujet ne se répète pas : la propriété vient tout de suite",
            "after “;” the subject is not repeated: the property comes at once",
        ),
        Said(
            f"retirez {subject.text}, ou mettez « . » au lieu de « ; »",
            f"remove {subject.text}, or put “.” instead of “;”",
        ),
        Edit(subject.offset, end, ""),
    )


def _missing(before: Token, sign: str, names: tuple[str, str], rule: str) -> Finding:
    return Finding(
        rule,
        before.end,
        before.end,
        Said(f"il manque sans doute {names[0]} ici", f"{names[1]} is missing here, most likely"),
        Said(f"ajoutez « {sign.strip()} »", f"add “{sign.strip()}”"),
        Edit(before.end, before.end, sign),
    )
