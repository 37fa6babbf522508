"""Reports as Recordings: elements placed on morphologies, values left in the file."""

from __future__ import annotations

import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ...data.audit import audit
from ...data.derived_morphology import morphology_subset
from ...data.morphology import Morphology
from ...data.recording import Recording
from ...errors import RecordingError
from ..aliases import IntArray
from .element_mapping import ElementMapping, places_of
from .numbering import NOWHERE, CellSections
from .report import Report, read_reports, variable_and_unit
from .values import ReportValues


@dataclass(frozen=True, eq=False)
class ReportedCell:
    """A node of a report, its morphology, and which sections of the whole morphology those are."""

    report: Report
    node: int
    cell: CellSections
    sections: IntArray


def read_report(
    path: str | os.PathLike[str],
    morphology: Morphology,
    *,
    population: str | None = None,
    node_ids: npt.ArrayLike | None = None,
    mapping: ElementMapping = None,
    variable: str | None = None,
    unit: str | None = None,
) -> Recording:
    """Read a SONATA report of cells whose morphology is at hand.

    Parameters
    ----------
    path : path
        The report, HDF5.
    morphology : Morphology
        Of one cell or of several, as the simulator had it.
    population : str, optional
        Which one of the report's; needed when there are several.
    node_ids : sequence of int, optional
        The node of each cell of the morphology. None: the report's own, one by one.
    mapping : optional
        Where the elements sit, when the geometry does not tell; see `read_sonata`.
    variable, unit : str, optional
        What was recorded; None: what the file says.

    Returns
    -------
    Recording
        Its ``values`` stay in the file, which is opened whenever rows are read.

    Raises
    ------
    RecordingError
        A file that is no report, or elements that do not fit the morphology; the message says what to do.
    OSError
        The file cannot be opened.

    Warns
    -----
    UserWarning
        Elements were recorded in somata alone, or stubs stand for axons, or a ``mapping`` is in doubt.
    """
    reports = read_reports(Path(path), None if population is None else [population])
    if len(reports) > 1:
        names = ", ".join(report.population for report in reports)
        raise RecordingError(f"{Path(path).name}: a report of several populations ({names}); choose by population=")
    nodes = reports[0].node_ids if node_ids is None else np.atleast_1d(np.asarray(node_ids))
    cells = np.unique(morphology.section_cell)
    if len(nodes) != len(cells):
        raise RecordingError(
            f"{reports[0].place}: the morphology has {len(cells)} cells, but there are {len(nodes)} nodes; give the "
            "node of each cell by node_ids="
        )
    reported = []
    for node, number in zip(nodes.tolist(), cells.tolist(), strict=True):
        sections = np.flatnonzero(morphology.section_cell == number)
        reported.append(ReportedCell(reports[0], node, CellSections(morphology_subset(morphology, sections)), sections))
    said = {key: value for key, value in (("variable_name", variable), ("unit", unit)) if value is not None}
    recording, _, notes = recorded(reported, morphology, mapping, *variable_and_unit(reports[0], said))
    for note in notes:
        warnings.warn(f"{reports[0].path.name}: {note}", UserWarning, stacklevel=2)
    return recording


def recorded(
    cells: Sequence[ReportedCell], morphology: Morphology, mapping: ElementMapping, variable: str, unit: str
) -> tuple[Recording, str, list[str]]:
    """The Recording of these cells, the rule by which elements were placed, and what a user should know."""
    reports = list({id(cell.report): cell.report for cell in cells}.values())
    missing = [cell for cell in cells if not len(cell.report.columns(cell.node))]
    cells = [cell for cell in cells if len(cell.report.columns(cell.node))]
    if not cells:
        raise RecordingError(f"{reports[0].path.name}: it has no values of the chosen cells; choose others")
    reports = list({id(cell.report): cell.report for cell in cells}.values())
    for report in reports[1:]:
        if not np.array_equal(report.times, reports[0].times):
            raise RecordingError(f"{report.place}: other times than {reports[0].population} has; choose by population=")
    if mapping is not None and not isinstance(mapping, str) and not callable(mapping):
        mapping = _rows(mapping, cells, reports)
    placed = places_of([cell.cell for cell in cells], [cell.report.elements(cell.node) for cell in cells], mapping)
    parts: dict[int, list[IntArray]] = {id(report): [] for report in reports}
    sections, positions = [], []
    for cell, at, where in zip(cells, placed.sections, placed.positions, strict=True):
        is_placed = at != NOWHERE
        if cell.report.is_chosen:  # a set may name a place twice
            _, first = np.unique(np.stack([at, where], axis=1), axis=0, return_index=True)
            is_placed &= np.isin(np.arange(len(at)), first)
        parts[id(cell.report)].append(cell.report.columns(cell.node)[is_placed])
        sections.append(cell.sections[at[is_placed]])
        positions.append(where[is_placed])
    columns = tuple((report.dataset, np.concatenate(parts[id(report)])) for report in reports)
    values = ReportValues(
        reports[0].path,
        columns,
        len(reports[0].times),
        np.result_type(*(report.dtype for report in reports)),
        reports[0].chunks,
    )
    recording = Recording(
        reports[0].times,
        values,
        section=np.concatenate(sections).astype(np.int32),
        position=np.concatenate(positions).astype(np.float32),
        name=variable,
        unit=unit,
    )
    _check(recording, morphology, reports[0], placed.rule)
    notes = list(placed.notes)
    if missing:
        notes.append(f"{len(missing)} of the chosen cells were not recorded; they have the colour of missing values")
    return recording, placed.rule, notes


def _check(recording: Recording, morphology: Morphology, report: Report, rule: str) -> None:
    found = audit(morphology, recording)
    wrong = found.out_of_range or found.duplicate
    if wrong:
        section, position = recording.section[wrong[0]], recording.position[wrong[0]]
        raise RecordingError(
            f"{report.place}: {len(wrong)} elements have the place of another one by the mapping {rule!r}, first at "
            f"{position:g} of section {section}; give another mapping="
        )


def _rows(mapping: npt.ArrayLike, cells: Sequence[ReportedCell], reports: Sequence[Report]) -> npt.ArrayLike:
    """The rows of an array that are these cells'."""
    if len(reports) > 1:
        raise RecordingError("an array as mapping is for one population; choose by population=, or give a function")
    array, n_values = np.asarray(mapping), reports[0].n_values
    if array.shape != (n_values, 2) or array.dtype.kind not in "iuf":
        raise RecordingError(
            f"{reports[0].place}: an array as mapping must hold section and position of each element, shape "
            f"{(n_values, 2)}; got {array.dtype} of shape {array.shape}"
        )
    return np.asarray(array[np.concatenate([cell.report.columns(cell.node) for cell in cells])])
