"""Reports as Recordings: elements are mapped to sites on morphologies, values stay in the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ...data.audit import audit
from ...data.morphology import Morphology
from ...data.recording import Recording
from ...data.section_numbers import note_certain
from ...errors import RecordingError
from ..aliases import FloatArray, IntArray
from .element_mapping import ElementMapping, ElementSites, element_sites
from .numbering import NO_SECTION
from .report import Report
from .reported_cells import ReportedCell
from .values import ReportValues


def report_recording(
    cells: Sequence[ReportedCell], morphology: Morphology, mapping: ElementMapping, variable: str, unit: str
) -> tuple[Recording, str, list[str]]:
    """The Recording of cells, whose values stay in the file.

    Parameters
    ----------
    cells : sequence of ReportedCell
        The cells; columns are in their order.
    morphology : Morphology
        The joined Morphology.
    mapping
        As in `read_sonata`.
    variable, unit : str
        The recorded variable and its unit.

    Returns
    -------
    recording : Recording
        The recording.
    rule : str
        The rule that mapped elements to sites.
    notes : list of str
        Warnings for the user.

    Raises
    ------
    RecordingError
        No cell has values, times differ between populations, or ``mapping`` does not work.
    """
    recorded = [cell for cell in cells if len(cell.elements.ids)]
    if not recorded:
        raise RecordingError(f"{cells[0].report.path.name}: it has no values of the chosen cells; choose others")
    reports = _reports_of_equal_times(recorded)
    if mapping is not None and not isinstance(mapping, str) and not callable(mapping):
        mapping = _rows_of_cells(mapping, recorded, reports)
    sites = element_sites([cell.cell for cell in recorded], [cell.elements for cell in recorded], mapping)
    columns = _columns(recorded, sites)
    recording = Recording(
        reports[0].times,
        _values(columns, reports),
        section=np.concatenate([one.sections for one in columns]).astype(np.int32),
        position=np.concatenate([one.positions for one in columns]).astype(np.float32),
        name=variable,
        unit=unit,
    )
    note_certain(recording)
    _check_sites(recording, morphology, reports[0], sites.rule)
    notes, n_missing = list(sites.notes), len(cells) - len(recorded)
    if n_missing:
        notes.append(f"{n_missing} of the chosen cells were not recorded; they have the colour of missing values")
    return recording, sites.rule, notes


def _reports_of_equal_times(cells: Sequence[ReportedCell]) -> list[Report]:
    """The reports of the cells, each once; raises RecordingError if their times differ."""
    reports = list({id(cell.report): cell.report for cell in cells}.values())
    for report in reports[1:]:
        if not np.array_equal(report.times, reports[0].times):
            raise RecordingError(
                f"{report.location}: its times differ from those of {reports[0].population}; choose one with "
                "population="
            )
    return reports


class _Columns(NamedTuple):
    """Columns of a cell in its report: numbers in the file, sections of the joined Morphology, positions; (n,) each."""

    report: Report
    numbers: IntArray
    sections: IntArray
    positions: FloatArray


def _columns(cells: Sequence[ReportedCell], sites: ElementSites) -> list[_Columns]:
    """The columns of each cell that have a site, each site once."""
    found = []
    for cell, sections, positions in zip(cells, sites.sections, sites.positions, strict=True):
        is_kept = sections != NO_SECTION
        if cell.elements.selected_by:  # a set can contain a site twice
            _, first = np.unique(np.stack([sections, positions], axis=1), axis=0, return_index=True)
            is_kept &= np.isin(np.arange(len(sections)), first)
        numbers = cell.report.columns(cell.node)[is_kept]
        found.append(_Columns(cell.report, numbers, cell.sections[sections[is_kept]], positions[is_kept]))
    return found


def _values(columns: Sequence[_Columns], reports: Sequence[Report]) -> ReportValues:
    """The values of columns, which stay in the file."""
    parts = tuple(
        (report.dataset, np.concatenate([one.numbers for one in columns if one.report is report])) for report in reports
    )
    dtype = np.result_type(*(report.dtype for report in reports))
    return ReportValues(reports[0].path, parts, len(reports[0].times), dtype, reports[0].chunks)


def _check_sites(recording: Recording, morphology: Morphology, report: Report, rule: str) -> None:
    """Raise RecordingError where two columns have the same site, or a site is outside the morphology."""
    found = audit(morphology, recording)
    wrong = found.out_of_range or found.duplicate
    if wrong:
        section, position = recording.section[wrong[0]], recording.position[wrong[0]]
        raise RecordingError(
            f"{report.location}: {len(wrong)} elements have the site of another one by the mapping {rule!r}, first at "
            f"{position:g} of section {section}; give another mapping="
        )


def _rows_of_cells(mapping: npt.ArrayLike, cells: Sequence[ReportedCell], reports: Sequence[Report]) -> npt.ArrayLike:
    """The rows of an array ``mapping`` that belong to these cells."""
    if len(reports) > 1:
        raise RecordingError(
            "an array as mapping is for one population; choose one with population=, or give a function"
        )
    n_values = reports[0].n_values
    try:
        array = np.asarray(mapping)
    except (TypeError, ValueError) as cause:
        raise RecordingError(
            f"mapping must be a rule, a function or an array of section and position: {cause}"
        ) from cause
    if array.shape != (n_values, 2) or array.dtype.kind not in "iuf":
        raise RecordingError(
            f"{reports[0].location}: an array as mapping must hold section and position of each element, shape "
            f"{(n_values, 2)}; got {array.dtype} of shape {array.shape}"
        )
    return np.asarray(array[np.concatenate([cell.report.columns(cell.node) for cell in cells])])
