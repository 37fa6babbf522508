"""What a circuit's files may name and how far they may lead: paths, variables, node sets, patterns, odd values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gpu_morph import read_sonata
from gpu_morph.cli.circuit_info import circuit_lines
from gpu_morph.errors import GpuMorphError, MorphologyError
from gpu_morph.readers.sonata.config import Document
from gpu_morph.readers.sonata.patterns import words_matching

h5py = pytest.importorskip("h5py", reason="SONATA files are HDF5 (extra 'hdf5')")

SWC = "1 1 0 0 0 5 -1\n2 3 0 5 0 1 1\n3 3 0 50 0 1 2\n"
CIRCUIT: dict[str, Any] = {
    "networks": {"nodes": [{"nodes_file": "nodes.h5"}]},
    "components": {"morphologies_dir": "morph"},
}


def circuit_of(folder: Path, *, morphology: str = "cell", **changes: Any) -> Path:
    """A circuit of one cell; returns its configuration, with some keys changed."""
    (folder / "morph").mkdir(exist_ok=True)
    with h5py.File(folder / "nodes.h5", "w") as file:
        group = file.create_group("nodes/pop")
        group["node_type_id"] = [1]
        group.create_dataset("0/morphology", data=[morphology], dtype=h5py.string_dtype())
        group.create_dataset("0/mtype", data=["L5_PC"], dtype=h5py.string_dtype())
        for axis in "xyz":
            group[f"0/{axis}"] = [0.0]
    (folder / "circuit.json").write_text(json.dumps(CIRCUIT | changes))
    return folder / "circuit.json"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of a circuit, in a folder with another morphology."""
    (tmp_path / "circuit" / "morph" / "sub").mkdir(parents=True)
    (tmp_path / "secret.swc").write_text(SWC)
    for name in ("cell.swc", "sub/cell.swc"):
        (tmp_path / "circuit" / "morph" / name).write_text(SWC)
    return tmp_path / "circuit"


def test_numbers_where_a_group_should_be_are_an_error(folder: Path) -> None:
    circuit = circuit_of(folder)
    with h5py.File(folder / "nodes.h5", "a") as file:
        del file["nodes/pop/0"]
        file["nodes/pop/0"] = [0.0]  # of millions, h5py would compare each with a name
    with pytest.raises(MorphologyError, match=r"expected a group /nodes/pop/0"):
        read_sonata(circuit)


# Morphologies stay in their folders, and are not run


@pytest.mark.parametrize("name", ["cell", "sub/cell", "cell.swc"])
def test_a_morphology_in_a_folder_of_the_circuit_is_read(folder: Path, name: str) -> None:
    assert read_sonata(circuit_of(folder, morphology=name)).morphology.n_sections == 2


@pytest.mark.parametrize("name", ["../../secret", "sub/../../../secret", "{absolute}", "..", "sub/.."])
def test_a_name_that_leads_out_of_the_folders_is_an_error(folder: Path, name: str) -> None:
    name = name.format(absolute=folder.parent / "secret")
    circuit = circuit_of(folder, morphology=name)
    with pytest.raises(MorphologyError, match=r"must be the name of a file in a folder .*morphologies="):
        read_sonata(circuit)
    assert any("must be the name of a file in a folder" in text for _, text in circuit_lines(circuit))


def test_a_link_out_of_the_folders_is_an_error_until_its_folder_is_named(folder: Path) -> None:
    (folder / "morph" / "linked.swc").symlink_to(folder.parent / "secret.swc")
    (folder / "morph" / "inner.swc").symlink_to(folder / "morph" / "sub" / "cell.swc")
    assert read_sonata(circuit_of(folder, morphology="inner")).morphology.n_sections == 2
    circuit = circuit_of(folder, morphology="linked")
    with pytest.raises(MorphologyError, match=r"is a link to .*secret.swc, which is in none of the folders"):
        read_sonata(circuit)
    assert read_sonata(circuit, morphologies=folder.parent).morphology.n_sections == 2


@pytest.mark.parametrize("where", ["absolute", "above", "linked"])
def test_the_configuration_may_name_any_folder(folder: Path, where: str) -> None:
    (folder / "linked").symlink_to(folder.parent)
    named = {"absolute": str(folder.parent), "above": "..", "linked": "linked"}[where]
    circuit = circuit_of(folder, morphology="secret", components={"morphologies_dir": named})
    assert read_sonata(circuit).morphology.n_sections == 2


@pytest.mark.parametrize("file", ["cell.swc", "cell.asc", "cell"])
def test_a_program_among_the_morphologies_is_not_run(folder: Path, file: str) -> None:
    mark = folder / "ran"
    (folder / "morph" / "cell.swc").unlink()
    (folder / "morph" / file).write_text(f'create soma\nif (1) system("touch {mark}")\n')
    circuit = circuit_of(folder)
    with pytest.raises(MorphologyError, match="its content looks like HOC, which is a program"):
        read_sonata(circuit)
    assert any("looks like HOC" in text for _, text in circuit_lines(circuit))
    (folder / "morph" / "cell.hoc").write_text((folder / "morph" / file).read_text())
    with pytest.raises(MorphologyError, match="'if' is not plain HOC"):
        read_sonata(circuit_of(folder, morphology="cell.hoc"))
    assert not mark.exists()


# Manifests


def test_variables_are_replaced_in_each_other() -> None:
    manifest = {"$A": "$B/a", "${B}": "${configdir}/b"}
    assert Document(Path("/c/x.json"), {"manifest": manifest}).resolved("$A/n.h5") == Path("/c/b/a/n.h5")


@pytest.mark.parametrize("end", ["x", ""])
def test_variables_that_double_are_an_error_or_end_soon(end: str) -> None:
    manifest = {f"$V{k}": f"$V{k + 1}$V{k + 1}" for k in range(45)} | {"$V45": end}
    document = Document(Path("/c/x.json"), {"manifest": manifest})
    if not end:
        assert document.resolved("$V0/n.h5") == Path("/n.h5")
        return
    with pytest.raises(MorphologyError, match=r"^x.json: .* is a path of more than 4096 characters"):
        document.resolved("$V0")


@pytest.mark.parametrize(
    ("manifest", "message"),
    [
        ({"$A": "$B", "$B": "$A"}, r"the variable \$A of the manifest contains itself"),
        ({f"$V{k}": f"$V{k + 1}" for k in range(3000)}, "nested deeper than 50 variables"),
        ({"$A": 5}, r"the variable \$A of the manifest must be a path, got 5"),
        ({"$A": "x" * 5000}, r"is a path of more than 4096 characters"),
        ([], r"needs the variable \$A, but the manifest defines nothing"),
    ],
)
def test_a_manifest_that_leads_nowhere_is_an_error(manifest: Any, message: str) -> None:
    with pytest.raises(MorphologyError, match=message):
        Document(Path("/c/x.json"), {"manifest": manifest}).resolved("$A" if "$V0" not in manifest else "$V0")


# Odd values


@pytest.mark.parametrize(
    ("changes", "given", "key"),
    [
        ({"networks": {"nodes": [{"nodes_file": "n\0.h5"}]}}, {}, "nodes_file"),
        ({"networks": {"nodes": [{"nodes_file": "\ud800.h5"}]}}, {}, "nodes_file"),
        ({"networks": {"nodes": [{"nodes_file": "nodes.h5", "node_types_file": 5}]}}, {}, "node_types_file"),
        ({"networks": {"nodes": [{"nodes_file": "nodes.h5", "populations": {"pop": 3}}]}}, {}, "populations/pop"),
        ({"run": {}, "reports": {"r": []}}, {"report": "r"}, "reports/r"),
        ({"run": {}, "reports": {"r": {"file_name": {"a": 1}}}}, {"report": "r"}, "file_name"),
        ({"run": {}, "output": {"output_dir": 3}, "reports": {"r": {}}}, {"report": "r"}, "output_dir"),
        ({}, {"node_set": {"mtype": {"$regex": "("}}}, "mtype"),
        ({}, {"node_set": {"mtype": {"$regex": 5}, "x": {"$gt": "a"}}}, "x"),
        ({}, {"node_set": {"x": {"$gt": None}}}, "x"),
    ],
)
def test_the_error_for_an_odd_value_names_its_key(folder: Path, changes: Any, given: Any, key: str) -> None:
    with pytest.raises(GpuMorphError, match=key):
        read_sonata(circuit_of(folder, **changes), **given)


@pytest.mark.parametrize("argument", ["population", "edges"])
@pytest.mark.parametrize("given", [5, [5], {"a"}])
def test_an_argument_that_is_no_name_is_a_type_error(folder: Path, argument: str, given: Any) -> None:
    with pytest.raises(TypeError, match=f"{argument} must be a name or a list of names"):
        read_sonata(circuit_of(folder), **{argument: given})


@pytest.mark.parametrize("content", ["[" * 100_000, '{"a":' * 100_000, '{"networks": NaN}'])
def test_json_that_is_nested_too_deep_or_odd_is_an_error(folder: Path, content: str) -> None:
    (folder / "circuit.json").write_text(content)
    with pytest.raises(MorphologyError, match=r"^circuit.json: "):
        read_sonata(folder / "circuit.json")


# Node sets


def test_node_sets_that_double_are_worked_out_once(folder: Path) -> None:
    sets: dict[str, Any] = {f"s{k}": [f"s{k + 1}", f"s{k + 1}"] for k in range(45)}
    (folder / "sets.json").write_text(json.dumps(sets | {"s45": {"mtype": "L5_PC"}}))
    circuit = circuit_of(folder, node_sets_file="sets.json")
    assert np.array_equal(read_sonata(circuit, node_set="s0").node_ids, [0])


def test_node_sets_that_are_nested_too_deep_are_an_error(folder: Path) -> None:
    (folder / "sets.json").write_text(json.dumps({f"s{k}": [f"s{k + 1}"] for k in range(3000)}))
    with pytest.raises(MorphologyError, match="nested deeper than 50 sets"):
        read_sonata(circuit_of(folder, node_sets_file="sets.json"), node_set="s0")


@pytest.mark.parametrize(
    ("pattern", "matching"),
    [
        ("L[45]_.*", {"L5_PC", "L4_SP"}),
        ("(?:L4|L5)_PC", {"L5_PC"}),
        ("L5(_PC)?", {"L5_PC"}),
        (".*P.*", {"L5_PC", "L4_SP", "(*)+P"}),
        (r"\(\*\)+P", set()),
        (r"[(*)+]*P", {"(*)+P"}),
        ("|".join(f"L{k}_PC" for k in range(100)), {"L5_PC"}),
        (5, set()),
    ],
)
def test_a_pattern_matches_whole_words(pattern: Any, matching: set[str]) -> None:
    assert words_matching(pattern, ["L5_PC", "L4_SP", "(*)+P"], "mtype") == matching


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+b", "(a|a)*b", "((a)*)*", "(a){1,9}b", ".*" * 30 + "x", "a?" * 30 + "a" * 30, "(a|ab)" * 40, "(", "a{9,1}"],
)
def test_a_pattern_that_could_take_for_ever_is_an_error(pattern: str) -> None:
    with pytest.raises(MorphologyError, match=r"regular expression .* for mtype"):
        words_matching(pattern, ["a" * 79], "mtype")


def test_a_long_word_is_not_matched_against_a_pattern() -> None:
    with pytest.raises(MorphologyError, match=r"more than 80 characters; list the values"):
        words_matching("a*", ["a" * 81], "mtype")
