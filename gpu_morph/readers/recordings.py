"""Files of recordings: NumPy's .npz and SONATA reports; the content tells which."""

from __future__ import annotations

from ..data.morphology import Morphology
from ..data.recording import Recording
from ..data.section_numbers import warn_of_numbers
from .aliases import AnyPath
from .hdf5_file import SIGNATURE as HDF5_SIGNATURE
from .npz import read_npz
from .sonata import read_report
from .text_source import first_bytes


def is_hdf5(path: AnyPath) -> bool:
    """True for a file with the signature of HDF5."""
    return first_bytes(path, len(HDF5_SIGNATURE)) == HDF5_SIGNATURE


def read_recording(path: AnyPath, morphology: Morphology) -> Recording:
    """Read a recording of a morphology.

    Parameters
    ----------
    path : path
        A SONATA report, whose values stay in the file, or an .npz file, which is read whole.
    morphology : Morphology
        The morphology that was recorded. A report needs it to map its elements to sections; an .npz file needs it if it
        has coordinates or names of sections.

    Raises
    ------
    RecordingError
        The file is damaged or holds something else; see `gpu_morph.read_report`.
    OSError
        The file cannot be opened.

    Warns
    -----
    UserWarning
        An .npz file has numbers of sections, and NEURON divides the morphology's file into other sections.
    """
    if is_hdf5(path):
        return read_report(path, morphology)
    recording = read_npz(path).of(morphology)
    warn_of_numbers(morphology, recording)
    return recording
