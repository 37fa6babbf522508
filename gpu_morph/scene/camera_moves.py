"""Camera paths of usual kinds: a turn, a flight to a part, a camera that follows a place."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np

from ..data.arrays import finite_number, frozen_array
from ..data.morphology import Morphology
from ..data.selection import chosen_section_numbers
from ..errors import brief
from ..system.arguments import check_type, is_list_like, is_sequence
from .camera import Camera
from .camera_path import CameraPath, Easing, PathClock
from .scene import Scene

_BETWEEN, _MOST = 64, 2048  # keyframes from one place that is followed to the next; in all, where places are many


def orbit(
    camera: Camera | None = None, *, seconds: float = 8.0, turn: float = 360.0, easing: Easing = "linear"
) -> CameraPath:
    """A camera that turns about what is up.

    Parameters
    ----------
    camera : Camera, optional
        Where it begins. Its ``up`` is the axis. None: ``Camera()``.
    seconds : float
        Of film, for all of the turn.
    turn : float
        Degrees; less than 0: the other way round.
    easing : {"linear", "smooth"}
        As in `CameraPath`. "linear" gives a film that can be played in a loop.

    Returns
    -------
    CameraPath
        Two keyframes, at 0 and at ``seconds``.

    Raises
    ------
    TypeError, ValueError
        A wrong argument.

    Examples
    --------
    A film of a whole turn in eight seconds:

    >>> morphology, _ = gm.demo_cell()
    >>> scene = gm.Scene(morphology, camera=gm.orbit(gm.Camera(elev=10), seconds=8))
    >>> scene.fitted_camera((320, 240)).at(2).azim - scene.fitted_camera((320, 240)).at(0).azim
    90.0
    """
    start = _camera(camera)
    seconds = finite_number(seconds, name="seconds", expected="positive seconds of film", least=1e-6)
    return CameraPath([(0.0, start), (seconds, start)], easing=easing, turn=turn)


def fly_to(
    scene: Scene | Morphology,
    *,
    section: int | Iterable[int] | None = None,
    cell: int | Iterable[int] | None = None,
    label: str | Iterable[str] | None = None,
    seconds: float = 4.0,
    camera: Camera | None = None,
    zoom: float = 0.5,
    easing: Easing = "smooth",
    hold: float = 0.0,
) -> CameraPath:
    """A camera that flies from where it is to a part of the morphology.

    Parameters
    ----------
    scene : Scene or Morphology
        What is shown. A scene's camera, or the last one of its path, is where the flight begins; that of a morphology
        is ``Camera()``.
    section, cell, label : optional
        The part, at least one of them: numbers of sections, numbers of cells, labels or kinds of sections. A section
        belongs to it if all select it.
    seconds : float
        Of film.
    camera : Camera, optional
        Where it ends: a direction, for example. What is None in it is fitted to the part. None: the direction and the
        projection do not change.
    zoom : float
        With 1 the part fills the picture, with 0.5 half of it. For an end without a given height.
    easing, hold
        As in `CameraPath`.

    Returns
    -------
    CameraPath
        Two keyframes; the last one is fitted to the part.

    Raises
    ------
    TypeError, ValueError
        A wrong argument.
    MorphologyError
        There is no such part.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> path = gm.fly_to(morphology, label="soma", camera=gm.Camera(azim=-30, elev=20), seconds=3)
    >>> scene = gm.Scene(morphology, recording, camera=path)
    >>> path.keyframes[1].sections
    (0,)
    """
    if not isinstance(scene, Scene | Morphology):
        raise TypeError(f"scene must be a Scene or a Morphology, got {type(scene).__name__}")
    if section is None and cell is None and label is None:
        raise ValueError("give the part to fly to: section=, cell= or label=")
    seconds = finite_number(seconds, name="seconds", expected="positive seconds of film", least=1e-6)
    morphology = scene.morphology if isinstance(scene, Scene) else scene
    start = Camera()
    if isinstance(scene, Scene):
        start = scene.camera if isinstance(scene.camera, Camera) else scene.camera.cameras[-1]
    part = chosen_section_numbers(morphology, cells=cell, labels=label, sections=section)
    end = replace(start, center=None, height=None, shift=None, zoom=1.0) if camera is None else _camera(camera)
    if end.height is None:
        zoom = finite_number(zoom, name="zoom", expected="a positive factor", least=1e-9)
        end = replace(end, zoom=end.zoom * zoom)
    return CameraPath([(0.0, start), (seconds, end, part)], easing=easing, hold=hold)


def follow(
    places: Any,
    *,
    height: float,
    camera: Camera | None = None,
    clock: PathClock = "simulation",
) -> CameraPath:
    """A camera that keeps a moving place in the middle of the picture.

    Parameters
    ----------
    places : sequence of (reading, (x, y, z))
        When, in ms of the simulation, and where, µm; in between, the place moves along a smooth curve.
    height : float
        Of the picture, µm.
    camera : Camera, optional
        Its direction and projection. None: ``Camera()``.
    clock : {"simulation", "film"}
        Whether readings are ms of the simulation, or seconds of the film.

    Returns
    -------
    CameraPath
        Keyframes at the places, and between them.

    Raises
    ------
    TypeError, ValueError
        A wrong argument.

    Examples
    --------
    From the soma to a tip of the tuft in 10 ms:

    >>> morphology, recording = gm.demo_cell()
    >>> soma, tip = morphology.locate(0, 0.5)[0], morphology.locate(160, 1.0)[0]
    >>> scene = gm.Scene(morphology, recording, camera=gm.follow([(2, soma), (12, tip)], height=150))
    >>> scene.fitted_camera((320, 240)).at(7).height
    150.0
    """
    readings, points = _checked_places(places)
    start = replace(_camera(camera), height=height)
    if len(readings) > 1:
        readings, points = _curve(readings, points)
    keyframes = [(reading, replace(start, center=point)) for reading, point in zip(readings, points, strict=True)]
    return CameraPath(keyframes, easing="linear", clock=clock)


def _camera(camera: Camera | None) -> Camera:
    check_type(camera, Camera, "camera", is_optional=True)
    return Camera() if camera is None else camera


def _checked_places(places: Any) -> tuple[Any, Any]:
    expected = "places must be (reading, (x, y, z)), with rising readings, and µm"
    if not is_sequence(places):
        raise TypeError(f"{expected}, got {brief(places)}")
    given = list(places)
    if not given or not all(is_list_like(place) and len(place) == 2 for place in given):
        raise TypeError(f"{expected}, got {brief(given)}")
    readings = frozen_array([place[0] for place in given], np.float64, name="places", error=ValueError)
    points = frozen_array([place[1] for place in given], np.float64, name="places", error=ValueError, unit="µm")
    is_wrong = points.shape != (len(given), 3) or not np.isfinite(points).all() or not np.isfinite(readings).all()
    if is_wrong or np.any(np.diff(readings) <= 0):
        raise ValueError(f"{expected}, got {brief(given)}")
    return readings, points


def _curve(readings: Any, points: Any) -> tuple[Any, Any]:
    """More places between those that are given, on a cubic curve through them whose speed has no jumps."""
    speeds = np.gradient(points, readings, axis=0)
    between = max(4, min(_BETWEEN, _MOST // len(readings)))
    u = np.arange(between)[:, np.newaxis] / between
    all_readings, all_points = [], []
    for k, length in enumerate(np.diff(readings)):
        all_readings.append(readings[k] + u[:, 0] * length)
        away, near = u * (u - 1) ** 2 * length, u**2 * (u - 1) * length
        way = u**2 * (3 - 2 * u)
        all_points.append((1 - way) * points[k] + way * points[k + 1] + away * speeds[k] + near * speeds[k + 1])
    return np.concatenate([*all_readings, readings[-1:]]), np.concatenate([*all_points, points[-1:]])
