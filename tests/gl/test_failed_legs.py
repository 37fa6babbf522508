"""A leg of a path that fails leaves nothing on the GPU: the next frame is made anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from reference import straight_tube

import gpu_morph as gm
from gpu_morph.render.drawn_view import DrawnView
from gpu_morph.render.gpu.program_pool import ProgramPool

FAR = gm.Camera(azim=-90, elev=10, center=(0, 0, 0), height=60)
PATH = gm.CameraPath([(0, FAR), (2, replace(FAR, azim=60, height=2))])


def test_programs_of_legs_are_freed_when_one_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    cell = straight_tube((-15, 0, 0), (15, 0, 0), diameter=8)
    with gm.Renderer(gm.Scene(cell, camera=PATH, fps=50), (60, 45)) as renderer:
        expected = np.array(renderer.render(second=2))
        renderer.render(second=0)
        made: list[ProgramPool] = []
        monkeypatch.setattr(DrawnView, "_build", lambda view: made.append(view._programs) or 1 / 0)
        with pytest.raises(ZeroDivisionError):
            renderer.render(second=2)
        assert made[0]._kept
        monkeypatch.undo()
        np.testing.assert_array_equal(renderer.render(second=2), expected)
        assert not made[0]._kept
