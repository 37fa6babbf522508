"""Damaged files for tests: mutations of the bytes of whole ones."""

from __future__ import annotations

import io
import random
from typing import Any

import numpy as np

_WORDS = [
    *(
        b"0",
        b"-1",
        b"1e999",
        b"nan",
        b"99999999999999999999",
        b"2147483648",
        b"1.5",
        b'"',
        b"(",
        b")",
        b"{",
        b"}",
        b"[",
    ),
    *(b"]", b"\x00", b"\xff\xfe", b"\n", b"#", b"</", b"<", b"|", b",", b"$", b"${", b"null", b"{}", b"[]", b"\\ud800"),
    *(b"true", b"create", b"/*", b"//", b"for i = 0, 99999 ", b"forall ", b"..", b"/", b"&lol;", b"<!DOCTYPE a []>"),
]
_ODD: list[Any] = [0, -1, 2**31, 2**62, 0.5, float("nan"), float("inf"), "text", [], [[1, 2], [3, 4]], ["a"], True, 1j]


def mutated(content: bytes, chance: random.Random) -> bytes:
    """A content with one to four damages: bytes changed, parts cut off, removed, doubled, swapped or inserted.

    Of HDF5 files one half is whole, with odd contents.
    """
    if content.startswith(b"\x89HDF") and chance.random() < 0.5:
        return with_odd_contents(content, chance)
    for _ in range(chance.randint(1, 4)):
        size = len(content)
        first, end = sorted((chance.randint(0, size), chance.randint(0, size)))
        near = min(size, first + chance.randint(1, 40))
        damage = chance.randrange(8)
        if damage == 0 and size:
            k = chance.randrange(size)
            content = content[:k] + bytes([chance.randrange(256)]) + content[k + 1 :]
        elif damage == 1 and size:
            k = chance.randrange(size)
            content = content[:k] + bytes([content[k] ^ 1 << chance.randrange(8)]) + content[k + 1 :]
        elif damage == 2:
            content = content[:first]
        elif damage == 3:
            content = content[:first] + content[near:]
        elif damage == 4:
            content = content[:first] + content[first:near] * chance.choice((2, 3, 1000)) + content[near:]
        elif damage == 5:
            content = content[:first] + chance.choice(_WORDS) * chance.choice((1, 1, 1, 3000)) + content[first:]
        elif damage == 6:
            content = _with_swapped_fields(content, chance)
        else:
            content = content[:first] + content[end : end + near - first] + content[near:]
    return content


def with_odd_contents(content: bytes, chance: random.Random) -> bytes:
    """An HDF5 file that is whole, with one to three datasets or attributes of odd values, types, shapes or sizes."""
    import h5py

    file = io.BytesIO(content)
    with h5py.File(file, "r+") as f:
        names: list[str] = []
        f.visit(names.append)
        for name in chance.sample(names, min(len(names), chance.randint(1, 3))):
            owner, _, key = name.rpartition("/")
            if name not in f:  # its group was replaced
                continue
            group = f[owner or "/"]
            stored, attributes = group[key], dict(group[key].attrs)
            shape, odd = getattr(stored, "shape", (3,)), chance.choice(_ODD)
            if chance.random() < 0.2 and attributes:
                attribute = chance.choice(list(attributes))
                stored.attrs[attribute] = h5py.Empty("i4") if isinstance(odd, list) else odd
                continue
            values = stored[()] if isinstance(stored, h5py.Dataset) else np.zeros(3)
            del group[key]
            damage = chance.randrange(7)
            if damage == 0:
                group.create_group(key)
            elif damage == 1:
                group[key] = odd
            elif damage == 2:
                group.create_dataset(key, shape=shape, data=np.full(shape, -1 if isinstance(odd, list | str) else odd))
            elif damage == 3:
                group.create_dataset(key, shape=tuple(n * 10 ** chance.randint(1, 6) for n in shape), dtype="f8")
            elif damage == 4:
                group[key] = values[:0] if np.ndim(values) else [0]
            elif damage == 5:
                group[key] = np.stack([values, values]) if chance.random() < 0.5 else np.ravel(values)[:1]
            if key in group:
                group[key].attrs.update(attributes)
    return file.getvalue()


def _with_swapped_fields(content: bytes, chance: random.Random) -> bytes:
    """Two words exchanged, or one replaced by another of the file or of a list."""
    words = content.split(b" ")
    one, other = chance.randrange(len(words)), chance.randrange(len(words))
    if chance.random() < 0.5:
        words[one], words[other] = words[other], words[one]
    else:
        words[one] = chance.choice((*_WORDS, words[other]))
    return b" ".join(words)
