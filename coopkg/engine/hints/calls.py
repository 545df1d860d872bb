"""What is wrong with the call of a function: its name, its arguments, its place."""

from __future__ import annotations

from collections.abc import Iterator

from coopkg.engine.hints.finding import Finding, at
from coopkg.engine.hints.model import below
from coopkg.engine.hints.nearest import close
from coopkg.engine.hints.scene import Scene
from coopkg.engine.hints.wellknown import AGGREGATES, ARITIES, FUNCTIONS, IRI_FUNCTIONS, MANY
from coopkg.sparql_grammar import Node
from coopkg.sparql_tokens import Token


def errors(scene: Scene) -> Iterator[Finding]:
    """Yield what is wrong with the calls of a query."""
    for node in below(scene.reading.root, "BuiltIn", stop=()):
        yield from _called(node)
    yield from _iri_functions(scene)


def name_of(call: Node) -> str:
    """Return the name of the function that a call is of, in capitals."""
    return next((one.keyword for one in call.parts if isinstance(one, Token)), "")


def _called(call: Node) -> Iterator[Finding]:
    """Yield what is wrong with one call: its number of arguments, or an aggregate out of place."""
    token = next(one for one in call.parts if isinstance(one, Token))
    name = token.keyword
    if name in {"NOT", "EXISTS"}:
        return
    if name not in FUNCTIONS:
        yield _no_function(token)
        return
    if name in AGGREGATES:
        yield from _misplaced(call, token)
    yield from _arity(call, token)


def _no_function(token: Token) -> Finding:
    near = close(token.keyword, sorted(FUNCTIONS))
    return at(
        token,
        "unknown-function",
        (f"{token.text} n’est pas une fonction", f"{token.text} is no function"),
        (f"peut-être {near}", f"perhaps {near}") if near else None,
        near,
    )


def _arity(call: Node, token: Token) -> Iterator[Finding]:
    name = token.keyword
    least, most = ARITIES[name]
    given = sum(1 for found in call.nodes("Expressions") for _ in found.nodes("Expression"))
    if any(isinstance(one, Token) and one.text == "*" for one in call.parts):
        if name == "COUNT":
            return
    elif least <= given <= most:
        return
    hint = None
    if name == "GROUP_CONCAT" and given > 1:
        hint = (
            'écrivez GROUP_CONCAT(?x ; SEPARATOR = ", ")',
            'write GROUP_CONCAT(?x ; SEPARATOR = ", ")',
        )
    yield at(
        token,
        "wrong-arity",
        (
            f"{name} prend {_count(least, most, 'fr')}, non {given}",
            f"{name} takes {_count(least, most, 'en')}, not {given}",
        ),
        hint,
    )


def _count(least: int, most: int, lang: str) -> str:
    if most == MANY:
        return f"au moins {least} arguments" if lang == "fr" else f"at least {least} arguments"
    either = {"fr": "ou", "en": "or"}[lang]
    number = str(least) if least == most else f"{least} {either} {most}"
    return f"{number} argument{'s' if most > 1 else ''}"


def _misplaced(call: Node, token: Token) -> Iterator[Finding]:
    node = call.parent
    while node is not None and node.name not in {"Group", "SelectClause", "Having", "OrderBy"}:
        if node.name == "BuiltIn" and name_of(node) in AGGREGATES:
            yield at(
                token,
                "nested-aggregate",
                (
                    f"{token.text} à l’intérieur d’un autre agrégat",
                    f"{token.text} inside another aggregate",
                ),
                (
                    "calculez le premier dans une sous-requête { SELECT … GROUP BY … }",
                    "compute the first in a sub-query { SELECT … GROUP BY … }",
                ),
            )
            return
        if node.name in {"Filter", "Bind"}:  # the engine admits them in GROUP BY
            yield _aggregate(node.name, token)
            return
        node = node.parent


def _aggregate(where: str, token: Token) -> Finding:
    name = where.upper()
    hint = (
        (
            f"filtrez après le regroupement : GROUP BY … HAVING ({token.text}( … ) … )",
            f"filter after grouping: GROUP BY … HAVING ({token.text}( … ) … )",
        )
        if where == "Filter"
        else (
            f"calculez-le dans le SELECT : ({token.text}( … ) AS ?n)",
            f"compute it in SELECT: ({token.text}( … ) AS ?n)",
        )
    )
    return at(
        token,
        "aggregate-misplaced",
        (
            f"un agrégat ({token.text}) n’est pas permis dans {name}",
            f"an aggregate ({token.text}) is not allowed in {name}",
        ),
        hint,
    )


def _iri_functions(scene: Scene) -> Iterator[Finding]:
    for name in ("Primary", "Call"):
        for call in below(scene.reading.root, name, stop=()):
            if not any(True for _ in call.nodes("Arguments")):
                continue
            token = next(call.tokens())
            iri = scene.iri(token)
            if iri is None or iri in IRI_FUNCTIONS:
                continue
            local = token.text.rsplit("/", 1)[-1].rpartition("#")[2].rpartition(":")[2].strip("<>")
            near = close(local, sorted(FUNCTIONS))
            casts = close(iri, sorted(IRI_FUNCTIONS))
            text = near or (scene.short(casts) if casts else None)
            yield at(
                token,
                "unknown-function",
                (
                    f"la fonction {token.text} n’existe pas dans ce moteur",
                    f"the function {token.text} does not exist in this engine",
                ),
                (f"peut-être {text}", f"perhaps {text}") if text else None,
                text,
            )
