"""Sites of compartments on a morphology, from coordinates, from numbers of sections, or from their names."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import RecordingError, brief, unknown_name
from ..system.arguments import check_type
from ..system.user_warning import warn_user
from .arrays import FloatArray, frozen_array, texts
from .morphology import Morphology
from .nearest_sites import checked_coordinates, checked_distance, far_coordinates, locate

Numbers = npt.NDArray[np.int32]
Positions = npt.NDArray[np.float32]

_LEAST_SPAN = 0.002  # of the morphology's extent; coordinates in mm extend over 0.001 of it

_NAME_AND_POSITION = re.compile(r"(.*)\(\s*(\d*\.?\d+|\d+\.)\s*\)\s*", re.DOTALL)


def placed(
    morphology: Morphology, *, coordinates: Any, section: Any, position: Any, max_distance: float
) -> tuple[Numbers, Positions]:
    """Section and position, (n,) each, of compartments; the parameters are those of `Recording.at`.

    Raises
    ------
    RecordingError
        Too little is given, a section does not exist, or coordinates are not where section and position are.
    MorphologyError
        Coordinates are wrong, or far from every neurite.
    TypeError
        ``morphology`` is not a Morphology.
    """
    check_type(morphology, Morphology, "morphology")
    if section is None:
        if coordinates is None or position is not None:
            raise RecordingError("give coordinates=, (n, 3) µm, or section= (numbers or names) with position= (0 to 1)")
        found = locate(morphology, coordinates, max_distance=max_distance)
        _warn_of_millimetres(morphology, checked_coordinates(coordinates))
        return found.section, found.position
    numbers, positions = _numbers_and_positions(morphology, section, position)
    if coordinates is not None:
        _check_coordinates(morphology, numbers, positions, coordinates, checked_distance(max_distance))
    return numbers, positions


def _warn_of_millimetres(morphology: Morphology, coordinates: FloatArray) -> None:
    """Warn of compartments all at one place, which coordinates in mm of a whole cell are."""
    spans = [float(np.ptp(points, axis=0).max()) for points in (coordinates, morphology.points) if len(points)]
    if len(coordinates) > 1 and 0 < spans[0] < _LEAST_SPAN * spans[-1]:
        warn_user(
            f"all {len(coordinates)} coordinates lie within {spans[0]:.3g} µm, the morphology extends over "
            f"{spans[-1]:.4g} µm: are they in mm? Multiply them by 1000"
        )


def site_distances(
    morphology: Morphology, section: Numbers, position: Positions, coordinates: FloatArray
) -> FloatArray:
    """(n,) float64 µm: from the surface of the neurite at each site to the coordinate that is said to be there."""
    axis, diameters = morphology.located(section, position)
    distances: FloatArray = np.maximum(np.linalg.norm(coordinates - axis, axis=1) - diameters / 2, 0)
    return distances


def _check_coordinates(
    morphology: Morphology, section: Numbers, position: Positions, given: Any, max_distance: float
) -> None:
    coordinates = checked_coordinates(given, n=len(section))
    distance = site_distances(morphology, section, position, coordinates)
    if (distance > max_distance).any():
        raise RecordingError(
            f"{far_coordinates(coordinates, distance, max_distance)} µm from their section and position. The sections "
            "are numbered in another order, or the cell has moved: leave section and position out"
        )


def _numbers_and_positions(morphology: Morphology, section: Any, position: Any) -> tuple[Numbers, Positions]:
    if _are_names(section):
        numbers, position = _of_names(morphology, texts(section, name="section", error=RecordingError), position)
    else:
        numbers = frozen_array(section, np.int32, name="section", error=RecordingError)
    if position is None:
        raise RecordingError("position must say where on its section each compartment is, 0 to 1; got None")
    positions = frozen_array(position, np.float32, name="position", error=RecordingError)
    if numbers.ndim != 1 or numbers.shape != positions.shape:
        raise RecordingError(
            "section and position must have one entry per compartment each, got shapes "
            f"{numbers.shape} and {positions.shape}"
        )
    last = morphology.n_sections - 1
    wrong = (numbers < 0) | (numbers > last)
    if wrong.any():
        raise RecordingError(f"section must be 0 to {last}, got {numbers[wrong][0]} for compartment {wrong.argmax()}")
    outside = ~((positions >= 0) & (positions <= 1))
    if outside.any():
        raise RecordingError(
            f"position must lie in 0..1 (relative arc length), got {positions[outside][0]} "
            f"for compartment {outside.argmax()}"
        )
    return numbers, positions


def _are_names(section: Any) -> bool:
    if isinstance(section, str):
        raise RecordingError(f"section must be a sequence of numbers or of names, got {brief(section)}")
    try:
        return bool(len(section)) and all(isinstance(one, str) for one in section)
    except TypeError:
        return False


def _of_names(morphology: Morphology, names: Sequence[str], position: Any) -> tuple[Numbers, Any]:
    """Numbers of sections, and positions if the names have them: "dend[3](0.5)"."""
    if morphology.section_names is None:
        raise RecordingError(
            "section holds names, but the sections of this morphology have none: give numbers, or coordinates="
        )
    if position is None:
        found = [_NAME_AND_POSITION.fullmatch(name) for name in names]
        without = [name for name, match in zip(names, found, strict=True) if match is None]
        if without:
            raise RecordingError(
                f"without position= every name must end with one, such as 'dend[3](0.5)'; got {without[0]!r}"
            )
        names = [match[1].strip() for match in found if match]
        position = [float(match[2]) for match in found if match]
    number_of: dict[str, int] = {}
    twice = set()
    for number, name in enumerate(morphology.section_names):
        if number_of.setdefault(name, number) != number:
            twice.add(name)
    for name in names:
        if name not in number_of or not name:
            raise RecordingError(unknown_name("section", "section", name, filter(None, number_of)))
        if name in twice:
            raise RecordingError(f"section: several sections have the name {name!r}: give numbers, or coordinates=")
    return np.array([number_of[name] for name in names], dtype=np.int32), position
