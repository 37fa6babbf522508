"""Record the viewer in use: time, a turn, a zoom, the value under the pointer and the trace of a site.

    python examples/make_viewer_gif.py docs/images/viewer.gif

No window is opened: the events that a window or a notebook would send go into the viewer's core.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

import gpu_morph as gm
from gpu_morph.viewer.controls import controls, slider_track
from gpu_morph.viewer.events import Pointer, Wheel
from gpu_morph.viewer.session import ViewSession

SIZE = (720, 520)
FRAME = 70  # ms
STOP = 36.0  # ms, of the recording
ARROW = np.array([(0, 0), (0, 16), (3.6, 12.6), (6.2, 18.4), (8.8, 17.3), (6.3, 11.6), (11.3, 11.6)])
Place = tuple[float, float]


class Recorder:
    """A session, the pointer in it, and the pictures that were kept."""

    def __init__(self, session: ViewSession) -> None:
        self.session, self.at, self.buttons = session, (600.0, 300.0), frozenset[str]()
        self.frames: list[Image.Image] = []
        self._newest: np.ndarray | None = None
        session.on_frame(self._take)

    def _take(self, picture: np.ndarray) -> None:
        self._newest = picture

    def keep(self, n_times: int = 1) -> None:
        """Keep the picture of the newest state, with the pointer in it."""
        with suppress(TimeoutError):  # while a button is held, a slow computer shows previews
            self.session.wait_idle(1.0 if self.buttons else 60.0)
        assert self._newest is not None
        frame = Image.fromarray(self._newest)
        arrow = [tuple(point) for point in ARROW + self.at]
        ImageDraw.Draw(frame).polygon(arrow, fill="black", outline="white")
        self.frames += [frame] * n_times

    def move(self, place: Place, n_frames: int) -> None:
        """Move the pointer to a place, with the buttons that are held."""
        start = np.array(self.at)
        for fraction in eased(n_frames):
            x, y = start + fraction * (np.array(place) - start)
            self.at = float(x), float(y)
            self.session.handle(Pointer("move", x, y, self.buttons))
            self.keep()

    def press(self) -> None:
        """Press the left button."""
        self.buttons = frozenset({"left"})
        self.session.handle(Pointer("down", *self.at, self.buttons))

    def release(self) -> None:
        """Release it."""
        self.session.handle(Pointer("up", *self.at, self.buttons))
        self.buttons = frozenset()


def eased(n_frames: int) -> Iterator[float]:
    """Fractions from 0 to 1, slow at both ends."""
    for k in range(n_frames):
        yield (1 - np.cos(np.pi * (k + 1) / n_frames)) / 2


def slider_at(time: float) -> Place:
    """Where the slider's handle is at a time."""
    box = controls(SIZE, has_times=True)["slider"]
    left, right = slider_track(box)
    return left + (right - left) * time / STOP, box.y + box.height / 2


def site_at(session: ViewSession, section: int, position: float) -> Place:
    """Where a site is in the view."""
    x, y = session.camera.project(session.scene.morphology.locate([section], [position]), session.picture_size)[0]
    return float(x), float(y)


def record(session: ViewSession) -> list[Image.Image]:
    """The frames of the film."""
    labels = np.array(session.scene.morphology.section_labels)
    tuft = int(np.flatnonzero(labels == "apic")[np.argmax(tops(session.scene.morphology)[labels == "apic"])])
    recorder = Recorder(session)
    session.time = 2.5
    recorder.move(slider_at(2.5), 5)
    recorder.press()
    recorder.move(slider_at(5.2), 24)
    recorder.release()
    recorder.move((320, 260), 5)
    recorder.press()
    recorder.move((480, 245), 18)
    recorder.release()
    place = site_at(session, tuft, 0.3)
    recorder.move(place, 7)
    for _ in range(10):
        session.handle(Wheel(*recorder.at, 0.7))
        recorder.keep()
    recorder.move(site_at(session, tuft, 0.32), 2)
    recorder.keep(8)
    recorder.press()
    recorder.release()
    recorder.keep(6)
    recorder.move(slider_at(5.2), 6)
    recorder.press()
    recorder.move(slider_at(20.3), 26)
    recorder.release()
    recorder.keep(14)
    return recorder.frames


def tops(morphology: gm.Morphology) -> np.ndarray:
    """(n_sections,) the greatest z of each section, µm."""
    return np.maximum.reduceat(morphology.points[:, 2], morphology.section_offsets[:-1])


def write_gif(frames: list[Image.Image], path: Path) -> None:
    """Write frames with one palette, so that only what changes is stored."""
    pixels = np.concatenate([np.asarray(frame).reshape(-1, 3) for frame in frames[::8]])
    colored = Image.fromarray(pixels[pixels.min(axis=1) < 248][None])
    colors = colored.quantize(158, method=Image.Quantize.MEDIANCUT).getpalette() or []
    palette = Image.new("P", (1, 1))
    palette.putpalette([*colors[: 3 * 158], 255, 255, 255, 0, 0, 0])
    images = [frame.quantize(palette=palette, dither=Image.Dither.NONE) for frame in frames]
    images[0].save(path, save_all=True, append_images=images[1:], duration=FRAME, loop=0, optimize=False)


def main(path: Path) -> None:
    morphology, recording = gm.demo_cell()
    scene = gm.Scene(
        morphology,
        recording,
        clim=(-80, 30),
        min_width=2.25,  # the film is small
        camera=gm.Camera(azim=-60, elev=5),
        annotations=(gm.ColorBar(), gm.Clock(), gm.ScaleBar()),
    )
    with ViewSession(scene, SIZE) as session:
        write_gif(record(session), path)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
