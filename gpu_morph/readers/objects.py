"""Morphologies that other Python libraries hold in memory, and files that are open or in bytes.

An object is recognised by the name of its module and by its attributes; no library is imported for that.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from ..data.morphology import Morphology
from ..errors import MorphologyError
from .formats import read_any
from .morphio_object import is_from_swc, morphio_nodes, morphio_sections
from .swc_table import node_text, swc_text

_TAKEN = (
    "a path, an open file or its bytes, a Morphology, a morphology of MorphIO or NeuroM, a TreeNeuron of navis, a "
    "Skeleton of skeletor, or a DataFrame with the columns of SWC"
)


def read_object(given: Any, *, scale: float = 1.0, name: str | None = None) -> Morphology:
    """The Morphology of an object, as that of the file it came from where possible; see `gpu_morph.read_morphology`.

    Parameters
    ----------
    given : object
        Anything but a path.
    scale : float
        µm per unit of the object. 1: the units of a navis.TreeNeuron, if it has any, else µm.
    name : str, optional
        Which of several, in a file.

    Raises
    ------
    TypeError
        The object is none of those that are read.
    MorphologyError
        It has no valid morphology.
    """
    if isinstance(given, bytes | bytearray | memoryview):
        return _of_content(bytes(given), "bytes", scale=scale, name=name)
    if callable(getattr(given, "read", None)):
        return _of_content(_content(given), _file_name(given), scale=scale, name=name)
    converter = _converter(given)
    if converter is None:
        kind = type(given)
        raise TypeError(f"read_morphology takes {_TAKEN}; got {kind.__module__}.{kind.__qualname__}")
    if name is not None:
        raise MorphologyError(f"{type(given).__name__} is one morphology, got name={name!r}; leave out name=")
    return converter(given, scale)


def _converter(given: Any) -> Callable[[Any, float], Morphology] | None:
    """The function that converts an object, given with the scale; None for an object that nothing converts."""
    if isinstance(given, Morphology):
        return _same
    package = type(given).__module__.partition(".")[0]
    if package == "morphio" and hasattr(given, "root_sections"):
        return _of_morphio
    if package == "neurom" and hasattr(given, "to_morphio"):
        return lambda neuron, scale: _of_morphio(neuron.to_morphio(), scale)
    if package == "navis" and hasattr(given, "nodes"):
        return _of_navis
    if package == "skeletor" and hasattr(given, "swc"):
        return lambda skeleton, scale: _of_table(skeleton.swc, "Skeleton", scale)
    if all(hasattr(given, word) for word in ("columns", "index", "iloc")):
        return lambda table, scale: _of_table(table, "DataFrame", scale)
    return None


def _same(morphology: Morphology, scale: float) -> Morphology:
    if scale != 1:
        raise MorphologyError(f"a Morphology is in µm already, got scale={scale}; leave out scale=")
    return morphology


def _of_morphio(morphology: Any, scale: float) -> Morphology:
    if hasattr(morphology, "as_immutable"):
        morphology = morphology.as_immutable()
    if not is_from_swc(morphology):
        return morphio_sections(morphology, scale=scale)
    read = _of_content(node_text(*morphio_nodes(morphology).T), "MorphIO", scale=scale, name=None)
    # NEURON numbers sections by the lines of the file, whose order MorphIO does not keep: its names could be wrong.
    return replace(read, section_names=None)


def _of_navis(neuron: Any, scale: float) -> Morphology:
    table = neuron.nodes
    units = getattr(neuron, "units_xyz", None)
    if scale == 1 and units is not None and not getattr(units, "dimensionless", True):
        factors = np.asarray(units.to("micrometer").magnitude, dtype=np.float64).reshape(-1)
        if np.ptp(factors):
            factors_of = dict(zip("xyz", factors, strict=True)) | {"radius": np.median(factors)}
            table = table.assign(**{column: table[column] * factor for column, factor in factors_of.items()})
        else:
            scale = float(factors[0])
    return _of_table(table, "TreeNeuron", scale)


def _of_table(table: Any, name: str, scale: float) -> Morphology:
    return _of_content(swc_text(table, name=name), name, scale=scale, name=None)


def _content(file: Any) -> bytes:
    content = file.read()
    if isinstance(content, str):
        return content.encode("utf-8")
    if isinstance(content, bytes | bytearray | memoryview):
        return bytes(content)
    raise TypeError(f"read_morphology takes {_TAKEN}; read() of {type(file).__name__} gave {type(content).__name__}")


def _file_name(file: Any) -> str:
    """The name of an open file, for error messages and for its ending."""
    name = getattr(file, "name", None)
    return Path(name).name if isinstance(name, str) and Path(name).name else type(file).__name__


def _of_content(content: bytes, file_name: str, *, scale: float, name: str | None) -> Morphology:
    """Read content as that of a file with this name. A program is not run."""
    with tempfile.TemporaryDirectory() as folder:  # readers of HDF5, and of what they unpack, need a path
        path = Path(folder, file_name)
        path.write_bytes(content)
        return read_any(path, scale=scale, name=name)
