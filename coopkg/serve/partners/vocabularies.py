"""The words of a generation that spreadsheets and forms use, made once: that takes a while."""

from __future__ import annotations

import threading

from flask import current_app, g

from coopkg.serve.service import STORE
from coopkg.templates import Vocabulary

_EXTENSION = "coopkg_vocabulary"
_making = threading.Lock()


def vocabulary() -> Vocabulary:
    """Return the words of the generation that answers this request."""
    generation = g.service.generation
    held: dict[str, Vocabulary] = current_app.extensions.setdefault(_EXTENSION, {})
    with _making:
        if generation.id not in held:
            made = Vocabulary.of_store(generation.read(STORE), g.service.labels)
            held.clear()
            held[generation.id] = made
        return held[generation.id]
