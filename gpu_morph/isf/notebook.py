"""Animations in notebooks."""

from __future__ import annotations

from ..video.animation import Animation


class _DisplayedAnimation(Animation):
    """An animation that the notebook shows already: as a cell's value it is not shown again."""

    def _repr_html_(self) -> None:  # type: ignore[override]  # None: notebooks print repr() instead
        return None


def displayed(animation: Animation) -> Animation:
    """Show an animation in a notebook, also when it is not a cell's last value; without IPython, do nothing."""
    try:
        from IPython import get_ipython
        from IPython.display import display
    except ImportError:
        return animation
    if get_ipython() is None:
        return animation
    display(animation)
    return _DisplayedAnimation(animation.data, animation.size, animation.n_frames)
