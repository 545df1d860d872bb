"""Read the TOML description of a question strictly: unknown and missing keys are named."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from coopkg.errors import QuestionError

HEADER: Final = "#+"
NO_BREAK: Final = "\u00a0"


@dataclass(frozen=True)
class Bilingual:
    """One text in French and in English."""

    fr: str
    en: str

    def __getitem__(self, lang: str) -> str:
        """Return the text of one language."""
        return self.fr if lang == "fr" else self.en

    def as_json(self) -> dict[str, str]:
        """Return the shape of answers: ``{"fr": …, "en": …}``."""
        return {"fr": self.fr, "en": self.en}


def typeset(text: str) -> str:
    r"""Write French as printers do: no-break spaces, curly apostrophes.

    Template slots such as `{place.in}` are left alone.

    >>> typeset("Qu'est-ce « ici » ?") == "Qu’est-ce «\u00a0ici\u00a0»\u00a0?"
    True
    """
    text = re.sub(r"(?<=\w)'(?=[\w{«])", "’", text)
    text = re.sub(r"[ \u202f]+(?=[:;?!»%])", NO_BREAK, text)
    return re.sub(r"(?<=«)[ \u202f]+", NO_BREAK, text)


def header(slug: str, text: str) -> dict[str, Any]:
    """Return the TOML held by the `#+` lines at the top of a question.

    Raises:
        QuestionError: it is not TOML, with the line of the file; or a `#+` line stands lower.
    """
    lines = text.splitlines()
    kept: list[str] = []
    numbers: list[int] = []
    ended = False
    for number, line in enumerate(lines, 1):
        if not line.startswith(HEADER):
            ended = ended or not (line.startswith("#") or not line.strip())
            continue
        if ended:
            raise fault(
                slug,
                f"ligne {number}",
                "une ligne « #+ » après le début de la requête",
                f"line {number}",
                "a `#+` line after the query has begun",
            )
        kept.append(line[len(HEADER) :].removeprefix(" "))
        numbers.append(number)
    if not kept:
        raise fault(slug, "", "aucune description « #+ »", "", "no `#+` description")
    try:
        return tomllib.loads("\n".join(kept))
    except tomllib.TOMLDecodeError as error:
        found = re.search(r"at line (\d+)", str(error))
        at = numbers[min(int(found.group(1)), len(numbers)) - 1] if found else numbers[-1]
        raise fault(
            slug, f"ligne {at}", f"TOML illisible : {error}", f"line {at}", f"not TOML: {error}"
        ) from error


def fault(slug: str, where_fr: str, fr: str, where_en: str, en: str) -> QuestionError:
    """Return the error for one place of a question: its file, the place, what is wrong."""
    file = f"queries/{slug}.rq"
    here_fr, here_en = (f"{file}, {where}" if where else file for where in (where_fr, where_en))
    return QuestionError(slug, f"{here_fr} : {fr}", f"{here_en}: {en}")


def nearest(text: str, known: Iterable[str]) -> str:
    """Return the known name nearest to a text, or "".

    >>> nearest("sentense", ["sentence", "notes"])
    'sentence'
    """
    return next(iter(difflib.get_close_matches(text, list(known), n=1, cutoff=0.5)), "")


class Table:
    """One TOML table being read; `close` refuses what nobody asked for."""

    def __init__(self, slug: str, path: str, data: Mapping[str, Any]) -> None:
        self.slug = slug
        self.path = path
        self._data = data
        self._asked: set[str] = set()

    def __contains__(self, key: str) -> bool:
        return key in self._data

    def refuse(self, key: str, fr: str, en: str) -> NoReturn:
        """Raise a QuestionError for a key of this table."""
        where = f"{self.path}.{key}".strip(".")
        raise fault(self.slug, f"« {where} »", fr, f"`{where}`", en)

    def get(self, key: str, kind: type | tuple[type, ...], default: Any = None) -> Any:
        """Return a value of a Python type, or the default when the key is absent."""
        self._asked.add(key)
        if key not in self._data:
            return default
        value = self._data[key]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            kinds = kind if isinstance(kind, tuple) else (kind,)
            named = "/".join(one.__name__ for one in kinds)
            self.refuse(key, f"type attendu : {named}", f"expected type: {named}")
        return value

    def need(self, key: str, kind: type) -> Any:
        """Return a value that must be there."""
        value = self.get(key, kind)
        if value is None:
            self.refuse(key, "clé absente", "missing key")
        return value

    def text(self, key: str) -> str:
        """Return a text that is not empty."""
        value = str(self.need(key, str)).strip()
        if not value:
            self.refuse(key, "texte vide", "empty text")
        return value

    def one_of(self, key: str, allowed: Iterable[str], default: str | None = None) -> str:
        """Return a word of a closed list."""
        known = list(allowed)
        value = self.get(key, str, default)
        if value is None:
            self.need(key, str)
        if value not in known:
            near = nearest(value, known)
            self.refuse(
                key,
                f"« {value} » n’est pas parmi {', '.join(known)}"
                + (f" ; vouliez-vous « {near} » ?" if near else ""),
                f"{value!r} is not one of {', '.join(known)}"
                + (f"; did you mean {near!r}?" if near else ""),
            )
        return str(value)

    def names(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty when absent."""
        values = self.get(key, list, [])
        if not all(isinstance(value, str) for value in values):
            self.refuse(key, "une liste de textes est attendue", "a list of texts is expected")
        return tuple(values)

    def table(self, key: str) -> Table:
        """Return a table, empty when absent."""
        return Table(self.slug, f"{self.path}.{key}".strip("."), self.get(key, dict, {}))

    def tables(self, key: str) -> list[Table]:
        """Return the tables of an array, named `key[1]` and so on."""
        values = self.get(key, list, [])
        if not all(isinstance(value, dict) for value in values):
            self.refuse(key, "une liste de tables est attendue", "a list of tables is expected")
        path = f"{self.path}.{key}".strip(".")
        return [Table(self.slug, f"{path}[{n}]", value) for n, value in enumerate(values, 1)]

    def named(self, key: str) -> dict[str, Table]:
        """Return the tables of a table of tables, by name and in order."""
        inner = self.table(key)
        return {name: inner.table(name) for name in self.get(key, dict, {})}

    def both(self, key: str) -> Bilingual:
        """Return a text in both languages; French is typeset."""
        inner = self.table(key)
        return inner.bilingual()

    def bilingual(self) -> Bilingual:
        """Read this whole table as one text in both languages."""
        found = Bilingual(typeset(self.text("fr")), self.text("en"))
        self.close()
        return found

    def maybe_both(self, key: str) -> Bilingual | None:
        """Return a text in both languages, or None when the key is absent."""
        self._asked.add(key)
        return self.both(key) if key in self._data else None

    def close(self) -> None:
        """Refuse the keys that were never asked for, naming the nearest known one."""
        for key in self._data:
            if key not in self._asked:
                near = nearest(key, self._asked)
                self.refuse(
                    key,
                    "clé inconnue" + (f" ; vouliez-vous « {near} » ?" if near else ""),
                    "unknown key" + (f"; did you mean {near!r}?" if near else ""),
                )
