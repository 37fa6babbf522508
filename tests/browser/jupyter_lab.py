"""JupyterLab and Notebook 7: a server in folders of its own, and a notebook that is open in a browser."""

from __future__ import annotations

import ast
import base64
import importlib.util
import json
import os
import secrets
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import numpy.typing as npt
import psutil

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE = 120  # s: a loaded machine starts slowly
Found = TypeVar("Found")


def until(look: Callable[[], Found | None], what: str, patience: float = PATIENCE) -> Found:
    """What a function finds, as soon as it finds something."""
    deadline = time.monotonic() + patience
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < deadline, f"never: {what}"
        time.sleep(0.05)


@dataclass(frozen=True)
class JupyterLab:
    """A server: where it is, what it serves, and its process."""

    url: str
    token: str
    folder: Path
    process: psutil.Process

    def ask(self, path: str, *, method: str = "GET") -> Any:
        """What its interface answers."""
        request = urllib.request.Request(f"{self.url}{path}", method=method)
        request.add_header("Authorization", f"token {self.token}")
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            text = answer.read()
        return json.loads(text) if text else None

    def kernel_processes(self) -> list[psutil.Process]:
        """The kernels, and what they have started."""
        return self.process.children(recursive=True)


def has_notebook_7() -> bool:
    """True if it is installed."""
    return importlib.util.find_spec("notebook") is not None


@contextmanager
def jupyter_lab(folder: Path) -> Iterator[JupyterLab]:
    """A server of JupyterLab, and of Notebook 7 if it is installed; it and its kernels have ended afterwards."""
    applications = {"jupyterlab": "LabApp"} | ({"notebook": "JupyterNotebookApp"} if has_notebook_7() else {})
    token, notebooks, runtime = secrets.token_hex(16), folder / "notebooks", folder / "runtime"
    notebooks.mkdir(parents=True)
    own = {
        "JUPYTER_CONFIG_DIR": "config",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_RUNTIME_DIR": "runtime",
        "JUPYTERLAB_SETTINGS_DIR": "settings",
        "JUPYTERLAB_WORKSPACES_DIR": "workspaces",
        "IPYTHONDIR": "ipython",
        "HOME": "home",
    }
    command = [
        *(sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0"),
        *(f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={notebooks}"),
        *(f"--ServerApp.jpserver_extensions={name}=True" for name in applications),
        *(f"--{trait}.expose_app_in_browser=True" for trait in applications.values()),
        *(
            "--LabApp.extension_manager=readonly",
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ),
    ]
    with (folder / "log.txt").open("wb") as log:
        started = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ
            | {name: str(folder / place) for name, place in own.items()}
            | {"JUPYTER_PREFER_ENV_PATH": "1"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    process = psutil.Process(started.pid)
    try:

        def port() -> int | None:
            assert started.poll() is None, (folder / "log.txt").read_text(errors="replace")
            with suppress(OSError, ValueError):
                return int(json.loads((runtime / f"jpserver-{started.pid}.json").read_text())["port"])
            return None

        yield JupyterLab(f"http://127.0.0.1:{until(port, 'a server')}", token, notebooks, process)
    finally:
        family = [process, *process.children(recursive=True)]
        started.send_signal(signal.SIGTERM)
        _, alive = psutil.wait_procs(family, timeout=20)
        for left in alive:
            with suppress(psutil.NoSuchProcess):
                left.kill()
        started.wait()


@dataclass(frozen=True, eq=False)
class OpenNotebook:
    """A notebook that is open in JupyterLab or Notebook 7, and everything that the browser's console said."""

    lab: JupyterLab
    page: Page
    said: list[str]

    @classmethod
    def written(cls, lab: JupyterLab, page: Page, name: str, *cells: str, pages: str = "lab/tree") -> OpenNotebook:
        """Write a notebook of cells and open it: under "lab/tree" in JupyterLab, under "notebooks" in Notebook 7."""
        written = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": _KERNEL}, "cells": []}
        kind = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
        written["cells"] = [kind | {"id": f"cell{k}", "source": source} for k, source in enumerate(cells)]
        (lab.folder / name).write_text(json.dumps(written))
        said: list[str] = []
        page.set_default_timeout(1000 * PATIENCE)
        page.on("console", lambda message: said.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: said.append(f"error: {error}"))
        page.goto(f"{lab.url}/{pages}/{name}?token={lab.token}")
        opened = cls(lab, page, said)
        until(
            lambda: opened("typeof jupyterapp !== 'undefined' && jupyterapp.shell.currentWidget?.content?.widgets"),
            name,
        )
        opened.do("await panel.sessionContext.ready; await panel.sessionContext.session.kernel.info;")
        return opened

    def __call__(self, script: str, argument: Any = None) -> Any:
        return self.page.evaluate(script, argument)

    def do(self, script: str) -> Any:
        """What an asynchronous function returns; in it, ``panel`` is the notebook."""
        self(f"""() => {{
          const panel = jupyterapp.shell.currentWidget;
          window.answer = null;
          const answered = (...answer) => {{ window.answer = answer; }};
          (async () => {{ {script} }})().then(answered, (error) => answered(null, `${{error}}`));
        }}""")
        value, *error = until(lambda: self("window.answer"), script)
        assert not error, error
        return value

    def start(self, k: int) -> None:
        """Run a cell; it may go on for long."""
        self(f"""() => {{
          jupyterapp.shell.currentWidget.content.activeCellIndex = {k};
          jupyterapp.commands.execute("notebook:run-cell");
        }}""")

    def run(self, k: int) -> None:
        """Run a cell to its end, which must not be an error."""
        self.do(f"panel.content.activeCellIndex = {k}; await jupyterapp.commands.execute('notebook:run-cell');")
        outputs = self.outputs(k)
        assert all(output["output_type"] != "error" for output in outputs), outputs

    def outputs(self, k: int) -> Any:
        """The outputs of a cell, as the notebook's file has them."""
        return self.do(f"return panel.content.widgets[{k}].model.toJSON().outputs")

    def value(self, expression: str) -> Any:
        """The value of an expression in the kernel; it is a Python literal."""
        script = f"""
          const kernel = panel.sessionContext.session.kernel;
          const asked = {{ code: "", user_expressions: {{ value: {json.dumps(expression)} }}, store_history: false }};
          const reply = await kernel.requestExecute(asked).done; // aborted soon after an error
          return reply.content.user_expressions?.value ?? null;
        """
        reply = until(lambda: self.do(script), expression)
        assert reply["status"] == "ok", reply
        return ast.literal_eval(reply["data"]["text/plain"])

    @property
    def kernel(self) -> psutil.Process:
        """The process of the notebook's kernel."""
        return psutil.Process(self.value("__import__('os').getpid()"))

    def views(self) -> int:
        """How many viewers are shown."""
        return int(self("document.querySelectorAll('.jp-OutputArea img').length"))

    def box(self, k: int = 0) -> tuple[float, float]:
        """Where viewer number k is in the page, which is scrolled to it: its left and upper edge."""
        view = self.page.locator(".jp-OutputArea img").nth(k)
        view.scroll_into_view_if_needed()
        box = view.bounding_box()
        assert box is not None
        return box["x"] + 1, box["y"] + 1  # within the border

    def pixels(self, k: int = 0) -> npt.NDArray[np.uint8]:
        """(height, width, 3): what viewer number k shows."""
        width, text = self(
            """(k) => {
              const img = document.querySelectorAll(".jp-OutputArea img")[k];
              const drawing = new OffscreenCanvas(img.naturalWidth || 1, img.naturalHeight || 1).getContext("2d");
              drawing.drawImage(img, 0, 0);
              const bytes = drawing.getImageData(0, 0, drawing.canvas.width, drawing.canvas.height).data, parts = [];
              for (let n = 0; n < bytes.length; n += 8192)
                parts.push(String.fromCharCode(...bytes.subarray(n, n + 8192)));
              return [drawing.canvas.width, btoa(parts.join(""))];
            }""",
            k,
        )
        return np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, width, 4)[..., :3]


_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
