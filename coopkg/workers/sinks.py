"""Where a worker writes an answer: pieces for the engine, a cap, and a limit of rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from coopkg.workers.wire import PIECE_BYTES

Send = Callable[[bytes], None]

# Characters outside Char of XML 1.0, in UTF-8; and an element that Oxigraph writes for a
# predicate that cannot be a qualified name, which is not namespace-well-formed.
_NOT_XML: Final = re.compile(
    rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]|\xed[\xa0-\xbf]|<oxprefix: "
)
_OVERLAP_BYTES: Final = 16  # longer than what `_NOT_XML` looks for

# From the start of a row (or of the head) to the end of it, when something follows that proves
# that another row was found. As Oxigraph writes: outside of a string, `,{` stands in JSON between
# two rows only, CR LF in CSV ends a row, and TSV and XML escape what could be taken for an end.
_ROW: Final = {
    "json": re.compile(rb'(?:[^",]++|"(?:[^"\\]++|\\.)*+"|,(?!\{))*+(?=,\{)', re.DOTALL),
    "csv": re.compile(rb'(?:[^"\r]++|"[^"]*+"|\r(?!\n))*+\r\n(?=.)', re.DOTALL),
    "tsv": re.compile(rb"[^\n]*+\n(?=.)", re.DOTALL),
    "xml": re.compile(rb".*?</result>(?=<result>)", re.DOTALL),
}
_BETWEEN: Final = {"json": 1}  # bytes between two rows
_HEADS: Final = {"csv": 1, "tsv": 1}  # lines that are no row
_ENDING: Final = {"json": b"]}}", "xml": b"</results></sparql>", "csv": b"", "tsv": b""}


class TooBigError(Exception):
    """The result passed its cap."""


class NotXMLError(Exception):
    """XML cannot hold what was found."""


class CutError(Exception):
    """Enough rows are written; what ends the document is written too."""


class Sink:
    """A file that sends what is written, in pieces, and keeps the last one."""

    def __init__(self, send: Send, cap: int, written: str) -> None:
        self._send = send
        self._cap = cap
        self._is_xml = written in {"xml", "rdf-xml"}
        self._before = b""
        self._parts: list[bytes] = []
        self._held = 0
        self._sent = 0

    def write(self, data: bytes) -> int:
        """Take the data.

        Raises:
            TooBigError: the cap is passed.
            NotXMLError: it should be XML, and is not.
        """
        self._parts.append(bytes(data))
        self._held += len(data)
        if self._sent + self._held > self._cap:
            raise TooBigError
        if self._held >= PIECE_BYTES:
            self._send(self.held())
        return len(data)

    def flush(self) -> None:
        """Do nothing: pieces go when they are large enough."""

    def last(self) -> bytes:
        """Return the end of the document, once all of it is written.

        Raises:
            NotXMLError: it should be XML, and is not.
        """
        return self.held()

    def held(self) -> bytes:
        """Return what is held, and hold nothing.

        Raises:
            NotXMLError: it should be XML, and is not.
        """
        piece = b"".join(self._parts)
        self._parts.clear()
        self._sent += self._held
        self._held = 0
        if self._is_xml:
            if _NOT_XML.search(self._before + piece):
                raise NotXMLError
            self._before = piece[-_OVERLAP_BYTES:]
        return piece


class CuttingSink(Sink):
    """A sink that lets so many rows of a SELECT pass, and no more."""

    def __init__(self, send: Send, cap: int, written: str, most: int) -> None:
        super().__init__(send, cap, written)
        self._written = written
        self._left = most + _HEADS.get(written, 0)
        self._begun = bytearray()  # from the start of a row
        self._over = False
        self._look_at = PIECE_BYTES  # doubled while one row goes on: no byte is read too often

    def write(self, data: bytes) -> int:
        """Take the data.

        Raises:
            CutError: there is one row more than may pass.
            TooBigError: the cap is passed.
        """
        if self._over:  # the writer empties its buffer once more when it is told to stop
            return len(data)
        self._begun += data
        if self._sent + self._held + len(self._begun) > self._cap:
            raise TooBigError
        if len(self._begun) >= self._look_at:
            self._pass_rows()
            self._look_at = max(PIECE_BYTES, 2 * len(self._begun))
        return len(data)

    def _pass_rows(self) -> None:
        start, row = 0, _ROW[self._written]
        while found := row.match(self._begun, start):
            self._left -= 1
            start = found.end()
            if not self._left:
                super().write(bytes(self._begun[:start]) + _ENDING[self._written])
                self._begun.clear()
                self._over = True
                raise CutError
            start += _BETWEEN.get(self._written, 0)
        if start:
            super().write(bytes(self._begun[:start]))
            del self._begun[:start]

    def last(self) -> bytes:
        """Return the end of the document, once all of it is written.

        Raises:
            CutError: there is one row more than may pass.
        """
        if self._begun:
            self._pass_rows()
            super().write(bytes(self._begun))
            self._begun.clear()
        return self.held()
