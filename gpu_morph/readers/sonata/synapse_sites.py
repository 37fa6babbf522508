"""The sites of synapses that edges describe by centres, or by numbers of sections and positions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from ..aliases import FloatArray, IntArray
from .cells import CellPopulation
from .numbering import CellSections

_TOLERANCE = 1.0  # µm between a synapse's centre and its site
_RULES = ("neuron", "neurites", "morphio", "file", "bmtk-stub")  # tried in this order


@dataclass(frozen=True, eq=False)
class EdgeSynapses:
    """Synapses of one population of edges.

    Parameters
    ----------
    source_population : str
        The population of the presynaptic nodes.
    cells : (n,) int64
        The postsynaptic cell, counted over all populations.
    source_nodes : (n,) int64
        The presynaptic node.
    centres : (n, 3) float64
        µm; NaN where unknown.
    numbers : (n,) float64
        The number of the section, as the file counts; NaN where unknown.
    section_positions : (n,) float64
        The position along the section, 0 to 1; NaN where unknown.
    delays : (n,) float64
        ms.
    """

    source_population: str
    cells: IntArray
    source_nodes: IntArray
    centres: FloatArray
    numbers: FloatArray
    section_positions: FloatArray
    delays: FloatArray


@dataclass(frozen=True, eq=False)
class SynapseSites:
    """Where synapses are.

    Parameters
    ----------
    positions : (n, 3) float64
        µm; NaN where the morphology has no such section.
    sections : (n,) int64
        Sections of the joined Morphology; -1 where unknown.
    unconfirmed_rules : set of str
        Numberings that were used without a centre to confirm them.
    """

    positions: FloatArray
    sections: IntArray
    unconfirmed_rules: set[str]


def synapse_sites(synapses: EdgeSynapses, populations: Sequence[CellPopulation], rule: str | None) -> SynapseSites:
    """The sites of synapses; centres, where known, are kept and select the numbering of each cell.

    Parameters
    ----------
    synapses : EdgeSynapses
        The synapses.
    populations : sequence of CellPopulation
        All cells, in the order of the joined Morphology.
    rule : str, optional
        The numbering for cells without centres. None: NEURON's.
    """
    positions, sections = synapses.centres.copy(), np.full(len(synapses.cells), -1)
    unconfirmed: set[str] = set()
    is_numbered = np.isfinite(synapses.numbers) & np.isfinite(synapses.section_positions)
    by_cell = np.argsort(synapses.cells, kind="stable")
    n_cells = sum(len(population.cells) for population in populations)
    ends = np.cumsum(np.bincount(synapses.cells, minlength=n_cells))
    for (cell, rotation, translation, first), of_cell in zip(
        _placed_cells(populations), np.split(by_cell, ends[:-1]), strict=True
    ):
        rows = of_cell[is_numbered[of_cell]]
        if not len(rows):
            continue
        numbers, section_positions = synapses.numbers[rows].astype(np.int64), synapses.section_positions[rows]
        centres = synapses.centres[rows]
        has_centre = np.isfinite(centres).all(axis=1)
        for name in _RULES if has_centre.any() else (rule or _RULES[0],):
            numbered = _sections(cell, name, numbers)
            exists = numbered >= 0
            located = np.full((len(rows), 3), np.nan)
            located[exists] = (
                cell.morphology.locate(numbered[exists], section_positions[exists]) @ rotation.T + translation
            )
            if not has_centre.any() or _are_near(located[has_centre], centres[has_centre]):
                sections[rows] = np.where(exists, numbered + first, -1)
                positions[rows[~has_centre]] = located[~has_centre]
                if not has_centre.any() and rule is None:
                    unconfirmed.add(name)
                break
    return SynapseSites(positions, sections, unconfirmed)


def _are_near(positions: FloatArray, centres: FloatArray) -> bool:
    """True where all positions are within the tolerance; centres are float32 and can be far from the origin."""
    tolerance = _TOLERANCE + 4 * np.finfo(np.float32).eps * np.abs(centres).max()
    return bool((np.linalg.norm(positions - centres, axis=1) <= tolerance).all())  # False for NaN


def _sections(cell: CellSections, rule: str, numbers: IntArray) -> IntArray:
    """(n,): the section of each number within the cell by a rule, -1 for none."""
    numbering = cell.numberings.get(rule)
    if numbering is None:
        return np.full(len(numbers), -1)
    is_valid = (numbers >= 0) & (numbers < len(numbering.sections))
    sections = numbering.sections[np.where(is_valid, numbers, 0)]
    return np.where(is_valid & (sections >= 0), sections, -1)


def _placed_cells(
    populations: Sequence[CellPopulation],
) -> Iterator[tuple[CellSections, FloatArray, FloatArray, int]]:
    """Each cell with its rotation, its translation, and its first section in the joined Morphology."""
    first = 0
    for population in populations:
        for cell, rotation, translation in zip(
            population.cells, population.rotations, population.translations, strict=True
        ):
            yield cell, rotation, translation, first
            first += len(cell.types)
