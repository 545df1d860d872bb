"""The algebra of a query, as rdflib reads it (SPARQL 1.1 Query, section 18.2)."""

from __future__ import annotations

from functools import lru_cache

from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue


@lru_cache(maxsize=512)  # measured: parsing is a third of a publication, and several ask for it
def algebra(text: str) -> CompValue:
    """Return the algebra of a query; callers share it, and leave it as it is.

    Raises:
        Exception: pyparsing's many kinds, and rdflib's bare one.
    """
    return translateQuery(parseQuery(text)).algebra
