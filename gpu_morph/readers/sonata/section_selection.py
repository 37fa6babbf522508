"""The sites of a report with a row for each site: those of ``sections`` and ``compartments`` in its configuration.

Format: https://sonata-extension.readthedocs.io, "reports". BlueCelluLab records the sections in NEURON's order, each at
its centre or at the centres of its parts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...data.section_kinds import AXON, SOMA
from ...errors import RecordingError
from ..aliases import FloatArray, IntArray
from .elements import Elements
from .numbering import CellSections
from .report import Report
from .section_name import number_of_section, numbers_of_label

_PART_LENGTH = 40.0  # µm; the models of the format's authors divide a section into 1 + 2 int(length / 40 µm) parts


@dataclass(frozen=True)
class SectionSelection:
    """Sections of each cell of a report, and their parts that were recorded.

    Parameters
    ----------
    sections : str
        "all", a label such as "soma", or the name of a section such as "dend[3]".
    compartments : str
        "center" or "all"; "" for the one that fits.
    """

    sections: str
    compartments: str

    @classmethod
    def of_entry(cls, entry: Mapping[str, Any]) -> SectionSelection:
        """That of a report's entry in the simulation's configuration.

        Raises
        ------
        RecordingError
            Another value of "compartments" than "center" or "all".
        """
        compartments = entry.get("compartments") or ""
        if compartments not in ("", "center", "all"):
            raise RecordingError(
                f'compartments must be "center" or "all" in a report, got {compartments!r}; correct it'
            )
        return cls(str(entry.get("sections") or SOMA), compartments)

    def elements(self, report: Report, node: int, cell: CellSections, rule: str | None) -> Elements:
        """The elements of a node of a report, with the sites of the selection.

        Parameters
        ----------
        report, node, cell
            The report, one of its nodes, and the node's cell.
        rule : str, optional
            The numbering, where the caller knows it: "neuron" for cells with their axons, "neuron-stub" with stubs.

        Raises
        ------
        RecordingError
            The number of rows is not that of the selected sites, or the rule is needed.
        """
        n_rows = len(report.columns(node))
        if self.sections == SOMA and n_rows == 1:
            return Elements(node, np.zeros(1, dtype=np.int64), None, report.location)
        location = f"{report.location}: sections={self.sections!r}, node {node}"
        choices: dict[tuple[bytes, bytes], tuple[IntArray, IntArray, list[str]]] = {}
        expected = set()
        for name, numbers in self._numbers(cell, location).items():
            for counts in self._counts(cell, numbers, cell.numberings[name].stub):
                expected.add(int(counts.sum()))
                if counts.sum() == n_rows and rule in (None, name):
                    key = numbers.tobytes(), counts.tobytes()
                    choices.setdefault(key, (numbers, counts, []))[2].append(name)
        what = f"sections={self.sections!r}, compartments={self.compartments or 'center'!r}"
        if not choices:
            known = " or ".join(map(str, sorted(expected)))
            raise RecordingError(
                f"{report.location}: node {node} has {n_rows} rows, but {what} are {known} sites of its morphology; "
                f"{ADVICE}"
            )
        if len(choices) > 1:
            rules = ", ".join(f"mapping={name!r}" for *_, names in choices.values() for name in names)
            raise RecordingError(
                f"{report.location}: the rows of node {node} fit {what} of its morphology in several ways; choose one: "
                f"{rules}"
            )
        ((numbers, counts, rules_of_choice),) = choices.values()
        return Elements(
            node, np.repeat(numbers, counts), _centres(counts), report.location, what, tuple(rules_of_choice)
        )

    def _numbers(self, cell: CellSections, location: str) -> dict[str, IntArray]:
        """The numbers of the selected sections, by numbering; by "neuron-stub" those of the stub are the last."""
        n_all, axon = len(cell.types), numbers_of_label(cell, AXON)
        stub = cell.numberings["neuron-stub"].stub if "neuron-stub" in cell.numberings else ()
        if self.sections == "all":
            found = {"neuron": np.arange(n_all)}
            if stub:
                found["neuron-stub"] = np.append(np.setdiff1d(np.arange(n_all), axon), stub)
            return found
        numbers = np.arange(0) if "[" in self.sections else numbers_of_label(cell, self.sections)
        if not len(numbers):
            numbers = np.array([number_of_section(cell, self.sections, location=location)])
        found = {"neuron": numbers}
        if stub:
            found["neuron-stub"] = np.setdiff1d(numbers, np.setdiff1d(axon, stub))
        return found

    def _counts(self, cell: CellSections, numbers: IntArray, stub: tuple[int, ...]) -> list[IntArray]:
        """The possible numbers of rows of each section, (n_sections,) each."""
        once = np.ones(len(numbers), dtype=np.int64)
        if self.compartments == "center":
            return [once]
        lengths = np.append(cell.lengths[cell.numberings["neuron"].sections], 0)[np.minimum(numbers, len(cell.types))]
        parts = 1 + 2 * (np.where(np.isin(numbers, stub), 0, lengths) / _PART_LENGTH).astype(np.int64)
        return [once] if (parts == 1).all() else [once, parts]


ADVICE = (
    "give section (of its cell) and position of each column by an array, such as mapping=[[0, 0.5], [3, 0.25], ...]"
)


def _centres(counts: IntArray) -> FloatArray:
    """(n,): the centres of equal parts of sections, 0 to 1."""
    first = np.repeat(np.cumsum(counts) - counts, counts)
    return np.asarray((np.arange(counts.sum()) - first + 0.5) / np.repeat(counts, counts))
