"""A real browser, headless, that opens a report as its reader would; tests look at what it sees.

``python -m fulfillsim.testing.browser FILE.html ... -o FOLDER`` makes a screenshot and a PDF of each file, to be
looked at. The browser is the system's Chromium, driven by Playwright, which downloads nothing.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Dialog, Page

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
HOW_TO_GET_IT = "no Chromium on this machine: apt-get install chromium (make test does so where it may)"
# Root may not have a sandbox; everything that would talk to the network by itself is off.
FLAGS = [
    *("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync"),
]


def find_browser() -> str | None:
    """Path of the system's Chromium, if there is one."""
    return next(filter(None, map(shutil.which, NAMES)), None)


@dataclass
class Opened:
    """A page in the browser.

    Parameters
    ----------
    page
        Playwright's page: elements by role and text, keyboard, screenshots.
    complaints
        What the console said and what failed, from the first moment on.
    requests
        Addresses that were asked for, the file itself left out.
    """

    page: Page
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@contextmanager
def opened(file: Path, width: int = 1200) -> Iterator[Opened]:
    """Open a file of this machine in a browser without network, and close it again."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        try:
            context = browser.new_context(offline=True, viewport={"width": width, "height": 900})
            seen = Opened(context.new_page())
            _listen(seen, file.resolve().as_uri())
            seen.page.goto(file.resolve().as_uri(), wait_until="load")
            yield seen
        finally:
            browser.close()


def _listen(seen: Opened, address: str) -> None:
    page = seen.page
    page.on("console", lambda message: seen.complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: seen.complaints.append(f"error: {error}"))
    page.on("dialog", lambda dialog: _dismiss(seen, dialog))
    page.on("requestfailed", lambda request: seen.complaints.append(f"failed: {request.url}"))
    page.on("request", lambda request: _note(seen, request.url, address))


def _dismiss(seen: Opened, dialog: Dialog) -> None:
    seen.complaints.append(f"dialog: {dialog.message}")
    dialog.dismiss()


def _note(seen: Opened, url: str, address: str) -> None:
    if url.partition("#")[0] != address and not url.startswith("data:"):
        seen.requests.append(url)


def shoot(file: Path, folder: Path, width: int = 1200) -> list[Path]:
    """A screenshot of the whole page and a PDF as a reader would print it, named after the file."""
    folder.mkdir(parents=True, exist_ok=True)
    shot, printed = (folder / f"{file.stem}.{ending}" for ending in ("png", "pdf"))
    with opened(file, width) as seen:
        seen.page.screenshot(path=shot, full_page=True)
        seen.page.pdf(path=printed, format="A4", prefer_css_page_size=True)
    return [shot, printed]


def main() -> None:
    """Make pictures of the files named on the command line."""
    parser = argparse.ArgumentParser(description="Screenshot and PDF of HTML files, by the system's Chromium.")
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("-o", "--out", type=Path, default=Path("build/screenshots"))
    parser.add_argument("--width", type=int, default=1200, help="of the window, in CSS pixels")
    given = parser.parse_args()
    if find_browser() is None:
        sys.exit(HOW_TO_GET_IT)
    for file in given.files:
        for made in shoot(file, given.out, given.width):
            sys.stdout.write(f"{made}\n")


if __name__ == "__main__":
    main()
