"""The links that people accepted, as a source: matches of SKOS with who reviewed them and when.

They stand in a graph of their own, apart: nothing is reasoned from them, so that a link changes
nobody's answers.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from coopkg import links
from coopkg.build.describe.writing import texts
from coopkg.build.partners import FOLDER
from coopkg.build.sources import Source
from coopkg.links import ACCEPTED
from coopkg.links.graph import GRAPH, triples

PATH: Final = FOLDER + "links.nt"
_TITLE: Final = {"fr": "Liens acceptés", "en": "Accepted links"}


def sources(home: Path) -> tuple[Source, ...]:
    """Return the accepted links as a source; nothing when there is none.

    Raises:
        LedgerError: the journal cannot be trusted.
    """
    accepted = [one for one in links.every(home) if one.state == ACCEPTED]
    if not accepted:
        return ()
    said = {one for link in accepted for one in triples(link)}
    said |= set(texts(GRAPH, "dcterms:title", _TITLE))
    text = "".join(f"{one} .\n" for one in sorted(said, key=str))
    quads = tuple(
        ox.Quad(one.subject, one.predicate, one.object, GRAPH)
        for one in ox.parse(text.encode(), format=ox.RdfFormat.N_TRIPLES)
    )
    return (Source(PATH, "links", hashlib.sha256(text.encode()).hexdigest(), quads, (), text),)
