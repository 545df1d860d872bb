"""Patterns of REGEX and REPLACE that the engine cannot read, so that they match nothing."""

from __future__ import annotations

import re
from typing import Final

from coopkg.engine.hints.finding import Said

FLAGS: Final = frozenset("smixq")
_COUNT: Final = re.compile(r"\{(\d+)(?:,(\d*))?\}")
_GROUP: Final = re.compile(r"\?(?::|P?<[A-Za-z_]\w*>|[a-zA-Z-]*[:)])")
_LETTERS: Final = frozenset("dDsSwWpPbBAznrtfvaxuU")


def fault(pattern: str) -> Said | None:
    r"""Return what is wrong with a pattern, None when nothing is seen.

    >>> fault("[a-z]+(é|è)?") is fault(r"\(CNFPT\)") is None
    True
    >>> fault("(").en, fault("a)").en
    ('“(” is not closed', '“)” closes nothing')
    """
    reader = _Reader(pattern)
    while reader.place < len(pattern):
        if (found := reader.step()) is not None:
            return found
    return _unclosed("(") if reader.open else None


def _unclosed(mark: str) -> Said:
    return Said(f"« {mark} » n’est pas fermé", f"“{mark}” is not closed")


class _Reader:
    """Reads a pattern one piece at a time."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.place = 0
        self.open = 0
        self.repeatable = False

    def step(self) -> Said | None:
        sign = self.pattern[self.place]
        if sign == "\\":
            return self._escape()
        if sign == "[":
            return self._class()
        if sign == "(":
            return self._opening()
        if sign in "*+?{":
            return self._repeat(sign)
        if sign == ")":
            self.open -= 1
            if self.open < 0:
                return Said("« ) » ne ferme rien", "“)” closes nothing")
        self.place += 1
        self.repeatable = sign != "|"
        return None

    def _escape(self) -> Said | None:
        sign = self.pattern[self.place + 1 : self.place + 2]
        self.place += 2
        self.repeatable = True
        if not sign:
            return Said("« \\ » n’annonce rien", "“\\” announces nothing")
        if sign.isascii() and sign.isalnum() and sign not in _LETTERS:
            return Said(f"« \\{sign} » n’est pas compris ici", f"“\\{sign}” is not understood here")
        return None

    def _class(self) -> Said | None:
        depth = 0
        while self.place < len(self.pattern):
            sign = self.pattern[self.place]
            self.place += 2 if sign == "\\" else 1
            if sign == "[":
                depth += 1
                first = re.compile(r"\^?\]?").match(self.pattern, self.place)
                self.place = first.end() if first else self.place
            elif sign == "]":
                depth -= 1
                if not depth:
                    self.repeatable = True
                    return None
        return _unclosed("[")

    def _opening(self) -> Said | None:
        self.open += 1
        self.place += 1
        self.repeatable = False
        if not self.pattern.startswith("?", self.place):
            return None
        mark = _GROUP.match(self.pattern, self.place)
        if mark is None:
            written = "(" + self.pattern[self.place : self.place + 2]
            return Said(
                f"« {written} » (regarder avant ou après) n’est pas compris ici",
                f"“{written}” (looking ahead or behind) is not understood here",
            )
        self.place = mark.end()
        self.open -= mark[0].endswith(")")
        return None

    def _repeat(self, sign: str) -> Said | None:
        if not self.repeatable:
            return Said(f"« {sign} » ne répète rien", f"“{sign}” repeats nothing")
        if sign != "{":
            self.place += 1
            return None
        count = _COUNT.match(self.pattern, self.place)
        if count is None or (count[2] and int(count[2]) < int(count[1])):
            return Said(
                "« { » attend un nombre, ou deux en ordre croissant : {2,4}",
                "“{” expects one number, or two in rising order: {2,4}",
            )
        self.place = count.end()
        return None
