"""Kinds of sections: the one spelling for labels that different sources spell differently."""

from __future__ import annotations

from collections.abc import Iterable

from ..errors import unknown_name

SOMA, DENDRITE, APICAL, AXON, INITIAL_SEGMENT, MYELIN = "soma", "dend", "apic", "axon", "ais", "myelin"
# Spellings without case, blanks, hyphens and underscores.
_KINDS = {
    "dendrite": DENDRITE,
    "basal": DENDRITE,
    "basaldendrite": DENDRITE,
    "apical": APICAL,
    "apicaldendrite": APICAL,
    "axoninitialsegment": INITIAL_SEGMENT,
    "axonalinitialsegment": INITIAL_SEGMENT,
}
_SEPARATORS = str.maketrans("", "", " -_")


def section_kind(label: str) -> str:
    """The kind of section that a label names.

    Case, blanks, hyphens and underscores do not count: "ApicalDendrite", "apical_dendrite", "apical" and "apic" are
    "apic"; "Dendrite", "basal" and "dend" are "dend"; "axon initial segment" and "AIS" are "ais". A label of no known
    kind is a kind of its own, in this spelling.
    """
    word = label.lower().translate(_SEPARATORS)
    return _KINDS.get(word, word)


def is_kind(name: str) -> bool:
    """True if a name is that of a known kind, whether or not a cell has such sections."""
    return section_kind(name) in {SOMA, DENDRITE, APICAL, AXON, INITIAL_SEGMENT, MYELIN}


def names_by_label(
    names: Iterable[str], labels: Iterable[str], *, argument: str, error: type[Exception]
) -> dict[str, str | None]:
    """Find which of ``names`` applies to each label.

    A name applies to the labels that equal it, ignoring case and outer blanks; if none does, to those of its kind. The
    first name wins where several apply by their kinds.

    Parameters
    ----------
    names : iterable of str
        What a caller gave: keys of a dict, or labels to select.
    labels : iterable of str
        The labels that exist.
    argument : str
        Where the names come from, for the message.
    error : exception class
        What is raised.

    Returns
    -------
    {label: name or None}
        For each different label, in the order of ``labels``.

    Raises
    ------
    error
        A name applies to no label; the message lists the labels.
    """
    found: dict[str, str | None] = dict.fromkeys(labels)
    by_kind: list[tuple[str, list[str]]] = []
    for name in names:
        equal = [label for label in found if _equal(name, label)]
        found.update(dict.fromkeys(equal, name))
        alike = [label for label in found if section_kind(label) == section_kind(name)]
        if not (equal or alike):
            raise error(unknown_name(argument, "label", name, found))
        if not equal:
            by_kind.append((name, alike))
    for name, alike in by_kind:
        for label in alike:
            found[label] = found[label] or name
    return found


def is_label(name: str, labels: Iterable[str]) -> bool:
    """True if a name applies to one of the labels; see `names_by_label`."""
    return any(_equal(name, label) or section_kind(name) == section_kind(label) for label in labels)


def _equal(name: str, label: str) -> bool:
    return name.strip().lower() == label.strip().lower()
