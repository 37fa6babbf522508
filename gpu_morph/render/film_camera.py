"""FilmCamera: the camera of each frame, and the leg of its path."""

from __future__ import annotations

from ..image.image import Size
from ..scene.annotations.base import Moment
from ..scene.camera import Camera
from ..scene.camera_path import CameraPath
from ..scene.scene import Scene
from ..system.arguments import checked_whole_number
from .path_legs import Leg, PathLegs


class FilmCamera:
    """The camera of each frame.

    Parameters
    ----------
    fitted : Camera or CameraPath
        Fitted.
    scene : Scene
        Resolved; its clock of the film counts.
    size : (width, height)
        Of what is drawn, pixels.

    ``first`` is the camera at the start, ``legs`` are those of a path, or None.
    """

    def __init__(self, fitted: Camera | CameraPath, scene: Scene, size: Size) -> None:
        self._path = fitted if isinstance(fitted, CameraPath) else None
        self._clock = scene.film_clock
        self.first = fitted.cameras[0] if isinstance(fitted, CameraPath) else fitted
        self.legs = None if self._path is None else PathLegs(self._path, scene.morphology, size)

    @property
    def samples(self) -> list[Camera]:
        """Cameras that stand for all of the film. Between those of a path its aperture changes linearly."""
        if self._path is None or self.legs is None:
            return [self.first]
        return [*self._path.cameras, *(camera for leg in self.legs.legs for camera in leg.cameras)]

    def at(self, time: float | None, number: int, second: float | None) -> Camera:
        """The camera of a frame: its time in ms, its number, and its second of film, which follows from the number."""
        number = checked_whole_number(number, "frame")
        if self._path is None:
            return self.first.at_frame(self._clock.own(number))
        return self._path.at(self._reading(time, number, second), frame=self._clock.own(number))

    def leg_at(self, time: float | None, number: int, second: float | None = None) -> Leg | None:
        """The leg of a frame; None without a path."""
        return None if self.legs is None else self.legs.at(self._reading(time, number, second))

    def moment(self, time: float | None, camera: Camera, number: int, second: float | None) -> Moment:
        """What annotations get to know of a frame."""
        return Moment(time, camera, number, self._clock.second(number) if second is None else second)

    def _reading(self, time: float | None, number: int, second: float | None) -> float:
        """What the clock of the camera's path shows, seconds of film or ms."""
        assert self._path is not None
        if self._path.clock == "film":
            return self._clock.second(number) if second is None else second
        if time is None:
            raise ValueError("the camera's path goes by ms of the simulation: give a time in ms")
        return time
