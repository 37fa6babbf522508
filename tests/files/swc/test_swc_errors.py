"""Errors name the SWC file, the line and the reason."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from swc_texts import FORK, Write

from gpu_morph.errors import MorphologyError
from gpu_morph.readers.files.swc import read_swc


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ("", 1, ["without a node"]),
        ("# only\n# comments\n", 2, ["without a node"]),
        ("hello world\n" + FORK, 1, ["2 of 7 columns", "hello world", "#"]),
        (FORK + "6 3 1 2", 6, ["4 of 7 columns", "6 3 1 2"]),
        ("1 1 0 0 0 5\n2 3 0 5 0 1\n", 1, ["6 of 7 columns"]),
        (FORK.replace(" ", ","), 1, ["1 of 7 columns", "commas"]),
        (FORK.replace(" ", ", "), 1, ["'1, 1, 0, 0, 0, 5, -1'", "separated by commas: replace them by spaces"]),
        (FORK.replace(" ", ";"), 1, ["1 of 7 columns", "separated by semicolons"]),
        ("id type x y z radius parent\n" + FORK, 1, ["'id type x", "names the columns: start the line with #"]),
        ("n,type,x,y,z,r,pn\n" + FORK.replace(" ", ","), 1, ["separated by commas"]),
        (FORK.replace("0.8", "0,8"), 3, ["radius is '0,8'", "point for decimals"]),
        (b"\x00\x01\x02 binary", 1, ["2 of 7 columns"]),
        ("# head\n\n" + FORK.replace(" 10 ", " nan "), 5, ["y is nan", "finite"]),
        (FORK.replace("0.8", "inf"), 3, ["radius is inf", "finite"]),
        ("# OFFSET 1e31 0 0\n" + FORK, 2, ["x is 1e+31", "finite"]),
        (FORK.replace(" 10 ", " inf "), 3, ["y is inf", "finite"]),
        (FORK.replace(" 10 ", " -1e999 "), 3, ["y is -inf", "finite"]),
        (FORK.replace(" 10 ", " 1e38 "), 3, ["y is 1e+38", "1e30 µm"]),
        (FORK.replace("0.8", "0_8"), 3, ["radius is '0_8'", "number"]),
        (FORK.replace("3 3 0 10", "3.5 3 0 10"), 3, ["id is '3.5'", "whole number"]),
        (FORK.replace("3 3 0 10", "3 dend 0 10"), 3, ["type is 'dend'", "whole number"]),
        (FORK.replace("3 3 0 10", "nan 3 0 10"), 3, ["id is 'nan'", "whole number"]),
        (FORK.replace("3 3 0 10", "-3 3 0 10"), 3, ["id is -3", "0 or more"]),
        (FORK.replace("3 3 0 10", f"{2**63} 3 0 10"), 3, [f"id is {2**63}", "renumber"]),
        (FORK.replace("3 3 0 10", "9" * 400 + " 3 0 10"), 3, ["renumber"]),
        (FORK.replace("3 3 0 10", f"{2**53 + 1}.0 3 0 10"), 3, ["exactly", "renumber"]),
        (FORK.replace("\n4 ", "\n2 "), 4, ["id 2", "line 2"]),
        (FORK.replace("0.8 2", "0.8 99"), 3, ["node 3", "parent 99", "not in the file"]),
        (FORK.replace("5 -1", "5 2"), 1, ["no root", "1, 2", "cycle"]),
        (FORK.replace("\n2 3 0 5 0 1 1", "\n2 3 0 5 0 1 4"), 2, ["nodes 2, 4, 3", "cycle"]),
        (FORK + "6 3 0 0 0 1 6\n", 6, ["node 6", "own parent"]),
        ("1 1 0 0 0 5 1\n", 1, ["no root", "node 1", "own parent"]),
    ],
)
def test_an_error_names_file_line_and_reason(write: Write, content: str | bytes, line: int, words: list[str]) -> None:
    for name, data in (("bad.swc", content), ("bad.swc.gz", content)):
        plain = data.encode() if isinstance(data, str) else data
        with pytest.raises(MorphologyError) as caught:
            read_swc(write(gzip.compress(plain) if name.endswith("gz") else plain, name))
        assert str(caught.value).startswith(f"{name}, line {line}: ")
        assert all(word in str(caught.value) for word in words), str(caught.value)


def test_line_numbers_do_not_depend_on_the_line_ends(write: Write) -> None:
    for end in ("\n", "\r\n", "\r"):
        with pytest.raises(MorphologyError, match=r"^cell.swc, line 3: "):
            read_swc(write(FORK.replace(" 10 ", " nan ").replace("\n", end)))


def test_a_long_cycle_is_found_below_a_long_tail(write: Write) -> None:
    tail = [f"{k} 2 0 0 0 1 {k + 1}" for k in range(1, 1000)]
    cycle = [f"{k} 2 0 0 0 1 {k + 1 if k < 1099 else 1000}" for k in range(1000, 1100)]
    with pytest.raises(MorphologyError, match=r"line 1001: .*1000, 1001.*\(100 nodes\)"):
        read_swc(write("\n".join(["2000 1 0 0 0 1 -1", *tail, *cycle])))


def test_damaged_gzip_data_raise_a_morphology_error(write: Write) -> None:
    packed = gzip.compress(FORK.encode())
    for damaged in (packed[:-12], packed[:12] + b"\xff" * 9 + packed[21:]):
        with pytest.raises(MorphologyError, match=r"^cell.swc: damaged gzip data"):
            read_swc(write(damaged))


def test_a_missing_file_raises_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_swc(tmp_path / "nowhere.swc")


def test_a_directory_raises_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=tmp_path.name):
        read_swc(tmp_path)
