"""Pieces into a film: copied one after the other, and looked at afterwards."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from ..errors import EncoderError
from .writer import ffmpeg, index_arguments, last_words, write_gif

_TIMELESS = (".avi", ".mpg", ".mpeg")  # films that do not keep the time of each frame


def piece_ending(ending: str) -> str:
    """Of the files of pieces for a film: its own, unless that cannot be copied from."""
    return {".gif": ".mov", ".mpg": ".mp4", ".mpeg": ".mp4"}.get(ending, ending)


def join_pieces(pieces: Sequence[tuple[Path, int]], target: Path, *, rate: Fraction) -> None:
    """Make a film of pieces; it gets its name only when it is whole.

    Parameters
    ----------
    pieces : sequence of (Path, int)
        Files in the order of the film, and how many frames each has.
    target : Path
        The film; ".gif" finds the colours that suit all its frames, as `open_video` does.
    rate : Fraction
        Frames per second.

    Raises
    ------
    EncoderError
        ffmpeg failed, or the film has not all frames, each at its time.
    """
    ending, n_frames = target.suffix.lower(), sum(count for _, count in pieces)
    part = target.with_name(f".{target.stem[:40]}.{secrets.token_hex(4)}.part{ending}")
    lossless, palette, listing = (part.with_suffix(other) for other in (".mov", ".png", ".ffconcat"))
    joined = lossless if ending == ".gif" else part
    try:
        listing.write_text(_listing(pieces, rate), encoding="utf-8")
        everything = ["-f", "concat", "-safe", "0", "-i", f"file:{listing}"]
        looks = [everything]
        if ending not in _TIMELESS:
            # Nearly always all pieces are stored like the longest, and to look at them all takes as long as to copy
            # them. A film that keeps times shows when they are not.
            longest, _ = max(pieces, key=lambda piece: piece[1])
            looks.insert(0, ["-i", f"file:{longest}"])
        for look in looks:
            try:
                _join(everything, joined, _times(look), n_frames, rate)
                break
            except EncoderError:
                if look is everything:
                    raise
        if ending == ".gif":
            colors = ["-vf", "palettegen", "-frames:v", "1", "-c:v", "png", "-f", "image2pipe", f"file:{palette}"]
            _run(["-y", "-i", f"file:{joined}", *colors])
            write_gif(joined, palette, part)
            _counted(part, n_frames)
        os.replace(part, target)
    finally:
        for path in {part, lossless, palette, listing}:
            path.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Times:
    """When the frames of a film are shown, in ``tick`` seconds, in the order in which they are stored."""

    tick: Fraction
    ticks: list[int]

    def numbers(self, rate: Fraction) -> list[int] | None:
        """Each frame's number by its time; None unless they are the numbers from 0 on, each once."""
        if not self.ticks:
            return None
        first = min(self.ticks)
        numbers = [round((tick - first) * self.tick * rate) for tick in self.ticks]
        return numbers if sorted(numbers) == list(range(len(numbers))) else None

    def delay(self, numbers: list[int]) -> int:
        """How many frames later than it is stored a frame may be shown: what B-frames ask for."""
        return max(place - number for place, number in enumerate(numbers))


def _listing(pieces: Sequence[tuple[Path, int]], rate: Fraction) -> str:
    """For ffmpeg's concat. Each piece ends where the next begins, to the µs: nothing adds up."""
    lines, shown = ["ffconcat version 1.0"], 0
    for path, count in pieces:
        begin, end = (round(n_frames / rate * 1_000_000) for n_frames in (shown, shown + count))
        quoted = f"file:{path}".replace("'", "'\\''")
        lines += [f"file '{quoted}'", f"duration {end - begin}us"]
        shown += count
    return "\n".join(lines) + "\n"


def _times(source: list[str]) -> _Times:
    output = _run([*source, "-map", "0:v:0", "-c", "copy", "-f", "framecrc", "-"]).splitlines()
    (tick,) = (Fraction(line.split()[-1]) for line in output if line.startswith("#tb 0:"))
    return _Times(tick, [int(line.split(",")[2]) for line in output if not line.startswith("#")])


def _join(pieces: list[str], joined: Path, like: _Times, n_frames: int, rate: Fraction) -> None:
    """Copy pieces, whose frames are taken to be stored as those are that were looked at, and check what comes of it."""
    command = ["-y", *pieces, "-map", "0:v:0", "-c", "copy"]
    numbers = like.numbers(rate)
    if numbers is not None:
        # Each frame at its number's time exactly; stored one after the other, also where a piece was too short for
        # the delay that B-frames take. The millionth makes halves round up as the encoder's do.
        per_frame, first = f"{rate.denominator}/({rate.numerator}*TB)", min(like.ticks)
        shown = f"round(round((PTS-{first})*TB*{rate.numerator}/{rate.denominator})*{per_frame}+1e-6)"
        stored = f"round((N-{like.delay(numbers)})*{per_frame}+1e-6)"
        command += ["-bsf:v", f"setts=pts={shown}:dts={stored}"]
    ending = joined.suffix.lower()
    _run([*command, *index_arguments(ending), f"file:{joined}"])
    there = _counted(joined, n_frames)
    if ending not in _TIMELESS and numbers is not None:
        shown_as = there.numbers(rate)
        if shown_as is None or there.delay(shown_as) > like.delay(numbers):
            raise EncoderError("the frames of the joined film are not shown one after the other")


def _counted(film: Path, n_frames: int) -> _Times:
    """When its frames are shown; an error if there are more or fewer."""
    there = _times(["-i", f"file:{film}"])
    if len(there.ticks) != n_frames:
        raise EncoderError(f"the film should have {n_frames} frames, but {len(there.ticks)} were written")
    return there


def _run(words: list[str]) -> str:
    """What ffmpeg writes to its standard output."""
    command = [ffmpeg(), "-v", "error", "-nostdin", *words]
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        start_new_session=os.name == "posix",  # Ctrl-C reaches us alone, and ends it
    )
    if done.returncode:
        raise EncoderError(f"ffmpeg could not join the film's pieces: {last_words(done.stderr)}")
    return done.stdout
