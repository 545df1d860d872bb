"""French spacing: a no-break space before `: ; ? !` and inside « », as printers put it."""

from __future__ import annotations

import re
from typing import Final

NO_BREAK: Final = "\u00a0"
_BEFORE: Final = re.compile(r" ([:;?!»])(?=$|[\s.,)<])")
_AFTER: Final = re.compile(r"« ")


def french(text: str) -> str:
    r"""Return a French text whose marks do not start a line.

    >>> french("Pourquoi ? « rien » : ?x ?p")
    'Pourquoi\xa0? «\xa0rien\xa0»\xa0: ?x ?p'
    """
    return _AFTER.sub(f"«{NO_BREAK}", _BEFORE.sub(rf"{NO_BREAK}\1", text))
