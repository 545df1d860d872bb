"""The fields of what partners describe, made from the shapes: `forms.json`.

Templates, forms and the step that names the columns of a sheet all read this one document.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.quads import Quads
from coopkg.templates import Vocabulary, sealed
from coopkg.terms import BASE, RDF_TYPE, expand

_WORDS: Final = frozenset(ox.NamedNode(f"{BASE}graph/{name}") for name in ("shapes", "ontology"))
_KINDS: Final = frozenset({RDF_TYPE, expand("skos:inScheme")})


def forms(quads: Iterable[ox.Quad], labels: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of every class that partners describe.

    Of the facts, only what each thing is counts here.
    """
    every = Quads.of(quads)
    said = (place for name in _WORDS for place in every.graphs.get(name, ()))
    kinds = (place for name in _KINDS for place in every.properties.get(name, ()))
    default = frozenset(every.graphs.get(ox.DefaultGraph(), ()))
    kept = every.at({*said, *default.intersection(kinds)})
    return sealed.document(Vocabulary.of_quads(kept, labels))
