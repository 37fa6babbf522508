"""ABuffer: what a still camera sees in each pixel, so that other values give another picture without drawing it.

Numpy mirrors of finish.glsl, colormap.glsl and light.glsl, and of blending with 8 bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from ...image.packed import Bytes, Colors, Lanes, channels, from_lanes, lanes, packed
from ...scene.colormaps import ColorTable
from ...system.threads import map_in_threads

_Chosen = npt.NDArray[np.int64] | slice
# As list_fragment.glsl writes it.
FRAGMENT = np.dtype(
    [
        ("pixel", np.uint32),
        ("segment", np.uint32),
        ("depth", np.float32),
        ("coverage", np.float32),
        ("fraction", np.float32),
        ("shade", np.float32),
        ("highlight", np.float32),
        ("lit", np.float32),
        ("depth_cue", np.float32),
    ]
)
_DEPTHS = 2**24 - 1  # steps of the depth buffer
_PART = 1 << 17  # layers that are worked out together: threads that take turns often lose more than they gain
_MOST_CHOSEN = 0.4  # of pixels that are worked out: to choose takes time, too
_BRIGHTEST = 2.9e38  # values above are HIGHLIGHTED, whole or mixed; see colormap.glsl


@dataclass(frozen=True, eq=False)
class DrawnFragments:
    """All fragments of one draw call, hidden or not.

    ``fragments`` (n,) FRAGMENT; ``ends`` (n_segments, 2) int32, the vertices at the ends of its segments in the order
    in which they are drawn; ``hides`` says whether it leaves its depth.
    """

    fragments: npt.NDArray[np.void]
    ends: npt.NDArray[np.int32]
    hides: bool


@dataclass(frozen=True, eq=False)
class ABuffer:
    """What is seen of the segments, from the lowest layer of each pixel to the uppermost.

    All arrays are (n_layers,): ``pixel`` int64 counts along rows and rises; ``start`` and ``end`` are int32 vertices
    and ``fraction`` how far the layer is from one to the other; ``coverage`` is the pixel's. Light multiplies a
    colour by ``shade`` and adds ``highlight``; ``lit`` is how much of that is seen, ``depth_cue`` how much
    of the background_color's colour after it. All float32, 0 to 1.
    """

    pixel: npt.NDArray[np.int64]
    start: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]
    fraction: npt.NDArray[np.float32]
    coverage: npt.NDArray[np.float32]
    shade: npt.NDArray[np.float32]
    highlight: npt.NDArray[np.float32]
    lit: npt.NDArray[np.float32]
    depth_cue: npt.NDArray[np.float32]


def visible_fragments(draws: Sequence[DrawnFragments]) -> ABuffer:
    """Find what the depth test and opaque pixels leave of the fragments of some draw calls, in their order."""

    def column(name: str) -> npt.NDArray[Any]:
        return np.concatenate([draw.fragments[name] for draw in draws])

    n_segments = np.array([len(draw.ends) for draw in draws])
    earlier = np.repeat(np.cumsum(n_segments) - n_segments, [len(draw.fragments) for draw in draws])
    segment = column("segment") + earlier.astype(np.uint32)  # counted through all draws
    order = _order(segment, column("pixel"))
    segment, pixel, coverage = (numbers.take(order) for numbers in (segment, column("pixel"), column("coverage")))
    first, count = _runs(pixel)
    # In float32, as Mesa has it: surfaces touch where neurites branch, and rounding decides which is seen.
    depth = np.rint(np.fmin(np.fmax(column("depth").take(order), 0), 1) * np.float32(_DEPTHS)).astype(np.int64)
    # Each pixel lies nearer than the last, so that one running minimum finds the nearest so far. It counts fragments
    # that do not pass, too: they are farther.
    depth += np.repeat(np.arange(len(first))[::-1] * (_DEPTHS + 1), count)
    hides = np.repeat([draw.hides for draw in draws], n_segments).take(segment)
    nearest = np.minimum.accumulate(np.where(hides, depth, depth | _DEPTHS))
    is_seen = np.ones(len(pixel), dtype=bool)
    np.less_equal(depth[1:], nearest[:-1], out=is_seen[1:])
    # What lies under an opaque layer is not seen.
    opaque = np.where(is_seen & (_byte(coverage) == 255), np.arange(len(pixel)), -1)
    base = np.maximum.reduceat(opaque, first) if len(first) else opaque
    is_seen &= np.arange(len(pixel)) >= np.repeat(base, count)
    seen, order = np.flatnonzero(is_seen), order[is_seen]
    start, end = np.concatenate([draw.ends for draw in draws]).take(segment[seen], axis=0).T
    return ABuffer(
        pixel[seen].astype(np.int64),
        start.copy(),
        end.copy(),
        coverage=coverage[seen],
        **{name: column(name).take(order) for name in ("fraction", "shade", "highlight", "lit", "depth_cue")},
    )


def _order(*keys: npt.NDArray[np.uint32]) -> npt.NDArray[np.int64]:
    """As np.lexsort gives it; numbers of 16 bits are sorted much faster than those of 32."""
    halves = [half for key in keys for half in (key.astype(np.uint16), (key >> np.uint32(16)).astype(np.uint16))]
    return np.lexsort(halves)


def joined(parts: Sequence[ABuffer]) -> ABuffer:
    """ABuffer of parts of a picture that share no pixel, in the order of their pixels."""
    if len(parts) == 1:
        return parts[0]
    names = ABuffer.__dataclass_fields__
    return ABuffer(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


class Recoloring:
    """Turns values into the colours of the pixels that show something, over and over: only what changes is worked out.

    Parameters
    ----------
    layers : ABuffer
        What is seen.
    table : ColorTable
        Colours of values.
    highlight : (3,) uint8
        Colour of the value HIGHLIGHTED.
    background_color : (red, green, blue)
        The depth_cue's colour, 0 to 1.
    background : (n_channels,) uint8
        RGB, or premultiplied RGBA, behind everything.

    ``pixels`` (n_pixels,) int64 are those that show something, counted along rows, and ``colors`` (n_pixels,) what they
    show since the last call, premultiplied; ``vertices`` (n,) int32 are those whose values they show.
    """

    def __init__(
        self,
        layers: ABuffer,
        *,
        table: ColorTable,
        highlight: npt.ArrayLike,
        background_color: tuple[float, float, float],
        background: Bytes,
    ) -> None:
        look = _Look.of(table, np.asarray(highlight), background_color, background)
        self._parts = [_Part(part, look) for part in _parts(layers)]
        self.pixels = np.concatenate([layers.pixel[:0], *(part.pixels for part in self._parts)])
        self.vertices = np.concatenate([layers.start[:0], *(part.vertices for part in self._parts)])
        self.colors: Colors = np.zeros(len(self.pixels), dtype=np.uint32)
        self._pixels = _slices([len(part.pixels) for part in self._parts])
        self._vertices = _slices([len(part.vertices) for part in self._parts])

    @classmethod
    def of_nothing(cls, background: Bytes) -> Recoloring:
        """Where no pixel shows anything."""
        vertex, number = np.zeros(0, dtype=np.int32), np.zeros(0, dtype=np.float32)
        layers = ABuffer(np.zeros(0, dtype=np.int64), vertex, vertex, *[number] * 6)
        none = np.zeros(3, dtype=np.uint8)
        table = ColorTable(none[np.newaxis], none, none, none, (0.0, 1.0))
        return cls(layers, table=table, highlight=none, background_color=(0.0, 0.0, 0.0), background=background)

    def __call__(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
        """Let ``colors`` be those for the values of ``vertices``; which of ``pixels`` changed, rising."""

        def recolor(part: _Part, pixels: slice, vertices: slice) -> npt.NDArray[np.int64]:
            changed = part.recolor(self.colors[pixels], values[vertices])
            changed += pixels.start
            return changed

        given = [*zip(self._parts, self._pixels, self._vertices, strict=True)]
        return np.concatenate([np.zeros(0, dtype=np.int64), *map_in_threads(lambda some: recolor(*some), given)])


def _slices(lengths: Iterable[int]) -> list[slice]:
    """Of an array, one after the other."""
    return [slice(*pair) for pair in pairwise(accumulate(lengths, initial=0))]


def _counted(numbers: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """The different ones of some numbers, rising, and for each number which of these it is: `np.unique`, but faster."""
    is_there = np.zeros(numbers.max(initial=-1) + 1, dtype=bool)
    is_there[numbers] = True
    index: npt.NDArray[np.int32] = np.cumsum(is_there, dtype=np.int32)
    index -= 1
    return np.flatnonzero(is_there).astype(np.int32), index.take(numbers)


def _parts(layers: ABuffer) -> list[ABuffer]:
    """The layers of some pixels, then those of the next, `_PART` at a time or a few more."""
    n_layers, first = len(layers.pixel), _runs(layers.pixel)[0]
    starts = np.unique(first[np.searchsorted(first, np.arange(0, n_layers, _PART), side="right") - 1])
    names = ABuffer.__dataclass_fields__
    return [
        ABuffer(**{name: getattr(layers, name)[slice(*pair)] for name in names})
        for pair in pairwise([*starts.tolist(), n_layers])
    ]


@dataclass(frozen=True, eq=False)
class _Look:
    """What the colours of values are: ``colors`` (3, n_entries + 4) float32, those beyond the table's at the end.

    ``premultiplied`` (256 (n_entries + 4),) are the lanes of them all by each coverage.
    """

    colors: npt.NDArray[np.float32]
    premultiplied: Lanes
    n_entries: int
    clim: tuple[np.float32, np.float32]
    background_color: npt.NDArray[np.float32]
    background: Lanes

    @classmethod
    def of(
        cls, table: ColorTable, highlight: Bytes, background_color: tuple[float, float, float], background: Bytes
    ) -> _Look:
        """As textures and uniforms have them."""
        others = np.stack([table.under, table.over, table.missing, highlight])
        colors = np.concatenate([table.entries, others])
        coverage = np.arange(256)[:, np.newaxis, np.newaxis]
        opaque = channels(packed(colors))
        return cls(
            np.concatenate([table.entries * np.float32(1 / 255), (others / 255).astype(np.float32)]).T.copy(),
            lanes((2 * coverage * opaque + 255) // 510),  # never half way between two levels
            len(table.entries),
            (np.float32(table.clim[0]), np.float32(table.clim[1])),
            np.asarray(background_color, dtype=np.float32),
            lanes(channels(packed(background[np.newaxis]))),
        )


class _Part:
    """The colours of some pixels, in which rank k are the k-th layers from below, of all pixels that have one."""

    def __init__(self, layers: ABuffer, look: _Look) -> None:
        first, count = _runs(layers.pixel)
        self.pixels = layers.pixel[first]
        self._deepest = deepest = np.argsort(-count, kind="stable")  # so that rank k is of the first of them
        self._back = np.empty_like(deepest)
        self._back[deepest] = np.arange(len(deepest))
        ranks = range(int(count.max()))
        counts = [int(np.count_nonzero(count > k)) for k in ranks]
        order = np.concatenate([first[deepest[:n]] + k for k, n in zip(ranks, counts, strict=True)])
        self._ranks = _slices(counts)
        self.vertices, (self._start, end) = _counted(np.stack([layers.start[order], layers.end[order]]))
        self._apart = np.flatnonzero(end != self._start + 1)  # few: vertices count along sections
        self._end_apart = end[self._apart]
        self._fraction = layers.fraction[order]
        coverage = _byte(layers.coverage[order])
        # Where the colours of its coverage begin among the premultiplied ones.
        self._first = coverage.astype(np.int32) * np.int32(look.colors.shape[1])
        self._ground = np.repeat(look.background, len(self.pixels))  # what is seen of the background
        through = lanes(np.repeat(255 - coverage[:, np.newaxis], 4, axis=1))
        _dim(self._ground, through[self._ranks[0]])
        self._through = through[len(self.pixels) :].copy()  # how much is seen of what lies below, from rank 1 on
        self._light = _Light.of(layers, order, look)
        self._look = look
        self._shown = np.full(len(order), -1, dtype=np.int16)  # entries

    def recolor(self, colors: Colors, values: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
        """Let ``colors`` (n_pixels,), the last ones, be those for the values of ``vertices``; which changed, rising."""
        entries = self._entries(values)
        differs = entries != self._shown
        self._shown = entries
        is_changed = differs[self._ranks[0]]
        for rank in self._ranks[1:]:
            is_changed[: rank.stop - rank.start] |= differs[rank]
        if np.count_nonzero(is_changed) > _MOST_CHOSEN * len(self.pixels):
            now = self._blended(slice(None), slice(None), self._ranks).take(self._back)
            changed = np.flatnonzero(now != colors)
            colors[:] = now
            return changed
        deep = np.flatnonzero(is_changed)
        counts = [int(np.searchsorted(deep, rank.stop - rank.start)) for rank in self._ranks]
        chosen = [deep[:n] + rank.start for n, rank in zip(counts, self._ranks, strict=True)]
        colors[self._deepest[deep]] = self._blended(deep, np.concatenate(chosen), _slices(counts))
        return np.flatnonzero(is_changed.take(self._back))

    def _blended(self, pixels: _Chosen, chosen: _Chosen, ranks: Sequence[slice]) -> Colors:
        """Colours of some pixels; ``chosen`` are their layers, of which ``ranks`` are each rank's."""
        entries = self._shown[chosen]
        layers = self._look.premultiplied.take(self._first[chosen] + entries)
        if self._light is not None:
            self._light.shine(layers, chosen, entries)
        n_pixels = ranks[0].stop
        through = self._through[chosen if isinstance(chosen, slice) else chosen[n_pixels:] - len(self.pixels)]
        blended = self._ground[pixels] + layers[ranks[0]]
        for rank in ranks[1:]:
            below = blended[: rank.stop - rank.start]
            _dim(below, through[rank.start - n_pixels : rank.stop - n_pixels])
            below += layers[rank]
        return from_lanes(blended)

    def _entries(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.int16]:
        """Which colour each layer has."""
        n, (low, high) = self._look.n_entries, self._look.clim
        with np.errstate(over="ignore", invalid="ignore"):  # beyond any limits is beyond them, too
            # Each value and what the next one is more: two numbers that are moved as one.
            steps = np.zeros(len(values), dtype=np.complex64)
            steps.real = values
            np.subtract(values[1:], values[:-1], out=steps.imag[:-1])
            steps = steps.take(self._start)
            steps.imag[self._apart] = values.take(self._end_apart) - steps.real[self._apart]
            between: npt.NDArray[np.float32] = steps.imag * self._fraction
            between += steps.real
            scaled: npt.NDArray[np.float32] = between - low
            scaled /= high - low
            scaled *= np.float32(n)
            margin = 1e-5 * (abs(low) + abs(high))  # more than rounding
            if values.min() >= low + margin and values.max() <= high - margin:
                return scaled.astype(np.int16)
            is_missing = np.isnan(scaled)
            if is_missing.any():
                # Of a missing value and another each reaches half way.
                either = np.flatnonzero(is_missing)
                end = self._start[either] + 1
                is_apart = np.isin(either, self._apart)
                end[is_apart] = self._end_apart[np.isin(self._apart, either)]
                nearer = np.where(self._fraction[either] < 0.5, steps.real[either], values[end])
                between[either] = nearer
                scaled[either] = (nearer - low) / (high - low) * np.float32(n)
                is_missing[either] = np.isnan(nearer)
                scaled[is_missing] = 0
            np.clip(scaled, 0, n - 1, out=scaled)
            entries = scaled.astype(np.int16)
            entries[between < low] = n
            entries[between > high] = n + 1
            entries[is_missing] = n + 2
            entries[between > _BRIGHTEST] = n + 3
        return entries


class _Light:
    """What light and depth_cue make of the layers on which they act."""

    def __init__(self, layers: ABuffer, order: npt.NDArray[np.int64], acts: npt.NDArray[np.bool_], look: _Look) -> None:
        self._layers = np.flatnonzero(acts)  # on which it acts
        self._number = np.where(acts, np.cumsum(acts, dtype=np.int32) - 1, -1).astype(np.int32)  # of all of them
        chosen = order[self._layers]
        shade, highlight, lit, depth_cue = (
            getattr(layers, name)[chosen] for name in ("shade", "highlight", "lit", "depth_cue")
        )
        shade[lit == 0], highlight[lit == 0] = 0, 0  # they may be NaN where they are not seen
        self._factors = [shade, highlight, lit, depth_cue, _byte(layers.coverage[chosen]) * np.float32(1 / 255)]
        self._look = look

    @classmethod
    def of(cls, layers: ABuffer, order: npt.NDArray[np.int64], look: _Look) -> _Light | None:
        """For layers in another order; None where there is neither light nor depth_cue."""
        acts = ((layers.lit > 0) | (layers.depth_cue > 0))[order]
        return cls(layers, order, acts, look) if acts.any() else None

    def shine(self, layers: Lanes, chosen: _Chosen, entries: npt.NDArray[np.int16]) -> None:
        """Change premultiplied colours of the ``chosen`` layers, whose colours without light are ``entries``."""
        own, factors = self._layers, self._factors
        if not isinstance(chosen, slice):
            numbers = self._number[chosen]
            own = np.flatnonzero(numbers >= 0)
            factors = [factor[numbers[own]] for factor in factors]
        shade, highlight, lit, depth_cue, coverage = factors
        entries, shown = entries[own], layers.view(np.uint16).reshape(-1, 4)
        for channel in range(3):
            color = self._look.colors[channel].take(entries)
            light = np.minimum(color * shade + highlight, 1)
            color += (light - color) * lit
            color += (self._look.background_color[channel] - color) * depth_cue
            shown[own, channel] = _byte(color * coverage)


def _dim(colors: Lanes, through: Lanes) -> None:
    """Colours seen through layers of 8 bits."""
    each = colors.view(np.uint16)
    each *= through.view(np.uint16)
    each += (each >> 8) + 128  # over 255, as Mesa has it: some are rounded the other way
    each >>= 8


def _byte(fractions: npt.NDArray[np.float32]) -> npt.NDArray[np.uint16]:
    """0 to 1 as 0 to 255, in the steps in which Mesa rounds."""
    scaled = fractions * np.float32(255)
    rounded: npt.NDArray[np.uint16] = np.rint(scaled, out=scaled).astype(np.uint16)
    return rounded


def _runs(numbers: npt.NDArray[np.integer]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Where runs of the same number begin, and how long they are."""
    first = np.flatnonzero(np.insert(numbers[1:] != numbers[:-1], 0, True)[: len(numbers)])
    return first, np.diff(np.append(first, len(numbers)))
