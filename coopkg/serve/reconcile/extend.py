"""More of what is known of things already found: values of their properties (data extension)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import pyoxigraph as ox

from coopkg.errors import Lang, ParameterError
from coopkg.linking import Index
from coopkg.linking.suggesting import text
from coopkg.questions.binding import nearest
from coopkg.serve.problems import HTTPProblem
from coopkg.serve.reconcile.known import TITLES, properties, property_of
from coopkg.serve.reconcile.manifest import Json
from coopkg.serve.reconcile.queries import resolved
from coopkg.serve.service import Service
from coopkg.terms import PREFIXES

MOST_IDS: Final = 100
MOST_PROPERTIES: Final = 30
_ABOUT: Final = "SELECT DISTINCT ?thing ?property ?value WHERE { ?thing ?property ?value }"
_OF_CLASS: Final = """PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT DISTINCT ?class ?property WHERE {
  { ?thing a ?class } UNION { ?thing skos:inScheme ?class }
  ?thing ?property ?value
}"""
_XSD: Final = PREFIXES["xsd"]
_WHOLE: Final = frozenset(_XSD + name for name in ("integer", "int", "long", "nonNegativeInteger"))
_REAL: Final = frozenset(_XSD + name for name in ("decimal", "double", "float"))
_CONTENTS: Final = ("value", "id", "count")


@dataclass(frozen=True)
class _Wanted:
    """A property as a client calls it, what it is here, and how its values are wanted."""

    name: str
    iri: str
    limit: int
    lang: str
    content: str


def extended(service: Service, index: Index, given: Any, lang: Lang) -> Json:
    """Return the values of some properties of some things; `unknown` lists those not here.

    Raises:
        HTTPProblem: 400 or 413.
        ParameterError: a property or a setting that is not known.
    """
    ids, wanted = _read(service, given, lang)
    found = {one: resolved(index, one) for one in ids}
    rows = {}
    for name, iri in found.items():
        values = _values(service, index, iri) if iri else {}
        rows[name] = {one.name: _cells(service, one, values) for one in wanted} if iri else {}
    said = properties(service)
    meta = [{"id": one.name, "name": text(said[one.iri], lang)} for one in wanted]
    missing = [name for name, iri in found.items() if not iri]
    return {"meta": meta, "rows": rows, **({"unknown": missing} if missing else {})}


def _read(service: Service, given: Any, lang: Lang) -> tuple[list[str], list[_Wanted]]:
    said = given if isinstance(given, dict) else {}
    ids: Any = said.get("ids")
    asked: Any = said.get("properties")
    if not (_all(ids, str) and _all(asked, dict) and all(_is_named(one) for one in asked)):
        raise HTTPProblem(
            400,
            "« extend » doit être un objet avec ids (des textes) et properties (des objets "
            "avec un id).",
            "“extend” must be an object with ids (texts) and properties (objects with an id).",
        )
    if len(ids) > MOST_IDS or len(asked) > MOST_PROPERTIES:
        raise HTTPProblem(
            413,
            f"Au plus {MOST_IDS} choses et {MOST_PROPERTIES} propriétés à la fois.",
            f"At most {MOST_IDS} things and {MOST_PROPERTIES} properties at once.",
        )
    known = properties(service)
    return list(dict.fromkeys(ids)), [_wanted(known, one, lang) for one in asked]


def _all(given: Any, of: type) -> bool:
    return isinstance(given, list) and all(isinstance(one, of) for one in given)


def _is_named(one: Mapping[str, Any]) -> bool:
    return isinstance(one.get("id"), str) and isinstance(one.get("settings") or {}, dict)


def _wanted(known: Mapping[str, Any], one: Mapping[str, Any], lang: Lang) -> _Wanted:
    name, iri = one["id"], property_of(one["id"])
    if iri not in known:
        near = ", ".join(nearest(iri, sorted(known))) or "rdfs:label"
        raise ParameterError(
            "extend",
            name[:200],
            f"une propriété connue, comme {near}",
            f"a known property, such as {near}",
        )
    settings = one.get("settings") or {}
    limit = _number(settings.get("limit", 0))
    content = settings.get("content") or "value"
    spoken = settings.get("lang") or lang
    if content not in _CONTENTS:
        raise ParameterError("content", str(content)[:40], *[" | ".join(_CONTENTS)] * 2)
    if spoken not in {"fr", "en", "all"}:
        raise ParameterError("lang", str(spoken)[:40], *["fr | en | all"] * 2)
    return _Wanted(name, iri, limit, spoken, content)


def _number(given: Any) -> int:
    try:
        number = int(given)
    except (TypeError, ValueError):
        number = -1
    if not 0 <= number < 10**6:
        raise ParameterError("limit", str(given)[:40], "un nombre, 0 pour tout", "a number, 0: all")
    return number


def _values(service: Service, index: Index, iri: str) -> Mapping[str, Sequence[Any]]:
    found: defaultdict[str, list[Any]] = defaultdict(list)
    for row in service.ask(_ABOUT, {"thing": ox.NamedNode(iri)}):
        found[row["property"].value].append(row["value"])
    for register, value in index.things[iri].identifiers:
        if register in TITLES:
            found[register].append(ox.Literal(value))
    return {name: sorted(values, key=str) for name, values in found.items()}


def _cells(service: Service, wanted: _Wanted, values: Mapping[str, Sequence[Any]]) -> list[Json]:
    every = list(_in_language(values.get(wanted.iri, ()), wanted.lang))
    if wanted.content == "count":
        return [{"int": len(every)}]
    kept = every[: wanted.limit] if wanted.limit else every
    if wanted.content == "id":
        return [{"str": one.value} for one in kept]
    return [_cell(service, one, wanted.lang) for one in kept]


def _in_language(values: Sequence[Any], lang: str) -> Iterable[Any]:
    """Return the texts of a language and all that has none; texts of others when it has no text."""
    spoken = [one for one in values if getattr(one, "language", None)]
    if lang == "all" or not spoken:
        return values
    of_lang = [one for one in spoken if one.language.split("-")[0] == lang]
    kept = of_lang or spoken
    return [one for one in values if one in kept or one not in spoken]


def _cell(service: Service, value: Any, lang: str) -> Json:
    if isinstance(value, ox.NamedNode):
        return {"id": value.value, "name": _label(service, value.value, lang)}
    if not isinstance(value, ox.Literal):
        return {"str": str(value)}
    kind, said = value.datatype.value, value.value
    if kind in _WHOLE:
        return {"int": int(said)}
    if kind in _REAL:
        return {"float": float(said)}
    if kind in {_XSD + "date", _XSD + "dateTime"} and (instant := _instant(said)):
        return {"date": instant}
    return {"str": said}


def _instant(said: str) -> str:
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return ""
    if len(said) == len("2026-11-23"):
        return f"{date.fromisoformat(said).isoformat()}T00:00:00Z"
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _label(service: Service, iri: str, lang: str) -> str:
    return text(service.labels.get(iri, {}), lang) or iri


def proposed(service: Service, index: Index, asked: str, most: int, lang: Lang) -> Json:
    """Return the properties that things of a type have, by label; of any thing without a type.

    Raises:
        ParameterError: there is no such type.
    """
    known = properties(service)
    iri = index.class_named(asked) if asked else ""
    if asked and not iri:
        raise ParameterError("type", asked[:200], "un type connu", "a known type")
    used = set(known)
    if iri:
        rows = service.ask(_OF_CLASS, {"class": ox.NamedNode(iri)})
        things = (one for one in index.things.values() if iri in one.classes)
        registers = {register for one in things for register, _ in one.identifiers}
        used = {row["property"].value for row in rows} | registers
    listed = sorted((text(known[name], lang), name) for name in used if name in known)
    found = [
        {"id": name, "name": called, **_definition(known[name], lang)} for called, name in listed
    ]
    said: Json = {"properties": found[:most] if most else found}
    return {**said, **({"type": asked} if asked else {}), **({"limit": most} if most else {})}


def _definition(one: Mapping[str, Any], lang: Lang) -> dict[str, str]:
    said = text(one.get("definition") or {}, lang)
    return {"description": said} if said else {}
