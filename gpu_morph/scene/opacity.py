"""The opacity of each section, from what a user gives."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from ..data.morphology import Morphology
from ..data.section_kinds import names_by_label
from ..errors import SceneError, brief

_MOST_OPACITIES = 8  # each is drawn as a picture of its own


def has_one_opacity(given: Any, morphology: Morphology) -> bool:
    """True where all sections have the same; see `section_opacities`."""
    return not np.ptp(section_opacities(given, morphology))


def section_opacities(given: Any, morphology: Morphology) -> npt.NDArray[np.float32]:
    """The opacity of each section.

    Parameters
    ----------
    given : float, sequence or {label: opacity}
        0 to 1: of all; of each section; or by label or kind of section, with 1 for those not named.
    morphology : Morphology
        What is drawn.

    Returns
    -------
    (n_sections,) float32

    Raises
    ------
    SceneError
        A number outside 0..1, not one for each section, too many different ones, or a label of no section.
    """
    n_sections = morphology.n_sections
    if isinstance(given, Mapping):
        labels = morphology.section_labels
        names = names_by_label(map(str, given), labels, argument="opacity", error=SceneError)
        by_label = {label: 1.0 if name is None else given[name] for label, name in names.items()}
        given = [by_label[label] for label in labels]
    try:
        values = np.asarray(given, dtype=np.float32)
    except (TypeError, ValueError, OverflowError) as cause:
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
