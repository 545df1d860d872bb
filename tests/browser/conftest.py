"""A real browser on the real application: every page is watched for errors and foreign requests."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from browsing import WAIT_MS, Watched, absent
from flask import Flask
from journeying import Place
from werkzeug.serving import WSGIRequestHandler, make_server

from coopkg.config import Settings
from coopkg.serve import assets, create_app

AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice", "RGAAv4"]


@pytest.fixture(scope="session")
def browser(browser: Any) -> Any:
    """Return the browser, once there is a front end to show in it."""
    if assets.asset("sparql.js") is None:
        absent("the front end is not built: make assets")
    return browser


class Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.fixture(scope="session")
def site(app: Flask) -> Iterator[str]:
    """Return the address of the application, served on the loopback."""
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


Pool = dict[str, list[Any]]


@pytest.fixture(scope="session")
def profiles() -> Pool:
    """Return where profiles of the browser wait, by their options: starting one is half a test."""
    return {}


@pytest.fixture
def reader(browser: Any, site: str, profiles: Pool) -> Iterator[Callable[..., Watched]]:
    """Return a way to open a page as a reader would; fails when the page had an error.

    Each reader has a profile in which nothing is kept of those before.
    """
    opened: list[tuple[list[Any], Any, Watched]] = []

    def read(width: int = 1100, **options: Any) -> Watched:
        given = {"locale": "fr-FR", "viewport": {"width": width, "height": 900}, **options}
        waiting = profiles.setdefault(str(sorted(given.items())), [])
        context = waiting.pop() if waiting else browser.new_context(**given)
        context.set_default_timeout(WAIT_MS)
        watched = Watched(context.new_page(), site)
        watched.watch()
        opened.append((waiting, context, watched))
        return watched

    yield read
    trouble = [one for _, _, watched in opened for one in watched.trouble()]
    for waiting, context, watched in opened:
        watched.forget()
        waiting.append(context)
    assert not trouble


@pytest.fixture(scope="session")
def axe() -> str:
    """Return the source of axe."""
    try:
        import axe_playwright_python
    except ImportError:
        absent("needs axe-playwright-python")
    return (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


# A colour is the same each time it is read, which is a third of what axe does.
COLOURS_ONCE = """(() => {
  const known = new Map(), color = axe.commons.color.Color.prototype, parse = color.parseString;
  color.parseString = function (text) {
    if (!known.has(text)) {
      const { r, g, b, alpha } = parse.call(this, text);
      known.set(text, { r, g, b, alpha });
    }
    return Object.assign(this, known.get(text));
  };
})()"""
AXE = """async (runOnly) => {
  const found = await axe.run({ runOnly, resultTypes: ["violations"] });
  const all = (one) => one.nodes.map((node) => [one.id, node.target, node.html]);
  return found.violations.flatMap(all);
}"""


@pytest.fixture
def faults(axe: str) -> Callable[..., list[str]]:
    """Return a way to list what axe finds wrong on a page; by some rules `only`."""

    def find(page: Any, only: list[str] | None = None) -> list[str]:
        # evaluate() passes the content policy; a script tag would not.
        page.evaluate(f"if (!window.axe) {{ {axe} ; {COLOURS_ONCE} }} 0")
        kind, values = ("rule", only) if only else ("tag", AXE_TAGS)
        found = page.evaluate(AXE, {"type": kind, "values": values})
        return [f"{rule}: {target} {html[:120]}" for rule, target, html in found]

    return find


@pytest.fixture(scope="module")
def place(published: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    home = Path(shutil.copytree(published, tmp_path_factory.mktemp("partners") / "home"))
    app = create_app(Settings(home=home, root=Path(__file__).parents[2], check_timeout_s=120))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Place(home, f"http://127.0.0.1:{server.port}", {})
    server.shutdown()
    thread.join()
    server.server_close()
    app.extensions["coopkg"].close()


@pytest.fixture(scope="module")
def opened(browser: Any, place: Place) -> Iterator[Callable[[str], Watched]]:
    """Return a way to open a browser of somebody's own, without JavaScript."""
    contexts = []

    def new(lang: str) -> Watched:
        context = browser.new_context(
            viewport={"width": 1100, "height": 900},
            locale="fr-FR" if lang == "fr" else "en-GB",
            java_script_enabled=False,
        )
        context.set_default_timeout(WAIT_MS)
        contexts.append(context)
        watched = Watched(context.new_page(), place.url)
        watched.watch()
        return watched

    yield new
    for context in contexts:
        context.close()
