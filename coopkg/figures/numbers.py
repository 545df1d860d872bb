"""Numbers as figures need them: read with care, placed on a scale, written as the language does."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation, localcontext
from typing import Final, TypeAlias

from babel.numbers import format_decimal

from coopkg.errors import Lang

Value: TypeAlias = int | float | Decimal | None

LOCALES: Final = {"fr": "fr_FR", "en": "en_GB"}
_LARGEST: Final = Decimal(10) ** 15
_SMALLEST: Final = Decimal("0.001")


def read(value: Value) -> Decimal | None:
    """Return a value as a decimal; None when there is none, or when it can be placed nowhere.

    >>> read(float("inf")), read(None), read(1.5)
    (None, None, Decimal('1.5'))
    """
    if value is None:
        return None
    try:
        found = Decimal(str(value)) if isinstance(value, float) else Decimal(value)
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < 10_000 else None


def in_words(value: Value, lang: Lang) -> str:
    """Write a value with the marks of a language; a dash when there is none.

    >>> in_words(1520, "en"), in_words(-3.5, "fr"), in_words(None, "en")
    ('1,520', '-3,5', '–')
    """
    number = read(value)
    if number is None:
        return "–"
    size = abs(number)
    if size >= _LARGEST or (size and size < _SMALLEST):
        text = f"{number:.3E}"
        return text.replace(".", ",") if lang == "fr" else text
    return str(format_decimal(number, locale=LOCALES[lang]))


def share(value: Decimal, low: Decimal, high: Decimal) -> float:
    """Return where a value lies between two others, from 0 to 1.

    >>> share(Decimal(3), Decimal(1), Decimal(5))
    0.5
    """
    if high == low:
        return 0.0
    with localcontext() as context:
        context.prec = 50
        context.Emax, context.Emin = 999_999, -999_999
        return min(1.0, max(0.0, float((value - low) / (high - low))))


def span(values: Iterable[Decimal]) -> tuple[Decimal, Decimal]:
    """Return the lowest and the highest of some values and zero; (0, 1) when all are zero."""
    found = [Decimal(0), *values]
    low, high = min(found), max(found)
    return (low, high) if low != high else (Decimal(0), Decimal(1))


def ticks(low: Decimal, high: Decimal, most: int = 5) -> list[Decimal]:
    """Return round numbers that cover a span.

    >>> [int(tick) for tick in ticks(Decimal(0), Decimal(1520))]
    [0, 500, 1000, 1500, 2000]
    """
    width = high - low
    step = Decimal(1).scaleb((width / most).adjusted())
    for factor in (1, 2, 5, 10, 20):
        if width / (step * factor) <= most - 1:
            step *= factor
            break
    first = (low / step).to_integral_value(rounding="ROUND_FLOOR")
    last = (high / step).to_integral_value(rounding="ROUND_CEILING")
    return [step * (first + number) for number in range(int(last - first) + 1)]
