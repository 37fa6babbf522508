"""Showing a scene that can be turned with the mouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..image.image import Size
from ..scene.panels.shown import check_one_scene
from ..scene.scene import Scene
from ..system.notebook import has_kernel

if TYPE_CHECKING:
    from .session import ViewSession


def view(
    scene: Scene, time: float | None = None, *, size: Size = (800, 600), device: int | str | None = None
) -> ViewSession:
    """Show a scene that can be turned, moved and zoomed with the mouse, with a slider for the time.

    In a notebook, it is shown below the cell; pictures are drawn in the kernel, and only they travel to the browser.
    Elsewhere a window opens, and this returns when it is closed. Press "?" in it for its keys.

    Parameters
    ----------
    scene : Scene
        What to show.
    time : float, optional
        The first time that is shown, ms. None: the first one of the recording.
    size : (width, height)
        Of the view with its controls, logical pixels. The view can be resized.
    device : int, "auto", "cpu", optional
        Which GPU.

    Returns
    -------
    ViewSession
        Its ``camera``, ``time`` and ``clim`` are what is shown, and can be set; ``scene`` is what is seen, for
        `render_video`. `close` ends it; a window that was closed still says what was seen last.

    Raises
    ------
    UnsupportedError
        In a notebook: jupyter_rfb is not installed.
    ContextError
        There is no OpenGL; or there is neither a notebook nor a screen for a window.
    ValueError
        A wrong argument.

    Examples
    --------
    In a notebook:

    >>> morphology, recording = gm.demo_cell()
    >>> scene = gm.Scene(morphology, recording)
    >>> viewer = gm.view(scene, time=5.2)  # doctest: +SKIP
    >>> gm.render_video(viewer.scene, "cell.mp4")  # doctest: +SKIP
    """
    check_one_scene(scene, "view")
    if not has_kernel():
        from .window import view_in_window

        return view_in_window(scene, size, time=time, device=device)
    from .notebook import NotebookViewer

    return NotebookViewer(scene, size, time=time, device=device)
