"""Find what a name of somebody else stands for here, and say why. Pure.

`facts.document` makes what a generation seals as `linking.json`; `Index` reads it; `candidates`
ranks what is meant, `lookalikes` warns of what is already there, `identifiers` checks codes.
"""

from __future__ import annotations

from coopkg.linking.candidates import Asked, Candidate, candidates, identifier
from coopkg.linking.facts import FILE, document, written
from coopkg.linking.index import Index, Thing, full
from coopkg.linking.lookalikes import Lookalike, lookalikes

__all__ = [
    "FILE",
    "Asked",
    "Candidate",
    "Index",
    "Lookalike",
    "Thing",
    "candidates",
    "document",
    "full",
    "identifier",
    "lookalikes",
    "written",
]
