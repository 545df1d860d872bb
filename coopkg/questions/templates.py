"""Sentences with blanks: `{count} partenaires travaillent sur {theme.the} {place.in}`."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

FORMS: Final = ("", "in", "from", "the", "of", "each")
"""How a slot may be written: bare, `.in` (« en Tunisie », « en 2017 »), `.from` (« de Tunisie »),
`.the` (« la décentralisation »), `.of` (« de la décentralisation », « du Maroc »); `.each` lists
the values found, even for a parameter nobody chose a value for."""


@dataclass(frozen=True)
class Slot:
    """A blank: the name of a parameter, of a column, or `count`; and a form."""

    name: str
    form: str = ""

    def __str__(self) -> str:
        return f"{{{self.name}.{self.form}}}" if self.form else f"{{{self.name}}}"


Part: TypeAlias = str | Slot


def parts(template: str) -> tuple[Part, ...]:
    """Cut a template into texts and slots.

    >>> parts("{count} partenaires {place.in}")
    (Slot(name='count', form=''), ' partenaires ', Slot(name='place', form='in'))

    Raises:
        ValueError: a brace is lost, or a slot is not written `{name}` or `{name.form}`.
    """
    return tuple(_parts(template))


def _parts(template: str) -> Iterator[Part]:
    for text, field, spec, conversion in string.Formatter().parse(template):
        if text:
            yield text
        if field is None:
            continue
        name, _, form = field.partition(".")
        if not name.isidentifier() or form not in FORMS or spec or conversion:
            raise ValueError(
                f"{{{field}}}: a slot is {{name}} or {{name.form}}, form in {FORMS[1:]}"
            )
        yield Slot(name, form)


def slots(template: str) -> Iterator[Slot]:
    """Yield the slots of a template."""
    return (part for part in parts(template) if isinstance(part, Slot))


def render(template: str, fill: Callable[[Slot], str]) -> str:
    """Write a template with its slots filled."""
    return "".join(part if isinstance(part, str) else fill(part) for part in parts(template))


def of(the: str) -> str:
    """Contract « de » with a French definite name, or with the names it joins.

    >>> [of(name) for name in ("le Maroc", "les élus", "la formation", "l’État", "CFAD", "Haïti")]
    ['du Maroc', 'des élus', 'de la formation', 'de l’État', 'de CFAD', 'd’Haïti']
    >>> of("les Amériques et les Caraïbes")
    'des Amériques et des Caraïbes'
    """
    first, *others = the.split(" et ")
    articles = ("le ", "la ", "les ", "l’")
    joined = (_of(other) if other.startswith(articles) else other for other in others)
    return " et ".join([_of(first), *joined])


def origin(place: str) -> str:
    """Turn where into where from, as French does: the article goes with « en », not with « au ».

    >>> [origin(name) for name in ("en Tunisie", "en Asie", "au Maroc", "aux Caraïbes", "à Nancy")]
    ['de Tunisie', 'd’Asie', 'du Maroc', 'des Caraïbes', 'de Nancy']
    >>> origin("dans les Amériques et les Caraïbes")
    'des Amériques et des Caraïbes'
    """
    word, _, name = place.partition(" ")
    article = {"au": "le ", "aux": "les "}.get(word, "")
    return of(article + name)


def _of(the: str) -> str:
    if the.startswith("le "):
        return "du " + the[3:]
    if the.startswith("les "):
        return "des " + the[4:]
    # Haïti is the one name of the sources whose h is mute.
    elided = the[:1].casefold() in "aeiouyéèêâîôœ" or the.startswith("Haïti")
    return f"d’{the}" if elided else f"de {the}"
