"""A part of an answer: its facets, its order, its pages. On rows as `row_json` writes them.

Inside one facet the values chosen are alternatives; all facets must hold. The count beside a value
is of the rows that the other facets keep: what a reader would see by choosing it alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from math import ceil
from typing import Any, Final

import pyoxigraph as ox

from coopkg.answers import choosing
from coopkg.answers.assemble import PAGE_ROWS, Answer
from coopkg.answers.catalogue import NUMBERS, literal_words
from coopkg.errors import Choice, Lang, ParameterError
from coopkg.terms import compact
from coopkg.typography import collated

MOST_VALUES: Final = 12
LEAST_ROWS: Final = 8
MOST_FACETS: Final = 4
NOTHING: Final = "-"
"""The key of a cell that is empty."""
NEVER: Final = "~"
"""The key of a cell that is empty because its column does not apply to its row."""
NO_OBJECT: Final[Mapping[Lang, str]] = {"fr": "sans objet", "en": "not applicable"}
NOT_SAID: Final[Mapping[Lang, str]] = {"fr": "non précisé", "en": "not specified"}
MOST_NEAR: Final = 3
_KINDS: Final = frozenset({"iri", "boolean", "year", "text"})

Row = Mapping[str, Any]
Cell = Mapping[str, Any] | None


@dataclass(frozen=True)
class Part:
    """What a reader asks of an answer: values of columns, and a column to sort by."""

    facets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False

    def __bool__(self) -> bool:
        return bool(self.facets or self.sort)

    def query(self) -> dict[str, Any]:
        """Return the part as addresses write it; a facet has a list of keys."""
        chosen: dict[str, Any] = {f"f.{name}": list(keys) for name, keys in self.facets.items()}
        if self.sort:
            chosen["sort"] = self.sort
        return chosen | ({"order": "desc"} if self.sort and self.descending else {})

    def without(self, name: str, key: str) -> Part:
        """Return the part without one value of a facet."""
        kept = {
            one: tuple(k for k in keys if (one, k) != (name, key))
            for one, keys in self.facets.items()
        }
        return replace(self, facets={one: keys for one, keys in kept.items() if keys})

    def sorted_by(self, name: str) -> Part:
        """Return the part sorted by a column: upwards first, then downwards."""
        return replace(self, sort=name, descending=self.sort == name and not self.descending)


@dataclass(frozen=True)
class Value:
    """One value of a facet: its key, its words, how many rows it would give."""

    key: str
    text: str
    count: int
    chosen: bool


@dataclass(frozen=True)
class Facet:
    """A column to choose values of."""

    name: str
    label: str
    values: tuple[Value, ...]


def key(cell: Cell) -> str:
    """Return a cell as addresses write it."""
    if cell is None:
        return NOTHING
    return compact(cell["value"]) if cell["type"] == "uri" else str(cell["value"])


def keys_of(answer: Answer, name: str) -> list[str]:
    """Return the keys of a column, row by row: what cannot be there is not what is missing."""
    blank = answer.inapplicable or [()] * len(answer.rows)
    return [
        NEVER if name in never else key(row.get(name))
        for row, never in zip(answer.rows, blank, strict=True)
    ]


def words(cell: Cell, lang: Lang) -> str:
    """Return a cell as one reads it, "" when it is empty."""
    if cell is None:
        return ""
    if cell["type"] == "uri":
        return str(cell["label"][lang])
    datatype = cell.get("datatype")
    if datatype:
        return literal_words(ox.Literal(cell["value"], datatype=ox.NamedNode(datatype)), lang)
    return str(cell["value"])


def settled(answer: Answer, part: Part) -> Part:
    """Return a part with its values as addresses write them, all of them in the whole answer.

    A value may be given by its short name, or by its words in either language.

    Raises:
        ParameterError: the answer has no such column or value; the nearest ones are named.
    """
    columns = [
        Choice(str(one["name"]), one["label"]["fr"], one["label"]["en"]) for one in answer.columns
    ]
    labels = {one.value: one for one in columns}
    given = [("sort", part.sort)] if part.sort else []
    for name, seen in [*given, *((f"f.{one}", one) for one in part.facets)]:
        if seen not in labels:
            raise _no_column(name, seen, columns)
    if not answer.rows:  # nothing to choose among
        return part
    found = {
        name: tuple(dict.fromkeys(_settled(answer, labels[name], one) for one in keys))
        for name, keys in part.facets.items()
    }
    return replace(part, facets=found)


def _settled(answer: Answer, column: Choice, given: str) -> str:
    cells = {key(row.get(column.value)): row.get(column.value) for row in answer.rows}
    if given in cells or given in {NOTHING, NEVER}:  # an empty cell may be asked for anywhere
        return given
    values = [
        Choice(one, words(cell, "fr") or NOT_SAID["fr"], words(cell, "en") or NOT_SAID["en"])
        for one, cell in cells.items()
    ]
    if meant := choosing.meant(given, values):
        return meant
    close = choosing.near(given, values) or tuple(values[:MOST_NEAR])
    raise ParameterError(
        f"f.{column.value}",
        given[:80],
        *choosing.such_as("une valeur de cette colonne", "a value of this column", close),
        label=(column.fr, column.en),
        choices=close,
    )


def _no_column(name: str, seen: str, columns: Sequence[Choice]) -> ParameterError:
    close = choosing.near(seen, columns) or tuple(columns)
    expected = choosing.such_as("une colonne de la réponse", "a column of the answer", close)
    return ParameterError(name, seen[:80], *expected, choices=close if name == "sort" else ())


def kept(answer: Answer, part: Part, *, but: str = "") -> list[int]:
    """Return which rows the facets keep, all of them but one when it is named."""
    wanted = [
        (keys_of(answer, name), set(keys)) for name, keys in part.facets.items() if name != but
    ]
    return [
        number
        for number in range(len(answer.rows))
        if all(column[number] in keys for column, keys in wanted)
    ]


def ordered(rows: Sequence[Row], numbers: Sequence[int], part: Part, lang: Lang) -> list[int]:
    """Sort rows by the column asked; equals stay as they were, what is empty comes last."""
    if not part.sort:
        return list(numbers)
    filled = [one for one in numbers if rows[one].get(part.sort) is not None]
    empty = [one for one in numbers if rows[one].get(part.sort) is None]
    order = {one: _rank(rows[one][part.sort], lang) for one in filled}
    return sorted(filled, key=order.__getitem__, reverse=part.descending) + empty


def _rank(cell: Mapping[str, Any], lang: Lang) -> tuple[int, Decimal, str]:
    if cell.get("datatype") in NUMBERS:
        try:
            number = Decimal(cell["value"])
        except InvalidOperation:
            return (1, Decimal(0), str(cell["value"]))
        if number.is_finite():
            return (0, number, "")
    return (1, Decimal(0), collated(words(cell, lang)))


def facets(answer: Answer, part: Part, lang: Lang) -> list[Facet]:
    """Return the facets of an answer that is long enough to have some, `page=None` asked."""
    rows, given = answer.rows, answer.parameters
    if len(rows) < LEAST_ROWS and not part.facets:
        return []
    found = []
    for column in answer.columns:
        name = str(column["name"])
        if name in part.facets or (name not in given and _divides(answer, column)):
            found.append(Facet(name, column["label"][lang], _values(answer, name, part, lang)))
    return [one for one in found if one.name in part.facets or found.index(one) < MOST_FACETS]


def _divides(answer: Answer, column: Mapping[str, Any]) -> bool:
    if column["kind"] not in _KINDS:
        return False
    distinct = set(keys_of(answer, str(column["name"])))
    return 2 <= len(distinct) <= min(MOST_VALUES, len(answer.rows) - 1)


def _values(answer: Answer, name: str, part: Part, lang: Lang) -> tuple[Value, ...]:
    keys = keys_of(answer, name)
    counts = Counter(keys[one] for one in kept(answer, part, but=name))
    chosen = part.facets.get(name, ())
    text = {one: words(row.get(name), lang) for one, row in zip(keys, answer.rows, strict=True)}
    text |= {NOTHING: NOT_SAID[lang], NEVER: NO_OBJECT[lang]}
    known = dict.fromkeys([*keys, *chosen])
    listed = [Value(one, text.get(one, one), counts[one], one in chosen) for one in known]
    return tuple(
        sorted(listed, key=lambda one: (one.key in {NOTHING, NEVER}, collated(one.text), one.key))
    )


def numbers(answer: Answer, part: Part, lang: Lang) -> list[int]:
    """Return the rows of a part, by their place from 0 in the whole answer, in their order."""
    return ordered(answer.rows, kept(answer, part), part, lang)


def pages(count: int) -> int:
    """Return how many pages some rows take: at least one."""
    return max(1, ceil(count / PAGE_ROWS))


def page_of(found: Sequence[int], page: int) -> Sequence[int]:
    """Return one page of rows.

    Raises:
        ParameterError: there is no such page.
    """
    last = pages(len(found))
    if not 1 <= page <= last:
        raise ParameterError(
            "page", str(page), *choosing.numbers(last, "une seule page", "one page only")
        )
    return found[(page - 1) * PAGE_ROWS : page * PAGE_ROWS]


def narrowed(answer: Answer, part: Part, page: int | None, lang: Lang) -> Answer:
    """Return a whole answer (`page=None`) cut to a part, and to one of its pages; a note says so.

    Raises:
        ParameterError: a column or a page that is not there.
    """
    part = settled(answer, part)
    found = numbers(answer, part, lang)
    shown = found if page is None else page_of(found, page)
    said = [{"kind": "part", "text": note(answer, part, len(found))}] if part.facets else []
    return replace(
        answer,
        rows=[answer.rows[one] for one in shown],
        inapplicable=[answer.inapplicable[one] for one in shown] if answer.inapplicable else (),
        count=len(found),
        page=page or 1,
        pages=pages(len(found)) if page is not None else 1,
        notes=[*answer.notes, *said],
    )


def note(answer: Answer, part: Part, count: int) -> dict[str, str]:
    """Say in words which part of an answer is held: « 12 des 40 lignes : Pays = Maroc »."""
    whole = len(answer.rows)
    fr, en = (f"{of(count, whole, lang)} ({_said(answer, part, lang)})" for lang in ("fr", "en"))
    return {"fr": f"Partie de la réponse\u00a0: {fr}.", "en": f"Part of the answer: {en}."}


def of(count: int, whole: int, lang: Lang) -> str:
    """Say how many rows of how many.

    >>> of(12, 40, "fr"), of(1, 40, "en"), of(0, 40, "fr")
    ('12 des 40 lignes', '1 of the 40 rows', 'aucune des 40 lignes')
    """
    if lang == "fr":
        return f"{count or 'aucune'} des {whole} lignes"
    return f"{count or 'none'} of the {whole} rows"


def _said(answer: Answer, part: Part, lang: Lang) -> str:
    colon, either = ("\u00a0: ", " ou ") if lang == "fr" else (": ", " or ")
    labels = {str(column["name"]): column["label"][lang] for column in answer.columns}
    said = []
    for name, keys in part.facets.items():
        text = {one.key: one.text for one in _values(answer, name, part, lang)}
        said.append(f"{labels[name]}{colon}{either.join(text[one] for one in keys)}")
    return ("\u00a0; " if lang == "fr" else "; ").join(said)
