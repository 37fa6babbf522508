"""The drawn cell as .vtk files."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

from ..data.morphology import Morphology
from ..data.recording import Recording
from ..export.vtk import write_vtk, write_vtk_frames
from ..system.arguments import checked_path
from ..system.atomic_files import atomic_path, make_folder
from .checks import truth

_NAME = "cell"


def write_cell(
    morphology: Morphology,
    recording: Recording | None,
    out_dir: str | os.PathLike[str],
    name: str | os.PathLike[str],
    *,
    time: float | None,
    n_decimals: int | None,
) -> Path:
    """Write one ``.vtk`` file, with the values at ``time`` (ms) if there is a recording; returns its path.

    Its name is "cell.vtk" if ``name`` is "". The folder is created if needed.
    """
    name = os.fspath(checked_path(name, "fn")) if truth(name, "fn") else _NAME
    file = name if name.lower().endswith(".vtk") else f"{name}.vtk"
    target = checked_path(out_dir, "out_dir").expanduser() / file
    make_folder(target.parent, parents=True)
    if recording is None or time is None:
        return write_vtk(morphology, target, n_decimals=n_decimals)
    with atomic_path(target) as part, tempfile.TemporaryDirectory() as folder:
        (path,) = write_vtk_frames(morphology, recording, folder, times=[time], n_decimals=n_decimals)
        shutil.move(path, part)
    return target
