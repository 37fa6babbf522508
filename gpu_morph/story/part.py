"""Part: a table of a story, whose keys are the parameters of a call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from functools import cached_property
from typing import Any

from ..errors import brief
from .entry import Entry, plain_kind

Reader = Callable[[Entry, Any], Any]
Table = dict[str, Entry]


@dataclass(frozen=True)
class Part:
    """A table of a story, whose keys are the parameters of a call.

    Parameters
    ----------
    call : callable
        What makes the part; its signature has the keys.
    readers : {str: function}
        Of keys whose values are more than numbers and texts; each takes the entry and the scene's morphology.
    without : tuple of str
        Parameters that are no keys.
    besides : tuple of str
        Keys that are no parameters.
    prepared : function, optional
        Takes the table and the morphology, removes keys, and returns arguments in their place.
    first : str, optional
        The key that a value in place of a table stands for.
    """

    call: Callable[..., Any]
    _: KW_ONLY
    readers: Mapping[str, Reader] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    besides: tuple[str, ...] = ()
    prepared: Callable[[Table, Any], dict[str, Any]] | None = None
    first: str | None = None

    @cached_property
    def parameters(self) -> dict[str, inspect.Parameter]:
        """Those that are keys."""
        known = inspect.signature(self.call).parameters
        return {name: known[name] for name in known if name not in self.without}

    @property
    def keys(self) -> list[str]:
        """What the table may have."""
        return [*self.parameters, *self.besides]

    @property
    def needed(self) -> list[str]:
        """Parameters without a default."""
        return [name for name, parameter in self.parameters.items() if parameter.default is parameter.empty]

    def read(self, entry: Entry, morphology: Any) -> Any:
        """What the call makes of an entry."""
        return self.made(entry, entry.table(self.first), morphology)

    def made(self, entry: Entry, table: Table, morphology: Any, given: Mapping[str, Any] | None = None) -> Any:
        """What the call makes of a table, and of arguments that are given."""
        table = dict(table)
        arguments = dict(given or {}) | self.arguments(entry, table, morphology)
        missing = [name for name in self.needed if name not in arguments]
        if missing:
            raise entry.error(f"{entry.name} needs {' and '.join(missing)}, which is missing")
        with entry.located(table):
            return self.call(**arguments)

    def arguments(self, entry: Entry, table: Table, morphology: Any) -> dict[str, Any]:
        """The arguments that the keys of a table are."""
        for key, item in table.items():
            if key not in self.keys:
                raise item.unknown(self.keys)
        rest = dict(table)
        with entry.located(table):
            arguments = {} if self.prepared is None else self.prepared(rest, morphology)
        return arguments | {key: self._value(key, item, morphology) for key, item in rest.items()}

    def _value(self, key: str, item: Entry, morphology: Any) -> Any:
        if key not in self.readers:
            return item.value
        with item.located():
            return self.readers[key](item, morphology)


def fitting(table: Table, *parts: Part) -> Part:
    """The part that a table means: by the keys that a part needs, then by all keys; the first of equals.

    Raises
    ------
    StoryError
        No part has more of the keys than another, and a key belongs to none.
    """
    numbers = [(len(table.keys() & part.needed), len(table.keys() & part.keys)) for part in parts]
    if len({*numbers}) == 1:
        known = [key for part in parts for key in part.keys]
        for key, item in table.items():
            if key not in known:
                raise item.unknown({*known})
    return parts[numbers.index(max(numbers))]


@dataclass(frozen=True)
class Kinds:
    """A table whose key ``kind`` says which part it is. A text in place of a table is its kind.

    Parameters
    ----------
    parts : {str: Part}
        By kind.
    usual : function, optional
        The kind of a table without one; None: it needs one.
    elsewhere : {str: str}
        Kinds that no story can have, and what to do instead.
    """

    parts: Mapping[str, Part]
    usual: Callable[[Table], str | None] = lambda _: None
    elsewhere: Mapping[str, str] = field(default_factory=dict)

    def read(self, entry: Entry, morphology: Any) -> Any:
        """What the kind makes of an entry."""
        return self.made(entry, entry.table("kind"), morphology)

    def made(self, entry: Entry, table: Table, morphology: Any) -> Any:
        """What the kind makes of a table."""
        table = dict(table)
        kind = table.pop("kind", None)
        if kind is None and (usual := self.usual(table)) is not None:
            return self.parts[usual].made(entry, table, morphology)
        if kind is None or not isinstance(kind.value, str):
            got = "" if kind is None else f", got {brief(kind.value)}"
            raise (kind or entry).error(f"{entry.name} needs a kind: one of {', '.join(self.parts)}{got}")
        for name, cure in self.elsewhere.items():
            if plain_kind(kind.value) == plain_kind(name):
                raise kind.error(f"{kind.name}: {cure}")
        known = {plain_kind(name): part for name, part in self.parts.items()}
        if plain_kind(kind.value) not in known:
            raise kind.unknown(self.parts, kind=kind.value)
        return known[plain_kind(kind.value)].made(entry, table, morphology)

    def read_all(self, entry: Entry, morphology: Any) -> list[Any]:
        """What the kinds make of the items of an array."""
        return [self.read(item, morphology) for item in entry.items()]
