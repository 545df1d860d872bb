"""What the limited process that checks an upload is told, and what it answers.

Told on its standard input: a line of JSON, then the bytes of the upload. Answered on its standard
output: a line of JSON, then the quads added and the quads removed (N-Quads, sorted).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, BinaryIO, Final, Literal

from coopkg.contributions.model import Method

Status = Literal["conforms", "warnings", "violations", "unparsable", "unsupported", "too-large"]

STATUSES: Final = frozenset(
    {"conforms", "warnings", "violations", "unparsable", "unsupported", "too-large"}
)
LINE_MAX: Final = 64 << 20
OTHER_SHEETS: Final = (".xls", ".xlsb", ".xlsm", ".ods", ".numbers", ".fods")
"""The files of spreadsheets that are not read."""
OTHER_SHEET: Final = {
    "fr": "ce format de tableur n’est pas lu : enregistrer sous « Classeur Excel (.xlsx) » ou "
    "« CSV UTF-8 (.csv) »",
    "en": "this format of spreadsheet is not read: save as “Excel workbook (.xlsx)” or "
    "“CSV UTF-8 (.csv)”",
}


@dataclass(frozen=True)
class Job:
    """An upload to check: whose, what, against which generation, within which limits.

    `partner` has the keys name, role and base; `graph` is None, an IRI, or "default";
    `serial` makes the blank nodes of this upload unlike those of any other; `generation` is the
    directory of the current one, or "". `mapping` says what the columns of a table are
    (`coopkg.templates.Mapping.as_json`); without one, those of a template. `foresees` asks for
    what it would change: not needed of what is published at once, and is then seen.
    """

    name: str
    media_type: str
    method: Method
    graph: str | None
    partner: Mapping[str, str]
    lang: str
    serial: str
    home: str
    root: str
    generation: str
    limits: Mapping[str, int]
    size: int = 0
    dry_run: bool = False
    mapping: Mapping[str, Any] = field(default_factory=dict)
    foresees: bool = True

    def to_bytes(self) -> bytes:
        """Write the line that begins the message."""
        return json.dumps(asdict(self)).encode() + b"\n"

    @classmethod
    def read(cls, stream: BinaryIO) -> tuple[Job, bytes]:
        """Return the job and the upload that a stream holds.

        Raises:
            ValueError: it was cut.
        """
        job = cls(**json.loads(stream.readline(LINE_MAX)))
        body = stream.read(job.size)
        if len(body) != job.size:
            raise ValueError("the upload was cut")
        return job, body


@dataclass(frozen=True)
class Outcome:
    """What a check found: `added` and `removed` are N-Quads, `graphs` those a *put* replaces.

    `method` is what the upload turned out to be, when that is not how it was sent: a file that
    comes back corrected is a *patch*.
    """

    status: Status
    report: Mapping[str, Any]
    whatif: Mapping[str, Any]
    graphs: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    added: bytes = field(default=b"", repr=False)
    removed: bytes = field(default=b"", repr=False)
    method: str = ""

    def to_bytes(self) -> bytes:
        """Write the whole message."""
        head = {
            "status": self.status,
            "report": self.report,
            "whatif": self.whatif,
            "graphs": list(self.graphs),
            "counts": dict(self.counts),
            "method": self.method,
            "sizes": [len(self.added), len(self.removed)],
        }
        return json.dumps(head).encode() + b"\n" + self.added + self.removed

    @classmethod
    def from_bytes(cls, message: bytes) -> Outcome:
        """Read a message, trusting nothing.

        Raises:
            ValueError: it is cut, or not such a message.
        """
        line, mark, rest = message.partition(b"\n")
        try:
            head = json.loads(line)
            added, removed = head.pop("sizes")
            if not mark or len(rest) != added + removed or head["status"] not in STATUSES:
                raise ValueError("cut")
            graphs = tuple(map(str, head.pop("graphs")))
            return cls(graphs=graphs, added=rest[:added], removed=rest[added:], **head)
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"not an outcome: {error}") from error
