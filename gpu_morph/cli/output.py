"""Standard output: names and signs that its encoding lacks, no output at all, and a full disk."""

from __future__ import annotations

import codecs
import io
import sys


def take_any_text() -> None:
    """Let whatever is printed be printed: bytes of names that are no text as they are, other signs escaped."""
    codecs.register_error("gpu_morph", _replacement)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="gpu_morph")


def flush_output() -> None:
    """Write what was printed. Without standard output, as in ``gpu-morph info >&-``, Python has dropped it.

    Raises
    ------
    OSError
        It cannot be written. The message names standard output.
    """
    if sys.stdout is None:
        return
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as cause:
        raise OSError(cause.errno, cause.strerror, "standard output") from cause


def _replacement(error: UnicodeError) -> tuple[str | bytes, int]:
    try:
        return codecs.lookup_error("surrogateescape")(error)
    except UnicodeError:
        return codecs.lookup_error("backslashreplace")(error)
