"""Small whole files of each format, for tests."""

from __future__ import annotations

import io

import numpy as np

SWC = """\
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
ASC = """\
; a cell
("Soma" (Color Red) (CellBody) (5 0 0) (0 5 0 0) (-5 0 0 0) (0 -5 0 0))
( (Color Yellow) (Dendrite) (0 5 0 2) (0 20 0 1)
  ( (5 30 0 1) Normal | (-5 30 0 1) (-9 40 0 .5) Incomplete ) ) ; end
((Axon) (0 -5 0 1) <(Class 1 "s") (0 -9 0 1)> (0 -50 0 1))
"""
HOC = """\
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
NEUROML = """\
<?xml version="1.0"?>
<neuroml xmlns="http://www.neuroml.org/schema/neuroml2"><cell id="c"><morphology id="m">
<segment id="0" name="soma"><proximal x="0" y="0" z="0" diameter="9"/><distal x="9" y="0" z="0" diameter="9"/></segment>
<segment id="1" name="d"><parent segment="0" fractionAlong="0.5"/><distal x="9" y="40" z="0" diameter="2"/></segment>
<segment id="2" name="d"><parent segment="1"/><distal x="9" y="80" z="0" diameter="1"/></segment>
<segmentGroup id="dend_0" neuroLexId="sao864921383"><member segment="1"/><member segment="2"/></segmentGroup>
<segmentGroup id="dendrite_group" neuroLexId="GO:0030425"><include segmentGroup="dend_0"/></segmentGroup>
</morphology></cell></neuroml>
"""
NETPYNE = """\
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
CIRCUIT = {
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
SETS = {"All": ["A", "B"], "A": {"mtype": "L5"}, "B": {"mtype": {"$regex": "L[45].*"}, "x": {"$gt": -1}}}
TYPES = "node_type_id population morphology\n1 p cell\n2 p NULL\n"
EDGE_TYPES = "edge_type_id delay model sec_x\n7 0.5 exc NULL\n8 NULL exc .5\n"


def meshes() -> dict[str, bytes]:
    """A tetrahedron in each format that trimesh writes; empty without it."""
    try:
        import trimesh
    except ImportError:
        return {}
    corners, faces = [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1)], [(0, 2, 1), (0, 1, 3), (1, 2, 3), (0, 3, 2)]
    mesh = trimesh.Trimesh(corners, faces, process=False)
    exported = {ending: mesh.export(file_type=ending) for ending in ("obj", "off", "ply", "stl", "glb")}
    return {ending: text.encode() if isinstance(text, str) else text for ending, text in exported.items()}


def npz() -> bytes:
    file = io.BytesIO()
    np.savez_compressed(file, times=np.arange(9.0), values=np.ones((9, 3)), section=[0, 1, 2], position=[0.5, 0.5, 0.5])
    return file.getvalue()


def h5() -> bytes:
    import h5py

    file = io.BytesIO()
    with h5py.File(file, "w") as f:
        soma = [[5, 0, 0, 0], [0, 4, 0, 0], [-5, 0, 0, 0], [0, -4, 0, 0]]
        f["points"] = np.array([*soma, [0, 6, 0, 2], [0, 10, 0, 2], [0, 10, 0, 1], [5, 15, 0, 1]], dtype=np.float64)
        f.create_dataset("structure", data=np.array([[0, 1, -1], [4, 3, 0], [6, 3, 1]], dtype=np.int32), compression=1)
        f.create_group("metadata").attrs["cell_family"] = np.array([0], dtype=np.uint32)
    return file.getvalue()


def nodes() -> bytes:
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


def report() -> bytes:
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


def edges() -> bytes:
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


def spikes() -> bytes:
    import h5py

    file = io.BytesIO()
    with h5py.File(file, "w") as f:
        group = f.create_group("spikes/p")
        group["timestamps"], group["node_ids"] = [0.5, 1.5, 2.5], np.array([1, 0, 1], dtype=np.uint64)
        group["timestamps"].attrs["units"] = "ms"
    return file.getvalue()
