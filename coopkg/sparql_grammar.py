"""Where a text stops being a SPARQL 1.1 query, and what was expected there.

The grammar of section 19.8 needs one token of look-ahead, so a stack and a table of first tokens
read it without recursion. It serves to explain: the engine's own parser decides. What only it
knows (the scope of variables and blank nodes, triple terms of SPARQL 1.2) is accepted here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from coopkg.sparql_tokens import Token, unescape

# Rules as in the recommendation: ? * + | and brackets; a quoted word or sign is itself, a name in
# small letters is a kind of token. Signed numbers, `[]` and `()` are several tokens here.
_RULES: Final = """
Query: Prologue (Select | Construct | Describe | Ask) Values end
Prologue: ('BASE' iri | 'PREFIX' iri iri | 'VERSION' string)*
Select: SelectClause Dataset Where Modifier
SubSelect: SelectClause Where Modifier Values
SelectClause: 'SELECT' ('DISTINCT' | 'REDUCED')? ('*' | Projected+)
Projected: Var | '(' Expression 'AS' Var ')'
Construct: 'CONSTRUCT' (Template Dataset Where Modifier | ShortConstruct)
ShortConstruct: Dataset 'WHERE' Template Modifier
Describe: 'DESCRIBE' ('*' | VarOrIri+) Dataset Where? Modifier
Ask: 'ASK' Dataset Where Modifier
Dataset: ('FROM' 'NAMED'? Iri)*
Where: 'WHERE'? Group
Modifier: GroupBy? Having? OrderBy? Limits?
GroupBy: 'GROUP' 'BY' Grouped+
Grouped: Var | Call | '(' Expression ('AS' Var)? ')'
Having: 'HAVING' Constraint+
OrderBy: 'ORDER' 'BY' Ordered+
Ordered: ('ASC' | 'DESC') '(' Expression ')' | Constraint | Var
Limits: 'LIMIT' number ('OFFSET' number)? | 'OFFSET' number ('LIMIT' number)?
Values: ('VALUES' Data)?
Data: Var '{' Value* '}' | '(' Var* ')' '{' ('(' Value* ')')* '}'
Value: Iri | Literal | 'UNDEF'
Template: '{' TemplateTriples? '}'
TemplateTriples: Triples ('.' TemplateTriples?)?
Group: '{' (SubSelect | Patterns) '}'
Patterns: TripleBlock? (Pattern '.'? TripleBlock?)*
TripleBlock: Triples ('.' TripleBlock?)?
Pattern: Union | Nested | Elsewhere | Bind | Filter | 'VALUES' Data
Nested: ('OPTIONAL' | 'MINUS' | 'LATERAL') Group
Elsewhere: ('GRAPH' | 'SERVICE' 'SILENT'?) VarOrIri Group
Union: Group ('UNION' Group)*
Bind: 'BIND' '(' Expression 'AS' Var ')'
Filter: 'FILTER' Constraint
Constraint: '(' Expression ')' | Call
Call: Iri Arguments | BuiltIn
Arguments: '(' 'DISTINCT'? Expressions? ')'
Expressions: Expression (',' Expression)*
Triples: Node Properties | Bracket Properties?
Properties: Verb Objects (';' (Verb Objects)?)*
Verb: Var | Path
Objects: Object (',' Object)*
Object: Node | Bracket
Node: Var | Iri | Literal | bnode
Bracket: '(' Object* ')' | '[' Properties? ']'
Path: Sequence ('|' Sequence)*
Sequence: Step ('/' Step)*
Step: '^'? PathPrimary ('?' | '*' | '+')?
PathPrimary: Iri | 'A' | '!' Negated | '(' Path ')'
Negated: OneWay | '(' (OneWay ('|' OneWay)*)? ')'
OneWay: '^'? (Iri | 'A')
Expression: And ('||' And)*
And: Relation ('&&' Relation)*
Relation: Sum (('=' | '!=' | '<' | '>' | '<=' | '>=') Sum | 'NOT'? 'IN' '(' Expressions? ')')?
Sum: Product (('+' | '-') Product)*
Product: Unary (('*' | '/') Unary)*
Unary: ('!' | '+' | '-') Unary | Primary
Primary: '(' Expression ')' | Iri Arguments? | Literal | Var | BuiltIn
BuiltIn: 'NOT'? 'EXISTS' Group | function '(' 'DISTINCT'? ('*' | Expressions)? Separator? ')'
Separator: ';' 'SEPARATOR' '=' string
Literal: string (langtag | '^^' Iri)? | ('+' | '-')? number | 'TRUE' | 'FALSE'
VarOrIri: Var | Iri
Var: var
Iri: iri
"""
# What people call the rules and tokens that are missed most.
_PROPERTY: Final = ("une propriété", "a property")
_EXPRESSION: Final = ("une expression", "an expression")
_OBJECT: Final = ("un objet (variable, IRI, littéral)", "an object (variable, IRI, literal)")
_NAMES: Final = {
    **dict.fromkeys(("Properties", "Verb", "Path", "Sequence", "Step", "PathPrimary"), _PROPERTY),
    **dict.fromkeys(("Negated", "OneWay"), _PROPERTY),
    **dict.fromkeys(("Expressions", "Expression", "And", "Relation", "Sum"), _EXPRESSION),
    **dict.fromkeys(("Product", "Unary", "Primary", "BuiltIn"), _EXPRESSION),
    **dict.fromkeys(("Object", "Objects", "Node"), _OBJECT),
    "Query": ("SELECT, ASK, CONSTRUCT ou DESCRIBE", "SELECT, ASK, CONSTRUCT or DESCRIBE"),
    "SelectClause": ("une variable, ( … AS ?x ) ou *", "a variable, ( … AS ?x ) or *"),
    "Projected": ("une variable, ( … AS ?x ) ou *", "a variable, ( … AS ?x ) or *"),
    "Constraint": ("une condition entre parenthèses", "a condition in brackets"),
    "Call": ("une condition entre parenthèses", "a condition in brackets"),
    "Having": ("une condition entre parenthèses", "a condition in brackets"),
    "Group": ("un groupe { … }", "a group { … }"),
    "Where": ("WHERE { … }", "WHERE { … }"),
    "Var": ("une variable", "a variable"),
    "Iri": ("une IRI", "an IRI"),
    "VarOrIri": ("une variable ou une IRI", "a variable or an IRI"),
    "Describe": ("une variable, une IRI ou *", "a variable, an IRI or *"),
    "Value": ("une IRI, un littéral ou UNDEF", "an IRI, a literal or UNDEF"),
    "Grouped": ("une variable", "a variable"),
    "Ordered": ("une variable ou une expression", "a variable or an expression"),
    "iri": ("une IRI", "an IRI"),
    "var": ("une variable", "a variable"),
    "number": ("un nombre", "a number"),
    "string": ("une chaîne", "a string"),
    "end": ("la fin de la requête", "the end of the query"),
    "}": ("« . » ou « } »", "“.” or “}”"),
}
_OTHER_WORDS: Final = frozenset(
    """
    A AS ASC ASK BASE BIND BY CONSTRUCT DESC DESCRIBE DISTINCT EXISTS FALSE FILTER FROM GRAPH GROUP
    HAVING IN LATERAL LIMIT MINUS NAMED NOT OFFSET OPTIONAL ORDER PREFIX REDUCED SELECT SEPARATOR
    SERVICE SILENT TRUE UNDEF UNION VALUES VERSION WHERE
    """.split()  # noqa: SIM905 - a list of words
)
_PIECE: Final = re.compile(r"'([^']+)'|([A-Za-z]+)|([()|?*+])")
_NEWER: Final = frozenset({"<<", "<<(", "{|", "~"})
_REPEATING: Final = frozenset({"TripleBlock", "TemplateTriples"})

Rule = tuple[tuple[str, ...], ...]  # alternatives, each a sequence of symbols


@dataclass
class Node:
    """What one rule of the grammar has read: its parts in order, and the node it is part of.

    Rules made of brackets and repeats (`Select.1`) and rules that only repeat (`TripleBlock`)
    leave no node: their parts belong to the rule that uses them.
    """

    name: str
    parts: list[Node | Token]
    parent: Node | None = None

    def nodes(self, *names: str) -> Iterator[Node]:
        """Yield the parts that are nodes, of these names only when some are given."""
        return (
            part
            for part in self.parts
            if isinstance(part, Node) and (not names or part.name in names)
        )

    def tokens(self) -> Iterator[Token]:
        """Yield every token below, in order."""
        left: list[Node | Token] = [self]
        while left:
            part = left.pop()
            if isinstance(part, Node):
                left += reversed(part.parts)
            else:
                yield part

    def inside(self, *names: str) -> Node | None:
        """Return the nearest node of one of these names, this one included, going up."""
        node: Node | None = self
        while node is not None and node.name not in names:
            node = node.parent
        return node


@dataclass(frozen=True)
class Fault:
    """The first token that cannot stand where it is, None at the end; and what could.

    `expected` is what most people miss there, in words; `options` are all the tokens that could
    stand there; `node` is what was being read, and `last` what the token before is part of.
    """

    token: Token | None
    expected: tuple[str, str]
    options: frozenset[str]
    node: Node
    last: Node


@dataclass(frozen=True)
class Reading:
    """A query as this grammar reads it: up to its fault, when it has one.

    `newer` tells that it uses triple terms of SPARQL 1.2, where this grammar stops.
    """

    root: Node
    fault: Fault | None
    newer: bool = False


class _Reader:
    """Turns the text of one rule into alternatives, naming what is in brackets."""

    def __init__(self, name: str, text: str, rules: dict[str, Rule]) -> None:
        self._name = name
        self._rules = rules
        self._made = 0
        pieces = _PIECE.finditer(text)
        # Symbols keep their quotes off; signs of the notation are marked with a leading space.
        self._left = [m[1] or m[2] or " " + m[3] for m in pieces][::-1]

    def alternatives(self) -> Rule:
        found: list[tuple[str, ...]] = []
        sequence: list[str] = []
        while self._left and self._left[-1] != " )":
            piece = self._left.pop()
            if piece == " |":
                found.append(tuple(sequence))
                sequence = []
            else:
                sequence.append(self._repeated(self._group() if piece == " (" else piece))
        return (*found, tuple(sequence))

    def _group(self) -> str:
        inside = self.alternatives()
        self._left.pop()
        return self._new(inside)

    def _repeated(self, symbol: str) -> str:
        if not self._left or self._left[-1] not in {" ?", " *", " +"}:
            return symbol
        mark = self._left.pop()
        if mark == " ?":
            return self._new(((symbol,), ()))
        more = self._new(())
        self._rules[more] = ((symbol, more), ())
        return more if mark == " *" else self._new(((symbol, more),))

    def _new(self, rule: Rule) -> str:
        self._made += 1
        name = f"{self._name}.{self._made}"
        self._rules[name] = rule
        return name


@cache
def _grammar() -> tuple[Mapping[str, Rule], Mapping[str, frozenset[str]]]:
    """Return the rules, and the tokens each can begin with ("" when it can be empty)."""
    rules: dict[str, Rule] = {}
    for line in _RULES.strip().splitlines():
        name, _, text = line.partition(": ")
        rules[name] = _Reader(name, text, rules).alternatives()
    first: dict[str, frozenset[str]] = dict.fromkeys(rules, frozenset())
    changed = True
    while changed:
        changed = False
        for name, rule in rules.items():
            found = frozenset().union(*(_first(first, sequence) for sequence in rule))
            if found != first[name]:
                first[name], changed = found, True
    return rules, first


def _first(first: Mapping[str, frozenset[str]], sequence: Sequence[str]) -> frozenset[str]:
    found: frozenset[str] = frozenset()
    for symbol in sequence:
        begins = first.get(symbol, frozenset({symbol}))
        found |= begins - {""}
        if "" not in begins:
            return found
    return found | {""}


def _terminal(token: Token) -> str:
    """Return the name a token has in the grammar."""
    if token.kind == "word":
        if token.keyword == "A":  # the only word whose case counts
            return "A" if unescape(token.text) == "a" else "function"
        return token.keyword if token.keyword in _OTHER_WORDS else "function"
    if token.kind == "punct":
        return token.text
    return "iri" if token.kind == "pname" else token.kind


def _read(tokens: Sequence[Token]) -> Iterator[tuple[str, Token | None]]:
    for token in tokens:
        yield _terminal(token), token
    yield "end", None


def fault(tokens: Sequence[Token]) -> Fault | None:
    """Return the first fault of a query; None when this grammar finds none.

    >>> from coopkg.sparql_tokens import tokenize
    >>> found = fault(tokenize("SELECT * { ?s ?p }"))
    >>> found.token.text, found.expected[1]
    ('}', 'an object (variable, IRI, literal)')
    """
    return read(tokens).fault


def read(tokens: Sequence[Token]) -> Reading:
    """Read a query into a tree, up to its first fault; without recursion."""
    rules, first = _grammar()
    root = Node("Query", [])
    last = root
    stack: list[tuple[str, Node]] = [(symbol, root) for symbol in reversed(rules["Query"][0])]
    for terminal, token in _read(tokens):
        if terminal in _NEWER:
            return Reading(root, None, newer=True)
        could: set[str] = set()
        while stack[-1][0] != terminal:
            symbol, parent = stack.pop()
            could |= first.get(symbol, frozenset({symbol})) - {""}
            chosen = _choose(first, rules[symbol], terminal) if symbol in rules else None
            if chosen is None:
                found = Fault(token, _name(symbol), frozenset(could), parent, last)
                return Reading(root, found)
            node = _below(parent, symbol)
            stack += [(part, node) for part in reversed(chosen)]
        last = stack.pop()[1]
        if token is not None:
            last.parts.append(token)
    return Reading(root, None)


def _below(parent: Node, symbol: str) -> Node:
    """Return the node that keeps the parts of a rule."""
    if "." in symbol or symbol in _REPEATING:
        return parent
    node = Node(symbol, [], parent)
    parent.parts.append(node)
    return node


def _choose(
    first: Mapping[str, frozenset[str]], rule: Rule, terminal: str
) -> tuple[str, ...] | None:
    empty: tuple[str, ...] | None = None
    for sequence in rule:
        begins = _first(first, sequence)
        if terminal in begins:
            return sequence
        if "" in begins:
            empty = sequence
    return empty


def _name(symbol: str) -> tuple[str, str]:
    """Return what people call a symbol; a token by its own text, in quotes."""
    known = _NAMES.get(symbol) or _NAMES.get(symbol.partition(".")[0])
    if known:
        return known
    options = sorted(_grammar()[1].get(symbol, frozenset({symbol})) - {""})
    fr = (_NAMES.get(option, (f"« {option} »", ""))[0] for option in options)
    en = (_NAMES.get(option, ("", f"“{option}”"))[1] for option in options)
    return " ou ".join(fr), " or ".join(en)
