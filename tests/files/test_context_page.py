"""The examples of docs/context.md run."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np

import gpu_morph as gm

PAGE = Path(__file__).parents[2] / "docs" / "context.md"


def test_the_examples_of_the_page_draw_something(monkeypatch: Any) -> None:
    drawn = []

    def small(scene: gm.Scene, **more: Any) -> Any:
        drawn.append(gm.api.render_image(scene, size=(160, 120), **more))  # type: ignore[attr-defined]
        return drawn[-1]

    monkeypatch.setattr(gm, "render_image", small)
    names: dict[str, Any] = {}
    examples = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL)
    for example in examples:
        exec(example, names)
    assert len(drawn) >= 2
    bare = gm.api.render_image(gm.Scene(names["cell"], names["v"]), time=5.0, size=(160, 120))  # type: ignore[attr-defined]
    for picture in drawn:
        assert (np.abs(picture.astype(int) - bare) > 8).any(axis=-1).mean() > 0.02
