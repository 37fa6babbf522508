"""What notebooks show of a morphology, a recording and synapses: a short table with a small figure.

Their classes import this module, which therefore cannot import them, not even for types.
"""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import numpy as np

from ..image.png import png_bytes
from .thumbnails import SIDE, bars, curves, silhouette

_MOST_NAMES = 6  # of labels and populations
_MOST_ROWS = 200  # of a recording that are read for its curves
_MOST_VALUES = 20_000_000  # of these rows
_INK = "#4a86b8"  # is seen on white and on black


def html_or_none(html: Callable[[], str]) -> str | None:
    """A table; None, so that notebooks print repr() instead, where it cannot be made."""
    try:
        return html()
    except Exception:
        return None


def morphology_html(morphology: Any) -> str:
    """Counts, labels and the extent, and the cell from the side on which it is widest."""
    extent = np.diff(morphology.bounds(), axis=0)[0]
    labels = Counter(morphology.section_labels)
    rows = [
        ("cells", f"{morphology.n_cells:,}"),
        ("sections", f"{morphology.n_sections:,}: {_counts(labels)}"),
        ("points", f"{morphology.n_points:,}"),
        ("extent (x, y, z)", " × ".join(f"{side:,.0f}" for side in extent) + " µm"),
        ("diameters", f"{morphology.diameters.min():.2g} to {morphology.diameters.max():.3g} µm"),
    ]
    data = base64.b64encode(png_bytes(silhouette(morphology))).decode("ascii")
    about = f'alt="the morphology from its widest side" width="{SIDE}" height="{SIDE}"'
    return _table("Morphology", rows, f'<img {about} src="data:image/png;base64,{data}">')


def recording_html(recording: Any) -> str:
    """Times and compartments, and the least, middle and greatest values over time if they are in memory."""
    times = recording.times
    step = "" if len(times) < 2 else f", {float(np.median(np.diff(times))):.4g} ms apart"
    rows = [
        ("variable", f"{recording.name} ({recording.unit})" if recording.unit else recording.name),
        ("times", f"{len(times):,} from {times[0]:g} to {times[-1]:g} ms{step}"),
        ("compartments", f"{recording.n_compartments:,} in {len(np.unique(recording.section)):,} sections"),
        ("size", _bytes(recording.n_bytes)),
    ]
    figure = ""
    shown = np.unique(np.linspace(0, len(times) - 1, _MOST_ROWS).astype(int))
    if recording.row_source.is_in_memory and len(shown) * recording.n_compartments <= _MOST_VALUES:
        values = np.array([recording.row(int(row)) for row in shown], dtype=np.float64)
        finite = np.isfinite(values)
        if finite.any():
            seen = finite.any(axis=1)
            values[~finite] = np.nan
            lines = [summary(values[seen], axis=1) for summary in (np.nanmin, np.nanmedian, np.nanmax)]
            rows.append(("values", f"{lines[0].min():.4g} to {lines[2].max():.4g} {recording.unit}".rstrip()))
            figure = curves(times[shown][seen], lines, ink=_INK)
    return _table("Recording", rows, figure)


def synapses_html(synapses: Any) -> str:
    """Populations and events, and how many events there are over time."""
    names = Counter(dict.fromkeys(synapses.population_names, 0))
    names.update(synapses.population_names[number] for number in synapses.population.tolist())
    rows = [
        ("synapses", f"{synapses.n_synapses:,}: {_counts(names)}" if synapses.n_synapses else "0"),
        ("events", f"{len(synapses.event_time):,}"),
    ]
    figure = ""
    if len(synapses.event_time):
        first, last = float(synapses.event_time.min()), float(synapses.event_time.max())
        rows.append(("times", f"{first:.4g} to {last:.4g} ms"))
        figure = bars(synapses.event_time, ink=_INK)
    return _table("SynapseEvents", rows, figure)


def _table(title: str, rows: Sequence[tuple[str, str]], figure: str) -> str:
    cells = "".join(
        f'<tr><td style="text-align: left; opacity: 0.7">{escape(name)}</td>'
        f'<td style="text-align: left">{escape(value)}</td></tr>'
        for name, value in rows
    )
    caption = f'<caption style="text-align: left">{escape(title)}</caption>'
    table = f'<table style="margin: 0; color: inherit">{caption}{cells}</table>'
    return f'<div style="display: flex; gap: 1em; align-items: center">{figure}{table}</div>'


def _counts(names: Counter[str]) -> str:
    """The most frequent names, and how many of each."""
    listed = ", ".join(f"{count:,} {name}" for name, count in names.most_common(_MOST_NAMES))
    more = len(names) - _MOST_NAMES
    return listed if more <= 0 else f"{listed}, +{more} more"


def _bytes(count: int) -> str:
    power = min(max(count.bit_length() - 1, 0) // 10, 4)
    unit = ("bytes", "KiB", "MiB", "GiB", "TiB")[power]
    return f"{count / 1024**power:.3g} {unit}" if power else f"{count} {unit}"
