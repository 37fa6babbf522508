"""Title cards, texts that come and go, fades and logos, in films."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from clusters import BAR, LOSSLESS, RECORDING, SIZE
from PIL import Image

import gpu_morph as gm
from probe import decoded_frames

SCENE = gm.Scene(BAR, RECORDING, clim=RECORDING.extent[:2], camera=gm.Camera(azim=0, azim_step=5))
TIMES = np.arange(3.0, 13.0)
RED, BLUE = np.zeros((20, 40, 4), dtype=np.uint8), np.array((0, 0, 255))
RED[:, 20:] = (255, 0, 0, 255)
TITLES = (
    gm.Title("a", seconds=0.08, background="blue", color="white", fade=0),
    gm.Title("b", seconds=0.06, background="lime", fade=0.04),
    gm.Title("end", seconds=0.1, when="after", background="red", fade=0),
)


X = gm.Text("X", start=99)


def frames(folder: Path, scene: gm.Scene, **options: Any) -> np.ndarray:
    given = {"times": TIMES, "encoders": 1, "progress": False, **LOSSLESS, **options}
    return decoded_frames(gm.render_video(scene, folder / "film.mkv", **given).path)


def corner(frame: np.ndarray) -> list[int]:
    return frame[0, 0].tolist()


def test_cards_make_the_film_longer_and_leave_its_own_frames(tmp_path: Path) -> None:
    plain = frames(tmp_path, SCENE)
    whole = frames(tmp_path, replace(SCENE, annotations=TITLES))
    assert len(whole) == 4 + 3 + 10 + 5
    np.testing.assert_array_equal(whole[7:17], plain)
    assert [corner(frame) for frame in whole[[0, 3, 4, 6, 17, 21]]] == [
        *([0, 0, 255], [0, 0, 255], [0, 255, 0], [0, 255, 0], [255, 0, 0], [255, 0, 0])
    ]
    assert (whole[0] == 255).all(axis=-1).any()  # text
    assert not (np.abs(whole[4].astype(int) - (0, 255, 0)).max(axis=-1) > 130).any()  # it comes
    pictured = gm.render_image(replace(SCENE, annotations=TITLES), time=5, size=SIZE)
    np.testing.assert_array_equal(pictured, gm.render_image(SCENE, time=5, size=SIZE))


@pytest.mark.parametrize("n_pieces", [4, 7])
def test_films_of_several_pieces_have_equal_frames(n_pieces: int, tmp_path: Path) -> None:
    path = gm.CameraPath([(0, gm.Camera(azim=0)), (0.1, gm.Camera(azim=60), [0])])
    annotations = (
        *TITLES,
        gm.Text("now", start=0.04, stop=0.12, fade=0.06),
        gm.Fade(start=0.1, stop=0.1),
        gm.Logo(RED),
    )
    scene = replace(SCENE, annotations=annotations, camera=path)
    np.testing.assert_array_equal(frames(tmp_path, scene, encoders=n_pieces), frames(tmp_path, scene))


def test_a_text_comes_and_goes_by_seconds_or_by_ms(tmp_path: Path) -> None:
    never, always = (frames(tmp_path, replace(SCENE, annotations=(text,))) for text in (X, gm.Text("X")))
    for text in (replace(X, start=0.06, stop=0.12), gm.Text("X", start=6, stop=9, clock="simulation")):
        shown = frames(tmp_path, replace(SCENE, annotations=(TITLES[0], text)))[4:]
        np.testing.assert_array_equal(shown[3:6], always[3:6])
        np.testing.assert_array_equal(shown[[2, 6]], never[[2, 6]])
    soft = frames(tmp_path, replace(SCENE, annotations=(replace(X, start=0, stop=0.2, fade=0.08),)))
    strength = np.abs(soft.astype(int) - never).max(axis=(1, 2, 3)).tolist()
    assert strength[0] == 0
    assert strength[1] < strength[2] < strength[3] < strength[4] == strength[6]
    assert strength[9] < strength[8] < strength[7]


def test_a_film_fades_with_its_cards_and_whatever_is_drawn(tmp_path: Path) -> None:
    scene = replace(SCENE, annotations=(gm.Fade(start=0.08, stop=0.04, color="blue"), TITLES[2], gm.ColorBar()))
    whole = frames(tmp_path, scene)
    assert len(whole) == 15
    assert (whole[0] == BLUE).all()
    assert (whole[14] == BLUE).all()
    assert corner(whole[2]) == pytest.approx([127, 127, 255], abs=3)
    assert corner(whole[4]) == [255, 255, 255]
    assert corner(whole[13]) == pytest.approx([127, 0, 127], abs=3)


def test_a_logo_is_a_file_or_an_array_and_keeps_its_shape(tmp_path: Path) -> None:
    Image.fromarray(RED).save(tmp_path / "logo.png")
    pictures = [
        gm.render_image(gm.Scene(BAR, annotations=[gm.Logo(image, height=0.2, place="upper left")]), size=(200, 100))
        for image in (RED, tmp_path / "logo.png", str(tmp_path / "logo.png"))
    ]
    np.testing.assert_array_equal(pictures[0], pictures[1])
    np.testing.assert_array_equal(pictures[0], pictures[2])
    is_red = (pictures[0] == (255, 0, 0)).all(axis=-1)
    rows, columns = np.nonzero(is_red)
    assert np.ptp(rows) + 1 == 20
    assert np.ptp(columns) + 1 == pytest.approx(20, abs=1)
    with pytest.raises(FileNotFoundError):
        gm.Logo(tmp_path / "none.png")
    (tmp_path / "text.png").write_text("x")
    with pytest.raises(ValueError, match="is no image that can be read"):
        gm.Logo(tmp_path / "text.png")
    with pytest.raises(gm.errors.SceneError, match="image must be a file, or have shape"):
        gm.Logo(np.zeros((4, 4)))


def test_other_cards_and_texts_are_other_films(tmp_path: Path) -> None:
    scene = replace(SCENE, annotations=TITLES)
    options: dict[str, Any] = {"frames_dir": tmp_path / "frames", "encoders": "auto"}
    frames(tmp_path, scene, **options)
    with pytest.raises(gm.errors.FramesError, match="another annotations"):
        frames(tmp_path, replace(scene, annotations=(*TITLES[:2], replace(TITLES[2], text="END"))), **options)
    with pytest.raises(gm.errors.FramesError, match="another"):
        frames(tmp_path, scene, fps=40, **options)


def test_what_a_transparent_film_cannot_have_is_an_error() -> None:
    for annotation in (gm.Title("a"), gm.Fade()):
        with pytest.raises(gm.errors.SceneError, match="transparent film"):
            gm.render_image(gm.Scene(BAR, annotations=[annotation]), size=SIZE, transparent=True)
    with pytest.raises(gm.errors.SceneError, match="start must come before stop, got 2 and 1 seconds"):
        gm.Text("a", start=2, stop=1)
    with pytest.raises(gm.errors.SceneError, match="when must be 'before' or 'after'"):
        gm.Title("a", when="later")
