"""Identifiers of registers in what partners send: each that cannot be one has its finding."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

import pyoxigraph as ox

from coopkg.build.intake.findings import Finding
from coopkg.build.intake.ground import Ground
from coopkg.build.intake.reading import Read
from coopkg.linking.identifiers import (
    ALPHA2,
    ALPHA3,
    BY_NAME,
    M49,
    Kind,
    checked,
    countries,
    kind_of,
    of_address,
)
from coopkg.terms import expand

_PROPERTIES: Final = {
    expand("coop:iso2"): ALPHA2,
    expand("coop:iso3"): ALPHA3,
    expand("coop:m49"): M49,
}
_IDENTIFIER: Final = frozenset(
    {expand("dcterms:identifier"), expand("skos:notation"), expand("adms:identifier")}
)
_SCHEME: Final = expand("coop:identifierScheme")
_NOTATION: Final = expand("skos:notation")
_REGISTERED: Final = re.compile(r"(?i)(siren|siret|ror|isni|iati|wikidata)\s*[:\s-]\s*(.+)")


def warm() -> None:
    """Load the codes of countries, which are read from files when they are first asked for."""
    countries()


def named(quad: ox.Quad, schemes: Mapping[Any, str]) -> tuple[Kind, str] | None:
    """Return the register an identifier says it is of, and the identifier itself."""
    value = quad.object
    if isinstance(value, ox.NamedNode):
        return of_address(value.value)
    if not isinstance(value, ox.Literal):
        return None
    if quad.predicate in _PROPERTIES:
        return _PROPERTIES[quad.predicate], value.value
    if quad.predicate == _NOTATION and quad.subject in schemes:
        kind = kind_of(schemes[quad.subject])
        return (kind, value.value) if kind else None
    if quad.predicate in _IDENTIFIER and (match := _REGISTERED.fullmatch(value.value.strip())):
        return BY_NAME[match[1].lower()], match[2]
    return None


def findings(read: Read, ground: Ground) -> Iterator[Finding]:
    """Yield a finding for each identifier that cannot be one."""
    schemes = {
        quad.subject: quad.object.value for quad in read.quads
        if quad.predicate == _SCHEME and isinstance(quad.object, ox.Literal)
    }  # fmt: skip
    for number, quad in enumerate(read.quads):
        found = named(quad, schemes)
        check = checked(*found) if found else None
        if check is None or check.ok:
            continue
        kind = check.kind
        node = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else ""
        yield Finding(
            f"identifier-{kind.name}",
            "violation",
            check.message,
            read.spot(number, "value"),
            seen=check.seen,
            expected=kind.expected,
            example=kind.example,
            node=node,
            subject=ground.label(node),
            link=quad.predicate.value,
            path=ground.label(quad.predicate.value),
        )
