"""Score answers as the gold questions ask: `meta.scoring` and `meta.matching`, to the letter.

An answer is the JSON that a visitor gets. What it names is known by its labels and aliases in the
generation, and by its country, so that two bodies of one name are two. Stricter than the letter
where the letter leaves room: a name is given by one row's value only, and what is generous or
tolerated stands under `related`, with its reason, never in the rows.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from itertools import product
from typing import Any

import pyoxigraph as ox

from coopkg.terms import LANGUAGES, PREFIXES

Json = Mapping[str, Any]

_ARTICLE = re.compile(r"^(?:(?:le|la|les|un|une|the|an?) |l')")
_COUNTRIES = """
PREFIX coop: <https://w3id.org/cnfpt-coop/ns#>
SELECT DISTINCT ?thing ?code WHERE {
  { ?thing coop:iso2 ?code }
  UNION { ?thing coop:basedIn|coop:hostCountry|coop:country ?place . ?place coop:iso2 ?code }
  UNION { ?thing coop:associatedInstitution ?home . ?home coop:basedIn ?place .
    ?place coop:iso2 ?code }
}"""


def folded(text: str) -> str:
    """Return a name without case, accents, kinds of apostrophe and space, or leading article.

    >>> folded("L’ambassade\u00a0de  France") == folded("ambassade de france")
    True
    """
    split = unicodedata.normalize("NFD", text.casefold())
    plain = "".join(one for one in split if not unicodedata.combining(one))
    plain = " ".join(re.sub("[’‘ʼ`´]", "'", plain).split())
    return _ARTICLE.sub("", plain)


@dataclass(frozen=True)
class Thing:
    """What an answer names: all it may be called (folded), and the codes of its country."""

    value: str
    names: frozenset[str]
    countries: frozenset[str] = frozenset()

    def is_(self, gold: Json) -> bool:
        """Tell whether a gold name is a name of this thing, of the same country when it has one."""
        country = gold.get("country")
        return bool(self.names & named(gold)) and (country is None or country in self.countries)


def named(gold: Json) -> frozenset[str]:
    """Return all that a gold entry is called, folded."""
    return frozenset(folded(one) for one in (gold["name"], *gold.get("variants", ())))


@dataclass(frozen=True)
class Book:
    """The names and countries of a generation, by IRI."""

    labels: Json
    countries: Mapping[str, frozenset[str]]

    @classmethod
    def of(cls, labels: Json, store: ox.Store) -> Book:
        """Read the countries that the default graph gives to things."""
        found: dict[str, set[str]] = {}
        rows = store.query(_COUNTRIES)
        assert isinstance(rows, ox.QuerySolutions)
        for thing, code in rows:
            found.setdefault(thing.value, set()).add(code.value)
        return cls(labels, {iri: frozenset(codes) for iri, codes in found.items()})

    def thing(self, cell: Json) -> Thing:
        """Return what a cell names. Without a French name, an English one does not count."""
        value = str(cell["value"])
        if cell["type"] != "uri":
            return Thing(value, frozenset({folded(value)}))
        entry = self.labels.get(value, {})
        names = [entry["fr"], entry.get("en", ""), *entry.get("alt", ())] if "fr" in entry else []
        countries = self.countries.get(value, frozenset())
        return Thing(value, frozenset(folded(one) for one in names if one), countries)


@dataclass(frozen=True)
class Entry:
    """How one gold question is put to a shipped one, and where its answer is to be read."""

    id: str
    question: str
    parameters: Mapping[str, str]
    read: str
    keys: Mapping[str, str] = field(default_factory=dict)
    join: str = ""
    related_ok: bool = False
    weaker: str = ""
    """The column that names weaker matches, when it is not the one that names the answer."""
    basis: str = ""
    """The way of knowing that a note must name: `implied`, `curated`…"""

    @property
    def way(self) -> str:
        """Return how to read: `rows`, `columns`, `value`, `boolean`, `mapping` or `status`."""
        return self.read.partition(":")[0]

    @property
    def names(self) -> list[str]:
        """Return the columns to read."""
        return re.split("[:,]", self.read.partition(":")[2])


def faults(gold: Json, entry: Entry, answer: Json, book: Book) -> list[str]:
    """Return all that is wrong with an answer; nothing when it is right."""
    found = list(_SCORES[gold["answer_type"]](gold["gold"], entry, answer, book))
    if entry.basis and entry.basis not in {note.get("mode") for note in answer["notes"]}:
        found.append(f"no note says that it is {entry.basis}")
    return found


# --- Sets of names -----------------------------------------------------------------------------


def _entity_set(gold: Json, entry: Entry, answer: Json, book: Book) -> Iterator[str]:
    if answer["status"] != "complete":
        yield f"status is {answer['status']}"
    found = _things(answer["rows"], entry.names, book)
    required = gold["required"]
    for thing in found:
        if not any(thing.is_(one) for one in required):
            yield f"{_kind(thing, gold)} in rows: {thing.value}"
    for one in required:
        given = [thing.value for thing in found if thing.is_(one)]
        if len(given) != 1:
            yield f"{one['name']} is given {len(given)} times: {given}"
    if len(found) != gold.get("count", len(required)):
        yield f"{len(found)} names"
    yield from _weaker(gold, entry, answer, book)


def _empty_set(gold: Json, entry: Entry, answer: Json, book: Book) -> Iterator[str]:
    if answer["rows"] or answer["count"] or answer["status"] not in {"empty", "not-stated"}:
        yield f"{answer['count']} rows, {answer['status']}"
    if not all(answer["sentence"][lang].strip() for lang in LANGUAGES):
        yield "no sentence says that there is none"
    yield from _weaker(gold, entry, answer, book)


def _weaker(gold: Json, entry: Entry, answer: Json, book: Book) -> Iterator[str]:
    """Find what is wrong with the weaker matches: only generous or tolerated names, marked."""
    allowed = [*gold.get("generous_extra", ()), *gold.get("tolerated_if_labelled", ())]
    for weak in answer["related"]:
        if not entry.related_ok:
            yield "weaker matches are not expected"
        if not all(weak["reason"].get(lang, "").strip() for lang in LANGUAGES):
            yield "weaker matches without a reason"
        names = [entry.weaker] if entry.weaker else entry.names
        for thing in _things(weak["rows"], names, book):
            if not any(thing.is_(one) for one in allowed):
                yield f"{_kind(thing, gold)} among weaker matches: {thing.value}"


def _kind(thing: Thing, gold: Json) -> str:
    kinds = {
        "must_not": "a forbidden name",
        "generous_extra": "an unmarked generous name",
        "tolerated_if_labelled": "an unmarked tolerated name",
    }
    for key, said in kinds.items():
        if any(thing.is_(one) for one in gold.get(key, ())):
            return said
    return "another name"


def _things(rows: Iterable[Json], columns: Sequence[str], book: Book) -> list[Thing]:
    cells = (row[name] for row in rows for name in columns if name in row)
    return list(dict.fromkeys(book.thing(cell) for cell in cells))


# --- Single values -----------------------------------------------------------------------------


def _number(gold: Json, entry: Entry, answer: Json, book: Book) -> Iterator[str]:
    cells = _cells(answer, entry.names[0])
    accepted = [gold["value"], *gold.get("accepted", ())]
    if not any(_equal(value, cells, book) for value in accepted):
        yield f"{_shown(cells)} instead of {gold['value']}"
    derived = answer["derived"] and any(one.get("derived") for one in cells)
    if gold.get("derived") and not derived:
        yield "a computed value that does not say so"
    said = folded(" ".join(_said(answer)))
    wanted = [gold.get("unit", ""), gold.get("scope", ""), *gold.get("period", "").split("-")]
    for words in wanted:
        if folded(words) not in said:
            yield f"{words!r} is not shown"


def _said(answer: Json) -> Iterator[str]:
    """Yield all the French that a reader sees beside the sources."""
    yield answer["sentence"]["fr"]
    for note in answer["notes"]:
        yield note["text"]["fr"]
    for column in answer["columns"]:
        yield column["label"]["fr"]
        yield column.get("unit", {}).get("fr", "")
    for row in answer["rows"]:
        for cell in row.values():
            yield cell["label"]["fr"] if "label" in cell else cell["value"]


def _string(gold: Json, entry: Entry, answer: Json, book: Book) -> Iterator[str]:
    parts = [_cells(answer, name) for name in entry.names]
    if any(len(cells) != 1 for cells in parts):
        yield f"not one value: {[_shown(cells) for cells in parts]}"
        return
    names = [sorted(book.thing(cell).names) for (cell,) in parts]
    said = {folded(entry.join.join(chosen)) for chosen in product(*names)}
    if not said & {folded(one) for one in (gold["value"], *gold.get("variants", ()))}:
        yield f"{sorted(said)} instead of {gold['value']}"


def _boolean(gold: Json, entry: Entry, answer: Json, book: Book) -> Iterator[str]:
    cells = _cells(answer, entry.names[0])
    if len(answer["rows"]) != 1 or not _equal(gold["value"], cells, book):
        yield f"{_shown(cells)} in {len(answer['rows'])} rows instead of {gold['value']}"
    if not (answer["sources"] or answer["notes"]):
        yield "no explanation"


def _not_stated(_: Json, entry: Entry, answer: Json, __: Book) -> Iterator[str]:
    if answer["status"] != "not-stated" or entry.read != "status:not-stated":
        yield f"status is {answer['status']}"
    if answer["rows"] or answer["related"] or answer["count"]:
        yield "values for what is not stated"
    if not answer["gaps"]:
        yield "it does not say what is not stated"


# --- Mappings ----------------------------------------------------------------------------------


def _mapping(gold: Json, entry: Entry, answer: Json, book: Book) -> Iterator[str]:
    found = _pairs(entry, answer, book)
    wanted: Json = gold["value"]
    for key, value in wanted.items():
        given = [cells for names, cells in found if folded(key) in names]
        if len(given) != 1:
            yield f"{key} is given {len(given)} times"
        elif not _equal(value, given[0], book):
            yield f"{key} is {_shown(given[0])} instead of {value}"
    if len(found) != len(wanted):
        yield f"{len(found)} keys instead of {len(wanted)}"
    if "total" in gold and sum(_decimal(one) or 0 for _, one in found) != gold["total"]:
        yield f"the sum is not {gold['total']}"


def _pairs(entry: Entry, answer: Json, book: Book) -> list[tuple[frozenset[str], list[Json]]]:
    """Return the keys of a mapping, by their names, with the cells of each."""
    if entry.way == "columns":
        return [
            (frozenset({folded(entry.keys[name])}), _cells(answer, name)) for name in entry.names
        ]
    key, value = entry.names
    found: dict[Thing, list[Json]] = {}
    for row in answer["rows"]:
        found.setdefault(book.thing(row[key]), []).append(row[value])
    return [(thing.names, _distinct(cells)) for thing, cells in found.items()]


# --- Cells -------------------------------------------------------------------------------------


def _cells(answer: Json, name: str) -> list[Json]:
    return _distinct(row[name] for row in answer["rows"] if name in row)


def _distinct(cells: Iterable[Json]) -> list[Json]:
    return list({(one["type"], one["value"]): one for one in cells}.values())


def _shown(cells: Iterable[Json]) -> list[str]:
    return [one["value"] for one in cells]


def _equal(value: Any, cells: Sequence[Json], book: Book) -> bool:
    """Tell whether cells are a gold value; a list is compared as a set of numbers."""
    if isinstance(value, list):
        return sorted(value) == sorted(_decimal([one]) or -1 for one in cells)
    if len(cells) != 1:
        return False
    if isinstance(value, bool):
        boolean = cells[0].get("datatype") == PREFIXES["xsd"] + "boolean"
        return boolean and cells[0]["value"] == str(value).lower()
    if isinstance(value, int | float):
        return _decimal(cells) == Decimal(str(value))
    return folded(value) in book.thing(cells[0]).names


def _decimal(cells: Sequence[Json]) -> Decimal | None:
    if len(cells) != 1 or cells[0]["type"] != "literal":
        return None
    try:
        return Decimal(cells[0]["value"])
    except InvalidOperation:
        return None


_SCORES: Mapping[str, Callable[[Json, Entry, Json, Book], Iterator[str]]] = {
    "entity_set": _entity_set,
    "empty_set": _empty_set,
    "not_stated": _not_stated,
    "number": _number,
    "boolean": _boolean,
    "mapping": _mapping,
    "string": _string,
}
