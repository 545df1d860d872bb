"""Does an answer still hold? Asked again at its generation, then at the current one.

Six states never look alike: it holds; it has changed; its generation is no longer kept; the
question no longer exists; the hash is not that of its generation; it could not be asked.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import pyoxigraph as ox

from coopkg.engine import Limits
from coopkg.errors import CoopkgError, Lang, ParameterError, UnknownError
from coopkg.serve import links, present
from coopkg.serve.live import Live
from coopkg.serve.receipts import asking
from coopkg.serve.receipts.canonical import Found, Row, term
from coopkg.serve.receipts.receipt import Receipt, Request
from coopkg.serve.service import Service
from coopkg.terms import LANGUAGES

SHOWN: Final = 20
REMEMBERED: Final = 256

State = Literal["holds", "changed", "generation-gone", "question-gone", "mismatch", "not-asked"]
Texts = Mapping[str, str]


@dataclass(frozen=True)
class Side:
    """What asking again at one generation came to.

    `state`: `same` or `different` from the receipt, `gone` (the generation, or the question), or
    `not-asked` with the `reason`.
    """

    state: Literal["same", "different", "gone", "not-asked"]
    generation: str = ""
    count: int = 0
    reason: Texts | None = None


@dataclass(frozen=True)
class Difference:
    """What changed between two answers; some rows of each kind as cells (text, address)."""

    added: int
    removed: int
    kept: int
    rows_added: tuple[Mapping[str, Any], ...] = ()
    rows_removed: tuple[Mapping[str, Any], ...] = ()
    order_only: bool = False
    columns_differ: bool = False


@dataclass(frozen=True)
class Outcome:
    """What is true of a receipt now; `titles` name what was asked when it is a question."""

    state: State
    then: Side
    now: Side
    difference: Difference | None = None
    titles: Texts | None = None

    @property
    def is_current(self) -> bool:
        """Tell whether the generation cited is the one served."""
        return bool(self.then.generation) and self.then.generation == self.now.generation


@dataclass(frozen=True)
class _Asked:
    """One side, and what was found there, as cells too when it must be shown."""

    side: Side
    found: Found | None = None
    titles: Texts | None = None


class Replays:
    """Asks receipts again; what cannot change while the same generations are there is kept."""

    def __init__(self, live: Live, limits: Limits, title: Callable[..., str]) -> None:
        self._live = live
        self._limits = limits
        self._title = title
        self._lock = threading.Lock()
        self._known: OrderedDict[tuple[str, ...], Outcome] = OrderedDict()

    def of(self, code: str, receipt: Receipt, client: str = "") -> Outcome:
        """Return what is true of a receipt now."""
        now = self._live.service()
        then = self._kept(receipt)
        key = (code, now.generation.id, then)
        with self._lock:
            if known := self._known.get(key):
                self._known.move_to_end(key)
                return known
        outcome = self._replay(receipt, then, now, client)
        if outcome.state != "not-asked" and "not-asked" not in {
            outcome.then.state,
            outcome.now.state,
        }:
            with self._lock:
                self._known[key] = outcome
                while len(self._known) > REMEMBERED:
                    self._known.popitem(last=False)
        return outcome

    def _kept(self, receipt: Receipt) -> str:
        """Return the id of the generation cited, or of one with the same content; "" for none."""
        same = [one for one in self._live.past.kept() if one.digest == receipt.digest]
        exact = [one for one in same if one.number == receipt.number]
        current = self._live.service().generation
        if current.id == receipt.generation and current.digest == receipt.digest:
            return current.id
        return next((one.id for one in (*exact, *same)), "")

    def _replay(self, receipt: Receipt, kept: str, now: Service, client: str) -> Outcome:
        today = self._ask(now, receipt)
        if kept == now.generation.id:
            return self._conclude(receipt, today, today, None)
        if not kept:
            return self._conclude(receipt, _Asked(Side("gone")), today, None)
        try:
            with self._live.at(kept, client) as past:
                then = self._ask(past, receipt)
                return self._conclude(receipt, then, today, _difference(past, then, now, today))
        except CoopkgError as error:
            side = Side("not-asked", kept, reason=_texts(error))
            return self._conclude(receipt, _Asked(side), today, None)

    def _ask(self, service: Service, receipt: Receipt) -> _Asked:
        generation = service.generation
        here = generation.id
        try:
            found = asking.ask(service, receipt.asked, self._limits)
        except (UnknownError, ParameterError) as error:
            return _Asked(Side("gone", here, reason=_texts(error)))
        except CoopkgError as error:
            return _Asked(Side("not-asked", here, reason=_texts(error)))
        is_same = (
            found.sha256(ordered=receipt.ordered) == receipt.sha256
            and found.form == receipt.form
            and len(found.rows) == receipt.count
        )
        if here == receipt.generation and generation.manifest.published != receipt.published:
            is_same = False  # a date that is not that of its generation
        side = Side("same" if is_same else "different", here, len(found.rows))
        return _Asked(side, found, self._titles(service, receipt.asked))

    def _titles(self, service: Service, asked: Request) -> Texts | None:
        if not asked.question:
            return None
        return {lang: self._title(service, asked, lang) for lang in LANGUAGES}

    def _conclude(
        self, receipt: Receipt, then: _Asked, today: _Asked, difference: Difference | None
    ) -> Outcome:
        titles = then.titles or today.titles
        return Outcome(_state(receipt, then, today), then.side, today.side, difference, titles)


def _state(receipt: Receipt, then: _Asked, today: _Asked) -> State:
    cited, now = then.side, today.side
    if cited.state == "different" or (cited.state == "gone" and cited.generation):
        return "mismatch"  # its own generation does not say so, or has no such question
    if cited.state == "gone":
        return "generation-gone"
    if "not-asked" in (cited.state, now.state):
        return "not-asked"
    if now.state == "gone":
        return "question-gone"
    return "holds" if now.state == "same" else "changed"


def _texts(error: CoopkgError) -> Texts:
    return {"fr": error.message("fr"), "en": error.message("en")}


# --- What changed --------------------------------------------------------------------------


def _difference(past: Service, then: _Asked, now: Service, today: _Asked) -> Difference | None:
    if then.found is None or today.found is None or today.side.state == "same":
        return None
    old, new = then.found, today.found
    if (old.form, old.names) != (new.form, new.names):
        return Difference(len(new.rows), len(old.rows), 0, columns_differ=True)
    before, after = _bag(old), _bag(new)
    added, removed = after - before, before - after
    return Difference(
        added.total(),
        removed.total(),
        (before & after).total(),
        tuple(_shown(now, new, added)),
        tuple(_shown(past, old, removed, past.generation.id)),
        order_only=not added and not removed,
    )


def _bag(found: Found) -> Counter[str]:
    return Counter(found.lines())


def _shown(
    service: Service, found: Found, which: Counter[str], ref: str = ""
) -> Iterable[Mapping[str, Any]]:
    """Return the first rows of a bag, as cells in each language; at a past generation, or not."""
    left = Counter(which)
    rows: list[Row] = []
    for line, row in zip(found.lines(), found.rows, strict=True):
        if left[line] and len(rows) < SHOWN:
            left[line] -= 1
            rows.append(row)
    names = {lang: present.Names(service.catalogue, lang) for lang in _LANGS}
    return [{lang: [_cell(names[lang], value, ref) for value in row] for lang in _LANGS}
            for row in rows]  # fmt: skip


_LANGS: Final[tuple[Lang, ...]] = ("fr", "en")
_YES: Final = {"true": ("oui", "yes"), "false": ("non", "no")}


def _cell(names: present.Names, value: Any, ref: str) -> dict[str, str]:
    if value is None:
        return {"text": "–", "href": ""}
    if isinstance(value, str):  # the answer of an ASK
        return {"text": _YES[value][names.lang == "en"], "href": ""}
    if isinstance(value, ox.Triple):
        return {"text": term(value), "href": ""}
    shown = names.shown(value)
    href = links.at(shown.href, ref) if ref and shown.href else shown.href
    return {"text": str(shown.text), "href": href}
