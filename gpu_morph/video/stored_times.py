"""The times at which a film's frames are shown, read from its file without decoding it."""

from __future__ import annotations

import os
from array import array
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ..errors import EncoderError
from .ffmpeg import ffmpeg_lines, run_ffmpeg


@dataclass(frozen=True)
class FrameTimes:
    """When the frames of a film are shown, in the order in which they are stored.

    Parameters
    ----------
    tick : Fraction
        Seconds per unit of ``ticks``.
    ticks : array of int
        One per frame. An array, because a long film has a million.
    """

    tick: Fraction
    ticks: array[int]

    def numbers(self, rate: Fraction) -> Sequence[int] | None:
        """Each frame's number, from its time and the rate in frames per second.

        None unless the numbers are 0 to ``len(ticks) - 1``, each once.
        """
        if not self.ticks:
            return None
        first, (numerator, denominator) = min(self.ticks), (self.tick * rate).as_integer_ratio()
        numbers = array("q", (((tick - first) * numerator * 2 // denominator + 1) // 2 for tick in self.ticks))
        is_there = bytearray(len(numbers))
        for number in numbers:
            if number < len(numbers):
                is_there[number] = True
        return numbers if all(is_there) else None


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
    arguments = [*source, "-map", "0:v:0", "-c", "copy", "-f", "framecrc", "-"]
    tick, ticks = Fraction(1), array("q")
    with closing(ffmpeg_lines(arguments, failure=failure, folder=folder)) as lines:
        for line in lines:
            if line.startswith(b"#tb 0:"):
                tick = Fraction(line.split()[-1].decode())
            elif not line.startswith(b"#"):
                ticks.append(int(line.split(b",")[2]))
    return FrameTimes(tick, ticks)


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
