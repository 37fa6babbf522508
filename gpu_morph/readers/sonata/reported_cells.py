"""The cells of a report: nodes with their morphologies and what the configuration says about their elements."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import RecordingError
from ..aliases import IntArray
from .cells import CellPopulation
from .compartment_sets import CompartmentSet, set_of_report
from .config import Config
from .element_mapping import ElementMapping
from .elements import Elements
from .numbering import CellSections
from .report import Report
from .report_kinds import check_drawn
from .section_selection import ADVICE, SectionSelection


@dataclass(frozen=True, eq=False)
class ReportedCell:
    """A node of a report with its morphology.

    Parameters
    ----------
    report : Report
        The report of the node's population.
    node : int
        The node.
    cell : CellSections
        The cell's own morphology.
    sections : (n_sections,) int64
        The cell's sections in the joined Morphology.
    elements : Elements
        What was recorded of the cell.
    """

    report: Report
    node: int
    cell: CellSections
    sections: IntArray
    elements: Elements


def check_entry(entry: Mapping[str, Any], path: Path) -> None:
    """Raise RecordingError for a report that was not written, or of something other than compartments."""
    if entry.get("enabled") is False and not path.is_file():
        raise RecordingError(
            f"{path.name}: the report is not enabled in the configuration, and there is no such file; choose another"
        )
    check_drawn(entry, path)


def reported_cells(
    populations: Sequence[CellPopulation],
    reports: Sequence[Report],
    config: Config,
    entry: Mapping[str, Any],
    mapping: ElementMapping,
) -> list[ReportedCell]:
    """All cells, with the elements that the report has of them.

    Parameters
    ----------
    populations : sequence of CellPopulation
        The cells.
    reports : sequence of Report
        The report of each population.
    config : Config
        The configuration of circuit and simulation.
    entry : mapping
        The report's entry in it; can be empty.
    mapping
        As in `read_sonata`.

    Raises
    ------
    RecordingError
        What the configuration selects is not what the report has, or the report needs a configuration.
    """
    compartment_set = set_of_report(config, entry)
    report_of = {report.population: report for report in reports}
    reported, first = [], 0
    for one in populations:
        report = report_of[one.name]
        for node, cell in zip(one.node_ids.tolist(), one.cells, strict=True):
            sections = np.arange(first, first + len(cell.types))
            elements = _elements(report, node, cell, compartment_set, entry, mapping)
            reported.append(ReportedCell(report, node, cell, sections, elements))
            first += len(cell.types)
    return reported


def _elements(
    report: Report,
    node: int,
    cell: CellSections,
    compartment_set: CompartmentSet | None,
    entry: Mapping[str, Any],
    mapping: ElementMapping,
) -> Elements:
    """The elements of a node, with the sites that the report's entry in the configuration selects."""
    if not len(report.columns(node)):
        return report.elements(node)
    if compartment_set is not None:
        return compartment_set.elements(report, node, cell)
    if not report.has_numbered_sites or not (mapping is None or isinstance(mapping, str)):
        return report.elements(node)
    if not entry:
        raise RecordingError(
            f"{report.location}: its elements are numbered one by one, without their sections, and no report of the "
            f"configuration has this file; give the configuration of its simulation, or {ADVICE}"
        )
    return SectionSelection.of_entry(entry).elements(report, node, cell, mapping)
