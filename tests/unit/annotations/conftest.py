"""What several modules of tests of annotations use."""

from __future__ import annotations

from typing import Any

import pytest

from gpu_morph.scene.annotations.canvas import Canvas


@pytest.fixture
def words(monkeypatch: pytest.MonkeyPatch) -> list[tuple[float, str]]:
    """All words that are drawn, with their x in their canvas."""
    written: list[tuple[float, str]] = []
    text = Canvas.text

    def noted(self: Canvas, x: float, y: float, words: str, *rest: Any) -> None:
        written.append((x, words))
        text(self, x, y, words, *rest)

    monkeypatch.setattr(Canvas, "text", noted)
    return written
