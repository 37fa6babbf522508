"""OpenPage: a web page in a browser, and what it draws."""

from __future__ import annotations

import base64
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE = 120_000  # ms: a loaded machine draws slowly


@dataclass(frozen=True, eq=False)
class OpenPage:
    """A page of a scene in the browser, and everything that its console said."""

    page: Page
    said: list[str]

    def __call__(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(script, argument)

    def until(self, condition: str) -> None:
        """Wait until a condition holds. Playwright's own waiting evaluates text in the page, which forbids it."""
        deadline = time.monotonic() + PATIENCE / 1000
        while not self(condition):
            assert time.monotonic() < deadline, f"never: {condition}"
            self.page.wait_for_timeout(50)

    @property
    def size(self) -> tuple[int, int]:
        """Of the picture, pixels."""
        width, height = self("gpuMorph.size")
        return width, height

    def pixels(self) -> npt.NDArray[np.uint8]:
        """(height, width, 3): the picture, as it was drawn."""
        width, height = self.size
        text = self(
            """() => {
              gpuMorph.draw();
              const bytes = gpuMorph.drawing.pixels(), parts = [];
              for (let k = 0; k < bytes.length; k += 8192)
                parts.push(String.fromCharCode(...bytes.subarray(k, k + 8192)));
              return btoa(parts.join(""));
            }"""
        )
        return np.frombuffer(base64.b64decode(text), np.uint8).reshape(height, width, 4)[..., :3]

    def show(self, k: int) -> None:
        """Show time number k."""
        self("k => gpuMorph.player.show(k)", k)
