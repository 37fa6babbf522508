"""Regular expressions of node sets, limited to those that take no long time whatever the words are."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Any

from ...errors import MorphologyError, brief

_MAX_WORD = 80  # characters that are matched
_MAX_STEPS = 10_000_000  # for a word, estimated: below a second
_WITHOUT_MEANING = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?<=\()\?", re.DOTALL)  # escaped, sets, (?:
_REPEAT = re.compile(r"[*+?]|\{\d*,?\d*\}")
_REPEATED_GROUP = re.compile(r"\)(?:[*+]|\{)")


def words_matching(pattern: Any, words: Iterable[object], name: str) -> set[object]:
    """The words that a regular expression of a node set matches as a whole.

    Parameters
    ----------
    pattern : str
        The expression. Groups can have alternatives, but are not repeated: ``(a+)+`` takes exponential time.
    words : iterable
        Words, or numbers, which are matched as text.
    name : str
        The attribute that they are of, for messages.

    Raises
    ------
    MorphologyError
        It is no regular expression, it repeats a group or could take more than 10 million steps, or a word has more
        than 80 characters.
    """
    text = str(pattern)
    plain = _WITHOUT_MEANING.sub("x", text)
    if _REPEATED_GROUP.search(plain) or _steps(plain) > _MAX_STEPS:
        raise MorphologyError(
            f"a node set has the regular expression {brief(text)} for {name}, which could take very long; write it "
            "with 4 repeats at most, few groups and none that is repeated, or list the values"
        )
    try:
        compiled = re.compile(text)
    except (re.error, OverflowError, RecursionError) as cause:
        raise MorphologyError(
            f"a node set has the regular expression {brief(text)} for {name}, which is not one ({cause}); correct it"
        ) from cause
    different = set(words)
    long = next((word for word in different if len(str(word)) > _MAX_WORD), None)
    if long is not None:
        raise MorphologyError(
            f"a node set has the regular expression {brief(text)} for {name}, but a node has {brief(long)}, which has "
            f"more than {_MAX_WORD} characters; list the values"
        )
    return {word for word in different if compiled.fullmatch(str(word))}


def _steps(plain: str) -> float:
    """About how many ways of matching a word a regular expression has at most."""
    n_groups, n_repeats = plain.count("("), len(_REPEAT.findall(plain))
    by_alternatives = (plain.count("|") / max(1, n_groups) + 1) ** min(n_groups, 50)
    return by_alternatives * math.comb(_MAX_WORD, min(n_repeats, _MAX_WORD // 2))
