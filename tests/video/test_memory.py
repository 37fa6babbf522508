"""A long film takes no more memory than a short one."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from probe import probe

pytestmark = pytest.mark.cluster

N_FRAMES = 1000
MEASURED = """
import json, sys
import numpy as np, psutil
import gpu_morph as gm

bar = gm.Morphology(
    points=[[0, 0, -50], [0, 0, 50], [0, 0, 50], [40, 30, 90]], diameters=[20, 20, 8, 4], section_offsets=[0, 2, 4],
    section_parent=[-1, 0], section_parent_x=[0, 1], section_labels=("soma", "dend"),
)
n_frames = int(sys.argv[2])
values = np.random.default_rng(1).uniform(-80, 30, (n_frames, 2)).astype(np.float32)
me, own, encoders = psutil.Process(), [], []

class Looks(gm.Annotation):
    # It is asked for its sprites once per frame: a look at the memory at every hundredth.
    def room(self, view):
        return 0, 0

    def drawing(self, view, box):
        def looked(moment):
            if round(10 * moment.time) % 100 == 0:
                own.append(me.memory_info().rss)
                encoders.append(sum(child.memory_info().rss for child in me.children()))
            return ()
        return looked

recording = gm.Recording(np.arange(n_frames) / 10, values, section=[0, 1], position=[0.5, 0.5])
camera = gm.Camera(azim_step=0.5)
scene = gm.Scene(bar, recording, color="v", clim=(-80, 30), camera=camera, annotations=(Looks(),))
report = gm.render_video(scene, sys.argv[1], size=(480, 270), codec="mpeg4")
print(json.dumps({"own": own, "encoders": encoders, "n_frames": report.n_frames, "seconds": report.seconds}))
"""


def test_1000_frames_grow_the_memory_by_less_than_10_megabytes(tmp_path: Path) -> None:
    command = [sys.executable, "-c", MEASURED, str(tmp_path / "film.mp4"), str(N_FRAMES)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stderr
    measured = json.loads(done.stdout)
    after_100 = measured["own"][1]
    assert len(measured["own"]) == N_FRAMES // 100
    assert max(measured["own"][1:]) - after_100 < 10e6, measured
    # ffmpeg's own queues fill as the machine is busy, by some frames of 0.4 MB; all frames would be 0.4 GB.
    assert max(measured["encoders"][1:]) - measured["encoders"][1] < 50e6, measured
    assert probe(tmp_path / "film.mp4").n_frames == measured["n_frames"] == N_FRAMES
