"""Joining of pieces into a film: their packets are copied, not encoded again, and the film is checked."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

from ..errors import EncoderError
from ..system.atomic_files import atomic_path
from .containers import container
from .ffmpeg import run_ffmpeg
from .gif import write_gif, write_palette
from .stored_times import FrameTimes, check_first_frame, checked_frame_times, input_of, read_frame_times

_FAILURE = "ffmpeg could not join the film's pieces"


def piece_ending(ending: str) -> str:
    """Ending of the files of a film's pieces: the film's own, unless that format cannot be copied from."""
    return container(ending).piece_ending or ending


def join_pieces(pieces: Sequence[tuple[Path, int]], target: Path, *, rate: Fraction, gif_plays: int = 0) -> None:
    """Make a film of pieces. The file appears under its name only when it is complete.

    Parameters
    ----------
    pieces : sequence of (Path, int)
        Files in the order of the film, all in one folder, and how many frames each has.
    target : Path
        The film; ".gif" finds the colours that suit all its frames, as `open_video` does.
    rate : Fraction
        Frames per second.
    gif_plays : int
        As in `Encoding`.

    Raises
    ------
    EncoderError
        ffmpeg failed, or the film does not have all frames, each at its time.
    """
    ending, n_frames = target.suffix.lower(), sum(count for _, count in pieces)
    with atomic_path(target) as part:
        listing, lossless, palette = (part.with_suffix(other) for other in (".ffconcat", ".mov", ".png"))
        try:
            listing.write_bytes(os.fsencode(_listing(pieces, rate)))
            if ending != ".gif":
                _join(pieces, listing, part, n_frames, rate)
            else:
                _join(pieces, listing, lossless, n_frames, rate)
                write_palette(lossless, palette)
                write_gif(lossless, palette, part, plays=gif_plays)
                checked_frame_times(part, n_frames, failure=_FAILURE)
        finally:
            for path in {listing, lossless, palette} - {part}:
                path.unlink(missing_ok=True)


def _listing(pieces: Sequence[tuple[Path, int]], rate: Fraction) -> str:
    """A file for ffmpeg's concat. Each piece ends where the next begins, to the µs: errors do not add up.

    Pieces are named within their folder, in which ffmpeg runs: the folder's name may have a line break.
    """
    lines, n_before = ["ffconcat version 1.0"], 0
    for path, count in pieces:
        begin, end = (round(n_frames / rate * 1_000_000) for n_frames in (n_before, n_before + count))
        quoted = f"file:{path.name}".replace("'", "'\\''")
        lines += [f"file '{quoted}'", f"duration {end - begin}us"]
        n_before += count
    return "\n".join(lines) + "\n"


def _join(pieces: Sequence[tuple[Path, int]], listing: Path, joined: Path, n_frames: int, rate: Fraction) -> None:
    """Copy the pieces of a listing into one film, and check it.

    How frames are stored is read from the longest piece first: nearly always all are stored like it, and reading all
    takes as long as copying them. A film that keeps times shows when they are not; then all pieces are read.
    """
    folder = pieces[0][0].parent
    everything = ["-f", "concat", "-safe", "0", "-i", f"file:{listing}"]
    if container(joined.suffix).keeps_times:
        longest, _ = max(pieces, key=lambda piece: piece[1])
        try:
            _copy(everything, joined, _times(input_of(longest), folder), n_frames, rate, folder)
        except EncoderError:
            pass
        else:
            return
    sample = _times(everything, folder)
    try:
        _copy(everything, joined, sample, n_frames, rate, folder)
    except EncoderError:
        if not _has_other_pieces(joined) and container(joined.suffix).keeps_times:
            raise
        # In .mpg, .ts and .avi a decoder finds its parameters in the stream only; MPEG-4 in .mp4 pieces has them
        # outside.
        _copy(everything, joined, sample, n_frames, rate, folder, filters=("dump_extra",))


def _copy(
    source: list[str],
    joined: Path,
    sample: FrameTimes,
    n_frames: int,
    rate: Fraction,
    folder: Path,
    *,
    filters: tuple[str, ...] = (),
) -> None:
    """Copy pieces whose frames are stored in the order of ``sample``, and check the frames of the result."""
    arguments = ["-y", *source, "-map", "0:v:0", "-c", "copy"]
    numbers = sample.numbers(rate)
    if numbers is not None:
        # Each frame is shown exactly at its number's time. It is stored after the one before it, also where a piece
        # was too short for the delay of B-frames. The millionth rounds halves up, as the encoder does.
        per_frame, first = f"{rate.denominator}/({rate.numerator}*TB)", min(sample.ticks)
        shown = f"round(round((PTS-{first})*TB*{rate.numerator}/{rate.denominator})*{per_frame}+1e-6)"
        stored = f"round((N-{_delay(numbers)})*{per_frame}+1e-6)"
        filters = (f"setts=pts={shown}:dts={stored}", *filters)
    if filters:
        arguments += ["-bsf:v", ",".join(filters)]
    film_format = container(joined.suffix)
    run_ffmpeg([*arguments, *film_format.options, f"file:{joined}"], failure=_FAILURE, folder=folder)
    written = checked_frame_times(joined, n_frames, failure=_FAILURE)
    if film_format.keeps_times and numbers is not None:
        written_numbers = written.numbers(rate)
        if written_numbers is None or _delay(written_numbers) > _delay(numbers):
            raise EncoderError("the frames of the joined film are not shown one after the other")
    if _has_other_pieces(joined):
        check_first_frame(joined, failure=_FAILURE)


def _has_other_pieces(joined: Path) -> bool:
    """True if the pieces are files of another format."""
    return container(joined.suffix).piece_ending is not None


def _delay(numbers: Sequence[int]) -> int:
    """How many frames after a frame is stored it may be shown: what B-frames need."""
    return max(stored - number for stored, number in enumerate(numbers))


def _times(source: list[str], folder: Path) -> FrameTimes:
    return read_frame_times(source, failure=_FAILURE, folder=folder)
