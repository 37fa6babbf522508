"""A process has one context, in one thread at a time."""

from __future__ import annotations

import threading
import timeit
from dataclasses import replace

import pytest
from own_context import TRY, python

from gpu_morph.errors import ContextError
from gpu_morph.render.gpu.context import current_context


@pytest.mark.usefixtures("software")
def test_another_device_in_the_same_process_is_an_error() -> None:
    answer, _ = python(TRY + "attempt('cpu'); attempt(0); attempt('auto'); attempt(); attempt('cpu')")
    first, second, *others = answer.splitlines()
    assert second.startswith("ContextError: device=0") and "one context per process" in second
    assert others == [first] * 3


def test_the_gpu_that_auto_chose_has_its_index() -> None:
    answer, _ = python(
        TRY + "device = egl.Device(1, is_software=False, cuda=5)\n"
        "device_choice.visible_devices = lambda *_: [egl.Device(2, is_software=False), device]\n"
        "egl.Egl.display = lambda self, d: 99 if d == device else None\n"
        "egl.Egl.describe = lambda *_: egl.Description('NVIDIA', 'NVIDIA H200', '4.6')\n"
        "print(device_choice.find_display('auto')[1:], device_choice.find_display(1)[1:])"
    )
    assert answer == "(99, 1) (99, 1)"


@pytest.mark.usefixtures("software")
def test_after_a_failed_attempt_the_next_succeeds() -> None:
    answer, _ = python(
        TRY + "attempt(99)\n"
        "find = context.find_display\n"
        "context.find_display = lambda choice: (None, 0, choice)\n"  # a display that vispy cannot open
        "attempt('cpu')\n"
        "context.find_display = find\n"
        "attempt('cpu')"
    )
    lines = answer.splitlines()
    assert lines[0].startswith("ContextError: device=99")
    assert any(line.startswith("ContextError: vispy cannot open an offscreen egl canvas") for line in lines)
    assert lines[-1].startswith("drew on")


def test_another_thread_is_an_error() -> None:
    current_context()
    answers: list[str] = []

    def attempt() -> None:
        try:
            current_context()
        except ContextError as error:
            answers.append(str(error))

    thread = threading.Thread(target=attempt)
    thread.start()
    thread.join()
    assert len(answers) == 1 and f"belongs to thread {threading.get_ident()}" in answers[0]
    current_context()  # it still works in this thread


def test_a_forked_process_is_an_error() -> None:
    answer, _ = python(
        TRY + "import os\nattempt()\n"
        "reader, writer = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    try: context.current_context()\n"
        "    except Exception as error: os.write(writer, repr(error).encode())\n"
        "    os._exit(0)\n"
        "os.close(writer); os.wait()\n"
        "print(os.read(reader, 1000).decode()); attempt()"
    )
    first, forked, last = answer.splitlines()
    assert forked.startswith("ContextError(") and "'spawn'" in forked
    assert first.startswith("drew on") and last == first


def test_a_context_that_cannot_be_made_current_is_a_context_error() -> None:
    class Canvas:
        def set_current(self) -> None:
            raise RuntimeError("Could not make the context current.")

    with pytest.raises(ContextError, match="another library"):
        replace(current_context(), canvas=Canvas()).make_current()


def test_asking_again_costs_little() -> None:
    current_context()
    seconds = min(timeit.repeat(current_context, number=100, repeat=5)) / 100
    assert seconds < 100e-6
