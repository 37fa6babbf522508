"""Completion of the command in bash, zsh and fish, by the shells themselves where they are installed."""

from __future__ import annotations

import shlex
import shutil
import subprocess
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from gpu_morph.cli.main import main

CASES = [
    (["sn"], {"snapshot"}),
    (["render", "--sty"], {"--style"}),
    (["render", "--style", "gl"], {"glossy", "glow"}),
    (["--completion", ""], {"bash", "zsh", "fish"}),
]
# zsh completes a line in a terminal, zpty, as for a user; the key ^T completes it and prints the line.
ZSH = r"""
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'autoload -Uz compinit; compinit -u -D; source script; PS1=""'
zpty -w shell 'show() { zle complete-word; print -r -- "<$BUFFER>"; exit }; zle -N show; bindkey "^T" show'
zpty -n -w shell "$1"$'\x14'
zpty -r shell out '*[<]gpu-morph*[>]*'
print -r -- ${${out##*<}%%>*}
"""


def program(shell: str) -> str:
    return shutil.which(shell) or pytest.skip(f"there is no {shell}")


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write_script(shell: str) -> str:
    """Write what the command prints into the file "script" of the current folder."""
    with redirect_stdout(StringIO()) as out, pytest.raises(SystemExit) as end:
        main(["--completion", shell])
    assert end.value.code == 0
    Path("script").write_text(out.getvalue())
    return out.getvalue()


@pytest.mark.parametrize(("words", "expected"), CASES)
def test_bash_completes(words: list[str], expected: set[str]) -> None:
    write_script("bash")
    line = shlex.join(["gpu-morph", *words])
    ask = f'source ./script; COMP_WORDS=({line}); COMP_CWORD={len(words)}; _gpu_morph; echo "${{COMPREPLY[@]}}"'
    done = subprocess.run([program("bash"), "-c", ask], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == expected


@pytest.mark.parametrize(("words", "expected"), CASES)
def test_fish_completes(words: list[str], expected: set[str]) -> None:
    write_script("fish")
    ask = f"source script; complete -C '{' '.join(['gpu-morph', *words])}'"
    done = subprocess.run([program("fish"), "--no-config", "-c", ask], capture_output=True, text=True, check=True)
    assert {line.partition("\t")[0] for line in done.stdout.splitlines()} == expected


@pytest.mark.parametrize(
    ("words", "line"),
    [
        ("sn", "snapshot "),
        ("render --sty", "render --style "),
        ("render --style cov", "render --style cover "),
        ("--completion f", "--completion fish "),
        ("render -o scr", "render -o script "),
    ],
)
def test_zsh_completes(words: str, line: str) -> None:
    write_script("zsh")
    ask = [program("zsh"), "-f", "-c", ZSH, "zsh", f"gpu-morph {words}"]
    done = subprocess.run(ask, capture_output=True, text=True, check=True, timeout=180)
    assert done.stdout == f"gpu-morph {line}\n"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts_have_the_commands(shell: str) -> None:
    assert all(word in write_script(shell) for word in ("snapshot", "glossy", "azim-step"))
