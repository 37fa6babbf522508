"""The content of a file selects its reader; the ending does where the content does not tell."""

from __future__ import annotations

import gzip
import importlib
import pkgutil
import tarfile
import zipfile
from pathlib import Path

import pytest

from gpu_morph.errors import MorphologyError
from gpu_morph.readers import files
from gpu_morph.readers.formats import FORMATS, read_any

SWC = "# a cell\n1 2 0 0 0 1 -1\n2 2 9 0 0 1 1\n"
ASC = "; a cell\n((Axon) (0 0 0 2) (9 0 0 2))\n"
HOC = "// a cell\n{create axon}\n{access axon}\n{pt3dadd(0,0,0,2)}\n{pt3dadd(9,0,0,2)}\n"
NML = (
    '<?xml version="1.0"?>\n<neuroml xmlns="http://www.neuroml.org/schema/neuroml2"><cell id="c"><morphology id="m">'
    '<segment id="0" name="axon"><proximal x="0" y="0" z="0" diameter="2"/><distal x="9" y="0" z="0" diameter="2"/>'
    "</segment></morphology></cell></neuroml>"
)
MBF = (
    '<mbf version="4.0"><tree type="Axon"><point x="0" y="0" z="0" d="2"/><point x="9" y="0" z="0" d="2"/></tree></mbf>'
)
TEXTS = pytest.mark.parametrize("text", [SWC, ASC, NML, MBF], ids=["swc", "asc", "nml", "mbf"])


def test_every_format_that_a_module_declares_is_in_the_table() -> None:
    names = [info.name for info in pkgutil.iter_modules(files.__path__)]
    modules = [importlib.import_module(f"{files.__name__}.{name}") for name in names]
    declared = {module.FORMAT.name for module in modules if hasattr(module, "FORMAT")}
    assert {file_format.name for file_format in FORMATS} == declared


def test_no_two_formats_have_the_same_ending() -> None:
    endings = [ending for file_format in FORMATS for ending in file_format.endings]
    assert len(set(endings)) == len(endings)


@TEXTS
@pytest.mark.parametrize("name", ["cell", "cell.txt", "cell.swc", "cell.asc", "cell.hoc", "cell.nml", "cell.h5"])
def test_the_content_of_a_file_counts_more_than_its_ending(tmp_path: Path, text: str, name: str) -> None:
    (tmp_path / name).write_text(text)
    morphology = read_any(tmp_path / name)
    assert morphology.points.tolist() == [[0, 0, 0], [9, 0, 0]]
    assert morphology.diameters.tolist() == [2, 2]
    assert morphology.section_labels == ("axon",)


@pytest.mark.parametrize(
    ("text", "name"), [(SWC, "cell.gz"), (ASC, "cell.gz"), (NML, "cell.gz"), (HOC, "cell.hoc.gz"), (HOC, "cell.NRN.GZ")]
)
def test_a_text_file_can_be_gzipped_and_scaled(tmp_path: Path, text: str, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()))
    assert read_any(tmp_path / name, scale=3).points.max() == 27


@pytest.mark.parametrize("ending", [".hoc", ".nrn"])
def test_a_program_is_read_by_the_ending_of_one(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"cell{ending}").write_text(HOC)
    assert read_any(tmp_path / f"cell{ending}").section_labels == ("axon",)


@pytest.mark.parametrize("name", ["cell", "cell.txt", "cell.swc", "cell.asc", "cell.nml", "cell.h5", "cell.swc.gz"])
def test_a_program_needs_the_ending_of_one(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(HOC)
    with pytest.raises(MorphologyError, match=rf"^{name}: its content looks like HOC, which is a program, but"):
        read_any(tmp_path / name)


def test_gzipped_data_that_unpack_to_too_much_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "cell.swc.gz").write_bytes(gzip.compress(SWC.encode() + b"\n" * (2 << 20)))
    with pytest.raises(MorphologyError, match=r"^cell.swc.gz: \d+ bytes .* more than the limit of 1 MiB"):
        read_any(tmp_path / "cell.swc.gz")


def test_hdf5_is_recognised_by_its_first_bytes(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py", reason="morphologies in HDF5 need h5py (extra 'hdf5')")
    with h5py.File(tmp_path / "cell.swc", "w") as file:
        file["a/points"], file["a/structure"] = [[0.0, 0, 0, 2], [9, 0, 0, 2]], [[0, 2, -1]]
    assert read_any(tmp_path / "cell.swc", name="a").section_labels == ("axon",)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cell.swc", "cell.swc, line 1: "),
        ("cell.eswc.gz", "cell.eswc.gz, line 1: "),
        ("CELL.ASC", "CELL.ASC, line 1: "),
        ("cell.h5", "cell.h5: not a readable HDF5 file"),
        ("cell.hoc", "cell.hoc, line 1: "),
        ("cell.cell.nml", "cell.cell.nml, line 1: "),
        ("cell.xyz", "cell.xyz: this version reads .swc, "),
    ],
)
def test_the_ending_selects_the_reader_of_a_file_without_content(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / name).write_text("")
    with pytest.raises(MorphologyError, match=message):
        read_any(tmp_path / name)


@pytest.mark.parametrize(
    ("mode", "words"), [("w", "a tar archive"), ("w:gz", "a tar archive"), ("w:xz", "packed with xz"), ("zip", "a zip")]
)
def test_an_archive_is_named_as_such(tmp_path: Path, mode: str, words: str) -> None:
    (tmp_path / "a.swc").write_text(SWC)
    path = tmp_path / "cell.swc"
    if mode == "zip":
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(tmp_path / "a.swc")
    else:
        with tarfile.open(path, mode) as archive:
            archive.add(tmp_path / "a.swc")
    with pytest.raises(MorphologyError, match=rf"^cell.swc: .*{words}.*; unpack it, and read the morphology"):
        read_any(path)


def test_an_extent_of_more_than_2_cm_is_a_warning_that_suggests_a_scale(tmp_path: Path) -> None:
    for name, text in (("cell.swc", SWC), ("cell.asc", ASC), ("cell.nml", NML), ("cell.xml", MBF)):
        (tmp_path / name).write_text(text.replace("9", "30000"))
        with pytest.warns(UserWarning, match=rf"^{name}: it extends over 30 mm; .* scale=0.001 \(--scale 0.001\)"):
            read_any(tmp_path / name)
        assert read_any(tmp_path / name, scale=0.001).points.max() == 30


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
@TEXTS
def test_a_file_in_utf_16_is_read(tmp_path: Path, text: str, encoding: str) -> None:
    mark = b"" if encoding == "utf-16" else b"\xfe\xff"
    (tmp_path / "cell").write_bytes(mark + text.replace("\n", "\r\n").encode(encoding))
    assert read_any(tmp_path / "cell").points.tolist() == [[0, 0, 0], [9, 0, 0]]


def test_name_is_an_error_for_a_format_with_one_morphology_a_file(tmp_path: Path) -> None:
    (tmp_path / "cell.asc").write_text(ASC)
    with pytest.raises(MorphologyError, match=r"^cell.asc: ASC files hold one morphology, got name='a'; leave out"):
        read_any(tmp_path / "cell.asc", name="a")


def test_a_file_that_cannot_be_opened_raises_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_any(tmp_path / "cell.asc")
    with pytest.raises(IsADirectoryError):
        read_any(tmp_path)


def test_damaged_gzip_data_raise_a_morphology_error(tmp_path: Path) -> None:
    (tmp_path / "cell.asc.gz").write_bytes(gzip.compress(ASC.encode())[:20])
    with pytest.raises(MorphologyError, match=r"^cell.asc.gz: damaged gzip data"):
        read_any(tmp_path / "cell.asc.gz")


@pytest.mark.parametrize(
    ("name", "labels"),
    [
        ("asc/sm080908a4.asc", {"soma", "axon", "dend", "apic"}),
        ("isf_gpl3/86_C2_center.hoc", {"soma", "dend", "apic"}),
        ("isf_gpl3/86_C2_center.swc", {"soma"}),
        ("morphio_tests/h5/v1/simple.h5", {"soma", "dend", "axon"}),
        ("morphio_tests/simple.unknown", {"soma", "dend", "axon"}),
        ("neuroml/L5PC.cell.nml.gz", {"soma", "axon", "dend", "apic"}),
        ("swc_large/173000_resampled_0.5um.derived.swc.gz", {"soma", "axon"}),
        ("swc_real/Scnn1a_473845048_m.swc", {"soma", "axon", "dend", "apic"}),
    ],
)
def test_a_real_file_is_read_by_its_reader(shared_data: Path, name: str, labels: set[str]) -> None:
    if not (shared_data / name).exists():
        pytest.skip(f"no file {name} in the shared data")
    assert set(read_any(shared_data / name).section_labels) <= labels


def test_a_real_file_of_an_unknown_format_raises_an_error(shared_data: Path) -> None:
    path = shared_data / "neurom_tests" / "unsupported_extension.fake"
    if not path.exists():
        pytest.skip(f"no file {path} in the shared data")
    with pytest.raises(MorphologyError, match=r"this version reads \.swc"):
        read_any(path)


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"%PDF-1.4\n", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "a PNG image"),
        (b"\n<!DOCTYPE html><html>404</html>", "a web page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12\n", "a git-lfs pointer"),
    ],
)
def test_files_of_another_kind_are_named(tmp_path: Path, content: bytes, name: str) -> None:
    (tmp_path / "cell.swc").write_bytes(content)
    with pytest.raises(MorphologyError, match=rf"^cell.swc: no morphology, its content is that of {name}"):
        read_any(tmp_path / "cell.swc")
