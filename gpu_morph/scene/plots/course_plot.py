"""CoursePlot: what happens over time, before and after the frame's time."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Protocol

import numpy as np

from ..annotations.base import Sprite, View
from ..annotations.canvas import Canvas
from .base import PanelPlot
from .time_axes import FAINT, Future, TimeAxes, room_for


class Course(Protocol):
    """What happens over time, at one size."""

    @property
    def axes(self) -> TimeAxes:
        """The area."""

    @property
    def labels(self) -> Sequence[str]:
        """What stands to the left of the area."""

    def draw_axes(self, canvas: Canvas) -> None:
        """Draw what does not change on a canvas of the panel's size."""

    def draw_course(self, canvas: Canvas, start: float, stop: float, opacity: float) -> None:
        """Draw what happens from one time to another."""

    def heads(self, time: float) -> Sequence[Sprite]:
        """What is at the frame's time."""


class TimePlot(PanelPlot):
    """A plot over time; children have a field ``future``."""

    future: Future

    @abstractmethod
    def course(self, view: View, left: int) -> Course:
        """What is drawn in a picture of ``view.size``, ``left`` pixels from its left edge."""

    def left(self, view: View) -> int:
        """See `PanelPlot`."""
        return room_for(self.course(view, 0).labels, view)

    def drawing(self, view: View, left: int) -> CoursePlot:
        """See `PanelPlot`."""
        return CoursePlot(self.course(view, left), self.future)


class CoursePlot:
    """A `PlotDrawing` of what happens over time: what has been, in full, and what comes, faint.

    Parameters
    ----------
    drawn : Course
        What is drawn.
    future : {"faint", "hidden", "full"}
        What of later times is seen.
    """

    def __init__(self, drawn: Course, future: Future) -> None:
        self._drawn, self._axes = drawn, drawn.axes
        self._future = {"faint": FAINT, "hidden": 0.0, "full": 1.0}[future]
        self._cursor = self._axes.cursor()

    @cached_property
    def _static(self) -> Sprite:
        canvas = Canvas(self._axes.view.size)
        self._drawn.draw_axes(canvas)
        return canvas.sprite(0, 0)

    @cached_property
    def grounds(self) -> Sequence[Sequence[Sprite]]:
        """All of the course, as it is once it has been, and while it is to come; see `PlotDrawing`."""
        course = self._course(*self._axes.window, 1.0)
        later = course.image.copy()
        later[..., 3] = np.round(later[..., 3] * self._future)
        return [[self._static, course], [self._static, replace(course, image=later, shapes=None)]]

    def _course(self, start: float, stop: float, opacity: float) -> Sprite:
        axes = self._axes
        canvas = Canvas(axes.view.size)
        if opacity:
            self._drawn.draw_course(canvas, start, stop, opacity)
        return canvas.sprite(0, 0)

    def _edge(self, time: float | None) -> float:
        """Up to which time the course has been; without a time, all of it."""
        start, stop = self._axes.window
        return stop if time is None else min(max(time, start), stop)

    def parts(self, time: float | None) -> Sequence[tuple[int, int, int]]:
        """See `PlotDrawing`."""
        width = self._axes.view.size[0]
        edge = width if time is None else round(self._axes.x(self._edge(time)))
        return [(0, 0, edge), (1, edge, width)]

    def vectors(self, time: float | None) -> Sequence[Sprite]:
        """See `PlotDrawing`."""
        edge = self._edge(time)
        start, stop = self._axes.window
        courses = [self._course(start, edge, 1.0), self._course(edge, stop, self._future)]
        return [self._static, *courses, *self.changing(time)]

    def changing(self, time: float | None) -> Sequence[Sprite]:
        """A line at the frame's time, and what is on it; see `PlotDrawing`."""
        if time is None or not self._axes.shows(time):
            return ()
        return [self._cursor(self._axes.x(time), self._axes.top), *self._drawn.heads(time)]
