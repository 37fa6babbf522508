"""Reading a morphology of any format."""

from __future__ import annotations

import os

from ..data.morphology import Morphology


def read_morphology(path: str | os.PathLike[str], *, scale: float = 1.0, name: str | None = None) -> Morphology:
    """Read a morphology file. The format follows from the content, else from the name's ending.

    Parameters
    ----------
    path : path
        SWC, Neurolucida ASC, HOC or NeuroML 2, plain or gzipped, or a morphology in HDF5 (needs h5py). A HOC
        file of more than create, connect and pt3dadd, such as a template, needs NEURON, which runs it as a
        program, in a process of its own: read only what you trust.
    scale : float
        µm per unit of the file: 0.001 for one in nanometres.
    name : str, optional
        Which of several: a morphology of an HDF5 container, a template of a HOC file, a cell of a NeuroML file.

    Raises
    ------
    MorphologyError
        The file has no valid morphology (the message names file, line and reason) or an unknown format, ``name`` is
        missing in it (the message lists the names), or a package is not installed.
    OSError
        The file cannot be opened.
    """
    from ..readers.formats import read_any

    return read_any(path, scale=scale, name=name)
