"""What a page says of the section under the pointer: its name, and how far it is from the soma."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..data.morphology import Morphology
from ..data.tree_measures import path_distances, soma_sections
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
        "hasSoma": bool(soma_sections(morphology).any()),
    }
