"""One reported mistake, and the reading of what people type. Pure.

All of it is text from strangers: control characters, and those that turn the direction of a line,
are replaced by U+FFFD, which is seen; nothing else is changed.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from coopkg.errors import ParameterError
from coopkg.terms import BASE, LANGUAGES

LIMITS: Final[Mapping[str, int]] = {
    "about": 1_000,
    "fact": 1_000,
    "generation": 40,
    "message": 4_000,
    "email": 254,
}
"""The most characters of each field."""
MESSAGE_LEAST: Final = 3
_TURNS: Final = frozenset(
    "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u2028\u2029\ufeff"
)
_GENERATION: Final = re.compile(r"\d{1,10}(-[0-9a-f]{12,64})?", re.ASCII)
_EMAIL: Final = re.compile(r"[^@\s<>()\",;:\\]{1,64}@[^@\s<>()\",;:\\]+\.[^@\s<>()\",;:\\.]{2,}")
_PATH: Final = re.compile(r"/(?![/\\])[\x21-\x7e]*", re.ASCII)
# Crockford's digits: none can be taken for another when read aloud.
_DIGITS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_ALIKE: Final = str.maketrans("OIL", "011")
_CODE: Final = re.compile(f"R[{_DIGITS}]{{10}}", re.ASCII)

OPEN, ANSWERED, ERASED = "open", "answered", "erased"


@dataclass(frozen=True)
class Written:
    """What somebody wrote: about which entity or page, which fact, at which generation."""

    about: str
    message: str
    fact: str = ""
    generation: str = ""
    email: str = ""
    lang: str = "fr"


@dataclass(frozen=True)
class Answer:
    """What the operator answers: public. `after` is the number of the generation served then."""

    fr: str
    en: str
    when: str
    after: int


@dataclass(frozen=True)
class Mistake:
    """A report as it is kept; an erased one holds nothing of what was written."""

    id: str
    received: str
    written: Written
    answer: Answer | None = None
    erased: bool = False

    @property
    def state(self) -> str:
        """Return `open`, `answered` or `erased`."""
        return ERASED if self.erased else ANSWERED if self.answer else OPEN

    def as_json(self) -> dict[str, Any]:
        """Return all of it, for the operator."""
        return {**asdict(self), "state": self.state}

    def public(self) -> dict[str, Any]:
        """Return what anybody may know: never what was written, nor by whom."""
        answer = self.answer
        return {
            "id": self.id,
            "state": self.state,
            "received": self.received[:10],
            "about": self.written.about,
            "generation": self.written.generation,
            "answer": {"fr": answer.fr, "en": answer.en} if answer else None,
            "answered": answer.when[:10] if answer else None,
        }

    def dump(self) -> bytes:
        """Write it as it is kept."""
        return (json.dumps(self.as_json(), ensure_ascii=False, indent=1) + "\n").encode()

    @classmethod
    def load(cls, content: bytes) -> Mistake:
        """Read what `dump` wrote.

        Raises:
            ValueError: it is something else.
        """
        try:
            said = json.loads(content)
            answer = said["answer"]
            return cls(
                str(said["id"]),
                str(said["received"]),
                Written(**{name: str(value) for name, value in said["written"].items()}),
                Answer(**{**answer, "after": int(answer["after"])}) if answer else None,
                said["erased"] is True,
            )
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError("not a report") from error


def plain(text: str) -> str:
    r"""Return a text that no page and no terminal takes for an order.

    >>> plain("a\x1b[31mb\r\nc\u202e")
    'a�[31mb\nc�'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(one if _shows(one) else "\ufffd" for one in lines)


def _shows(character: str) -> bool:
    if character in "\n\t":
        return True
    return unicodedata.category(character) not in {"Cc", "Cs"} and character not in _TURNS


def written(given: Mapping[str, str]) -> Written:
    """Read what somebody wrote.

    Raises:
        ParameterError: a field is missing, too long, or not what it should be.
    """
    said = {name: plain(given.get(name) or "").strip() for name in LIMITS}
    for name, most in LIMITS.items():
        if len(said[name]) > most:
            raise ParameterError(
                name,
                f"{said[name][:40]}… ({len(said[name])})",
                f"{most} caractères au plus",
                f"{most} characters at most",
            )
    if len(said["message"]) < MESSAGE_LEAST:
        raise ParameterError(
            "message",
            said["message"],
            "quelques mots qui disent ce qui est faux",
            "a few words that say what is wrong",
        )
    if said["email"] and not _EMAIL.fullmatch(said["email"]):
        raise ParameterError(
            "email",
            said["email"],
            "une adresse comme nom@exemple.fr, ou rien",
            "an address such as name@example.org, or nothing",
        )
    lang = given.get("lang") or "fr"
    return Written(
        about(said["about"]),
        said["message"],
        said["fact"],
        generation(said["generation"]),
        said["email"],
        lang if lang in LANGUAGES else "fr",
    )


def about(text: str) -> str:
    """Return what a report is about: a name of ours, or the path of a page.

    Raises:
        ParameterError: it is neither.
    """
    if text.startswith(BASE):
        path = "/" + text[len(BASE) :]
        if _PATH.fullmatch(path):
            return text
    elif _PATH.fullmatch(text):
        return text
    raise ParameterError(
        "about",
        text[:80],
        "l’adresse d’une fiche ou d’une page de ce service",
        "the address of an entry or of a page of this service",
    )


def generation(text: str) -> str:
    """Return the name of a generation, or "".

    Raises:
        ParameterError: no generation is called so.
    """
    if text and not _GENERATION.fullmatch(text):
        raise ParameterError(
            "generation",
            text[:40],
            "un nom comme 12-0123456789ab",
            "a name such as 12-0123456789ab",
        )
    return text


def identify(said: Written, attempt: int = 0) -> str:
    """Return the reference of a report: the same words have the same one, so retrying is safe."""
    content = json.dumps([asdict(said), attempt], ensure_ascii=False, sort_keys=True)
    number = int.from_bytes(hashlib.sha256(content.encode()).digest()[:8]) >> 14  # 50 bits
    return "R" + "".join(_DIGITS[number >> shift & 31] for shift in range(45, -1, -5))


def code(text: str) -> str:
    """Return a reference as it is kept, however it was typed; "" when it is none.

    >>> code("r-o1234 56789"), code("R0123")
    ('R0123456789', '')
    """
    found = re.sub(r"[\s-]", "", text).upper()[:20]
    found = found[:1] + found[1:].translate(_ALIKE)
    return found if _CODE.fullmatch(found) else ""


def spaced(reference: str) -> str:
    """Return a reference as people read it.

    >>> spaced("R0123456789")
    'R-01234-56789'
    """
    return f"{reference[:1]}-{reference[1:6]}-{reference[6:]}"
