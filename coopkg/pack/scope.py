"""What belongs in a pack, and what is left to the service. Pure."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from coopkg.pack.addresses import DOCUMENTS, Address
from coopkg.pack.plan import Plan

OURS: Final = ("search", "pack", "a-z")
"""Pages that a pack has in a form of its own."""
# What only a service can do: receive, or answer what was not foreseen.
_LIVE: Final = frozenset({"report", "contribute", "receipt", "sparql", "partners"})
_DATED: Final = frozenset({"page"})
_OPEN_FILES: Final = ("json", "csv", "ttl", "rq")


@dataclass(frozen=True)
class Scope:
    """Tells of an address whether it is in the pack.

    `dumps` are the names of the files that hold all the data.
    """

    plan: Plan
    langs: Collection[str]
    dumps: Collection[str]

    def holds(self, address: Address) -> bool:
        """Tell whether an address is in the pack."""
        path = address.path
        if path.startswith("/static/"):
            return True
        if path.startswith("/dumps/") and path != "/dumps/":
            return path.removeprefix("/dumps/") in self.dumps
        if path.startswith("/api/questions/"):
            return self._file(address)
        if address.lang not in self.langs:
            return False
        if path in DOCUMENTS:
            return address.choices("lang") == ()
        return path.startswith(f"/{address.lang}/") and self._page(address)

    def _page(self, address: Address) -> bool:
        first, *rest = address.path.split("/")[2:]
        if first in OURS or first in _LIVE:
            return False
        if first == "questions" and rest:
            return self._question(rest, address)
        return not address.query

    def _question(self, rest: list[str], address: Address) -> bool:
        slug, *end = rest
        if end == ["why"]:
            row = dict(address.query).get("row", "")
            return row.isdigit() and self.plan.has(slug, address.choices("row"))
        return not end and self.plan.has(slug, address.choices(*_DATED))

    def _file(self, address: Address) -> bool:
        """Tell whether a file is in: workbooks of every answer; the rest of whole answers only."""
        slug, _, suffix = address.path.removeprefix("/api/questions/").partition(".")
        given = address.choices("lang", "format")
        said = dict(address.query)
        if said.get("lang", "fr") not in self.langs or not self.plan.has(slug, given):
            return False
        if suffix == "xlsx":
            return True
        return suffix in _OPEN_FILES and not given
