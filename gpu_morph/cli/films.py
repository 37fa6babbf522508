"""Films as the command-line options describe them."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..api import render_video
from ..distributed.local_cluster import cluster_client
from ..scene.scene import Scene
from .dry_run import plan_lines

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


def write_film(scene: Scene, options: argparse.Namespace) -> None:
    """Write a film with the options of `add_film`, here or on a cluster, and print its report; or say what it takes."""
    keywords = {name: getattr(options, name) for name in _OPTIONS}
    if options.timeline is not None:
        if options.times is not None:
            raise ValueError("--timeline says when the film shows which time: leave it out, or --times")
        keywords["times"] = options.timeline
    make_film(scene, options.output, keywords, options)


def make_film(scene: Scene, path: str | Path, keywords: dict[str, Any], options: argparse.Namespace) -> None:
    """Write a film with arguments of `render_video`, or say with --dry-run what it takes."""
    if options.dry_run:
        is_on_cluster = options.scheduler is not None or options.workers is not None
        for line in plan_lines(scene, path, keywords, is_local=not is_on_cluster):
            print(line, flush=True)
        return
    with cluster_client(options.scheduler, options.workers) as client:
        print(render_video(scene, path, client=client, **keywords))
