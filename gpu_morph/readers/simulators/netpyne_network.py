"""The cells of a NetPyNE network as a Morphology."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...errors import MorphologyError
from ...system.user_warning import warn_user
from ..aliases import FloatArray
from ..neuron_sections import NeuronSection, sections_of
from ..sections import Section, morphology_of

_SPIKE_SOURCES = ("NetStim", "VecStim", "DynamicNetStim", "NSLOC", "PatternStim")  # stimuli, no neurons


@dataclass(frozen=True)
class Saved:
    """What NetPyNE has of a network, as it saves it: mappings of names and values.

    Parameters
    ----------
    cells : sequence of mappings
        ``gid``, ``tags``, and ``secs`` and ``conns`` where the cell has them.
    cell_params : mapping
        ``netParams.cellParams``, for cells without ``secs``.
    synapse_params : mapping
        ``netParams.synMechParams``, which tell gap junctions.
    config, data : mapping
        ``simConfig`` and ``simData``.
    name : str
        The file or simulator, for error messages.
    is_running : bool
        True if sections may have ``hObj``, the section in NEURON.
    """

    cells: Sequence[Mapping[str, Any]]
    cell_params: Mapping[str, Any]
    synapse_params: Mapping[str, Any]
    config: Mapping[str, Any]
    data: Mapping[str, Any]
    name: str
    is_running: bool


class Network:
    """The morphology of a network, and where its sections are.

    Raises
    ------
    MorphologyError
        No cell has sections, or the geometry of one is incomplete.
    """

    def __init__(self, saved: Saved) -> None:
        self._saved = saved
        self._number: dict[tuple[int, str], int] = {}
        self._described: list[NeuronSection] = []
        self._n_segments: list[int] = []
        self.population: dict[int, str] = {}  # by gid
        sections: list[Section] = []
        for cell in saved.cells:
            self.population[_gid(cell)] = str(cell["tags"].get("pop", ""))
        for cell in saved.cells:
            sections += self._cell_sections(cell, len(sections))
        self._check_left_out()
        self.morphology = morphology_of(sections, scale=1.0, name=saved.name)

    def site(self, gid: int, section: Any, x: Any, *, is_segment: bool = False) -> tuple[int, float] | None:
        """Section and position of NEURON's ``x`` on a section of a cell; None if there is no such section.

        With ``is_segment``, of the centre of the segment that has ``x``, where NEURON records.
        """
        number = self._number.get((gid, section)) if isinstance(section, str) else None
        if number is None:
            return None
        x = float(x)
        if not 0 <= x <= 1:
            raise MorphologyError(f"{self._saved.name}: a location is from 0 to 1, got {x} on {section} of cell {gid}")
        if is_segment and 0 < x < 1:  # at its ends, NEURON records the values of the ends
            n = self._n_segments[number]
            x = (math.floor(x * n) + 0.5) / n
        return number, self._described[number].position(x)

    def _cell_sections(self, cell: Mapping[str, Any], n_before: int) -> list[Section]:
        gid, secs = _gid(cell), self._secs(cell)
        x, y, z = (float(cell["tags"].get(axis, 0.0)) for axis in "xyz")
        has_points = any("pt3d" in _geometry(sec) for sec in secs.values())
        config = self._saved.config
        # As CompartCell._setGeometryParams, and as updateShape for cells without points.
        is_relative = bool(config.get("pt3dRelativeToCellLocation", True)) or not has_points
        is_inverted = bool(config.get("invertedYCoord", True)) or not has_points
        offset = np.array([x, -y if is_inverted else y, z]) if is_relative else np.zeros(3)
        index = {name: k for k, name in enumerate(secs)}
        described: list[NeuronSection] = []
        for name, sec in secs.items():
            one = self._description(f"{self.population[gid]}.cell_{gid}.{name}", sec, offset)
            topology = sec.get("topol") or {}
            if "parentSec" in topology:
                if topology["parentSec"] not in index:
                    raise MorphologyError(
                        f"{self._saved.name}: the parent of {one.name} is {topology['parentSec']!r}, which the cell "
                        "does not have"
                    )
                one.parent, one.parent_x = index[topology["parentSec"]], float(topology.get("parentX", 1.0))
                one.end = float(topology.get("childX", 0.0))
            self._number[gid, name] = n_before + len(described)
            described.append(one)
        sections = sections_of(described, name=self._saved.name)
        for section, one in zip(sections, described, strict=True):
            # NEURON lays cells without points along x; NetPyNE stands them up along y.
            points = section.points if has_points else section.points[:, [1, 0, 2]] * [1, 1, 0]
            section.points, section.cell, section.name = points + offset, gid, one.name
            section.parent += n_before if section.parent >= 0 else 0
        self._described += described
        return sections

    def _secs(self, cell: Mapping[str, Any]) -> Mapping[str, Any]:
        """The cell's sections; those of its type in ``netParams`` if they were not saved."""
        secs = cell.get("secs")
        if secs:
            return dict(secs)
        tags = cell["tags"]
        labels = tags.get("label") or [tags.get("cellType")]
        found = [self._saved.cell_params[one]["secs"] for one in labels if one in self._saved.cell_params]
        return {name: sec for one in found for name, sec in one.items()}

    def _description(self, name: str, sec: Mapping[str, Any], offset: FloatArray) -> NeuronSection:
        """A section, with points relative to its cell."""
        geometry = _geometry(sec)
        running = sec.get("hObj") if self._saved.is_running else None
        if running is not None and hasattr(running, "n3d"):
            self._n_segments.append(int(running.nseg))
            one = NeuronSection(name, length=running.L, diameters=[segment.diam for segment in running])
            if "pt3d" in geometry and (n := int(running.n3d())):
                points = [(running.x3d(k), running.y3d(k), running.z3d(k)) for k in range(n)]
                one.points = [tuple(point) for point in (np.array(points) - offset).tolist()]
                one.diameters = [running.diam3d(k) for k in range(n)]
            return one
        self._n_segments.append(max(1, int(self._number_of(geometry, "nseg", 1, name))))
        if geometry.get("pt3d"):
            points_and_diameters = np.array(geometry["pt3d"], dtype=np.float64)
            if points_and_diameters.ndim != 2 or points_and_diameters.shape[1] != 4:
                raise MorphologyError(
                    f"{self._saved.name}: pt3d of {name} must be rows of x, y, z and diameter, got shape "
                    f"{points_and_diameters.shape}"
                )
            points = [tuple(row) for row in points_and_diameters[:, :3].tolist()]
            return NeuronSection(name, points, points_and_diameters[:, 3].tolist())
        diameter = self._number_of(geometry, "diam", 500.0, name)  # NEURON's defaults
        return NeuronSection(name, diameters=[diameter], length=self._number_of(geometry, "L", 100.0, name))

    def _number_of(self, geometry: Mapping[str, Any], key: str, default: float, name: str) -> float:
        value = geometry.get(key, default)
        try:
            return float(value)
        except (TypeError, ValueError) as cause:
            raise MorphologyError(
                f"{self._saved.name}: {key} of {name} is {value!r}, which only NetPyNE can evaluate; call "
                "from_netpyne(sim) in the process of the model, or sim.net.defineCellShapes() before saving"
            ) from cause

    def _check_left_out(self) -> None:
        """Refuse networks without anything to draw; warn about neurons that are not drawn."""
        drawn = {gid for gid, _ in self._number}
        if not drawn:
            raise MorphologyError(
                f"{self._saved.name}: none of {len(self._saved.cells)} cells has sections; save them with "
                "cfg.saveCellSecs = True. Point neurons and NetStims have no shape to draw"
            )
        left_out = Counter(
            self.population[_gid(cell)]
            for cell in self._saved.cells
            if _gid(cell) not in drawn and cell["tags"].get("cellModel") not in _SPIKE_SOURCES
        )
        if left_out:
            listed = ", ".join(f"{n} of {population!r}" for population, n in left_out.items())
            warn_user(f"{self._saved.name}: cells without sections have no shape and are left out: {listed}")


def _gid(cell: Mapping[str, Any]) -> int:
    return int(cell["gid"])


def _geometry(sec: Mapping[str, Any]) -> Mapping[str, Any]:
    return sec.get("geom") or {}
