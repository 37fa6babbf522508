"""No interrupt is lost: neither in a destructor nor in ctypes."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from gpu_morph.system import signals

pytestmark = pytest.mark.cluster


class InterruptedInDestructor:
    """Sends a signal to this process in its destructor, and logs that the destructor went on."""

    def __init__(self, number: int, log: list[str]) -> None:
        self._number, self._log = number, log

    def __del__(self) -> None:
        os.kill(os.getpid(), self._number)
        self._log.append("gone")


def default(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.signal(number, default) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        assert signal.signal(number, handler) is default


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("n_outer", [0, 1], ids=["alone", "nested"])
def test_an_interrupt_in_a_destructor_is_deferred_until_the_check(number: int, n_outer: int) -> None:
    log: list[str] = []

    def run() -> None:
        with ExitStack() as outer:
            for _ in range(n_outer):
                outer.enter_context(signals.defer_destructor_interrupts())
            check = outer.enter_context(signals.defer_destructor_interrupts())
            InterruptedInDestructor(number, log)
            log.append("later")
            check()
            log.append("never")

    with pytest.raises(KeyboardInterrupt):
        run()
    assert log == ["gone", "later"]


def test_a_deferred_interrupt_is_raised_at_the_end_of_the_block() -> None:
    with pytest.raises(KeyboardInterrupt), signals.defer_destructor_interrupts():
        InterruptedInDestructor(signal.SIGINT, [])


def test_an_interrupt_outside_of_destructors_is_raised_at_once() -> None:
    log: list[str] = []

    def run() -> None:
        with signals.defer_destructor_interrupts():
            os.kill(os.getpid(), signal.SIGINT)
            log.append("never")

    with pytest.raises(KeyboardInterrupt):
        run()
    assert log == []


def test_a_deferred_interrupt_is_raised_after_an_error() -> None:
    def run() -> None:
        with signals.defer_destructor_interrupts():
            InterruptedInDestructor(signal.SIGINT, [])
            raise ValueError("own")

    with pytest.raises(KeyboardInterrupt) as caught:
        run()
    assert isinstance(caught.value.__context__, ValueError)


@pytest.mark.parametrize("handler", [signal.SIG_IGN, signal.SIG_DFL])
def test_ignored_and_default_signals_are_left_alone(handler: signal.Handlers) -> None:
    before = signal.signal(signal.SIGINT, handler)
    try:
        with signals.defer_destructor_interrupts():
            assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_handler_that_was_installed_inside_the_block_stays() -> None:
    def other(*_: object) -> None:
        pass

    with signals.defer_destructor_interrupts():
        signal.signal(signal.SIGINT, other)
    assert signal.signal(signal.SIGINT, default) is other


def test_other_threads_install_no_handler() -> None:
    checked: list[bool] = []

    def run() -> None:
        with signals.defer_destructor_interrupts() as check:
            check()
            checked.append(signal.getsignal(signal.SIGINT) is default)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert checked == [True]


def test_an_interrupt_hidden_by_ctypes_is_raised() -> None:
    with pytest.raises(KeyboardInterrupt), signals.restore_ctypes_interrupts():
        raise ctypes.ArgumentError("argument 1: KeyboardInterrupt: ")
    with pytest.raises(ctypes.ArgumentError, match="wrong type"), signals.restore_ctypes_interrupts():
        raise ctypes.ArgumentError("argument 1: TypeError: wrong type")
