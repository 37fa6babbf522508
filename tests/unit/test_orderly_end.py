"""A signal ends what is being written, and further ones wait until it is removed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

from gpu_morph.system.orderly_end import orderly_end, signals_deferred

pytestmark = pytest.mark.cluster

SCRIPT = """
import os, signal, sys
from pathlib import Path
from gpu_morph.system.atomic_files import atomic_path
with atomic_path(Path(sys.argv[1])) as part:
    part.write_text("half")
    try:
        os.kill(os.getpid(), int(sys.argv[2]))
    finally:  # what ends a film takes a while, in which more signals come
        for _ in range(3):
            os.kill(os.getpid(), int(sys.argv[2]))
print("never")
"""


@pytest.fixture(autouse=True)
def _handlers_are_restored() -> object:
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.signal(signal.SIGINT, before) is signal.default_int_handler


def interrupt() -> None:
    os.kill(os.getpid(), signal.SIGINT)


def log_of(run: Callable[[list[str]], None]) -> list[str]:
    """What a block logs that ends with an interrupt."""
    log: list[str] = []
    with pytest.raises(KeyboardInterrupt):
        run(log)
    return log


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_script_ends_by_its_signal_and_leaves_nothing(tmp_path: Path, number: int) -> None:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "film.mp4"), str(number)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=180, preexec_fn=lambda: signal.signal(number, signal.SIG_DFL)
    )
    assert (done.returncode, done.stdout) == (-number, "")
    assert os.listdir(tmp_path) == []


def test_an_ignored_signal_stays_ignored(tmp_path: Path) -> None:
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "film.mp4"), str(int(signal.SIGHUP))]
    done = subprocess.run(
        command,
        capture_output=True,
        text=True,
        timeout=180,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN),  # as nohup does
    )
    assert done.stdout == "never\n"
    assert (tmp_path / "film.mp4").read_text() == "half"


def test_further_interrupts_wait_until_the_block_has_ended() -> None:
    def run(log: list[str]) -> None:
        with orderly_end():
            try:
                interrupt()
            finally:
                interrupt()
                log.append("removed")

    assert log_of(run) == ["removed"]


def test_further_interrupts_wait_where_the_first_was_raised_again_with_a_message() -> None:
    def run(log: list[str]) -> None:
        with orderly_end():
            try:
                try:
                    interrupt()
                except KeyboardInterrupt:
                    raise KeyboardInterrupt("12 frames are kept") from None
            finally:
                interrupt()
                log.append("removed")

    assert log_of(run) == ["removed"]


def test_an_interrupt_that_was_caught_is_not_the_last() -> None:
    def run(log: list[str]) -> None:
        with orderly_end():
            try:
                interrupt()
            except KeyboardInterrupt:
                log.append("caught")
            interrupt()
            log.append("never")

    assert log_of(run) == ["caught"]


def test_a_signal_is_deferred_to_the_end_of_what_must_not_be_half_done() -> None:
    def run(log: list[str]) -> None:
        with orderly_end():
            with signals_deferred(), signals_deferred():
                interrupt()
                log.append("whole")
            log.append("never")

    assert log_of(run) == ["whole"]


def test_a_handler_that_raises_nothing_is_called_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: seen.append(number))
    try:
        with orderly_end(), orderly_end():
            interrupt()
            interrupt()
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    assert seen == [signal.SIGINT] * 2


def test_a_handler_that_was_installed_inside_the_block_stays() -> None:
    def other(*_: object) -> None:
        pass

    with orderly_end():
        signal.signal(signal.SIGINT, other)
    assert signal.signal(signal.SIGINT, signal.default_int_handler) is other


def test_other_threads_install_no_handler() -> None:
    found: list[object] = []

    def run() -> None:
        with orderly_end():
            found.append(signal.getsignal(signal.SIGINT))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert found == [signal.default_int_handler]


class InterruptedInDestructor:
    """Sends a signal to this process in its destructor, and logs that the destructor went on."""

    def __init__(self, log: list[str]) -> None:
        self._log = log

    def __del__(self) -> None:
        interrupt()
        self._log.append("gone")


def pass_time(log: list[str]) -> None:
    for _ in range(6000):
        time.sleep(0.01)
    log.append("never")


def test_an_interrupt_in_a_destructor_is_raised_after_it() -> None:
    def run(log: list[str]) -> None:
        with orderly_end():
            InterruptedInDestructor(log)
            pass_time(log)

    assert log_of(run) == ["gone"]


def test_an_interrupt_that_python_ignores_in_a_callback_is_raised_after_it() -> None:
    def run(log: list[str]) -> None:
        with orderly_end():
            seen = threading.Event()
            reference = weakref.ref(seen, lambda _: interrupt())
            del seen
            assert reference() is None
            log.append("later")
            pass_time(log)

    hook = sys.unraisablehook
    assert log_of(run) == ["later"]
    assert sys.unraisablehook is hook


def test_a_further_interrupt_in_a_destructor_waits_and_the_first_keeps_its_message() -> None:
    def run(log: list[str]) -> None:
        with orderly_end():
            try:
                interrupt()
            except KeyboardInterrupt:
                InterruptedInDestructor(log)
                raise KeyboardInterrupt("12 frames are kept") from None

    log: list[str] = []
    with pytest.raises(KeyboardInterrupt, match="12 frames are kept"):
        run(log)
    assert log == ["gone"]


def test_an_interrupt_that_was_answered_is_not_followed_by_one_of_a_destructor_meanwhile() -> None:
    log: list[str] = []
    with orderly_end():
        try:
            interrupt()
        except KeyboardInterrupt:
            InterruptedInDestructor(log)
    assert log == ["gone"]


def test_an_interrupt_in_a_destructor_is_raised_at_the_end_of_the_block_at_the_latest() -> None:
    def run(log: list[str]) -> None:
        with orderly_end():
            InterruptedInDestructor(log)

    assert log_of(run) == ["gone"]
