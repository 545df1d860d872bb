"""What the engine found, said in our words: message, place and guess of each result.

pySHACL fills the templates of SPARQL constraints but drops their language, and leaves those of
core constraints unfilled. So messages are read from the shapes and filled here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from typing import Final, TypeAlias

import rdflib
from pyoxigraph import BlankNode, Literal, NamedNode
from rdflib import RDF, RDFS, SH, SKOS
from rdflib.collection import Collection
from rdflib.term import Node

from coopkg.build import bridge
from coopkg.build.report import Finding, Path, Severity
from coopkg.errors import Lang, Location
from coopkg.terms import BASE, PREFIXES, Term, compact

LANGS: Final[tuple[Lang, ...]] = ("fr", "en")
PASS: Final = rdflib.URIRef(PREFIXES["coopsh"] + "pass")
ABSENCE: Final = rdflib.URIRef(PREFIXES["coopsh"] + "absence")
POINTS: Final = rdflib.URIRef(PREFIXES["coopsh"] + "points")

Bound: TypeAlias = Term | str | Path | tuple[Term, ...]

_NOTHING: Final[Mapping[Lang, str]] = {"fr": "rien", "en": "nothing"}
_TEXT: Final[Mapping[Lang, str]] = {"fr": "texte", "en": "text"}
_STRING: Final = PREFIXES["xsd"] + "string"
_BARE: Final = frozenset(PREFIXES["xsd"] + kind for kind in ("integer", "decimal", "boolean"))
_DIGITS: Final = re.compile(r"[0-9]")
_VARIABLE: Final = re.compile(r"\{[?$](\w+)\}")
_SEVERITY: Final[Mapping[Node, Severity]] = {
    SH.Violation: "violation",
    SH.Warning: "warning",
    SH.Info: "info",
}
_OPERATORS: Final[Mapping[Node, str]] = {
    SH.inversePath: "^",
    SH.zeroOrMorePath: "*",
    SH.oneOrMorePath: "+",
    SH.zeroOrOnePath: "?",
}


class Reader:
    """Reads the engine's results against the data and the shapes they come from."""

    def __init__(
        self,
        data: rdflib.Graph,
        shapes: rdflib.Graph,
        locate: Callable[..., list[Location]],
        names: frozenset[str] | None = None,
    ) -> None:
        """Read them against these; `names` are those of all the data, when these are a part."""
        self._data = data
        self._names = Names(lambda: _described(data) if names is None else names)
        self._shapes = shapes
        self._locate = locate

    def finding(self, results: rdflib.Graph, result: Node) -> Finding:
        """Return one result of the engine's report as a finding."""
        shape = _one(results, result, SH.sourceShape)
        focus = bridge.from_rdflib(_one(results, result, SH.focusNode))
        component = bridge.from_rdflib(_one(results, result, SH.sourceConstraintComponent))
        assert isinstance(component, NamedNode)
        value_node = results.value(result, SH.value)
        value = None if value_node is None else bridge.from_rdflib(value_node)
        path = self._path(results, result, shape)
        node = self._at_fault(focus, value, component)
        said = sorted(str(words) for words in results.objects(result, SH.resultMessage))
        bound = self._bindings(shape, said) | _given(focus, value, path)
        bound["found"] = self._held(focus, path) if value is None else (value,)
        made_of = bridge.from_rdflib(shape)
        assert not isinstance(made_of, Literal)
        return Finding(
            severity=_SEVERITY[_one(results, result, SH.resultSeverity)],
            focus=focus,
            node=node,
            path=path,
            value=value,
            shape=made_of,
            component=component,
            name=self._texts(shape, SH.name),
            message={
                lang: _fill(text, {name: self._word(what, lang) for name, what in bound.items()})
                for lang, text in self._texts(shape, SH.message).items()
            },
            engine_message=" / ".join(said),
            locations=places(self._locate, node, path, value),
            suggestion=self._names.guess(path, value, bound.values()),
        )

    @staticmethod
    def _at_fault(focus: Term, value: Term | None, component: NamedNode) -> Term:
        """Return the node to mend: a constraint on a whole set names it as its value."""
        set_based = component.value == str(SH.SPARQLConstraintComponent)
        return value if set_based and isinstance(value, NamedNode) else focus

    def _path(self, results: rdflib.Graph, result: Node, shape: Node) -> Path | None:
        pointed = self._shapes.value(shape, POINTS)
        if pointed is not None:
            return read_path(self._shapes, pointed)
        holder = results.value(result, SH.resultPath)
        if holder is None:
            return None
        return read_path(self._shapes if isinstance(holder, rdflib.BNode) else results, holder)

    def _texts(self, shape: Node, predicate: rdflib.URIRef) -> dict[Lang, str]:
        said = list(self._shapes.objects(shape, predicate))
        return {
            lang: str(text)
            for lang in LANGS
            for text in said
            if isinstance(text, rdflib.Literal) and text.language == lang
        }

    def _held(self, focus: Term, path: Path | None) -> tuple[Term, ...]:
        """Return what the data hold along a path, to be shown when none of it is as expected."""
        predicates = () if path is None or "^" in str(path) else path.predicates
        node = bridge.to_rdflib(focus)
        held = (self._data.objects(node, rdflib.URIRef(link.value)) for link in predicates)
        return tuple(
            sorted(map(bridge.from_rdflib, {value for some in held for value in some}), key=str)
        )

    def _bindings(self, shape: Node, said: list[str]) -> dict[str, Bound]:
        """Recover the variables of a SPARQL constraint from the message the engine filled."""
        for template in self._texts(shape, SH.message).values():
            pattern = _pattern(template)
            for words in said:
                if (match := pattern.fullmatch(words)) is not None:
                    return {name: _term(text) for name, text in match.groupdict().items()}
        return {}

    def _word(self, what: Bound, lang: Lang) -> str:
        """Say a term in one language: its label with its short name, or its text."""
        if isinstance(what, tuple):
            return ", ".join(self._word(one, lang) for one in what) or _NOTHING[lang]
        if isinstance(what, (str, Path)):
            return str(what)
        if isinstance(what, Literal):
            return _literal(what, lang)
        if not isinstance(what, NamedNode):
            return "(nœud anonyme)" if lang == "fr" else "(blank node)"
        short = compact(what.value)
        label = self._label(what, lang)
        if label is None:
            return short
        return f"{short} («\u00a0{label}\u00a0»)" if lang == "fr" else f"{short} (“{label}”)"

    def _label(self, iri: NamedNode, lang: Lang) -> str | None:
        node = rdflib.URIRef(iri.value)
        for predicate in (SKOS.prefLabel, RDFS.label):
            labels = sorted(
                str(label)
                for label in self._data.objects(node, predicate)
                if isinstance(label, rdflib.Literal) and label.language == lang
            )
            if labels:
                return labels[0]
        return None


class Names:
    """Our names that are known, and the one of them that an unknown one is most like."""

    def __init__(self, known: Callable[[], frozenset[str]]) -> None:
        """Look among these, asked for when first needed."""
        self._known = cache(known)
        self._neighbours: dict[str, dict[str, str]] = {}

    def guess(
        self, path: Path | None, value: Term | None, bound: Iterable[object]
    ) -> Mapping[Lang, str] | None:
        """Return what was meant, where one of the terms is of ours and unknown."""
        for term in (*(() if path is None else path.predicates), value, *bound):
            if isinstance(term, NamedNode) and (near := self._nearest(term.value)):
                return {
                    "fr": f"Vouliez-vous écrire {compact(near)}\u00a0?",
                    "en": f"Did you mean {compact(near)}?",
                }
        return None

    def _nearest(self, iri: str) -> str | None:
        """Return the known name most like an unknown one of ours, if one is near enough."""
        if not iri.startswith(BASE) or iri in self._known():
            return None
        space, local = _split(iri)
        if space not in self._neighbours:
            self._neighbours[space] = {
                _split(known)[1]: known for known in self._known() if _split(known)[0] == space
            }
        names = self._neighbours[space]
        near = get_close_matches(local, names, n=1, cutoff=0.7)
        # Line 42 is no misspelling of line 142: a number is never close to another.
        if not near or _DIGITS.sub("", near[0]) == _DIGITS.sub("", local):
            return None
        return names[near[0]]


def _described(data: rdflib.Graph) -> frozenset[str]:
    """Return our names that the data or the ontology describe."""
    return frozenset(
        str(subject)
        for subject in data.subjects(RDF.type, None)
        if isinstance(subject, rdflib.URIRef) and str(subject).startswith(BASE)
    )


def places(
    locate: Callable[..., list[Location]], node: Term, path: Path | None, value: Term | None
) -> tuple[Location, ...]:
    """Return where what is at fault is written: the very statement, else what is nearest to it."""
    predicates = () if path is None else path.predicates
    for asked in _questions(node, predicates, value):
        if found := locate(*asked):
            return tuple(dict.fromkeys(found))
    return ()


def read_path(graph: rdflib.Graph, holder: Node) -> Path:
    """Read a SHACL property path from a graph."""
    if isinstance(holder, rdflib.URIRef):
        return Path("", (NamedNode(str(holder)),))
    for predicate, operator in _OPERATORS.items():
        inner = graph.value(holder, predicate)
        if inner is not None:
            return Path(operator, (_part(graph, inner),))
    choices = graph.value(holder, SH.alternativePath)
    operator, cell = ("/", holder) if choices is None else ("|", choices)
    return Path(operator, tuple(_part(graph, member) for member in Collection(graph, cell)))


def _part(graph: rdflib.Graph, holder: Node) -> NamedNode | Path:
    path = read_path(graph, holder)
    return path.parts[0] if path.operator == "" else path


def _one(graph: rdflib.Graph, subject: Node, predicate: rdflib.URIRef) -> Node:
    value = graph.value(subject, predicate)
    assert value is not None, f"the engine gave no {predicate}"
    return value


def _given(focus: Term, value: Term | None, path: Path | None) -> dict[str, Bound]:
    given: dict[str, Bound] = {"this": focus}
    if value is not None:
        given["value"] = value
    if path is not None:
        first = path.parts[0]
        given["path"] = first if path.operator == "" and isinstance(first, NamedNode) else path
    return given


def _questions(
    node: Term, predicates: tuple[NamedNode, ...], value: Term | None
) -> Iterator[tuple[Term | None, ...]]:
    """Yield what to ask the locator, from the very statement to any line about the node."""
    for predicate in predicates:
        if predicate.value.startswith(PREFIXES["coopsh"]) and isinstance(value, NamedNode):
            yield (node, value)  # an unknown property
            yield (node, None, value)  # an unknown class or node
        if value is not None:
            yield (node, predicate, value)
            if not isinstance(value, Literal):
                yield (value, predicate, node)
    for predicate in predicates:
        yield (node, predicate)
    if not isinstance(node, Literal):
        yield (node,)
    if isinstance(value, (NamedNode, BlankNode)):
        yield (value,)


def _pattern(template: str) -> re.Pattern[str]:
    """Return a pattern that reads a filled template back."""
    parts: list[str] = []
    seen: set[str] = set()
    at = 0
    for match in _VARIABLE.finditer(template):
        name = match.group(1)
        parts.append(re.escape(template[at : match.start()]))
        parts.append(f"(?P={name})" if name in seen else f"(?P<{name}>.*?)")
        seen.add(name)
        at = match.end()
    return re.compile("".join(parts) + re.escape(template[at:]), re.DOTALL)


def _fill(template: str, words: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda match: words.get(match.group(1), "…"), template)


def _literal(what: Literal, lang: Lang) -> str:
    """Say a literal so that 77, "77" and "77"@fr look different."""
    datatype = what.datatype.value
    if datatype in _BARE:
        return what.value
    kind = what.language or (_TEXT[lang] if datatype == _STRING else compact(datatype))
    return f"«\u00a0{what.value}\u00a0» ({kind})" if lang == "fr" else f"“{what.value}” ({kind})"


def _term(text: str) -> Term | str:
    is_iri = re.fullmatch(r"https?://[^\s<>\"{}|\\^`]+", text) is not None
    return NamedNode(text) if is_iri else text


def _split(iri: str) -> tuple[str, str]:
    cut = max(iri.rfind("/"), iri.rfind("#")) + 1
    return iri[:cut], iri[cut:]
