"""The memory of the generation that is served: all that the next one will be asked, asked of it."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import suppress
from typing import Any

import pyoxigraph as ox

from coopkg import answers
from coopkg.answers import Catalogue
from coopkg.build import about, asking, counts, memory, relations
from coopkg.build.core import Core
from coopkg.build.memory import NAMES, Memory
from coopkg.errors import PublicationError


def parts(store: ox.Store, sealed: Mapping[str, Any], ours: Core) -> Generator[None, None, Memory]:
    """Ask a generation, by its store and the files that it has sealed; return what it gives.

    One question at a time: who has something else to do meanwhile looks between two.
    """
    catalogue = Catalogue(*(sealed[name] for name in NAMES))
    asked, gives = memory.recording(answers.of_store(store), catalogue)
    for slug, question in ours.questions.items():
        alone = {slug: question}
        with suppress(PublicationError):  # what is refused is remembered too
            asking.every_question(alone, ours.evidence, asked, None)
        yield
        relations.answers(alone, asked)
        relations.choices(alone, asked)
        relations.offers(alone, asked)
        counts.counts(alone, ours.evidence, asked)
        yield
    about.answered(asked, ours.questions, ours.evidence)
    return gives()
