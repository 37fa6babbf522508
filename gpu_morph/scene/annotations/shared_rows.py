"""Shared rows: annotations of one place that are never shown at one time, such as captions that follow each other."""

from __future__ import annotations

from collections.abc import Sequence

from .appearing import Temporary
from .base import Annotation


def shared_rows(annotations: Sequence[Annotation]) -> list[int]:
    """The number of the annotation whose row each one shares: its own, or that of an earlier one."""
    rows: dict[int, list[Annotation]] = {}
    numbers = []
    for number, annotation in enumerate(annotations):
        row = next((first for first, others in rows.items() if _fits(annotation, others)), number)
        rows.setdefault(row, []).append(annotation)
        numbers.append(row)
    return numbers


def _fits(annotation: Annotation, others: Sequence[Annotation]) -> bool:
    """True if an annotation is apart in time from all others in a row of its place."""
    return isinstance(annotation, Temporary) and all(
        other.place == annotation.place
        and isinstance(other, Temporary)
        and annotation.appearing.is_apart(other.appearing)
        for other in others
    )
