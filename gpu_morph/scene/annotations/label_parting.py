"""Labels at sites of the cell are moved, up or down, so that none covers another one or an arrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from .base import Sprite


@dataclass(frozen=True, eq=False)
class LabelSprite(Sprite):
    """A label that may be moved away from what it names: up for an ``outwards`` of -1, down for 1."""

    outwards: int = field(default=-1, kw_only=True)


@dataclass
class _Box:
    """The middle and the size of a sprite, pixels, without half of its border."""

    x: float
    y: float
    width: float
    height: float

    @classmethod
    def of(cls, sprite: Sprite) -> _Box:
        height, width = sprite.image.shape[:2]
        border = 0 if sprite.shapes is None else sprite.shapes.border
        return cls(sprite.x + width / 2, sprite.y + height / 2, width - border, height - border)

    def is_covered(self, other: _Box) -> bool:
        """True where both have pixels; boxes that only touch have none."""
        return (
            abs(self.x - other.x) < (self.width + other.width) / 2
            and abs(self.y - other.y) < (self.height + other.height) / 2 - 1e-6
        )


def parted(drawn: Sequence[Sequence[Sprite]]) -> list[Sequence[Sprite]]:
    """The sprites of all annotations, with labels moved outwards where they would cover each other or others' arrows.

    Where a label stands depends on the frame alone.
    """
    found = [(k, sprite) for k, sprites in enumerate(drawn) for sprite in sprites if isinstance(sprite, LabelSprite)]
    if len(found) < 2:
        return list(drawn)
    # Those nearest to what they name come first, and keep their places.
    found.sort(key=lambda item: item[1].outwards * item[1].y)
    owners = {k for k, _ in found}
    arrows = [(k, _Box.of(sprite)) for k in owners for sprite in drawn[k] if not isinstance(sprite, LabelSprite)]
    placed: list[_Box] = []
    moved: dict[int, Sprite] = {}
    for k, label in found:
        box = _Box.of(label)
        others = [*placed, *(arrow for owner, arrow in arrows if owner != k)]
        start = box.y
        while covered := [other for other in others if box.is_covered(other)]:
            ends = [other.y + label.outwards * (box.height + other.height) / 2 for other in covered]
            box.y = min(ends) if label.outwards < 0 else max(ends)
        placed.append(box)
        moved[id(label)] = replace(label, y=round(label.y + box.y - start))
    return [[moved.get(id(sprite), sprite) for sprite in sprites] for sprites in drawn]
