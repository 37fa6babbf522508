"""SynapseLegend and LabelLegend: the populations or labels that colours stand for."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from ...errors import SceneError
from ..colors import Rgba, contrast
from ..palettes import LEAST_CONTRAST
from .base import Place, View
from .canvas import Canvas, line_height, text_width
from .shortened import shortened_all
from .static import StaticAnnotation

_HEIGHT, _WIDTH = 0.45, 0.3  # of the picture, at most
_LONGEST_NAME = 0.2  # of the picture's width
_HIDDEN = "inactive"


@dataclass(frozen=True, kw_only=True)
class _Legend(StaticAnnotation):
    """Colours and their names, in columns if there are many; the number of those that do not fit is shown."""

    place: Place = "upper right"
    title: str | None = None

    needs_recording = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.title is not None and not isinstance(self.title, str):
            raise SceneError(f"title must be a string or None, got {self.title!r}")

    @abstractmethod
    def _colors(self, view: View) -> Mapping[str, Rgba]:
        """Colours by name, at least one."""

    @abstractmethod
    def _mark(self, canvas: Canvas, x: float, y: float, color: Rgba, edge: Rgba | None, view: View) -> None:
        """Draw the mark of a colour; (x, y) is the middle of its left edge."""

    def canvas(self, view: View) -> Canvas:
        """See `StaticAnnotation`."""
        text, line = view.text, line_height(view.text)
        titles, colors = self.title.split("\n") if self.title else [], self._colors(view)
        indent, gap = round(1.05 * text), round(text)
        heading = max((text_width(title, text) for title in titles), default=0)
        columns = _columns(colors, len(titles), view, indent, gap, heading - indent)
        widths = [indent + max(text_width(name, text) for name, _ in column) for column in columns]
        width = max(sum(widths) + gap * (len(widths) - 1), heading)
        canvas = Canvas.over(view, (width, line * (len(titles) + len(columns[0]))))
        for k, title in enumerate(titles):
            canvas.text(0, line * (k + 0.5), title, text, view.ink)
        for k, column in enumerate(columns):
            x = sum(widths[:k]) + gap * k
            for row, (name, color) in enumerate(column):
                y = line * (len(titles) + row + 0.5)
                if color is not None:
                    self._mark(canvas, x, y, color, view.ink if _is_faint(color, view.paper) else None, view)
                canvas.text(x + indent, y, name, text, view.ink)
        return canvas


def _columns(
    colors: Mapping[str, Rgba], n_titles: int, view: View, indent: int, gap: int, wide: float
) -> list[list[tuple[str, Rgba | None]]]:
    """Columns of shortened names and their colours; the first column is the longest. ``wide`` is free for names."""
    (width, height), text = view.size, view.text
    longest = max(wide, min(max(_LONGEST_NAME * width, 10 * text), 2 * _LONGEST_NAME * width))
    n_rows = max(2, int(_HEIGHT * height / line_height(text)) - n_titles)
    most = n_rows * max(1, int((_WIDTH * width + gap) / (indent + gap)))  # of the shortest names
    names = shortened_all(list(islice(colors, most)), text, longest)
    widest = indent + max(text_width(name, text) for name in names)
    n_columns = max(1, int((_WIDTH * width + gap) / (widest + gap)))
    entries: list[tuple[str, Rgba | None]] = [*zip(names, colors.values(), strict=False)]
    if len(colors) > n_rows * n_columns:
        entries = entries[: n_rows * n_columns - 1]
        entries.append((f"+{len(colors) - len(entries)} more", None))
    n_columns = -(-len(entries) // n_rows)
    n_rows = -(-len(entries) // n_columns)  # columns of about equal length
    return [entries[k : k + n_rows] for k in range(0, len(entries), n_rows)]


@dataclass(frozen=True, kw_only=True)
class SynapseLegend(_Legend):
    """The colours of the populations of synapses.

    Parameters
    ----------
    place : Place
        Where it stands.
    title : str, optional
        One or more lines above the names.

    Raises
    ------
    SceneError
        A wrong argument; when the picture is made, a scene without synapses.

    Examples
    --------
    >>> morphology, _ = gm.demo_cell()
    >>> synapses = gm.SynapseEvents([(0, 0, 50)], [0], ("thalamus",), [0], [5.0])
    >>> scene = gm.Scene(morphology, synapses=synapses, color="lightgrey", annotations=(gm.SynapseLegend(),))
    >>> gm.render_image(scene, time=5.5, size=(320, 240)).shape
    (240, 320, 3)
    """

    def _colors(self, view: View) -> Mapping[str, Rgba]:
        colors = {name: color for name, color in view.synapse_colors.items() if name.strip().lower() != _HIDDEN}
        if not colors:
            raise SceneError("the SynapseLegend has no synapses to show: give the scene synapses, or leave it out")
        return colors

    def _mark(self, canvas: Canvas, x: float, y: float, color: Rgba, edge: Rgba | None, view: View) -> None:
        radius = round(0.31 * view.text, 1)
        canvas.disc(x + 0.31 * view.text, y, radius, color, edge)


@dataclass(frozen=True, kw_only=True)
class LabelLegend(_Legend):
    """The colours of the sections' labels (soma, dendrite, axon), of cells, or of the labels of `LabelColors`.

    Parameters
    ----------
    place : Place
        Where it stands.
    title : str, optional
        One or more lines above the names.

    Raises
    ------
    SceneError
        A wrong argument; when the picture is made, colours that stand for no labels.

    Examples
    --------
    >>> morphology, _ = gm.demo_cell()
    >>> scene = gm.Scene(morphology, color="label", annotations=(gm.LabelLegend(title="sections"),))
    >>> gm.render_image(scene, size=(320, 240)).shape
    (240, 320, 3)
    """

    def _colors(self, view: View) -> Mapping[str, Rgba]:
        if not view.label_colors:
            raise SceneError(
                "the LabelLegend has no labels to show: colour the scene by them with color='labels' or 'cell', or "
                "leave it out"
            )
        return view.label_colors

    def _mark(self, canvas: Canvas, x: float, y: float, color: Rgba, edge: Rgba | None, view: View) -> None:
        side = round(0.62 * view.text)
        top = round(y - side / 2)
        if edge is not None:
            canvas.rectangle(x, top, side, side, edge)
            canvas.rectangle(x + view.line, top + view.line, side - 2 * view.line, side - 2 * view.line, color)
        else:
            canvas.rectangle(x, top, side, side, color)


def _is_faint(color: Rgba, paper: Rgba) -> bool:
    """True for a colour of little contrast to the background, such as yellow on white."""
    return contrast(color, paper) < LEAST_CONTRAST
