"""The line of text above a plot: its title, and the names of what it shows."""

from __future__ import annotations

from collections.abc import Sequence

from ..annotations.canvas import text_width
from ..annotations.shortened import shortened_all

_MOST_OF_TITLE = 0.5  # of the width, where names need the rest
_LEAST_NAME = 2.0  # heights of text


def heading(title: str, names: Sequence[str], text: float, width: float) -> tuple[str, list[str]]:
    """A title and names that fit beside each other, one height of text apart; shortened if they do not.

    Parameters
    ----------
    title, names : str, sequence of str
        Of names that have no space even if they are shortened, an ellipsis remains.
    text : float
        Height of text, pixels.
    width : float
        Pixels.
    """
    if not names:
        return shortened_title(title, text, width), []
    needed = sum(text_width(name, text) + text for name in names) - text
    own = min(text_width(title, text), max(_MOST_OF_TITLE * width, width - needed - text)) if title.strip() else 0.0
    shown = shortened_title(title, text, own) if own else title
    room = width - (text_width(shown, text) + text if own else 0.0)
    if needed <= room:
        return shown, list(names)
    most = max(1, int((room + text) / (_LEAST_NAME * text + text)))
    if most < len(names):
        kept = list(names[: most - 1])
        each = (room + text) / most - text
        return shown, [*(shortened_all(kept, text, each) if kept else []), "…"]
    return shown, shortened_all(names, text, (room + text) / len(names) - text)


def shortened_title(title: str, text: float, width: float) -> str:
    """A title that is not wider than ``width``, pixels."""
    return shortened_all([title], text, width)[0] if title else title
