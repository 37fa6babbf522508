"""A web page of a scene: one file that needs neither a network nor a server."""

from __future__ import annotations

import html
import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

from ..data.row_stream import memory_bytes
from ..errors import OutputError
from ..scene.panels.shown import check_one_scene
from ..scene.scene import Scene
from ..system.arguments import check_choice
from ..system.user_warning import warn_user
from .page_data import PageData, SceneReader
from .page_texts import first_title, left_out
from .page_times import page_times
from .web_page import WebPage, page_path

_FOLDER = Path(__file__).parent / "page"
_SCRIPTS = (  # in this order, in one scope
    "arrays.js",
    "values.js",
    "camera.js",
    "gl.js",
    "batches.js",
    "tubes.js",
    "markers.js",
    "surfaces.js",
    "styles.js",
    "drawing.js",
    "pointer.js",
    "legend.js",
    "controls.js",
    "player.js",
    "main.js",
)


def write_html(
    scene: Scene,
    path: str | os.PathLike[str] | None,
    *,
    times: Any = None,
    title: str | None = None,
    bits: int | None = None,
    max_bytes: int | str = "20 MB",
) -> WebPage:
    """Write a web page that shows a scene over time, and can be turned with the mouse.

    The page is one file. It holds the geometry, the values and the shaders, draws with WebGL 2, and loads nothing. It
    shows a colour bar, legends, a clock and a scale bar of its own, the scene's meshes, and each `Text` that is always
    there. A warning names annotations that it leaves out, and depth of field.

    Parameters
    ----------
    scene : Scene
        What the page shows. Its camera, or a path's first one, is the first view, its background the first background.
    path : path or None
        The file; ends in ``.html`` or ``.htm``. None: the page is not written; in a notebook, what is returned shows
        itself, and stays in the notebook's file.
    times : sequence of float, optional
        The times to hold, ms, rising. None: those of ``scene.time_range``, else the recorded ones, else those of the
        synapses' events; if they are more than 500, 500 evenly spaced ones.
    title : str, optional
        Above the picture. None: that of the scene's `Title`, else the file's name.
    bits : {8, 16}, optional
        Of each value. None: 16, or 8 where values would take more than 1 MB. 8 bits give the colours of 16 bits to
        within one entry of the colormap.
    max_bytes : int or str
        The size above which the page is an error.

    Returns
    -------
    WebPage
        The page's text, its path and what it holds.

    Raises
    ------
    ValueError
        A wrong argument; times outside the recording.
    OutputError
        The page is larger than ``max_bytes``, or the file cannot be written.

    Examples
    --------
    >>> morphology, recording = gm.demo_cell()
    >>> page = gm.write_html(gm.Scene(morphology, recording), "cell.html", times=[4, 5, 6])
    """
    check_one_scene(scene, "a web page")
    check_choice(bits, (8, 16, None), "bits")
    if missing := left_out(scene):
        warn_user(f"left out of the web page, which has no such annotations: {', '.join(missing)}")
    if scene.first_camera.aperture:
        warn_user("left out of the web page, whose picture is sharp everywhere: depth of field (Camera(aperture=))")
    if title is not None and not isinstance(title, str):
        raise TypeError(f"title must be a str or None, got {title!r}")
    if title is not None and not _is_encodable(title):
        raise ValueError(f"title has a character that no file can hold: {title!r}")
    limit, target = memory_bytes(max_bytes, name="max_bytes"), None if path is None else page_path(path)
    chosen = page_times(scene, times)
    reader = SceneReader(scene, chosen)
    used = reader.usual_bits if bits is None else 8 if bits == 8 else 16
    title = title or first_title(scene) or ("" if target is None else target.stem)
    text = _page(reader.data(used), title)
    page = WebPage(text, target, 0 if chosen is None else len(chosen), used)
    if page.n_bytes > limit:
        raise OutputError(_advice(page, limit))
    if target is not None:
        page.save(target)
    return page


def _advice(page: WebPage, limit: int) -> str:
    advice = [f"show fewer than {page.n_times} times (times=...)"] if page.n_times > 1 else []
    advice += ["store 8 bits for each value (bits=8)"] if page.bits == 16 else []
    advice += ["show fewer cells or sections", "raise max_bytes"]
    return (
        f"the page would have {page.n_bytes / 1e6:.1f} MB, more than max_bytes={limit / 1e6:g} MB: "
        f"{', '.join(advice[:-1])}, or {advice[-1]}"
    )


def _is_encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _page(data: PageData, title: str) -> str:
    """The page's text; everything is put into the template."""
    parts = {
        "TITLE": html.escape(title or "gpu_morph"),
        "STYLE": _file("page.css"),
        "DESCRIPTION": _json(data.description | {"title": title}),
        "ARRAYS": data.arrays,
        "SCRIPT": "\n".join(_file(name) for name in _SCRIPTS),
    }
    return re.sub(r"@([A-Z]+)@", lambda found: parts[found[1]], _file("page.html"))


def _json(value: Any) -> str:
    """JSON that may stand in a script element."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


@cache
def _file(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
