"""The address space of this process, which ``ulimit -v`` and batch systems limit."""

from __future__ import annotations

import os
from pathlib import Path

_PAGES = Path("/proc/self/statm")


def free_address_space() -> int | None:
    """Bytes that this process may still map; None where there is no limit, or the system does not tell."""
    try:
        import resource  # not on Windows

        limit = resource.getrlimit(resource.RLIMIT_AS)[0]
        if limit == resource.RLIM_INFINITY:
            return None
        return max(0, limit - int(_PAGES.read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE"))
    except (ImportError, OSError):
        return None
