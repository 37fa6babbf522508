"""A finished folder of frames, what its frames look like, and which frames are drawn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from frame_films import SCENE, SIZE, TIMES, film

import gpu_morph as gm
from gpu_morph.render.frame_source import FrameSource


@pytest.fixture(autouse=True)
def _nothing_is_left_running(no_thread_or_ffmpeg_left: None) -> None: ...


@pytest.fixture(scope="module")
def drawn() -> npt.NDArray[np.uint8]:
    """The film's frames, as a Renderer gives them."""
    with gm.Renderer(SCENE, SIZE) as renderer:
        return np.stack(list(renderer.frames(TIMES)))


@pytest.fixture
def numbers(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of all frames that are drawn from now on."""
    seen: list[int] = []
    start = FrameSource.start

    def watched(self: FrameSource, moment: float | None, frame: int, **options: Any) -> Any:
        seen.append(frame)
        return start(self, moment, frame, **options)

    monkeypatch.setattr(FrameSource, "start", watched)
    return seen


@pytest.fixture
def finished(tmp_path: Path) -> Path:
    """A folder with all frames of the film."""
    film(tmp_path)
    return tmp_path / "frames"
