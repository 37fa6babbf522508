"""NotebookViewer: a view in a cell of a notebook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import UnsupportedError
from ..image.image import Size
from ..scene.scene import Scene
from .session import ViewSession

if TYPE_CHECKING:
    from .frame_widget import FrameWidget


class _Cell(NamedTuple):
    """A cell of a notebook while it runs; ``name`` is None where the front end does not say which it is."""

    name: str | None
    execution_count: int

    @classmethod
    def running(cls) -> _Cell:
        from IPython import get_ipython

        shell = get_ipython()
        request: dict[str, Any] = getattr(shell, "get_parent", dict)()
        return cls(request.get("metadata", {}).get("cellId"), shell.execution_count)


class NotebookViewer(ViewSession):
    """A view that a notebook shows where it was made, and once more in each cell that ends with it.

    Pictures are drawn in the kernel and sent to the browser. Running a cell again closes the views that it made before.

    Parameters
    ----------
    scene, size, time, device
        As of `ViewSession`.

    Raises
    ------
    UnsupportedError
        jupyter_rfb is not installed.
    ContextError
        There is no OpenGL.
    """

    def __init__(
        self, scene: Scene, size: Size = (800, 600), *, time: float | None = None, device: int | str | None = None
    ) -> None:
        try:
            from .frame_widget import FrameWidget
        except ImportError as cause:
            raise UnsupportedError(
                f'view: notebooks need jupyter_rfb ({cause}); pip install "gpu_morph[notebook]". '
                "gm.write_html(scene, None) shows a web page that needs nothing"
            ) from cause
        self._widget: FrameWidget | None = None
        self._cell = _Cell.running()
        super().__init__(scene, size, time=time, device=device)
        try:
            self._widget = FrameWidget(self)
            self.wait_idle()
            self._display()
        except BaseException:
            self.close()
            raise

    def _display(self) -> None:
        from IPython.display import display

        self._cell = cell = _Cell.running()
        _open_viewers[:] = [viewer for viewer in _open_viewers if not viewer.is_closed]
        for other in tuple(_open_viewers):
            if other._cell.name == cell.name is not None and other._cell.execution_count != cell.execution_count:
                other.close()  # the cell runs again, and the notebook has dropped what it showed
        if self not in _open_viewers:
            _open_viewers.append(self)
        display(self._widget)

    def _ipython_display_(self) -> None:
        """Show it in this cell, unless it shows it already."""
        if self._cell != _Cell.running() and not self.is_closed:
            self._display()

    def close(self) -> None:
        """End the view, and take it out of the notebook; further calls do nothing."""
        super().close()
        if self in _open_viewers:
            _open_viewers.remove(self)
        widget, self._widget = self._widget, None
        if widget is not None:
            widget.print_texts()
            widget.close()


_open_viewers: list[NotebookViewer] = []
