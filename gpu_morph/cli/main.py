"""The entry point of ``gpu-morph``: exit codes, signals, and errors as one line on standard error."""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any

from ..errors import GpuMorphError, explain_command, own_notes
from ..system.orderly_end import orderly_end
from ..system.signals import END_SIGNALS
from . import completion, demo, explain, html, info, isf, isf_bridge, render, snapshot, view
from .given_options import Parser
from .option_words import in_options
from .output import flush_output, take_any_text


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Returns
    -------
    int
        Exit code: 0 for success, 1 for an error, 130 for an interruption. argparse exits with 2 by itself.
    """
    take_any_text()
    options = parser().parse_args(arguments)
    with contextlib.suppress(ValueError):  # outside the main thread Python allows no signal handlers
        for number in END_SIGNALS:  # of batch systems and closing terminals: clean up as after Ctrl-C
            if signal.getsignal(number) is signal.SIG_DFL:  # nohup ignores SIGHUP
                signal.signal(number, _interrupt)
    with orderly_end():
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    """Run a command and return the exit code."""
    try:
        with warnings.catch_warnings():
            warnings.showwarning = partial(_show_warning, options)
            options.run(options)
        flush_output()  # an error of the flush is reported below, not by the interpreter at its end
    except KeyboardInterrupt as interruption:
        message = in_options(str(interruption), options.spelled) or "nothing was left behind"
        print(f"gpu-morph: interrupted; {message}", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The program that read our output has ended. Prevent a second flush when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (GpuMorphError, ValueError, TypeError, OSError, OverflowError, MemoryError) as error:
        lines = [*str(error).splitlines(), *own_notes(error)]
        message = in_options(" ".join(line.strip() for line in lines), options.spelled) or type(error).__name__
        more = f" ({explain_command(type(error))})" if isinstance(error, GpuMorphError) else ""
        print(f"gpu-morph: {message}{more}", file=sys.stderr)
        return 1
    return 0


def parser() -> argparse.ArgumentParser:
    """The parser of the command line, with all commands."""
    command_line = argparse.ArgumentParser(
        prog="gpu-morph",
        description="Make films and pictures of simulated neurons, headless, on the GPU.",
        epilog="Each command has its own help: gpu-morph render --help",
    )
    command_line.add_argument(
        "--completion",
        choices=completion.SHELLS,
        action=_Completion,
        help="print the completion script of a shell, and exit",
    )
    commands = command_line.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
    for command in (demo, render, snapshot, view, html, info, explain, isf, isf_bridge):
        command.add_parser(commands)
    return command_line


class _Completion(argparse.Action):
    """Prints a completion script, as --help prints the help."""

    def __call__(self, parser: argparse.ArgumentParser, _: object, values: Any, __: str | None = None) -> None:
        print(completion.script(parser, values), end="")
        parser.exit()


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt


def _show_warning(options: argparse.Namespace, message: Warning | str, *_: Any, **__: Any) -> None:
    print(f"gpu-morph: warning: {in_options(str(message), options.spelled)}", file=sys.stderr)
