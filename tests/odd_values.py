"""Values that no call takes, and what may come of them."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

from gpu_morph.errors import GpuMorphError


class Other:
    """An object of no kind that a call takes."""


ODD: list[Any] = [
    None,
    "5",
    [1],
    float("nan"),
    10**400,
    Other(),
    b"x",
    -1,
    float("inf"),
    {},
    1j,
    [[1, 2], [3]],
    "x\0",
    2**70,
    (),
    int,
    np.array([np.nan]),
    np.array([1.0, 2.0]),
    np.array(["a", "b"]),
    "\ud800",
]


ANY = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=3),
    st.binary(max_size=3),
    st.complex_numbers(),
).flatmap(lambda one: st.sampled_from([one, [one], [[one, one]], (one, one, one), {one: one}, np.array(one)]))


def check_error(call: Callable[..., Any], arguments: dict[str, Any], parameter: str) -> None:
    """Nothing is raised, or the library's own error, or one that names the parameter."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call(**arguments)
    except (GpuMorphError, OSError):
        return
    except (TypeError, ValueError, IndexError) as error:
        if parameter.removesuffix("s") not in str(error):  # of times, the first wrong time may be named
            raise AssertionError(f"{call.__qualname__}({parameter}={arguments[parameter]!r})") from error
