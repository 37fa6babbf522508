"""The elements of a NeuroML 2 file, and the words in its segments.

Segments and members of groups are most of a file. Runs of those that are written in the usual way are cut out of the
text and found by regular expressions, which is several times faster than one XML element for each. An element with the
attribute ``_RUN`` stands in place of a run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from xml.etree.ElementTree import Element

from ...errors import MorphologyError
from ..text_source import TextSource
from ..xml_source import parse_xml, tag_of

_RUN = "gpu_morph_run"

# Quantifiers are possessive, so that the time is linear in the length of any text. Words are those that XML does not
# change: without entities, line ends and characters that depend on the encoding.
_WORD = "[ !#-%'-;=-~]*+"
_NUMBER = "[-+.0-9eE]++"
_POINT = r"<{}" + "".join(rf'\s++{name}="({_NUMBER})"' for name in ("x", "y", "z", "diameter")) + r"\s*+/>\s*+"
_PARENT = rf'<parent\s++segment="({_WORD})"(?:\s++fractionAlong="({_NUMBER})")?+\s*+/>\s*+'
_HEAD = rf'<segment\s++id="({_WORD})"(?:\s++name="({_WORD})")?+\s*+>\s*+'
_SEGMENT = rf"{_HEAD}(?:{_PARENT})?+(?:{_POINT.format('proximal')})?+{_POINT.format('distal')}</segment>"
_MEMBER = rf'<member\s++segment="({_WORD})"\s*+/>'
_USUAL = {"segment": re.compile(_SEGMENT), "member": re.compile(_MEMBER)}
_RUNS = {  # each begins with plain text, for which `re` searches fast
    tag: re.compile(rf"{usual.pattern}(?:\s*+{usual.pattern})*+") for tag, usual in _USUAL.items()
}

POINT_NAMES = ("x", "y", "z", "diameter")
_MISSING = "nothing"  # the word for an attribute that is needed and missing; no number and no id

SegmentWords = tuple[str, ...]
"""id, name, parent, fractionAlong, and x, y, z, diameter of the proximal and of the distal point.

Empty where there is no such element or attribute.
"""


@dataclass(frozen=True)
class NeuromlFile:
    """The elements of a file.

    Parameters
    ----------
    name : str
        Of the file, for error messages.
    root : Element
        The first element.
    runs : list of str
        The texts of the runs that were cut out, in the order of their numbers.
    """

    name: str
    root: Element
    runs: list[str]

    def segments(self, morphology: Element) -> list[SegmentWords]:
        """The words of all segments of a morphology, in file order.

        Raises
        ------
        MorphologyError
            A segment has no distal point.
        """
        found: list[SegmentWords] = []
        for element in morphology:
            if tag_of(element) == "segment":
                run = element.get(_RUN)
                found += [self._words(element)] if run is None else _USUAL["segment"].findall(self.runs[int(run)])
        return found

    def members(self, group: Element) -> list[str]:
        """The ids of the segments that a group names itself."""
        found: list[str] = []
        for element in group:
            if tag_of(element) == "member":
                run = element.get(_RUN)
                own = [element.get("segment", "")]
                found += own if run is None else _USUAL["member"].findall(self.runs[int(run)])
        return found

    def _words(self, element: Element) -> SegmentWords:
        key = element.get("id", "")
        parts = {tag_of(part): part for part in reversed(element)}  # of several, the first
        parent, proximal, distal = parts.get("parent"), parts.get("proximal"), parts.get("distal")
        if distal is None:
            raise segment_error(self.name, key, "has no distal point; add it")
        above = ("", "") if parent is None else (parent.get("segment") or _MISSING, parent.get("fractionAlong", ""))
        start = [""] * 4 if proximal is None else [proximal.get(name) or _MISSING for name in POINT_NAMES]
        end = [distal.get(name) or _MISSING for name in POINT_NAMES]
        return (key, element.get("name", ""), *above, *start, *end)


def segment_error(file_name: str, key: str, reason: str) -> MorphologyError:
    """An error whose message starts with file and segment."""
    return MorphologyError(f"{file_name}, segment {key[:60]!r}: it {reason}")


def parse_neuroml(source: TextSource) -> NeuromlFile:
    """The elements of a file.

    Raises
    ------
    MorphologyError
        The file is not well-formed XML; the message starts with file and line.
    """
    if _RUN in source.text:
        return NeuromlFile(source.name, parse_xml(source), [])
    runs: list[str] = []
    text = source.text
    for tag, pattern in _RUNS.items():

        def cut(match: re.Match[str], tag: str = tag) -> str:
            runs.append(match[0])
            return f'<{tag} {_RUN}="{len(runs) - 1}"/>'

        text = pattern.sub(cut, text)
    try:
        return NeuromlFile(source.name, parse_xml(replace(source, text=text)), runs)
    except MorphologyError:
        return NeuromlFile(source.name, parse_xml(source), [])  # its error names a line of the whole file
