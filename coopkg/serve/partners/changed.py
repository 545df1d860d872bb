"""What a contribution changes, in words: each thing it describes, and what it says of it.

Who takes part in an action, and as what, is told where the action says it; so are other things
without a name of their own, and not by their addresses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import pyoxigraph as ox
from flask import g

from coopkg.contributions import Contribution, differences
from coopkg.contributions.differences import Difference, Line
from coopkg.errors import Lang
from coopkg.serve import present
from coopkg.serve.partners.tokens import settings
from coopkg.terms import RDF_TYPE, expand
from coopkg.typography import collated

_NAMES: Final = tuple(expand(name).value for name in ("rdfs:label", "skos:prefLabel"))
_PART: Final = expand("coop:Participation")
_TONGUES: Final = {
    "fr": {"fr": "en français", "en": "en anglais"},
    "en": {"fr": "in French", "en": "in English"},
}


def told(one: Contribution, lang: Lang) -> dict[str, Any]:
    """Return what a contribution changes, with the names of things; {} when it says nothing.

    Shape: ``{"things": [{"text", "iri", "lines"}…], "added", "removed", "is_cut"}``; a line is
    ``{"kind", "property", "before", "after"}``, a value ``{"text", "lines"}``.
    """
    if one.erased or not (one.added or one.removed or one.method in {"delete", "put"}):
        return {}
    found = differences.of(settings().home, one.id)
    names = present.Names(g.service.catalogue, lang)
    return {
        "things": _Telling(found, names, _own_names(found, lang)).things(),
        "added": found.added,
        "removed": found.removed,
        "is_cut": found.is_cut,
    }


@dataclass(frozen=True)
class _Telling:
    """A difference that is being put into words; `own` are the names that it gives."""

    found: Difference
    names: present.Names
    own: Mapping[str, str]

    def things(self) -> list[dict[str, Any]]:
        """Return each thing that is not told within another."""
        lines = _by_subject(self.found.lines)
        inner = self._inner(lines)
        told = {
            subject: {
                "text": self._text(subject),
                "iri": subject,
                "lines": [self._line(line, lines, inner) for line in about],
            }
            for subject, about in lines.items()
            if subject not in inner
        }
        return sorted(told.values(), key=lambda thing: collated(str(thing["text"])))

    def _inner(self, lines: Mapping[str, list[Line]]) -> frozenset[str]:
        """Return the things without a name that one other thing, and one alone, leads to."""
        led = Counter(
            term.value
            for line in self.found.lines
            for term in {*line.before, *line.after}
            if isinstance(term, ox.NamedNode) and term.value != line.subject.value
        )
        parts = {
            line.subject.value
            for line in self.found.lines
            if line.predicate == RDF_TYPE and _PART in (*line.before, *line.after)
        }
        nameless = (
            one for one in lines if led[one] == 1 and (one in parts or not self._is_named(one))
        )
        leads = {
            term.value: line.subject.value
            for line in self.found.lines
            for term in (*line.before, *line.after)
        }
        found = frozenset(nameless)
        return frozenset(one for one in found if leads[one] not in found)

    def _is_named(self, iri: str) -> bool:
        return iri in self.own or iri in self.names.labels

    def _text(self, iri: str) -> str:
        """Return the name of a thing; without one, the end of its address."""
        if iri in self.own:
            return self.own[iri]
        if iri in self.names.labels or iri == RDF_TYPE.value:
            return self.names.text(iri)
        return iri.rstrip("/#").rpartition("/")[2].rpartition("#")[2] or iri

    def _line(
        self, line: Line, lines: Mapping[str, list[Line]], inner: Iterable[str]
    ) -> dict[str, Any]:
        def values(terms: Iterable[Any]) -> list[dict[str, Any]]:
            return [
                {
                    "text": self._kind(term.value, lines)
                    if term.value in inner
                    else self._said(term),
                    "lines": [
                        self._line(one, lines, ())
                        for one in (lines[term.value] if term.value in inner else ())
                        if one.predicate != RDF_TYPE and one.predicate.value not in _NAMES
                    ],
                }
                for term in terms
            ]

        return {
            "kind": line.kind,
            "property": self.names.text(line.predicate.value),
            "before": values(line.before),
            "after": values(line.after),
        }

    def _kind(self, iri: str, lines: Mapping[str, list[Line]]) -> str:
        """Return the sort of a thing without a name."""
        sorts = [
            self.names.text(term.value)
            for line in lines[iri]
            if line.predicate == RDF_TYPE
            for term in (*line.after, *line.before)
        ]
        return sorts[0] if sorts else self._text(iri)

    def _said(self, term: Any) -> str:
        if isinstance(term, ox.NamedNode) and not term.value.startswith(("http:", "https:")):
            return term.value
        if isinstance(term, ox.NamedNode):
            inside = term.value in self.own or term.value in self.names.labels
            return self._text(term.value) if inside else term.value
        text = str(self.names.shown(term).text)
        tongue = _TONGUES[self.names.lang].get(getattr(term, "language", None) or "", "")
        return f"{text} ({tongue})" if tongue else text


def _by_subject(lines: Iterable[Line]) -> dict[str, list[Line]]:
    found: dict[str, list[Line]] = {}
    for line in lines:
        found.setdefault(line.subject.value, []).append(line)
    return found


def _own_names(found: Difference, lang: Lang) -> dict[str, str]:
    """Return the names that a contribution gives to its own things."""
    own: dict[str, str] = {}
    for line in found.lines:
        if line.predicate.value in _NAMES:
            for term in (*line.before, *line.after):
                is_ours = getattr(term, "language", None) == lang
                if is_ours or line.subject.value not in own:
                    own[line.subject.value] = term.value
    return own
