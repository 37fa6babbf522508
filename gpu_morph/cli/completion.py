"""Shell completion: scripts for bash, zsh and fish, made of the parsers of the commands.

They complete commands, options, choices and file names. argcomplete would start Python at each press of the tabulator,
and shtab would be one more package to install.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Literal, NamedTuple, get_args

Shell = Literal["bash", "zsh", "fish"]
SHELLS: tuple[Shell, ...] = get_args(Shell)


class Option(NamedTuple):
    """One option of a command: its spellings, what it is for, and the words that it takes. None: any, such as files."""

    names: tuple[str, ...]
    help: str
    takes_value: bool
    choices: tuple[str, ...] | None


def script(parser: argparse.ArgumentParser, shell: Shell) -> str:
    """The script that a shell reads."""
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    helps = {action.dest: action.help or "" for action in commands._choices_actions}
    options = {name: list(_options(command)) for name, command in commands.choices.items()}
    return {"bash": _bash, "zsh": _zsh, "fish": _fish}[shell](helps, options)


def _options(command: argparse.ArgumentParser) -> Iterator[Option]:
    for action in command._actions:
        if action.option_strings and action.help != argparse.SUPPRESS:
            choices = tuple(map(str, action.choices)) if action.choices else None
            yield Option(tuple(action.option_strings), _first_clause(action.help or ""), action.nargs != 0, choices)


def _first_clause(text: str) -> str:
    """A help in one line, without what a shell or a format would take for its own."""
    clause = text.split(" (default")[0].split(";")[0].split(": ")[0]
    return "".join(letter for letter in clause if letter not in "'\"`$[]%\\:")


def _bash(_: dict[str, str], options: dict[str, list[Option]]) -> str:
    cases, words = [], []
    for command, listed in options.items():
        names = " ".join(name for option in listed for name in option.names)
        words.append(f"    {command}) words='{names}' ;;")
        cases += [
            f"    {'|'.join(f'{command}:{name}' for name in option.names)}) "
            f"COMPREPLY=($(compgen -W '{' '.join(option.choices)}' -- \"$word\")); return ;;"
            for option in listed
            if option.choices
        ]
    return "\n".join(
        [
            "# bash completion of gpu-morph",
            "_gpu_morph() {",
            "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}",
            "  local command=${COMP_WORDS[1]} words=''",
            "  COMPREPLY=()",
            "  if ((COMP_CWORD == 1)); then",
            f"    COMPREPLY=($(compgen -W '{' '.join(options)} --help --completion' -- \"$word\")); return",
            "  fi",
            '  case "$command:$before" in',
            *cases,
            "  esac",
            '  case "$command" in',
            *words,
            f"    --completion) words='{' '.join(SHELLS)}' ;;",
            "  esac",
            '  [[ $word == -* || $command == --completion ]] && COMPREPLY=($(compgen -W "$words" -- "$word"))',
            "}",
            "complete -o default -F _gpu_morph gpu-morph",
            "",
        ]
    )


def _zsh(helps: dict[str, str], options: dict[str, list[Option]]) -> str:
    cases = []
    for command, listed in options.items():
        specs = []
        for option in listed:
            value = f":value:({' '.join(option.choices)})" if option.choices else ":value:_files"
            specs += [f"'{name}[{option.help}]{value if option.takes_value else ''}'" for name in option.names]
        cases.append(f"    {command}) _arguments {' '.join(specs)} '*:file:_files' ;;")
    described = " ".join(f"'{command}:{_first_clause(helps[command])}'" for command in options)
    return "\n".join(
        [
            "#compdef gpu-morph",
            "_gpu-morph() {",
            "  local -a commands",
            f"  commands=({described})",
            "  if ((CURRENT == 2)); then",
            "    _describe command commands",
            f"    _arguments '--help[show the help]' '--completion[completion of a shell]:shell:({' '.join(SHELLS)})'",
            "    return",
            "  fi",
            "  local command=$words[2]",
            "  shift words; ((CURRENT--))",
            '  case "$command" in',
            *cases,
            f"    --completion) compadd {' '.join(SHELLS)} ;;",
            "  esac",
            "}",
            '[[ $zsh_eval_context[-1] == loadautofunc ]] && _gpu-morph "$@" || compdef _gpu-morph gpu-morph',
            "",
        ]
    )


def _fish(helps: dict[str, str], options: dict[str, list[Option]]) -> str:
    lines = [
        "# fish completion of gpu-morph",
        f"complete -c gpu-morph -n __fish_use_subcommand -l completion -x -a '{' '.join(SHELLS)}'",
    ]
    for command, listed in options.items():
        lines.append(
            f"complete -c gpu-morph -n __fish_use_subcommand -f -a {command} -d '{_first_clause(helps[command])}'"
        )
        for option in listed:
            names = " ".join(
                f"-l {name.removeprefix('--')}" if name.startswith("--") else f"-s {name.removeprefix('-')}"
                for name in option.names
            )
            value = f" -x -a '{' '.join(option.choices)}'" if option.choices else " -r" if option.takes_value else ""
            lines.append(
                f"complete -c gpu-morph -n '__fish_seen_subcommand_from {command}' {names}{value} -d '{option.help}'"
            )
    return "\n".join([*lines, ""])
