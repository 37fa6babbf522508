"""A parser that also says which options there are, and which were given, whatever their values."""

from __future__ import annotations

import argparse
from typing import Any


class Parser(argparse.ArgumentParser):
    """``given`` of what it parses has the names of the options that were on the command line.

    ``spelled`` has all options as they are typed, by name.
    """

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As argparse does it, and once more without defaults."""
        options, rest = super().parse_known_args(args, namespace)
        defaults = [(action, action.default) for action in self._actions]
        for action, _ in defaults:
            action.default = argparse.SUPPRESS
        try:
            given, _ = super().parse_known_args(args, argparse.Namespace())
        finally:
            for action, default in defaults:
                action.default = default
        options.spelled = {action.dest: action.option_strings[-1] for action in self._actions if action.option_strings}
        options.given = {action.dest for action in self._actions} & vars(given).keys()
        return options, rest
