"""Times of frames as words of the command line."""

from __future__ import annotations

import argparse
from os.path import isfile
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..data.frame_times import checked_times
from ..scene.timeline import Timeline

_LISTED, _POINTS = "expected times in ms such as 3,3.5,4", "expected second:ms,second:ms such as 0:0,2:5.5"


def listed_times(text: str) -> npt.NDArray[np.float64]:
    """(n_frames,) float64, ms, of "3,3.5,4", or of a text file with these, also in lines.

    Raises
    ------
    ArgumentTypeError
        Another form; the message names the file.
    """
    words, where = _words(text)
    try:
        return checked_times([float(word) for word in words])
    except ValueError as cause:
        raise argparse.ArgumentTypeError(f"{where}{_LISTED}, or a file of them: {cause}") from cause


def timeline(text: str) -> Timeline:
    """The timeline of "0:0,2:5.5", or of a text file whose lines have a second of film and a time in ms.

    Raises
    ------
    ArgumentTypeError
        Another form; the message names the file.
    """
    words, where = _words(text)
    points = [tuple(word.split(":")) for word in words]
    if where:
        points = [tuple(words[k : k + 2]) for k in range(0, len(words), 2)]
    try:
        return Timeline([tuple(map(float, point)) for point in points])
    except (ValueError, TypeError) as cause:
        raise argparse.ArgumentTypeError(f"{where}{_POINTS}, or a file with two columns: {cause}") from cause


def _words(text: str) -> tuple[list[str], str]:
    """The words between commas, blanks and ends of lines; and "file: " where a file has them."""
    path = Path(text)
    if not isfile(path):  # Path.is_file raises for words that are longer than a name may be
        return [word.strip() for word in text.split(",")], ""
    try:
        content = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise argparse.ArgumentTypeError(f"{path} is no text file that can be read: {cause}") from cause
    lines = (line.partition("#")[0].replace(",", " ").replace(":", " ") for line in content.splitlines())
    return " ".join(lines).split(), f"{path}: "
