"""Names that are shortened to a width, so that they still can be told apart."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import takewhile

from .canvas import text_width

_MAX_CHARACTERS = 4096  # of a name that is looked at
_HEADS = (0.5, 0.25, 0.75, 0.0, 1.0)  # how much of what is kept stands before the ellipsis; what is tried, in order


def shortened(name: str, height: float, width: float, *, head: float = 0.5) -> str:
    """A name in text of a height, with an ellipsis for its middle if it is wider than ``width``; pixels.

    ``head`` is the fraction of the kept characters that stands before the ellipsis.
    """
    if len(name) <= _MAX_CHARACTERS and text_width(name, height) <= width:
        return name
    if len(name) > _MAX_CHARACTERS:
        name = name[: _MAX_CHARACTERS // 2] + name[-_MAX_CHARACTERS // 2 :]

    def cut(n_kept: int) -> str:
        n_before = round(head * n_kept)
        return name[:n_before].rstrip() + "…" + name[len(name) - n_kept + n_before :].lstrip()

    kept, too_many = 1, len(name)
    while too_many - kept > 1:
        middle = (kept + too_many) // 2
        if text_width(cut(middle), height) <= width:
            kept = middle
        else:
            too_many = middle
    return cut(kept)


def shortened_all(names: Sequence[str], height: float, width: float) -> list[str]:
    """Names that stand beside each other: all are cut where they differ afterwards, if there is such a place."""
    alike = takewhile(lambda letters: len(set(letters)) == 1, zip(*names, strict=False))
    n_shared = sum(1 for _ in alike)  # letters with which all begin
    ellipsis = text_width("…", height)
    ways: list[Callable[[str], str]] = [
        *(partial(shortened, height=height, width=width, head=head) for head in _HEADS),
        lambda name: "…" + shortened(name[n_shared:], height, width - ellipsis, head=1.0),
    ]
    best: list[str] = []
    for way in ways:
        cut = [way(name) for name in names]
        best = cut if len(set(cut)) > len(set(best)) else best
        if len(set(best)) == len(set(names)):
            break
    return best
