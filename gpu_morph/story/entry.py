"""Entry: a value of a story's file, and where it stands."""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ..errors import StoryError, brief, near_names, own_notes
from ..system.regular_file import check_regular
from .key_lines import Keys, key_lines

_FOUND = (ValueError, TypeError, IndexError, OSError, OverflowError, MemoryError, RuntimeError)  # with all own errors

_VERBS = ("must ", "need ", "needs ")  # that go on with a sentence whose subject is a key


@dataclass(frozen=True, eq=False)
class Source:
    """The text of a story, its file, and the keys of its main tables."""

    path: Path
    text: str
    main_keys: Mapping[str, Collection[str]] = field(default_factory=dict)

    @cached_property
    def lines(self) -> dict[Keys, int]:
        """See `key_lines`."""
        return key_lines(self.text)

    def line(self, keys: Keys) -> int:
        """Where a value begins, or what holds it; 1 for the whole file."""
        while keys:
            within = [line for known, line in self.lines.items() if known[: len(keys)] == keys]
            if within:
                return min(within)
            keys = keys[:-1]
        return 1


@dataclass(frozen=True, eq=False)
class Entry:
    """A value of a story's file, and where it stands."""

    value: Any
    keys: Keys
    source: Source

    @property
    def name(self) -> str:
        """The keys with dots; items of arrays are told apart by their lines."""
        return ".".join(key for key in self.keys if isinstance(key, str)) or "the story"

    def table(self, first: str | None = None) -> dict[str, Entry]:
        """The entries of a table; with ``first``, any other value stands for a table with this key alone.

        Raises
        ------
        StoryError
            It is no table.
        """
        if isinstance(self.value, dict):
            return {key: Entry(value, (*self.keys, key), self.source) for key, value in self.value.items()}
        if first is None:
            raise self.error(f"{self.name} must be a table, [{self.name}], got {brief(self.value)}")
        return {first: self}

    def by_number(self) -> dict[int, Any]:
        """The values of a table whose keys are numbers, which TOML keeps as texts; StoryError for a number twice."""
        found: dict[int, Any] = {}
        for key, item in self.table().items():
            if int(key) in found:
                raise item.error(f"{item.name} is number {int(key)}, which is there already: leave one of them out")
            found[int(key)] = item.value
        return found

    def items(self) -> list[Entry]:
        """The entries of an array; another value stands for an array of it alone."""
        if not isinstance(self.value, list):
            return [self]
        return [Entry(value, (*self.keys, number), self.source) for number, value in enumerate(self.value)]

    def error(self, message: str) -> StoryError:
        """An error that names file and line."""
        return StoryError(f"{self.source.path.name}, line {self.source.line(self.keys)}: {message}")

    def unknown(self, known: Iterable[str], *, kind: str | None = None) -> StoryError:
        """The error for a key, or a kind, that does not exist."""
        word, listed = kind or str(self.keys[-1]), sorted(known)
        spelled = {name.lower(): name for name in listed}
        swapped = [name for name in spelled if sorted(name) == sorted(word.lower())]
        near = swapped or difflib.get_close_matches(word.lower(), [*spelled], 1, 0.6)
        homes = [name for name, keys in self.source.main_keys.items() if word in keys and kind is None]
        cure = f"there are {', '.join(listed)}"
        if homes or near:
            cure = f"it belongs under [{homes[0]}]" if homes else f"did you mean {spelled[near[0]]}?"
        return self.error(f"{self.name}{'' if kind is None else f' {kind!r}'} is unknown: {cure}")

    def path(self) -> Path:
        """The path that a text names, relative to the story's folder.

        Raises
        ------
        StoryError
            It is no text, or has a character that no path has.
        """
        if not isinstance(self.value, str) or not self.value or "\0" in self.value:
            raise self.error(f"{self.name} must be the path of a file, got {brief(self.value)}")
        return self.source.path.parent / Path(self.value).expanduser()

    def file(self) -> Path:
        """As `path`, of a file or a folder that exists; StoryError for another, and for devices and pipes."""
        path = self.path()
        try:
            is_there = path.exists()
            beside = [] if is_there or not path.parent.is_dir() else os.listdir(path.parent)
        except OSError as cause:
            raise self.error(f"{self.name}: {brief(self.value)} cannot be opened: {cause}") from cause
        if not is_there:
            near = near_names(path.name, beside)
            raise self.error(
                f"{self.name}: there is no file {brief(self.value)} in {self.source.path.parent}, the story's folder"
                f"{near}"
            )
        with self.located():
            check_regular(path, StoryError)
        return path

    @contextmanager
    def located(self, table: dict[str, Entry] | None = None) -> Iterator[None]:
        """Errors of the library become a StoryError at the line of the key that the message names."""
        try:
            yield
        except StoryError as error:
            if str(error).startswith(f"{self.source.path.name}, line "):
                raise
            raise self.error(f"{self.name}: {error}") from error
        except _FOUND as error:
            words = " ".join([*str(error).splitlines(), *own_notes(error)]) or type(error).__name__
            place = _named(words, table or {}) or self
            is_named = re.match(r"\w+", words)
            if place is not self and is_named and is_named[0] == place.keys[-1]:
                words = words.removeprefix(is_named[0]).removeprefix(":").strip()
                raise place.error(f"{place.name}{' ' if words.startswith(_VERBS) else ': '}{words}") from error
            raise place.error(f"{place.name}: {words}") from error


def _named(message: str, table: dict[str, Entry]) -> Entry | None:
    """The entry whose key or kind is the first that a message names."""
    kinds = {
        plain_kind(item.value.get("kind") if isinstance(item.value, dict) else item.value): item
        for entry in table.values()
        for item in entry.items()
    }
    for word in re.findall(r"\w+", message):
        if plain_kind(word) in kinds and word[0].isupper():  # kinds of annotations
            return kinds[plain_kind(word)]
        for key in (word, word.removesuffix("s"), f"{word}s"):
            if key in table:
                return table[key]
    return None


def plain_kind(kind: Any) -> str:
    """A kind without underscores and blanks, in small letters: ColorBar, color_bar and "color bar" are one."""
    return str(kind).replace("_", "").replace(" ", "").lower()
