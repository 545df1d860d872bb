"""A receipt: what was asked, of which generation, and the hash of what was answered. Pure.

Like a permalink, its address holds all of it: see `coopkg.serve.codes`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from coopkg.errors import CodeError
from coopkg.serve import codes
from coopkg.serve.receipts import canonical

FORMS: Final = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_SHA256: Final = re.compile(r"[0-9a-f]{64}", re.ASCII)
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_WORD: Final = re.compile(r"[a-z0-9][a-z0-9.+-]{0,60}", re.ASCII)


@dataclass(frozen=True)
class Request:
    """What was asked: a query, or a question with its parameters as addresses write them."""

    query: str = ""
    question: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    inference: bool = True


@dataclass(frozen=True)
class Receipt:
    """What was asked, of which generation, and what came of it.

    `ordered`: the order of the rows belongs to the answer. `warnings` name what depends on the
    engine: see `repeatable`.
    """

    asked: Request
    number: int
    digest: str
    published: str
    form: str
    ordered: bool
    count: int
    sha256: str
    warnings: tuple[str, ...]
    coopkg: str

    @property
    def boolean(self) -> bool | None:
        """What an ASK answered, as its hash tells; None for any other form, and any other hash."""
        if self.form != "ASK":
            return None
        told = {canonical.boolean(one).sha256(ordered=False): one for one in (True, False)}
        return told.get(self.sha256)

    @property
    def generation(self) -> str:
        """The id of the generation."""
        return f"{self.number}-{self.digest[:12]}"

    def content(self) -> dict[str, Any]:
        """Return the receipt as JSON; what is empty is left out."""
        asked = self.asked
        every: dict[str, Any] = {
            "receipt": canonical.FORMAT,
            "query": asked.query,
            "question": asked.question,
            "parameters": dict(asked.parameters),
            "default_graphs": list(asked.default_graphs),
            "named_graphs": list(asked.named_graphs),
            "warnings": list(self.warnings),
        }
        return {name: value for name, value in every.items() if value} | {
            "inference": asked.inference,
            "generation": {"number": self.number, "digest": self.digest},
            "published": self.published,
            "form": self.form,
            "ordered": self.ordered,
            "rows": self.count,
            "sha256": self.sha256,
            "coopkg": self.coopkg,
        }


def encode(receipt: Receipt) -> str:
    """Return the code of a receipt.

    Raises:
        TooLongError: what was asked is too long for an address.
    """
    return codes.encode(receipt.content())


def decode(code: str) -> Receipt:
    """Return the receipt of a code.

    Raises:
        CodeError: it is cut, damaged, or the code of something else.
    """
    try:
        return _read(codes.decode(code))
    except (KeyError, TypeError, ValueError) as error:
        raise CodeError(
            "kind",
            "ce code n’est pas celui d’un reçu que cette version du service sache lire",
            "this code is not that of a receipt that this version of the service can read",
        ) from error


def _read(content: dict[str, Any]) -> Receipt:
    """Read a receipt, trusting nothing.

    Raises:
        KeyError, TypeError, ValueError: it is none.
    """
    if content.pop("receipt") != canonical.FORMAT:
        raise ValueError("another format")
    generation = content["generation"]
    receipt = Receipt(
        Request(
            _text(content.get("query", "")),
            _text(content.get("question", "")),
            {_text(k): _text(v) for k, v in dict(content.get("parameters", {})).items()},
            _texts(content.get("default_graphs", [])),
            _texts(content.get("named_graphs", [])),
            _boolean(content["inference"]),
        ),
        _whole(generation["number"]),
        _like(_SHA256, generation["digest"]),
        _like(_MOMENT, content["published"]),
        content["form"],
        _boolean(content["ordered"]),
        _whole(content["rows"]),
        _like(_SHA256, content["sha256"]),
        tuple(_like(_WORD, one) for one in _texts(content.get("warnings", []))),
        _like(_WORD, content["coopkg"]),
    )
    asked = receipt.asked
    if receipt.form not in FORMS or bool(asked.query) == bool(asked.question):
        raise ValueError("neither a query nor a question")
    if asked.question:
        _like(_WORD, asked.question)
    if receipt.content() != {"receipt": canonical.FORMAT, **content}:
        raise ValueError("more, or less, than a receipt")
    return receipt


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(value)
    return tuple(_text(one) for one in value)


def _boolean(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _whole(value: object) -> int:
    if type(value) is not int or not 0 <= value < 10**10:
        raise ValueError(value)
    return value


def _like(shape: re.Pattern[str], value: object) -> str:
    if not shape.fullmatch(_text(value)):
        raise ValueError(value)
    return _text(value)
