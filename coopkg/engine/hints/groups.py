"""Causes of a fault around groups: conditions, braces, templates."""

from __future__ import annotations

from itertools import takewhile
from typing import Final

from coopkg.engine.hints.clauses import INSIDE, MODIFIERS
from coopkg.engine.hints.finding import Edit, Finding, at
from coopkg.engine.hints.scene import Scene
from coopkg.sparql_grammar import Fault
from coopkg.sparql_tokens import Token

TERMS: Final = frozenset({"var", "iri", "pname", "bnode", "string", "number"})
VALUES: Final = frozenset({"TRUE", "FALSE", "UNDEF"})


def conditions(scene: Scene, fault: Fault) -> Finding | None:
    """Tell of a FILTER or a HAVING whose condition is not between brackets."""
    token, word = fault.token, scene.before(fault.token)
    if token is None or word is None:
        return None
    if word.keyword in {"FILTER", "HAVING"}:
        if token.kind not in TERMS and token.text not in {"!", "-"}:
            return None
        return _bracketed(scene, word, token, token)
    following = scene.after(token)
    negated = token.keyword == "NOT" and following is not None and following.keyword == "IN"
    operator = token.text in _OPERATORS or token.keyword == "IN" or negated
    if operator and fault.last.inside("Filter", "Having") is not None:
        start = _condition_before(scene, token)
        if start is not None:
            return _bracketed(scene, start[0], start[1], token)
    return None


_OPERATORS: Final = frozenset({"&&", "||", "=", "!=", "<", ">", "<=", ">=", "+", "-", "*", "/"})
_ENDS: Final = frozenset(MODIFIERS) | INSIDE | {"SELECT", "WHERE"}


def _condition_before(scene: Scene, token: Token) -> tuple[Token, Token] | None:
    """Return the FILTER or HAVING, and the first token of the condition, that an operator ends."""
    place = scene.index(token)
    for at_ in range(place - 1, max(-1, place - 200), -1):
        one = scene.tokens[at_]
        if one.depth == token.depth and one.keyword in {"FILTER", "HAVING"}:
            return one, scene.tokens[at_ + 1]
        if one.depth < token.depth or (one.depth == token.depth and one.text in {".", "{", "}"}):
            return None
    return None


def _bracketed(scene: Scene, word: Token, first: Token, seen: Token) -> Finding:
    last = first
    for token in scene.tokens[scene.index(first) :]:
        same = token.depth <= first.depth
        if same and (token.text in {"}", "."} or token.keyword in _ENDS):
            break
        last = token
    change = Edit(first.offset, last.end, f"({scene.text[first.offset : last.end]})")
    mended = Scene.of(change.apply(scene.text)).reading.fault
    further = mended is None or mended.token is None or mended.token.offset > last.end + 1
    return at(
        seen,
        "filter-needs-brackets",
        (
            f"la condition d’un {word.text} s’écrit entre parenthèses, tout entière",
            f"the condition of a {word.text} stands between brackets, the whole of it",
        ),
        (f"écrivez {word.text} {change.text}", f"write {word.text} {change.text}")
        if further
        else (f"écrivez {word.text} ( … )", f"write {word.text} ( … )"),
        edit=change if further else None,
    )


def braces(scene: Scene, fault: Fault) -> Finding | None:
    """Tell of a pattern that no brace opens."""
    token, word = fault.token, scene.before(fault.token)
    if token is None or word is None or fault.node.inside("Group") is not None:
        return None
    if not _lacks_opening(scene, token) or _later(scene, token, "WHERE"):
        return None
    if word.keyword == "WHERE" and (token.kind in TERMS or token.text in {"[", "("}):
        return at(
            token,
            "missing-brace",
            (
                "il manque après WHERE l’accolade « { », qui ouvre le groupe",
                "the brace “{”, which opens the group, is missing after WHERE",
            ),
            ("écrivez WHERE { … }", "write WHERE { … }"),
            edit=_braced(scene, token),
            expected=fault.expected,
        )
    verb = token.kind in {"iri", "pname"} or token.text == "a"
    if verb and word.kind == "var" and fault.last.inside("SelectClause") is not None:
        return at(
            word,
            "missing-brace",
            ("il manque WHERE { avant ce motif", "WHERE { is missing before this pattern"),
            ("écrivez WHERE { … }", "write WHERE { … }"),
            edit=Edit(word.offset, word.offset, "WHERE { "),
            expected=("WHERE { … }", "WHERE { … }"),
        )
    return None


def _later(scene: Scene, first: Token, word: str) -> bool:
    return any(one.keyword == word for one in scene.tokens[scene.index(first) + 1 :])


def _lacks_opening(scene: Scene, first: Token) -> bool:
    """Tell whether what follows closes more braces than it opens, or has none at all."""
    rest = scene.tokens[scene.index(first) :]
    opened = sum(one.text == "{" for one in rest)
    closed = sum(one.text == "}" for one in rest)
    return closed > opened or opened == 0


def _braced(scene: Scene, first: Token) -> Edit:
    """Return the change that opens a brace, and closes it when nothing else does."""
    rest = scene.tokens[scene.index(first) :]
    if any(one.text in {"{", "}"} for one in rest):
        return Edit(first.offset, first.offset, "{ ")
    last = first
    for token in rest:
        if token.keyword in MODIFIERS:
            break
        last = token
    return Edit(first.offset, last.end, f"{{ {scene.text[first.offset : last.end]} }}")


def groups(scene: Scene, fault: Fault) -> Finding | None:
    """Tell of OPTIONAL, MINUS, UNION, GRAPH or EXISTS without the braces they need."""
    token = fault.token
    if token is not None and token.keyword == "UNION":
        return at(
            token,
            "union-needs-groups",
            (
                "UNION réunit deux groupes : { … } UNION { … }",
                "UNION joins two groups: { … } UNION { … }",
            ),
            ("mettez ce qui précède entre accolades", "put what comes before between braces"),
        )
    if fault.options != {"{"} or token is None:
        return None
    for count in (1, 2):
        word = scene.before(token, count)
        if word is not None and word.keyword in {"OPTIONAL", "MINUS", "UNION", "EXISTS", "GRAPH"}:
            name = (
                f"GRAPH {scene.text[word.end : token.offset].strip()}" if count == 2 else word.text
            )
            return at(
                word,
                "needs-group",
                (
                    f"{word.text} s’applique à un groupe entre accolades",
                    f"{word.text} applies to a group between braces",
                ),
                (f"écrivez {name} {{ … }}", f"write {name} {{ … }}"),
                expected=fault.expected,
            )
    return None


def rows(scene: Scene, fault: Fault) -> Finding | None:
    """Tell of a value that stands alone where VALUES expects rows between brackets."""
    token, data = fault.token, fault.node.inside("Data")
    if token is None or data is None or "(" not in fault.options:
        return None
    if token.kind not in {"iri", "pname", "string", "number"} and token.keyword not in VALUES:
        return None
    place = scene.index(token)
    values = list(takewhile(lambda one: one.text != "}", scene.tokens[place : place + 200]))
    names = sum(1 for _ in data.nodes("Var"))
    alone = all(one.kind in {"iri", "pname"} or one.keyword == "UNDEF" for one in values)
    edit = None
    if alone and names and len(values) % names == 0:
        texts = [one.text for one in values]
        lines = [" ".join(texts[at : at + names]) for at in range(0, len(texts), names)]
        text = " ".join(f"({line})" for line in lines)
        edit = Edit(values[0].offset, values[-1].end, text)
    return at(
        token,
        "values-width",
        (
            "après ( … ), chaque ligne de VALUES s’écrit entre parenthèses ; attendu : « ( »",
            "after ( … ), each row of VALUES stands between brackets; expected: “(”",
        ),
        (f"écrivez ({token.text})", f"write ({token.text})")
        if names == 1
        else ("mettez chaque ligne entre parenthèses", "put each row between brackets"),
        edit=edit,
        expected=("« ( »", "“(”"),
    )


def templates(scene: Scene, fault: Fault) -> Finding | None:
    """Tell what a CONSTRUCT cannot hold."""
    token = fault.token
    if token is None or fault.node.inside("Construct") is None or fault.node.inside("Group"):
        return None
    word = scene.before(token)
    if word is not None and word.keyword == "CONSTRUCT":
        message = (
            "CONSTRUCT { … } attend les triplets à écrire, entre accolades",
            "CONSTRUCT { … } expects the triples to write, between braces",
        )
    elif fault.node.inside("ShortConstruct") is not None and scene.open_at(token):
        message = (
            "CONSTRUCT WHERE { … } n’admet que des triplets simples ; avec FILTER, OPTIONAL ou un "
            "chemin, écrivez CONSTRUCT { … } WHERE { … }",
            "CONSTRUCT WHERE { … } only admits plain triples; with FILTER, OPTIONAL or a path, "
            "write CONSTRUCT { … } WHERE { … }",
        )
    else:
        return None
    return at(token, "template", message)
