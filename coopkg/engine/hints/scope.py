"""What the grammar allows and SPARQL forbids: scopes, groups, aggregates, arguments."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from coopkg.engine.hints import calls, model
from coopkg.engine.hints.calls import name_of
from coopkg.engine.hints.finding import Edit, Finding, at
from coopkg.engine.hints.model import Bound, Level, Model, Select, below
from coopkg.engine.hints.scene import Scene
from coopkg.engine.hints.wellknown import AGGREGATES
from coopkg.sparql_grammar import Node
from coopkg.sparql_tokens import Token

# Within these the engine admits a variable without a value; its answer is then another one.
_UNBOUND_SAFE: Final = AGGREGATES | {"BOUND", "COALESCE"}
_MARKS: Final = frozenset({"/", "|", "^", "*", "+", "?", "!", "("})


def errors(scene: Scene, found: Model) -> Iterator[Finding]:
    """Yield the errors of a query that the grammar accepts."""
    for select in found.selects:
        yield from _listed(scene, select)
        yield from _grouped(scene, select)
        yield from _having(scene, select)
        yield from _limits(select)
    for level in found.query.where.everything():
        yield from _bound_again(level)
    yield from _declarations(scene)
    yield from _blank_nodes(found)
    yield from _templates(scene)
    yield from calls.errors(scene)
    for node in below(scene.reading.root, "Data", stop=()):
        yield from _width(node)


# --- what SELECT lists


def _listed(scene: Scene, select: Select) -> Iterator[Finding]:
    grouped = _is_grouped(select)
    inside = _keys(select) if grouped else select.where.visible()
    seen: set[str] = set()
    for token, expression in select.listed():
        if token.value in seen and expression is None:
            yield _twice(scene, token)
        elif expression is not None and token.value in inside | seen:
            yield _again(token)
        seen.add(token.value)


def _twice(scene: Scene, token: Token) -> Finding:
    before = scene.before(token)
    return at(
        token,
        "projected-twice",
        (
            f"SELECT liste {token.text} deux fois ; la réponse n’a qu’une colonne de ce nom",
            f"SELECT lists {token.text} twice; the answer has one column of that name",
        ),
        (f"retirez ce {token.text}", f"remove this {token.text}"),
        edit=Edit(before.end if before else token.offset, token.end, ""),
    )


def _again(token: Token) -> Finding:
    return at(
        token,
        "already-bound",
        (
            f"{token.text} a déjà une valeur dans ce qui précède",
            f"{token.text} already has a value in what comes before",
        ),
        (
            f"donnez un autre nom, par exemple {token.text}2",
            f"choose another name, for example {token.text}2",
        ),
    )


def _bound_again(level: Level) -> Iterator[Finding]:
    """Yield the BIND ( … AS ?x ) whose variable has a value before it in its group."""
    seen: set[str] = set()
    for one in level.elements:
        if isinstance(one, Bound) and one.by == "bind" and one.token.value in seen:
            yield _again(one.token)
        seen |= model.seen_in(one)


# --- groups and aggregates


def _aggregates(node: Node) -> Iterator[Node]:
    for call in below(node, "BuiltIn"):
        if name_of(call) in AGGREGATES:
            yield call


def _grouped(scene: Scene, select: Select) -> Iterator[Finding]:
    clause = select.clause
    if clause is None or not _is_grouped(select):
        return
    keys = _keys(select)
    if select.stars:
        yield _star(clause, keys)
    for token, expression in select.listed():
        if expression is None and token.value not in keys:
            yield _ungrouped(select, token, keys)
        for used in _outside_aggregates(expression):
            if used.value not in keys:
                yield _computed(scene, select, used, token, expression)
        if expression is not None:
            keys.add(token.value)


def _is_grouped(select: Select) -> bool:
    """Tell whether rows are grouped: by GROUP BY, or by an aggregate without one."""
    if any(True for _ in select.modifiers("GroupBy")):
        return True
    places = (*select.node.nodes("SelectClause"), *select.modifiers("Having", "OrderBy"))
    return any(True for place in places for _ in _aggregates(place))


def _keys(select: Select) -> set[str]:
    """Return the variables that GROUP BY keeps."""
    return {
        next(var.tokens()).value
        for group in select.modifiers("GroupBy")
        for grouped in group.nodes("Grouped")
        for var in grouped.nodes("Var")
    }


def _outside_aggregates(expression: Node | None) -> Iterator[Token]:
    left: list[Node] = [expression] if expression is not None else []
    while left:
        node = left.pop()
        if node.name == "Group" or (node.name == "BuiltIn" and name_of(node) in _UNBOUND_SAFE):
            continue
        if node.name == "Var":
            yield next(node.tokens())
        left += node.nodes()


def _having(scene: Scene, select: Select) -> Iterator[Finding]:
    """Yield the names in HAVING that stand for nothing there: those that SELECT gives."""
    if not _is_grouped(select):
        return
    keys = _keys(select)
    made = {token.value: expression for token, expression in select.listed() if expression}
    for having in select.modifiers("Having"):
        for token in _outside_aggregates(having):
            if token.value not in keys:
                yield _unknown_to_having(scene, token, made.get(token.value))


def _unknown_to_having(scene: Scene, token: Token, expression: Node | None) -> Finding:
    text = _source(scene, expression) if expression else None
    if text and len(list(expression.tokens())) > 1 and not text.endswith(")"):  # type: ignore[union-attr]
        text = f"({text})"
    why = (
        ("SELECT ne la calcule qu’après", "SELECT only computes it afterwards")
        if text
        else ("GROUP BY ne la garde pas", "GROUP BY does not keep it")
    )
    return at(
        token,
        "having-alias",
        (
            f"{token.text} n’a pas de valeur dans HAVING : {why[0]}",
            f"{token.text} has no value in HAVING: {why[1]}",
        ),
        (f"écrivez HAVING avec {text}", f"write HAVING with {text}")
        if text
        else (
            f"comparez un calcul : MAX({token.text})",
            f"compare something computed: MAX({token.text})",
        ),
        text,
    )


def _source(scene: Scene, node: Node) -> str:
    tokens = list(node.tokens())
    return scene.text[tokens[0].offset : tokens[-1].end]


def _named_in_group(
    scene: Scene, select: Select, token: Token, expression: Node | None
) -> Edit | None:
    """Return the change that groups by an expression of SELECT under its name, and lists the name.

    None when the expression holds an aggregate: what was meant is then not certain.
    """
    if (
        expression is None
        or expression.parent is None
        or any(True for _ in _aggregates(expression))
    ):
        return None
    listed = list(expression.parent.tokens())
    named = f"({_source(scene, expression)} AS {token.text})"
    groups = list(select.modifiers("GroupBy"))
    last = list((groups[0] if groups else select.where.node).tokens())[-1]
    end, added = last.end, f" {named}" if groups else f" GROUP BY {named}"
    for group in groups:
        for grouped in group.nodes("Grouped"):
            if "".join(one.text for one in grouped.tokens()).strip("()") == "".join(
                one.text for one in expression.tokens()
            ).strip("()"):
                parts = list(grouped.tokens())
                before = scene.text[listed[-1].end : parts[0].offset]
                return Edit(listed[0].offset, parts[-1].end, f"{token.text}{before}{named}")
    between = scene.text[listed[-1].end : end]
    return Edit(listed[0].offset, end, f"{token.text}{between}{added}")


def _computed(
    scene: Scene, select: Select, used: Token, token: Token, expression: Node | None
) -> Finding:
    edit = _named_in_group(scene, select, token, expression)
    hint = f"(SAMPLE({used.text}) …"
    fr, en = f"calculez-la, par exemple {hint}", f"compute it, for example {hint}"
    if edit is not None and expression is not None:
        named = f"GROUP BY ({_source(scene, expression)} AS {token.text})"
        fr = f"nommez l’expression dans {named}, et listez {token.text}"
        en = f"name the expression in {named}, and list {token.text}"
    return _not_grouped(used, (fr, en), edit)


def _ungrouped(select: Select, token: Token, keys: set[str]) -> Finding:
    if keys:
        hint = (
            f"ajoutez {token.text} à GROUP BY, ou calculez-la : (SAMPLE({token.text}) AS ?une)",
            f"add {token.text} to GROUP BY, or compute it: (SAMPLE({token.text}) AS ?one)",
        )
    else:
        hint = (f"ajoutez GROUP BY {token.text}", f"add GROUP BY {token.text}")
    return _not_grouped(token, hint, _grouping(select, token))


def _not_grouped(token: Token, hint: tuple[str, str], edit: Edit | None) -> Finding:
    return at(
        token,
        "ungrouped-variable",
        (
            f"{token.text} n’est ni regroupée par GROUP BY, ni calculée : une ligne de résultat en "
            "aurait plusieurs valeurs",
            f"{token.text} is neither grouped by GROUP BY nor computed: one row would have several "
            "values of it",
        ),
        hint,
        edit=edit,
    )


def _grouping(select: Select, token: Token) -> Edit | None:
    """Return the change that adds a variable to GROUP BY, or a GROUP BY after WHERE."""
    for group in select.modifiers("GroupBy"):
        last = list(group.tokens())[-1]
        return Edit(last.end, last.end, f" {token.text}")
    last = list(select.where.node.tokens())[-1]
    return Edit(last.end, last.end, f" GROUP BY {token.text}")


def _star(clause: Node, keys: set[str]) -> Finding:
    star = next(one for one in clause.parts if isinstance(one, Token) and one.text == "*")
    listed = " ".join(f"?{key}" for key in sorted(keys))
    return at(
        star,
        "star-with-group",
        (
            "SELECT * n’est pas permis avec GROUP BY ; listez les variables regroupées",
            "SELECT * is not allowed with GROUP BY; list the grouped variables",
        ),
        (f"écrivez SELECT {listed}", f"write SELECT {listed}") if listed else None,
        listed or None,
    )


# --- the rest


def _declarations(scene: Scene) -> Iterator[Finding]:
    """Yield the PREFIX whose name has more than its colon, or whose IRI has no angle brackets."""
    for node in below(scene.reading.root, "Prologue"):
        parts = list(node.tokens())
        for place, word in enumerate(parts):
            if word.keyword != "PREFIX":
                continue
            name, iri = parts[place + 1 : place + 3]
            if name.kind == "pname" and not name.text.endswith(":"):
                prefix = name.text.partition(":")[0] + ":"
                yield at(
                    name,
                    "prefix-syntax",
                    (
                        "le nom d’un préfixe se termine par son deux-points",
                        "the name of a prefix ends with its colon",
                    ),
                    (f"écrivez {prefix}", f"write {prefix}"),
                    prefix,
                )
            elif name.kind == "pname" and iri.kind == "pname":
                yield at(
                    iri,
                    "prefix-syntax",
                    (
                        "un préfixe se déclare par une IRI entre chevrons, non par un préfixe",
                        "a prefix is declared by an IRI between angle brackets, not by a prefix",
                    ),
                )


def _limits(select: Select) -> Iterator[Finding]:
    for limits in select.modifiers("Limits"):
        for token in limits.tokens():
            if token.kind == "number" and not token.text.isdigit():
                yield at(
                    token,
                    "limit-value",
                    (
                        "LIMIT et OFFSET attendent un nombre entier",
                        "LIMIT and OFFSET expect a whole number",
                    ),
                )


def _blank_nodes(found: Model) -> Iterator[Finding]:
    """Yield the labels `_:x` that stand in two blocks of triples (SPARQL 1.1, section 5.1.1)."""
    home: dict[str, int] = {}
    levels = found.query.where.everything()
    blocks = [block for level in levels for block in level.blocks if block]
    blocks.sort(key=lambda block: block[0].subject.tokens[0].offset)
    for number, block in enumerate(blocks):
        for triple in block:
            for term in triple.terms:
                token = term.tokens[0]
                if token.kind == "bnode" and home.setdefault(token.text, number) != number:
                    name = token.text[2:]
                    yield at(
                        token,
                        "blank-node-reused",
                        (
                            f"{token.text} sert déjà dans un autre groupe de triplets ; un nœud "
                            "anonyme ne relie que des triplets voisins",
                            f"{token.text} is used in another block of triples already; a blank "
                            "node only links triples that stand together",
                        ),
                        (f"prenez une variable : ?{name}", f"use a variable: ?{name}"),
                    )


def _templates(scene: Scene) -> Iterator[Finding]:
    for template in below(scene.reading.root, "Template"):
        for path in below(template, "Path", stop=()):
            mark = next((one for one in path.tokens() if one.text in _MARKS), None)
            if mark is not None:
                yield at(
                    mark,
                    "template",
                    (
                        "un chemin de propriétés ne peut figurer dans le modèle d’un CONSTRUCT",
                        "a property path cannot stand in the template of a CONSTRUCT",
                    ),
                )
                break


def _width(data: Node) -> Iterator[Finding]:
    """Yield the rows of VALUES that have more or fewer values than there are variables."""
    names = sum(1 for _ in data.nodes("Var"))
    row: list[Token] = []
    count = 0
    opened = False
    for part in data.parts:
        if isinstance(part, Node):
            count += part.name == "Value"
            row += list(part.tokens())
            continue
        row.append(part)
        if part.text == "{":
            opened = True
        elif part.text == "(":
            row, count = [part], 0
        elif part.text == ")" and opened and count != names:
            yield at(
                row,
                "values-width",
                (
                    f"cette ligne de VALUES en a {count} ; il faut {names} valeurs, "
                    "une par variable",
                    f"this row of VALUES has {count}; {names} values are needed, "
                    "one for each variable",
                ),
                ("une case vide s’écrit UNDEF", "an empty cell is written UNDEF"),
            )
