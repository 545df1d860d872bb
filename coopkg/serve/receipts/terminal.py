"""`coopkg receipt verify`: does an answer that was cited still hold? From the terminal."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from coopkg.config import Settings
from coopkg.engine import Limits
from coopkg.errors import Lang
from coopkg.serve import pages
from coopkg.serve.live import Live
from coopkg.serve.receipts import citations, receipt
from coopkg.serve.receipts.replay import Replays
from coopkg.typography import french

SAID: Final = {
    "holds": ("la réponse tient toujours", "the answer still holds"),
    "changed": ("la réponse a changé depuis", "the answer has changed since"),
    "generation-gone": (
        "la génération citée n’est plus conservée",
        "the generation cited is no longer kept",
    ),
    "question-gone": ("la question n’existe plus", "the question no longer exists"),
    "mismatch": (
        "la génération citée ne donne pas cette réponse",
        "the generation cited does not give this answer",
    ),
    "not-asked": ("la vérification n’a pas pu se faire", "the check could not be made"),
}


def verify(settings: Settings, given: str, lang: Lang) -> tuple[str, str]:
    """Return the state of a receipt, given by its code or address, and what to print.

    Raises:
        CodeError: it is cut or damaged.
        GenerationError: there is no generation to ask.
    """
    code = urlsplit(given.strip()).path.rsplit("/", 1)[-1].partition(".")[0]
    read = receipt.decode(code)
    live = Live(settings)
    try:
        outcome = Replays(live, Limits.of(settings), pages.title).of(code, read)
    finally:
        live.close()
    column = 0 if lang == "fr" else 1
    change = outcome.difference
    lines = [
        f"{outcome.state}: {SAID[outcome.state][column]}",
        citations.title(read, lang, outcome.titles),
        f"{read.generation}  {read.published}  {citations.count(read, lang)}",
        f"SHA-256  {read.sha256}",
    ]
    lines += [side.reason[lang] for side in (outcome.then, outcome.now) if side.reason]
    if change and not change.columns_differ:
        lines.append(f"+{change.added} −{change.removed} ={change.kept}")
    text = "\n".join(dict.fromkeys(lines))
    return outcome.state, french(text) if lang == "fr" else text
