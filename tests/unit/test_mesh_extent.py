"""The warning where an object around the cell may be in another unit."""

from __future__ import annotations

import pickle
import warnings
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gpu_morph import Electrode, Mesh, Morphology, Points, Scene


def straight(length: float) -> Morphology:
    return Morphology([(0, 0, 0), (0, 0, length)], [2, 2], [0, 2], [-1], [0], ("dend",), [0])  # type: ignore[arg-type]


CELL = straight(1000)
CORNERS, FACES = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0]], dtype=float), [(0, 1, 2)]


@pytest.mark.parametrize(
    ("corners", "message"),
    [
        (
            CORNERS * 1.5,
            r"extends 1\.5 µm.*the cell 100[0-9] µm.*in millimetres, multiply by 1000.*read_mesh\(path, scale=\)",
        ),
        (CORNERS * 6e5, "extends 600000 µm.*in nanometres, divide by 1000"),
        (CORNERS * 100 + 1e7, r"from \(1e\+07, 1e\+07, 1e\+07\).*nanometres.*origin"),
    ],
)
def test_a_mesh_in_another_unit_is_warned_of_once(corners: Any, message: str) -> None:
    mesh = Mesh(corners, FACES)
    with pytest.warns(UserWarning, match=message) as caught:
        scene = Scene(CELL, meshes=[mesh])
    assert len(caught) == 1
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        replace(scene, background="black")


@pytest.mark.parametrize(
    "item",
    [
        Mesh(CORNERS * 5, FACES),  # a small soma
        Mesh(CORNERS * 4e5, FACES),  # a brain
        Mesh(CORNERS * 100 + 5e4, FACES),  # another region
        Electrode([(50, 0, 0), (50, 0, 20)], diameter=2),
        Points([(5, 0, 500)], diameters=1.0),
    ],
)
def test_objects_of_other_sizes_are_not_warned_of(item: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        pickle.loads(pickle.dumps(Scene(CELL, meshes=[item])))


def test_a_soma_beside_a_large_circuit_is_not_warned_of() -> None:
    circuit = straight(20_000)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        Scene(circuit, meshes=[Mesh(CORNERS * 12, FACES)])
