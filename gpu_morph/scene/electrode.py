"""Electrode: a shank with contacts, which show what they record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.arrays import FloatArray, FrozenArrays, finite_number, frozen_array
from ..errors import SceneError
from .colors import ColorLike
from .mesh import check_look, checked_colors, checked_points
from .points import Points
from .spheres import pointed_tube
from .surface import Surface

_CONTACT, _TIP = 1.5, 3.0  # diameters of the shank: of a contact, and from the first contact to the tip


@dataclass(frozen=True, eq=False)
class Electrode(FrozenArrays):
    """A shank with contacts along it; values over time colour the contacts.

    Parameters
    ----------
    positions : (n_contacts, 3) float32
        µm, of the contacts, which lie along a line.
    diameter : float
        µm, of the shank. Contacts are 1.5 times as wide.
    direction : (3,) float, optional
        From the tip along the shank. None: from the first contact to the last one.
    length : float, optional
        µm, of the shank from its tip, which is three diameters before the first contact. None: it ends as far behind
        the last one.
    color, contact_color : colour
        Of the shank; of contacts without values.
    opacity, name
        As in `Mesh`; the opacity is 1.
    values : (n_contacts,) or (n_times, n_contacts) float32, optional
        What the contacts record: potentials, spikes.
    times, cmap, clim, fit
        As in `Mesh`.

    Raises
    ------
    SceneError
        Shapes do not fit, a number is not finite, or one contact alone has no direction.

    Examples
    --------
    Eight contacts beside the cell, and what they record at two times:

    >>> contacts = [(60, 0, z) for z in range(0, 800, 100)]
    >>> potentials = np.zeros((2, 8))
    >>> probe = gm.Electrode(contacts, diameter=8, values=potentials, times=[0, 36], cmap="RdBu", clim=(-1, 1))
    >>> morphology, recording = gm.demo_cell()
    >>> scene = gm.Scene(morphology, recording, meshes=[probe])
    >>> gm.render_image(scene, time=5, size=(320, 240)).shape
    (240, 320, 3)
    """

    positions: npt.NDArray[np.float32]
    diameter: float = field(default=12.0, kw_only=True)
    direction: Any = field(default=None, kw_only=True)
    length: float | None = field(default=None, kw_only=True)
    color: ColorLike = field(default="#9aa1a9", kw_only=True)
    contact_color: ColorLike = field(default="#d9a520", kw_only=True)
    opacity: float = field(default=1.0, kw_only=True)
    name: str = field(default="", kw_only=True)
    values: npt.NDArray[np.float32] | None = field(default=None, kw_only=True)
    times: FloatArray | None = field(default=None, kw_only=True)
    cmap: Any = field(default=None, kw_only=True)
    clim: tuple[float, float] | None = field(default=None, kw_only=True)
    fit: bool = field(default=False, kw_only=True)

    def __post_init__(self) -> None:
        check_look(self)
        for name in ("diameter", "length"):
            given = getattr(self, name)
            if given is not None or name == "diameter":
                number = finite_number(given, name=name, expected="positive µm", least=1e-6, error=SceneError)
                object.__setattr__(self, name, number)
        object.__setattr__(self, "positions", checked_points(self.positions, "positions"))
        if self.direction is not None:
            direction = frozen_array(self.direction, np.float64, name="direction", error=SceneError)
            if direction.shape != (3,) or not np.isfinite(direction).all() or not direction.any():
                raise SceneError(f"direction must be three finite numbers, not all zero, got {direction.tolist()}")
            object.__setattr__(self, "direction", direction)
        checked_colors(self.color, 0, "")
        contacts = self._contacts()  # checks values
        for name in ("values", "times"):
            object.__setattr__(self, name, getattr(contacts, name))
        _ = self._ends()

    def __repr__(self) -> str:
        return f"Electrode({f'{self.name!r}, ' if self.name else ''}{len(self.positions)} contacts)"

    def surfaces(self) -> Sequence[Surface]:
        """What is drawn: the shank and its contacts."""
        colors, alpha = checked_colors(self.color, 0, "")
        shank = Surface(*pointed_tube(*self._ends(), self.diameter), colors, self.opacity * alpha)
        return [shank, *self._contacts().surfaces()]

    def _contacts(self) -> Points:
        return Points(
            self.positions,
            diameters=_CONTACT * self.diameter,
            color=self.contact_color,
            opacity=self.opacity,
            name=self.name,
            values=self.values,
            times=self.times,
            cmap=self.cmap,
            clim=self.clim,
        )

    def _ends(self) -> tuple[FloatArray, FloatArray]:
        """The tip and the other end of the shank, µm."""
        positions = self.positions.astype(np.float64)
        along = positions[-1] - positions[0] if self.direction is None else np.asarray(self.direction)
        size = float(np.linalg.norm(along))
        if not size:
            raise SceneError("an electrode needs a direction=, or contacts at two places")
        along = along / size
        reach = (positions - positions[0]) @ along
        low, high = float(reach.min()) - _TIP * self.diameter, float(reach.max()) + _TIP * self.diameter
        if self.length is not None:
            high = low + self.length
        return positions[0] + low * along, positions[0] + high * along
