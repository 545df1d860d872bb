"""Links as an SSSOM table (Simple Standard for Sharing Ontological Mappings), TSV. Pure.

Each thing is written by a short name (CURIE), as the standard asks of a table; the head of the
table says what each stands for.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from coopkg.links import ACCEPTED, LOOKALIKES, Link
from coopkg.terms import BASE, PREFIXES

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
    "comment",
)
LICENCE: Final = "https://www.etalab.gouv.fr/licence-ouverte-open-licence/"
MAPPING_SET: Final = BASE + "graph/links"
SEMAPV: Final = "https://w3id.org/semapv/vocab/"
OURS: Final = "coopid"
_KNOWN: Final = {
    OURS: BASE + "id/",
    "coopscheme": BASE + "scheme/",
    "ror": "https://ror.org/",
    "semapv": SEMAPV,
    "skos": PREFIXES["skos"],
    "wikidata": "http://www.wikidata.org/entity/",
}
_LAST: Final = re.compile(r"[^/#]*[/#]?")

Called = Callable[[str], str]


def justification(link: Link) -> str:
    """Return what a link rests on, in the vocabulary of SSSOM: names compared, or a person.

    Both end in a person's decision; what differs is who came upon it.
    """
    return SEMAPV + ("LexicalMatching" if link.by == LOOKALIKES else "ManualMappingCuration")


def table(links: Iterable[Link], called: Called, lang: str = "en", version: str = "") -> str:
    """Return the accepted links, in the order they were proposed.

    `called` gives the name of a thing, "" when it is not known here; `version` names the
    generation that they are of, "" when they are not published yet.
    """
    accepted = [one for one in links if one.state == ACCEPTED]
    short = Short()
    rows = [[_flat(cell) for cell in _row(one, called, lang, short)] for one in accepted]
    written = io.StringIO()
    written.write("#curie_map:\n")
    for prefix, space in sorted(short.used.items()):
        written.write(f"#  {prefix}: {space}\n")
    written.write(f"#mapping_set_id: {MAPPING_SET}\n")
    if version:
        written.write(f'#mapping_set_version: "{version}"\n')
    written.write(f"#license: {LICENCE}\n")
    lines = csv.writer(written, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_MINIMAL)
    lines.writerows([COLUMNS, *rows])
    return written.getvalue()


class Short:
    """Gives short names; `used` are the prefixes met so far, each with what it stands for."""

    def __init__(self) -> None:
        self.used: dict[str, str] = {name: _KNOWN[name] for name in ("semapv", "skos")}

    def __call__(self, iri: str) -> str:
        """Return the short name of an IRI: what is before its last part becomes a prefix.

        >>> short = Short()
        >>> short("https://w3id.org/cnfpt-coop/id/place/tunisie"), short("https://e.org/a/b/")
        ('coopid:place/tunisie', 'ns1:b/')
        >>> short.used["ns1"]
        'https://e.org/a/'
        """
        for prefix, space in (*_KNOWN.items(), *self.used.items()):
            if iri.startswith(space) and iri != space:
                self.used[prefix] = space
                return f"{prefix}:{iri[len(space) :]}"
        last = [one for one in _LAST.findall(iri) if one][-1]
        prefix = f"ns{len(self.used.keys() - _KNOWN.keys()) + 1}"
        self.used[prefix] = iri.removesuffix(last)
        return f"{prefix}:{last}"


def _row(link: Link, called: Called, lang: str, short: Short) -> Sequence[str]:
    return (
        short(link.subject),
        called(link.subject),
        f"skos:{link.relation}Match",
        short(link.object),
        called(link.object),
        short(justification(link)),
        f"{link.confidence:g}",
        link.by,
        link.reviewer,
        link.decided[:10],
        "; ".join(comments(link, lang)),
    )


def comments(link: Link, lang: str) -> list[str]:
    """Return what was said of a link: why it was decided, what it was proposed for, its source."""
    verdict = link.verdict.get(lang) or next(iter(link.verdict.values()), "")
    return [one for one in (verdict, *reasons(link, lang), link.source) if one]


def reasons(link: Link, lang: str) -> list[str]:
    """Return what a link was proposed for, in a language or else in the other one."""
    said = [one[lang] for one in link.why if lang in one]
    return said or [text for one in link.why for text in one.values()]


def _flat(text: str) -> str:
    """Return a text of one line, without what ends a cell."""
    return " ".join(text.split())
