"""The directive `command`: the help of a command of gpu-morph, as it is printed."""

from __future__ import annotations

import argparse
import os
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive


def parsers() -> dict[str, argparse.ArgumentParser]:
    """The parser of each command."""
    from gpu_morph.cli.main import parser

    (commands,) = (action for action in parser()._actions if isinstance(action, argparse._SubParsersAction))
    return commands.choices


class Command(Directive):
    """`````{command} render`````."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The help, 88 columns wide, as a block of text."""
        os.environ["COLUMNS"] = "88"
        text = parsers()[self.arguments[0]].format_help()
        return [nodes.literal_block(text, text, language="text")]


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this."""
    app.add_directive("command", Command)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
