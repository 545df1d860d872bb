"""Addresses that hold what they name: a JSON object as a short text, and back. Pure.

A code is the first 16 hexadecimal digits of the SHA-256 of the canonical JSON, `-`, and base64url
of the deflated JSON followed by the first 3 bytes of the SHA-256 of what was deflated. The first
part tells that the content is the one that was named; the last, that no character of the code was
changed, even where a change would not show in the content. Nothing is looked up anywhere.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import re
import zlib
from collections.abc import Mapping
from typing import Any, Final

from coopkg.errors import CodeError, TooLongError

MOST: Final = 8_000
"""Characters of a code: with its address, what any browser, proxy and mail program carries."""
INFLATED_MOST: Final = 1 << 20
_NAME: Final = 16
_CHECK: Final = 3
_FORM: Final = re.compile(r"[0-9a-f]{16}-[A-Za-z0-9_-]+", re.ASCII)


def encode(content: Mapping[str, Any]) -> str:
    """Return the code of a JSON object.

    Raises:
        TooLongError: it is too long for an address.
        CodeError: it holds half a character (a lone surrogate).
    """
    text = canonical(content)
    deflated = _deflate(text)
    packed = base64.urlsafe_b64encode(deflated + _digest(deflated)).decode().rstrip("=")
    code = f"{_named(text)}-{packed}"
    if len(code) > MOST:
        raise TooLongError(
            f"ce serait une adresse de {len(code)} caractères, et elles en ont au plus {MOST}. "
            "Retirez les commentaires et les listes VALUES, ou gardez la requête dans un fichier "
            ".rq",
            f"it would be an address of {len(code)} characters, and they have at most {MOST}. "
            "Take out comments and VALUES lists, or keep the query in an .rq file",
        )
    return code


def decode(code: str) -> dict[str, Any]:
    """Return the JSON object of a code, trusting nothing.

    Raises:
        CodeError: it is cut or damaged, or was never one.
    """
    if len(code) > MOST:
        raise _damaged("too-long", f"plus de {MOST} caractères", f"more than {MOST} characters")
    if not _FORM.fullmatch(code):
        raise _damaged(
            "form",
            "16 chiffres hexadécimaux, un tiret, puis lettres, chiffres, - et _ sont attendus",
            "16 hexadecimal digits, a hyphen, then letters, digits, - and _ are expected",
        )
    packed = _unpacked(code[_NAME + 1 :])
    deflated, check = packed[:-_CHECK], packed[-_CHECK:]
    if _digest(deflated) != check:
        raise _damaged(
            "changed", "elle a été coupée ou changée en chemin", "it was cut or changed on the way"
        )
    text = _inflated(deflated)
    if _named(text) != code[:_NAME]:
        raise _damaged(
            "name",
            "son début ne correspond pas à son contenu",
            "its beginning does not match its content",
        )
    return _read(text)


def canonical(content: Mapping[str, Any]) -> bytes:
    """Write an object in the one form that is hashed: sorted keys, no spaces, UTF-8.

    Raises:
        CodeError: it holds half a character (a lone surrogate).
    """
    text = json.dumps(
        content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise CodeError(
            "encoding",
            "le texte contient une moitié de caractère (U+D800 à U+DFFF)",
            "the text holds half a character (U+D800 to U+DFFF)",
        ) from error


def _unpacked(text: str) -> bytes:
    try:
        packed = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (binascii.Error, ValueError):
        packed = b""
    # The last character may hold bits that stand for nothing: they are zero in ours.
    if base64.urlsafe_b64encode(packed).decode().rstrip("=") != text or len(packed) <= _CHECK:
        raise _damaged("cut", "il manque la fin", "the end is missing")
    return packed


def _deflate(text: bytes) -> bytes:
    pressed = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return pressed.compress(text) + pressed.flush()


def _inflated(deflated: bytes) -> bytes:
    opened = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        text = opened.decompress(deflated, INFLATED_MOST)
    except zlib.error:
        text = b""
    if not opened.eof or opened.unused_data:
        raise _damaged("content", "son contenu ne se lit pas", "its content cannot be read")
    return text


def _read(text: bytes) -> dict[str, Any]:
    try:
        content = json.loads(text)
        same = isinstance(content, dict) and canonical(content) == text
    except (ValueError, RecursionError, CodeError):
        same = False
    if not same:
        raise _damaged("content", "son contenu ne se lit pas", "its content cannot be read")
    return dict(content)


def _named(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:_NAME]


def _digest(deflated: bytes) -> bytes:
    return hashlib.sha256(deflated).digest()[:_CHECK]


def _damaged(rule: str, fr: str, en: str) -> CodeError:
    return CodeError(
        rule,
        f"cette adresse n’est pas entière : {fr}. Reprenez-la là où vous l’avez trouvée, jusqu’au "
        "dernier caractère ; rien n’a été exécuté.",
        f"this address is not whole: {en}. Copy it again from where you found it, up to the last "
        "character; nothing was run.",
    )
