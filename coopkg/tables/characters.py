"""What a cell of a spreadsheet can hold of a text: which characters, and how many."""

from __future__ import annotations

import re
from typing import Final

MOST_CHARACTERS: Final = 32_767
"""UTF-16 units in one cell: what a spreadsheet can hold."""
# XML 1.0, section 2.2, has no such characters; ECMA-376, 22.9.2.19 (ST_Xstring), writes them so.
# A carriage return would come back as a line feed. What looks like such a mark is marked itself.
_UNSAFE: Final = re.compile(
    "[\x00-\x08\x0b-\x1f\ufffe\uffff\ud800-\udfff]|_(?=x[0-9A-Fa-f]{4}_)",
)
_ESCAPED: Final = re.compile("_x([0-9A-Fa-f]{4})_")


def fitting(text: str) -> str:
    """Return a text as a cell can hold it: no character that XML lacks, and not too long."""
    safe = escaped(text)
    if _length(safe) <= MOST_CHARACTERS:
        return safe
    kept = safe.encode("utf-16-le")[: 2 * (MOST_CHARACTERS - 2)].decode("utf-16-le", "ignore")
    head, mark, end = kept.rpartition("_x")
    return (head if mark and len(end) < 5 else kept) + "…"


def is_long(text: str) -> bool:
    """Tell whether a text is more than a cell can hold."""
    return _length(escaped(text)) > MOST_CHARACTERS


def _length(text: str) -> int:
    return len(text) if len(text) > 2 * MOST_CHARACTERS else len(text.encode("utf-16-le")) // 2


def escaped(text: str) -> str:
    r"""Return a text with what XML cannot hold written `_xHHHH_`, as spreadsheets do.

    >>> escaped("a\x00b"), escaped("_x0041_")
    ('a_x0000_b', '_x005F_x0041_')
    """
    return _UNSAFE.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def unescaped(text: str) -> str:
    r"""Return the text that `escaped` was given.

    >>> unescaped("a_x0000_b"), unescaped("_x005F_x0041_")
    ('a\x00b', '_x0041_')
    """
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text)
