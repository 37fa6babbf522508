"""The examples run, and pictures of the documentation have a script; tests/gl/test_gallery.py runs the gallery's."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

REPOSITORY = Path(__file__).parents[2]
SIMULATORS = "simulator_"  # the examples of docs/simulators.md draw these; test_simulators_page.py runs them
OTHERS = {  # pictures that are not drawn here
    "gallery_whole_cell.png",  # examples/gallery/whole_cell.py
    "performance.png",  # benchmarks/chart.py draws it from measured figures
    "story.png",  # a frame of the film that examples/story.toml describes
    "view_jupyter.png",  # screenshots of a browser
    "web_page.png",
    "viewer.gif",  # examples/make_viewer_gif.py records it
    "view.png",  # of the viewer
    *(f"looks_{name}.png" for name in ("close_up", "4k", "branchings", "circuit", "synapses")),  # benchmarks/looks.py
}


def test_pictures_of_the_documentation_are_shown_and_have_a_script(tmp_path: Path) -> None:
    pytest.importorskip("matplotlib", reason="the comparison is with matplotlib (extra 'dev')")
    script = REPOSITORY / "examples" / "make_comparison.py"
    done = subprocess.run([sys.executable, script, tmp_path], capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    left, right = np.array_split(np.asarray(Image.open(tmp_path / "side_by_side.png")), 2, axis=1)
    assert all(len(np.unique(half.reshape(-1, 3)[::7], axis=0)) > 50 for half in (left, right))
    texts = [REPOSITORY / "README.md", *(REPOSITORY / "docs").glob("*.md")]
    shown = {
        name for text in texts for name in re.findall(r"images/([\w.]+\.(?:png|gif))", text.read_text(encoding="utf-8"))
    }
    shown = {name for name in shown if not name.startswith(SIMULATORS)}
    assert shown == {"side_by_side.png", *OTHERS}
    names = {path.name for path in (REPOSITORY / "docs" / "images").iterdir()}
    assert shown == {name for name in names if not name.startswith(SIMULATORS)}


def test_the_flight_is_a_film_that_slows_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(REPOSITORY / "examples"))
    import make_flight

    speeds = np.diff(make_flight.timeline().frame_times(fps=10)) * 10
    assert speeds.max() == pytest.approx(50 * speeds.min())
    size, frames = (320, 180), tmp_path / "frames"
    report = make_flight.make_film(tmp_path, fps=1, size=size, frames_dir=frames, progress=False)
    assert report.n_frames == 17
    scene = make_flight.flight().fitted_camera(size)
    soma = scene.keyframes[1].camera.center
    for second in range(15):  # the subject is in the picture
        x, y = scene.at(second).project(soma, size)[0]
        assert 0 < x < size[0]
        assert 0 < y < size[1]
    pictures = [np.asarray(Image.open(path)) for path in sorted(frames.glob("*.png"))]
    assert not pictures[0].any()  # it fades in
    assert all(len(np.unique(picture.reshape(-1, 3), axis=0)) > 50 for picture in pictures[4:-1])
