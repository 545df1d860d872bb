"""Links as an SSSOM table (Simple Standard for Sharing Ontological Mappings), TSV. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from typing import Final

from coopkg.linking import Index
from coopkg.links import ACCEPTED, LOOKALIKES, Link

COLUMNS: Final = (
    "subject_id",
    "subject_label",
    "predicate_id",
    "object_id",
    "object_label",
    "mapping_justification",
    "confidence",
    "author_label",
    "reviewer_label",
    "mapping_date",
    "mapping_source",
    "comment",
)
LICENCE: Final = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
_SET: Final = "https://w3id.org/cnfpt-coop/links"
_HEAD: Final = (
    "#curie_map:\n"
    "#  semapv: https://w3id.org/semapv/vocab/\n"
    "#  skos: http://www.w3.org/2004/02/skos/core#\n"
    f"#mapping_set_id: {_SET}\n"
    f"#license: {LICENCE}\n"
)
# Both end in a person's decision; what differs is who came upon it.
_BY_NAMES: Final = "semapv:LexicalMatching"
_BY_HAND: Final = "semapv:ManualMappingCuration"


def table(links: Iterable[Link], index: Index, lang: str = "en") -> str:
    """Return the accepted links, in the order they were proposed."""
    written = io.StringIO()
    written.write(_HEAD)
    rows = csv.writer(written, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    rows.writerow(COLUMNS)
    for link in links:
        if link.state == ACCEPTED:
            rows.writerow([_flat(one) for one in _row(link, index, lang)])
    return written.getvalue()


def _row(link: Link, index: Index, lang: str) -> Iterable[str]:
    return (
        link.subject,
        _label(index, link.subject, lang),
        f"skos:{link.relation}Match",
        link.object,
        _label(index, link.object, lang),
        _BY_NAMES if link.by == LOOKALIKES else _BY_HAND,
        f"{link.confidence:g}",
        link.by,
        link.reviewer,
        link.decided[:10],
        link.source,
        link.verdict.get(lang) or next(iter(link.verdict.values()), ""),
    )


def _label(index: Index, iri: str, lang: str) -> str:
    thing = index.things.get(iri)
    return thing.called(lang) if thing else ""


def _flat(text: str) -> str:
    """Return a text of one line, without what ends a cell."""
    return " ".join(text.split())
