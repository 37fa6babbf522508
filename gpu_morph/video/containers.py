"""Film formats by the ending of the file's name. A new format is one row."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Container:
    """A film format.

    Parameters
    ----------
    ending : str
        Of a file's name, in lower case, such as ".mp4".
    options : tuple of str
        ffmpeg's output options for every film of this format.
    keeps_times : bool
        The file keeps the time of each frame.
    piece_ending : str, optional
        Ending of the files that pieces are written to before they are joined, where the format itself cannot be
        copied from. None: its own.
    joins_exactly : bool
        Pieces that are joined are the same film as one that is encoded at once, with every codec.
    codecs : tuple of str
        What ``codec="auto"`` stands for, where the format does not hold H.264: the first that ffmpeg has.
    """

    ending: str
    options: tuple[str, ...] = ()
    keeps_times: bool = True
    piece_ending: str | None = None
    joins_exactly: bool = True
    codecs: tuple[str, ...] = ()


_INDEX_FIRST = ("-movflags", "+faststart")  # a player can start before it has the whole file

CONTAINERS = (
    Container(".mp4", _INDEX_FIRST),
    Container(".mkv"),
    Container(".mov", _INDEX_FIRST),
    Container(".m4v", _INDEX_FIRST),
    Container(".avi", keeps_times=False, joins_exactly=False),
    Container(".webm", codecs=("libvpx-vp9", "libvpx")),
    Container(".mpg", keeps_times=False, piece_ending=".mp4", joins_exactly=False),
    Container(".mpeg", keeps_times=False, piece_ending=".mp4", joins_exactly=False),
    Container(".ts", piece_ending=".mp4"),
    Container(".flv"),
    Container(".wmv", joins_exactly=False),
    Container(".ogv", codecs=("libtheora",)),
    Container(".gif", piece_ending=".mov", joins_exactly=False),
)
_BY_ENDING = {container.ending: container for container in CONTAINERS}


def container(ending: str) -> Container:
    """The film format of a file name's ending, in any case.

    Raises
    ------
    ValueError
        No film format has this ending.
    """
    try:
        return _BY_ENDING[ending.lower()]
    except KeyError:
        raise ValueError(f"{ending!r} is not the ending of a film; give one of {', '.join(_BY_ENDING)}") from None
