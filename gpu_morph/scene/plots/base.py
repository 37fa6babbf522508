"""PanelPlot: the base class of what a panel shows in place of a scene."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from ...data.arrays import frozen_array
from ...errors import SceneError, brief
from ..annotations.base import Annotation, Sprite, View, checked_number

_MANY = 20  # groups, of which texts show some
_OF_GREAT = 1e-3  # of a number, around it


class PlotDrawing(Protocol):
    """A plot at one size."""

    @property
    def grounds(self) -> Sequence[Sequence[Sprite]]:
        """What does not change: one picture or several, each drawn once, of which frames have parts."""

    def parts(self, time: float | None) -> Sequence[tuple[int, int, int]]:
        """Which columns of a frame come from which of the pictures: its number, the first column, the one behind."""

    def changing(self, time: float | None) -> Sequence[Sprite]:
        """What changes from frame to frame, over them."""

    def vectors(self, time: float | None) -> Sequence[Sprite]:
        """All of it, from shapes, for files of vectors."""


class PanelPlot(ABC):
    """What a panel shows in place of a scene. Children are frozen dataclasses that can be pickled."""

    annotations: tuple[Annotation, ...] = ()  # a plot has none

    def __repr__(self) -> str:
        """What was given, without arrays and what is usual."""
        shown = []
        for field in sorted(fields(self), key=lambda field: field.kw_only is True):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            is_plain = isinstance(value, int | float | str)
            if value is not field.default and not (is_plain and value == field.default):
                shown.append(f"{field.name}={_described(value)}")
        return f"{type(self).__name__}({', '.join(shown)})"

    @property
    def sample_times(self) -> npt.NDArray[np.float64] | None:
        """Its own times, ms, rising, by which a film goes that has no recording; None without any."""
        times = getattr(self, "times", None)
        return None if times is None else np.asarray(times, dtype=np.float64)

    def left(self, view: View) -> int:  # noqa: ARG002 (children use it)
        """Pixels that it needs to the left of its area."""
        return 0

    @abstractmethod
    def drawing(self, view: View, left: int) -> PlotDrawing:
        """The plot in a picture of ``view.size``.

        ``left`` are pixels to the left of its area, as many as the plots above and below it need.
        """

    def for_worker(self, view: View) -> PanelPlot:  # noqa: ARG002 (children use it)
        """A plot that draws the same, and that a worker can draw with the packages that gpu_morph needs."""
        return self

    def fingerprint_fields(self) -> Mapping[str, Any]:
        """Its fields, as far as they say what it shows."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]

    def fingerprint_parts(self, times: npt.NDArray[np.float64]) -> Iterable[Any]:  # noqa: ARG002 (children use it)
        """What it shows at ``times`` (ms) besides its fields."""
        return ()


def _described(value: Any) -> str:
    """A short text for a field."""
    if isinstance(value, np.ndarray):
        return f"<{value.dtype} of shape {value.shape}>"
    if isinstance(value, tuple) and value and all(isinstance(one, np.ndarray) for one in value):
        return f"<{len(value)} rows>"
    if isinstance(value, Mapping) and len(value) < _MANY:
        return "{" + ", ".join(f"{name!r}: {_described(one)}" for name, one in value.items()) + "}"
    return brief(value)


def checked_limits(given: Any, name: str, unit: str) -> tuple[float, float] | None:
    """Two numbers that rise, or None; else raises SceneError."""
    if given is None:
        return None
    expected = f"{name} must be two finite numbers in {unit}, the lower first"
    try:
        low, high = given
    except (TypeError, ValueError) as cause:
        raise SceneError(f"{expected}, got {brief(given)}") from cause
    low, high = (checked_number(one, name, f"two finite numbers in {unit}") for one in (low, high))
    if not 0 < high - low < math.inf:
        raise SceneError(f"{expected}, got {brief(given)}")
    return low, high


def checked_sample_times(times: Any, rate: Any, count: int, *, what: str) -> npt.NDArray[np.float64]:
    """The times of ``count`` samples, ms, from the times themselves or from a rate in Hz, of which the first is at 0.

    Raises
    ------
    SceneError
        Neither or both are given, or the times are not as many, or do not rise.
    """
    if (times is None) == (rate is None):
        raise SceneError(f"{what} need times (ms), or a rate (Hz): give one of them")
    if rate is not None:
        step = 1000.0 / checked_number(rate, "rate", "a positive number of Hz", above=0)
        return np.arange(count, dtype=np.float64) * np.float64(step)
    given: npt.NDArray[np.float64] = frozen_array(times, np.float64, name="times", error=SceneError, unit="ms")
    if given.shape != (count,) or not np.isfinite(given).all() or (np.diff(given) <= 0).any():
        raise SceneError(f"times must be {count} rising times in ms, one for each of {what}, got {brief(times)}")
    return given


def spread(low: float, high: float) -> tuple[float, float]:
    """Two ends as they are if they differ, else around them: 0.5 to both sides, or more of great numbers."""
    if low < high:
        return low, high
    room = max(0.5, _OF_GREAT * abs(low))
    return low - room, high + room
