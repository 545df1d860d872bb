"""What a contribution is, and what the entries of the journal make of it.

received → checked → waiting → accepted → published
              ↘ refused  ↘ refused, withdrawn    ↘ undone
              ↘ failed              ↘ failed (its publication; it can be accepted again)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, get_args

from coopkg.contributions.ledger import Entry

State = Literal[
    "received", "waiting", "accepted", "published", "refused", "withdrawn", "undone", "failed"
]
Method = Literal["put", "post", "delete", "patch"]
Said = Mapping[str, str]

STATES: Final[tuple[State, ...]] = get_args(State)
METHODS: Final[tuple[Method, ...]] = get_args(Method)
LIVE: Final = frozenset({"received", "waiting", "accepted", "published"})
"""What may still count: the same bytes sent again are the same contribution."""
STANDING: Final = frozenset({"accepted", "published"})
"""What the next publication holds."""
GOOD: Final = frozenset({"conforms", "warnings"})
"""The outcomes of a check that a publication may hold."""
DEFAULT: Final = "default"
"""The name of the default graph, which only an operator writes."""


@dataclass(frozen=True)
class Upload:
    """What a partner sends; `graph` None: those the file names, else the partner's main one.

    `mapping` says what the columns of a table are (`coopkg.templates.Mapping.as_json`); without
    one, those of a template.
    """

    partner: str
    name: str
    media_type: str
    body: bytes = field(repr=False)
    method: Method = "put"
    graph: str | None = None
    licence: str = ""
    lang: Literal["fr", "en"] = "fr"
    mapping: Mapping[str, Any] = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Step:
    """Something that happened to a contribution: the journal's entry, its time, who, and why."""

    entry: int
    at: str
    event: str
    by: str = ""
    why: Said = field(default_factory=dict)


@dataclass(frozen=True)
class Contribution:
    """What became of an upload.

    `body`, `mapping`, `report`, `whatif`, `added` and `removed` are objects.

    `status` is the outcome of its check; `why` is said in both languages; `order` is the entry
    that accepted it: contributions count in that order. `generation` is the number of the first
    generation that held it. `counts` tells triples: added and removed. `method` is what it does to
    its graphs, `sent_as` how it was sent: a sheet that comes back corrected is a *patch*.
    """

    id: str
    number: int
    partner: str
    name: str
    media_type: str
    method: Method
    graph: str | None
    licence: str
    lang: Literal["fr", "en"]
    received: str
    body: str
    size: int
    state: State = "received"
    status: str = ""
    report: str = ""
    whatif: str = ""
    added: str = ""
    removed: str = ""
    graphs: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    why: Said = field(default_factory=dict)
    reviewer: str = ""
    order: int = 0
    generation: int | None = None
    erased: bool = False
    history: tuple[Step, ...] = ()
    mapping: str = ""
    sent_as: Method = "put"

    @property
    def objects(self) -> tuple[str, ...]:
        """The objects that hold something of it."""
        every = (self.body, self.mapping, self.report, self.whatif, self.added, self.removed)
        return tuple(one for one in dict.fromkeys(every) if one)


def contributions(entries: Iterable[Entry]) -> dict[str, Contribution]:
    """Return every contribution by its id, in the order they came."""
    found: dict[str, Contribution] = {}
    for entry in entries:
        if entry.event == "received":
            one = _received(entry)
            found[one.id] = _told(one, entry)
        elif entry.event in _CHANGES:
            for name in _concerned(entry.data):
                found[name] = _told(replace(found[name], **_CHANGES[entry.event](entry)), entry)
    return found


def _concerned(data: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(data["contributions"]) if "contributions" in data else (data["contribution"],)


def _received(entry: Entry) -> Contribution:
    data = entry.data
    return Contribution(
        id=data["contribution"],
        number=data["number"],
        partner=data["partner"],
        name=data["name"],
        media_type=data["media_type"],
        method=data["method"],
        graph=data["graph"],
        licence=data["licence"],
        lang=data["lang"],
        received=entry.at,
        body=data["body"],
        size=data["size"],
        mapping=data.get("mapping", ""),
        sent_as=data["method"],
    )


def _told(one: Contribution, entry: Entry) -> Contribution:
    said = entry.data
    step = Step(entry.number, entry.at, entry.event, said.get("by", ""), said.get("why", {}))
    return replace(one, history=(*one.history, step))


def _checked(entry: Entry) -> dict[str, Any]:
    data = entry.data
    state = "waiting" if data["status"] in GOOD else data["state"]
    kept = ("status", "report", "whatif", "added", "removed", "counts", "why")
    found = {"method": data["method"]} if "method" in data else {}  # others are as they were sent
    found |= {name: data[name] for name in kept}
    return {"state": state, "graphs": tuple(data["graphs"]), **found}


def _decided(state: State) -> Any:
    return lambda entry: {
        "state": state,
        "why": entry.data.get("why", {}),
        "reviewer": entry.data.get("by", ""),
    }


_CHANGES: Final[Mapping[str, Any]] = {
    "checked": _checked,
    "accepted": lambda entry: {**_decided("accepted")(entry), "order": entry.number},
    "refused": _decided("refused"),
    "withdrawn": _decided("withdrawn"),
    "undone": _decided("undone"),
    "undo-failed": lambda entry: {"state": entry.data["state"], "why": entry.data["why"]},
    "failed": lambda entry: {"state": "failed", "why": entry.data["why"]},
    "published": lambda entry: {"state": "published", "generation": entry.data["generation"]},
    "erased": lambda _: {"erased": True},
    "redacted": lambda entry: dict(entry.data["parts"]),
}
