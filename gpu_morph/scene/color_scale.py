"""The scale of a colour bar: the range of values that colours span, and what occurs outside it."""

from __future__ import annotations

import warnings

import numpy as np

from ..data.audit import audit
from ..data.file_rows import MappedRows
from ..data.morphology import Morphology
from ..data.recording import Recording
from ..errors import SceneError
from .annotations.base import ColorScale
from .coloring import Coloring
from .norms import Norm

_SCANNED_BYTES = 2**31  # a recording up to this size is read as a whole for what lies outside the colours' range


def full_range(recording: Recording, norm: Norm | None = None) -> tuple[float, float]:
    """The least and the greatest value over the whole time, as a norm takes them.

    It is half a unit to each side of a constant. Warns before a large recording is read for it.

    Raises
    ------
    SceneError
        The norm needs values above zero, and there are none.
    """
    if recording.n_bytes > _SCANNED_BYTES and "extent" not in vars(recording):
        warnings.warn(
            f"clim=None: all {recording.n_bytes / 1e9:.1f} GB of {recording.name!r} are read once to find their range, "
            f"which takes about {_duration(recording.scan_seconds())}, before anything is drawn; give "
            "clim=(low, high) to avoid that",
            stacklevel=2,
        )
    low, high = recording.value_range()
    if norm is not None and norm.needs_positive and low <= 0:
        low = _least_positive(recording)
    if low == high:
        half = max(0.5, 8 * float(np.spacing(np.float32(abs(low)))))  # else the ends are equal in single precision
        low, high = (low / 2, high * 2) if norm is not None and norm.needs_positive else (low - half, high + half)
    return (low, high) if norm is None else norm.limits(low, high)


def _least_positive(recording: Recording) -> float:
    least = min((float(block[block > 0].min(initial=np.inf)) for block in recording.blocks()), default=np.inf)
    if not np.isfinite(least):
        raise SceneError(f"norm='log' needs values above 0, and {recording.name!r} has none: use norm='symlog'")
    return least


def color_scale(
    coloring: Coloring, morphology: Morphology, *, is_range_given: bool, norm: Norm | None = None
) -> ColorScale | None:
    """What a colour bar shows; None where colours stand for no quantity.

    Values of a large recording are not read: then values outside a range are assumed to occur if it
    was given, as the range is otherwise that of all values.
    """
    recording = coloring.recording
    if recording is None or not coloring.has_scale:
        return None
    (low, high), has_missing = coloring.table.clim, bool(audit(morphology, recording).unmapped_sections)
    has_under = has_over = is_range_given
    if isinstance(recording.values, np.ndarray | MappedRows) and recording.values.nbytes <= _SCANNED_BYTES:
        least, greatest, has_nan = recording.extent
        has_under, has_over, has_missing = least < low, greatest > high, has_missing or has_nan
    return ColorScale(coloring.table, recording.name, recording.unit, has_under, has_over, has_missing, norm)


def _duration(seconds: float) -> str:
    """Rounded, in s, min or h."""
    if seconds < 120:
        return f"{max(1, round(seconds))} s"
    return f"{round(seconds / 60)} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"
