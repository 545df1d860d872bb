"""An engine as one generation sees it: what comes from another is no answer."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from coopkg.engine.admission import Admitted
from coopkg.engine.interface import Engine, Result
from coopkg.engine.refusals import Limits
from coopkg.errors import SwitchedError


@dataclass(frozen=True)
class BoundEngine:
    """An engine that may be switched at any time, for those who want answers of one store only.

    See `coopkg.engine.Engine` for what each method promises.
    """

    engine: Engine
    store: Path

    @property
    def limits(self) -> Limits:
        """See `Engine.limits`."""
        return self.engine.limits

    def run(self, query: str | Admitted, **how: Any) -> Result:
        """See `Engine.run`.

        Raises:
            SwitchedError: when the engine answers from another store by now.
        """
        result = self.engine.run(query, **how)
        if result.store != self.store:
            result.close()
            raise SwitchedError(
                1,
                "Une autre génération vient d’être publiée ; redemandez.",
                "Another generation has just been published; ask again.",
            )
        return result

    def cancel(self, query_id: str) -> bool:
        """See `Engine.cancel`."""
        return self.engine.cancel(query_id)

    def expecting(self, store: Path) -> AbstractContextManager[None]:
        """See `Engine.expecting`."""
        return self.engine.expecting(store)

    def switch(self, store: Path) -> None:
        """See `Engine.switch`; this view stays with its own store."""
        self.engine.switch(store)

    def close(self) -> None:
        """See `Engine.close`."""
        self.engine.close()
