"""Draw docs/screenshots anew: `python -m tests.screenshots`, or `make screenshots`.

On the current generation of COOPKG_HOME, in Chromium. They are looked at, and kept out of git: what
a font or a browser changes is no fault.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from coopkg.config import Settings
from coopkg.serve import create_app

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "docs/screenshots"
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
    "--disable-dev-shm-usage",
]
FLAGSHIP = "/fr/questions/partners-by-theme-and-place"
CHOSEN = FLAGSHIP + "?theme=decentralisation&place=mediterranee"
MOST_HIGH = 2_600  # pixels: further down, a picture shows nothing new


@dataclass(frozen=True)
class Shot:
    """A picture: the page it shows, and how it is looked at."""

    name: str
    path: str
    width: int = 1000
    dark: bool = False
    printed: bool = False


SHOTS = (
    Shot("home", "/fr/"),
    Shot("flagship", CHOSEN),
    Shot("statistic", "/fr/questions/trainees-by-year"),
    Shot("country", "/fr/id/place/tunisie"),
    Shot("empty", FLAGSHIP + "?theme=police-municipale&place=vietnam"),
    Shot("not-stated", "/fr/questions/trainees-by-year?year=2018"),
    Shot(
        "proof",
        "/fr/questions/partners-by-theme-and-place/why" + CHOSEN[len(FLAGSHIP) :] + "&row=1",
    ),
    Shot("mobile", CHOSEN, width=320),
    Shot("dark", "/fr/questions/partners-by-country", dark=True),
    Shot("print", CHOSEN, width=718, printed=True),  # A4 within its margins
    Shot("english", "/en/compare?a=place/tunisie&b=place/maroc"),
)


class Quiet(WSGIRequestHandler):
    """Writes no line for each request."""

    def log(self, type: str, message: str, *args: object) -> None:  # noqa: A002
        pass


@contextmanager
def site(settings: Settings) -> Iterator[str]:
    """Serve the application on the loopback; give its address."""
    app = create_app(settings)
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        app.extensions["coopkg"].close()


def draw(browser: Any, address: str, shot: Shot) -> Path:
    """Write one picture; return its file."""
    context = browser.new_context(
        viewport={"width": shot.width, "height": 800},
        color_scheme="dark" if shot.dark else "light",
        locale="fr-FR",
    )
    page = context.new_page()
    if shot.printed:
        page.emulate_media(media="print")
    answer = page.goto(address + shot.path)
    if answer.status != 200:
        raise SystemExit(f"{shot.path} answers {answer.status}")
    high = min(MOST_HIGH, int(page.evaluate("document.documentElement.scrollHeight")))
    target = FOLDER / f"{shot.name}.png"
    page.screenshot(
        path=target,
        full_page=True,
        clip={"x": 0, "y": 0, "width": shot.width, "height": high},
    )
    context.close()
    return target


def main() -> None:
    """Draw every picture."""
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(parents=True, exist_ok=True)
    with site(Settings.from_env()) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for shot in SHOTS:
            print(draw(browser, address, shot).relative_to(ROOT))
        browser.close()


if __name__ == "__main__":
    main()
