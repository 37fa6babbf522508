"""Norms from what users give: names with numbers, boundaries, matplotlib's objects."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import SceneError, brief, near_names
from ..system.arguments import is_sequence
from .norms import (
    FRACTIONS,
    AsinhNorm,
    BoundaryNorm,
    CenteredNorm,
    Edges,
    Limits,
    LogNorm,
    Norm,
    PowerNorm,
    SampledNorm,
    SymLogNorm,
    TwoSlopeNorm,
)

_EXPECTED = (
    "norm must be 'log', 'symlog', 'asinh', 'centered', 'twoslope', 'power' or 'linear', with its number behind a "
    "colon as in 'power:0.5' or 'centered:-65', a sequence of boundaries, or one of matplotlib's norms"
)
_BY_NAME: dict[str, Callable[..., Norm]] = {
    "linear": Norm,
    "log": LogNorm,
    "symlog": SymLogNorm,
    "asinh": AsinhNorm,
    "centered": CenteredNorm,
    "centred": CenteredNorm,
    "twoslope": TwoSlopeNorm,
    "power": PowerNorm,
}
# Of matplotlib's classes: ours, and which attribute is which field. Others are sampled.
_OF_MATPLOTLIB: dict[str, tuple[Callable[..., Norm], dict[str, str]]] = {
    "Normalize": (Norm, {}),
    "LogNorm": (LogNorm, {}),
    "CenteredNorm": (CenteredNorm, {"vcenter": "vcenter", "halfrange": "halfrange"}),
    "TwoSlopeNorm": (TwoSlopeNorm, {"vcenter": "vcenter"}),
    "PowerNorm": (PowerNorm, {"gamma": "gamma"}),
    "BoundaryNorm": (BoundaryNorm, {"boundaries": "boundaries", "extend": "extend"}),
}
_BISECTIONS = 60
_GRID = 4097  # values at which a foreign norm must rise


def parse_norm(norm: Any) -> Norm | None:
    """Our norm from what was given; None for equal steps.

    Raises
    ------
    SceneError
        It is none of the kinds that the message lists.
    """
    if norm is None or isinstance(norm, Norm):
        return norm
    if isinstance(norm, str):
        return _named(norm)
    if callable(norm) and hasattr(norm, "vmin") and hasattr(norm, "vmax"):
        return _of_matplotlib(norm)
    if is_sequence(norm):
        return BoundaryNorm(_numbers(norm, norm))
    raise SceneError(f"{_EXPECTED}; got {brief(norm)}")


def _named(given: str) -> Norm:
    """Such as "log", "power:0.5", "boundaries:-80,-60,-40"."""
    name, colon, rest = (part.strip() for part in given.partition(":"))
    numbers = _numbers(rest.split(","), given) if colon else ()
    if name.lower() == "boundaries":
        return BoundaryNorm(numbers)
    kind = _BY_NAME.get(name.lower())
    if kind is None or len(numbers) > (kind not in (Norm, LogNorm)):
        raise SceneError(f"{_EXPECTED}; got {given!r}{near_names(name, (*_BY_NAME, 'boundaries'))}")
    return kind(*numbers)


def _numbers(given: Any, whole: Any) -> tuple[float, ...]:
    try:
        return tuple(float(number) for number in given)
    except (TypeError, ValueError) as cause:
        raise SceneError(f"{_EXPECTED}; got {brief(whole)}") from cause


def _of_matplotlib(norm: Any) -> Norm:
    kind = type(norm).__name__
    if kind == "NoNorm":
        raise SceneError("norm=NoNorm() is for indices of colours, and a scene has values: give boundaries instead")
    ends = {name: None if getattr(norm, name) is None else float(getattr(norm, name)) for name in ("vmin", "vmax")}
    clip = bool(getattr(norm, "clip", False))
    if type(norm).__module__.partition(".")[0] == "matplotlib" and kind in _OF_MATPLOTLIB:
        ours, attributes = _OF_MATPLOTLIB[kind]
        fields = {field: getattr(norm, attribute) for field, attribute in attributes.items()}
        if ours is BoundaryNorm:
            return BoundaryNorm(_numbers(fields["boundaries"], norm), fields["extend"], clip=clip)
        if ours is CenteredNorm:  # its ends follow from the half range
            return CenteredNorm(float(fields["vcenter"]), _number_or_none(fields["halfrange"]), clip=clip)
        return ours(**{name: float(value) for name, value in fields.items()}, **ends, clip=clip)
    kept = copy.deepcopy(norm)
    try:
        pickle.dumps(kept)
    except Exception as cause:
        if None in ends.values():
            raise SceneError(
                f"norm={kind} cannot be pickled ({cause}), and its range is not known: give its vmin and vmax"
            ) from cause
    foreign = ForeignNorm(kept, **ends, clip=clip)
    return foreign.with_clim(None)[0]


def _number_or_none(number: Any) -> float | None:
    return None if number is None else float(number)


@dataclass(frozen=True)
class ForeignNorm(Norm):
    """A norm of matplotlib, or one that is called as these are, until its range is known; then a `SampledNorm`."""

    norm: Any = None

    def with_clim(self, clim: Limits | None) -> tuple[Norm, Limits | None]:
        """See `Norm`."""
        base, clim = super().with_clim(clim)
        return (
            (base, clim) if clim is None else (SampledNorm(tuple(self._sampled(clim).tolist()), clip=self.clip), clim)
        )

    def _sampled(self, clim: Limits) -> Edges:
        """The least value of each colour, found by bisection: a norm need not have an inverse."""
        norm, (low, high) = copy.deepcopy(self.norm), clim
        norm.vmin, norm.vmax = clim
        fractions = FRACTIONS

        def scaled(values: Edges) -> Edges:
            return np.ma.filled(np.ma.asarray(norm(values), dtype=np.float64), np.nan)

        try:
            rising = scaled(np.linspace(low, high, _GRID))
            below, above = np.full_like(fractions, low), np.full_like(fractions, high)
            for _ in range(_BISECTIONS):
                middle = 0.5 * (below + above)
                is_below = scaled(middle) < fractions
                below, above = np.where(is_below, middle, below), np.where(is_below, above, middle)
        except Exception as cause:
            raise SceneError(f"norm={type(norm).__name__} cannot be applied to {low:g} to {high:g}: {cause}") from cause
        known = rising[~np.isnan(rising)]
        if not known.size or np.ptp(known) <= 0 or np.diff(known).min() < -1e-9 * np.ptp(known):
            raise SceneError(f"norm={type(norm).__name__} must rise from {low:g} to {high:g}")
        above[0], above[-1] = clim
        return np.maximum.accumulate(above)
