"""CellMorphologyVisualizer.write_video: the In Silico Framework's call, on a tiny cell and on the stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from probe import decoded_frames, ffmpeg_processes, is_faststart, probe

from gpu_morph import CellMorphologyVisualizer
from gpu_morph.api import VideoReport
from gpu_morph.errors import RecordingError, UnsupportedError

Frames = npt.NDArray[np.uint8]
LOSSLESS = "png"  # in a .mov; write_video has no pixel format to choose


class Section:
    """One section as ISF has it: iterating gives its segments."""

    def __init__(self, label: str, points: Any, diameters: Any, parent: Section | None, n_segments: int) -> None:
        self.label, self.pts, self.diamList = label, points, diameters
        self.parent, self.parentx = parent, 1.0
        self.nseg = n_segments
        self.recVList: list[npt.NDArray[np.float64]] = []
        self.recordVars: dict[str, list[npt.NDArray[np.float64]]] = {}

    def __iter__(self) -> Iterator[SimpleNamespace]:
        return iter([SimpleNamespace(x=(k + 0.5) / self.nseg) for k in range(self.nseg)])


def tiny_cell(*, simulated: bool = True) -> SimpleNamespace:
    """A soma and a dendrite; 20 ms in steps of 0.1 ms, voltage rising in time and along the cell."""
    soma = Section("Soma", [[0, 0, -20], [0, 0, 20]], [30, 30], None, 1)
    dendrite = Section("Dendrite", [[0, 0, 20], [30, 60, 120]], [12, 6], soma, 2)
    cell = SimpleNamespace(sections=[soma, dendrite], soma=soma, synapses={}, tVec=None)
    if simulated:
        cell.tVec = np.arange(201) / 10
        for section, offset in ((soma, 0), (dendrite, 10)):
            section.recVList = [-80 + offset + k + 4 * cell.tVec for k in range(section.nseg)]
            section.recordVars = {"hh.m": [np.cos(cell.tVec + k) for k in range(section.nseg)]}
    return cell


@pytest.fixture(autouse=True)
def _no_encoder_is_left() -> Iterator[None]:
    yield
    assert ffmpeg_processes() == []


def visualizer(cell: Any = None, **times: float) -> CellMorphologyVisualizer:
    made = CellMorphologyVisualizer(cell or tiny_cell(), **times)
    made.dpi = 8  # 120 x 120 pixels
    return made


def film(viz: CellMorphologyVisualizer, folder: Path, **options: Any) -> Frames:
    """The film's frames; without losses unless a codec is named."""
    path = folder / "cell.mov"
    viz.write_video(None, str(path), **{"codec": LOSSLESS, **options})
    return decoded_frames(path)


def cell_color(frames: Frames) -> npt.NDArray[np.uint8]:
    """The median colour of all pixels of the first frame that are not white."""
    drawn = (frames[0] != 255).any(axis=2)
    return np.median(frames[0][drawn], axis=0).astype(np.uint8)


# The stand-in for a real cell


@pytest.fixture(scope="module")
def real(isf_cell_module: ModuleType) -> Any:
    return isf_cell_module.load_cell()


def test_ten_ms_of_voltage_are_101_frames_at_50_per_second_that_a_browser_plays(real: Any, tmp_path: Path) -> None:
    viz = CellMorphologyVisualizer(real)
    viz.dpi = 20
    report = viz.write_video(
        None,
        str(tmp_path / "cell.mp4"),
        color="voltage",
        t_start=8,
        t_stop=18,
        t_step=0.1,
        tpf=20,
        codec="libx264",
    )
    made = probe(tmp_path / "cell.mp4")
    assert (report.n_frames, report.fps, report.path) == (101, 50, tmp_path / "cell.mp4")
    assert (made.n_frames, made.rate, made.size) == (101, 50, (300, 300))
    assert made.duration == pytest.approx(2.02, abs=0.005)
    assert (made.codec, made.pixel_format, made.colors) == ("h264", "yuv420p", "tv, bt709, progressive")
    assert is_faststart(tmp_path / "cell.mp4")
    shown = decoded_frames(tmp_path / "cell.mp4")
    assert len(shown) == 101
    assert (shown != 255).any(axis=(1, 2, 3)).all()
    assert len({frame.tobytes() for frame in shown}) == 101


def test_the_same_call_without_a_codec_is_mpeg4_as_isf_has_it(real: Any, tmp_path: Path) -> None:
    viz = CellMorphologyVisualizer(real)
    viz.dpi = 20
    viz.write_video(None, str(tmp_path / "cell.mp4"), color="voltage", t_start=8, t_stop=18, t_step=0.1, tpf=20)
    made = probe(tmp_path / "cell.mp4")
    assert (made.codec, made.pixel_format, made.n_frames, made.rate) == ("mpeg4", "yuv420p", 101, 50)


def test_a_real_cells_spike_is_seen_in_its_film(real: Any, tmp_path: Path) -> None:
    viz = CellMorphologyVisualizer(real)
    viz.dpi, viz.neuron_rotation = 20, 0
    viz.set_cmap("gray", -80, 30)
    viz.background_color = "black"
    voltage = np.asarray(real.soma.recVList[0])
    quiet, peak = (float(real.tVec[k]) for k in (voltage.argmin(), voltage.argmax()))
    brightness = []
    for moment in (quiet, peak):
        shown = film(viz, tmp_path, color="voltage", t_start=moment, t_stop=moment, t_step=1)
        brightness.append(shown.max(axis=(0, 1, 2)).max())
    assert brightness[1] > brightness[0] + 40


# Colours


@pytest.mark.parametrize("color", ["voltage", "vm", "Voltage", "VM", "v", " voltage "])
def test_voltage_has_several_names(tmp_path: Path, color: str) -> None:
    viz = visualizer()
    np.testing.assert_array_equal(film(viz, tmp_path, color=color), film(viz, tmp_path, color="voltage"))


def test_a_recorded_variable_is_another_picture_than_the_voltage(tmp_path: Path) -> None:
    viz = visualizer()
    assert viz.scene("hh.m").recording.name == "hh.m"  # type: ignore[union-attr]
    voltage, gate = (film(viz, tmp_path, color=color) for color in ("voltage", "hh.m"))
    assert voltage.shape == gate.shape
    assert (voltage != gate).any()


@pytest.mark.parametrize(
    ("color", "shown"),
    [
        ("#ff0000", (255, 0, 0)),
        ("#f00", (255, 0, 0)),
        ((1, 0, 0), (255, 0, 0)),
        ([0, 0, 1, 1], (0, 0, 255)),
        (np.array([0, 0, 1.0]), (0, 0, 255)),
        ("blue", (0, 0, 255)),
        ("grey", (128, 128, 128)),
    ],
)
def test_a_fixed_colour_is_the_hue_of_the_whole_cell(tmp_path: Path, color: Any, shown: tuple[int, int, int]) -> None:
    frames = film(visualizer(), tmp_path, color=color)
    assert len(frames) == 11
    bright = np.array(shown) > 0
    pixel = cell_color(frames).astype(int)
    assert pixel[bright].min() > 60  # lit, so not exactly the colour
    if not bright.all():
        assert pixel[~bright].max() < pixel[bright].min() / 2
    else:
        assert np.ptp(pixel) <= 3


def test_grey_is_the_colour_unless_said(tmp_path: Path) -> None:
    np.testing.assert_array_equal(film(visualizer(), tmp_path), film(visualizer(), tmp_path, color="grey"))


def test_an_unknown_colour_is_refused_with_a_list_of_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"recorded variable \(voltage, hh\.m\) or a colour: .*'voltaje'"):
        film(visualizer(), tmp_path, color="voltaje")
    with pytest.raises(ValueError, match=r"recorded variable \(there is none\) or a colour: .*'hh\.m'"):
        film(visualizer(tiny_cell(simulated=False)), tmp_path, color="hh.m", t_stop=1, t_step=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("color", ["voltage", "vm"])
def test_the_voltage_of_a_cell_that_was_not_simulated_is_refused(tmp_path: Path, color: str) -> None:
    with pytest.raises(RecordingError, match="the cell was not simulated"):
        film(visualizer(tiny_cell(simulated=False)), tmp_path, color=color)


def test_voltage_that_was_not_recorded_is_refused_with_a_list_of_what_was(tmp_path: Path) -> None:
    cell = tiny_cell()
    for section in cell.sections:
        section.recVList = []
    with pytest.raises(RecordingError, match=r"'voltage' was not recorded .*: hh\.m"):
        film(visualizer(cell), tmp_path, color="voltage")


# Times


def test_a_tenth_of_the_run_is_a_frames_step_unless_said(tmp_path: Path) -> None:
    viz = visualizer()
    shown = film(viz, tmp_path, color="voltage")
    assert len(shown) == 11
    np.testing.assert_array_equal(shown, film(viz, tmp_path, color="voltage", t_start=0, t_stop=20, t_step=2))


def test_no_frame_passes_the_end_even_where_a_tenth_is_no_round_number(tmp_path: Path) -> None:
    cell = tiny_cell()
    cell.tVec = cell.tVec * 0.7 + 0.1
    assert len(film(visualizer(cell), tmp_path, color="voltage")) == 11


def test_the_objects_own_times_are_taken_where_the_call_names_none(tmp_path: Path) -> None:
    viz = visualizer(t_start=5, t_stop=8, t_step=0.5)
    np.testing.assert_array_equal(
        film(viz, tmp_path, color="voltage"),
        film(visualizer(), tmp_path, color="voltage", t_start=5, t_stop=8, t_step=0.5),
    )
    assert len(film(viz, tmp_path, color="voltage", t_stop=6)) == 3
    assert len(film(viz, tmp_path, color="voltage", t_start=0, t_step=1)) == 9
    viz.t_step = 1
    assert len(film(viz, tmp_path, color="voltage")) == 4


def test_zero_is_a_time_like_any_other(tmp_path: Path) -> None:
    assert len(film(visualizer(t_start=10), tmp_path, color="voltage", t_start=0, t_step=10)) == 3


def test_a_time_outside_the_simulation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the recording runs from 0 to 20 ms"):
        film(visualizer(), tmp_path, color="voltage", t_stop=30, t_step=10)
    assert list(tmp_path.iterdir()) == []


def test_a_cell_that_was_not_simulated_makes_one_turn(tmp_path: Path) -> None:
    viz = visualizer(tiny_cell(simulated=False))
    viz.neuron_rotation = 15
    shown = film(viz, tmp_path)
    assert len(shown) == 24
    assert len({frame.tobytes() for frame in shown}) > 12


# How the film is encoded


@pytest.mark.parametrize(
    ("tpf", "rate"), [(20, 50), (30, Fraction(100, 3)), (12.5, 80), (1000, 1), (16.667, Fraction(1_000_000, 16_667))]
)
def test_a_frame_is_shown_for_tpf_ms_exactly(tmp_path: Path, tpf: float, rate: Fraction) -> None:
    report = visualizer().write_video(None, tmp_path / "cell.mp4", codec="libx264", tpf=tpf)
    made = probe(tmp_path / "cell.mp4")
    assert report.fps == made.rate == rate
    assert made.n_frames == 11


@pytest.mark.parametrize("tpf", [20, 30, 16.667])
def test_mpeg4_is_shown_for_tpf_ms_too(tmp_path: Path, tpf: float) -> None:
    visualizer().write_video(None, tmp_path / "cell.mp4", tpf=tpf)
    durations = probe(tmp_path / "cell.mp4").durations
    assert [float(duration) * 1000 for duration in durations] == pytest.approx([tpf] * 11, rel=1e-3)


@pytest.mark.parametrize("tpf", [0, -20, float("nan"), float("inf")])
def test_a_frame_must_be_shown_for_some_time(tmp_path: Path, tpf: float) -> None:
    with pytest.raises(ValueError, match="tpf must be a positive number of ms per frame"):
        visualizer().write_video(None, tmp_path / "cell.mp4", tpf=tpf)


@pytest.mark.parametrize(
    ("codec", "ending", "name"),
    [
        ("mpeg4", ".mp4", "mpeg4"),
        ("libx264", ".mp4", "h264"),
        ("libvpx-vp9", ".webm", "vp9"),
        ("mjpeg", ".avi", "mjpeg"),
    ],
)
def test_the_codec_asked_for_is_used(tmp_path: Path, codec: str, ending: str, name: str) -> None:
    visualizer().write_video(None, tmp_path / f"cell{ending}", codec=codec)
    made = probe(tmp_path / f"cell{ending}")
    assert (made.codec, made.n_frames) == (name, 11)


def test_quality_2_is_larger_than_quality_20(tmp_path: Path) -> None:
    viz, sizes = visualizer(), []
    viz.dpi = 30
    for quality in (2, 20):
        report: VideoReport = viz.write_video(None, tmp_path / f"{quality}.mp4", color="voltage", quality=quality)
        sizes.append(report.path.stat().st_size)
    assert sizes[0] > 1.5 * sizes[1]


def test_a_quality_outside_mpeg4s_scale_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="quality of mpeg4 runs from 1"):
        visualizer().write_video(None, tmp_path / "cell.mp4", quality=0)


def test_an_older_film_of_that_name_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "cell.mov").write_bytes(b"the old film")
    assert len(film(visualizer(), tmp_path)) == 11
    assert [path.name for path in tmp_path.iterdir()] == ["cell.mov"]


# How the cell is drawn


def test_the_colormap_and_its_range_change_the_picture(tmp_path: Path) -> None:
    viz = visualizer()
    films = [film(viz, tmp_path, color="voltage")]
    for arguments in (("viridis",), ("viridis", -100, 100), ("viridis", None, 100), ("viridis", -100)):
        viz.set_cmap(*arguments)
        films.append(film(viz, tmp_path, color="voltage"))
    assert len({shown.tobytes() for shown in films}) == 5
    with pytest.raises(ValueError, match="unknown colormap 'viridi'"):
        viz.set_cmap("viridi") or film(viz, tmp_path, color="voltage")  # type: ignore[func-returns-value]


def test_the_cell_turns_by_neuron_rotation_degrees_per_frame(tmp_path: Path) -> None:
    viz = visualizer()
    viz.neuron_rotation = 0
    still = film(viz, tmp_path)
    assert (still == still[0]).all()
    viz.neuron_rotation = 30
    turning = film(viz, tmp_path)
    viz.neuron_rotation, viz.camera_position["azim"] = 0, 60
    np.testing.assert_array_equal(turning[0], still[0])
    np.testing.assert_array_equal(turning[2], film(viz, tmp_path)[0])


@pytest.mark.parametrize(("angle", "degrees"), [("azim", 70), ("elev", -20), ("roll", 45)])
def test_the_camera_goes_where_camera_position_says(tmp_path: Path, angle: str, degrees: float) -> None:
    viz = visualizer()
    before = film(viz, tmp_path)
    viz.camera_position[angle] = degrees
    assert (film(viz, tmp_path) != before).any()


def test_camera_position_may_be_isfs_and_is_not_misspelt(tmp_path: Path) -> None:
    viz = visualizer()
    before = film(viz, tmp_path)
    viz.camera_position = {"azim": 0, "dist": 10, "elev": 30, "roll": 0}
    np.testing.assert_array_equal(film(viz, tmp_path), before)
    viz.camera_position = {"azimuth": 3}
    with pytest.raises(ValueError, match="camera_position has azim, elev, roll and dist, got azimuth too"):
        film(viz, tmp_path)


def test_the_background_is_the_colour_asked_for(tmp_path: Path) -> None:
    viz = visualizer()
    for color, shown in (("white", (255, 255, 255)), ("#102030", (16, 32, 48)), ((0, 0, 0), (0, 0, 0))):
        viz.background_color = color
        assert tuple(film(viz, tmp_path)[0, 0, 0]) == shown


@pytest.mark.parametrize(("dpi", "side"), [(8, 120), (10, 150), (9, 136), (72, 1080)])
def test_dpi_makes_the_size_of_15_inches_in_even_pixels(tmp_path: Path, dpi: int, side: int) -> None:
    viz = visualizer(t_stop=1, t_step=1)
    viz.dpi = dpi
    assert film(viz, tmp_path).shape == (2, side, side, 3)


# What later versions do


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("images_path", "frames"),
        ("overwrite_frames", True),
        ("show_synapses", True),
        ("show_legend", True),
        ("client", object()),
        ("highlight_section", 0),
        ("highlight_x", 0.5),
    ],
)
def test_what_a_later_version_does_is_refused_by_name(tmp_path: Path, name: str, value: Any) -> None:
    options: dict[str, Any] = {"images_path": None, "out_name": tmp_path / "cell.mp4", name: value}
    with pytest.raises(UnsupportedError, match=f"^{name} is not supported by this version yet, got"):
        visualizer().write_video(**options)
    assert list(tmp_path.iterdir()) == []
