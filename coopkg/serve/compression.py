"""Content codings: which one a reader wants, and the bytes of it (RFC 9110, sections 8.4, 12.5.3).

gzip alone: every client reads it. On our pages and results brotli saves a sixth more and costs a
compiled dependency (docs/benchmarks.md).
"""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

GZIP: Final = "gzip"
IDENTITY: Final = "identity"
LEAST_BYTES: Final = 500  # below, the header of the coding eats what it gains
WHOLE_BYTES: Final = 64 << 20  # above, an answer that is not kept is sent as it is
_BEST_LEVEL: Final = 6  # beyond it, half a percent for twice the time
_FAST_LEVEL: Final = 1
_HEADER_MOST: Final = 1_000  # characters of a header worth reading

_QUALITY: Final = re.compile(r"0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?")
_TEXT_TYPES: Final = frozenset(
    {
        "application/javascript",
        "application/json",
        "application/manifest+json",
        "application/n-quads",
        "application/n-triples",
        "application/openmetrics-text",
        "application/sparql-query",
        "application/trig",
        "application/x-bibtex",
        "application/x-research-info-systems",
        "application/x-turtle",
        "application/xml",
    }
)


class Choice(NamedTuple):
    """The coding a reader likes best, None when it allows none; `plain`: identity will do too."""

    coding: str | None
    plain: bool


def choose(accepted: str | None) -> Choice:
    """Return the coding that an Accept-Encoding header likes best, and whether plain will do.

    Without the header a reader gets what everybody can read. Of equals gzip wins.

    >>> choose("gzip;q=0.5, *;q=0"), choose("br, identity").coding
    (Choice(coding='gzip', plain=False), 'identity')
    """
    if accepted is None or len(accepted) > _HEADER_MOST:
        return Choice(IDENTITY, plain=True)
    return _choose(accepted)


@lru_cache(maxsize=512)
def _choose(accepted: str) -> Choice:
    said = _said(accepted)
    others = said.get("*")
    of_gzip = said.get(GZIP, said.get("x-gzip", others or 0.0))
    # Not named, identity is allowed, and liked less than whatever is named (12.5.3).
    of_identity = said.get(IDENTITY, 0.0001 if others is None else others)
    if of_gzip > 0 and of_gzip >= of_identity:
        return Choice(GZIP, of_identity > 0)
    return Choice(IDENTITY if of_identity > 0 else None, of_identity > 0)


def _said(accepted: str) -> dict[str, float]:
    """Return the quality of each coding a header names; an element that is none is left out."""
    said = {}
    for element in accepted.split(","):
        coding, *parameters = (part.strip().lower() for part in element.split(";"))
        quality = "1"
        for parameter in parameters:
            name, _, value = parameter.partition("=")
            if name.strip() == "q":
                quality = value.strip()
        if coding and _QUALITY.fullmatch(quality):
            said[coding] = float(quality)
    return said


def is_text(content_type: str) -> bool:
    """Tell whether a media type compresses: text does, archives and photographs already are.

    >>> is_text("application/sparql-results+json"), is_text("image/png")
    (True, False)
    """
    media_type = content_type.partition(";")[0].strip().lower()
    return (
        media_type.startswith("text/")
        or media_type in _TEXT_TYPES
        or media_type.endswith(("+json", "+xml"))
    )


def worth(choice: Choice, text: bool, size: int | None) -> bool:
    """Tell whether a body is to be sent as gzip; None is a size that nobody knows.

    Such a body, and a very long one, is sent as it is: what is compressed while it is sent says no
    length, and one that breaks off would look whole.
    """
    if choice.coding != GZIP:
        return False
    fits = size is not None and LEAST_BYTES <= size <= WHOLE_BYTES
    return not choice.plain or (text and fits)


def vary(said: str) -> str:
    """Return the Vary header of what may be coded: the one there is, and Accept-Encoding."""
    if "accept-encoding" in said.lower() or said.strip() == "*":
        return said
    return f"{said}, Accept-Encoding" if said else "Accept-Encoding"


def compressed(body: bytes) -> bytes:
    """Return a body as gzip, well: for what is given many times."""
    return gzip.compress(body, _BEST_LEVEL, mtime=0)


def compressed_fast(body: bytes) -> bytes:
    """Return a body as gzip, fast: for what is given once."""
    return gzip.compress(body, _FAST_LEVEL, mtime=0)


def plain(packed: bytes) -> bytes:
    """Return what was compressed."""
    return gzip.decompress(packed)


def compressing(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Compress a body as it comes, fast, and with the memory of the result only."""
    packer = zlib.compressobj(_FAST_LEVEL, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    for part in parts:
        if packed := packer.compress(part):
            yield packed
    yield packer.flush()


def tagged(etag: str, coding: str) -> str:
    """Return the entity tag of a coded representation: another one, and weak.

    The same body is compressed more or less, so two of one tag need not be equal byte for byte
    (RFC 9110, section 8.8.1).

    >>> tagged('"a"', "gzip"), tagged('"a"', "identity")
    ('W/"a-gzip"', '"a"')
    """
    if coding == IDENTITY or not etag.endswith('"'):
        return etag
    return f'W/{etag.removeprefix("W/")[:-1]}-{coding}"'
