"""CONVENTIONS.md holds: public signatures use its words, and the code none of those that it replaces."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import gpu_morph as gm

REPOSITORY = Path(__file__).parents[2]
CONVENTIONS = (REPOSITORY / "CONVENTIONS.md").read_text(encoding="utf-8")


def is_method(member: object) -> bool:
    """True for what is defined as a method or a class method, not for what a base class in C brings."""
    return inspect.isfunction(member) or inspect.ismethod(member)


def parameters() -> Iterator[tuple[str, str]]:
    """(callable, parameter) of every public function, class and method; ISF's signatures are its own."""
    for name in gm.__all__:
        public = getattr(gm, name)
        if not callable(public) or name in ("CellMorphologyInteractiveVisualizer", "CellMorphologyVisualizer"):
            continue
        members = inspect.getmembers(public, is_method) if inspect.isclass(public) else []
        methods = [(f"{name}.{word}", method) for word, method in members if not word.startswith("_")]
        for place, function in [(name, public), *methods]:
            for parameter in inspect.signature(function).parameters:
                if parameter != "self":
                    yield place, parameter


def test_public_parameters_are_words_of_the_conventions() -> None:
    table = CONVENTIONS.split("## Parameters of public calls")[1]
    known = {word for row in re.findall(r"^\| ([^|]+) \|", table, flags=re.MULTILINE) for word in row.split(", ")}
    unknown = [f"{place}({parameter})" for place, parameter in parameters() if parameter.strip() not in known]
    assert not unknown, "name it as CONVENTIONS.md does, or add a row there"


def test_every_parameter_of_the_conventions_is_used() -> None:
    table = CONVENTIONS.split("## Parameters of public calls")[1]
    rows = re.findall(r"^\| ([a-z][^|]+) \|", table, flags=re.MULTILINE)
    known = {word for row in rows if row != "parameter" for word in row.split(", ")}
    isf = inspect.getmembers(gm.CellMorphologyVisualizer, inspect.isfunction)
    isf_words = {word for _, method in isf for word in inspect.signature(method).parameters}
    used = {parameter for _, parameter in parameters()} | isf_words
    assert sorted(known - used) == []


def test_replaced_words_are_gone() -> None:
    table = CONVENTIONS.split("## Vocabulary")[1].split("## ")[0]
    cells = re.findall(r"\| ([^|]*) \|$", table, flags=re.MULTILINE)
    replaced = [word for cell in cells for word in re.findall(r"(?<!\()\b[a-z]+\b(?!\))", cell) if word != "not"]
    assert "paint" in replaced
    files = [*REPOSITORY.glob("gpu_morph/**/*.py"), *REPOSITORY.glob("shaders/**/*"), *REPOSITORY.glob("docs/*.md")]
    # A method of another library, such as Arbor's decor.paint(), keeps its name.
    pattern = re.compile(rf"(?<![a-z.])({'|'.join(replaced)})(?![a-z])", re.IGNORECASE)
    left = [
        f"{path.relative_to(REPOSITORY)}:{number}: {line.strip()}"
        for path in files
        if path.is_file()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]
    assert not left
