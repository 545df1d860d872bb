"""What no passage prints: cells that a query computes, and what it asks not to be there.

The build derives both from the text of a question (`coopkg.build.computed`) and seals them with
its evidence; « pourquoi ? » reads them back, so that a figure opens the rows it is made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

Formula: TypeAlias = tuple[Any, ...]
"""`("var", name)`, `("number", text)`, or an operation and its operands: `("sum", …)`."""


@dataclass(frozen=True)
class Members:
    """The rows that aggregates of a question are made of: a query, and the keys that group it.

    `origins` gives, for each variable of the query that stands for the object of one property
    only, that property.
    """

    query: str
    keys: tuple[str, ...]
    variables: tuple[str, ...]
    origins: Mapping[str, str]

    def as_json(self) -> dict[str, Any]:
        """Return the sealed value."""
        return {
            "query": self.query,
            "keys": list(self.keys),
            "variables": list(self.variables),
            "origins": dict(self.origins),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Members:
        """Read what `as_json` wrote."""
        return cls(
            value["query"], tuple(value["keys"]), tuple(value["variables"]), value["origins"]
        )


@dataclass(frozen=True)
class Computed:
    """The columns a question computes, each with its formula; the rows behind aggregates."""

    formulas: Mapping[str, Formula]
    members: Members | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the sealed value."""
        return {
            "formulas": {name: _lists(one) for name, one in self.formulas.items()},
            "members": self.members.as_json() if self.members else None,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Computed:
        """Read what `as_json` wrote."""
        return cls(
            {name: _tuples(one) for name, one in value["formulas"].items()},
            Members.from_json(value["members"]) if value["members"] else None,
        )


def _lists(formula: Formula) -> list[Any]:
    return [_lists(one) if isinstance(one, tuple) else one for one in formula]


def _tuples(formula: Any) -> Formula:
    return tuple(_tuples(one) if isinstance(one, list) else one for one in formula)
