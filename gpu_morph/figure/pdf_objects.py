"""PdfObjects: the numbered objects of a PDF file, ISO 32000-1."""

from __future__ import annotations

import zlib


class PdfObjects:
    """The objects of a file, in the order in which they were added; numbers begin at 1."""

    def __init__(self) -> None:
        self._objects: list[bytes] = []

    def add(self, text: str) -> int:
        """Add an object and return its number."""
        self._objects.append(text.encode("ascii"))
        return len(self._objects)

    def reserve(self) -> int:
        """The number of an object that `fill` writes."""
        return self.add("")

    def fill(self, number: int, text: str) -> None:
        """Write a reserved object."""
        self._objects[number - 1] = text.encode("ascii")

    def add_stream(self, data: bytes, entries: str = "", *, is_compressed: bool = False) -> int:
        """Add a stream and return its number; it is compressed unless it is already."""
        if not is_compressed:
            data, entries = zlib.compress(data), f"/Filter /FlateDecode {entries}"
        head = f"<< {entries} /Length {len(data)} >>\nstream\n".encode("ascii")
        self._objects.append(head + data + b"\nendstream")
        return len(self._objects)

    def file(self, root: int, info: int) -> bytes:
        """The whole file; ``root`` and ``info`` are the numbers of its catalogue and of what it says about itself."""
        parts = [b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"]
        offsets, position = [], len(parts[0])
        for number, data in enumerate(self._objects, 1):
            offsets.append(position)
            parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, data))
            position += len(parts[-1])
        n = len(self._objects) + 1
        table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
        end = f"xref\n0 {n}\n0000000000 65535 f \n{table}trailer\n<< /Size {n} /Root {root} 0 R /Info {info} 0 R >>\n"
        return b"".join(parts) + f"{end}startxref\n{position}\n%%EOF\n".encode("ascii")


def pdf_string(text: str) -> str:
    """A text as a hexadecimal string in UTF-16."""
    return f"<FEFF{text.encode('utf-16-be', errors='replace').hex().upper()}>"


def number_text(value: float) -> str:
    """A number without needless zeros."""
    return f"{value:.4f}".rstrip("0").rstrip(".")
