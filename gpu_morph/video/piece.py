"""Piece: a part of a film, which is encoded by itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Piece:
    """The frames ``start`` to ``stop - 1`` of a film."""

    start: int
    stop: int

    def __len__(self) -> int:
        return self.stop - self.start

    def __str__(self) -> str:
        return f"frames {self.start} to {self.stop - 1}"

    def file_name(self, ending: str) -> str:
        """The name of the piece's file. `from_file_name` is the inverse."""
        return f"{self.start:08d}-{self.stop:08d}{ending}"

    @classmethod
    def from_file_name(cls, name: str, ending: str) -> Piece | None:
        """The piece that a file of this name contains; None for other files."""
        numbers = name.removesuffix(ending).split("-")
        if len(numbers) != 2 or not all(number.isdecimal() for number in numbers):
            return None
        piece = cls(int(numbers[0]), int(numbers[1]))
        return piece if piece.start < piece.stop and piece.file_name(ending) == name else None
