"""The only door to the graph: admit a query, run it in a process that can be killed, refuse it."""

from __future__ import annotations

from coopkg.engine.admission import Admitted, admit
from coopkg.engine.local import ASSERTED, Dataset, Engine, Result
from coopkg.engine.refusals import Limits

__all__ = ["ASSERTED", "Admitted", "Dataset", "Engine", "Limits", "Result", "admit"]
