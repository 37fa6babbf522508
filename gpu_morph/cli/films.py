"""Films as the command-line options describe them."""

from __future__ import annotations

import argparse

from ..api import render_video
from ..distributed.local_cluster import cluster_client
from ..scene.scene import Scene

_OPTIONS = (
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
    """Write a film with the options of `add_film`, here or on a cluster, and print its report."""
    with cluster_client(options.scheduler, options.workers) as client:
        keywords = {name: getattr(options, name) for name in _OPTIONS}
        print(render_video(scene, options.output, client=client, **keywords))
