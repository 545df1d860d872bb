"""`ontology.json`: the documentation of the vocabulary, made with the generation it documents.

Pure: sources, store, labels and questions in, plain data out. Pages read it and ask nothing, so
that they say of the terms what this generation holds, and cost nothing to serve.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.content import ALIGNMENTS, ONTOLOGY, SHAPES
from coopkg.build.quads import Quads
from coopkg.build.sources import Source
from coopkg.build.vocabulary import axioms, checks, diagram, uses, words
from coopkg.build.vocabulary.triples import Triples
from coopkg.build.vocabulary.uses import Uses
from coopkg.questions import Question
from coopkg.terms import BASE, LANGUAGES, NS, PREFIXES, expand

__all__ = ["document"]

KINDS: Final = {
    expand("owl:Class"): "class",
    expand("owl:ObjectProperty"): "object",
    expand("owl:DatatypeProperty"): "datatype",
    expand("owl:AnnotationProperty"): "annotation",
}
CHARACTERISTICS: Final = {
    expand("owl:TransitiveProperty"): "transitive",
    expand("owl:SymmetricProperty"): "symmetric",
}
HOW: Final = {
    expand("rdfs:subClassOf"): "under",
    expand("rdfs:subPropertyOf"): "under",
    expand("skos:closeMatch"): "close",
}
HEADER: Final = ox.NamedNode(BASE + "ns")
IN_SCHEME: Final = expand("skos:inScheme")


def document(
    sources: Iterable[Source],
    store: Iterable[ox.Quad],
    labels: Mapping[str, Any],
    questions: Mapping[str, Question],
) -> dict[str, Any]:
    """Return the content of `ontology.json`; `store` is that of the generation being made."""
    quads = Quads.of(store)
    parts = _parts(*(tuple(quads.graph(name)) for name in (ONTOLOGY, ALIGNMENTS, SHAPES)))
    used, kinds = Uses.of(quads, labels), parts.kinds
    asking = uses.questions(questions.values(), parts.terms)
    files = tuple(sources)
    terms = {
        iri.removeprefix(NS): found | _used(iri, found["kind"], used, asking.get(iri, []))
        for iri, found in parts.terms.items()
    }
    return {
        "header": _header(parts.ontology, HEADER),
        "modules": _modules(files, parts.ontology),
        "terms": terms,
        "rules": [rule.words for rule in parts.rules],
        "checks": parts.checks,
        "words": parts.words,
        "schemes": _schemes(quads),
        "reused": [
            {"term": iri, "kind": kinds[iri], "count": used.total[iri]}
            for iri in sorted(kinds)
            if not iri.startswith(NS) and used.total[iri]
        ],
        "alignments": _alignments(files, parts.alignments),
        "questions": {
            slug: {
                **{lang: question.heading(lang, {}) for lang in LANGUAGES},
                "given": question.required_examples(),
            }
            for slug, question in questions.items()
        },
        "diagram": diagram.diagram(used),
        "prefixes": {"coop": NS, **{one: PREFIXES[one] for one in _prefixes(kinds)}},
    }


def _used(iri: str, kind: str, used: Uses, asking: list[str]) -> dict[str, Any]:
    """Return what the data of a generation and its questions make of a term."""
    count = used.count(iri)
    return _filled(
        {
            "count": count,
            "examples": used.examples(iri, kind == "class"),
            "questions": asking,
            "sample": uses.sample(iri, kind == "class", kind == "object", sum(count.values())),
        }
    )


def _filled(found: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in found.items() if value not in ([], {}, "")}


@lru_cache(maxsize=2)  # most generations have the vocabulary of the one before
def _parts(*graphs: tuple[ox.Quad, ...]) -> _Parts:
    return _Parts(*(Triples((one.subject, one.predicate, one.object) for one in graph)
                    for graph in graphs))  # fmt: skip


class _Parts:
    """What the vocabulary and the shapes say, whatever the data: never changed once it is made."""

    def __init__(self, ontology: Triples, alignments: Triples, shapes: Triples) -> None:
        self.ontology, self.alignments = ontology, alignments
        self.kinds = {
            subject.value: KINDS[kind]
            for subject, kind in ontology.pairs("rdf:type")
            if kind in KINDS and isinstance(subject, ox.NamedNode)
        }
        self.rules = axioms.rules(ontology)
        self._rules_of: dict[str, list[tuple[bool, int]]] = defaultdict(list)
        for number, rule in enumerate(self.rules):
            for iri in words.terms_of(rule.words):
                self._rules_of[iri].append((iri not in rule.concludes, number))
        self._apart = axioms.apart(ontology)
        every, self._checks_of = checks.checks(shapes)
        self.words = _shape_words(shapes)
        ours = sorted(iri for iri in self.kinds if iri.startswith(NS))
        self.terms = {iri: self._term(iri) for iri in ours}
        told = {name for found in self.terms.values() for name in found.get("checks", ())}
        self.checks = {name: row for name, row in every.items() if name in told}

    def _term(self, iri: str) -> dict[str, Any]:
        """Return what the page of a term shows in any generation."""
        node, kind = ox.NamedNode(iri), self.kinds[iri]
        return _filled(
            {
                "kind": kind,
                **self._said(node),
                **self._around(node, kind),
                "rules": self._rules(iri),
                "apart": self._apart.get(iri, []),
                "checks": self._checks_of.get(iri, []),
                "aligned": _aligned(self.alignments, node),
            }
        )

    def _said(self, node: ox.NamedNode) -> dict[str, Any]:
        said = self.ontology
        found: dict[str, Any] = {
            "label": words.text(said.values(node, "rdfs:label")),
            "definition": words.text(said.values(node, "skos:definition")),
            "notes": words.text(said.values(node, "skos:scopeNote")),
            "examples_ttl": sorted(one.value for one in said.values(node, "skos:example")),
            "status": next((one.value for one in said.values(node, "coop:termStatus")), ""),
        }
        if any(one.value == "true" for one in said.values(node, "owl:deprecated")):
            found["deprecated"] = {
                "by": said.named(node, "dcterms:isReplacedBy"),
                "why": words.text(said.values(node, "skos:changeNote")),
            }
        return found

    def _around(self, node: ox.NamedNode, kind: str) -> dict[str, Any]:
        said = self.ontology
        under = "rdfs:subClassOf" if kind == "class" else "rdfs:subPropertyOf"
        types = said.values(node, "rdf:type")
        return {
            "super": said.named(node, under),
            "sub": sorted(
                one.value for one in said.subjects(under, node) if isinstance(one, ox.NamedNode)
            ),
            "domain": said.named(node, "rdfs:domain"),
            "range": said.named(node, "rdfs:range"),
            "inverse": sorted(
                {
                    *said.named(node, "owl:inverseOf"),
                    *(one.value for one in said.subjects("owl:inverseOf", node)),
                }
            ),
            "characteristics": [word for one, word in CHARACTERISTICS.items() if one in types],
        }

    def _rules(self, iri: str) -> list[int]:
        """Return the numbers of the rules about a term, first those that conclude on it."""
        return [number for _, number in sorted(self._rules_of.get(iri, ()))]


def _header(graph: Triples, node: ox.NamedNode) -> dict[str, Any]:
    def one(name: str) -> str:
        return next((str(value.value) for value in graph.values(node, name)), "")

    return {
        "iri": node.value,
        "title": words.text(graph.values(node, "dcterms:title")),
        "description": words.text(graph.values(node, "dcterms:description")),
        "version": one("owl:versionInfo"),
        "version_iri": one("owl:versionIRI"),
        "modified": one("dcterms:modified"),
        "licence": one("dcterms:license"),
        "creator": one("dcterms:creator"),
        "citation": one("dcterms:bibliographicCitation"),
    }


def _modules(sources: Iterable[Source], ontology: Triples) -> list[dict[str, Any]]:
    """Return each module with its terms, in the order that `coop.ttl` imports them."""
    found = []
    order = [one.value for one in ontology.values(HEADER, "owl:imports")]
    for source in sources:
        if not source.path.startswith("ontology/modules/"):
            continue
        name = source.path.removeprefix("ontology/modules/").removesuffix(".ttl")
        header = _header(ontology, ox.NamedNode(f"{BASE}ns/{name}"))
        terms = {
            quad.subject.value.removeprefix(NS)
            for quad in source.quads
            if quad.object in KINDS and isinstance(quad.subject, ox.NamedNode)
        }
        shown = {key: header[key] for key in ("iri", "title", "description")}
        found.append({"name": name, **shown, "terms": sorted(terms)})
    return sorted(found, key=lambda one: (_place(order, str(one["iri"])), one["name"]))


def _place(order: list[str], iri: str) -> int:
    return order.index(iri) if iri in order else len(order)


def _aligned(alignments: Triples, node: ox.NamedNode) -> list[list[str]]:
    said = alignments.said(node)
    return sorted(
        [how, value.value]
        for name, how in HOW.items()
        for value in said.get(name.value, [])
        if isinstance(value, ox.NamedNode)
    )


def _alignments(sources: Iterable[Source], alignments: Triples) -> list[dict[str, Any]]:
    """Return each alignment file: what it aligns to, and its rows."""
    found = []
    for source in sources:
        if source.role != "alignment":
            continue
        name = source.path.rpartition("/")[2].removesuffix(".ttl")
        header = _header(alignments, ox.NamedNode(f"{BASE}alignments/{name}"))
        rows = [
            [quad.subject.value, HOW[quad.predicate], quad.object.value]
            for quad in source.quads
            if quad.predicate in HOW
            and isinstance(quad.subject, ox.NamedNode)
            and isinstance(quad.object, ox.NamedNode)
        ]
        shown = {key: header[key] for key in ("iri", "title", "description")}
        found.append({"name": name, **shown, "rows": sorted(rows)})
    return found


def _schemes(quads: Quads) -> list[dict[str, Any]]:
    """Return each scheme of ours, with how many concepts stand in it."""
    inside: dict[str, set[Any]] = {}
    for quad in quads.default.saying(IN_SCHEME):
        scheme = quad.object
        if isinstance(scheme, ox.NamedNode) and scheme.value.startswith(BASE):
            inside.setdefault(scheme.value, set()).add(quad.subject)
    return [{"term": iri, "count": len(found)} for iri, found in sorted(inside.items())]


def _shape_words(shapes: Triples) -> dict[str, dict[str, str]]:
    """Return the names of the words that only shapes use: they are in no graph of facts."""
    return {
        node.value: words.text(shapes.values(node, "rdfs:label"))
        for node in shapes.subjects("rdf:type", expand("rdf:Property"))
    }


def _prefixes(kinds: Iterable[str]) -> list[str]:
    """Return the prefixes of the vocabularies that the terms come from."""
    spaces = {iri[: max(iri.rfind("#"), iri.rfind("/")) + 1] for iri in kinds}
    return [name for name, space in PREFIXES.items() if space in spaces and name != "coop"]
