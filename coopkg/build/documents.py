"""The pages of docs/ that the code writes: settings, commands, questions, errors of queries.

A test compares them with the code, so that they stay true.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Final

from coopkg import cli
from coopkg.build import error_pages
from coopkg.config import Settings
from coopkg.questions import CATEGORIES, Question, load

WRITTEN: Final = "<!-- Written by `make docs`; do not edit. -->\n"


def settings_page() -> str:
    """Return `docs/settings.md`: every setting, its default, its meaning in both languages."""
    lines = [
        WRITTEN,
        "# Settings · Réglages\n",
        "Read once, from the environment. · Lus une fois, dans l’environnement.\n",
        "| variable | default · défaut | unit · unité | meaning · sens |",
        "|---|---|---|---|",
    ]
    for item in fields(Settings):
        about = item.metadata
        default = f"`{item.default}`" if str(item.default) else "–"
        lines.append(
            f"| `COOPKG_{item.name.upper()}` | {default} | {about['unit'] or '–'} "
            f"| {about['en']} · {about['fr']} |"
        )
    lines.append("\n`HOST` and `PORT` are honoured too. · `HOST` et `PORT` sont reconnus aussi.")
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """Return `docs/commands.md`: each command and its help, in both languages."""
    parts = [WRITTEN, "# Commands · Commandes\n"]
    for name, (fr, en) in cli.HELP.items():
        parts.append(f"## `coopkg {name}`\n\n{en[0].upper()}{en[1:]}. · {fr[0].upper()}{fr[1:]}.\n")
        parts.append(f"```text\n{cli.usage(name, 'en').rstrip()}\n```\n")
    return "\n".join(parts)


def catalogue_page(questions: Iterable[Question]) -> str:
    """Return `docs/catalogue.md`: each question, by category, in both languages."""
    listed = list(questions)
    parts = [WRITTEN, "# Catalogue of questions · Catalogue des questions\n"]
    parts.append(f"{len(listed)} questions.\n")
    for slug, names in CATEGORIES.items():
        inside = [one for one in listed if one.category == slug]
        if not inside:
            continue
        parts.append(f"## {names['en']} · {names['fr']}\n")
        for one in inside:
            titles = f"{one.heading('en', {})} · {one.heading('fr', {})}"
            parts.append(f"- [`{one.slug}`](../queries/{one.slug}.rq): {titles}")
        parts.append("")
    return "\n".join(parts)


def pages(root: Path) -> dict[str, str]:
    """Return the text of each written page, by its path."""
    return {
        "docs/settings.md": settings_page(),
        "docs/commands.md": commands_page(),
        "docs/catalogue.md": catalogue_page(load(root / "queries").values()),
        **error_pages.pages(),
    }


def write(root: Path, only_compare: bool = False) -> list[str]:
    """Write the pages that changed, or only name them; return their paths."""
    changed = []
    for name, text in pages(root).items():
        path = root / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            changed.append(name)
            if not only_compare:
                path.parent.mkdir(exist_ok=True)
                path.write_text(text, encoding="utf-8")
    return changed
