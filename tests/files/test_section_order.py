"""Each row of the table "Orders" in CONVENTIONS.md, on tiny files."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import gpu_morph as gm

# A soma, a dendrite with an axon on it, and an axon.
SWC = """\
1 1 0 0 0 5 -1
2 3 0 5 0 1 1
3 3 0 10 0 1 2
4 2 0 -5 0 1 1
5 2 0 -10 0 1 4
6 2 5 10 0 1 3
"""
ASC = """\
((Dendrite) (0 5 0 1) (0 10 0 1) ((1 15 0 1) ((1 20 0 1) | (2 20 0 1)) | (3 15 0 1)))
((Axon) (0 -5 0 1) (4 -10 0 1))
("CellBody" (Color Red) (CellBody) (0 0 0 10))
"""
CONTOUR = "(5 0 0 1) (0 4 0 1) (-5 0 0 1) (0 -4 0 1)"


def label_and_x(morphology: gm.Morphology) -> list[tuple[str, float]]:
    """Label and x of the last point of each section."""
    ends = morphology.points[morphology.section_offsets[1:] - 1, 0].tolist()
    return list(zip(morphology.section_labels, ends, strict=True))


def written(folder: Path, name: str, text: str) -> Path:
    (folder / name).write_text(text)
    return folder / name


def test_points_begin_at_the_parent(tmp_path: Path) -> None:
    text = (
        "create a, b\nconnect b(1), a(1)\na {pt3dadd(0,0,0,1) pt3dadd(9,0,0,1)} b {pt3dadd(9,0,0,1) pt3dadd(20,0,0,1)}"
    )
    for path in (
        written(tmp_path, "cell.hoc", text),
        written(tmp_path, "cell.swc", "2 3 20 0 0 1 1\n1 3 9 0 0 1 -1\n"),
    ):
        assert gm.read_morphology(path).points[-2:, 0].tolist() == [9, 20]


def test_sections_of_swc_are_sorted_by_type_and_then_by_their_first_nodes(tmp_path: Path) -> None:
    morphology = gm.read_morphology(written(tmp_path, "cell.swc", SWC))
    assert label_and_x(morphology) == [("soma", 0), ("axon", 0), ("axon", 5), ("dend", 0)]


def test_sections_of_asc_are_sorted_by_type_and_then_depth_first_as_written(tmp_path: Path) -> None:
    morphology = gm.read_morphology(written(tmp_path, "cell.asc", ASC))
    dendrite = [("dend", 0), ("dend", 1), ("dend", 1), ("dend", 2), ("dend", 3)]
    assert label_and_x(morphology) == [("soma", 0), ("axon", 4), *dendrite]


def test_sections_of_hdf5_are_in_the_order_of_the_rows(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py", reason="morphologies in HDF5 need h5py (extra 'hdf5')")
    with h5py.File(tmp_path / "cell.h5", "w") as file:
        file["points"] = [[x, 0, 0, 1.0] for x in range(4)]
        file["structure"] = [[0, 4, 2], [1, 1, -1], [2, 3, 1], [3, 2, 1]]
    morphology = gm.read_morphology(tmp_path / "cell.h5")
    assert label_and_x(morphology) == [("apic", 0), ("soma", 1), ("dend", 2), ("axon", 3)]


def test_sections_of_hoc_are_in_the_order_of_their_creation(tmp_path: Path) -> None:
    path = written(
        tmp_path, "cell.hoc", "create dend, apic[2], axon\ncreate soma\ncreate dend\nconnect apic[1](0), soma(1)"
    )
    assert gm.read_morphology(path).section_labels == ("apic", "apic", "axon", "soma", "dend")


@pytest.mark.skipif(find_spec("neuron") is None, reason="needs NEURON (extra 'neuron')")
def test_sections_of_hoc_and_from_neuron_are_in_the_order_of_allsec(tmp_path: Path) -> None:
    path = written(
        tmp_path, "cell.hoc", "create dend, apic[2], axon\ncreate soma\ncreate dend\nconnect apic[1](0), soma(1)"
    )
    code = f"""
from neuron import h
import gpu_morph as gm
h.xopen({str(path)!r})
sections = list(h.allsec())
print(*(section.name() for section in sections))
print(*gm.from_neuron().section_labels)
print(*gm.from_neuron([sections[3], sections[0], sections[3]]).section_labels)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    names, labels, chosen = done.stdout.splitlines()[-3:]
    assert names.split() == ["apic[0]", "apic[1]", "axon", "soma", "dend"]
    assert labels.split() == ["apic", "apic", "axon", "soma", "dend"]
    assert chosen.split() == ["soma", "apic"]


def test_sections_of_neuroml_are_breadth_first_and_ids_do_not_count(tmp_path: Path) -> None:
    def segment(key: int, parent: int | None, x: float, name: str) -> str:
        start = "" if parent is None else f'<parent segment="{parent}"/>'
        points = f'<proximal x="{x}" y="0" z="0" diameter="1"/><distal x="{x}" y="9" z="0" diameter="1"/>'
        return f'<segment id="{key}" name="{name}">{start}{points}</segment>'

    segments = [(1, 3, 1, "axon"), (9, 7, 2, "apic"), (7, 3, 3, "dend"), (3, None, 4, "soma")]
    text = "".join(segment(*each) for each in segments)
    path = written(
        tmp_path, "cell.nml", f'<neuroml><cell id="c"><morphology id="m">{text}</morphology></cell></neuroml>'
    )
    assert label_and_x(gm.read_morphology(path)) == [("soma", 4), ("axon", 1), ("dend", 3), ("apic", 2)]


def test_sections_of_from_isf_are_those_of_the_cell() -> None:
    class Section(SimpleNamespace):
        pass

    soma = Section(pts=[[0, 0, 0]], diamList=[9], label="Soma", parent=None)
    dendrite = Section(pts=[[5, 0, 0]], diamList=[1], label="Dendrite", parent=soma, parentx=1.0)
    cell = SimpleNamespace(sections=[dendrite, soma], tVec=None, synapses={})
    assert gm.from_isf(cell)[0].section_labels == ("Dendrite", "Soma")


def test_cells_of_read_sonata_are_in_the_order_of_the_file_and_their_sections_in_that_of_their_own(
    tmp_path: Path,
) -> None:
    pytest.importorskip("h5py", reason="SONATA files are HDF5 (extra 'hdf5')")
    from sonata_files import h5py, put_circuit, put_nodes

    (tmp_path / "morphologies").mkdir()
    written(tmp_path / "morphologies", "a.swc", SWC)
    written(tmp_path / "morphologies", "b.asc", ASC)
    for population in "QP":
        put_nodes(tmp_path / f"{population}.h5", population=population, morphology=["b", "a"])
        with h5py.File(tmp_path / f"{population}.h5", "a") as file:
            file[f"nodes/{population}/node_id"] = [8, 3]
    circuit = put_circuit(tmp_path, {"nodes_file": "Q.h5"}, {"nodes_file": "P.h5"})
    found = gm.read_sonata(circuit, node_set=[3, 8])
    assert found.populations == ("Q", "Q", "P", "P")
    assert found.node_ids.tolist() == [8, 3, 8, 3]
    first = np.flatnonzero(found.morphology.section_cell == 1)
    alone = gm.read_morphology(tmp_path / "morphologies" / "a.swc")
    assert tuple(found.morphology.section_labels[k] for k in first) == alone.section_labels


IMPORT3D = """
import json, sys
import numpy as np
from neuron import h
h.load_file("import3d.hoc")
found = []
for path in sys.argv[1:]:
    reader = h.Import3d_SWC_read() if path.endswith("swc") else h.Import3d_Neurolucida3()
    reader.quiet = 1
    reader.input(path)
    h.Import3d_GUI(reader, False).instantiate(None)
    found.append([])
    for s in h.allsec():
        points = np.array([[s.x3d(k), s.y3d(k), s.z3d(k)] for k in range(s.n3d())])
        along = [s.arc3d(k) / s.L for k in range(s.n3d())]
        at = np.transpose([np.interp([0, 0.5, 1], along, column) for column in points.T])
        found[-1].append([s.name(), at.tolist()])
    for section in list(h.allsec()):
        h.delete_section(sec=section)
print("\\n" + json.dumps(found))
"""


def by_import3d(*paths: Path) -> list[list[tuple[str, list[list[float]]]]]:
    """Name of the sections that NEURON makes of each file, and where x = 0, 0.5 and 1 are."""
    done = subprocess.run(
        [sys.executable, "-c", IMPORT3D, *map(str, paths)], capture_output=True, text=True, check=True
    )
    cells = json.loads(done.stdout.splitlines()[-1])
    return [[(name, xyz) for name, xyz in sections] for sections in cells]


def check_as_import3d(morphology: gm.Morphology, sections: list[tuple[str, list[list[float]]]]) -> None:
    assert morphology.n_sections == len(sections)
    for k, (name, xyz) in enumerate(sections):
        label = name.partition("[")[0].replace("dend_0", "undefined").replace("dend_", "custom")
        assert label == morphology.section_labels[k]
        if morphology.section_labels[k] != "soma":  # NEURON makes a cylinder of a sphere or contour
            np.testing.assert_allclose(morphology.locate([k] * 3, [0, 0.5, 1]), xyz, atol=1e-3)
    if morphology.section_names is not None:
        assert morphology.section_names == tuple(name for name, _ in sections)


@pytest.mark.skipif(find_spec("neuron") is None, reason="needs NEURON (extra 'neuron')")
def test_sections_of_swc_and_asc_are_in_the_order_of_import3d(tmp_path: Path) -> None:
    paths = [
        written(tmp_path, "cell.swc", SWC),
        written(tmp_path, "cell.asc", ASC.replace("(0 0 0 10)", CONTOUR)),
    ]
    for path, sections in zip(paths, by_import3d(*paths), strict=True):
        check_as_import3d(gm.read_morphology(path), sections)


def random_swc(seed: int) -> str:
    """A tree of 20 nodes; ids rise, and each node is often, but not always, directly behind its parent."""
    random = np.random.default_rng(seed)
    n_soma = int(random.choice([1, 1, 2, 3, 5, 0]))
    types, parents = [1] * n_soma, [k or -1 for k in range(n_soma)]
    for k in range(n_soma, 20):
        parent = k if random.random() < 0.75 else int(random.integers(1, k + 1)) if k else -1
        parents.append(parent or -1)
        is_on_soma = parent < 1 or types[parent - 1] == 1
        types.append(int(random.choice([2, 3, 4])) if is_on_soma else types[parent - 1])
    if random.random() < 0.2:
        types[int(random.integers(10, 20))] = int(random.choice([5, 6]))  # a mark of a fork or an end
    xyz = random.normal(scale=50, size=(20, 3)).round(2)
    rows = zip(types, xyz.tolist(), parents, strict=True)
    return "".join(f"{k} {kind} {x} {y} {z} 2 {parent}\n" for k, (kind, (x, y, z), parent) in enumerate(rows, 1))


@pytest.mark.skipif(find_spec("neuron") is None, reason="needs NEURON (extra 'neuron')")
def test_names_of_sections_of_swc_are_given_only_where_import3d_makes_the_same(tmp_path: Path) -> None:
    paths = [written(tmp_path, f"{seed}.swc", random_swc(seed)) for seed in range(150)]
    morphologies = [gm.read_morphology(path) for path in paths]
    named = [k for k, morphology in enumerate(morphologies) if morphology.section_names is not None]
    assert 20 < len(named) < 130
    for k, sections in zip(named, by_import3d(*(paths[k] for k in named)), strict=True):
        check_as_import3d(morphologies[k], sections)


REAL = ("Scnn1a_473845048_m", "Pvalb_470522102_m", "reconstruction", "Nr5a1_471087815_m")


@pytest.mark.skipif(find_spec("neuron") is None, reason="needs NEURON (extra 'neuron')")
def test_real_files_have_the_order_of_import3d(shared_data: Path) -> None:
    paths = [path for name in REAL if (path := shared_data / "swc_real" / f"{name}.swc").is_file()]
    if not paths:
        pytest.skip(f"no files in {shared_data / 'swc_real'}")
    for path, sections in zip(paths, by_import3d(*paths), strict=True):
        check_as_import3d(gm.read_morphology(path), sections)
