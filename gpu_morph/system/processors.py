"""The number of processors that this process may use: what the machine, the batch system and the container allow."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

_CGROUP = Path("/proc/self/cgroup")
_MOUNTS = Path("/sys/fs/cgroup")


def n_processors() -> int:
    """Number of processors that this process may use, at least 1.

    It is the smallest of: the processors of the machine, those that the process is bound to (taskset, SLURM), Python's
    own limit (``PYTHON_CPU_COUNT``), and the processor time that its control groups allow (containers, Kubernetes),
    rounded up.
    """
    count = getattr(os, "process_cpu_count", os.cpu_count)() or 1  # Python 3.13 has the first one
    if hasattr(os, "sched_getaffinity"):
        count = min(count, len(os.sched_getaffinity(0)))
    return max(1, min([count, *map(math.ceil, _quotas())]))


def _quotas() -> Iterator[float]:
    """Processors' worth of time that each control group of this process allows."""
    with suppress(OSError, ValueError):
        for line in _CGROUP.read_text().splitlines():
            _, controllers, name = line.split(":", 2)
            if not controllers:
                yield from _limits(_MOUNTS, name, "cpu.max")  # version 2
            elif "cpu" in controllers.split(","):
                yield from _limits(_MOUNTS / "cpu", name, "cpu.cfs_quota_us", "cpu.cfs_period_us")


def _limits(mount: Path, name: str, *files: str) -> Iterator[float]:
    """The limits of a control group and of those that it is in, up to what is mounted.

    In a container the group's folder may be mounted itself, and its name, which is the host's, does not exist there.
    """
    group = mount / name.lstrip("/")
    for folder in (group, *group.parents):
        if not folder.is_relative_to(mount):
            return
        with suppress(OSError, ValueError, ZeroDivisionError):  # no such group, or "max"
            quota, period = (int(number) for file in files for number in (folder / file).read_text().split())
            if quota > 0:  # -1 is no limit
                yield quota / period
