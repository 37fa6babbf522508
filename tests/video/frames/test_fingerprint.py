"""A fingerprint counts all that a film shows, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import cmap
import numpy as np
import numpy.typing as npt
import pytest
from frame_films import BAR, RECORDING, SCENE, TIMES, VALUES

import gpu_morph as gm
from gpu_morph.data.frame_times import TimeRange
from gpu_morph.errors import FramesError
from gpu_morph.scene.annotations import Clock, TraceInset
from gpu_morph.scene.fingerprint import fingerprint


@dataclass(frozen=True, eq=False)
class Counted:
    """Values that know which rows were read."""

    values: npt.NDArray[np.float64]
    rows: list[int]

    @property
    def shape(self) -> tuple[int, ...]:
        return self.values.shape

    def __getitem__(self, rows: Any) -> Any:
        self.rows.extend(np.arange(len(self.values))[rows].ravel().tolist())
        return self.values[rows]


def differing(first: gm.Scene, second: gm.Scene, times: Any = TIMES) -> set[str]:
    one, other = fingerprint(first, times), fingerprint(second, times)
    return {name for name in one if one[name] != other[name]}


def test_equal_scenes_are_the_same_wherever_their_numbers_are(tmp_path: Path) -> None:
    np.save(tmp_path / "values.npy", VALUES)
    kept = np.load(tmp_path / "values.npy", mmap_mode="r")
    big_endian = VALUES.astype(">f8")
    for values in (kept, big_endian, VALUES.tolist(), np.asfortranarray(VALUES), Counted(VALUES, [])):
        again = gm.Recording(TIMES.tolist(), values, section=np.array([0, 1]), position=[0.5, 0.5])
        assert differing(SCENE, replace(SCENE, recording=again)) == set()
    assert differing(SCENE, replace(SCENE, clim=np.array([-80, 30]), lighting=np.True_, min_width=1)) == set()
    assert differing(SCENE, replace(SCENE, camera=gm.Camera(azim_step=7.0, azim=np.float32(0), turn=360.0))) == set()


CHANGES: dict[str, Any] = {
    "color": "red",
    "cmap": "plasma",
    "clim": (-80, 31),
    "nan_color": "black",
    "background": (1, 1, 0.99),
    "lighting": False,
    "min_width": 2,
    "camera": gm.Camera(azim_step=7, elev=31),
    "interpolation": "nearest",
    "sampling": "linear",
    "time_range": TimeRange(2, 12, 1),
    "synapses": gm.SynapseEvents([[0, 0, 0]], [0], ("L4",), [0], [3.0]),
    "morphology": replace(BAR, section_labels=("soma", "apic")),
}


@pytest.mark.parametrize("name", CHANGES)
def test_each_part_of_a_scene_counts(name: str) -> None:
    assert name in differing(SCENE, replace(SCENE, **{name: CHANGES[name]}))


@pytest.mark.parametrize(
    "change",
    [
        {"name": "vm"},
        {"unit": "V"},
        {"section": [1, 0]},
        {"position": [0.5, 0.4]},
        {"times": TIMES + np.r_[0, np.full(20, 0.1)]},
        {"values": np.where(np.arange(42).reshape(21, 2) == 33, np.nan, VALUES)},
    ],
)
def test_each_part_of_a_recording_counts(change: dict[str, Any]) -> None:
    assert differing(SCENE, replace(SCENE, recording=replace(RECORDING, **change))) == {"recording"}


@pytest.mark.parametrize(
    ("sampling", "times", "rows"),
    [
        ("nearest", [3.1, 3.2, 5], [2, 6]),
        ("linear", [2, 3.1, 5.2], [0, 2, 3, 6, 7]),
        ("linear", [12.0], [20]),
        ("peak", [3.1, 5], [1, 2, 3, 5, 6, 7]),
    ],
)
def test_only_the_rows_that_are_shown_are_read_and_count(sampling: Any, times: list[float], rows: list[int]) -> None:
    counted = Counted(VALUES, [])
    recording, span = replace(RECORDING, values=counted), TimeRange(2, 12, 1.4)
    scene = replace(SCENE, recording=recording, sampling=sampling, time_range=span)
    fingerprint(scene, times)
    assert counted.rows == rows
    for row in range(21):
        changed = VALUES.copy()
        changed[row] += 1
        other = replace(scene, recording=replace(RECORDING, values=changed))
        assert differing(scene, other, times) == ({"recording"} if row in rows else set())


def test_a_range_taken_from_the_whole_recording_counts() -> None:
    free, changed = replace(SCENE, clim=None), VALUES.copy()
    changed[20] = 100  # shown by none of these frames, but by the colours
    assert differing(free, replace(free, recording=replace(RECORDING, values=changed)), [2.0, 3.0]) == {"clim"}


def test_what_a_trace_shows_between_the_frames_counts() -> None:
    changed = VALUES.copy()
    changed[3, 0] += 1  # at 3.5 ms, of the soma
    shown = replace(SCENE, annotations=(Clock(), TraceInset()), time_range=TimeRange(2, 6, 1))
    assert differing(shown, replace(shown, recording=replace(RECORDING, values=changed)), [2, 3, 4, 5, 6]) == {
        "annotations"
    }
    assert differing(shown, replace(shown, annotations=(Clock(decimals=3), TraceInset()))) == {"annotations"}
    beside = replace(shown, recording=None, color="red", annotations=(TraceInset(recording=RECORDING),))
    own = replace(beside, annotations=(TraceInset(recording=replace(RECORDING, values=changed)),))
    assert differing(beside, own, [2, 3]) == {"annotations"}
    assert differing(beside, beside, [2, 3]) == set()


def test_colormaps_count_by_their_colours() -> None:
    from matplotlib import colormaps

    viridis = replace(SCENE, cmap=cmap.Colormap("viridis"))
    assert differing(viridis, replace(SCENE, cmap=cmap.Colormap("viridis"))) == set()
    assert differing(viridis, replace(SCENE, cmap=cmap.Colormap("plasma"))) == {"cmap"}
    assert differing(viridis, replace(SCENE, cmap=cmap.Colormap("viridis", over="red"))) == {"cmap"}
    assert differing(replace(SCENE, cmap=colormaps["jet"]), replace(SCENE, cmap=colormaps["jet"])) == set()
    assert differing(replace(SCENE, cmap=["red", "blue"]), replace(SCENE, cmap=["red", "lime"])) == {"cmap"}


def test_what_has_no_numbers_is_refused_by_name() -> None:
    class Odd(str):
        pass

    @dataclass(frozen=True)
    class Ghost(gm.Camera):
        label: Any = None

    for value, kind in ((lambda t: t, "function"), (object(), "object"), ({"a": [1, 2j]}, "complex")):
        message = rf"the scene's camera.label\S* is a {kind}, which cannot be compared .*frames_dir None"
        with pytest.raises(FramesError, match=message):
            fingerprint(replace(SCENE, camera=Ghost(label=value)), TIMES)
    one, other = (replace(SCENE, camera=Ghost(label=value)) for value in ({"a": ["b", None]}, {"a": ["b", 0]}))
    assert differing(one, other) == {"camera"}
    assert differing(one, replace(SCENE, camera=Ghost(label={"a": (Odd("b"), None)}))) == set()


def test_a_fingerprint_is_the_same_in_every_process(tmp_path: Path) -> None:
    script = """
        import numpy as np, gpu_morph as gm
        from gpu_morph.scene.fingerprint import fingerprint
        morphology, recording = gm.demo_cell()
        print(sorted(fingerprint(gm.Scene(morphology, recording, cmap="jet"), np.arange(9) / 7).items()))
    """
    said = {
        subprocess.run(
            [sys.executable, "-c", textwrap.dedent(script)],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    morphology, recording = gm.demo_cell()
    here = fingerprint(gm.Scene(morphology, recording, cmap="jet"), np.arange(9) / 7)
    assert said == {f"{sorted(here.items())}\n"}
