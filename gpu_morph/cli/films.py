"""Films as the command-line options describe them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..api import render_video
from ..scene.panels.shown import Shown

_OPTIONS = (
    "times",
    "t_start",
    "t_stop",
    "t_step",
    "fps",
    "codec",
    "quality",
    "size",
    "supersample",
    "device",
    "memory",
    "encoders",
    "threads",
    "scratch",
    "resume",
)


def film_keywords(options: argparse.Namespace) -> dict[str, Any]:
    """Arguments of `render_video` from the options of `add_drawing` and `add_film`."""
    keywords = {name: getattr(options, name) for name in _OPTIONS}
    if options.timeline is not None:
        if options.times is not None:
            raise ValueError("--timeline says when the film shows which time: leave it out, or --times")
        keywords["times"] = options.timeline
    return keywords


def write_film(scene: Shown, path: str | Path, keywords: dict[str, Any], options: argparse.Namespace) -> None:
    """Write a film here or on a cluster, and print its report; with --dry-run, say what it takes.

    Parameters
    ----------
    scene, path, keywords
        Arguments of `render_video`.
    options : Namespace
        Of `add_film`.
    """
    if options.dry_run:
        from .dry_run import plan_lines

        is_on_cluster = options.scheduler is not None or options.workers is not None
        for line in plan_lines(scene, path, keywords, is_local=not is_on_cluster):
            print(line, flush=True)
        return
    from ..distributed.local_cluster import cluster_client

    with cluster_client(options.scheduler, options.workers) as client:
        print(render_video(scene, path, client=client, **keywords))
