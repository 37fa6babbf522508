"""A function that writes .hoc files, and a Python without NEURON."""

from __future__ import annotations

from pathlib import Path

import pytest
from hoc_texts import Write


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file and return its path."""

    def write_file(content: str | bytes, name: str = "cell.hoc") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return write_file
