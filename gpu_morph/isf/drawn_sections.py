"""DrawnSections: the sections of a cell that are drawn, without the initial segment and myelin unless asked for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.derived_morphology import morphology_subset
from ..data.morphology import Morphology
from ..data.recording import Recording
from ..data.section_kinds import INITIAL_SEGMENT, MYELIN, section_kind
from ..data.selection import select_sections
from ..errors import RecordingError, SceneError
from ..scene.annotations.sites import checked_section

_AXON = (INITIAL_SEGMENT, MYELIN)  # a straight stick of 1000 µm that ISF adds for the simulation
_SHOW_THEM = "show_axon = True draws AIS and Myelin"


@dataclass(frozen=True, eq=False)
class DrawnSections:
    """Some sections of a cell.

    Parameters
    ----------
    cell : Morphology
        All sections, in the order of ``cell.sections``.
    show_axon : bool
        Whether "AIS" and "Myelin" are drawn. They are drawn in any case if the cell has nothing else.
    """

    cell: Morphology
    show_axon: bool

    @cached_property
    def numbers(self) -> npt.NDArray[np.int64]:
        """(n_drawn,) rising: indices into ``cell.sections``."""
        labels = self.cell.section_labels
        drawn = [k for k, label in enumerate(labels) if self.show_axon or section_kind(label) not in _AXON]
        return np.array(drawn or range(len(labels)), dtype=np.int64)

    @cached_property
    def morphology(self) -> Morphology:
        """What is drawn."""
        return morphology_subset(self.cell, self.numbers)

    def recording(self, whole: Recording) -> Recording:
        """The part of the cell's recording that is drawn.

        Raises
        ------
        RecordingError
            Nothing of it is drawn.
        """
        if len(self.numbers) == self.cell.n_sections:
            return whole
        _, part, _ = select_sections(self.cell, whole, sections=self.numbers)
        if part is None or not part.n_compartments:
            raise RecordingError(
                f"{whole.name!r} was recorded only in sections that are not drawn: {_SHOW_THEM}, or record it elsewhere"
            )
        return part

    def number(self, section: Any) -> int:
        """The drawn section that is ``cell.sections[section]``.

        Raises
        ------
        SceneError
            There is no such section, or it is not drawn.
        """
        last = self.cell.n_sections - 1
        if not 0 <= checked_section(section, "highlight_section") <= last:
            raise SceneError(f"highlight_section must be an index into cell.sections, 0 to {last}, got {section}")
        number = int(np.searchsorted(self.numbers, section))
        if number == len(self.numbers) or self.numbers[number] != section:
            label = self.cell.section_labels[section]
            raise SceneError(f"highlight_section={section} is {label!r}, which is not drawn: {_SHOW_THEM}")
        return number
