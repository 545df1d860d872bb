"""The years that the figures of a generation cover, as its sealed catalogue (`dcat.ttl`) says."""

from __future__ import annotations

import logging
from typing import Final

import pyoxigraph as ox

from coopkg.errors import CoopkgError
from coopkg.generation import Generation
from coopkg.terms import expand

SEALED: Final = "dcat.ttl"
_START: Final = expand("dcat:startDate").value
_END: Final = expand("dcat:endDate").value
_MOST: Final = 16
_KNOWN: dict[str, tuple[str, str] | None] = {}


def years(generation: Generation) -> tuple[str, str] | None:
    """Return the first and the last year; None when the generation says none.

    A catalogue that cannot be trusted gives None too: every page asks, the page of errors included.
    """
    key = f"{generation.path}/{generation.id}"
    if key not in _KNOWN:
        while len(_KNOWN) >= _MOST:
            _KNOWN.pop(next(iter(_KNOWN)), None)
        _KNOWN[key] = _of(generation)
    return _KNOWN[key]


def _of(generation: Generation) -> tuple[str, str] | None:
    try:
        return of_catalogue(generation.read(SEALED))
    except CoopkgError as error:
        logging.getLogger("coopkg.serve").warning("no period is said: %s", error.message("en"))
        return None


def of_catalogue(turtle: bytes) -> tuple[str, str] | None:
    """Read the one period of a catalogue.

    >>> text = "@prefix dcat: <http://www.w3.org/ns/dcat#> . <a:b> "
    >>> of_catalogue((text + "dcat:startDate '2015' ; dcat:endDate '2018' .").encode())
    ('2015', '2018')
    >>> of_catalogue(b"")
    """
    found = {
        one.predicate.value: one.object.value
        for one in ox.parse(turtle, format=ox.RdfFormat.TURTLE)
        if isinstance(one.object, ox.Literal)
    }
    start, end = found.get(_START), found.get(_END)
    return (start, end) if start and end else None
