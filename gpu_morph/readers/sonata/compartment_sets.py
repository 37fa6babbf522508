"""Compartment sets: reports of selected sites in selected cells.

Format: https://sonata-extension.readthedocs.io, compartment_sets.json: rows of ``[node, section, offset]``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ...errors import RecordingError
from ..aliases import FloatArray, IntArray
from .config import Config, Document
from .report import Report


def set_of_report(config: Config, entry: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
    """Name and content of the compartment set of a report; None for reports of another kind.

    Parameters
    ----------
    config : Config
        Circuit and run; one of them has the path of the file of sets.
    entry : mapping
        The report's entry in the run's configuration.

    Raises
    ------
    RecordingError
        There is no such set, or no file of sets.
    """
    if entry.get("type") == "compartment_set":
        name = entry.get("compartment_set")
    elif entry.get("sections") == "compartment_set":
        name = entry.get("compartments")
    else:
        return None
    documents = [one for one in (config.simulation, config.circuit) if one is not None]
    files = [(one, one.content["compartment_sets_file"]) for one in documents if "compartment_sets_file" in one.content]
    if not files:
        raise RecordingError(
            f"{documents[0].path.name}: a report of the compartment set {name!r} needs compartment_sets_file; add its "
            "path"
        )
    document = Document.read(files[0][0].resolved(str(files[0][1])))
    if not isinstance(name, str) or not isinstance(document.content.get(name), Mapping):
        known = ", ".join(document.content) or "none"
        raise RecordingError(f"{document.path.name}: no compartment set {name!r}; it has {known}")
    return name, document.content[name]


def with_sites_of_set(report: Report, name: str, content: Mapping[str, Any]) -> Report:
    """The report with the positions of its elements, from the compartment set ``content``.

    Elements of one section are in the order of the set.

    Raises
    ------
    RecordingError
        The set has another population, is invalid, or has other sections than the report.
    """
    if content.get("population") != report.population:
        raise RecordingError(
            f"{report.location}: the compartment set {name!r} is of population {content.get('population')!r}; choose "
            "one with population="
        )
    try:
        rows = np.array(content.get("compartment_set"), dtype=np.float64).reshape(-1, 3)
    except (TypeError, ValueError) as cause:
        raise RecordingError(
            f"the compartment set {name!r} must hold [node, section, offset] in each row: {cause}; correct it"
        ) from cause
    is_outside = ~((rows[:, 2] >= 0) & (rows[:, 2] <= 1))
    if is_outside.any():
        raise RecordingError(
            f"the compartment set {name!r} has the offset {rows[is_outside][0, 2]:g}, expected 0 to 1; correct it"
        )
    positions = np.zeros(report.n_values)
    for node in report.node_ids.tolist():
        columns = report.columns(node)
        positions[columns] = _offsets(report, name, node, report.element_ids[columns], rows[rows[:, 0] == node, 1:])
    return replace(report, element_pos=positions, is_compartment_set=True)


def _offsets(report: Report, name: str, node: int, ids: IntArray, rows: FloatArray) -> FloatArray:
    """(n_elements,): the offset of each element of a node; ``rows`` (n, 2) are sections and offsets of the set."""
    by_id, by_section = np.argsort(ids, kind="stable"), np.argsort(rows[:, 0], kind="stable")
    if not np.array_equal(ids[by_id], rows[by_section, 0]):
        raise RecordingError(
            f"{report.location}: node {node} has elements in the sections {_listed(ids)}, but the compartment set "
            f"{name!r} has {_listed(rows[:, 0])}; is it the set that was recorded?"
        )
    offsets = np.zeros(len(ids))
    offsets[by_id] = rows[by_section, 1]
    return offsets


def _listed(values: npt.NDArray[Any]) -> str:
    shown = [f"{number:g}" for number in values[:8].tolist()]
    return (", ".join(shown) or "none") + (", ..." if len(values) > 8 else "")
