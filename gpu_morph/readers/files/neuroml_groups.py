"""Groups of segments in NeuroML 2: which are sections, and what they say about the label of a segment."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from xml.etree.ElementTree import Element

from ..sections import STANDARD_LABELS, label_of
from ..xml_source import tag_of
from .neuroml_elements import NeuromlFile

_UNBRANCHED_ID = "sao864921383"
_KINDS = {  # of groups, by neuroLexId or by usual names, in lower case and without "_group" or an "s" at the end
    "GO:0043025": "soma",
    "GO:0030424": "axon",
    "GO:0030425": "dend",
    "somatic": "soma",
    "axonal": "axon",
}
_INDEX = "0123456789_[]"  # at the end of a name; see `label_of`
_NAME_END = re.compile(r"(_?group|s)$", re.IGNORECASE)


def groups_and_labels(
    morphology: Element, file: NeuromlFile, names: dict[str, str]
) -> tuple[list[str | None], list[str]]:
    """The unbranched group and the label of each segment.

    Parameters
    ----------
    morphology : Element
        Has the groups.
    file : NeuromlFile
        Of which it is a part.
    names : dict of str to str
        The name of each segment by its id.

    Returns
    -------
    groups : (n_segments,) list
        In the order of ``names``; None for a segment that is in no unbranched group.
    labels : (n_segments,) list
    """
    groups: dict[str, _Group] = {}
    for element in morphology:
        if tag_of(element) == "segmentGroup":
            included = [part.get("segmentGroup", "") for part in element if tag_of(part) == "include"]
            lexicon, members = element.get("neuroLexId", ""), file.members(element)
            groups[element.get("id", "")] = _Group(lexicon, members, included)
    of_kind: dict[str, list[str]] = {"soma": [], "axon": [], "apic": [], "dend": []}
    for name, group in groups.items():
        of_kind.get(_group_kind(name, group.lexicon), []).append(name)
    unbranched: dict[str, str] = {}
    seen: set[str] = set()
    for name in reversed(groups):  # a segment of several unbranched groups is in the last
        if groups[name].lexicon == _UNBRANCHED_ID:
            for members in _members([name], groups, seen):
                for key in members:
                    unbranched.setdefault(key, name)
    # The soma is first: a usual group is "apical_dends_and_soma".
    by_group: dict[str, str] = {}
    for kind in reversed(of_kind):
        for members in _members(of_kind[kind], groups, set()):
            by_group.update(dict.fromkeys(members, kind))
    of_segments = list(map(unbranched.get, names))
    words = [own or name for own, name in zip(of_segments, names.values(), strict=True)]
    words = [word.rstrip(_INDEX) or word for word in words]  # most segments have names of their own
    label_of_word = {word: label_of(word) for word in set(words)}
    labels = []
    for key, own, word in zip(names, of_segments, words, strict=True):
        by_name = label_of_word[word]
        is_known = by_name in STANDARD_LABELS
        labels.append(by_name if is_known else by_group.get(key, by_name if own else "undefined"))
    return of_segments, labels


@dataclass(slots=True)
class _Group:
    lexicon: str  # neuroLexId
    members: list[str]
    included: list[str]


def _group_kind(name: str, lexicon: str) -> str:
    """The standard label of a group's segments, or an empty string."""
    return _KINDS.get(lexicon) or _kind_of_word(name.lower().rstrip(_INDEX))


@lru_cache(maxsize=100)  # most groups are "dend_1", "dend_2", ...
def _kind_of_word(word: str) -> str:
    if word.startswith("apic"):
        return "apic"
    label = label_of(_NAME_END.sub("", _NAME_END.sub("", word)))
    return label if label in STANDARD_LABELS else _KINDS.get(label, "")


def _members(names: list[str], groups: dict[str, _Group], seen: set[str]) -> Iterator[list[str]]:
    """The segments of groups, and of those that they include, but for groups in ``seen``, to which they are added."""
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name in groups and name not in seen:
            seen.add(name)
            yield groups[name].members
            waiting += groups[name].included
