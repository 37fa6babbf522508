"""Section numbers of a file that NEURON divides otherwise: a warning, once, where it is not said whose they are."""

from __future__ import annotations

import pickle
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import gpu_morph as gm

# The second branch leaves the first one's beginning, where Import3d attaches it to the soma.
OTHERWISE = "1 1 0 0 0 5 -1\n2 3 9 0 0 1 1\n3 3 50 0 0 1 2\n4 3 9 50 0 1 2\n"
ALIKE = "1 1 0 0 0 5 -1\n2 3 9 0 0 1 1\n3 3 50 0 0 1 2\n"
WARNING = r"NEURON divides cell.swc into other sections than read_morphology"


@pytest.fixture
def read(tmp_path: Path) -> Callable[[str], gm.Morphology]:
    def read(text: str) -> gm.Morphology:
        (tmp_path / "cell.swc").write_text(text)
        return gm.read_morphology(tmp_path / "cell.swc")

    return read


def numbered() -> gm.Recording:
    return gm.Recording([0.0, 1.0], [[-65.0, -60.0], [-64.0, -50.0]], section=[0, 1], position=[0.5, 0.5])


USES = {
    "Scene": lambda morphology, recording, path: gm.Scene(morphology, recording),
    "audit": lambda morphology, recording, path: gm.audit(morphology, recording),
    "render_video": lambda morphology, recording, path: gm.render_video(
        gm.Scene(morphology, recording), path, size=(32, 32), progress=False
    ),
}


@pytest.mark.parametrize("use", USES)
def test_numbers_of_a_file_that_neuron_divides_otherwise_are_warned_of_once(read, tmp_path, use):
    morphology, recording = read(OTHERWISE), numbered()
    with pytest.warns(UserWarning, match=WARNING) as caught:
        USES[use](morphology, recording, tmp_path / "film.mp4")
    assert sum("NEURON divides" in str(one.message) for one in caught) == 1
    assert caught[0].filename == __file__
    for again in USES.values():
        again(morphology, recording, tmp_path / "again.mp4")  # warnings are errors


def test_numbers_that_are_said_to_be_the_morphologys_are_not_warned_of(read):
    morphology = read(OTHERWISE)
    values = numbered().values
    gm.Scene(morphology, gm.Recording.at(morphology, [0.0, 1.0], values, section=[0, 1], position=[0.5, 0.5]))
    gm.Scene(morphology, gm.Recording.at(morphology, [0.0, 1.0], values, coordinates=[[0, 0, 0], [30, 0, 0]]))
    gm.audit(morphology, numbered(), coordinates=morphology.locate([0, 1], [0.5, 0.5]))


def test_numbers_are_not_warned_of_where_nothing_is_known_against_them(read):
    gm.Scene(read(ALIKE), numbered())
    gm.Scene(read(OTHERWISE), numbered(), color="red")
    gm.Scene(gm.join_morphologies([read(OTHERWISE)]), numbered())


def test_a_worker_does_not_warn_again(read):
    morphology, recording = read(OTHERWISE), numbered()
    with pytest.warns(UserWarning, match=WARNING):
        scene = gm.Scene(morphology, recording)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        sent = pickle.loads(pickle.dumps(scene))
        gm.Scene(sent.morphology, sent.recording)
    assert np.array_equal(sent.morphology.points, morphology.points)
