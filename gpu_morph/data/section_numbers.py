"""Whether section numbers may be NEURON's, of a morphology whose sections NEURON numbers otherwise.

The notes below are about objects, and no part of them: pickles and objects made from these do not have them.
"""

from __future__ import annotations

from typing import TypeVar

from ..system.user_warning import warn_user

Recording = TypeVar("Recording")  # that module imports this one

_FILE, _IS_CERTAIN = "_differs_from_neuron", "_has_certain_numbers"


def note_difference(morphology: object, file: str) -> None:
    """Note that NEURON divides the file of a morphology into other sections."""
    object.__setattr__(morphology, _FILE, file)


def note_certain(recording: Recording) -> Recording:
    """Note that the section numbers of a recording are those of its morphology."""
    object.__setattr__(recording, _IS_CERTAIN, True)
    return recording


def warn_of_numbers(morphology: object, recording: object) -> None:
    """Warn, once for each recording, if its section numbers fit the morphology only if they are not NEURON's."""
    file = vars(morphology).get(_FILE)
    if file is None or _IS_CERTAIN in vars(recording):
        return
    note_certain(recording)
    warn_user(
        f"the recording has numbers of sections, and NEURON divides {file} into other sections than read_morphology; "
        "if the numbers are NEURON's, give coordinates instead of section and position, to Recording.at or in the .npz "
        "file; if they are the morphology's, Recording.at(morphology, ..., section=..., position=...) tells so"
    )
