"""The warning that the CPU draws names the line that made the viewer, not the thread that draws."""

from __future__ import annotations

import subprocess
import sys

CODE = """
import warnings
import gpu_morph as gm
from gpu_morph.errors import SoftwareRenderingWarning
from gpu_morph.viewer.session import ViewSession
scene = gm.Scene(gm.Morphology([[0, 0, 0], [0, 0, 60]], [8, 6], [0, 2], [-1], [1], section_labels=["soma"]))
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    with ViewSession(scene, (160, 120)) as session:
        session.wait_idle()
print({(one.filename, one.lineno) for one in caught if one.category is SoftwareRenderingWarning} <= {("<string>", 9)})
"""


def test_the_warning_names_the_callers_line() -> None:
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, timeout=180, check=False)
    assert done.stdout == "True\n", done.stderr
