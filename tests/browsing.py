"""A page of a real browser that is watched: what it says in the console, and what it asks for."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NoReturn

import pytest

WAIT_MS = 15_000
# The headless shell is the same engine without windows: a page costs it half the work.
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser")
CHROMIUM = next(filter(None, map(shutil.which, NAMES)), "")

ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--disable-dev-shm-usage",
]


def absent(what: str) -> NoReturn:
    """Skip where a tool may be missing; fail where the whole suite has to run."""
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


@contextmanager
def launched() -> Iterator[Any]:
    """Start a browser; one at a time in a process, for Playwright drives no two."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        absent("needs playwright")
    if not CHROMIUM:
        absent("needs chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


def follow(page: Any, link: Any) -> None:
    """Click what leads to another page; return when that page is read to its end.

    A click alone waits until the next page begins: what is then counted in it may not have come.
    """
    with page.expect_navigation():
        link.click()


@dataclass
class Watched:
    """A page, and what went wrong on it; `expected` holds parts of errors that are meant."""

    page: Any
    site: str
    errors: list[str] = field(default_factory=list)
    expected: list[str] = field(default_factory=list)

    def watch(self) -> None:
        """Note errors (those of the content policy arrive in the console) and foreign requests."""
        self.page.on("console", lambda said: self._said(said.type, said.text))
        self.page.on("pageerror", lambda error: self.errors.append(f"uncaught: {error}"))
        self.page.on("request", lambda asked: self._asked(asked.url))

    def _said(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.errors.append(text)

    def _asked(self, url: str) -> None:
        if not url.startswith((self.site, "data:", "blob:")):
            self.errors.append(f"foreign request: {url}")

    def open(self, path: str) -> Any:
        """Go to a page of the site; the editor is there when it needs to be."""
        self.page.goto(self.site + path)
        return self.page

    def editor(self, path: str = "/sparql?lang=fr") -> Any:
        """Open the SPARQL page, its editor ready."""
        page = self.open(path)
        page.wait_for_selector("#editor:not([hidden]) .cm-content")
        return page

    def trouble(self) -> list[str]:
        """Return the errors that nobody expected."""
        return [one for one in self.errors if not any(part in one for part in self.expected)]

    def forget(self) -> None:
        """Close every page of the profile, and empty it: what it stored, its cookies, its cache."""
        profile = self.page.context
        for other in profile.pages:
            if other is not self.page:
                other.close()
        self.page.unroute_all()
        self.page.goto("about:blank")  # lest a page writes while it closes
        asked = profile.new_cdp_session(self.page)
        asked.send("Storage.clearDataForOrigin", {"origin": self.site, "storageTypes": "all"})
        asked.send("Network.clearBrowserCache")
        self.page.close()
        profile.clear_cookies()
