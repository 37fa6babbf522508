"""Compartment sets: reports of selected sites in selected cells.

Format: https://sonata-extension.readthedocs.io, compartment_sets.json: rows of ``[node, section, offset]``. Sections
are numbers, for BlueCelluLab also names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import RecordingError, brief
from ..aliases import FloatArray, IntArray
from .config import Config, Document
from .elements import Elements
from .numbering import CellSections
from .report import Report
from .section_name import number_of_section

_RULES = ("neuron", "neuron-stub")  # the format defines the sections by these numbers
_MAX_NUMBER = 2**31  # of nodes and sections
_BY_SET = "a compartment set"
_AXON_NOTE = "a compartment set; if stubs replaced the axons, give mapping='neuron-stub'"


@dataclass(frozen=True, eq=False)
class CompartmentSet:
    """Sites of some cells of one population.

    Parameters
    ----------
    name, population : str
        Its name, and the population of its nodes.
    sites : {node: [(section, offset)]}
        The sites of each node in the order of the file: number or name of the section, and the position along it.
    """

    name: str
    population: str
    sites: Mapping[int, list[tuple[int | str, float]]]

    def elements(self, report: Report, node: int, cell: CellSections) -> Elements:
        """The elements of a node of a report, with the sites of the set.

        Where the report tells sections, those of one section are in the order of the set; else all are.

        Raises
        ------
        RecordingError
            The set has another population, or other sections than the report.
        """
        if self.population != report.population:
            raise RecordingError(
                f"{report.location}: the compartment set {self.name!r} is of population {self.population!r}; choose "
                "one with population="
            )
        location = f"{report.location}: node {node} in the compartment set {self.name!r}"
        sites = self.sites.get(node, [])
        numbers = np.array(
            [one if isinstance(one, int) else number_of_section(cell, one, location=location) for one, _ in sites],
            dtype=np.int64,
        )
        offsets = np.array([offset for _, offset in sites], dtype=np.float64)
        ids = report.element_ids[report.columns(node)]
        if report.has_numbered_sites or (report.n_values == len(sites) == 1 and ids.tolist() == [0]):
            if len(ids) != len(sites):
                raise RecordingError(
                    f"{report.location}: node {node} has {len(ids)} sites, but the compartment set {self.name!r} has "
                    f"{len(sites)}; is it the set that was recorded?"
                )
            has_stub = "neuron-stub" in cell.numberings and np.isin(cell.numberings["neuron-stub"].stub, numbers).any()
            by = (_AXON_NOTE, _RULES[:1]) if has_stub else (_BY_SET, _RULES)
            return Elements(node, numbers, offsets, report.location, *by)
        return Elements(node, ids, self._offsets(report, node, numbers, offsets), report.location, _BY_SET, _RULES)

    def _offsets(self, report: Report, node: int, numbers: IntArray, offsets: FloatArray) -> FloatArray:
        """(n_elements,): the offset of each element; ``numbers``, ``offsets`` (n,) are those of the set."""
        ids = report.element_ids[report.columns(node)]
        by_id, by_section = np.argsort(ids, kind="stable"), np.argsort(numbers, kind="stable")
        if not np.array_equal(ids[by_id], numbers[by_section]):
            raise RecordingError(
                f"{report.location}: node {node} has elements in the sections {_listed(ids)}, but the compartment set "
                f"{self.name!r} has {_listed(numbers)}; is it the set that was recorded?"
            )
        ordered = np.zeros(len(ids))
        ordered[by_id] = offsets[by_section]
        return ordered


def set_of_report(config: Config, entry: Mapping[str, Any]) -> CompartmentSet | None:
    """The compartment set of a report; None for reports of another kind.

    Parameters
    ----------
    config : Config
        Circuit and run; one of them has the path of the file of sets.
    entry : mapping
        The report's entry in the run's configuration.

    Raises
    ------
    RecordingError
        There is no such set, or no file of sets, or the set is invalid.
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
    content = document.content[name]
    rows = content.get("compartment_set")
    sites: dict[int, list[tuple[int | str, float]]] = {}
    for row in rows if isinstance(rows, list) else [rows]:
        node, section, offset = _checked(row, name)
        sites.setdefault(node, []).append((section, offset))
    return CompartmentSet(name, str(content.get("population")), sites)


def _checked(row: Any, name: str) -> tuple[int, int | str, float]:
    """A row of a set: node, number or name of a section, and offset."""
    is_row = (
        isinstance(row, list)
        and len(row) == 3
        and all(isinstance(one, int | float) and not isinstance(one, bool) for one in (row[0], row[2]))
        and isinstance(row[1], int | float | str)
        and all(one % 1 == 0 and 0 <= one < _MAX_NUMBER for one in row[:2] if not isinstance(one, str))
    )
    if not is_row:
        raise RecordingError(
            f"the compartment set {name!r} must hold [node, section, offset] in each row, a section by its number or "
            f'its name, such as "dend[3]"; got {row!r:.80}; correct it'
        )
    if not 0 <= row[2] <= 1:
        raise RecordingError(
            f"the compartment set {name!r} has the offset {brief(row[2])}, expected 0 to 1; correct it"
        )
    return int(row[0]), row[1] if isinstance(row[1], str) else int(row[1]), float(row[2])


def _listed(values: IntArray) -> str:
    return (", ".join(map(str, values[:8].tolist())) or "none") + (", ..." if len(values) > 8 else "")
