"""Files of recordings: NumPy's .npz and SONATA reports; the content tells which."""

from __future__ import annotations

from pathlib import Path

from ..data.morphology import Morphology
from ..data.recording import Recording
from ..system.user_warning import warn_user
from .aliases import AnyPath
from .formats import differs_from_neuron
from .hdf5_file import SIGNATURE as HDF5_SIGNATURE
from .npz import read_npz
from .sonata import read_report
from .text_source import first_bytes


def is_hdf5(path: AnyPath) -> bool:
    """True for a file with the signature of HDF5."""
    return first_bytes(path, len(HDF5_SIGNATURE)) == HDF5_SIGNATURE


def read_recording(path: AnyPath, morphology: Morphology, *, file: AnyPath | None = None) -> Recording:
    """Read a recording of a morphology.

    Parameters
    ----------
    path : path
        A SONATA report, whose values stay in the file, or an .npz file, which is read whole.
    morphology : Morphology
        The morphology that was recorded. A report needs it to map its elements to sections; an .npz file needs it if it
        has coordinates or names of sections.

    file : path, optional
        The file of the morphology.

    Raises
    ------
    RecordingError
        The file is damaged or holds something else; see `gpu_morph.read_report`.
    OSError
        The file cannot be opened.

    Warns
    -----
    UserWarning
        An .npz file has numbers of sections, and NEURON divides ``file`` into other sections.
    """
    if is_hdf5(path):
        return read_report(path, morphology)
    found = read_npz(path)
    if not (found.has_coordinates or found.has_names) and file is not None and differs_from_neuron(file, morphology):
        warn_user(
            f"{Path(path).name} has numbers of sections, and NEURON divides {Path(file).name} into other sections than "
            "read_morphology; if the numbers are NEURON's, write coordinates instead of section and position"
        )
    return found.of(morphology)
