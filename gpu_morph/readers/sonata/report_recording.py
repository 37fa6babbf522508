"""Reports as Recordings: elements are mapped to sites on morphologies, values stay in the file."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ...data.arrays import frozen_array
from ...data.audit import audit
from ...data.derived_morphology import morphology_subset
from ...data.morphology import Morphology
from ...data.recording import Recording
from ...errors import RecordingError
from ...system.arguments import check_type, checked_path
from ..aliases import AnyPath, IntArray
from .element_mapping import ElementMapping, element_sites
from .numbering import NO_SECTION, CellSections
from .report import Report, read_reports
from .reported_cells import ReportedCell
from .section_selection import ADVICE
from .values import ReportValues
from .variable import variable_and_unit


def read_report(
    path: AnyPath,
    morphology: Morphology,
    *,
    population: str | None = None,
    node_ids: npt.ArrayLike | None = None,
    mapping: ElementMapping = None,
    variable: str | None = None,
    unit: str | None = None,
) -> Recording:
    """Read a SONATA report of cells whose morphology is known.

    Parameters
    ----------
    path : path
        The report, an HDF5 file.
    morphology : Morphology
        One cell or several, as they were simulated.
    population : str, optional
        The population; required if the report has several.
    node_ids : sequence of int, optional
        The node of each cell of the morphology. None: the nodes of the report, in order.
    mapping : optional
        The sites of the elements, where the geometry does not determine them; see `read_sonata`.
    variable, unit : str, optional
        The recorded variable and its unit. None: those of the file.

    Returns
    -------
    Recording
        Its ``values`` stay in the file, which is opened whenever rows are read.

    Raises
    ------
    RecordingError
        The file is not a report, or its elements do not fit the morphology; the message says what to do.
    OSError
        The file cannot be opened.

    Warns
    -----
    UserWarning
        Only somata were recorded, stubs replace axons, or ``mapping`` is not confirmed by the geometry.
    """
    check_type(morphology, Morphology, "morphology")
    check_type(population, str, "population", is_optional=True)
    path = checked_path(path, "path")
    reports = read_reports(path, None if population is None else [population])
    if len(reports) > 1:
        names = ", ".join(report.population for report in reports)
        raise RecordingError(f"{path.name}: a report of several populations ({names}); choose one with population=")
    if node_ids is None:
        nodes = reports[0].node_ids
    else:
        nodes = np.atleast_1d(frozen_array(node_ids, np.int64, name="node_ids", error=RecordingError))
    cells = np.unique(morphology.section_cell)
    if len(nodes) != len(cells):
        raise RecordingError(
            f"{reports[0].location}: the morphology has {len(cells)} cells, but there are {len(nodes)} nodes; give the "
            "node of each cell by node_ids="
        )
    if reports[0].has_numbered_sites and (mapping is None or isinstance(mapping, str)):
        raise RecordingError(
            f"{reports[0].location}: its elements are numbered one by one, without their sections; read it with the "
            f"configuration of its simulation by read_sonata, or {ADVICE}"
        )
    reported = []
    for node, cell in zip(nodes.tolist(), cells.tolist(), strict=True):
        sections = np.flatnonzero(morphology.section_cell == cell)
        one = CellSections(morphology_subset(morphology, sections))
        reported.append(ReportedCell(reports[0], node, one, sections, reports[0].elements(node)))
    entry = {key: value for key, value in (("variable_name", variable), ("unit", unit)) if value is not None}
    recording, _, notes = report_recording(reported, morphology, mapping, *variable_and_unit(reports[0], entry))
    for note in notes:
        warnings.warn(f"{reports[0].path.name}: {note}", UserWarning, stacklevel=2)
    return recording


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
    reports = list({id(cell.report): cell.report for cell in cells}.values())
    missing = [cell for cell in cells if not len(cell.elements.ids)]
    cells = [cell for cell in cells if len(cell.elements.ids)]
    if not cells:
        raise RecordingError(f"{reports[0].path.name}: it has no values of the chosen cells; choose others")
    reports = list({id(cell.report): cell.report for cell in cells}.values())
    for report in reports[1:]:
        if not np.array_equal(report.times, reports[0].times):
            raise RecordingError(
                f"{report.location}: its times differ from those of {reports[0].population}; choose one with "
                "population="
            )
    if mapping is not None and not isinstance(mapping, str) and not callable(mapping):
        mapping = _rows_of_cells(mapping, cells, reports)
    sites = element_sites([cell.cell for cell in cells], [cell.elements for cell in cells], mapping)
    parts: dict[int, list[IntArray]] = {id(report): [] for report in reports}
    sections, positions = [], []
    for cell, cell_sections, cell_positions in zip(cells, sites.sections, sites.positions, strict=True):
        is_kept = cell_sections != NO_SECTION
        if cell.elements.selected_by:  # a set can contain a site twice
            pairs = np.stack([cell_sections, cell_positions], axis=1)
            _, first = np.unique(pairs, axis=0, return_index=True)
            is_kept &= np.isin(np.arange(len(cell_sections)), first)
        parts[id(cell.report)].append(cell.report.columns(cell.node)[is_kept])
        sections.append(cell.sections[cell_sections[is_kept]])
        positions.append(cell_positions[is_kept])
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
    _check_sites(recording, morphology, reports[0], sites.rule)
    notes = list(sites.notes)
    if missing:
        notes.append(f"{len(missing)} of the chosen cells were not recorded; they have the colour of missing values")
    return recording, sites.rule, notes


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
    array, n_values = np.asarray(mapping), reports[0].n_values
    if array.shape != (n_values, 2) or array.dtype.kind not in "iuf":
        raise RecordingError(
            f"{reports[0].location}: an array as mapping must hold section and position of each element, shape "
            f"{(n_values, 2)}; got {array.dtype} of shape {array.shape}"
        )
    return np.asarray(array[np.concatenate([cell.report.columns(cell.node) for cell in cells])])
