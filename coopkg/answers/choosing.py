"""What a reader typed for a choice: which one it names, or that it is none, with the nearest."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from pyoxigraph import NamedNode

from coopkg.answers.catalogue import Catalogue
from coopkg.errors import Choice, ParameterError
from coopkg.questions import Arguments, Parameter, Question
from coopkg.questions.binding import EXPECTED, UNLISTED, folded, nearest
from coopkg.terms import Term
from coopkg.typography import plain

LONGEST_SEEN: Final = 200
"""Characters of what was typed, in a message."""
NEAREST: Final = 3
"""Choices that a refusal names."""

Values = Callable[[Parameter], Sequence[str]]
Known = Callable[[Parameter], Sequence[Choice]]


def named(parameter: Parameter, terms: Iterable[Term], catalogue: Catalogue) -> list[Choice]:
    """Return what may be chosen, each with its name in both languages."""
    listed = []
    for one in terms:
        said = {"fr": one.value, "en": one.value}
        if isinstance(one, NamedNode):
            said = catalogue.label(one.value)
        listed.append(Choice(parameter.short(one), said["fr"], said["en"]))
    return listed


def bound(question: Question, args: Arguments, values: Values, known: Known) -> dict[str, Term]:
    """Read the choices of a reader; the name of a choice is read as that choice.

    `values` are what may be chosen as addresses write it, `known` the same with its names.

    Raises:
        ParameterError: a value is not acceptable; the nearest choices are named.
    """
    parameters = {one.name: one for one in question.parameters}
    meant_by = {
        name: _meant(parameters[name], given, values, known) if name in parameters else given
        for name, given in args.items()
    }
    try:
        return question.bind(meant_by)
    except ParameterError as error:
        parameter = parameters.get(error.parameter)
        given = meant_by.get(error.parameter, "")
        if parameter is None or not (isinstance(given, str) or len(given) < 2):
            raise
        raise refusal(parameter, error.seen, known(parameter)) from error


def _meant(
    parameter: Parameter, given: str | Sequence[str], values: Values, known: Known
) -> str | Sequence[str]:
    texts = [given] if isinstance(given, str) else list(given)
    if parameter.kind != "iri" or len(texts) != 1 or not texts[0].strip():
        return given
    if texts[0] in values(parameter):
        return given
    return meant(texts[0], known(parameter)) or given


def meant(text: str, choices: Sequence[Choice]) -> str:
    """Return the value of the one choice that a text names; "" when none does, or several do.

    A choice is named by its value or by its name in either language; case and accents are free.
    """
    text = unicodedata.normalize("NFC", text).strip()
    if any(one.value == text for one in choices):
        return text
    found = {one.value for one in choices if _same(text) in _names(one)}
    return found.pop() if len(found) == 1 else ""


def near(text: str, choices: Sequence[Choice], number: int = NEAREST) -> tuple[Choice, ...]:
    """Return the choices nearest to a text, by their values and names, best first."""
    by_name = {name: one for one in choices for name in sorted(_names(one))}
    found = nearest(_same(text), list(by_name), 2 * number)
    return tuple(dict.fromkeys(by_name[one] for one in found))[:number]


def _names(choice: Choice) -> set[str]:
    _, _, local = choice.value.rpartition(":")
    return {_same(one) for one in (choice.value, local, choice.fr, choice.en)}


def _same(text: str) -> str:
    return " ".join(folded(plain(text)).split())


def refusal(parameter: Parameter, seen: str, choices: Sequence[Choice]) -> ParameterError:
    """Return the error for what is no choice, with the nearest ones by their names."""
    seen = seen[:LONGEST_SEEN]
    listed = [one for one in choices if one.value == parameter.example] or list(choices)[:1]
    close = (_closest(parameter, seen, choices) if seen else ()) or tuple(listed)
    readable = parameter.kind == "iri" or not seen or _reads(parameter, seen)
    fr, en = UNLISTED if readable else EXPECTED[parameter.kind]
    label = (parameter.label["fr"], parameter.label["en"])
    return ParameterError(parameter.name, seen, *such_as(fr, en, close), label=label, choices=close)


def _reads(parameter: Parameter, seen: str) -> bool:
    """Tell whether a text is a value of the kind of a parameter, though it may be no choice."""
    try:
        parameter.read(seen)
    except ParameterError:
        return False
    return True


def _closest(parameter: Parameter, seen: str, choices: Sequence[Choice]) -> tuple[Choice, ...]:
    """Return the choices nearest to what was typed: by their names, or by how far a number is."""
    if parameter.kind != "integer" or not _reads(parameter, seen):
        return near(seen, choices)
    asked = int(parameter.read(seen).value)
    by_distance = sorted(choices, key=lambda one: (abs(int(one.value) - asked), int(one.value)))
    return tuple(by_distance[:NEAREST])


def such_as(fr: str, en: str, choices: Sequence[Choice]) -> tuple[str, str]:
    """Say what is expected, with a few examples by their names."""
    if not choices:
        return fr, en
    said_fr = " ou ".join(f"«\u00a0{one.fr}\u00a0»" for one in choices)
    said_en = " or ".join(f"“{one.en}”" for one in choices)
    return f"{fr}, par exemple {said_fr}", f"{en}, such as {said_en}"


def numbers(last: int, only_fr: str, only_en: str) -> tuple[str, str]:
    """Say which numbers there are; in plain words when there is only one.

    >>> numbers(3, "une seule page", "one page only")
    ('un nombre de 1 à 3', 'a number from 1 to 3')
    """
    if last == 1:
        return f"1 (il y a {only_fr})", f"1 (there is {only_en})"
    return f"un nombre de 1 à {last}", f"a number from 1 to {last}"
