"""The least and the greatest of values, and a warning of values that look like volts."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

from ..system.user_warning import warn_user

_MEASURED_BLOCKS = 2  # from which the time of a scan is estimated
_LOOKS_LIKE_VOLTS = 1.0  # mV
_HIGHEST_POTENTIAL = 0.2  # V; no membrane has more, but what is scaled to 0..1 has

Block = npt.NDArray[np.float32]


def extent_of(blocks: Iterable[Block]) -> tuple[float, float, bool]:
    """Least and greatest finite value (inf and -inf if there is none), and whether there is a NaN."""
    low, high, has_missing = np.inf, -np.inf, False
    for block in blocks:
        finite = block[np.isfinite(block)]
        if finite.size:
            low, high = min(low, float(finite.min())), max(high, float(finite.max()))
        has_missing = has_missing or bool(np.isnan(block).any())
    return low, high, has_missing


def seconds_to_scan(blocks: Iterator[Block], n_rows: int) -> float:
    """Estimate of the time that `extent_of` takes for ``n_rows`` rows, s; measured on a few blocks."""
    n_read, start, seconds = 0, time.perf_counter(), 0.0
    for number, block in enumerate(blocks):
        extent_of([block])
        now = time.perf_counter()
        if number == 0 and len(block) < n_rows:
            start = now  # the first block includes opening files
            continue
        n_read, seconds = n_read + len(block), now - start
        if number >= _MEASURED_BLOCKS:
            break
    return seconds * n_rows / max(n_read, 1)


def is_millivolts(unit: str) -> bool:
    """True for "mV" in any spelling, also a wrong one."""
    return unit.strip().lower().removesuffix("s") in ("mv", "millivolt")


def look_like_volts(low: float, high: float) -> bool:
    """True for values in mV that lie within ±1 mV, unless they are positive and too large for volts."""
    return 0 < max(abs(low), abs(high)) < _LOOKS_LIKE_VOLTS and (low < 0 or high <= _HIGHEST_POTENTIAL)


def warn_of_volts(name: str) -> None:
    """Warn that a recording in mV has values that look like volts."""
    warn_user(
        f"all values of {name!r} lie within ±{_LOOKS_LIKE_VOLTS:g} mV: are they in volts? Multiply them by 1000, or "
        "give their unit, unit=..."
    )
