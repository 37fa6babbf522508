"""Values of the cells of a circuit as values of its sections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Sized
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import MorphologyError, brief
from ..system.arguments import check_type, is_sequence
from .morphology import Morphology

_NO_VALUE: Any = object()


def by_cell(
    morphology: Morphology,
    values: Mapping[int, Any] | Sequence[Any] | npt.NDArray[Any],
    *,
    other: Any = _NO_VALUE,
) -> list[Any]:
    """Give each section its cell's value: a colour, or a name for `LabelColors`.

    Parameters
    ----------
    morphology : Morphology
        A circuit. ``section_cell`` has the cell of each section.
    values : {cell: value} or sequence
        A value per number of a cell, or a sequence of values in the order of these numbers.
    other : optional
        Value of the cells that are not in ``values``, a mapping.

    Returns
    -------
    list
        A value per section.

    Raises
    ------
    MorphologyError
        A cell does not exist, has no value, or there are not as many values as cells.

    Examples
    --------
    >>> morphology, _ = gm.demo_cell()
    >>> circuit = gm.join_morphologies([morphology, morphology], translations=[(0, 0, 0), (300, 0, 0)])
    >>> scene = gm.Scene(circuit, color=gm.by_cell(circuit, {0: "crimson"}, other="lightgrey"))
    """
    check_type(morphology, Morphology, "morphology")
    cells, index = np.unique(morphology.section_cell, return_inverse=True)
    if isinstance(values, Mapping):
        unknown = [cell for cell in values if cell not in cells]
        if unknown:
            raise MorphologyError(f"there is no cell {unknown[0]!r}: the morphology has {_listed(cells)}")
        missing = [cell for cell in cells.tolist() if cell not in values]
        if missing and other is _NO_VALUE:
            raise MorphologyError(f"cell {missing[0]} has no value: give one, or other= for all cells that have none")
        of_cell = [values.get(cell, other) for cell in cells.tolist()]
    else:
        if not is_sequence(values) or not isinstance(values, Sized) or len(values) != len(cells):
            raise MorphologyError(
                f"values must be one for each of {len(cells)} cells, or {{cell: value}}, got {_shown(values)}"
            )
        of_cell = list(values)
    return [of_cell[k] for k in index.tolist()]


def _listed(cells: npt.NDArray[np.int32]) -> str:
    if len(cells) == 1:
        return f"cell {cells[0]} only"
    if cells[-1] - cells[0] == len(cells) - 1:
        return f"cells {cells[0]} to {cells[-1]}"
    return f"cells {', '.join(map(str, cells[:8]))}{', ...' if len(cells) > 8 else ''}"


def _shown(values: Any) -> str:
    return f"{len(values)}" if isinstance(values, Sized) and is_sequence(values) else brief(values)
