"""A mapping as RML, in Turtle: what other tools read (https://rml.io/specs/rml/).

What RML lacks is said in comments. A cell that names a thing is joined with `names.csv`, which
holds every name and its address; several values in one cell are split before; addresses that we
make of a text are written with the text as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import pyoxigraph as ox

from coopkg.templates.mapping import Column, Mapping
from coopkg.terms import PREFIXES, Term

NAMES: Final = "names.csv"
"""The table of names that cells are joined with: columns `name` and `iri`."""
_RML: Final = "http://semweb.mmlab.be/ns/rml#"
_RR: Final = "http://www.w3.org/ns/r2rml#"
_QL: Final = "http://semweb.mmlab.be/ns/ql#"
_PREFIXES: Final = {"rr": _RR, "rml": _RML, "ql": _QL}
_LABEL: Final = PREFIXES["skos"] + "prefLabel"
_HEAD: Final = """\
# {source}: {heads}
# {names} holds each known name and its address. RML reads one value in a cell: put on rows of
# their own those that a cell separates by a semicolon.
"""

Node = ox.NamedNode | ox.BlankNode


def rml(mapping: Mapping, source: str, base: str) -> str:
    """Return a mapping of a table as RML; `base` begins the addresses of its things."""
    writer = _Writer(source, base, mapping)
    writer.write()
    made = ox.serialize(writer.made, format=ox.RdfFormat.TURTLE, prefixes=_PREFIXES)
    assert made is not None  # no output was given, so bytes come back
    heads = ", ".join(_line(one.heading) for one in mapping.columns)
    return _HEAD.format(source=_line(source), heads=heads, names=NAMES) + made.decode()


def _line(text: str) -> str:
    return re.sub(r"\s+", " ", text)


class _Writer:
    """The triples of one mapping."""

    def __init__(self, source: str, base: str, mapping: Mapping) -> None:
        self.made: list[ox.Triple] = []
        self._source, self._base, self._mapping = source, base, mapping
        self._count = 0
        self._joins = False

    def write(self) -> None:
        """Write every map."""
        one = self._mapping
        top = self._map("mapping", self._source, self._subject(), one.kind)
        for place, column in enumerate(one.columns):
            path = column.field.path
            if path[0].startswith("^"):
                below = self._base + "{" + _reference(column.heading) + "}"
                of = self._map(f"column-{place}", self._source, below)
                self._pair(of, path[0][1:], self._template(self._subject()))
            elif len(path) > 1:
                role = re.split(r"[/#]", path[1])[-1]
                node = f"{self._subject()}-{role}-{{{_reference(column.heading)}}}"
                self._pair(top, path[0], self._template(node))
                kind = PREFIXES["coop"] + "Participation"
                self._pair(
                    self._map(f"column-{place}", self._source, node, kind),
                    path[1],
                    self._value(column),
                )
            else:
                self._pair(top, path[0], self._value(column))
        if self._joins:
            self._map("names", NAMES, "")

    def _subject(self) -> str:
        """Return the template of the address of a row: from its name, else from its label."""
        one = self._mapping
        label = next((c.heading for c in one.columns if c.field.path[-1] == _LABEL), "")
        name = "{" + _reference(one.id or label) + "}"
        return self._base + one.pattern.replace("{}", name)

    def _map(self, name: str, source: str, template: str, kind: str = "") -> ox.NamedNode:
        """Write a map of a table; without a template, its subjects are in the column `iri`."""
        top = ox.NamedNode(f"{self._base}mapping#{name}")
        self._say(top, PREFIXES["rdf"] + "type", ox.NamedNode(_RR + "TriplesMap"))
        logical, subject = self._node(), self._node()
        self._say(top, _RML + "logicalSource", logical)
        self._say(logical, _RML + "source", source)
        self._say(logical, _RML + "referenceFormulation", ox.NamedNode(_QL + "CSV"))
        self._say(top, _RR + "subjectMap", subject)
        if template:
            self._say(subject, _RR + "template", template)
        else:
            self._say(subject, _RML + "reference", "iri")
        if kind:
            self._say(subject, _RR + "class", ox.NamedNode(kind))
        return top

    def _pair(self, of: Node, predicate: str, value: Node) -> None:
        pair = self._node()
        self._say(of, _RR + "predicateObjectMap", pair)
        self._say(pair, _RR + "predicate", ox.NamedNode(predicate))
        self._say(pair, _RR + "objectMap", value)

    def _template(self, text: str) -> Node:
        node = self._node()
        self._say(node, _RR + "template", text)
        return node

    def _value(self, column: Column) -> Node:
        """Return the map of what a cell holds: a text, an address, or the thing it names."""
        node, field = self._node(), column.field
        if field.kind == "thing" and not column.pattern:
            join = self._node()
            names = ox.NamedNode(f"{self._base}mapping#names")
            self._say(node, _RR + "parentTriplesMap", names)
            self._say(node, _RR + "joinCondition", join)
            self._say(join, _RR + "child", column.heading)
            self._say(join, _RR + "parent", "name")
            self._joins = True
            return node
        for predicate, value in self._literal(column):
            self._say(node, predicate, value)
        return node

    def _literal(self, column: Column) -> Iterator[tuple[str, Term | str]]:
        field = column.field
        if column.pattern:
            cell = "{" + _reference(column.heading) + "}"
            yield _RR + "template", column.pattern.replace("{}", cell)
        else:
            yield _RML + "reference", column.heading
        if field.lang:
            yield _RR + "language", field.lang
        elif field.datatype:
            yield _RR + "datatype", ox.NamedNode(field.datatype)
        if field.kind in {"thing", "address"}:
            yield _RR + "termType", ox.NamedNode(_RR + "IRI")

    def _node(self) -> ox.BlankNode:
        self._count += 1
        return ox.BlankNode(f"m{self._count}")

    def _say(self, subject: Node, predicate: str, value: Term | str) -> None:
        term = ox.Literal(value) if isinstance(value, str) else value
        self.made.append(ox.Triple(subject, ox.NamedNode(predicate), term))


def _reference(heading: str) -> str:
    return re.sub(r"([{}\\])", r"\\\1", heading)
