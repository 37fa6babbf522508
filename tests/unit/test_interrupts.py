"""No interrupt is lost in ctypes."""

from __future__ import annotations

import ctypes

import pytest

from gpu_morph.system import signals


def test_an_interrupt_hidden_by_ctypes_is_raised() -> None:
    with pytest.raises(KeyboardInterrupt), signals.restore_ctypes_interrupts():
        raise ctypes.ArgumentError("argument 1: KeyboardInterrupt: ")
    with pytest.raises(ctypes.ArgumentError, match="wrong type"), signals.restore_ctypes_interrupts():
        raise ctypes.ArgumentError("argument 1: TypeError: wrong type")
