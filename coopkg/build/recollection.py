"""The memory of the generation that is served: all that the next one will be asked, asked of it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import pyoxigraph as ox

from coopkg import answers
from coopkg.answers import Catalogue
from coopkg.build import about, asking, memory
from coopkg.build.core import Core
from coopkg.build.memory import NAMES, Memory
from coopkg.errors import PublicationError


def of(store: ox.Store, sealed: Mapping[str, Any], ours: Core) -> Memory:
    """Return what a generation gives, by its store and the files that it has sealed."""
    catalogue = Catalogue(*(sealed[name] for name in NAMES))
    asked, gives = memory.recording(answers.of_store(store), catalogue)
    with suppress(PublicationError):  # what is refused is remembered too
        asking.every_question(ours.questions, ours.evidence, asked, None)
    about.answered(asked, ours.questions, ours.evidence)
    return gives()
