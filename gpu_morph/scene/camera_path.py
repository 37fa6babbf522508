"""CameraPath: a camera that moves from one keyframe to the next."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import Any, Literal, get_args

import numpy as np

from ..data.arrays import finite_number
from ..data.morphology import Morphology
from ..errors import brief
from ..system.arguments import check_choice, checked_whole_number, is_list_like, is_sequence
from .camera import Camera
from .lens import focus_between
from .rotation import turned_between

Easing = Literal["smooth", "linear"]
PathClock = Literal["film", "simulation"]
_SAME_UP = 1e-9  # difference of unit vectors
_ORTHOGRAPHIC = 1e-6  # half the picture's height by the eye's distance, below which a camera is orthographic
_SAME_HEIGHT = 1e-9  # logarithm of the ratio


@dataclass(frozen=True)
class Keyframe:
    """What the camera of a path is at one reading of its clock; ``sections`` are those that it is fitted to.

    ``room`` is the logarithm of the factor by which the picture's height is greater half way to the next keyframe.
    """

    reading: float
    camera: Camera
    sections: tuple[int, ...] | None = None
    room: float = 0.0


@dataclass(frozen=True)
class CameraPath:
    """A camera that moves from one keyframe to the next. It is given to ``Scene(camera=...)``.

    Between two keyframes, the direction turns about ``up`` and tilts, the shorter way; where ``up`` differs, it turns
    by the shortest rotation. ``height`` changes by equal factors in equal times. ``center`` moves so that a point
    between the two pictures' middles stays at its place while the camera comes nearer. On the way between two fitted
    cameras the picture is as much larger as it has to be for what both show to stay in it. ``shift`` changes linearly,
    and so does the size of the picture seen from the eye (``fov``; that of an orthographic camera is 0), ``aperture``
    and the point in ``focus``.
    Before the first keyframe and after the last one, the camera stands still.

    Parameters
    ----------
    keyframes : sequence of (reading, Camera) or (reading, Camera, sections)
        The cameras, and when each is reached: seconds of film or ms, rising. What is None in a camera is fitted to the
        whole morphology, or to some sections, given by number. All cameras have the same ``azim_step``, which turns
        the camera besides.
    easing : {"smooth", "linear"}
        "smooth": the camera starts and stops gently at each keyframe. "linear": at an even speed.
    hold : float
        How long it stands still at each keyframe, in the clock's unit.
    clock : {"film", "simulation"}
        Whether readings are seconds of the film, or ms of the simulation.
    turn : float
        Degrees by which the camera turns about ``up`` besides, in all of the path.

    Raises
    ------
    TypeError, ValueError
        A wrong argument: readings that do not rise, a ``hold`` that leaves no time to move.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> whole, close = gm.Camera(azim=-90, elev=0), gm.Camera(azim=-30, elev=20, zoom=6)
    >>> scene = gm.Scene(morphology, recording, camera=gm.CameraPath([(0, whole), (4, close)]))
    >>> gm.render_image(scene, time=5, second=2, size=(320, 240)).shape
    (240, 320, 3)
    """

    keyframes: Any
    _: KW_ONLY
    easing: Easing = "smooth"
    hold: float = 0.0
    clock: PathClock = "film"
    turn: float = 0.0

    def __post_init__(self) -> None:
        check_choice(self.easing, get_args(Easing), "easing")
        check_choice(self.clock, get_args(PathClock), "clock")
        unit = "seconds" if self.clock == "film" else "ms"
        object.__setattr__(self, "keyframes", _checked_keyframes(self.keyframes, unit))
        object.__setattr__(self, "turn", finite_number(self.turn, name="turn", expected="finite degrees"))
        hold = finite_number(self.hold, name="hold", expected=f"0 or more {unit}", least=0.0)
        object.__setattr__(self, "hold", hold)
        shortest = min((b.reading - a.reading for a, b in pairwise(self.keyframes)), default=math.inf)
        if hold >= shortest:
            raise ValueError(f"hold must leave time to move between keyframes {shortest:g} {unit} apart, got {hold:g}")
        steps = {keyframe.camera.azim_step for keyframe in self.keyframes}
        if len(steps) > 1:
            raise ValueError(
                f"all cameras of a path must have the same azim_step, got {brief(sorted(steps))}: turn the camera by "
                "keyframes, or by turn"
            )

    @property
    def cameras(self) -> tuple[Camera, ...]:
        """Those of the keyframes."""
        return tuple(keyframe.camera for keyframe in self.keyframes)

    @property
    def azim_step(self) -> float:
        """Degrees by which each frame turns the camera, as that of its cameras."""
        return self.cameras[0].azim_step

    @property
    def stop(self) -> float:
        """When the last keyframe has been shown: seconds of film or ms."""
        return float(self.keyframes[-1].reading + self.hold)

    def oriented(self, morphology: Morphology) -> CameraPath:
        """The path with each camera as `Camera.oriented` gives it."""
        known: dict[Any, Camera] = {}  # a path that follows a place has thousands of cameras with one direction

        def oriented(keyframe: Keyframe) -> Camera:
            given = keyframe.camera
            direction = given.azim, given.elev, given.up
            if direction not in known:
                known[direction] = given.oriented(morphology)
            one = known[direction]
            return replace(given, azim=one.azim, elev=one.elev, up=one.up)

        return with_cameras(self, oriented)

    def still(self) -> CameraPath:
        """The path whose cameras do not turn from frame to frame."""
        return with_cameras(self, lambda keyframe: keyframe.camera.still())

    def over_frames(self, n_frames: int) -> CameraPath:
        """The path with each camera as `Camera.over_frames` gives it."""
        return with_cameras(self, lambda keyframe: keyframe.camera.over_frames(n_frames))

    def turning(self, camera: Camera) -> Camera:
        """A camera of a keyframe, with the path's ``turn`` to leave room for."""
        if not self.turn or camera.azim_step:
            return camera
        return replace(camera, azim_step=math.copysign(1.0, self.turn), turn=self.turn)

    def at(self, reading: float, *, frame: int = 0) -> Camera:
        """The camera when the clock has a reading.

        Parameters
        ----------
        reading : float
            Seconds of film, or ms.
        frame : int
            The frame's number, which turns cameras with an ``azim_step``.

        Returns
        -------
        Camera

        Raises
        ------
        ValueError
            Cameras have no center, height or direction: use ``scene.fitted_camera(size)``.
        """
        unit = "seconds" if self.clock == "film" else "ms"
        reading = finite_number(reading, name="reading", expected=f"finite {unit}")
        frame = checked_whole_number(frame, "frame")
        camera = self._on_the_way(reading)
        azim = camera.angles[0] + self._turned(reading) + frame * self.azim_step
        return replace(camera, azim=azim, azim_step=0.0, turn=None)

    def _turned(self, reading: float) -> float:
        """Degrees of ``turn``."""
        first, last = self.keyframes[0].reading, self.keyframes[-1].reading
        return self.turn * self._eased(reading, first, last) if self.turn and last > first else 0.0

    def _on_the_way(self, reading: float) -> Camera:
        starts = self._starts
        number = bisect_right(starts, reading) - 1
        first = self._moves[0].first if self._moves else _known(self.keyframes[0].camera)
        if number < 0 or not self._moves:
            return first
        if number == len(self._moves):
            return self._moves[-1].second
        return self._moves[number].at(self._eased(reading, starts[number], starts[number + 1]))

    def _eased(self, reading: float, start: float, stop: float) -> float:
        """The fraction of the way from one reading to another, 0 to 1."""
        u = min(max((reading - start - self.hold) / (stop - start - self.hold), 0.0), 1.0)
        return u if self.easing == "linear" else u**3 * (10 + u * (6 * u - 15))  # starts and ends without acceleration

    @cached_property
    def _starts(self) -> list[float]:
        return [keyframe.reading for keyframe in self.keyframes]

    @cached_property
    def _moves(self) -> list[_Move]:
        moves = [_Move(_known(a.camera), _known(b.camera), a.room) for a, b in pairwise(self.keyframes)]
        if (self.turn or self.azim_step) and not all(move.has_one_up for move in moves):
            raise ValueError(
                "turn and azim_step turn the camera about up, which differs between the path's cameras: give all the "
                "same up, or turn the camera by keyframes"
            )
        return moves

    def __getstate__(self) -> dict[str, Any]:
        """The fields alone."""
        return {name: value for name, value in self.__dict__.items() if name in self.__dataclass_fields__}


def with_cameras(path: CameraPath, function: Callable[[Keyframe], Camera]) -> CameraPath:
    """The path with other cameras in its keyframes."""
    return replace(path, keyframes=[replace(one, camera=function(one)) for one in path.keyframes])


def on_the_way(path: CameraPath, number: int, fraction: float) -> Camera:
    """The camera at a fraction of the way, 0 to 1, from a keyframe to the next one, without ``turn``."""
    return path._moves[number].at(fraction)


def bulge(fraction: Any) -> Any:
    """How much of `Keyframe.room` counts at a fraction of the way: 0 at both ends, 1 in the middle."""
    return 4 * fraction * (1 - fraction)


class _Move:
    """From one camera to another; both are known wholly."""

    def __init__(self, first: Camera, second: Camera, room: float) -> None:
        self.first, self.second, self._room = first, second, room
        self.has_one_up = bool(np.abs(first.reference - second.reference).max() < _SAME_UP)
        self._turn = _shorter(second.angles[0] - first.angles[0])
        self._roll = _shorter(second.roll - first.roll)

    def at(self, fraction: float) -> Camera:
        """The camera at a fraction of the way, 0 to 1."""
        a, b = self.first, self.second
        if fraction in (0.0, 1.0):
            return b if fraction else a
        assert a.height is not None
        assert b.height is not None
        assert a.center is not None
        assert b.center is not None
        growth = math.log(b.height / a.height)
        # In proportion to the height, so that the point that both pictures have at the same place does not move.
        way = math.expm1(growth * fraction) / math.expm1(growth) if abs(growth) > _SAME_HEIGHT else fraction
        center: Any = tuple(x + (y - x) * way for x, y in zip(a.center, b.center, strict=True))
        shift: Any = tuple(x + (y - x) * fraction for x, y in zip(a.shift or (0, 0), b.shift or (0, 0), strict=True))
        slope = (1 - fraction) * a.slope + fraction * b.slope
        is_flat = slope < _ORTHOGRAPHIC
        return replace(
            self._turned(fraction),
            center=center,
            height=a.height * math.exp(growth * fraction + self._room * bulge(fraction)),
            shift=shift,
            projection="orthographic" if is_flat else "perspective",
            fov=a.fov if is_flat else math.degrees(2 * math.atan(slope)),
            aperture=0.0 if is_flat else a.aperture + (b.aperture - a.aperture) * fraction,
            focus=focus_between(a, b, way),
        )

    def _turned(self, fraction: float) -> Camera:
        a, b = self.first, self.second
        if self.has_one_up:
            (azim, elev), other = a.angles, b.angles[1]
            azim, elev = azim + fraction * self._turn, elev + fraction * (other - elev)
            return replace(a, azim=azim, elev=elev, roll=a.roll + fraction * self._roll)
        right, _, toward = turned_between(a.axes, b.axes, fraction) @ a.reference.T
        azim, elev = math.degrees(math.atan2(toward[1], toward[0])), math.degrees(math.asin(min(max(toward[2], -1), 1)))
        level = replace(a, azim=azim, elev=elev, roll=0.0)
        level_right, level_up = level.axes[:2] @ a.reference.T
        return replace(level, roll=math.degrees(math.atan2(-right @ level_up, right @ level_right)))


def _shorter(angle: float) -> float:
    """The rotation by an angle, degrees, the shorter way; half a turn keeps its sign."""
    rest = math.remainder(angle, 360.0)
    return -rest if abs(rest) == 180.0 and (rest > 0) != (angle > 0) else rest


def _known(camera: Camera) -> Camera:
    if camera.center is None or camera.height is None or camera.azim is None or camera.up in ("auto", "apical"):
        raise ValueError("a camera of this path has no direction, center or height yet: use scene.fitted_camera(size)")
    return camera


def _checked_keyframes(given: Any, unit: str) -> tuple[Keyframe, ...]:
    expected = f"keyframes must be (reading, Camera) or (reading, Camera, sections), with rising readings in {unit}"
    if not is_sequence(given):
        raise TypeError(f"{expected}, got {brief(given)}")
    checked: list[Keyframe] = []
    for one in given:
        parts = (one.reading, one.camera, one.sections) if isinstance(one, Keyframe) else one
        if not is_list_like(parts) or not 2 <= len(parts) <= 3 or not isinstance(parts[1], Camera):
            raise TypeError(f"{expected}, got {brief(one)}")
        sections = None if len(parts) == 2 or parts[2] is None else _checked_sections(parts[2])
        reading = finite_number(parts[0], name="keyframes: reading", expected=f"finite {unit}")
        if checked and reading <= checked[-1].reading:
            raise ValueError(f"{expected}, got {reading:g} after {checked[-1].reading:g}")
        checked.append(Keyframe(reading, parts[1], sections, one.room if isinstance(one, Keyframe) else 0.0))
    if not checked:
        raise ValueError(f"{expected}, got none")
    return tuple(checked)


def _checked_sections(sections: Any) -> tuple[int, ...]:
    numbers = list(sections) if is_sequence(sections) else [sections]
    checked = tuple(sorted({checked_whole_number(number, "keyframes: sections") for number in numbers}))
    if not checked or min(checked) < 0:
        raise ValueError(f"keyframes: sections must be numbers of sections, one or more, got {brief(sections)}")
    return checked
