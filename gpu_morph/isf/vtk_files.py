"""The drawn cell as .vtk files."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ..data.morphology import Morphology
from ..data.recording import Recording
from ..export.vtk import write_vtk, write_vtk_frames


def write_cell(
    morphology: Morphology,
    recording: Recording | None,
    out_dir: str | os.PathLike[str],
    out_name: str,
    *,
    time: float | None,
    n_decimals: int | None,
) -> Path:
    """Write one ``.vtk`` file, with the values at ``time`` (ms) if there is a recording; returns its path.

    The folder is created if needed.
    """
    name = out_name if out_name.lower().endswith(".vtk") else f"{out_name}.vtk"
    target = Path(out_dir).expanduser() / name
    target.parent.mkdir(parents=True, exist_ok=True)
    if recording is None or time is None:
        return write_vtk(morphology, target, n_decimals=n_decimals)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        (path,) = write_vtk_frames(morphology, recording, folder, times=[time], n_decimals=n_decimals)
        return path.replace(target)
