"""Causes of a fault among the clauses: order, aliases, commas, conditions, groups."""

from __future__ import annotations

from typing import Final

from coopkg.engine.hints.finding import Edit, Finding, at
from coopkg.engine.hints.scene import Scene
from coopkg.engine.hints.wellknown import FUNCTIONS
from coopkg.sparql_grammar import Fault
from coopkg.sparql_text import QUERY_FORMS
from coopkg.sparql_tokens import Token

MODIFIERS: Final = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET")
INSIDE: Final = frozenset({"FILTER", "OPTIONAL", "BIND", "MINUS", "GRAPH", "UNION", "VALUES"})
_BEFORE: Final = {
    "PREFIX": (
        "avant SELECT, ASK, CONSTRUCT ou DESCRIBE",
        "before SELECT, ASK, CONSTRUCT or DESCRIBE",
    ),
    "BASE": (
        "avant SELECT, ASK, CONSTRUCT ou DESCRIBE",
        "before SELECT, ASK, CONSTRUCT or DESCRIBE",
    ),
    "FROM": ("avant WHERE", "before WHERE"),
    "WHERE": ("avant GROUP BY, ORDER BY et LIMIT", "before GROUP BY, ORDER BY and LIMIT"),
    "GROUP": ("avant HAVING, ORDER BY et LIMIT", "before HAVING, ORDER BY and LIMIT"),
    "HAVING": (
        "avant ORDER BY et LIMIT, après GROUP BY",
        "before ORDER BY and LIMIT, after GROUP BY",
    ),
    "ORDER": ("avant LIMIT et OFFSET", "before LIMIT and OFFSET"),
}


def prologue(scene: Scene, fault: Fault) -> Finding | None:
    """Tell of the dot, or of the sign, that Turtle puts after a prefix."""
    token, before = fault.token, scene.before(fault.token)
    if token is None or before is None or fault.last.inside("Prologue") is None:
        return None
    word = scene.before(token, 2)
    if before.kind == "iri" and word is not None and word.keyword == "PREFIX":
        return at(
            before,
            "prefix-syntax",
            ("il manque le nom du préfixe", "the name of the prefix is missing"),
            (f"par exemple : ex: {before.text}", f"for example: ex: {before.text}"),
        )
    declared = scene.before(token, 3)
    if token.text in {".", ";", ","} and before.kind == "iri" and declared is not None:
        first = declared.keyword in {"PREFIX", "BASE"} or declared.text == "@prefix"
        if first and token.frame == "clause" and token.depth == 0:
            return at(
                token,
                "turtle-prefix",
                (
                    f"ce signe « {token.text} » est de Turtle : en SPARQL, un préfixe n’a pas de "
                    "point final",
                    f"this “{token.text}” is Turtle: in SPARQL, a prefix has no final dot",
                ),
                ("retirez-le", "remove it"),
                "",
            )
    return None


def aliases(scene: Scene, fault: Fault) -> Finding | None:
    """Tell of an expression that has no ( … AS ?x ) around it, or no AS."""
    token = fault.token
    if token is None:
        return None
    clause = fault.last.inside("SelectClause")
    if "AS" in fault.options and fault.node.inside("Projected", "Bind") is not None:
        return _without_as(scene, fault, token)
    if clause is None or token.keyword not in FUNCTIONS:
        return _as_outside(scene, fault, token)
    after = scene.after(token)
    closing = scene.closing(after) if after is not None and after.text == "(" else None
    if closing is None:
        return None
    return _wrapped(scene, token, closing)


def _wrapped(scene: Scene, first: Token, closing: Token) -> Finding | None:
    """Wrap `COUNT(?x)`, or `COUNT(?x) AS ?n`, as SELECT wants it."""
    inside = scene.tokens[scene.index(first) : scene.index(closing)]
    if any(one.keyword == "AS" for one in inside):
        return None
    seen = scene.tokens[scene.index(first) : scene.index(closing) + 1]
    as_, name = scene.after(closing), scene.after(closing, 2)
    written = scene.text[first.offset : closing.end]
    alias = _alias(scene, first)
    if as_ is not None and as_.keyword == "AS" and name is not None and name.kind == "var":
        seen = scene.tokens[scene.index(first) : scene.index(name) + 1]
        alias = name.text
    text = f"({written} AS {alias})"
    return at(
        seen,
        "needs-alias",
        (
            "une expression du SELECT s’écrit entre parenthèses et porte un nom",
            "an expression of SELECT stands between brackets and has a name",
        ),
        (f"écrivez {text}", f"write {text}"),
        text,
    )


def _alias(scene: Scene, first: Token) -> str:
    """Return a variable that the query does not use yet."""
    used = {token.value for token in scene.tokens if token.kind == "var"}
    base = first.text.lower() if first.kind == "word" else "value"
    names = [base, *(f"{base}{number}" for number in range(2, len(used) + 3))]
    return "?" + next(name for name in names if name not in used)


def _without_as(scene: Scene, fault: Fault, token: Token) -> Finding | None:
    after = scene.after(token)
    if token.kind == "var":
        if after is None or after.text != ")":
            return None
        return at(
            token,
            "needs-alias",
            (
                "AS manque entre l’expression et la variable qui la nomme",
                "AS is missing between the expression and the variable that names it",
            ),
            (f"écrivez AS {token.text}", f"write AS {token.text}"),
            f"AS {token.text}",
        )
    node = fault.node.inside("Projected", "Bind")
    opening = next((t for t in node.tokens() if t.text == "("), None) if node else None
    if token.text != ")" or opening is None:
        return None
    seen = scene.tokens[scene.index(opening) : scene.index(token) + 1]
    if len(seen) == 3 and seen[1].kind == "var" and node is not None and node.name == "Projected":
        text = seen[1].text
        before = scene.before(opening)
        text = f" {text}" if before is not None and before.end == opening.offset else text
    else:
        alias = _alias(scene, seen[1])
        text = f"{scene.text[opening.offset : token.offset].rstrip()} AS {alias})"
    return at(
        seen,
        "needs-alias",
        (
            "le résultat d’une expression doit porter un nom",
            "the result of an expression must have a name",
        ),
        (f"écrivez {text.strip()}", f"write {text.strip()}"),
        text,
    )


def _as_outside(scene: Scene, fault: Fault, token: Token) -> Finding | None:
    """Tell of `SELECT ?x AS ?y`, and of `(COUNT(?x)) AS ?n`."""
    before, name = scene.before(token), scene.after(token)
    if token.keyword != "AS" or token.depth or fault.last.inside("SelectClause") is None:
        return None
    if before is None or name is None or before.kind != "var" or name.kind != "var":
        return None
    text = f"({before.text} AS {name.text})"
    return at(
        (before, name),
        "needs-alias",
        (
            "une variable que l’on renomme s’écrit entre parenthèses",
            "a variable that is renamed stands between brackets",
        ),
        (f"écrivez {text}", f"write {text}"),
        text,
    )


def commas(scene: Scene, fault: Fault) -> Finding | None:
    """Tell of a comma between the variables of SELECT, GROUP BY, ORDER BY or DESCRIBE."""
    token = fault.token
    if token is None or token.text != ",":
        return None
    if fault.last.inside("SelectClause", "GroupBy", "OrderBy", "Describe") is None:
        return None
    after = scene.after(token)
    glued = after is not None and after.offset == token.end
    return at(
        token,
        "comma-between-variables",
        (
            "en SPARQL, une espace et non une virgule sépare les variables",
            "in SPARQL, a space and no comma separates variables",
        ),
        ("retirez la virgule", "remove the comma"),
        " " if glued else "",
    )


def sorting(scene: Scene, fault: Fault) -> Finding | None:
    """Tell of `ORDER BY ?x DESC` and `ORDER BY DESC ?x`."""
    node = fault.node.inside("OrderBy")
    word = scene.before(fault.token)
    if node is None or word is None or word.keyword not in {"ASC", "DESC"}:
        return None
    before, after = scene.before(word), fault.token
    if after is not None and after.kind == "var":
        seen, name = (word, after), after.text
    elif before is not None and before.kind == "var":
        seen, name = (before, word), before.text
    else:
        return None
    text = f"{word.text}({name})"
    return at(
        word,
        "sql-habit",
        (
            f"{word.text} entoure ce qu’il trie, entre parenthèses",
            f"{word.text} stands around what it sorts, with brackets",
        ),
        (f"écrivez {text}", f"write {text}"),
        edit=Edit(seen[0].offset, seen[1].end, text),
    )


def limits(scene: Scene, fault: Fault) -> Finding | None:
    """Tell of a LIMIT that is no whole number, or of `LIMIT 10, 20`."""
    token, word = fault.token, scene.before(fault.token)
    if token is None or word is None:
        return None
    if word.keyword in {"LIMIT", "OFFSET"} and token.text != "}":
        number = scene.after(token)
        signed = token.text in {"-", "+"} and number is not None and number.kind == "number"
        return at(
            (token, number) if signed and number is not None else token,
            "limit-value",
            (
                f"{word.text} attend un nombre entier, sans signe",
                f"{word.text} expects a whole number, without a sign",
            ),
        )
    first, count = scene.before(token, 2), scene.after(token)
    if token.text == "," and first is not None and first.keyword == "LIMIT" and count is not None:
        text = f"LIMIT {count.text} OFFSET {word.text}"
        return at(
            (first, count),
            "limit-value",
            (
                "LIMIT prend un seul nombre ; le rang de départ se dit avec OFFSET",
                "LIMIT takes one number; where to start is said with OFFSET",
            ),
            (f"écrivez {text}", f"write {text}"),
            text,
        )
    return None


def another(scene: Scene, fault: Fault) -> Finding | None:
    """Tell of a second query in the same text."""
    token = fault.token
    if token is not None and token.text == ";" and not token.depth:
        token = scene.after(token)
    if token is None or token.keyword not in {*QUERY_FORMS, "PREFIX", "BASE"}:
        return None
    last = scene.before(fault.token)
    if "end" not in fault.options or token.depth or last is None or scene.open_at(token):
        return None
    if not any(one.keyword in QUERY_FORMS for one in scene.tokens[scene.index(token) :]):
        return None
    return at(
        token,
        "unexpected",
        ("une seconde requête commence ici", "a second query begins here"),
        (
            "posez une requête à la fois ; pour les réunir, faites-en des sous-requêtes { … }",
            "ask one query at a time; to join them, make them sub-queries { … }",
        ),
    )


def semicolon(scene: Scene, fault: Fault) -> Finding | None:
    """Tell of the sign that ends a statement of SQL."""
    token = fault.token
    if token is None or token.text not in {";", "."} or scene.after(token) is not None:
        return None
    if token.depth or scene.open_at(token):
        return None
    names = ("point-virgule", "semicolon") if token.text == ";" else ("point", "dot")
    return at(
        token,
        "final-semicolon",
        (
            f"une requête ne se termine pas par un {names[0]}",
            f"a query does not end with a {names[1]}",
        ),
        ("retirez-le", "remove it"),
        "",
    )


def misplaced(scene: Scene, fault: Fault) -> Finding | None:
    """Tell of a clause that stands before or after its place."""
    token = fault.token
    if token is None or token.kind != "word":
        return None
    word = token.keyword
    before = scene.tokens[: scene.index(token)]
    if not any(one.keyword in QUERY_FORMS for one in before):
        return None
    depth = len(scene.open_at(token))
    name = f"{word} BY" if word in {"ORDER", "GROUP"} else word
    if word in MODIFIERS and depth:
        return _out_of_order(
            token,
            f"{name} vient après l’accolade « }} » qui ferme le WHERE, non dedans",
            f"{name} comes after the brace “}}” that closes WHERE, not inside",
        )
    if word in INSIDE and not depth:
        return _out_of_order(
            token,
            f"{name} se place à l’intérieur du WHERE, avant son accolade « }} »",
            f"{name} stands inside WHERE, before its closing brace “}}”",
        )
    if word in _BEFORE and not depth and word not in fault.options:
        fr, en = _BEFORE[word]
        if word == "ORDER" or word == "HAVING" or word == "GROUP" or word in {"PREFIX", "BASE"}:
            return _out_of_order(token, f"{name} se place {fr}", f"{name} stands {en}")
        if any(one.keyword == "WHERE" or one.text == "{" for one in before):
            return _out_of_order(token, f"{name} se place {fr}", f"{name} stands {en}")
    return None


def _out_of_order(token: Token, fr: str, en: str) -> Finding:
    return at(token, "order-of-clauses", (fr, en))
