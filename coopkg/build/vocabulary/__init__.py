"""`ontology.json`: the documentation of the vocabulary, made with the generation it documents.

Pure: sources, store, labels and questions in, plain data out. Pages read it and ask nothing, so
that they say of the terms what this generation holds, and cost nothing to serve.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
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
    ontology, shapes = _graph(quads, ONTOLOGY), _graph(quads, SHAPES)
    alignments = _graph(quads, ALIGNMENTS)
    used = Uses.of(quads, labels)
    kinds = {
        subject.value: KINDS[kind]
        for subject, kind in ontology.pairs("rdf:type")
        if kind in KINDS and isinstance(subject, ox.NamedNode)
    }
    ours = sorted(iri for iri in kinds if iri.startswith(NS))
    parts = _Parts(ontology, alignments, shapes, used, kinds, questions, ours)
    files = tuple(sources)
    terms = {iri.removeprefix(NS): parts.term(iri) for iri in ours}
    told = {name for found in terms.values() for name in found.get("checks", ())}
    return {
        "header": _header(ontology, HEADER),
        "modules": _modules(files, ontology),
        "terms": terms,
        "rules": [rule.words for rule in parts.rules],
        "checks": {name: row for name, row in parts.checks.items() if name in told},
        "words": _shape_words(shapes),
        "schemes": _schemes(quads),
        "reused": [
            {"term": iri, "kind": kinds[iri], "count": used.total[iri]}
            for iri in sorted(kinds)
            if not iri.startswith(NS) and used.total[iri]
        ],
        "alignments": _alignments(files, alignments),
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


class _Parts:
    """What a term's page takes from: read once for all the terms."""

    def __init__(
        self,
        ontology: Triples,
        alignments: Triples,
        shapes: Triples,
        used: Uses,
        kinds: Mapping[str, str],
        questions: Mapping[str, Question],
        ours: list[str],
    ) -> None:
        self.ontology, self.alignments, self.used, self.kinds = ontology, alignments, used, kinds
        self.rules = axioms.rules(ontology)
        self.rules_of: dict[str, list[tuple[bool, int]]] = defaultdict(list)
        for number, rule in enumerate(self.rules):
            for iri in words.terms_of(rule.words):
                self.rules_of[iri].append((iri not in rule.concludes, number))
        self.apart = axioms.apart(ontology)
        self.checks, self.checks_of = checks.checks(shapes)
        self.questions = uses.questions(questions.values(), ours)

    def term(self, iri: str) -> dict[str, Any]:
        """Return all that the page of a term shows."""
        node, kind = ox.NamedNode(iri), self.kinds[iri]
        count = self.used.count(iri)
        every = sum(count.values())
        found = {
            "kind": kind,
            **self._said(node),
            **self._around(node, kind),
            "rules": self._rules(iri),
            "apart": self.apart.get(iri, []),
            "checks": self.checks_of.get(iri, []),
            "aligned": _aligned(self.alignments, node),
            "count": count,
            "examples": self.used.examples(iri, kind == "class"),
            "questions": self.questions.get(iri, []),
            "sample": uses.sample(iri, kind == "class", kind == "object", every),
        }
        return {name: value for name, value in found.items() if value not in ([], {}, "")}

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
        return [number for _, number in sorted(self.rules_of.get(iri, ()))]


def _graph(quads: Quads, name: ox.NamedNode) -> Triples:
    return Triples((quad.subject, quad.predicate, quad.object) for quad in quads.graph(name))


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
