"""What is looked back of the generation that is served, once all else is ready: it spares as much.

All that the next generation will be asked is asked of it, and its archives are packed once more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import pyoxigraph as ox

from coopkg import answers
from coopkg.answers import Catalogue
from coopkg.build import about, asking, memory, relations
from coopkg.build.archives import Packed
from coopkg.build.core import Core
from coopkg.build.memory import NAMES, Memory
from coopkg.build.resumed import SealedStore
from coopkg.errors import PublicationError


@dataclass
class Recollection:
    """What a generation gave, and what its archives hold; nothing as long as there was no time."""

    memory: Memory | None = field(default=None, repr=False)
    packed: Mapping[bytes, Packed] = field(default_factory=dict, repr=False)

    def look_back(self, sealed: SealedStore, ours: Core) -> Iterator[None]:
        """Look back part by part: who has something else to do meanwhile looks between two."""
        files = sealed.ground.files
        yield from self.ask(sealed.loaded, files, ours)
        yield
        self.packed = about.packed(sealed, _catalogue(files), ours)

    def ask(self, store: ox.Store, files: Mapping[str, Any], ours: Core) -> Iterator[None]:
        """Ask a generation, by its store and the files that it has sealed, question by question."""
        asked, gives = memory.recording(answers.of_store(store), _catalogue(files))
        for slug, question in ours.questions.items():
            alone = {slug: question}
            with suppress(PublicationError):  # what is refused is remembered too
                asking.every_question(alone, ours.evidence, asked, None)
            yield
            relations.answers(alone, asked)
            relations.choices(alone, asked)
            relations.offers(alone, asked)
            yield
        about.answered(asked, ours.questions)
        self.memory = gives()


def _catalogue(files: Mapping[str, Any]) -> Catalogue:
    return Catalogue(*(files[name] for name in NAMES))
