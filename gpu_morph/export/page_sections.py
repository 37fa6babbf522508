"""What a page says of the section under the pointer: its name, and how far it is from the soma."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.morphology import Morphology
from ..data.section_kinds import SOMA, section_kind
from .packed_arrays import PackedArrays


def described_sections(morphology: Morphology, arrays: PackedArrays) -> dict[str, Any]:
    """Names, labels, lengths and distances of sections; arrays are packed."""
    labels = sorted(set(morphology.section_labels))
    number = {label: k for k, label in enumerate(labels)}
    return {
        "labels": labels,
        "label": arrays.add(np.array([number[label] for label in morphology.section_labels], dtype=np.int32)),
        "names": list(morphology.section_names) if morphology.section_names else None,
        "cell": arrays.add(morphology.section_cell) if morphology.n_cells > 1 else None,
        "length": arrays.add(morphology.section_length.astype(np.float32)),
        "distance": arrays.add(path_distances(morphology).astype(np.float32)),
        "hasSoma": any(section_kind(label) == SOMA for label in labels),
    }


def path_distances(morphology: Morphology) -> npt.NDArray[np.float64]:
    """(n_sections,) float64, µm: from the soma, or from the start of the root, along neurites to each section's start.

    NaN for somata.
    """
    parent, length = morphology.section_parent, morphology.section_length
    kinds = {label: section_kind(label) == SOMA for label in set(morphology.section_labels)}
    is_soma = np.array([kinds[label] for label in morphology.section_labels])
    along = np.where(is_soma, 0.0, length)
    distance = np.where(parent < 0, 0.0, np.nan)
    waiting = np.flatnonzero(parent >= 0)
    while len(waiting):
        is_known = ~np.isnan(distance[parent[waiting]])
        if not is_known.any():
            break
        section = waiting[is_known]
        before = parent[section]
        distance[section] = distance[before] + morphology.section_parent_x[section] * along[before]
        waiting = waiting[~is_known]
    distance[is_soma] = np.nan
    return distance
