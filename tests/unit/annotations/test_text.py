"""Text has lines, a size and a colour."""

from __future__ import annotations

import numpy as np
import pytest
from annotation_parts import has_color, sprites, view

from gpu_morph.errors import SceneError
from gpu_morph.scene.annotations import Text
from gpu_morph.scene.annotations.broken_lines import broken


def test_text_has_lines_a_size_and_a_colour():
    one, two = (Text(words).room(view()) for words in ("mm", "mm\nmm"))
    large = Text("mm", size=2).room(view())
    assert two == (one[0], 2 * one[1])
    assert large == pytest.approx((2 * one[0], 2 * one[1]), abs=2)
    assert has_color(sprites(Text("mm", size=2, color="#123456")), (0x12, 0x34, 0x56))


@pytest.mark.parametrize(("place", "side"), [("upper left", 0), ("lower right", 1), ("upper", 0.5)])
def test_lines_are_aligned_to_their_edge(place, side):
    (sprite,) = sprites(Text("mmmmmmmm\nmm", place=place))
    lower = np.flatnonzero(sprite.image[len(sprite.image) // 2 :, :, 3].any(axis=0))
    free = sprite.image.shape[1] - (lower[-1] + 1 - lower[0])
    assert lower[0] == pytest.approx(side * free, abs=3)


def test_a_line_that_is_too_long_is_broken_at_spaces_into_lines_of_about_equal_length(words):
    width = view().size[0]
    caption = "five words in a line " * 12
    assert Text(caption).room(view())[0] <= 0.8 * width
    lines = [word for _, word in words]
    assert " ".join(lines) == caption.strip()
    assert min(map(len, lines)) > 0.6 * max(map(len, lines))
    words.clear()
    assert Text("m" * 200).room(view())[0] > width
    assert Text("short").room(view())[0] < 0.8 * width
    assert [word for _, word in words] == ["m" * 200, "short"]


def test_broken_lines_keep_their_indentation_and_no_break_spaces():
    line = "    " + "word  5\u00a0mV " * 9
    lines = broken(line, 20, 300)
    assert len(lines) > 2
    assert lines[0].startswith("    word")
    assert all(part.lstrip(" ").startswith(("word", "5\u00a0mV")) for part in lines)
    assert "".join(lines).replace(" ", "") == line.replace(" ", "")


@pytest.mark.parametrize("wrong", [{"text": " "}, {"text": 3}, {"text": "a", "size": 0}, {"text": "a", "color": "no"}])
def test_a_wrong_text_is_an_error(wrong):
    with pytest.raises(SceneError, match=list(wrong)[-1]):
        Text(**wrong)
