"""Lines of text that are broken at spaces, because they are too long for a picture."""

from __future__ import annotations

import math
import re

from .canvas import text_width

_MAX_CHARACTERS = 1000  # of a line that is broken; a longer one is no caption


def broken(line: str, height: float, width: float) -> list[str]:
    """A line in text of a height, as lines of about equal length, no wider than ``width`` if words allow it; pixels."""
    # Each with the spaces before it; lines are not broken at other white space, such as no-break spaces.
    whole, words = text_width(line, height), re.findall(" *[^ ]+", line)
    if whole <= width or len(words) < 2 or len(line) > _MAX_CHARACTERS:
        return [line]
    best = _filled(words, height, width)
    # The narrowest lines that are as many: halving finds them to a pixel.
    narrow, wide = whole / len(best), width
    for _ in range(math.ceil(math.log2(max(2.0, width)))):
        middle = (narrow + wide) / 2
        lines = _filled(words, height, middle)
        if len(lines) <= len(best):
            best, wide = lines, middle
        else:
            narrow = middle
    return best


def _filled(words: list[str], height: float, width: float) -> list[str]:
    """As many words in each line as it has room for, one at least."""
    lines = [words[0]]
    for word in words[1:]:
        longer = lines[-1] + word
        if text_width(longer, height) <= width:
            lines[-1] = longer
        else:
            lines.append(word.lstrip(" "))
    return lines
