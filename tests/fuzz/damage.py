"""Damaged files for tests: small whole files of each format, and mutations of their bytes."""

from __future__ import annotations

import io
import json
import random
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

_SWC = """\
# a cell
1 1 0 0 0 5 -1
2 1 0 3 0 5 1
3 3 0 5 0 1 2
4 3 0 50 0 1 3
5 3 10 90 0 .5 4
6 4 -10 90 0 .5 4
7 2 0 -5 0 1 1
8 2 0 -80 0 1e0 7
"""
_ASC = """\
; a cell
("Soma" (Color Red) (CellBody) (5 0 0) (0 5 0 0) (-5 0 0 0) (0 -5 0 0))
( (Color Yellow) (Dendrite) (0 5 0 2) (0 20 0 1)
  ( (5 30 0 1) Normal | (-5 30 0 1) (-9 40 0 .5) Incomplete ) ) ; end
((Axon) (0 -5 0 1) <(Class 1 "s") (0 -9 0 1)> (0 -50 0 1))
"""
_HOC = """\
{create soma, dend[2]}
{access soma}
proc shape() { local i
  soma { pt3dclear() pt3dadd(-5, 0, 0, 10) pt3dadd(5, 0, 0, 10) }
  for i = 0, 1 dend[i] { pt3dadd(5, 0, 0, 2) pt3dadd(50 * (i + 1), 9, 0, 1.5e0) }
}
/* links */ for i = 0, 1 connect dend[i](0), soma(1)
forall { nseg = 3 insert pas }
shape() // done
"""
_NEUROML = """\
<?xml version="1.0"?>
<neuroml xmlns="http://www.neuroml.org/schema/neuroml2"><cell id="c"><morphology id="m">
<segment id="0" name="soma"><proximal x="0" y="0" z="0" diameter="9"/><distal x="9" y="0" z="0" diameter="9"/></segment>
<segment id="1" name="d"><parent segment="0" fractionAlong="0.5"/><distal x="9" y="40" z="0" diameter="2"/></segment>
<segment id="2" name="d"><parent segment="1"/><distal x="9" y="80" z="0" diameter="1"/></segment>
<segmentGroup id="dend_0" neuroLexId="sao864921383"><member segment="1"/><member segment="2"/></segmentGroup>
<segmentGroup id="dendrite_group" neuroLexId="GO:0030425"><include segmentGroup="dend_0"/></segmentGroup>
</morphology></cell></neuroml>
"""
_NETPYNE = """\
{"net": {"cells": [
 {"gid": 0, "tags": {"pop": "A", "cellType": "PYR", "x": 10, "y": 200, "z": 5}, "conns": [], "secs": {
  "soma": {"geom": {"L": 20, "diam": 12}, "topol": {}},
  "dend": {"geom": {"L": 90, "diam": 2, "nseg": 5}, "topol": {"parentSec": "soma", "parentX": 1.0, "childX": 0}}}},
 {"gid": 1, "tags": {"pop": "B", "x": -30, "y": 100, "z": 0}, "secs": {
  "soma": {"geom": {"pt3d": [[0, 0, 0, 12], [0, 20, 0, 12]]}},
  "dend": {"geom": {"pt3d": [[0, 20, 0, 3], [9, 99, 0, 1]]},
   "topol": {"parentSec": "soma", "parentX": 1, "childX": 1}}},
  "conns": [{"preGid": 0, "sec": "dend", "loc": 0.5, "delay": 2},
   {"preGid": "NetStim", "preLabel": "s", "sec": "soma"}]},
 {"gid": 2, "tags": {"pop": "C", "cellModel": "NetStim"}, "conns": []}],
 "params": {"cellParams": {"PYR": {"secs": {}}}}},
 "simConfig": {"recordStep": 0.1, "pt3dRelativeToCellLocation": true,
  "recordTraces": {"v": {"sec": "soma", "loc": 0.5, "var": "v"}, "d": {"sec": "dend", "loc": 0.7, "var": "v"}}},
 "simData": {"t": [0, 0.1], "v": {"cell_0": [-65, -6e1], "cell_1": [0, 1]}, "d": {"cell_0": [2, 3]},
  "spkt": [3.0, 1.5], "spkid": [0, 2], "stims": {"cell_1": {"s": [6.0]}}}}
"""
_CIRCUIT = {
    "manifest": {"$BASE": "${configdir}", "$M": "$BASE/m"},
    "networks": {
        "nodes": [
            {"nodes_file": "nodes.h5", "node_types_file": "types.csv", "populations": {"p": {"type": "biophysical"}}}
        ],
        "edges": [{"edges_file": "edges.h5", "edge_types_file": "edge_types.csv"}],
    },
    "components": {"morphologies_dir": "$M", "alternate_morphologies": {"neurolucida-asc": "$M"}},
    "node_sets_file": "sets.json",
    "run": {"tstop": 3.0},
    "output": {"output_dir": ".", "spikes_file": "spikes.h5"},
    "reports": {"r": {"file_name": "report.h5", "cells": "All", "variable_name": "v", "type": "compartment"}},
}
_SETS = {"All": ["A", "B"], "A": {"mtype": "L5"}, "B": {"mtype": {"$regex": "L[45].*"}, "x": {"$gt": -1}}}
_TYPES = "node_type_id population morphology\n1 p cell\n2 p NULL\n"
_EDGE_TYPES = "edge_type_id delay model sec_x\n7 0.5 exc NULL\n8 NULL exc .5\n"
_WORDS = [
    *(
        b"0",
        b"-1",
        b"1e999",
        b"nan",
        b"99999999999999999999",
        b"2147483648",
        b"1.5",
        b'"',
        b"(",
        b")",
        b"{",
        b"}",
        b"[",
    ),
    *(b"]", b"\x00", b"\xff\xfe", b"\n", b"#", b"</", b"<", b"|", b",", b"$", b"${", b"null", b"{}", b"[]", b"\\ud800"),
    *(b"true", b"create", b"/*", b"//", b"for i = 0, 99999 ", b"forall ", b"..", b"/", b"&lol;", b"<!DOCTYPE a []>"),
]
_ODD: list[Any] = [0, -1, 2**31, 2**62, 0.5, float("nan"), float("inf"), "text", [], [[1, 2], [3, 4]], ["a"], True, 1j]


@dataclass(frozen=True)
class Reader:
    """A reader and whole files for it.

    Parameters
    ----------
    files : mapping
        Name and content of each file; the first is read.
    damaged : str
        The name of the file that is damaged.
    read : callable
        Reads the first file, and what it refers to.
    is_text : bool
        True for a text format.
    """

    files: dict[str, bytes]
    damaged: str
    read: Callable[[Path], object]
    is_text: bool = True

    def write(self, folder: Path) -> Path:
        """Write all files; return the path of the first."""
        for name, content in self.files.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_bytes(content)
        return folder / next(iter(self.files))


def readers() -> dict[str, Reader]:
    """All readers of files by name."""
    texts = {"swc": _SWC, "asc": _ASC, "hoc": _HOC, "nml": _NEUROML}
    found = {
        kind: Reader({f"cell.{kind}": text.encode()}, f"cell.{kind}", _read_morphology) for kind, text in texts.items()
    }
    found["netpyne"] = Reader({"model.json": _NETPYNE.encode()}, "model.json", _read_netpyne)
    for ending, content in _meshes().items():
        found[ending] = Reader(
            {f"box.{ending}": content}, f"box.{ending}", _read_mesh, is_text=ending in ("obj", "off")
        )
    found["npz"] = Reader({"v.npz": _npz()}, "v.npz", _read_recording, is_text=False)
    try:
        import h5py  # noqa: F401
    except ImportError:
        return found
    found["h5"] = Reader({"cell.h5": _h5()}, "cell.h5", _read_morphology, is_text=False)
    circuit = {
        "circuit.json": json.dumps(_CIRCUIT, indent=1).encode(),
        "sets.json": json.dumps(_SETS).encode(),
        "types.csv": _TYPES.encode(),
        "m/cell.swc": _SWC.encode(),
        "nodes.h5": _nodes(),
        "report.h5": _report(),
        "edges.h5": _edges(),
        "edge_types.csv": _EDGE_TYPES.encode(),
        "spikes.h5": _spikes(),
    }
    texts = {"config": "circuit.json", "sets": "sets.json", "types": "types.csv", "edge types": "edge_types.csv"}
    what = {"config": _read_circuit, "nodes": _read_circuit, "report": _read_report}  # of the others edges and spikes
    for name in ("config", "sets", "types", "edge types", "nodes", "report", "edges", "spikes"):
        damaged = texts.get(name, f"{name}.h5")
        found[f"sonata {name}"] = Reader(circuit, damaged, what.get(name, _read_synapses), is_text=name in texts)
    return found


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A content with one to four damages: bytes changed, parts cut off, removed, doubled, swapped or inserted.

    Of HDF5 files one half is whole, with odd contents.
    """
    if content.startswith(b"\x89HDF") and chance.random() < 0.5:
        return with_odd_contents(content, chance)
    for _ in range(chance.randint(1, 4)):
        size = len(content)
        first, end = sorted((chance.randint(0, size), chance.randint(0, size)))
        near = min(size, first + chance.randint(1, 40))
        damage = chance.randrange(8)
        if damage == 0 and size:
            k = chance.randrange(size)
            content = content[:k] + bytes([chance.randrange(256)]) + content[k + 1 :]
        elif damage == 1 and size:
            k = chance.randrange(size)
            content = content[:k] + bytes([content[k] ^ 1 << chance.randrange(8)]) + content[k + 1 :]
        elif damage == 2:
            content = content[:first]
        elif damage == 3:
            content = content[:first] + content[near:]
        elif damage == 4:
            content = content[:first] + content[first:near] * chance.choice((2, 3, 1000)) + content[near:]
        elif damage == 5:
            content = content[:first] + chance.choice(_WORDS) * chance.choice((1, 1, 1, 3000)) + content[first:]
        elif damage == 6:
            content = _with_swapped_fields(content, chance)
        else:
            content = content[:first] + content[end : end + near - first] + content[near:]
    return content


def with_odd_contents(content: bytes, chance: random.Random) -> bytes:
    """An HDF5 file that is whole, with one to three datasets or attributes of odd values, types, shapes or sizes."""
    import h5py

    file = io.BytesIO(content)
    with h5py.File(file, "r+") as f:
        names: list[str] = []
        f.visit(names.append)
        for name in chance.sample(names, min(len(names), chance.randint(1, 3))):
            owner, _, key = name.rpartition("/")
            if name not in f:  # its group was replaced
                continue
            group = f[owner or "/"]
            stored, attributes = group[key], dict(group[key].attrs)
            shape, odd = getattr(stored, "shape", (3,)), chance.choice(_ODD)
            if chance.random() < 0.2 and attributes:
                attribute = chance.choice(list(attributes))
                stored.attrs[attribute] = h5py.Empty("i4") if isinstance(odd, list) else odd
                continue
            values = stored[()] if isinstance(stored, h5py.Dataset) else np.zeros(3)
            del group[key]
            damage = chance.randrange(7)
            if damage == 0:
                group.create_group(key)
            elif damage == 1:
                group[key] = odd
            elif damage == 2:
                group.create_dataset(key, shape=shape, data=np.full(shape, -1 if isinstance(odd, list | str) else odd))
            elif damage == 3:
                group.create_dataset(key, shape=tuple(n * 10 ** chance.randint(1, 6) for n in shape), dtype="f8")
            elif damage == 4:
                group[key] = values[:0] if np.ndim(values) else [0]
            elif damage == 5:
                group[key] = np.stack([values, values]) if chance.random() < 0.5 else np.ravel(values)[:1]
            if key in group:
                group[key].attrs.update(attributes)
    return file.getvalue()


def _with_swapped_fields(content: bytes, chance: random.Random) -> bytes:
    """Two words exchanged, or one replaced by another of the file or of a list."""
    words = content.split(b" ")
    one, other = chance.randrange(len(words)), chance.randrange(len(words))
    if chance.random() < 0.5:
        words[one], words[other] = words[other], words[one]
    else:
        words[one] = chance.choice((*_WORDS, words[other]))
    return b" ".join(words)


def _read_morphology(path: Path) -> object:
    from gpu_morph import read_morphology

    return read_morphology(path)


def _read_mesh(path: Path) -> object:
    from gpu_morph import read_mesh

    return read_mesh(path)


def _meshes() -> dict[str, bytes]:
    """A tetrahedron in each format that trimesh writes; empty without it."""
    try:
        import trimesh
    except ImportError:
        return {}
    corners, faces = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)], [(0, 2, 1), (0, 1, 3), (1, 2, 3), (0, 3, 2)]
    mesh = trimesh.Trimesh(corners, faces, process=False)
    exported = {ending: mesh.export(file_type=ending) for ending in ("obj", "off", "ply", "stl", "glb")}
    return {ending: text.encode() if isinstance(text, str) else text for ending, text in exported.items()}


def _read_recording(path: Path) -> object:
    from gpu_morph import demo_cell
    from gpu_morph.readers.recordings import read_recording

    return read_recording(path, demo_cell()[0])


def _read_circuit(path: Path) -> object:
    from gpu_morph.cli.circuit_info import circuit_lines

    return list(circuit_lines(path)), _read_report(path), _read_synapses(path)


def _read_report(path: Path) -> object:
    from gpu_morph import read_sonata

    circuit = read_sonata(path, report="r", mapping="file")
    assert circuit.recording is not None
    return circuit.recording.values[:].tolist()


def _read_synapses(path: Path) -> object:
    from gpu_morph import read_sonata

    return read_sonata(path, node_set="All", edges="all")


def _read_netpyne(path: Path) -> object:
    from gpu_morph import read_netpyne

    return read_netpyne(path)


def _npz() -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, times=np.arange(9.0), values=np.ones((9, 3)), section=[0, 1, 2], position=[0.5, 0.5, 0.5])
    return file.getvalue()


def _h5() -> bytes:
    import h5py

    file = io.BytesIO()
    with h5py.File(file, "w") as f:
        soma = [[5, 0, 0, 0], [0, 4, 0, 0], [-5, 0, 0, 0], [0, -4, 0, 0]]
        f["points"] = np.array([*soma, [0, 6, 0, 2], [0, 10, 0, 2], [0, 10, 0, 1], [5, 15, 0, 1]], dtype=np.float64)
        f.create_dataset("structure", data=np.array([[0, 1, -1], [4, 3, 0], [6, 3, 1]], dtype=np.int32), compression=1)
        f.create_group("metadata").attrs["cell_family"] = np.array([0], dtype=np.uint32)
    return file.getvalue()


def _nodes() -> bytes:
    import h5py

    file = io.BytesIO()
    with h5py.File(file, "w") as f:
        group = f.create_group("nodes/p")
        group["node_type_id"], group["node_group_id"], group["node_group_index"] = [1, 1, 2], [0, 0, 0], [0, 1, 2]
        attributes = group.create_group("0")
        for axis in "xyz":
            attributes[axis] = [0.0, 10.0, 20.0]
        attributes.create_dataset("morphology", data=["cell", "cell", "cell"], dtype=h5py.string_dtype())
        attributes["mtype"] = np.array([0, 1, 1], dtype=np.uint32)
        attributes.create_dataset("@library/mtype", data=["L4", "L5"], dtype=h5py.string_dtype())
    return file.getvalue()


def _report() -> bytes:
    import h5py

    file = io.BytesIO()
    with h5py.File(file, "w") as f:
        group = f.create_group("report/p")
        group.create_dataset("data", data=np.full((3, 10), -65, dtype=np.float32), chunks=(3, 10), compression=1)
        group["data"].attrs["units"] = "mV"
        mapping = group.create_group("mapping")
        mapping["node_ids"], mapping["index_pointers"] = np.array([0, 1], dtype=np.uint64), [0, 5, 10]
        mapping["element_ids"] = np.array([0, 1, 2, 3, 4] * 2, dtype=np.uint32)
        mapping["time"] = np.array([0.0, 3.0, 1.0])
        mapping["time"].attrs["units"] = "ms"
    return file.getvalue()


def _edges() -> bytes:
    """Edges in two groups: with the centres of synapses, and with numbers of sections."""
    import h5py

    file = io.BytesIO()
    with h5py.File(file, "w") as f:
        group = f.create_group("edges/e")
        for key, nodes in (("target_node_id", [0, 1, 1, 2]), ("source_node_id", [1, 0, 2, 9])):
            group.create_dataset(key, data=np.array(nodes, dtype=np.uint64)).attrs["node_population"] = "p"
        group["edge_type_id"] = [7, 7, 8, 8]
        group["edge_group_id"], group["edge_group_index"] = [0, 0, 1, 1], [0, 1, 0, 1]
        for axis, value in zip("xyz", (0.0, 30.0, 0.0), strict=True):
            group[f"0/afferent_center_{axis}"] = [value, value]
        group["0/delay"] = [0.5, 1.0]
        group["1/afferent_section_id"], group["1/afferent_section_pos"] = np.array([1, 0], dtype=np.uint32), [0.25, 0.5]
    return file.getvalue()


def _spikes() -> bytes:
    import h5py

    file = io.BytesIO()
    with h5py.File(file, "w") as f:
        group = f.create_group("spikes/p")
        group["timestamps"], group["node_ids"] = [0.5, 1.5, 2.5], np.array([1, 0, 1], dtype=np.uint64)
        group["timestamps"].attrs["units"] = "ms"
    return file.getvalue()


def problem_of(reader: Reader, path: Path) -> str:
    """What is wrong with how a reader takes a file: an error that is not the library's own; empty if nothing is."""
    from gpu_morph.errors import GpuMorphError

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            reader.read(path)
        except (GpuMorphError, OSError):
            return ""
        except Exception as error:  # the tests look for these
            trace = error.__traceback__
            while trace is not None and trace.tb_next is not None:
                trace = trace.tb_next
            place = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else "?"
            return f"{type(error).__name__}: {str(error)[:100]} ({place})"
    return ""
