"""The little SVG that figures need: elements, text that wraps, the frame with its description."""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Iterable
from typing import Final

from coopkg.errors import Lang
from coopkg.typography import french

_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_SPACES: Final = re.compile(r"[ \t\r\n]+")
_DIRECTION: Final = re.compile("[\u202a-\u202e\u2066-\u2069\u200e\u200f]")


def plain(text: object) -> str:
    """Return a text that XML allows, on one line, that cannot turn what surrounds it around."""
    return _SPACES.sub(" ", _DIRECTION.sub("", _FORBIDDEN.sub("\ufffd", str(text)))).strip()


def escaped(text: object) -> str:
    """Return a text that cannot be markup.

    >>> escaped('<b> & "c"')
    '&lt;b&gt; &amp; &quot;c&quot;'
    """
    return html.escape(plain(text), quote=True)


def size(number: float) -> str:
    """Write a coordinate: one decimal, never `-0`.

    >>> size(3.04), size(-0.01), size(12.5)
    ('3', '0', '12.5')
    """
    return f"{round(number, 1) + 0.0:.1f}".removesuffix(".0")


def em(number: float) -> str:
    """Write a length in the size of the letters: figures grow with the text."""
    return f"{number:.2f}".rstrip("0").rstrip(".") + "em"


def percent(part: float) -> str:
    """Write a part of the width.

    >>> percent(0.125)
    '12.5%'
    """
    return f"{size(part * 100)}%"


def element(name: str, *inside: str, **attributes: str) -> str:
    """Return one element; `inside` is markup already, attributes are escaped here.

    >>> element("line", x1="0", class_="a")
    '<line x1="0" class="a"/>'
    """
    said = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(value)}"'
        for key, value in attributes.items()
    )
    return f"<{name}{said}>{''.join(inside)}</{name}>" if inside else f"<{name}{said}/>"


def text(words: object, **attributes: str) -> str:
    """Return a text element; an empty text is nothing."""
    said = escaped(words)
    return element("text", said, **attributes) if said else ""


def wrapped(words: object, width: int, most: int = 3) -> list[str]:
    """Return a text in lines of so many letters; what does not fit ends with an ellipsis.

    >>> wrapped("Agence française de développement", 18)
    ['Agence française', 'de développement']
    """
    lines = textwrap.wrap(plain(words), width, max_lines=most, placeholder="…")
    return lines or ["–"]


def lines_of_text(lines: Iterable[str], top: float, **attributes: str) -> str:
    """Return text elements one under the other, the first with its foot at `top` (em)."""
    return "".join(
        text(line, y=em(top + number * LEADING), **attributes) for number, line in enumerate(lines)
    )


LEADING: Final = 1.3


def frame(key: str, kind: str, title: str, message: str, *inside: str, **attributes: str) -> str:
    """Return the whole figure: one image, named by its title and told by its message."""
    return element(
        "svg",
        element("title", escaped(title), id=f"{key}-title"),
        element("desc", escaped(message), id=f"{key}-desc"),
        *inside,
        class_=f"figure {kind}",
        role="img",
        aria_labelledby=f"{key}-title {key}-desc",
        focusable="false",
        **attributes,
    )


def say(lang: Lang, fr: str, en: str) -> str:
    """Return a sentence in one language, spaced as it wants."""
    return french(fr) if lang == "fr" else en


def count(number: int, lang: Lang, fr: tuple[str, str], en: tuple[str, str]) -> str:
    """Return a number and its noun: in French zero and one are singular.

    >>> count(0, "fr", ("valeur", "valeurs"), ("value", "values"))
    '0 valeur'
    >>> count(0, "en", ("valeur", "valeurs"), ("value", "values"))
    '0 values'
    """
    one = number < 2 if lang == "fr" else number == 1
    return f"{number} {(fr if lang == 'fr' else en)[0 if one else 1]}"
