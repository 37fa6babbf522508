"""Ctrl-C is never lost."""

from __future__ import annotations

import ctypes
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from gpu_morph.system import signals as interrupts

pytestmark = pytest.mark.cluster


class Dying:
    """Interrupted in its destructor, which is to go on."""

    def __init__(self, number: int, told: list[str]) -> None:
        self._number, self._told = number, told

    def __del__(self) -> None:
        os.kill(os.getpid(), self._number)
        self._told.append("gone")


def default(*_: object) -> None:
    raise KeyboardInterrupt


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.signal(number, default) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        assert signal.signal(number, handler) is default


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("n_around", [0, 1], ids=["alone", "within another"])
def test_one_in_a_destructor_waits_for_the_check(number: int, n_around: int) -> None:
    told: list[str] = []

    def run() -> None:
        with ExitStack() as around:
            for _ in range(n_around):
                around.enter_context(interrupts.defer_destructor_interrupts())
            check = around.enter_context(interrupts.defer_destructor_interrupts())
            Dying(number, told)
            told.append("later")
            check()
            told.append("never")

    with pytest.raises(KeyboardInterrupt):
        run()
    assert told == ["gone", "later"]


def test_one_in_a_destructor_comes_at_the_end_at_the_latest() -> None:
    with pytest.raises(KeyboardInterrupt), interrupts.defer_destructor_interrupts():
        Dying(signal.SIGINT, [])


def test_one_elsewhere_comes_at_once() -> None:
    told: list[str] = []

    def run() -> None:
        with interrupts.defer_destructor_interrupts():
            os.kill(os.getpid(), signal.SIGINT)
            told.append("never")

    with pytest.raises(KeyboardInterrupt):
        run()
    assert told == []


def test_it_comes_also_where_an_error_came_first() -> None:
    def run() -> None:
        with interrupts.defer_destructor_interrupts():
            Dying(signal.SIGINT, [])
            raise ValueError("own")

    with pytest.raises(KeyboardInterrupt) as caught:
        run()
    assert isinstance(caught.value.__context__, ValueError)


@pytest.mark.parametrize("handler", [signal.SIG_IGN, signal.SIG_DFL])
def test_handlers_that_are_none_stay(handler: signal.Handlers) -> None:
    before = signal.signal(signal.SIGINT, handler)
    try:
        with interrupts.defer_destructor_interrupts():
            assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_handler_set_meanwhile_stays() -> None:
    def other(*_: object) -> None:
        pass

    with interrupts.defer_destructor_interrupts():
        signal.signal(signal.SIGINT, other)
    assert signal.signal(signal.SIGINT, default) is other


def test_other_threads_need_none_of_it() -> None:
    checked: list[bool] = []

    def run() -> None:
        with interrupts.defer_destructor_interrupts() as check:
            check()
            checked.append(signal.getsignal(signal.SIGINT) is default)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert checked == [True]


def test_one_that_ctypes_made_its_own_error_of_is_one_again() -> None:
    with pytest.raises(KeyboardInterrupt), interrupts.restore_ctypes_interrupts():
        raise ctypes.ArgumentError("argument 1: KeyboardInterrupt: ")
    with pytest.raises(ctypes.ArgumentError, match="wrong type"), interrupts.restore_ctypes_interrupts():
        raise ctypes.ArgumentError("argument 1: TypeError: wrong type")
