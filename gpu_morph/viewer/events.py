"""Events that a window or a notebook sends to a `ViewSession`. Coordinates are logical pixels from the upper left."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

_KEY_NAMES = {" ": "space", "Spacebar": "space", "Esc": "escape", "Return": "enter"}


@dataclass(frozen=True)
class Pointer:
    """The mouse, or a finger.

    Attributes
    ----------
    kind : {"down", "move", "up", "double", "leave"}
        "double" is the second press of a double click, "leave" that the pointer has left the view.
    x, y : float
        Logical pixels.
    buttons : frozenset of {"left", "middle", "right"}
        For "down" and "double" the button that was pressed, for "up" the one that was released; for "move" those that
        are held.
    modifiers : frozenset of {"shift", "control", "alt", "meta"}
        Keys that are held.
    """

    kind: Literal["down", "move", "up", "double", "leave"]
    x: float
    y: float
    buttons: frozenset[str] = frozenset()
    modifiers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "buttons", frozenset(self.buttons))
        object.__setattr__(self, "modifiers", frozenset(self.modifiers))


@dataclass(frozen=True)
class Wheel:
    """The wheel, turned by ``steps`` over (x, y), logical pixels; positive away from the user."""

    x: float
    y: float
    steps: float
    modifiers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        object.__setattr__(self, "modifiers", frozenset(self.modifiers))


@dataclass(frozen=True)
class Key:
    """A key that was pressed.

    ``name`` is the character that was typed, or a word: "left", "right", "up", "down", "home", "end", "space",
    "escape". The names of browsers ("ArrowLeft", " ", "Escape") become these words.
    """

    name: str
    modifiers: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        name = _KEY_NAMES.get(self.name, self.name)
        object.__setattr__(self, "name", name.removeprefix("Arrow").lower() if len(name) > 1 else name)
        object.__setattr__(self, "modifiers", frozenset(self.modifiers))


@dataclass(frozen=True)
class Resize:
    """The view has another size, logical pixels; ``pixel_ratio`` pixels of the screen are one of them."""

    width: int
    height: int
    pixel_ratio: float = 1.0


@dataclass(frozen=True)
class Close:
    """The view was closed."""


Event = Pointer | Wheel | Key | Resize | Close
