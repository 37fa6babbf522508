"""Regular expressions of node sets, limited to those that take no exponential time."""

from __future__ import annotations

import re
from typing import Any

from ...errors import MorphologyError, brief

_MAX_LENGTH = 1000  # characters
_MAX_REPEATS = 10  # operators that repeat; time grows with a power of their number
_ESCAPED = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)  # characters without a meaning, sets of characters
_REPEAT = re.compile(r"[*+]|\{\d*,?\d*\}")
_REPEATED_GROUP = re.compile(r"\)(?:[*+]|\{)")


def compiled_pattern(pattern: Any, name: str) -> re.Pattern[str]:
    """A regular expression of a node set.

    Parameters
    ----------
    pattern : str
        The expression. Groups can have alternatives, but are not repeated: ``(a+)+`` takes exponential time.
    name : str
        The attribute that it is for, for messages.

    Raises
    ------
    MorphologyError
        It is not a regular expression, repeats a group, or is longer than 1000 characters or has more than 10 repeats.
    """
    text = str(pattern)
    plain = _ESCAPED.sub("x", text)
    if len(text) > _MAX_LENGTH or len(_REPEAT.findall(plain)) > _MAX_REPEATS or _REPEATED_GROUP.search(plain):
        raise MorphologyError(
            f"a node set has the regular expression {brief(text)} for {name}, which could take very long; write it in "
            f"less than {_MAX_LENGTH} characters, with {_MAX_REPEATS} repeats at most and none of a group"
        )
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as cause:
        raise MorphologyError(
            f"a node set has the regular expression {brief(text)} for {name}, which is not one ({cause}); correct it"
        ) from cause
