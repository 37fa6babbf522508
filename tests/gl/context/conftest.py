"""The software renderer, and what it draws."""

from __future__ import annotations

import numpy as np
import pytest
from own_context import TRY, picture, python


@pytest.fixture(scope="session")
def software() -> None:
    """Skip where Mesa's rasteriser is missing."""
    answer, _ = python(TRY + "attempt('cpu')")
    if answer.startswith("ContextError"):
        pytest.skip(f"needs Mesa's software rasteriser: {answer}")


@pytest.fixture(scope="session")
def on_cpu(software: None, tmp_path_factory: pytest.TempPathFactory) -> np.ndarray:
    """The picture as the CPU draws it, in a plain environment."""
    return picture(tmp_path_factory.mktemp("cpu"))
