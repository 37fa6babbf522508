"""The owner of a temporary file: the process that writes it, as a part of the file's name.

An owner is written ``host-pid-start-system``: ``node7-4242-93817-1f0c9a2e``. A process is known by its number and the
time it started, as numbers are used again; both hold within one system: a machine, from one boot to the next, or a
container that numbers its processes itself. Of processes of other systems nothing is known.
"""

from __future__ import annotations

import os
import re
import socket
import zlib
from contextlib import suppress
from pathlib import Path

PATTERN = r"[0-9A-Za-z_]+-[0-9]+-[0-9]+-[0-9a-f]{8}"
_ENDED_STATES = "ZX"  # a zombie has ended, its parent has not asked for its exit code


def this_owner() -> str:
    """The owner that stands for this process."""
    host = re.sub(r"[^0-9A-Za-z]", "_", socket.gethostname())[:32] or "_"
    return f"{host}-{os.getpid()}-{_start(os.getpid()) or 0}-{_system()}"


def shown(owner: str) -> str:
    """An owner for messages: "process 4242 on node7"."""
    host, pid, _, _ = owner.split("-")
    return f"process {pid} on {host}"


def is_of_this_system(owner: str) -> bool:
    """True if `has_ended` can tell."""
    return owner.endswith(f"-{_system()}")


def has_ended(owner: str) -> bool:
    """True if the process was one of this system and runs no more; False if it runs, or that is not known."""
    _, pid, start, _ = owner.split("-")
    if not is_of_this_system(owner):
        return False
    if os.name == "nt":  # there os.kill() ends the process, whatever the signal
        return False
    if int(start):
        return _start(int(pid)) != int(start)
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except (PermissionError, OverflowError):
        pass
    return False


def _start(pid: int) -> int | None:
    """When a process started, in ticks since the system did; None if it has ended or there is no /proc."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name before may contain anything
    return None if fields[0] in _ENDED_STATES else int(fields[19])


def _system() -> str:
    """Eight digits that tell this system from others, where they can be told."""
    parts = [socket.gethostname()]
    with suppress(OSError):
        parts.append(Path("/proc/sys/kernel/random/boot_id").read_text().strip())
    with suppress(OSError):
        parts.append(os.readlink("/proc/self/ns/pid"))
    return f"{zlib.crc32(' '.join(parts).encode(errors='surrogateescape')):08x}"
