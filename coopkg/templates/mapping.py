"""What the columns of a table are: written in TOML or JSON, kept by who sends it.

    class = "org:Organization"
    id = "Code"
    [[columns]]
    column = "Nom"
    property = "skos:prefLabel@fr"

The same table and the same mapping always give the same triples.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping as Table
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

from coopkg.errors import Lang
from coopkg.templates.fields import Field, Sort, Template
from coopkg.terms import expand

SEPARATOR: Final = ";"
_KEYS: Final = {"class", "id", "sheet", "columns", "lang", "pattern", "ignored"}
_COLUMN_KEYS: Final = {"column", "property", "kind", "pattern", "separator", "datatype", "required"}


class MappingError(ValueError):
    """A mapping says what cannot be read; `words` in both languages."""

    def __init__(self, fr: str, en: str) -> None:
        super().__init__(en)
        self.words = {"fr": fr, "en": en}


@dataclass(frozen=True)
class Column:
    """One column: its heading in the table, and the field it fills.

    `pattern` makes the value of what the cell holds, which stands for `{}`.
    """

    heading: str
    field: Field
    pattern: str = ""
    separator: str = SEPARATOR


@dataclass(frozen=True)
class Mapping:
    """What the rows of a table describe, and what each column says of them.

    `id` is the heading of the column that names each thing, "" to name it by its label; `ignored`
    are the headings of the columns that are left out on purpose.
    """

    kind: str
    id: str
    columns: tuple[Column, ...]
    sheet: str = ""
    pattern: str = "{}"
    ignored: tuple[str, ...] = ()

    def column(self, heading: str) -> Column | None:
        """Return the column of a heading."""
        return next((one for one in self.columns if one.heading == heading), None)

    @classmethod
    def read(cls, text: str) -> Mapping:
        """Read a mapping from TOML or JSON.

        Raises:
            MappingError: what is wrong with it.
        """
        try:
            value = json.loads(text) if text.lstrip().startswith("{") else tomllib.loads(text)
        except ValueError as error:
            raise MappingError(
                f"ni TOML ni JSON : {error}", f"neither TOML nor JSON: {error}"
            ) from error
        return cls.of_json(value)

    @classmethod
    def of_json(cls, value: Table[str, Any]) -> Mapping:
        """Read a mapping from JSON values; see `as_json`.

        Raises:
            MappingError: what is wrong with it.
        """
        _keys(value, _KEYS, "class")
        columns = value.get("columns", [])
        if not isinstance(columns, list) or not columns:
            raise MappingError(
                "« columns » doit lister les colonnes", "“columns” must list the columns"
            )
        return cls(
            _iri(str(value["class"])),
            str(value.get("id", "")),
            tuple(_column(one) for one in columns),
            str(value.get("sheet", "")),
            str(value.get("pattern", "{}")),
            _texts(value.get("ignored", [])),
        )

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON values, to be kept by who sends the table."""
        return {
            "class": self.kind,
            "id": self.id,
            "sheet": self.sheet,
            "pattern": self.pattern,
            "columns": [_written(one) for one in self.columns],
            "ignored": list(self.ignored),
        }


def _written(one: Column) -> dict[str, Any]:
    return {
        "column": one.heading,
        "property": one.field.name,
        "kind": one.field.kind,
        "pattern": one.pattern,
        "separator": one.separator if one.field.several else "",
        "datatype": one.field.datatype,
        "required": one.field.required,
    }


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise MappingError("« ignored » doit lister des titres", "“ignored” must list headings")
    return tuple(map(str, value))


def _keys(value: Any, known: set[str], needed: str) -> None:
    if not isinstance(value, dict) or needed not in value:
        raise MappingError(f"il manque « {needed} »", f"{needed!r} is missing")
    if unknown := sorted(set(value) - known):
        listed = ", ".join(unknown)
        raise MappingError(f"inconnu : {listed}", f"unknown: {listed}")


def _column(value: Any) -> Column:
    _keys(value, _COLUMN_KEYS, "property")
    if not value.get("column"):
        raise MappingError("il manque « column »", "'column' is missing")
    name, kind = str(value["property"]), str(value.get("kind", ""))
    bare, _, lang = name.partition("@")
    for step in bare.split("/") if not bare.startswith("http") else [bare]:
        _iri(step.removeprefix("^"))
    datatype = str(value.get("datatype", ""))
    if datatype and ":" in datatype and not datatype.startswith("http"):
        datatype = _iri(datatype)
    kind = kind or ("text" if lang or not datatype else _of_datatype(datatype))
    if kind not in get_args(Sort):
        raise MappingError(
            f"« {kind} » n’est pas une sorte de valeur", f"{kind!r} is no kind of value"
        )
    separator = str(value.get("separator", SEPARATOR))
    label = {"fr": str(value["column"]), "en": str(value["column"])}
    required = bool(value.get("required", False))
    field = Field(name, label, {}, kind, lang, required, bool(separator), None, "", datatype)  # type: ignore[arg-type]  # a Sort, just checked
    return Column(str(value["column"]), field, str(value.get("pattern", "")), separator)


def _of_datatype(iri: str) -> str:
    name = iri.rpartition("#")[2]
    return name if name in {"integer", "decimal", "date", "boolean"} else "text"


def _iri(text: str) -> str:
    try:
        return expand(text).value
    except ValueError:
        raise MappingError(
            f"« {text} » : un nom à préfixe connu ou une adresse est attendu",
            f"{text!r}: a name with a known prefix or an address is expected",
        ) from None


def of_template(given: Template, lang: Lang) -> Mapping:
    """Return what the columns of a template in one language are."""
    columns = tuple(Column(one.label[lang], one) for one in given.fields)
    return Mapping(given.kind, given.id_label(lang), columns)


def headings(mapping: Mapping) -> Sequence[str]:
    """Return the headings that a mapping reads."""
    return [*([mapping.id] if mapping.id else []), *(one.heading for one in mapping.columns)]
