"""The classes that partners describe, with their fields and names, as the generation seals them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from flask import g

from coopkg.serve.service import STORE
from coopkg.templates import Template, Vocabulary, sealed

T = TypeVar("T")

_MOST: Final = 4
_making: Final = threading.Lock()
_TEMPLATES: dict[str, Mapping[str, Template]] = {}
_NAMES: dict[str, Vocabulary] = {}


def templates() -> Mapping[str, Template]:
    """Return the templates of the generation by class; of one sealed before any, made now."""
    return _held(_TEMPLATES, _read)


def names() -> Vocabulary:
    """Return the names of everything, without what is said of it."""
    return _held(_NAMES, lambda: Vocabulary((), g.service.labels))


def _read() -> Mapping[str, Template]:
    generation = g.service.generation
    if sealed.FILE in generation.manifest.files:
        return sealed.templates(generation.read_json(sealed.FILE))
    words = Vocabulary.of_store(generation.read(STORE), g.service.labels)
    return sealed.templates(sealed.document(words))


def _held(kept: dict[str, T], make: Callable[[], T]) -> T:
    key = f"{g.service.generation.path}/{g.service.generation.id}"
    with _making:
        if key not in kept:
            while len(kept) >= _MOST:
                kept.pop(next(iter(kept)))
            kept[key] = make()
        return kept[key]
