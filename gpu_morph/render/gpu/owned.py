"""Parts of an object in GPU memory: freed together, when it is deleted or when one of them cannot be made."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Protocol, TypeVar


class Deletable(Protocol):
    """Something that holds GPU memory."""

    def delete(self) -> None:
        """Free it."""


Part = TypeVar("Part", bound=Deletable)


def owned(resources: ExitStack, part: Part) -> Part:
    """The part, deleted when ``resources`` are closed."""
    resources.callback(part.delete)
    return part
