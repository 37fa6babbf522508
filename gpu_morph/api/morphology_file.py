"""Reading a morphology of any format."""

from __future__ import annotations

import os
from typing import Any

from ..data.morphology import Morphology
from ..system.arguments import checked_flag, checked_path


def read_morphology(
    path: str | os.PathLike[str] | Any, *, scale: float = 1.0, name: str | None = None, run: bool = False
) -> Morphology:
    """Read a morphology file, or take the morphology that another library holds.

    The format of a file follows from the content, else from the name's ending. Reading runs nothing from the file,
    unless ``run`` is True.

    Parameters
    ----------
    path : path, open file, bytes or object
        A file: SWC, Neurolucida ASC or XML, HOC or NeuroML 2, plain or gzipped, or a morphology in HDF5 (needs h5py).
        HOC needs the ending .hoc or .nrn, of which plain files are read: create, connect and pt3dadd.
        Or the content of one, as bytes or as a file that is open, in text or binary mode. Or an object: a Morphology,
        which is returned as it is; a morphology of MorphIO or NeuroM; a TreeNeuron of navis; a Skeleton of skeletor; a
        pandas.DataFrame of SWC nodes, with any usual names of columns. It becomes what reading its file would give.
    scale : float
        µm per unit of the file: 0.001 for one in nanometres. 1: of a TreeNeuron, the units that it has.
    name : str, optional
        Which of several: a morphology of an HDF5 container, a template of a HOC file, a cell of a NeuroML file.
    run : bool
        True: NEURON may run a file that ends in .hoc or .nrn as a program, in a process of its own, with the mechanisms
        compiled in its folder or in the current one. A program can do all that you can do: set it only for files that
        you trust.

    Returns
    -------
    Morphology
        Sections in the order that CONVENTIONS.md gives for the format.

    Raises
    ------
    MorphologyError
        The file has no valid morphology (the message names file, line and reason) or an unknown format, ``name`` is
        missing in it (the message lists the names), or a package is not installed.
    OSError
        The file cannot be opened.
    TypeError
        ``path`` is none of these.

    Examples
    --------
    >>> np.savetxt("cell.swc", [(1, 1, 0, 0, 0, 9, -1), (2, 3, 0, 9, 0, 1, 1), (3, 3, 0, 120, 0, 1, 2)], fmt="%g")
    >>> morphology = gm.read_morphology("cell.swc")
    >>> morphology.section_labels
    ('soma', 'dend')

    An open file is read, too:

    >>> with open("cell.swc") as file:
    ...     print(gm.read_morphology(file) == morphology)
    ...
    True
    """
    from ..readers.formats import read_any
    from ..readers.objects import read_object

    run = checked_flag(run, "run")
    if not isinstance(path, str | os.PathLike):
        return read_object(path, scale=scale, name=name)
    return read_any(checked_path(path, "path"), scale=scale, name=name, run=run)
