"""A batch of queries: each is read, answered or refused by itself. Pure.

What is refused is an object with an `error`, and has no `result`: no client can take it for a name
that is not here.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from coopkg.errors import Lang
from coopkg.linking import Asked, Candidate, Index, candidates, full, identifier
from coopkg.linking.candidates import LONGEST, MOST, USUAL
from coopkg.linking.comparing import EXACT
from coopkg.linking.identifiers import kind_of
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.reconcile.known import REGISTERS, property_of
from coopkg.serve.reconcile.manifest import Json, kind
from coopkg.terms import PREFIXES

MOST_QUERIES: Final = 200
MOST_S: Final = 10.0
"""Seconds of work for one batch; what is left of it then is refused query by query."""
_KEYS: Final = frozenset({"query", "type", "type_strict", "limit", "properties"})
_STRICT: Final = frozenset({"any", "should", "all"})
_COOP, _SKOS, _ORG = PREFIXES["coop"], PREFIXES["skos"], PREFIXES["org"]
_COUNTRY: Final = frozenset({_COOP + name for name in ("basedIn", "hostCountry", "country")})
_NAME: Final = frozenset(
    {_COOP + name for name in ("acronym", "fullName", "printedName", "expandedName")}
    | {_SKOS + name for name in ("prefLabel", "altLabel", "hiddenLabel")}
    | {PREFIXES["rdfs"] + "label"}
)
_TYPE: Final = frozenset({PREFIXES["rdf"] + "type", _ORG + "classification"})
_IDENTIFIER: Final = frozenset(
    {_COOP + "hasIdentifier", _SKOS + "exactMatch", _SKOS + "closeMatch", _SKOS + "notation"}
    | {PREFIXES["dcterms"] + "identifier", PREFIXES["owl"] + "sameAs"}
)
_SAID: Final = {"pays": "country", "nom": "name", "sigle": "acronym", "identifiant": "identifier"}


class QueryRefusalError(Exception):
    """One query of a batch that is not answered: a rule, and why in both languages."""

    def __init__(self, rule: str, fr: str, en: str) -> None:
        super().__init__(en)
        self.rule = rule
        self.said = {"fr": fr, "en": en}


@dataclass
class _Known:
    """What the properties of a query say of the thing that is looked for."""

    countries: set[str] = field(default_factory=set)
    classes: set[str] = field(default_factory=set)
    identifiers: list[tuple[str, str]] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    unused: int = 0


def batch(index: Index, given: Any, lang: Lang) -> Json:
    """Return the answer to a batch, by the names of its queries.

    Raises:
        HTTPProblem: it is no batch, or too large a one.
    """
    if not isinstance(given, dict):
        raise HTTPProblem(
            400,
            "« queries » doit être un objet JSON : un nom, et une demande pour chaque nom.",
            "“queries” must be a JSON object: a name, and a query for each name.",
        )
    if len(given) > MOST_QUERIES:
        raise HTTPProblem(
            413,
            f"{len(given)} demandes : au plus {MOST_QUERIES} à la fois.",
            f"{len(given)} queries: at most {MOST_QUERIES} at once.",
        )
    until = time.monotonic() + MOST_S
    return {name: _answer(index, one, lang, until) for name, one in given.items()}


def _answer(index: Index, given: Any, lang: Lang, until: float) -> Json:
    try:
        if time.monotonic() > until:
            raise QueryRefusalError(
                "time",
                f"pas tentée : le lot a pris plus de {MOST_S:.0f} s",
                f"not tried: the batch took more than {MOST_S:.0f} s",
            )
        asked, unused = read(index, given)
    except QueryRefusalError as refusal:
        return {"error": {"code": refusal.rule, "message": refusal.said[lang]}}
    found = [_candidate(index, one, lang, unused) for one in candidates(index, asked)]
    return {"result": found}


# --- Read ----------------------------------------------------------------------------------


def read(index: Index, given: Any) -> tuple[Asked, int]:
    """Return what a query asks, and how many of its properties could not be used.

    Raises:
        QueryRefusalError: it is not acceptable.
    """
    if not isinstance(given, dict):
        raise QueryRefusalError("form", "ce n’est pas un objet JSON", "it is no JSON object")
    if unknown := sorted(given.keys() - _KEYS):
        listed = ", ".join(unknown)[:80]
        raise QueryRefusalError("form", f"champ inconnu : {listed}", f"unknown field: {listed}")
    known = _properties(index, given.get("properties"))
    name = _name(given.get("query"), known)
    strict = given.get("type_strict") or "any"
    if strict not in _STRICT:
        raise QueryRefusalError(
            "type-strict", "type_strict : any, should ou all", "type_strict: any, should or all"
        )
    classes = _classes(index, given.get("type"))
    should = strict == "should"
    return Asked(
        name,
        classes=frozenset() if should else classes,
        every_class=strict == "all",
        countries=frozenset(known.countries),
        identifiers=tuple(known.identifiers),
        said_classes=frozenset(known.classes | (classes if should else set())),
        others=tuple(known.names),
        most=_limit(given.get("limit")),
    ), known.unused


def _name(given: Any, known: _Known) -> str:
    if given is not None and not isinstance(given, str):
        raise QueryRefusalError("query", "query doit être un texte", "query must be a text")
    name = (given or "").strip()
    if len(name) > LONGEST:
        raise QueryRefusalError(
            "too-long",
            f"{len(name)} caractères : un nom en a au plus {LONGEST}",
            f"{len(name)} characters: a name has at most {LONGEST}",
        )
    if not (name or known.identifiers or known.names):
        raise QueryRefusalError("empty", "aucun nom n’est donné", "no name is given")
    return name


def _classes(index: Index, given: Any) -> frozenset[str]:
    listed = given if isinstance(given, list) else [given]
    found = set()
    for one in (one for one in listed if one not in (None, "")):
        if isinstance(one, dict):
            one = one.get("id")
        iri = index.class_named(one) if isinstance(one, str) else ""
        if not iri:
            seen = str(one)[:80]
            raise QueryRefusalError(
                "type",
                f"type inconnu : {seen} ; voir suggest/type",
                f"unknown type: {seen}; see suggest/type",
            )
        found.add(iri)
    return frozenset(found)


def _limit(given: Any) -> int:
    if given is None:
        return USUAL
    if isinstance(given, bool) or not isinstance(given, int | float) or not 1 <= given < 1e9:
        raise QueryRefusalError(
            "limit", "limit : un nombre, à partir de 1", "limit: a number, from 1"
        )
    return min(int(given), MOST)


def _properties(index: Index, given: Any) -> _Known:
    known = _Known()
    for one in given if isinstance(given, list) else [given]:
        if one is None:
            continue
        if not isinstance(one, dict) or not isinstance(one.get("pid"), str) or "v" not in one:
            raise QueryRefusalError(
                "properties",
                "chaque propriété est un objet avec pid et v",
                "each property is an object with pid and v",
            )
        pid = one["pid"].strip()
        for value in _values(one["v"]):
            if not _use(index, known, _SAID.get(pid.lower(), pid), value):
                known.unused += 1
    return known


def _values(given: Any) -> Iterator[str]:
    for one in given if isinstance(given, list) else [given]:
        text = one.get("id") if isinstance(one, dict) else one
        if isinstance(text, str | int | float) and str(text).strip():
            yield str(text)[:LONGEST]


def _use(index: Index, known: _Known, pid: str, value: str) -> bool:
    """Take a value for what its property says; tell whether it could be used."""
    name = property_of(pid)
    local = pid.replace("#", "/").rpartition("/")[2]
    if name in _COUNTRY:
        code = index.country(value)
        known.countries |= {code} if code else set()
        return bool(code)
    if name in _TYPE:
        found = index.class_named(value)
        known.classes |= {found} if found else set()
        return bool(found)
    if name in _NAME:
        known.names.append(value)
        return True
    register = name if name in REGISTERS.values() else _register(local)
    if register or name in _IDENTIFIER:
        known.identifiers += identifier(register, value)
        return True
    return False


def _register(local: str) -> str:
    kind = kind_of(local)
    return kind.name if kind else ""


# --- Answer --------------------------------------------------------------------------------


def _candidate(index: Index, one: Candidate, lang: Lang, unused: int) -> Json:
    features = [{"id": name, "value": value} for name, value in one.features.items()]
    if unused:
        features.append({"id": "properties-not-used", "value": unused})
    return {
        "id": one.thing.iri,
        "name": one.thing.called(lang),
        "description": described(index, one.thing.iri, lang, _matched(one, lang)),
        "type": [kind(index, name, lang) for name in one.thing.classes],
        "score": one.score,
        "match": one.match,
        "features": features,
    }


def _matched(one: Candidate, lang: Lang) -> str:
    found = one.evidence
    if found is None or (found.how == EXACT and found.name.text in one.thing.label.values()):
        return ""
    text = found.name.text
    return f"trouvé par « {text} »" if lang == "fr" else f"found by “{text}”"


def described(index: Index, iri: str, lang: Lang, more: str = "") -> str:
    """Return a line that tells a thing from its namesakes: its type, its countries."""
    thing = index.things[iri]
    sorts = [kind(index, name, lang)["name"] for name in thing.classes[:1]]
    where = [place for code in sorted(thing.countries) if (place := _country(index, code, lang))]
    return " · ".join(one for one in (*sorts, ", ".join(where), more) if one)


def _country(index: Index, code: str, lang: Lang) -> str:
    found = index.by_identifier.get(("iso-3166-1-alpha-2", code.casefold()), ())
    named: Mapping[str, str] = {iri: index.things[iri].called(lang) for iri in sorted(found)}
    return next(iter(named.values()), code)


def resolved(index: Index, given: str) -> str:
    """Return the IRI of a thing from what clients send for it, or "" when there is none."""
    iri = full(given.strip())
    return iri if iri in index.things else ""
