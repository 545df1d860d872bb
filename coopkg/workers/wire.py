"""How the engine and a worker speak on their socket.

A request is a length and a `marshal` of plain values: the engine is trusted, and it is the fastest
there is. An answer is frames, and nothing in them is trusted: pieces of the body (`PIECE`), then
one frame that ends it (`DONE`, with the kind of the answer and the last piece, or `FAILED`, with
the reason as JSON). What came before `FAILED` is worth nothing.
"""

from __future__ import annotations

import struct
from typing import Any, Final, Literal

LENGTH: Final = struct.Struct("!Q")  # of a request, in bytes
FRAME: Final = struct.Struct("!cQ")  # what it is, and the bytes that follow
DONE_HEAD: Final = struct.Struct("!BBd")  # kind, whether it was cut, seconds until the first row

Kind = Literal["bindings", "boolean", "graph"]
KINDS: Final[tuple[Kind, ...]] = ("bindings", "boolean", "graph")

PIECE: Final = b"+"
DONE: Final = b"."
FAILED: Final = b"!"

PIECE_BYTES: Final = 1 << 18  # a worker sends what it has written once there is so much
FRAME_MAX_BYTES: Final = 1 << 20

Request = dict[str, Any]
