"""Interrupts (Ctrl-C, SIGTERM, SIGHUP), and those that ctypes hides."""

from __future__ import annotations

import ctypes
import signal
from collections.abc import Iterator
from contextlib import contextmanager

# Signals that end the process. SIGHUP: the terminal was closed; Windows has none.
END_SIGNALS = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


@contextmanager
def restore_ctypes_interrupts() -> Iterator[None]:
    """Raise KeyboardInterrupt where ctypes raises an ArgumentError that hides one.

    ctypes turns every exception that occurs while it converts an argument into its own ArgumentError.
    """
    try:
        yield
    except ctypes.ArgumentError as error:
        if KeyboardInterrupt.__name__ in str(error):
            raise KeyboardInterrupt from error
        raise
