"""Norms: how values between the ends of a colormap are spread over its colours. Frozen, picklable data."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import SceneError

Limits = tuple[float, float]
Edges = npt.NDArray[np.float64]
LUT_SIZE = 256  # colours of a colormap; matplotlib's own resolution
FRACTIONS = np.arange(LUT_SIZE + 1) / LUT_SIZE  # of the colormap's length, between its colours
_LEAST_PART = 1e-3  # of a colour bar's length, to which it can be shortened
_LINEAR_PART = 0.01  # of the greater end: the linear part of a symlog whose threshold is not given


@dataclass(frozen=True)
class Norm:
    """Equal steps; the base of all norms.

    Attributes
    ----------
    vmin, vmax : float, optional
        Values at the colormap's ends, if they are fixed. A Scene takes them over into its ``clim``.
    clip : bool
        True: values outside the range have the colours of its ends.
    """

    _: KW_ONLY
    vmin: float | None = None
    vmax: float | None = None
    clip: bool = False

    @property
    def name(self) -> str:
        """As it is given to a Scene."""
        return type(self).__name__.removesuffix("Norm").lower() or "linear"

    @property
    def middles(self) -> tuple[float, ...]:
        """Values that a colour bar must name."""
        return ()

    @property
    def needs_positive(self) -> bool:
        """Whether values up to zero lie below every range."""
        return False

    def limits(self, low: float, high: float) -> Limits:
        """The values at the colormap's ends for values from ``low`` to ``high``."""
        return low if self.vmin is None else self.vmin, high if self.vmax is None else self.vmax

    def with_clim(self, clim: Limits | None) -> tuple[Norm, Limits | None]:
        """This norm without ends of its own, and the ends that hold: those given or its own; None: still unknown.

        Raises
        ------
        SceneError
            The ends that are given differ from the norm's, or do not suit it.
        """
        if clim is None and self.vmin is not None and self.vmax is not None:
            clim = self.vmin, self.vmax
        if clim is None:
            return self, None
        for name, own, given in (("vmin", self.vmin, clim[0]), ("vmax", self.vmax, clim[1])):
            if own is not None and own != given:
                raise SceneError(f"clim={clim} and the norm's {name}={own:g} do not agree: give one of them")
        self.check(clim)
        return replace(self, vmin=None, vmax=None), clim

    def check(self, clim: Limits) -> None:
        """Raise SceneError unless the norm can have these ends."""
        if not clim[0] < clim[1]:
            raise SceneError(f"the norm's vmin must be below its vmax, got {clim[0]:g} and {clim[1]:g}")

    def edges(self, clim: Limits) -> Edges | None:
        """The values at which one colour ends and the next one begins.

        Returns
        -------
        (n_colors + 1,) float64 or None
            Rising, from one end to the other. None: equal steps.
        """
        values = self._values(FRACTIONS, *clim)
        if values is None:
            return None
        values[0], values[-1] = clim
        return np.maximum.accumulate(np.clip(values, *clim))

    def _values(self, fractions: Edges, low: float, high: float) -> Edges | None:  # noqa: ARG002 (children use them)
        """The values at fractions of the colormap's length; None: equal steps."""
        return None

    @property
    def is_movable(self) -> bool:
        """Whether the ends can be others than those that it was made with."""
        return True

    def stretched(self, clim: Limits, by: float, *, is_low: bool) -> Limits | None:
        """The ends, one of which has been moved along a colour bar by a fraction of its length.

        The other end stays, where the norm allows that. None: these ends do not suit the norm.
        """
        if not self.is_movable:
            return None
        low, high = clim
        if is_low:
            low = self._value_at(min(by, 1 - _LEAST_PART), clim)
        else:
            high = self._value_at(max(1 + by, _LEAST_PART), clim)
        try:
            self.check((low, high))
        except SceneError:
            return None
        return (low, high) if math.isfinite(low) and math.isfinite(high) else None

    def _value_at(self, fraction: float, clim: Limits) -> float:
        """The value at a fraction of the colormap's length, also beyond its ends."""
        with np.errstate(over="ignore"):
            values = self._values(np.array([fraction]), *clim)
        return clim[0] + fraction * (clim[1] - clim[0]) if values is None else float(values[0])

    def entries(self, n_colors: int) -> tuple[int, Sequence[int], int]:
        """The colours, of ``n_colors``, below the range, within it and above it; -1: the colormap's own."""
        return -1, range(n_colors), -1


@dataclass(frozen=True)
class LogNorm(Norm):
    """Equal factors have equal steps. Values up to zero are below the range."""

    @property
    def needs_positive(self) -> bool:
        """See `Norm`."""
        return True

    def check(self, clim: Limits) -> None:
        """See `Norm`."""
        super().check(clim)
        if clim[0] <= 0:
            raise SceneError(f"norm='log' needs a range above 0, got {clim}: give clim, or norm='symlog'")

    def _values(self, fractions: Edges, low: float, high: float) -> Edges:
        return np.exp(math.log(low) + fractions * (math.log(high) - math.log(low)))


@dataclass(frozen=True)
class SymLogNorm(Norm):
    """Logarithmic on both sides of zero, linear from ``-linthresh`` to ``linthresh``, as matplotlib has it.

    Without ``linthresh``, it is 1 % of the end that is farther from zero.
    """

    linthresh: float | None = None
    linscale: float = 1.0
    base: float = 10.0

    def __post_init__(self) -> None:
        _check(self.linthresh is None or 0 < self.linthresh < math.inf, self, "linthresh above 0", self.linthresh)

    def threshold(self, clim: Limits) -> float:
        """The largest value of the linear part."""
        return self.linthresh or _LINEAR_PART * max(map(abs, clim))

    def _values(self, fractions: Edges, low: float, high: float) -> Edges:
        threshold, steps = self.threshold((low, high)), self.linscale / (1 - 1 / self.base)

        def steps_of(value: float) -> float:  # from zero; a decade is one step
            size = abs(value) / threshold
            return math.copysign(size * steps if size <= 1 else steps + math.log(size, self.base), value)

        at = steps_of(low) + fractions * (steps_of(high) - steps_of(low))
        far = np.power(self.base, np.maximum(np.abs(at) - steps, 0.0))
        return np.sign(at) * threshold * np.where(np.abs(at) <= steps, np.abs(at) / steps, far)


@dataclass(frozen=True)
class AsinhNorm(Norm):
    """Linear near zero, logarithmic far from it, without a kink; ``linear_width`` as in matplotlib."""

    linear_width: float = 1.0

    def __post_init__(self) -> None:
        _check(0 < self.linear_width < math.inf, self, "linear_width above 0", self.linear_width)

    def _values(self, fractions: Edges, low: float, high: float) -> Edges:
        start, end = (math.asinh(value / self.linear_width) for value in (low, high))
        return self.linear_width * np.sinh(start + fractions * (end - start))


@dataclass(frozen=True)
class PowerNorm(Norm):
    """The colour is the fraction of the range to the power of ``gamma``."""

    gamma: float = 0.5

    def __post_init__(self) -> None:
        _check(0 < self.gamma < math.inf, self, "gamma above 0", self.gamma)

    def _values(self, fractions: Edges, low: float, high: float) -> Edges:
        return low + np.sign(fractions) * np.power(np.abs(fractions), 1 / self.gamma) * (high - low)


@dataclass(frozen=True)
class CenteredNorm(Norm):
    """Equal steps on both sides of ``vcenter``, whose colour is the colormap's middle."""

    vcenter: float = 0.0
    halfrange: float | None = None

    @property
    def middles(self) -> tuple[float, ...]:
        """See `Norm`."""
        return (self.vcenter,)

    def limits(self, low: float, high: float) -> Limits:
        """See `Norm`."""
        half = self.halfrange or max(abs(low - self.vcenter), abs(high - self.vcenter)) or 0.5
        return self.vcenter - half, self.vcenter + half

    def with_clim(self, clim: Limits | None) -> tuple[Norm, Limits | None]:
        """See `Norm`."""
        if self.halfrange is None:
            return super().with_clim(clim)
        own = self.limits(0.0, 0.0)
        return replace(self, vmin=own[0], vmax=own[1], halfrange=None).with_clim(clim)

    def stretched(self, clim: Limits, by: float, *, is_low: bool) -> Limits | None:
        """See `Norm`; both ends move."""
        half = (clim[1] - clim[0]) / 2 * max(1 - 2 * by if is_low else 1 + 2 * by, _LEAST_PART)
        return (self.vcenter - half, self.vcenter + half) if math.isfinite(half) else None

    def check(self, clim: Limits) -> None:
        """See `Norm`."""
        super().check(clim)
        low, high = clim
        if abs(low + high - 2 * self.vcenter) > 1e-6 * (high - low):
            both = self.limits(low, high)
            raise SceneError(
                f"norm='centered:{self.vcenter:g}' needs a range with {self.vcenter:g} in its middle, got {clim}: give "
                f"clim=({both[0]:g}, {both[1]:g}), or norm='twoslope:{self.vcenter:g}'"
            )


@dataclass(frozen=True)
class TwoSlopeNorm(Norm):
    """``vcenter`` has the colormap's middle; steps below and above it differ, so that both ends have their colours."""

    vcenter: float = 0.0

    @property
    def middles(self) -> tuple[float, ...]:
        """See `Norm`."""
        return (self.vcenter,)

    def check(self, clim: Limits) -> None:
        """See `Norm`."""
        if not clim[0] < self.vcenter < clim[1]:
            raise SceneError(
                f"norm='twoslope:{self.vcenter:g}' needs a range around {self.vcenter:g}, got {clim}: give clim"
            )

    def _values(self, fractions: Edges, low: float, high: float) -> Edges:
        return np.interp(fractions, (0.0, 0.5, 1.0), (low, self.vcenter, high))

    def stretched(self, clim: Limits, by: float, *, is_low: bool) -> Limits | None:
        """See `Norm`; no end passes the middle."""
        by = min(by, 0.5 - _LEAST_PART) if is_low else max(by, _LEAST_PART - 0.5)
        return super().stretched(clim, by, is_low=is_low)

    def _value_at(self, fraction: float, clim: Limits) -> float:
        slope = self.vcenter - clim[0] if fraction < 0.5 else clim[1] - self.vcenter
        return self.vcenter + 2 * (fraction - 0.5) * slope


@dataclass(frozen=True)
class BoundaryNorm(Norm):
    """One colour from each boundary to the next; ``extend`` as in matplotlib."""

    boundaries: tuple[float, ...] = ()
    extend: str = "neither"

    def __post_init__(self) -> None:
        rises = all(a < b for a, b in zip(self.boundaries, self.boundaries[1:], strict=False))
        is_right = 2 <= len(self.boundaries) <= LUT_SIZE and rises and all(map(math.isfinite, self.boundaries))
        _check(is_right, self, f"2 to {LUT_SIZE} rising boundaries", self.boundaries)
        object.__setattr__(self, "vmin", self.boundaries[0])
        object.__setattr__(self, "vmax", self.boundaries[-1])

    @property
    def is_movable(self) -> bool:
        """See `Norm`."""
        return False

    def with_clim(self, clim: Limits | None) -> tuple[Norm, Limits | None]:
        """See `Norm`."""
        return self, super().with_clim(clim)[1]

    def edges(self, clim: Limits) -> Edges:  # noqa: ARG002 (they are the boundaries' ends)
        """See `Norm`."""
        return np.array(self.boundaries)

    def entries(self, n_colors: int) -> tuple[int, Sequence[int], int]:
        """See `Norm`."""
        before, after = self.extend in ("min", "both"), self.extend in ("max", "both")
        n_regions = len(self.boundaries) - 1 + before + after
        if n_regions == 1:
            return -1, [(n_colors - 1) // 2], -1
        chosen = [int((n_colors - 1) / (n_regions - 1) * k) for k in range(n_regions)]
        within = chosen[before : n_regions - after]
        return chosen[0] if before else -1, within, chosen[-1] if after else -1


@dataclass(frozen=True)
class SampledNorm(Norm):
    """The values at the edges of the colours, (n_colors + 1,): sampled from a norm that is not one of this module's."""

    values: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "vmin", self.values[0])
        object.__setattr__(self, "vmax", self.values[-1])

    @property
    def is_movable(self) -> bool:
        """See `Norm`."""
        return False

    def with_clim(self, clim: Limits | None) -> tuple[Norm, Limits | None]:
        """See `Norm`."""
        return self, super().with_clim(clim)[1]

    def edges(self, clim: Limits) -> Edges:  # noqa: ARG002 (they are its own ends)
        """See `Norm`."""
        return np.array(self.values)


def _check(is_right: bool, norm: Norm, expected: str, given: Any) -> None:
    if not is_right:
        raise SceneError(f"norm={norm.name!r} takes {expected}, got {given!r}")
