"""The reference: every public name has a page of docs/reference, a complete docstring, and an example that runs."""

from __future__ import annotations

import ast
import doctest
import inspect
import re
import shutil
import types
import warnings
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

import gpu_morph as gm

REPOSITORY = Path(__file__).parents[2]
PAGES = sorted((REPOSITORY / "docs" / "reference").glob("*.md"))
NAMES = [name for name in gm.__all__ if name not in ("__version__", "errors")]
SIMULATORS = ("from_arbor", "from_brian2", "from_jaxley", "from_lfpy", "from_netpyne")
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
# numpydoc's checks that are held: a summary in one line, parameters that exist, in order and described, what is
# returned, an example. Others are of style, such as a capital at the beginning, where we write the unit.
CHECKS = {"GL08", "SS01", "SS02", "SS06", "PR01", "PR02", "PR03", "PR07", "PR10", "RT01", "RT03", "YD01", "EX01"}


def docstrings(name: str) -> list[tuple[str, str]]:
    """(name, docstring) of a public object and of its public methods."""
    public = getattr(gm, name)
    members = (
        [(word, member) for word, member in vars(public).items() if not word.startswith("_")]
        if inspect.isclass(public)
        else []
    )
    functions = [
        (f"{name}.{word}", inspect.getdoc(getattr(public, word)) or "")
        for word, member in members
        if isinstance(member, types.FunctionType | classmethod | staticmethod | property)
    ]
    return [(name, inspect.getdoc(public) or ""), *functions]


def missing(code: str) -> list[str]:
    """The packages that an example imports and that are not installed."""
    imports = [node for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = [alias.name for node in imports if isinstance(node, ast.Import) for alias in node.names]
    names += [node.module for node in imports if isinstance(node, ast.ImportFrom) and node.module]
    return [name for name in names if find_spec(name.partition(".")[0]) is None]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What examples find in the current folder: cell.swc, and a SONATA circuit of three such cells."""
    from test_simulators_page import cell, put_sonata

    made = tmp_path_factory.mktemp("examples")
    (made / "cell.swc").write_text(cell())
    if find_spec("h5py"):
        put_sonata(made)
    return made


@pytest.mark.parametrize("name", NAMES)
def test_a_public_name_has_its_page(name: str) -> None:
    pattern = re.compile(rf"^\.\. auto(class|function|exception):: gpu_morph\.{name}$", flags=re.MULTILINE)
    pages = [path.name for path in PAGES if pattern.search(path.read_text(encoding="utf-8"))]
    kind = "autoclass" if inspect.isclass(getattr(gm, name)) else "autofunction"
    assert len(pages) == 1, f"put '.. {kind}:: gpu_morph.{name}' into the page of docs/reference where it belongs"


def test_pages_name_nothing_that_is_gone() -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in PAGES)
    assert not set(re.findall(r"^\.\. auto(?:class|function):: gpu_morph\.(\w+)$", text, flags=re.MULTILINE)) - set(
        NAMES
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_docstring_is_complete(name: str) -> None:
    numpydoc = pytest.importorskip("numpydoc.validate", reason="needs numpydoc (extra 'dev')")
    documented = numpydoc.get_doc_object(getattr(gm, name))  # by its name, a package of that name would be found
    found = [f"{code} {words}" for code, words in numpydoc.validate(documented)["errors"] if code in CHECKS]
    assert not found, f"complete the docstring of {name} as numpydoc says; EX01 wants a section 'Examples' that runs"


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.simulators if name in SIMULATORS else ()) for name in NAMES]
)
def test_examples_run(name: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An example has ``gm`` and ``np``; its current folder is empty but for cell.swc and a SONATA circuit."""
    shutil.copytree(folder, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    for place, text in docstrings(name):
        test = doctest.DocTestParser().get_doctest(text, {"gm": gm, "np": np}, place, None, None)
        if packages := missing("".join(example.source for example in test.examples)):
            pytest.skip(f"needs {', '.join(packages)} (extra 'simulators')")
        if name == "from_brian2" and not hasattr(np.ndarray, "ptp"):
            pytest.skip("Brian2 2.9 needs NumPy below 2.4")
        said: list[str] = []
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of simulators
            failed = doctest.DocTestRunner(optionflags=FLAGS).run(test, out=said.append).failed
        assert not failed, "".join(said)
