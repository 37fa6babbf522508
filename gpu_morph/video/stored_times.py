"""The times at which a film's frames are shown, read from its file without decoding it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ..errors import EncoderError
from .ffmpeg import run_ffmpeg


@dataclass(frozen=True)
class FrameTimes:
    """When the frames of a film are shown, in the order in which they are stored.

    Parameters
    ----------
    tick : Fraction
        Seconds per unit of ``ticks``.
    ticks : list of int
        One per frame.
    """

    tick: Fraction
    ticks: list[int]

    def numbers(self, rate: Fraction) -> list[int] | None:
        """Each frame's number, from its time and the rate in frames per second.

        None unless the numbers are 0 to ``len(ticks) - 1``, each once.
        """
        if not self.ticks:
            return None
        first = min(self.ticks)
        numbers = [round((tick - first) * self.tick * rate) for tick in self.ticks]
        return numbers if sorted(numbers) == list(range(len(numbers))) else None


def input_of(film: Path) -> list[str]:
    """ffmpeg's input options for a film. It does not recognise a transport stream of one or two frames by itself."""
    return [*(["-f", "mpegts"] if film.suffix.lower() == ".ts" else []), "-i", f"file:{film}"]


def read_frame_times(source: list[str], *, failure: str, folder: Path | None = None) -> FrameTimes:
    """Read the times of a film's frames.

    Parameters
    ----------
    source : list of str
        ffmpeg's input options, such as ``["-i", "file:film.mp4"]``.
    failure : str
        Begins the message of an error.
    folder : Path, optional
        Where ffmpeg runs.

    Raises
    ------
    EncoderError
        ffmpeg cannot read it.
    """
    # One line per frame. Not every version of ffmpeg prints a count of frames.
    output = run_ffmpeg([*source, "-map", "0:v:0", "-c", "copy", "-f", "framecrc", "-"], failure=failure, folder=folder)
    lines = output.splitlines()
    tick = next((Fraction(line.split()[-1]) for line in lines if line.startswith("#tb 0:")), Fraction(1))
    return FrameTimes(tick, [int(line.split(",")[2]) for line in lines if not line.startswith("#")])


def checked_frame_times(film: Path, n_frames: int, *, failure: str) -> FrameTimes:
    """The times of a film's frames; ``failure`` as in `read_frame_times`.

    Raises
    ------
    EncoderError
        ffmpeg cannot read it, or it has more or fewer frames than ``n_frames``, or none.
    """
    times = read_frame_times(input_of(film), failure=failure)
    if not times.ticks or len(times.ticks) != n_frames:
        raise EncoderError(f"the film should have {n_frames} frames, but {len(times.ticks)} were written")
    return times


def check_first_frame(film: Path, *, failure: str) -> None:
    """Check that the first frame of a film can be decoded; ``failure`` as in `read_frame_times`.

    Raises
    ------
    EncoderError
        It cannot.
    """
    output = run_ffmpeg([*input_of(film), "-map", "0:v:0", "-frames:v", "1", "-f", "framecrc", "-"], failure=failure)
    if all(line.startswith("#") for line in output.splitlines()):
        raise EncoderError(f"{failure}: no frame can be decoded")


def count_frames(path: str | os.PathLike[str]) -> int:
    """Number of frames in a film, counted by reading the file.

    Raises
    ------
    EncoderError
        ffmpeg cannot read it.
    """
    name = os.fspath(path)
    return len(read_frame_times(input_of(Path(name)), failure=f"ffmpeg cannot read {name}").ticks)
