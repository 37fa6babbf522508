"""The cells of a circuit that the caller, the report or the simulation chooses."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ...errors import MorphologyError, RecordingError
from ...system.arguments import checked_items, checked_path
from ..aliases import AnyPath
from .cells import CellPopulation, MorphologyFolders, read_cells
from .config import Config
from .node_sets import NodeSet, chosen_nodes
from .nodes import Nodes, read_populations
from .report import Report


def chosen_cells(
    files: Config,
    names: list[str] | None,
    node_set: NodeSet | None,
    reports: Sequence[Report],
    morphologies: AnyPath | Sequence[AnyPath],
) -> tuple[list[CellPopulation], list[str]]:
    """The chosen cells that have a morphology, and warnings for the user; see `read_sonata`."""
    nodes_of_populations = read_populations(files, names)
    masks = _selected(files, node_set, nodes_of_populations, reports)
    is_one = isinstance(morphologies, str | os.PathLike)
    folders = [morphologies] if is_one else checked_items(morphologies, "morphologies", "paths")
    source = MorphologyFolders([checked_path(folder, "morphologies") for folder in folders])
    populations = [
        read_cells(nodes, mask, source, files.morphology_folders(nodes.properties))
        for nodes, mask in zip(nodes_of_populations, masks, strict=True)
    ]
    notes = [
        f"{one.n_without_morphology} chosen nodes of {one.name} have no morphology; left out"
        for one in populations
        if one.n_without_morphology
    ]
    populations = [one for one in populations if one.cells]
    if not populations:
        raise MorphologyError(f"{files.circuit.path.name}: none of the chosen nodes has a morphology; choose others")
    return populations, notes


def _selected(
    files: Config, node_set: NodeSet | None, populations: Sequence[Nodes], reports: Sequence[Report]
) -> list[npt.NDArray[np.bool_]]:
    """For each population, (n_nodes,) bool: True for the selected nodes."""
    if node_set is not None:
        return chosen_nodes(node_set, lambda: files.node_sets, populations)
    if reports:
        recorded_ids = {one.population: one.node_ids for one in reports}
        for nodes in populations:
            unknown = np.setdiff1d(recorded_ids[nodes.population], nodes.ids)
            if len(unknown):
                raise RecordingError(
                    f"{reports[0].path.name}: node {unknown[0]} of {nodes.population} is not among the "
                    f"{len(nodes.ids)} of {nodes.path.name}; are they of the same circuit?"
                )
        return [np.isin(nodes.ids, recorded_ids[nodes.population]) for nodes in populations]
    simulated = files.simulation.content.get("node_set") if files.simulation else None
    if isinstance(simulated, str):
        return chosen_nodes(simulated, lambda: files.node_sets, populations)
    return [np.ones(len(nodes.ids), dtype=bool) for nodes in populations]
