"""After each test of the video writer nothing runs; some have an older film in the way."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def _nothing_is_left_running(no_thread_or_ffmpeg_left: None) -> None: ...


@pytest.fixture
def old_film(tmp_path: Path) -> Path:
    """A file that stands under the film's name before; no failed film may touch it."""
    path = tmp_path / "film.mp4"
    path.write_bytes(b"the old film")
    return path
