"""The order of sections by type, which is that of NEURON's Import3d."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from ..data.arrays import read_only
from ..data.derived_morphology import chosen_sections
from ..data.morphology import Morphology
from .aliases import IntArray


@dataclass(frozen=True, eq=False, repr=False)
class SortedMorphology(Morphology):
    """A morphology whose sections are sorted by type.

    Parameters
    ----------
    file_order : (n_sections,) int64
        The sections in the order in which the file has them, each after its parent: the numbers of MorphIO and of some
        SONATA reports count them so.
    """

    file_order: IntArray = field(kw_only=True)


def sorted_by_type(morphology: Morphology, types: IntArray) -> Morphology:
    """The morphology with its sections sorted by type; those of one type keep their order.

    Parameters
    ----------
    morphology : Morphology
        With its sections in the order of the file.
    types : (n_sections,) int64
        Type of each section as SWC numbers them: 1 soma, 2 axon, 3 dend, 4 apic.
    """
    order = np.argsort(types, kind="stable")
    if (np.diff(order) == 1).all():
        return morphology
    plain = chosen_sections(morphology, order)
    return SortedMorphology(
        **{f.name: getattr(plain, f.name) for f in fields(Morphology)}, file_order=read_only(np.argsort(order))
    )
