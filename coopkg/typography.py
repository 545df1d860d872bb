"""French spacing: a no-break space before `: ; ? !` and inside « », as printers put it; undone."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

NO_BREAK: Final = "\u00a0"
_BEFORE: Final = re.compile(r" ([:;?!»])(?=$|[\s.,)<])")
_AFTER: Final = re.compile(r"« ")
_TYPED: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "‑": "-"})


@lru_cache(maxsize=4_096)  # a page says hundreds of the same words as the one before
def french(text: str) -> str:
    r"""Return a French text whose marks do not start a line.

    >>> french("Pourquoi ? « rien » : ?x ?p")
    'Pourquoi\xa0? «\xa0rien\xa0»\xa0: ?x ?p'
    """
    return _AFTER.sub(f"«{NO_BREAK}", _BEFORE.sub(rf"{NO_BREAK}\1", text))


def plain(text: str) -> str:
    r"""Return a text as a keyboard writes it: what a word processor made of it is no other name.

    >>> plain("Centre  d’appui\xa0")
    "Centre d'appui"
    """
    return " ".join(text.translate(_TYPED).split())
