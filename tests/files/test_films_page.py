"""The examples of docs/films.md run, with small pictures and few frames."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import gpu_morph as gm

PAGE = Path(__file__).parents[2] / "docs" / "films.md"


def test_the_examples_of_the_page_make_films(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    made: dict[str, int] = {}

    def film(scene: gm.Scene, path: str, **options: Any) -> None:
        few = {"fps": 2, "size": (320, 180), "progress": False}
        made[Path(path).name] = gm.render_video(scene, path, **{**options, **few}).n_frames

    def picture(scene: gm.Scene, **options: Any) -> Any:
        return gm.render_image(scene, **{"size": (160, 120), **options})

    names = {"gm": SimpleNamespace(**vars(gm) | {"render_video": film, "render_image": picture})}
    text = PAGE.read_text(encoding="utf-8")
    (written,) = re.findall(r"```toml\n(.*?)```", text, flags=re.DOTALL)
    Path("story.toml").write_text(written, encoding="utf-8")
    Path("cell.swc").write_text("1 1 0 0 -20 15 -1\n2 1 0 0 20 15 1\n3 3 0 20 20 6 2\n4 3 30 60 120 3 3\n")
    np.savez("v.npz", times=np.arange(13.0), values=np.full((13, 2), -65.0), section=[0, 1], position=[0.5, 0.5])
    for example in re.findall(r"```python\n(.*?)```", text, flags=re.DOTALL):
        exec(example.replace("import gpu_morph as gm\n", "").replace("t_stop=10", "t_stop=0.5"), names)
    assert made == {
        "path.mp4": 6,
        "turn.mp4": 17,
        "spike.mp4": 11,
        "there_and_back.gif": 4,
        "told.mp4": 4 + 11 + 2,
        "panels.mp4": 2 + 6,
        "close_up.mp4": 6,
        "electrode.mp4": 6,
        "spikes.mp4": 6,
        "tree.mp4": 17,
        "story.mp4": 4 + 21,
    }
