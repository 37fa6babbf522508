"""Chromium, headless and without a network, and pages that are open in it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from open_page import PATIENCE, OpenPage

import gpu_morph as gm

if TYPE_CHECKING:
    from playwright.sync_api import Browser

FLAGS = (
    "--no-sandbox",  # root may not use it
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright: the extra 'browser-tests'")
    found = (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))
    chromium = os.environ.get("GPU_MORPH_CHROMIUM") or next(filter(None, found), None)
    if chromium is None:
        pytest.skip("needs Chromium (Debian's package chromium)")
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., OpenPage]]:
    """A function that writes a scene's page and opens it; at the end, the console must have said nothing."""
    pages: list[OpenPage] = []

    def open_page(
        scene: gm.Scene, *, width: int = 500, height: int = 400, options: dict[str, Any] | None = None, **keywords: Any
    ) -> OpenPage:
        path = tmp_path / f"page{len(pages)}.html"
        gm.write_html(scene, path, **keywords)
        context = browser.new_context(offline=True, viewport={"width": width, "height": height}, **(options or {}))
        page, said, requested = context.new_page(), list[str](), list[str]()
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.on("request", lambda request: requested.append(request.url))
        page.goto(path.as_uri())
        opened = OpenPage(page, said)
        pages.append(opened)
        opened.until("document.documentElement.dataset.state")
        assert said == []
        assert [url for url in requested if not url.startswith("data:")] == [path.as_uri()]
        assert opened("document.documentElement.dataset.state") == "ready"
        return opened

    yield open_page
    for opened in pages:
        assert opened.said == []
        opened.page.context.close()
