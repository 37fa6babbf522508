"""Opacities of sections."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.morphology import Morphology
from ..errors import SceneError, brief

_MOST_OPACITIES = 8  # each takes a picture of its own


def section_opacities(given: Any, morphology: Morphology) -> npt.NDArray[np.float32]:
    """How opaque each section is.

    Parameters
    ----------
    given : float, sequence or {label: opacity}
        0 to 1: of all; of each section; or by label, in any case of its letters, with 1 for those not named.
    morphology : Morphology
        Whose sections.

    Returns
    -------
    (n_sections,) float32

    Raises
    ------
    SceneError
        Not from 0 to 1, not as many as sections, or a label that no section has.
    """
    n_sections = morphology.n_sections
    if isinstance(given, Mapping):
        labels = [label.strip().lower() for label in morphology.section_labels]
        by_label = {str(label).strip().lower(): value for label, value in given.items()}
        for label in by_label:
            if label not in labels:
                have = ", ".join(map(repr, dict.fromkeys(morphology.section_labels)))
                raise SceneError(f"opacity names the label {label!r}; the sections' are {have}")
        given = [by_label.get(label, 1.0) for label in labels]
    try:
        values = np.asarray(given, dtype=np.float32)
    except (TypeError, ValueError) as cause:
        raise SceneError(f"opacity must be numbers from 0 to 1, got {brief(given)}: {cause}") from cause
    if values.shape not in ((), (n_sections,)):
        raise SceneError(
            f"opacity as a sequence must hold one number for each of the {n_sections} sections, "
            f"got shape {values.shape}"
        )
    bad = ~((values >= 0) & (values <= 1))
    if bad.any():
        raise SceneError(f"opacity must lie from 0 to 1, got {values[bad][0]:g}")
    if len(different := np.unique(values[values > 0])) > _MOST_OPACITIES:
        raise SceneError(f"at most {_MOST_OPACITIES} different opacities can be shown, got {len(different)}")
    return np.broadcast_to(values, n_sections)
