"""Recoloring: from values of vertices to the colours of the pixels that show something.

Numpy mirror of fragment_output.glsl, colormap.glsl and of blending with 8 bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import accumulate, pairwise

import numpy as np
import numpy.typing as npt

from ...image.alpha import attenuate
from ...image.packed import Bytes, Colors, Lanes, channels, from_lanes, lanes, packed
from ...system.threads import map_in_threads
from .a_buffer import ABuffer, runs, unit_to_byte
from .lighting import Lighting, Selection
from .palette import Palette
from .surroundings import Surroundings

_FRAGMENTS_AT_ONCE = 1 << 17  # per thread: more threads that take turns lose more than they gain
_MOST_SELECTED = 0.4  # of the pixels of a part; selecting more costs as much as blending them all
_HIGHLIGHT_LIMIT = 2.9e38  # values above are HIGHLIGHTED, also when interpolated; see colormap.glsl


class Recoloring:
    """Colours of the pixels of an A-buffer. A call recomputes only what changed since the last one.

    Parameters
    ----------
    fragments : ABuffer
        What is visible.
    palette : Palette
        Colours by value.
    background : (n_channels,) uint8
        RGB, or premultiplied RGBA, behind everything.
    depth_cue_color : (red, green, blue)
        0 to 1; what the depth cue mixes in.
    surroundings : Surroundings, optional
        What is behind the cell, instead of the background, and before it.

    ``pixels`` (n_pixels,) int64 are those that show something, along rows; those beside the cell are last. ``colors``
    (n_pixels,) uint32 are their packed, premultiplied colours since the last call. ``vertices`` (n,) int32 are those
    whose values are needed.
    """

    def __init__(
        self,
        fragments: ABuffer,
        *,
        palette: Palette,
        background: Bytes,
        depth_cue_color: tuple[float, float, float],
        surroundings: Surroundings | None = None,
    ) -> None:
        depth_cue = np.asarray(depth_cue_color, dtype=np.float32)
        self._parts = [_Part(part, palette, background, depth_cue, surroundings) for part in _parts(fragments)]
        self.pixels = np.concatenate([fragments.pixel[:0], *(part.pixels for part in self._parts)])
        self.vertices = np.concatenate([fragments.start[:0], *(part.vertices for part in self._parts)])
        self.colors: Colors = np.zeros(len(self.pixels), dtype=np.uint32)
        if surroundings is not None:
            beside = np.setdiff1d(surroundings.shown, self.pixels)
            self.pixels = np.concatenate([self.pixels, beside])
            self.colors = np.concatenate([self.colors, surroundings.without_cell(beside)])
        self._pixel_slices = _slices([len(part.pixels) for part in self._parts])
        self._vertex_slices = _slices([len(part.vertices) for part in self._parts])

    def __call__(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
        """Update ``colors`` for the values of ``vertices``. Returns the indices of those that changed, rising."""

        def recolor(part: _Part, pixels: slice, vertices: slice) -> npt.NDArray[np.int64]:
            changed = part.recolor(self.colors[pixels], values[vertices])
            changed += pixels.start
            return changed

        arguments = [*zip(self._parts, self._pixel_slices, self._vertex_slices, strict=True)]
        return np.concatenate([np.zeros(0, dtype=np.int64), *map_in_threads(lambda each: recolor(*each), arguments)])


def _slices(lengths: Iterable[int]) -> list[slice]:
    """Slices of these lengths, one after the other."""
    return [slice(*pair) for pair in pairwise(accumulate(lengths, initial=0))]


def _parts(fragments: ABuffer) -> list[ABuffer]:
    """An A-buffer in parts of whole pixels with about `_FRAGMENTS_AT_ONCE` fragments."""
    first = runs(fragments.pixel)[0]
    starts = np.arange(0, len(fragments), _FRAGMENTS_AT_ONCE)
    starts = np.unique(first[np.searchsorted(first, starts, side="right") - 1])
    return [fragments[slice(*pair)] for pair in pairwise([*starts.tolist(), len(fragments)])]


class _Part:
    """Recolouring of some pixels.

    Rank k is the k-th fragment from the back. Fragments are ordered by rank; within a rank, pixels with more fragments
    come first, so that rank k belongs to the first pixels of rank 0.
    """

    def __init__(
        self,
        fragments: ABuffer,
        palette: Palette,
        background: Bytes,
        depth_cue_color: npt.NDArray[np.float32],
        surroundings: Surroundings | None,
    ) -> None:
        first, count = runs(fragments.pixel)
        self.pixels = fragments.pixel[first]
        self._deepest_first = np.argsort(-count, kind="stable")
        self._back_in_order = np.empty_like(self._deepest_first)
        self._back_in_order[self._deepest_first] = np.arange(len(count))
        ranks = range(int(count.max()))
        n_in_rank = [int(np.count_nonzero(count > k)) for k in ranks]
        order = np.concatenate([first[self._deepest_first[:n]] + k for k, n in zip(ranks, n_in_rank, strict=True)])
        self._ranks = _slices(n_in_rank)
        ends = np.stack([fragments.start[order], fragments.end[order]])
        self.vertices, (self._start, end) = _unique_vertices(ends)
        self._not_adjacent = np.flatnonzero(end != self._start + 1)  # few: vertices are numbered along sections
        self._end_not_adjacent = end[self._not_adjacent]
        self._fraction = fragments.fraction[order]
        coverage = unit_to_byte(fragments.coverage[order])
        self._first_color = coverage.astype(np.int32) * np.int32(palette.rgb.shape[1])  # in palette.premultiplied
        transmittance = lanes(np.repeat(255 - coverage[:, np.newaxis], 4, axis=1))
        self._behind = np.repeat(lanes(channels(packed(background[np.newaxis]))), len(self.pixels))
        self._before: tuple[Lanes, Lanes] | None = None  # colours and transmittance
        if surroundings is not None:
            shown = self.pixels[self._deepest_first]
            self._behind = lanes(channels(surroundings.behind[shown]))
            before = surroundings.before[shown]
            self._before = lanes(before), lanes(np.repeat(255 - before[:, 3:], 4, axis=1))
        _attenuate(self._behind, transmittance[self._ranks[0]])
        self._transmittance = transmittance[len(self.pixels) :].copy()  # from rank 1 on
        self._lighting = Lighting.of(fragments, order, palette, depth_cue_color)
        self._palette = palette
        self._entries = np.full(len(order), -1, dtype=np.int16)  # the fragments' colours since the last call

    def recolor(self, colors: Colors, values: npt.NDArray[np.float32]) -> npt.NDArray[np.int64]:
        """Update ``colors`` (n_pixels,) for the values of ``vertices``. Returns the indices that changed, rising."""
        entries = self._entries_of(values)
        differs = entries != self._entries
        self._entries = entries
        is_changed = differs[self._ranks[0]]
        for rank in self._ranks[1:]:
            is_changed[: rank.stop - rank.start] |= differs[rank]
        if np.count_nonzero(is_changed) > _MOST_SELECTED * len(self.pixels):
            blended = self._blended(slice(None), slice(None), self._ranks).take(self._back_in_order)
            changed = np.flatnonzero(blended != colors)
            colors[:] = blended
            return changed
        pixels = np.flatnonzero(is_changed)
        n_in_rank = [int(np.searchsorted(pixels, rank.stop - rank.start)) for rank in self._ranks]
        selected = [pixels[:n] + rank.start for n, rank in zip(n_in_rank, self._ranks, strict=True)]
        colors[self._deepest_first[pixels]] = self._blended(pixels, np.concatenate(selected), _slices(n_in_rank))
        return np.flatnonzero(is_changed.take(self._back_in_order))

    def _blended(self, pixels: Selection, selected: Selection, ranks: Sequence[slice]) -> Colors:
        """Colours of some pixels, whose fragments are ``selected``; ``ranks`` are slices of these."""
        entries = self._entries[selected]
        colors = self._palette.premultiplied.take(self._first_color[selected] + entries)
        if self._lighting is not None:
            self._lighting.apply(colors, selected, entries)
        n_pixels = ranks[0].stop
        above = selected if isinstance(selected, slice) else selected[n_pixels:] - len(self.pixels)
        transmittance = self._transmittance[above]
        blended = self._behind[pixels] + colors[ranks[0]]
        for rank in ranks[1:]:
            below = blended[: rank.stop - rank.start]
            _attenuate(below, transmittance[rank.start - n_pixels : rank.stop - n_pixels])
            below += colors[rank]
        if self._before is not None:
            before, transmittance = self._before
            _attenuate(blended, transmittance[pixels])
            blended += before[pixels]
        return from_lanes(blended)

    def _entries_of(self, values: npt.NDArray[np.float32]) -> npt.NDArray[np.int16]:
        """(n_fragments,): the palette entries for the values of ``vertices``."""
        n, (low, high) = self._palette.n_entries, self._palette.clim
        with np.errstate(over="ignore", invalid="ignore"):  # an overflow is out of range like any large value
            # A value and its difference to the next one, as one complex number: a single gather for both.
            steps = np.zeros(len(values), dtype=np.complex64)
            steps.real = values
            np.subtract(values[1:], values[:-1], out=steps.imag[:-1])
            steps = steps.take(self._start)
            steps.imag[self._not_adjacent] = values.take(self._end_not_adjacent) - steps.real[self._not_adjacent]
            interpolated: npt.NDArray[np.float32] = steps.imag * self._fraction
            interpolated += steps.real
            margin = 1e-5 * (abs(low) + abs(high))  # exceeds the rounding errors
            if values.min() >= low + margin and values.max() <= high - margin:
                return self._palette.entries_of(interpolated)
            is_missing = np.isnan(interpolated)
            if is_missing.any():
                # Between a missing value and another one, each extends half way.
                either = np.flatnonzero(is_missing)
                end = self._start[either] + 1
                end[np.isin(either, self._not_adjacent)] = self._end_not_adjacent[np.isin(self._not_adjacent, either)]
                nearer = np.where(self._fraction[either] < 0.5, steps.real[either], values[end])
                interpolated[either] = nearer
                is_missing[either] = np.isnan(nearer)
                interpolated[is_missing] = low
            entries = self._palette.entries_of(interpolated)
            entries[interpolated < low] = n
            entries[interpolated > high] = n + 1
            entries[is_missing] = n + 2
            entries[interpolated > _HIGHLIGHT_LIMIT] = n + 3
        return entries


def _unique_vertices(vertices: npt.NDArray[np.int32]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """As np.unique with ``return_inverse``, but faster for small numbers."""
    is_used = np.zeros(vertices.max(initial=-1) + 1, dtype=bool)
    is_used[vertices] = True
    index: npt.NDArray[np.int32] = np.cumsum(is_used, dtype=np.int32)
    index -= 1
    return np.flatnonzero(is_used).astype(np.int32), index.take(vertices)


def _attenuate(colors: Lanes, transmittance: Lanes) -> None:
    attenuate(colors.view(np.uint16), transmittance.view(np.uint16))
