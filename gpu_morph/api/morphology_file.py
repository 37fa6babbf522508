"""Reading a morphology of any format."""

from __future__ import annotations

import os

from ..data.morphology import Morphology


def read_morphology(
    path: str | os.PathLike[str], *, scale: float = 1.0, name: str | None = None, run: bool = False
) -> Morphology:
    """Read a morphology file. The format follows from the content, else from the name's ending.

    Reading runs nothing from the file, unless ``run`` is True.

    Parameters
    ----------
    path : path
        SWC, Neurolucida ASC or XML, HOC or NeuroML 2, plain or gzipped, or a morphology in HDF5 (needs h5py). HOC needs
        the ending .hoc or .nrn, of which plain files are read: create, connect and pt3dadd.
    scale : float
        µm per unit of the file: 0.001 for one in nanometres.
    name : str, optional
        Which of several: a morphology of an HDF5 container, a template of a HOC file, a cell of a NeuroML file.
    run : bool
        True: NEURON may run a file that ends in .hoc or .nrn as a program, in a process of its own, with the mechanisms
        compiled in its folder or in the current one. A program can do all that you can do: set it only for files that
        you trust.

    Raises
    ------
    MorphologyError
        The file has no valid morphology (the message names file, line and reason) or an unknown format, ``name`` is
        missing in it (the message lists the names), or a package is not installed.
    OSError
        The file cannot be opened.
    """
    from ..readers.formats import read_any

    return read_any(path, scale=scale, name=name, run=run)
