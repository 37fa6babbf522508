"""Reports of cells whose morphology is known, without a configuration."""

from __future__ import annotations

import warnings

import numpy as np
import numpy.typing as npt

from ...data.arrays import frozen_array
from ...data.derived_morphology import morphology_subset
from ...data.morphology import Morphology
from ...data.recording import Recording
from ...errors import RecordingError
from ...system.arguments import check_type, checked_path
from ..aliases import AnyPath
from .element_mapping import ElementMapping
from .numbering import CellSections
from .report import read_reports
from .report_kinds import check_drawn
from .report_recording import report_recording
from .reported_cells import ReportedCell
from .section_selection import ADVICE
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

    Examples
    --------
    >>> cell = gm.read_morphology("cell.swc")
    >>> recording = gm.read_report("output/voltage.h5", cell, node_ids=[1])
    >>> recording.values.shape
    (20, 201)
    """
    check_type(morphology, Morphology, "morphology")
    for word, given in (("population", population), ("variable", variable), ("unit", unit)):
        check_type(given, str, word, is_optional=True)
    path = checked_path(path, "path")
    if mapping is None:
        check_drawn({}, path)
    reports = read_reports(path, None if population is None else [population])
    if len(reports) > 1:
        names = ", ".join(report.population for report in reports)
        raise RecordingError(f"{path.name}: a report of several populations ({names}); choose one with population=")
    if node_ids is None:
        nodes = reports[0].node_ids
    else:
        nodes = np.atleast_1d(frozen_array(node_ids, np.int64, name="node_ids", error=RecordingError))
        if nodes.ndim > 1:
            raise RecordingError(f"node_ids must have one dimension, got shape {nodes.shape}")
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
