"""Where a part of a Renderer cannot be made, the parts that were made before it are freed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from gpu_morph import Camera, Highlight, Renderer, Scene, SynapseEvents, Text, demo_cell
from gpu_morph.errors import ContextError

N_TRIED = 40  # more than the buffers of the scene


def scene() -> Scene:
    """One with tubes of several levels of detail, of several opacities, an outline, synapses and a sprite."""
    morphology, recording = demo_cell()
    synapses = SynapseEvents(
        positions=morphology.points[:2],
        population=np.zeros(2, dtype=np.int32),
        population_names=("a",),
        event_synapse=np.zeros(1, dtype=np.int32),
        event_time=np.ones(1),
    )
    return Scene(
        morphology,
        recording,
        clim=(-90, 40),
        synapses=synapses,
        opacity={morphology.section_labels[-1]: 0.5},
        highlight=Highlight(section=1),
        camera=Camera(zoom=3),
        annotations=(Text("a"),),
    )


def test_a_renderer_that_cannot_be_made_leaves_nothing_on_the_gpu(
    live_objects: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    n_failures = 0
    drawn = scene()
    with Renderer(drawn, (64, 48)):  # what is made once
        pass
    from gpu_morph.render.gpu import buffers  # imports OpenGL, which must not happen earlier
    from gpu_morph.render.gpu.vispy_private import flushed

    allocate = buffers.Buffer._allocate
    flushed()
    before = live_objects()
    for last in range(N_TRIED):
        n_made = 0

        def allocate_a_few(self: Any, *arguments: Any) -> None:
            nonlocal n_made
            n_made += 1
            if n_made > last:  # noqa: B023
                raise ContextError("no memory")
            allocate(self, *arguments)

        monkeypatch.setattr(buffers.Buffer, "_allocate", allocate_a_few)
        try:
            with Renderer(drawn, (64, 48)):
                pass
        except ContextError:
            n_failures += 1
        flushed()
        assert live_objects() == before, f"after {last} buffers"
    assert 10 < n_failures < N_TRIED
