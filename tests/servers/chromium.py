"""Chromium without a screen, for the tests of the pages.

`python -m tests.servers.chromium` says which one it is.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

MISSING = "Chromium is needed and was not found (Debian: apt-get install chromium libatomic1)"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    # Chromium's own sandbox refuses to run as root; the pages it opens here are only ours.
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    # It would call home at every start.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """The installed browser, or the one that playwright downloaded."""
    installed = [shutil.which(name) for name in NAMES]
    own = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    downloaded = [str(path) for path in sorted(own.glob("chromium-*/chrome-linux*/chrome"), reverse=True)]
    return next((path for path in installed + downloaded if path), None)


@contextmanager
def running_chromium() -> Iterator[Browser]:
    path = find_chromium()
    if path is None:
        raise RuntimeError(MISSING)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


def can_be_driven() -> bool:
    """Whether playwright's driver starts: on a bare Debian it misses a library of the C compiler."""
    asked = subprocess.run([sys.executable, "-m", "playwright", "--version"], capture_output=True)
    return asked.returncode == 0


if __name__ == "__main__":
    print((can_be_driven() and find_chromium()) or sys.exit(MISSING))
