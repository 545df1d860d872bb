"""What the tests of forms and mappings share: the real generation, partners, and quick checks.

The generation is that which all tests share, only read; the journal of partners is apart. Checks
run in this very process, against the real words; shapes are run by the tests of the checker.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import contributing
import openpyxl
import pytest
from flask import Flask
from werkzeug.test import TestResponse

from coopkg import generation
from coopkg.build import intake
from coopkg.config import Settings
from coopkg.contributions import checking
from coopkg.contributions.job import Job, Outcome
from coopkg.serve import create_app


@contextmanager
def service(published: Path, home: Path, **given: Any) -> Iterator[Flask]:
    """Give the application on the real generation, with partners *tunis* and *sfax*."""
    (home / "generations").symlink_to(published / "generations")
    (home / "current").write_bytes((published / "current").read_bytes())
    ready = intake.ready(str(generation.current(published).path))
    known = intake.Ready(ready.ground, None)

    def checked(job: Job, body: bytes, _: Settings) -> Outcome:
        return intake.run(job, body, known)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checking, "run", checked)
        app = create_app(contributing.settings(home, **given))
        app.extensions["test_tokens"] = {
            name: contributing.partner(home, name) for name in ("tunis", "sfax")
        }
        yield app
        app.extensions["coopkg"].close()


def token(app: Flask, who: str = "tunis") -> str:
    return str(app.extensions["test_tokens"][who])


def workbook(sheets: dict[str, list[list[Any]]]) -> bytes:
    """Return a workbook of some sheets."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def hidden(page: TestResponse, name: str) -> str:
    """Return what a hidden field of a page holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found, name
    return html.unescape(found[1])


def words(page: TestResponse) -> str:
    """Return the words of the main part of a page."""
    main = page.text[page.text.index("<main") : page.text.index("</main>")]
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", main)))
