"""``gpu-morph explain``: the causes and cures of an error, as the documentation has them."""

from __future__ import annotations

import argparse
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING

from .. import errors

if TYPE_CHECKING:
    from .arguments import Commands

ERRORS = [name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)]


def add_parser(commands: Commands) -> None:
    """Add the command's arguments."""
    parser = commands.add_parser("explain", help="print the causes of an error, and what cures it")
    parser.add_argument("error", nargs="?", metavar="ERROR", help="its class, e.g. MorphologyError (default: all)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Print the page, or the part of one class."""
    if options.error is not None and options.error not in ERRORS:
        raise ValueError(errors.unknown_name("ERROR", "error", options.error, ERRORS))
    page = _page()
    text = page.read_text(encoding="utf-8")
    if options.error is not None:
        parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
        text = next(part for part in parts if part.startswith(f"## {options.error}\n"))
    print(re.sub(r"\[([^\]]+)\]\(([^)\s]+)\)", lambda link: f"{link[1]} ({_target(page, link[2])})", text).strip())


def _page() -> Path:
    """The page of the causes and cures: in the installed package, or in docs/ of a checkout."""
    package = Path(__file__).parents[1]
    name = Path(errors.CURES).name
    for path in (package / "howto" / name, package.parent / errors.CURES):
        if path.is_file():
            return path
    raise FileNotFoundError(f"{package / 'howto' / name} is missing: the installation is incomplete, install it again")


def _target(page: Path, link: str) -> str:
    """Where a link of the page leads: a file that is there, or its name in the repository."""
    name = link.partition("#")[0]
    path = Path(os.path.normpath(page.parent / name))
    return str(path) if path.is_file() else os.path.normpath(Path(errors.CURES).parent / name)
