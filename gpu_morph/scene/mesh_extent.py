"""The extent of what is around a cell beside the cell's own: a warning where one of them may be in another unit."""

from __future__ import annotations

from weakref import WeakSet

import numpy as np

from ..data.arrays import FloatArray
from ..data.morphology import Morphology
from ..system.user_warning import warn_user
from .mesh import Mesh
from .surface import SceneObject

_RATIO = 500  # of the extents
_FAR = 100  # extents of the cell between the two
_SOMA = 5.0  # µm; as small as this, an object beside a circuit may be a soma


_warned: WeakSet[SceneObject] = WeakSet()


def check_extent(item: SceneObject, morphology: Morphology) -> None:
    """Warn, once of each object, where it and the cell are so unlike that one may be in another unit."""
    message = _doubt(item, morphology)
    if not message:
        return
    try:
        if item in _warned:
            return
        _warned.add(item)
    except TypeError:  # an object of the user's own that has no hash or no weak references
        pass
    warn_user(message)


def _doubt(item: SceneObject, morphology: Morphology) -> str:
    """The warning; "" for none."""
    boxes = [(surface.vertices.min(axis=0), surface.vertices.max(axis=0)) for surface in item.surfaces()]
    low = np.min([box[0] for box in boxes], axis=0).astype(np.float64)
    high = np.max([box[1] for box in boxes], axis=0).astype(np.float64)
    cell_low, cell_high = (np.asarray(corner, dtype=np.float64) for corner in morphology.bounds())
    size, extent = float((high - low).max()), float((cell_high - cell_low).max())
    gap = float(np.linalg.norm(np.maximum(0, np.maximum(low - cell_high, cell_low - high))))
    if size > _RATIO * extent:
        hint = "if it is in nanometres, divide by 1000"
    elif isinstance(item, Mesh) and size < min(extent / _RATIO, _SOMA):  # diameters of points are given in µm
        hint = "if it is in millimetres, multiply by 1000"
    elif gap > _FAR * extent:
        hint = "if it is in nanometres, divide by 1000; if its origin is another one, move it"
    else:
        return ""
    return (
        f"{item!r} extends {size:g} µm, {_range(low, high)}, the cell {extent:g} µm, {_range(cell_low, cell_high)}: "
        f"they may not be seen together; {hint} (read_mesh(path, scale=) for a file)"
    )


def _range(low: FloatArray, high: FloatArray) -> str:
    return f"from ({', '.join(f'{at:g}' for at in low)}) to ({', '.join(f'{at:g}' for at in high)})"
