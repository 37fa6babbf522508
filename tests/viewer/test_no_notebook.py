"""A view where there is no notebook, or no jupyter_rfb; tests/browser has those of notebooks."""

from __future__ import annotations

import sys

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
