"""What notebooks show of a film that was made: a player, or a link with the reason."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.video import film_html

CELL = gm.Morphology(
    points=np.array([(0, 0, 0), (0, 0, 100)], np.float32),
    diameters=np.full(2, 8, np.float32),
    section_offsets=np.array([0, 2]),
    section_parent=np.array([-1], np.int32),
    section_parent_x=np.ones(1, np.float32),
    section_labels=("soma",),
)


def film(path: Path, **options) -> gm.VideoReport:
    times = {"t_start": 0, "t_stop": 3, "t_step": 1, "size": (64, 48), "progress": False}
    return gm.render_video(gm.Scene(CELL), path, **times, **options)


def test_a_film_is_stored_in_the_notebook_and_plays(tmp_path: Path):
    report = film(tmp_path / "a<b.mp4")
    html = report._repr_html_()
    stored = re.search('<source type="video/mp4" src="data:video/mp4;base64,([^"]*)"', html)[1]
    assert base64.b64decode(stored) == report.path.read_bytes()
    assert "a&lt;b.mp4: 4 frames of 64x48" in html
    assert "<a " not in html


def test_a_gif_is_an_image(tmp_path: Path):
    html = film(tmp_path / "film.gif", codec="gif")._repr_html_()
    assert 'src="data:image/gif;base64,' in html
    assert "<video" not in html


def test_a_large_film_plays_from_its_file_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(film_html, "_MOST_BYTES", 10)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "out").mkdir()
    html = film(tmp_path / "out" / "film 1.mp4")._repr_html_()
    assert '<source type="video/mp4" src="out/film%201.mp4">' in html
    assert "not stored in the notebook" in html
    assert "base64" not in html
    monkeypatch.chdir(tmp_path / "out")
    monkeypatch.chdir("/")
    outside = film(tmp_path / "film.mp4")._repr_html_()
    assert re.search(r'href="[^"]*film\.mp4"', outside)


@pytest.mark.parametrize(
    ("name", "codec", "words"),
    [("film.mkv", "libx264", "browsers do not play .mkv"), ("film.mp4", "mpeg4", "browsers do not play mpeg4, but")],
)
def test_what_browsers_do_not_play_is_linked(tmp_path: Path, name: str, codec: str, words: str):
    html = film(tmp_path / name, codec=codec)._repr_html_()
    assert words in html
    assert f">{name}</a>" in html
    assert "<video" not in html


def test_a_film_that_is_gone_is_text(tmp_path: Path):
    report = film(tmp_path / "film.mp4")
    report.path.unlink()
    assert report._repr_html_() is None


def test_ipython_takes_the_player(tmp_path: Path):
    formatters = pytest.importorskip("IPython.core.formatters")
    report = film(tmp_path / "film.mp4")
    data, _ = formatters.DisplayFormatter().format(report)
    assert data["text/html"] == report._repr_html_()
    animation = gm.animate(gm.Scene(CELL), t_start=0, t_stop=2, t_step=1, size=(64, 48), progress=False)
    data, _ = formatters.DisplayFormatter().format(animation)
    assert "<video" in data["text/html"]
