"""A query as it is sent: with the prefixes of the project that it uses and does not declare."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

from coopkg import sparql_text
from coopkg.terms import PREFIXES

_LINES: Final = ("line", "end_line")
_PLACE: Final = re.compile(r"(, (?:ligne|line) )(\d+)(?=, (?:colonne|column) \d)")


@dataclass(frozen=True)
class Written:
    """A query with `added` lines before the first of its writer."""

    text: str
    added: int = 0
    form: str = ""
    """SELECT, ASK, CONSTRUCT or DESCRIBE; nothing when it is not a query that can be read."""

    @classmethod
    def of(cls, query: str) -> Written:
        """Declare what lacks; a text that is not made of tokens stays as it is.

        >>> Written.of("ASK { ?x org:memberOf ?y }").added
        1
        """
        try:
            tokens = sparql_text.tokenize(query)
        except sparql_text.TokenError:
            return cls(query)  # the service says better where and why
        used: set[str] = set()
        declared: set[str] = set()
        for before, token in pairwise([None, *tokens]):
            if token is not None and token.kind == "pname":
                is_declared = before is not None and before.text.upper() == "PREFIX"
                (declared if is_declared else used).add(token.text.partition(":")[0])
        missing = sorted((used - declared) & PREFIXES.keys())
        lines = [*(f"PREFIX {name}: <{PREFIXES[name]}>" for name in missing), query]
        return cls("\n".join(lines), len(missing), _form(tokens))

    def located(self, said: Mapping[str, Any]) -> dict[str, Any]:
        """Return a problem or a diagnostic with its places in the text of the writer."""

        def own(line: int) -> int:
            return max(1, line - self.added)

        found = {
            key: _PLACE.sub(lambda at: at[1] + str(own(int(at[2]))), value)
            if isinstance(value, str) and key != "caret"
            else value
            for key, value in said.items()
        }
        return found | {key: own(said[key]) for key in _LINES if isinstance(said.get(key), int)}


def _form(tokens: Sequence[sparql_text.Token]) -> str:
    try:
        return sparql_text.query_form(tokens) or ""
    except sparql_text.TokenError:  # a relative IRI in the prologue
        return ""
