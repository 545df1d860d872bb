"""Which pages of `docs/` are guides, where they are kept, and what their links become."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

import coopkg
from coopkg.errors import Lang

GUIDES: Final[tuple[tuple[dict[Lang, str], tuple[str, ...]], ...]] = (
    (
        {"fr": "Apporter ses données", "en": "Contributing data"},
        ("partner-tutorial", "check-before-sending"),
    ),
    (
        {"fr": "Interroger et citer", "en": "Asking and citing"},
        ("citation", "linked-data", "limits", "errors"),
    ),
    ({"fr": "Tenir une installation", "en": "Running an installation"}, ("contributions",)),
)
"""For whom, and the names of the guides, those read first at the head."""
NAMES: Final = tuple(name for _, listed in GUIDES for name in listed)
_PAGES: Final = {"iri-policy": "iri-policy"}
"""What has a page of its own here, by its name in `docs/`."""


class Link(NamedTuple):
    """Where a link of a guide leads on this service, and the language it is in when not ours."""

    address: str
    lang: Lang | None = None


def text(name: str, lang: Lang) -> str:
    """Return a guide as it is written, in Markdown."""
    return (_folder() / f"{name}{_ENDING[lang]}").read_text(encoding="utf-8")


def link(lang: Lang, written: str) -> Link | None:
    """Return what a link of a guide becomes; None where this service has no such page.

    >>> link("fr", "limits.md#time")
    Link(address='/en/guides/limits#time', lang='en')
    >>> link("en", "citation.md"), link("en", "settings.md")
    (Link(address='/en/guides/citation', lang=None), None)
    """
    if "://" in written or written.startswith("#"):
        return Link(written)
    file, hash_, place = written.partition("#")
    there: Lang = "fr" if file.endswith(_ENDING["fr"]) else "en"
    name = file.removesuffix(_ENDING[there])
    other = there if there != lang else None
    if name in _PAGES:
        return Link(f"/{there}/{_PAGES[name]}{hash_}{place}", other)
    return Link(f"/{there}/guides/{name}{hash_}{place}", other) if name in NAMES else None


_ENDING: Final[dict[Lang, str]] = {"fr": ".fr.md", "en": ".md"}


def _folder() -> Path:
    """Return where the guides are: beside the package in a checkout, inside it in a wheel."""
    package = Path(coopkg.__file__).parent
    inside = package / "docs"
    return inside if inside.is_dir() else package.parent / "docs"
