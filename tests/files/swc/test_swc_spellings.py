"""SWC files are read in all common spellings, with their headers."""

from __future__ import annotations

import gzip
import warnings

import numpy as np
import pytest
from morphology_measures import section_points
from swc_texts import FORK, Write

from gpu_morph.readers.files import swc_nodes
from gpu_morph.readers.files.swc import read_swc

# Headers


@pytest.mark.parametrize("line", ["# OFFSET 100 -20 3.5", "#offset: 100, -20, 3.5", "# OFFSET\t100\t-20\t3.5"])
def test_the_offset_of_the_header_is_added(write: Write, line: str) -> None:
    morphology = read_swc(write(f"# ORIGINAL_SOURCE a\n{line}\n# SCALE 1.0 1.0 1.0\n{FORK}"))
    plain = read_swc(write(FORK, "plain.swc"))
    assert morphology.points.tolist() == (plain.points + np.float32([100, -20, 3.5])).tolist()
    assert read_swc(write(f"{line}\n{FORK}"), scale=0.5).points[0].tolist() == [50, -10, 1.75]


@pytest.mark.parametrize("line", ["# the OFFSET 1 2 3", "# OFFSET of the stage", "# OFFSET", "# OFFSET 0"])
def test_other_comments_are_no_offsets(write: Write, line: str) -> None:
    assert read_swc(write(f"{line}\n{FORK}# OFFSET 1 2 3\n")) == read_swc(write(FORK, "plain.swc"))


@pytest.mark.parametrize("words", ["1 2", "1 2 3 4", "nan 1 2", "1 inf 2"])
def test_an_offset_of_other_than_three_finite_numbers_is_a_warning(write: Write, words: str) -> None:
    with pytest.warns(UserWarning, match=rf"^cell.swc: its header has OFFSET {words}, expected three finite numbers"):
        assert read_swc(write(f"# OFFSET {words}\n{FORK}")) == read_swc(write(FORK, "plain.swc"))


def test_a_scale_in_the_header_is_a_warning(write: Write) -> None:
    with pytest.warns(UserWarning, match=r"^cell.swc: its header has SCALE 0.5 0.5 2, which is not applied"):
        assert read_swc(write(f"# SCALE 0.5 0.5 2\n{FORK}")) == read_swc(write(FORK, "plain.swc"))


# Spellings


@pytest.mark.parametrize(
    "content",
    [
        FORK.rstrip("\n"),
        FORK.replace("\n", "\r\n"),
        FORK.replace("\n", "\r"),
        FORK.replace(" ", "\t"),
        FORK.replace("\n", "  \t\n\n   \n"),
        FORK.replace("\n", " # a note, 1 2 3\n"),
        FORK.replace("\n", " 0 99 text\n"),
        FORK.replace("0.5", "5.0E-1").replace(" 10 ", " +1e1 "),
        FORK.replace("-1\n", "-2\n", 1),
        "".join(" ".join([i + ".0", *rest, p + ".0"]) + "\n" for i, *rest, p in map(str.split, FORK.splitlines())),
        b"\xef\xbb\xbf# with a byte order mark\n" + FORK.encode(),
        "# Größe in µm\n".encode("latin-1") + FORK.encode(),
        "# Größe in µm\n".encode() + FORK.encode(),
        gzip.compress(FORK.encode()),
    ],
    ids=[
        "no final newline",
        "Windows line ends",
        "old Mac line ends",
        "tabs",
        "blank lines, trailing blanks",
        "inline comments",
        "extra columns",
        "scientific notation",
        "root of -2",
        "ids with a decimal point",
        "byte order mark",
        "Latin-1 comment",
        "UTF-8 comment",
        "gzip without the ending",
    ],
)
def test_spellings_are_equivalent(write: Write, content: str | bytes) -> None:
    assert read_swc(write(content)) == read_swc(write(FORK, "plain.swc"))


def test_64_bit_ids_are_exact(write: Write) -> None:
    first, second = 720575940661139073, 720575940661139074  # equal as floats
    assert float(first) == float(second)
    morphology = read_swc(write(f"{second} 2 9 0 0 1 {first}\n{first} 2 0 0 0 1 -1\n5 2 9 9 0 1 {second}\n"))
    assert section_points(morphology, 0) == [[0, 0, 0], [9, 0, 0], [9, 9, 0]]


def test_id_zero_is_a_node_like_any_other(write: Write) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        morphology = read_swc(write("0 2 0 0 0 1 -1\n1 2 5 0 0 1 0\n"))
    assert morphology.n_sections == 1


def test_parent_zero_without_a_node_zero_is_a_root_and_a_warning(write: Write) -> None:
    with pytest.warns(UserWarning, match=r"^cell.swc, line 2: parent 0 is read as a root") as caught:
        morphology = read_swc(write("# no node 0\n1 1 0 0 0 5 0\n2 3 0 5 0 1 1\n"))
    assert morphology.section_parent.tolist() == [-1, 0]
    assert caught[0].filename == __file__


def test_a_radius_of_zero_is_allowed(write: Write) -> None:
    assert read_swc(write("1 2 0 0 0 0 -1\n")).diameters.tolist() == [0]


def test_a_path_can_be_a_string(write: Write) -> None:
    assert read_swc(str(write(FORK))).n_sections == 4


def test_both_parsers_read_the_same_numbers() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(size=(500, 4)) * 10.0 ** rng.integers(-12, 12, size=(500, 1))
    text = "".join(
        f"{2**62 + k} {k % 9} {x!r} {y:.7g} {z:.3e} {abs(r)} {2**62 + k - 1 if k else -1} # {k}\n"
        for k, (x, y, z, r) in enumerate(values.tolist())
    )
    quick = swc_nodes.parse_with_numpy(text)
    assert quick is not None
    np.testing.assert_array_equal(quick, swc_nodes.parse_by_line(swc_nodes.SwcSource("text", text)))
