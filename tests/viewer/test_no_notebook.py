"""A view where there is no notebook, or no jupyter_rfb; tests/browser has those of notebooks."""

from __future__ import annotations

import importlib
import sys
from collections import deque
from types import SimpleNamespace

import pytest
from test_session import scene

import gpu_morph as gm
from gpu_morph.errors import UnsupportedError


def test_without_jupyter_rfb_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from gpu_morph.viewer import viewing

    monkeypatch.setattr(viewing, "has_kernel", lambda: True)
    monkeypatch.delitem(sys.modules, "gpu_morph.viewer.frame_widget", raising=False)
    monkeypatch.setitem(sys.modules, "jupyter_rfb", None)
    with pytest.raises(UnsupportedError, match=r'jupyter_rfb .*pip install "gpu_morph\[notebook\]".*gm\.write_html'):
        gm.view(scene())


@pytest.mark.parametrize("text", [None, "x = this.focus_el.value;"])
def test_versions_of_jupyter_rfb_without_a_script_of_their_own_will_do(
    text: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    buffer = type("RemoteFrameBuffer", (), {} if text is None else {"_esm": text})
    monkeypatch.delitem(sys.modules, "gpu_morph.viewer.frame_widget", raising=False)
    monkeypatch.setitem(sys.modules, "jupyter_rfb", SimpleNamespace(RemoteFrameBuffer=buffer))
    widget = importlib.import_module("gpu_morph.viewer.frame_widget").FrameWidget
    del sys.modules["gpu_morph.viewer.frame_widget"]
    assert getattr(widget, "_esm", None) == (None if text is None else "x = this._focusElement.value;")


class TakenBetween(deque[str]):
    """Another thread takes the last text as soon as this one has seen it."""

    def __bool__(self) -> bool:
        is_full = len(self) > 0
        if len(self) == 1:
            self.clear()
        return is_full


def test_two_threads_may_print_what_was_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    printed: list[str] = []
    monkeypatch.delitem(sys.modules, "gpu_morph.viewer.frame_widget", raising=False)
    monkeypatch.setitem(sys.modules, "jupyter_rfb", SimpleNamespace(RemoteFrameBuffer=object))
    frame_widget = importlib.import_module("gpu_morph.viewer.frame_widget").FrameWidget
    del sys.modules["gpu_morph.viewer.frame_widget"]
    widget = frame_widget.__new__(frame_widget)
    widget._texts, widget.print = TakenBetween(["first", "second"]), printed.append
    widget.print_texts()
    assert printed == ["first"]
