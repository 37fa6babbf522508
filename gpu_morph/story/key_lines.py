"""The line of each key of a text in TOML; Python's reader does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import Any, NamedTuple

Keys = tuple[str | int, ...]  # keys of tables, and positions in arrays

_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}|' + r"'''.*?'{3,5}|" + r'"(?:\\.|[^"\\\n])*"|' + r"'[^'\n]*'|#[^\n]*|\n|[ \t\r]+|.",
    flags=re.DOTALL,
)


class _Statement(NamedTuple):
    """A header or a key with its value: its text, its first line, and those of the items of an array."""

    text: str
    line: int
    item_lines: list[int]


def key_lines(text: str) -> dict[Keys, int]:
    """The line, counted from 1, of each key and of each item of an array in a valid text; of a table, of its header."""
    lines: dict[Keys, int] = {}
    n_tables: dict[Keys, int] = {}  # of arrays of tables
    header: Keys = ()
    for statement in _statements(text):
        if statement.text.lstrip().startswith("["):
            header = _header(statement.text, n_tables)
            lines.setdefault(header, statement.line)
            continue
        keys, value = _first_path(tomllib.loads(statement.text))
        for n_keys in range(1, len(keys) + 1):
            lines.setdefault(header + keys[:n_keys], statement.line)
        if isinstance(value, list):
            lines.update({(*header, *keys, k): line for k, line in enumerate(statement.item_lines)})
    return lines


def _header(text: str, n_tables: dict[Keys, int]) -> Keys:
    """The keys of "[a.b]" or "[[a.b]]", with the position of the latest table of each array."""
    keys: Keys = ()
    names, value = _first_path(tomllib.loads(text))
    for number, name in enumerate(names):
        keys = (*keys, name)
        if number == len(names) - 1 and isinstance(value, list):
            n_tables[keys] = n_tables.get(keys, 0) + 1
        if keys in n_tables:
            keys = (*keys, n_tables[keys] - 1)
    return keys


def _first_path(table: dict[str, Any]) -> tuple[Keys, Any]:
    """The keys that lead to the one value of nested tables."""
    keys: list[str] = []
    value: Any = table
    while isinstance(value, dict) and len(value) == 1:
        ((key, value),) = value.items()
        keys.append(key)
    return tuple(keys), value


def _statements(text: str) -> Iterator[_Statement]:
    """Statements end at ends of lines outside of brackets."""
    line, depth, start, start_line = 1, 0, 0, 1
    item_lines: list[int] = []
    is_empty = begins_item = True
    has_value = False
    for token in _TOKEN.finditer(text):
        word = token[0]
        if word == "\n" and depth == 0:
            if not is_empty:
                yield _Statement(text[start : token.start()], start_line, item_lines)
            start, start_line, item_lines, is_empty, has_value = token.end(), line + 1, [], True, False
        elif not word.isspace() and word[0] != "#":
            is_empty = False
            if word in ("]", "}"):
                depth -= 1
            elif depth == 1 and begins_item and has_value:
                item_lines.append(line)
            begins_item = depth == 1 and word == ","
            if word in ("[", "{"):
                begins_item = depth == 0
                depth += 1
            has_value = has_value or word == "="
        line += word.count("\n")
    if not is_empty:
        yield _Statement(text[start:], start_line, item_lines)
