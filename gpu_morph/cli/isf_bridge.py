"""``gpu-morph isf-bridge``: the module with which Python 3.8 of the In Silico Framework makes films."""

from __future__ import annotations

import argparse
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .arguments import Commands


def add_parser(commands: Commands) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "isf-bridge",
        help="print a module for the environment of the In Silico Framework",
        description="Print the module that makes films from the environment of the In Silico Framework (Python 3.8): "
        "gpu-morph isf-bridge > gpu_morph_isf.py",
    )
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> None:
    """Print the module."""
    print((files("gpu_morph.isf") / "bridge.py").read_text(encoding="ascii"), end="")
