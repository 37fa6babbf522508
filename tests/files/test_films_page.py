"""The examples of docs/films.md run, with small pictures and few frames."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

import gpu_morph as gm

PAGE = Path(__file__).parents[2] / "docs" / "films.md"


def test_the_examples_of_the_page_make_films(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made: dict[str, int] = {}

    def film(scene: gm.Scene, path: str, **options: Any) -> None:
        few = {"fps": 2, "size": (320, 180), "progress": False}
        made[path] = gm.render_video(scene, path, **{**options, **few}).n_frames

    def picture(scene: gm.Scene, **options: Any) -> Any:
        return gm.render_image(scene, **{"size": (160, 120), **options})

    names = {"gm": SimpleNamespace(**vars(gm) | {"render_video": film, "render_image": picture})}
    for example in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), flags=re.DOTALL):
        exec(example.replace("import gpu_morph as gm\n", "").replace("t_stop=10", "t_stop=0.5"), names)
    assert made == {
        "path.mp4": 6,
        "turn.mp4": 17,
        "spike.mp4": 11,
        "there_and_back.gif": 4,
        "told.mp4": 4 + 11 + 2,
    }
