"""Numbers of bytes as text."""

from __future__ import annotations

_UNITS = ("bytes", "kB", "MB", "GB", "TB")


def byte_size(n_bytes: float, *, smallest: str = "bytes") -> str:
    """Three digits and a decimal unit, not below ``smallest``, such as "12.3 MB"."""
    power = _UNITS.index(smallest)
    while n_bytes >= 1000 ** (power + 1) and power < len(_UNITS) - 1:
        power += 1
    return f"{n_bytes / 1000**power:.3g} {_UNITS[power]}"
