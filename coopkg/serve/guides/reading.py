"""A guide, written in Markdown, becomes the parts of a page. Pure.

CommonMark and tables. Headings can be linked to; what may be wider than a telephone scrolls by
itself, from the keyboard too; HTML is shown as text, but for the anchors that `docs/` writes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from html import escape
from itertools import pairwise
from typing import Any, Final, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token

from coopkg.errors import Lang
from coopkg.serve.guides.shelf import Link
from coopkg.typography import french

WRITTEN_AT: Final = "http://127.0.0.1:8000"
"""The address of the service in the commands of the guides."""
_ANCHOR: Final = re.compile(r'<a id="[A-Za-z0-9-]+">|</a>')
_COMMENT: Final = re.compile(r"<!--.*?-->\s*", re.DOTALL)


class Guide(NamedTuple):
    """A guide: its title, and all of it as HTML."""

    title: str
    html: str


def read(written: str, lang: Lang, here: str, link: Callable[[str], Link | None]) -> Guide:
    """Return a guide as a page shows it.

    It begins with its title. `here` is the public address of this installation, which the commands
    name instead of `WRITTEN_AT`; `link` says what a link becomes, None where it leads nowhere.
    """
    text = _COMMENT.sub("", written).replace(WRITTEN_AT, here)
    parser = MarkdownIt("commonmark", renderer_cls=_Renderer).enable("table")
    tokens = parser.parse(text)
    for token in tokens:
        if token.type == "inline":
            token.children = list(_inline(token.children or [], lang, link))
    _mark_headings(tokens)
    title = tokens[1].content
    shown = parser.renderer.render(tokens, parser.options, {})
    return Guide(french(title) if lang == "fr" else title, shown)


def _inline(
    tokens: Sequence[Token], lang: Lang, link: Callable[[str], Link | None]
) -> Sequence[Token]:
    """Return the parts of a paragraph, their links leading somewhere here, or being none."""
    kept, shut = [], False
    for token in tokens:
        if token.type == "link_open":
            found = link(str(token.attrs["href"]))
            shut = found is None
            if found is None:
                continue
            token.attrs = {"href": found.address}
            if found.lang:
                token.attrs |= {"lang": found.lang, "hreflang": found.lang}
        elif token.type == "link_close" and shut:
            shut = False
            continue
        elif token.type == "text" and lang == "fr":
            token.content = french(token.content)
        kept.append(token)
    return kept


def _mark_headings(tokens: Sequence[Token]) -> None:
    """Name each heading as forges do, so that links written for them hold here."""
    seen: Counter[str] = Counter()
    for opening, inside in pairwise(tokens):
        if opening.type == "heading_open":
            name = slug("".join(one.content for one in inside.children or []))
            opening.attrs["id"] = f"{name}-{seen[name]}" if seen[name] else name
            seen[name] += 1


def slug(heading: str) -> str:
    r"""Return the anchor of a heading, as forges make it.

    >>> slug("8. Correct by a round trip"), slug("À n’importe quelle\u00a0génération ?")
    ('8-correct-by-a-round-trip', 'à-nimporte-quelle-génération-')
    """
    plain = heading.replace("\u00a0", " ").lower()
    return re.sub(r"[^\w\- ]", "", plain).replace(" ", "-")


class _Renderer(RendererHTML):
    """Writes what is wide so that it scrolls alone, and no HTML but anchors."""

    def table_open(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        name = escape(_above(tokens, at))
        region = f'<div class="scroll" role="region" aria-label="{name}" tabindex="0">'
        return f'{region}<table><caption class="unseen">{name}</caption>\n'

    def table_close(self, *_: Any) -> str:
        return "</table></div>\n"

    def th_open(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        return '<th scope="col">' if tokens[at + 1].content else "<td>"  # a head without words

    def th_close(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        return "</th>" if tokens[at - 1].content else "</td>"

    def fence(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        return _code(tokens[at])

    def code_block(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return _code(tokens[idx])

    def html_inline(self, tokens: Sequence[Token], at: int, *_: Any) -> str:
        return _anchor(tokens[at])

    def html_block(self, tokens: Sequence[Token], idx: int, *_: Any) -> str:
        return _anchor(tokens[idx])


def _code(token: Token) -> str:
    code = escape(token.content, quote=False)
    return f'<pre class="scroll" tabindex="0" data-copy><code>{code}</code></pre>\n'


def _anchor(token: Token) -> str:
    return token.content if _ANCHOR.fullmatch(token.content) else escape(token.content)


def _above(tokens: Sequence[Token], at: int) -> str:
    """Return the words of the last heading above, which is what a table there is about."""
    above = [
        "".join(one.content for one in inside.children or [])
        for opening, inside in pairwise(tokens[:at])
        if opening.type == "heading_open"
    ]
    return above[-1]
