"""What a contribution would change, were it published now on the current generation."""

from __future__ import annotations

from typing import Any

from coopkg.build.intake.ground import Ground
from coopkg.build.intake.shapes import Change
from coopkg.contributions.job import Job
from coopkg.rules import Inferred


def of(job: Job, change: Change, inferred: Inferred, ground: Ground) -> dict[str, Any]:
    return {}
