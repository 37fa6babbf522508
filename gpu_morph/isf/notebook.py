"""Animations and web pages in notebooks."""

from __future__ import annotations

from ..export.web_page import WebPage
from ..system.notebook import is_notebook
from ..video.animation import Animation


class _DisplayedAnimation(Animation):
    """An animation that the notebook shows already: as a cell's value it is not shown again."""

    def _repr_html_(self) -> None:  # type: ignore[override]  # None: notebooks print repr() instead
        return None


class _DisplayedPage(WebPage):
    """A page that the notebook shows already."""

    def _repr_html_(self) -> None:  # type: ignore[override]
        return None


def displayed_page(page: WebPage) -> WebPage:
    """Show a page in a notebook, also when it is not a cell's last value; without IPython, do nothing."""
    if not is_notebook():
        return page
    from IPython.display import display

    display(page)
    return _DisplayedPage(page.html, page.path, page.n_times, page.bits)


def displayed(animation: Animation) -> Animation:
    """Show an animation in a notebook, also when it is not a cell's last value; without IPython, do nothing."""
    if not is_notebook():
        return animation
    from IPython.display import display

    display(animation)
    return _DisplayedAnimation(animation.data, animation.size, animation.n_frames)


def shows_figures() -> bool:
    """True in a notebook that shows pyplot's figures at the end of a cell, and closes them."""
    if not is_notebook():
        return False
    import matplotlib

    return "inline" in str(matplotlib.get_backend())
