"""The lines of keys in TOML."""

from __future__ import annotations

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gpu_morph.story.key_lines import key_lines
from hypothesis_settings import STEADY

TEXT = '''\
# a comment with [brackets] and "quotes"
title = "a # b [c]"

[film]
size = [1, 2]   # not an = sign
points = [
  [0, 0],
  # [9, 9],
  [1, 3], [2, 4],

  [3,
   5],
]
text = """
[no.header]
key = 1
"""
raw = \'\'\'a = "\'\'\'

[[camera.keyframes]]
at = 0

[[camera.keyframes]]
at = 1
part = {label = "soma", x = 1}
"odd key" = 3

[camera.keyframes.more]
a.b.c = 2

[[meshes]]
[[meshes]]
kind = "points"
'''


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        (("title",), 2),
        (("film",), 4),
        (("film", "size"), 5),
        (("film", "points"), 6),
        (("film", "points", 0), 7),
        (("film", "points", 1), 9),
        (("film", "points", 2), 9),
        (("film", "points", 3), 11),
        (("film", "text"), 14),
        (("film", "raw"), 18),
        (("camera", "keyframes", 0), 20),
        (("camera", "keyframes", 0, "at"), 21),
        (("camera", "keyframes", 1), 23),
        (("camera", "keyframes", 1, "at"), 24),
        (("camera", "keyframes", 1, "part"), 25),
        (("camera", "keyframes", 1, "odd key"), 26),
        (("camera", "keyframes", 1, "more"), 28),
        (("camera", "keyframes", 1, "more", "a", "b", "c"), 29),
        (("meshes", 0), 31),
        (("meshes", 1, "kind"), 33),
    ],
)
def test_a_key_stands_in_its_line(keys: tuple[str | int, ...], line: int) -> None:
    assert key_lines(TEXT)[keys] == line


def test_no_key_of_a_header_or_of_a_text_counts() -> None:
    assert ("no", "header") not in key_lines(TEXT)
    assert ("film", "key") not in key_lines(TEXT)


TEXTS = ['"a\\"]"', "'\"'", '"""\n"a" ]\n""""', "'''\n\\\n'''"]
VALUES = st.sampled_from([*TEXTS, "1", "[1, [2, 3]]", "[\n1,\n2]", "{a = [1], b = {c = 2}}", "[]"])
FILLINGS = st.sampled_from(["", "# [c]\n", "  # '\n\n"])


@settings(STEADY, max_examples=50)
@given(st.lists(st.tuples(FILLINGS, st.sampled_from(["key", "table", "tables"]), VALUES), max_size=8))
def test_keys_are_found_behind_any_value(parts: list[tuple[str, str, str]]) -> None:
    text, header, expected = "", (), {}
    for number, (filling, what, value) in enumerate(parts):
        text += filling
        line = 1 + text.count("\n")
        if what == "key":
            expected[*header, f"k{number}"] = line
            text += f"k{number} = {value}\n"
        elif what == "table":
            header = ("table", f"t{number}")
            text += f"[table.t{number}]\n"
        else:
            header = ("tables", sum(1 for keys in expected if keys[0] == "tables" and len(keys) == 2))
            text += "[[ tables ]] # ]\n"
        if what != "key":
            expected[header] = line
    tomllib.loads(text)
    lines = key_lines(text)
    assert {keys: lines.get(keys) for keys in expected} == expected
