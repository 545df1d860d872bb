"""Asserted triples and an ontology become the inferred triples: new, publishable, explained."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Final

import pyoxigraph
from pyoxigraph import BlankNode, NamedNode, RdfFormat

from coopkg import rules
from coopkg.errors import OntologyError
from coopkg.rules import Inferred, Rules
from coopkg.terms import Term, Triple

__all__ = ["Inferred", "close_ontology", "compiled_rules", "infer"]

# A file, not a module: importing it would bind owlrl in this process.
_CLOSING: Final = Path(__file__).with_name("closing.py")
# A thousand axioms take seconds; a process that hangs must not hang the build.
_TIMEOUT_S: Final = 300.0
# How owlrl reports a contradiction: a blank node with this property.
_ERROR: Final = NamedNode("http://www.daml.org/2002/03/agents/agent-ont#error")
_BLANK: Final = "urn:x-coopkg:blank:"


def infer(asserted: Iterable[Triple], ontology: Iterable[Triple]) -> Inferred:
    """Return what the ontology's axioms add to the asserted triples.

    The ontology's own triples count as asserted. Axioms among `asserted` that are not in
    `ontology` are data: they do not reason.

    Raises:
        OntologyError: an axiom is malformed or not supported, or owlrl and the rules disagree.
    """
    ontology = list(ontology)
    return rules.closure(chain(asserted, ontology), compiled_rules(ontology))


def compiled_rules(ontology: Iterable[Triple]) -> Rules:
    """Return the rules of an ontology, once owlrl says the same of its terms.

    Raises:
        OntologyError: as `infer`.
    """
    ontology = list(ontology)
    return rules.compiled(ontology, close_ontology(ontology))


def close_ontology(triples: Iterable[Triple]) -> list[Triple]:
    """Return the axioms among the triples and what owlrl derives from them, sorted.

    owlrl runs in a process of its own; this process' rdflib is left as it was. Literal subjects
    and `x owl:sameAs x` are left out.

    Raises:
        OntologyError: owlrl finds a contradiction among the axioms, or fails.
    """
    axioms = (_named(triple) for triple in triples if rules.is_axiom(triple))
    try:
        process = subprocess.run(  # noqa: S603 - our own interpreter, on our own file
            # -P: the script's folder must not shadow the libraries it imports.
            [sys.executable, "-P", str(_CLOSING)],
            input=pyoxigraph.serialize(axioms, format=RdfFormat.N_TRIPLES),
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise OntologyError(
            "owlrl",
            f"la clôture n’a pas abouti en {_TIMEOUT_S:g} s",
            f"closing did not end within {_TIMEOUT_S:g} s",
        ) from None
    if process.returncode:
        trace = process.stderr.decode(errors="replace").strip()
        raise OntologyError("owlrl", f"la clôture a échoué\n{trace}", f"closing failed\n{trace}")
    return sorted(_read(process.stdout), key=str)


def _named(triple: Triple) -> pyoxigraph.Triple:
    """Return a triple whose blank nodes are IRIs: rdflib would rename them."""
    subject, predicate, value = (
        NamedNode(_BLANK + term.value) if isinstance(term, BlankNode) else term for term in triple
    )
    return pyoxigraph.Triple(subject, predicate, value)  # type: ignore[arg-type]


def _read(closed: bytes) -> Iterable[Triple]:
    for quad in pyoxigraph.parse(closed, format=RdfFormat.N_TRIPLES):
        subject, predicate, value = quad.triple
        if predicate == _ERROR:
            said = value.value
            raise OntologyError("owlrl", f"contradiction : {said}", f"contradiction: {said}")
        if not predicate.value.startswith(_BLANK):  # `[ owl:inverseOf p ]` is not RDF there
            yield _blank(subject), predicate, _blank(value)


def _blank(term: Term) -> Term:
    if isinstance(term, NamedNode) and term.value.startswith(_BLANK):
        return BlankNode(term.value.removeprefix(_BLANK))
    return term
