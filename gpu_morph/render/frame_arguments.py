"""Checks of the times, numbers and seconds of frames."""

from __future__ import annotations

from collections.abc import Iterator, Sized
from typing import Any

from ..data.arrays import finite_number
from ..errors import brief
from ..system.arguments import checked_whole_number, is_sequence


def checked_numbers(times: Any, numbers: Any) -> Iterator[int] | None:
    """The numbers of frames, each checked when it is used."""
    if not is_sequence(times):
        raise TypeError(f"times must be an iterable of times in ms, got {brief(times)}")
    if numbers is None:
        return None
    if not is_sequence(numbers):
        raise TypeError(f"numbers must be an iterable of frame numbers, got {brief(numbers)}")
    if isinstance(times, Sized) and isinstance(numbers, Sized) and len(numbers) != len(times):
        raise ValueError(f"numbers must be one per time, {len(times)}, got {len(numbers)}")
    return (checked_whole_number(number, "numbers") for number in numbers)


def check_cameras(times: Any, cameras: Any) -> None:
    """Raise unless there is a camera for each time, as far as lengths are known."""
    if not is_sequence(cameras):
        raise TypeError(f"cameras must be an iterable of cameras, got {brief(cameras)}")
    if isinstance(times, Sized) and isinstance(cameras, Sized) and len(cameras) != len(times):
        raise ValueError(f"cameras must be one per time, {len(times)}, got {len(cameras)}")


def checked_time(time: Any) -> float | None:
    """ms, or None. NaN has the message of times outside the recording."""
    return time if isinstance(time, float | None) else finite_number(time, name="time", expected="finite ms")


def checked_second(second: Any) -> float | None:
    """Seconds of film, or None."""
    return None if second is None else finite_number(second, name="second", expected="finite seconds of film")
