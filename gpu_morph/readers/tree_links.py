"""Links from each element of a forest to its parent, followed to the roots."""

from __future__ import annotations

import numpy as np

from .aliases import IntArray


def follow_links(links: IntArray) -> tuple[IntArray, IntArray]:
    """Follow links until an element that links to itself.

    Parameters
    ----------
    links : (n,) int64
        The element that each element links to.

    Returns
    -------
    ends : (n,) int64
        The element at the end of each chain; in a cycle, one of the cycle.
    steps : (n,) int64
        The number of links to it.
    """
    steps = (links != np.arange(len(links))).astype(np.int64)
    for _ in range(len(links).bit_length()):  # pointer doubling: chains of any length, without recursion
        steps += steps[links]
        links = links[links]
    return links, steps
