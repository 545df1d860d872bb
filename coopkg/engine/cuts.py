"""How an answer that was cut says so, in each format that can.

* JSON: a URI in `head.link` (SPARQL 1.1 Query Results JSON Format, section 3.1.2).
* XML: `<link href>` in `<head>` (SPARQL Query Results XML Format, section 2.3.1).
* Turtle, N-Triples: a comment. RDF/XML: an XML comment. Each at the start.
* CSV, TSV and JSON-LD have no place for it: the headers of HTTP alone say it, the name of the file
  among them.
"""

from __future__ import annotations

from typing import Final

from coopkg import formats, terms
from coopkg.workers.spool import Spool

ABOUT: Final = terms.BASE + "problem/truncated"

_AFTER: Final = {"json": b'{"head":{', "rdf-xml": b"?>"}
_BEFORE: Final = {"xml": b"</head>"}


def link(rows: int) -> str:
    """Return the URI that tells that an answer was cut after so many rows."""
    return f"{ABOUT}?rows={rows}"


def mark(body: Spool, written: formats.Format, rows: int) -> None:
    """Say in the body of an answer that it was cut."""
    about = link(rows)
    words = f"cut after {rows} triples, there are more: {about}"
    if text := {
        "json": f'"link":["{about}"],',
        "xml": f'<link href="{about}"/>',
        "turtle": f"# {words}\n",
        "n-triples": f"# {words}\n",
        "rdf-xml": f"<!-- {words} -->",
    }.get(written.name):
        body.insert(_AFTER.get(written.name, b""), _BEFORE.get(written.name, b""), text.encode())
