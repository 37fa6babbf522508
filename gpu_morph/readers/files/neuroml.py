"""NeuroML 2 files: which of their cells has a shape.

https://docs.neuroml.org/Userdocs/Schemas/Cells.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from xml.etree.ElementTree import Element

from ...data.morphology import Morphology
from ...errors import MorphologyError
from ..aliases import AnyPath
from ..file_format import FileFormat
from ..sections import morphology_of
from ..text_source import TextSource, check_scale, decoded, read_text
from ..xml_source import first_tag, tag_of
from .neuroml_elements import parse_neuroml
from .neuroml_segments import neuroml_sections

_POINT_CELL = re.compile(r"\A(?!cell\Z).*cell", re.IGNORECASE)
_NO_CELL = re.compile(r"chan|syn|gap|conc|pool|\bcanml|input|pulse", re.IGNORECASE)  # in the names of included files
_VERSION_1 = ("morphml", "neuroml/schema", "channelml", "networkml")  # in the namespaces of NeuroML 1
_N_LISTED = 10


def read_neuroml(path: AnyPath, *, scale: float = 1.0, name: str | None = None) -> Morphology:
    """Read the cell of a NeuroML 2 file, plain or gzipped.

    Each unbranched group of the file is a section. Segments in no such group form sections that end at branch points
    and where the type changes. Sections are in the order of their first segments, breadth first: a segment is before
    those that are more segments away from the root, and those equally far away are in file order.

    Parameters
    ----------
    path : str or path-like
        The file. Its content tells whether it is gzipped.
    scale : float
        µm per unit of the file; NeuroML's unit is µm.
    name : str, optional
        The id of the cell, where there are several.

    Returns
    -------
    Morphology
        One cell. Labels are "soma", "axon", "dend" and "apic", from the names of the unbranched groups and from the
        groups that include them; otherwise the unbranched group's name without its number, or "undefined". A segment of
        no length is a sphere. Names of sections are those of the unbranched groups.

    Raises
    ------
    MorphologyError
        The file is not NeuroML 2; the message starts with the file and names line or segment. Or the file has several
        cells and ``name`` is missing or unknown; the message lists them.
    OSError
        The file cannot be opened.
    ValueError
        ``scale`` is not positive and finite.
    """
    check_scale(scale)
    source = read_text(path)
    file = parse_neuroml(source)
    sections = neuroml_sections(_selected(file.root, source, name), file)
    return morphology_of(sections, scale=scale, name=source.name)


def _selected(root: Element, source: TextSource, name: str | None) -> Element:
    """The morphology element of the only cell, or of the one called ``name``."""
    elements = list(_outside_morphologies(root))
    cells: dict[str, Element] = {}
    users: dict[str | None, list[str]] = {}  # ids of cells whose morphology stands outside of them
    for element in elements:
        users.setdefault(element.get("morphology"), []).append(element.get("id", ""))
    for owner in elements:
        for morphology in owner:
            if tag_of(morphology) == "morphology" and any(tag_of(child) == "segment" for child in morphology):
                key = morphology.get("id", "")
                ids = [owner.get("id", "")] if tag_of(owner) == "cell" else users.get(key, [key])
                cells.update(dict.fromkeys(ids, morphology))
    if (len(cells) == 1 and name is None) or name in cells:
        return cells[name] if name is not None else next(iter(cells.values()))
    if cells:
        problem = "several cells, choose one with name=" if name is None else f"no cell is called {name!r}"
        raise MorphologyError(f"{source.name}: {problem}; it holds {_listed(list(cells))}")
    raise MorphologyError(f"{source.name}: {_why_nothing(root, elements)}")


def _outside_morphologies(root: Element) -> Iterator[Element]:
    """All elements in file order but those inside a morphology, which are most of a file."""
    waiting = [root]
    while waiting:
        element = waiting.pop()
        yield element
        if tag_of(element) != "morphology":
            waiting += reversed(element)


def _why_nothing(root: Element, elements: list[Element]) -> str:
    """Why a file has no cell with a morphology, and what to do."""
    namespace = root.tag.partition("}")[0].lower()
    if tag_of(root) == "morphml" or ("neuroml2" not in namespace and any(word in namespace for word in _VERSION_1)):
        return "NeuroML 1, this version reads NeuroML 2; export the cell as NeuroML 2 or SWC, which neuroConstruct can"
    included = [e.get("href") or e.get("file") or "" for e in elements if tag_of(e).lower() == "include"]
    if any(included):
        components = [e.get("component", "") for e in elements if tag_of(e) == "population"]
        is_network = "a network" if components else f"<{tag_of(root)}>"
        files = _cell_files(included, components)
        return f"no cell with a morphology in {is_network}; read one of the files it includes: {_listed(files)}"
    points = [e for e in elements if _POINT_CELL.match(tag_of(e))]
    if points:
        names = _listed([f"{tag_of(e)} {e.get('id', '')!r}" for e in points])
        return f"it holds point cells, which have no shape to draw: {names}; read a cell that has a <morphology>"
    return f"no cell with a morphology in <{tag_of(root)}>; is it a NeuroML 2 cell?"


def _cell_files(included: list[str], components: list[str]) -> list[str]:
    """The included files in which a cell is likely, the likeliest first; all if there is none."""

    def rank(href: str) -> int:
        stem = PurePosixPath(href.replace("\\", "/")).name.partition(".")[0]
        if stem in components:
            return 0
        return 1 if ".cell." in href.lower() else 3 if _NO_CELL.search(href) else 2

    ranked = sorted((href for href in included if href), key=rank)
    likely = [href for href in ranked if rank(href) < 2] or [href for href in ranked if rank(href) < 3]
    return likely or ranked


def _listed(names: list[str]) -> str:
    more = f", ... ({len(names)} in all)" if len(names) > _N_LISTED else ""
    return ", ".join(name[:100] for name in names[:_N_LISTED]) + more


def _looks_like(head: bytes) -> bool:
    """True for XML whose first element, or its namespace, names NeuroML, LEMS or MorphML."""
    return re.search("neuroml|morphml|lems", first_tag(decoded(head)), re.IGNORECASE) is not None


FORMAT = FileFormat("NeuroML", endings=(".nml",), looks_like=_looks_like, read=read_neuroml, has_names=True)
