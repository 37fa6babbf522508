"""The film that arguments of `render_video` describe, without making it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .film_plan import planned_film
from .video import render_video

if TYPE_CHECKING:
    from ..video.film_request import FilmRequest


def film_of(scene: Any, arguments: Mapping[str, Any], *, is_local: bool = True, is_written: bool = True) -> FilmRequest:
    """The film that ``render_video(scene, **arguments)`` would make.

    Parameters
    ----------
    scene, arguments
        Of `render_video`; arguments that are left out have its defaults.
    is_local : bool
        This process makes the film, not a cluster.
    is_written : bool
        False: pictures of the film are drawn, so that its path need not be one that can be written.

    Raises
    ------
    TypeError, ValueError, OSError
        As `render_video`.
    """
    bound = inspect.signature(render_video).bind(scene, **arguments)
    bound.apply_defaults()
    names = inspect.signature(planned_film).parameters
    return planned_film(
        **{name: value for name, value in bound.arguments.items() if name in names},
        has_frames_dir=bound.arguments["frames_dir"] is not None,
        is_local=is_local,
        is_written=is_written,
    )
