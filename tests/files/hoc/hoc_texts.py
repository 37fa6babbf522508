"""Contents of .hoc files."""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

Write = Callable[..., Path]
# Not importorskip, which would import NEURON into the process of the tests.
with_neuron = pytest.mark.skipif(find_spec("neuron") is None, reason="templates need NEURON (extra 'neuron')")
PLAIN = """\
{create soma}
{access soma}
{nseg = 1}
{pt3dclear()}
{pt3dadd(0,0,0,10)}
{pt3dadd(10,0,0,8.5)}

{create dend_1}
{connect dend_1(0), soma(1)}
{access dend_1}
{pt3dclear()}
{pt3dadd(10,0,0,2)}
{pt3dadd(1.5e1,-2.,0,1)}
"""
