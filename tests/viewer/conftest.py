"""Sessions draw in threads of their own: no earlier test may keep the OpenGL context in the main thread."""

from __future__ import annotations

import pytest

from gpu_morph.render.gpu.context import current_context, held_context


@pytest.fixture(autouse=True)
def _free_context() -> None:
    with held_context():
        pass
    current_context().release()
