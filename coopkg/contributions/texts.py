"""What partners wrote, made safe to show: a control character is data, never an order."""

from __future__ import annotations

import unicodedata
from typing import Final

UNSAFE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
"""Control, format (zero-width and bidirectional too), surrogates, private and unassigned."""


def is_clean(text: str) -> bool:
    r"""Tell whether a text holds nothing that could move a cursor or turn a line round.

    >>> is_clean("Régie de l’eau"), is_clean("a\x1b[2J"), is_clean("a\u202eb")
    (True, False, False)
    """
    return not any(unicodedata.category(sign) in UNSAFE for sign in text)


def neutral(text: str) -> str:
    r"""Return a text with each control character written as its code.

    >>> neutral("a\r\nb\x1b[31m")
    'a\\x0d\\x0ab\\x1b[31m'
    """
    return "".join(
        sign if unicodedata.category(sign) not in UNSAFE else _code(ord(sign)) for sign in text
    )


def _code(number: int) -> str:
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"
