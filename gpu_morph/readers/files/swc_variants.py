"""What SWC files of some programs have beyond the format: offsets, radii that are missing, marks in place of types."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..aliases import FloatArray, IntArray
from ..tree_links import follow_links
from .swc_nodes import SOMA, Nodes

_FORK, _END = 5, 6  # types of marks
_HEADER = re.compile(r"(?:\s++|#[^\n]*+)*+")
_FIELD = re.compile(r"^#+[ \t]*(OFFSET|SCALE)[ \t]*[:=]?[ \t]*(.*)$", re.MULTILINE | re.I)


@dataclass(frozen=True, eq=False)
class SwcHeader:
    """The fields of an SWC file's header that concern coordinates.

    Parameters
    ----------
    offset : (3,) float64
        To be added to the coordinates, in the file's unit.
    reason : str
        What a user should know, or an empty string.
    """

    offset: FloatArray
    reason: str


def swc_header(text: str) -> SwcHeader:
    """Read the comments before the first node.

    ``# OFFSET x y z`` is what Janelia's Workstation and MouseLight write: coordinates are relative to it. No program is
    known that applies ``# SCALE x y z``; it is nearly always 1.
    """
    match = _HEADER.match(text)
    fields = {}
    for name, words in _FIELD.findall(match[0] if match else ""):
        try:
            fields[name.upper()] = np.array(list(map(float, re.split(r"[ \t,]+", words.strip()))))
        except ValueError:  # a sentence
            continue
    offset = fields.get("OFFSET", np.zeros(3))
    scale = fields.get("SCALE", np.ones(3))
    is_offset = len(offset) == 3 and bool(np.isfinite(offset).all())
    reason = ""
    if not is_offset and (offset != 0).any():
        words = " ".join(f"{value:g}" for value in offset[:4])
        reason = f"its header has OFFSET {words}, expected three finite numbers; it is not applied; correct it"
    elif len(scale) == 3 and (scale != 1).any():
        words = " ".join(f"{value:g}" for value in scale)
        reason = f"its header has SCALE {words}, which is not applied; if it should be, multiply, or give scale="
    return SwcHeader(offset if is_offset else np.zeros(3), reason)


def mend_nodes(nodes: Nodes, parents: IntArray) -> Iterator[tuple[int, str]]:
    """Replace negative and missing radii, and say what was done.

    Yields
    ------
    row : int
        The first node that was changed or read otherwise than it is written.
    reason : str
        For a warning.
    """
    zero_roots = np.flatnonzero((parents < 0) & (nodes["parent"] == 0))
    if len(zero_roots):
        reason = "parent 0 is read as a root, because no node has id 0"
        yield int(zero_roots[0]), f"{reason}; write -1 instead (number of such nodes: {len(zero_roots)})"
    radius = nodes["xyzr"][:, 3]
    odd = np.flatnonzero(~(radius >= 0))
    if len(odd):
        reason = (
            f"radius is {radius[odd[0]]:g}; -1 and NaN are read as the mean of the neighbours' radii, other negative"
        )
        is_missing = np.isnan(radius) | (radius == -1)
        nodes["xyzr"][:, 3] = _without_gaps(np.abs(radius), is_missing, parents)
        yield int(odd[0]), f"{reason} radii without their sign (number of such nodes: {len(odd)})"


def _without_gaps(radius: FloatArray, is_missing: IntArray, parents: IntArray) -> FloatArray:
    """Radii, those that are missing as the mean of the nearest known towards the root and away from it."""
    rows = np.arange(len(radius))
    child = rows.copy()
    child[parents[::-1][parents[::-1] >= 0]] = rows[::-1][parents[::-1] >= 0]  # of several, the first
    ends = [follow_links(np.where(is_missing & (link >= 0), link, rows))[0] for link in (parents, child)]
    known = np.stack([np.where(is_missing[end], np.nan, radius[end]) for end in ends])
    n_known = np.isfinite(known).sum(axis=0)
    mean = np.nansum(known, axis=0) / np.maximum(n_known, 1)
    alone = np.nan_to_num(radius, nan=0.0)  # a tree without any radius
    filled: FloatArray = np.where(is_missing, np.where(n_known > 0, mean, alone), radius)
    return filled


def types_without_marks(types: IntArray, parents: IntArray) -> IntArray:
    """Types, with those of the branch at fork points of type 5 and end points of type 6.

    These types are marks only where no other node of their branch has them: a branch that consists of type 5 keeps it.
    A single node of type 5 or 6 within a branch of another type is read as that type, too.
    """
    is_five, is_six = types == _FORK, types == _END
    if not (is_five | is_six).any():
        return types
    rows, has_parent = np.arange(len(types)), parents >= 0
    is_alike = has_parent & (types == types[parents])
    n_children = np.bincount(parents[has_parent], minlength=len(types))
    n_alike = np.bincount(parents[is_alike], minlength=len(types))
    branch, _ = follow_links(np.where(is_alike, parents, rows))
    is_plain = (is_five & (n_children < 2)) | (is_six & (n_children > 0) & (has_parent | (n_alike > 0)))
    has_plain = np.zeros(len(types), dtype=bool)
    has_plain[branch[is_plain]] = True
    grandparent = np.where(has_parent, parents[parents], -1)
    continues = (grandparent >= 0) & (types == types[grandparent])
    is_within = has_parent & (types[parents] != SOMA) & ~is_alike & (n_children > 0)
    is_within &= np.bincount(parents[continues], minlength=len(types)) == n_children
    is_mark = (is_five | is_six) & (~has_plain[branch] | is_within)

    is_below_mark = has_parent & is_mark[parents]
    top, _ = follow_links(np.where(is_mark & is_below_mark, parents, rows))
    found = np.zeros(len(types), dtype=types.dtype)  # of each topmost mark; undefined without a neighbour
    below = rows[is_below_mark & ~is_mark & (types != SOMA)][::-1]
    found[top[parents[below]]] = types[below]  # of several, the first
    has_branch_above = has_parent & (types[parents] != SOMA)
    found = np.where(has_branch_above, types[parents], found)
    return np.where(is_mark, found[top], types)
