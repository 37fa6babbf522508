"""Films of panels: title cards, several encoders, frames that are kept, and clusters."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from unittest import mock

import numpy as np
import numpy.typing as npt
import pytest
from clusters import BAR, LOSSLESS, RECORDING, check_same, cluster

import gpu_morph as gm
from gpu_morph.distributed.piece_task import PieceTask, TaskSubmitter
from gpu_morph.distributed.recording_source import RecordingSource
from gpu_morph.distributed.report import ClusterReport
from gpu_morph.errors import FramesError
from gpu_morph.scene.panels.panels import with_scenes
from gpu_morph.video.piece import Piece
from probe import decoded_frames

TIMES = np.arange(3.0, 13.0)
LEFT = gm.Scene(BAR, RECORDING, camera=gm.Camera(azim=0, azim_step=5), annotations=[gm.Clock()], font_size=8)
PATH = gm.CameraPath([(0, gm.Camera(azim=0)), (0.1, gm.Camera(azim=60), [0])])
CARDS = (gm.Title("a", seconds=0.08, background="blue"), gm.Title("z", seconds=0.04, when="after"))


def panels(values: Any = None, **options: Any) -> gm.Panels:
    """Two scenes that show two recordings, one with a path in seconds of the film; below them a plot."""
    other = replace(RECORDING, values=np.flip(RECORDING.values, axis=0) if values is None else values, name="w")
    right = gm.Scene(BAR, other, camera=PATH, sampling="linear", cmap="magma")
    plot = gm.Traces(RECORDING, section=(0, 1), title="")
    return gm.Panels([[LEFT, right], [plot]], titles=[["left", "right"], None], font_size=8, **options)


def film(folder: Path, shown: gm.Panels, **options: Any) -> gm.VideoReport:
    given = {"times": TIMES, "encoders": 1, "progress": False, **LOSSLESS, "size": (192, 144), **options}
    return gm.render_video(shown, folder / "film.mkv", **given)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> npt.NDArray[np.uint8]:
    return decoded_frames(film(tmp_path_factory.mktemp("plain"), panels()).path)


def test_cards_of_the_whole_make_the_film_longer_and_leave_its_own_frames(
    plain: npt.NDArray[np.uint8], tmp_path: Path
) -> None:
    whole = decoded_frames(film(tmp_path, panels(annotations=CARDS)).path)
    assert len(whole) == 4 + len(TIMES) + 2
    np.testing.assert_array_equal(whole[4:-2], plain)
    assert whole[0, 0, 0].tolist() == [0, 0, 255]


def test_films_of_several_encoders_and_from_kept_frames_have_equal_frames(
    plain: npt.NDArray[np.uint8], tmp_path: Path
) -> None:
    np.testing.assert_array_equal(decoded_frames(film(tmp_path, panels(), encoders=3).path), plain)
    np.testing.assert_array_equal(decoded_frames(film(tmp_path, panels(), frames_dir=tmp_path / "frames").path), plain)
    for number in (2, 7):
        (tmp_path / "frames" / f"{number:05d}.png").unlink()
    again = film(tmp_path, panels(), frames_dir=tmp_path / "frames")
    assert again.n_resumed == len(TIMES) - 2
    np.testing.assert_array_equal(decoded_frames(again.path), plain)
    changed = with_scenes(panels(), lambda one: replace(one, cmap="turbo") if one.cmap == "magma" else one)
    with pytest.raises(FramesError, match="another panel 2: cmap"):
        film(tmp_path, changed, frames_dir=tmp_path / "frames")


def test_rows_of_a_recording_that_two_scenes_show_are_sent_once(monkeypatch: pytest.MonkeyPatch) -> None:
    scenes = (LEFT, replace(LEFT, cmap="magma"), replace(LEFT, recording=replace(RECORDING)))
    plan = SimpleNamespace(times=TIMES, memory="1 MiB", name="film")
    client, worker = mock.Mock(), SimpleNamespace(address="tcp://a", has_resource=False)
    monkeypatch.setattr("gpu_morph.distributed.piece_task._pickled_bytes", lambda _: 0)
    client.scatter.side_effect = lambda data, **_: SimpleNamespace(data=data, status="finished")
    report = ClusterReport()
    submitter = TaskSubmitter(client, cast(Any, plan), tuple(map(RecordingSource, scenes)), report)
    task = PieceTask(Piece(0, 2))
    assert submitter.send(task, cast(Any, worker))
    _, _, values = task.inputs
    assert values[0] is values[1]
    assert values[2] is not values[0]
    assert report.sent == sum(sent.data.nbytes for sent in values[1:])


@pytest.mark.cluster
@pytest.mark.usefixtures("short_pieces", "nothing_left_running")
def test_a_cluster_makes_the_same_film_with_title_cards(tmp_path: Path) -> None:
    path = tmp_path / "values.npy"
    np.save(path, np.flip(RECORDING.values, axis=0))
    shown = panels(np.load(path, mmap_mode="r"), annotations=(*CARDS, gm.ColorBar(title="")))
    expected = decoded_frames(film(tmp_path, shown).path)
    with cluster(1, 2) as client:
        report = film(tmp_path, shown, client=client)
    assert len(expected) == len(TIMES) + 6
    check_same(report, expected)


def test_a_linked_camera_follows_the_first_scenes_path_at_the_rate_of_the_film(tmp_path: Path) -> None:
    path = gm.CameraPath([(0, gm.Camera(azim=0, elev=0)), (1, gm.Camera(azim=0, elev=80))])
    first = replace(LEFT, camera=path, annotations=())
    second = replace(first, camera=gm.Camera(azim=0, elev=0))
    linked = gm.Panels([[first, gm.Panels([[second]])]], cameras="scale", font_size=8)
    frames = decoded_frames(film(tmp_path, linked, times=TIMES[:3], fps=2).path).astype(int)
    for number in range(3):
        picture = gm.render_image(linked, time=TIMES[number], second=number / 2, size=(192, 144), device="cpu")
        np.testing.assert_allclose(frames[number], picture, atol=3)
    left, right = frames[..., :96, :], frames[..., 96:, :]
    assert min(np.abs(half[2] - half[0]).max() for half in (left, right)) > 60  # both have turned
