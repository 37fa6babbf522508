"""Compartment sets: reports of chosen places in chosen cells, and where exactly these are.

Format: https://sonata-extension.readthedocs.io, compartment_sets.json: ``[node, section, offset]`` each.
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


def set_of_report(config: Config, said: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]] | None:
    """Name and content of the compartment set that a report is of; None for reports of another kind.

    Parameters
    ----------
    config : Config
        Of the run; it leads to the file of sets.
    said : mapping
        What the run's configuration says of the report.

    Raises
    ------
    RecordingError
        There is no such set, or no file of sets.
    """
    if said.get("type") == "compartment_set":
        name = said.get("compartment_set")
    elif said.get("sections") == "compartment_set":
        name = said.get("compartments")
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


def with_places_of_set(report: Report, name: str, content: Mapping[str, Any]) -> Report:
    """The report with the place of each element in its section, as the set says it.

    Elements of one section stand in the set's order.

    Raises
    ------
    RecordingError
        The set is of another population, makes no sense, or holds other sections than the report.
    """
    if content.get("population") != report.population:
        raise RecordingError(
            f"{report.place}: the compartment set {name!r} is of population {content.get('population')!r}; choose by "
            "population="
        )
    try:
        rows = np.array(content.get("compartment_set"), dtype=np.float64).reshape(-1, 3)
    except (TypeError, ValueError) as cause:
        raise RecordingError(
            f"the compartment set {name!r} must hold [node, section, offset] in each row: {cause}; correct it"
        ) from cause
    outside = ~((rows[:, 2] >= 0) & (rows[:, 2] <= 1))
    if outside.any():
        raise RecordingError(
            f"the compartment set {name!r} has the offset {rows[outside][0, 2]:g}; offsets are 0 to 1 of a section"
        )
    positions = np.zeros(report.n_values)
    for node in report.node_ids.tolist():
        columns = report.columns(node)
        positions[columns] = _offsets(report, name, node, report.element_ids[columns], rows[rows[:, 0] == node, 1:])
    return replace(report, element_pos=positions, is_chosen=True)


def _offsets(report: Report, name: str, node: int, ids: IntArray, rows: FloatArray) -> FloatArray:
    """The offset of each element of a node."""
    wanted, asked = np.argsort(ids, kind="stable"), np.argsort(rows[:, 0], kind="stable")
    if not np.array_equal(ids[wanted], rows[asked, 0]):
        raise RecordingError(
            f"{report.place}: of node {node} it has elements in the sections {_listed(ids)}, but the compartment set "
            f"{name!r} has {_listed(rows[:, 0])}; is it the set that was recorded?"
        )
    offsets = np.zeros(len(ids))
    offsets[wanted] = rows[asked, 1]
    return offsets


def _listed(numbers: npt.NDArray[Any]) -> str:
    words = [f"{number:g}" for number in numbers[:8].tolist()]
    return (", ".join(words) or "none") + (", ..." if len(numbers) > 8 else "")
