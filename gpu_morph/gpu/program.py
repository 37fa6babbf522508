"""A shader program that refuses names it does not have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt
from vispy import gloo

from ..errors import ShaderError
from .shaders import load_shader


class Program:
    """A vertex and a fragment shader of ``shaders/`` as one program of vispy's gloo.

    gloo only logs a warning when a misspelt variable is set, and draws without it; here it is an error.
    ``lists_fragments`` makes it list what it would draw; see `gpu_morph.gpu.fragments`.
    """

    def __init__(self, vertex: str, fragment: str, *, lists_fragments: bool = False) -> None:
        self._name = f"{vertex} with {fragment}"
        load = partial(load_shader, lists_fragments=True) if lists_fragments else load_shader
        self._program = gloo.Program(load(vertex), load(fragment))
        self._bound: Mapping[str, Any] | None = None
        self._known = {variable for kind, _, variable in self._program.variables if kind in ("uniform", "attribute")}

    def __setitem__(self, name: str, value: Any) -> None:
        if name not in self._known:
            raise ShaderError(f"shader {self._name} has no variable {name!r}, only {', '.join(sorted(self._known))}")
        self._program[name] = value

    def bind(self, attributes: Mapping[str, Any]) -> None:
        """Set attributes; the same mapping again costs nothing."""
        if attributes is not self._bound:
            self._bound = attributes
            for name, buffer in attributes.items():
                self[name] = buffer

    def draw(self, indices: gloo.IndexBuffer) -> None:
        """Draw triangles, once per instance."""
        try:
            self._program.draw("triangles", indices)
        except RuntimeError as cause:
            raise ShaderError(f"shader {self._name} does not run: {cause}") from cause

    def delete(self) -> None:
        """Free the program."""
        self._program.delete()


class InstanceBuffer:
    """A vertex buffer that advances once per instance; gloo's own, with the divisor set."""

    def __init__(self, array: npt.NDArray[np.generic]) -> None:
        self._dtype = array.dtype
        self.buffer = gloo.VertexBuffer(array, divisor=1)

    def fields(self) -> dict[str, Any]:
        """Views of a structured array's fields by their names; of the size that was uploaded last."""
        views = {name: self.buffer[name] for name in self._dtype.names or ()}
        for view in views.values():
            view.divisor = 1  # which gloo's views lack
        return views

    def upload(self, array: npt.NDArray[np.generic]) -> None:
        """Replace the contents; of fields, those of an instance follow each other in the array's last axes.

        gloo keeps the array until it draws: do not write into it afterwards.
        """
        if self._dtype.names:
            array = np.ascontiguousarray(array).reshape(len(array), -1).view(self._dtype)[:, 0]
        self.buffer.set_data(array)

    def delete(self) -> None:
        """Free the buffer."""
        self.buffer.delete()
