"""The gallery: sphinx-gallery runs examples/gallery, and its pictures are put into docs/gallery.md.

Where nothing builds that page, it is a list of small pictures, each with a link to its script. The list has the order.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx_gallery.scrapers import figure_rst

DOCS = Path(__file__).parents[1]
EXAMPLES = DOCS.parent / "examples" / "gallery"
PAGE = "docs/gallery"
LIST = re.compile(r"<!-- pictures -->.*<!-- end -->", flags=re.DOTALL)
BUILT = """```{eval-rst}
.. include:: gallery/index.rst
   :start-after: thumbnails
```"""


def names() -> list[str]:
    """The scripts, in the order of the page."""
    page = (DOCS / "gallery.md").read_text(encoding="utf-8")
    return re.findall(r"\]\(\.\./examples/gallery/(\w+\.py)\)", page)


def place(name: str) -> int:
    """Where a script stands."""
    return names().index(name)


def description(script: Path) -> str:
    """What a script's picture shows: the first paragraph below the title of its docstring."""
    _, docstring, _ = script.read_text(encoding="utf-8").split('"""', 2)
    return " ".join(docstring.split("\n\n")[1].split())


def files_of_pictures(_: Any, names_of_block: dict[str, Any], conf: dict[str, Any]) -> str:
    """sphinx-gallery's scraper: take the PNG files that a script has saved."""
    moved = []
    for path, target in zip(sorted(Path.cwd().glob("*.png")), names_of_block["image_path_iterator"], strict=False):
        shutil.move(path, target)
        moved.append(target)
    return figure_rst(moved, conf["src_dir"], description(Path(names_of_block["src_file"])))


def put_gallery(_: Any, name: str, text: list[str]) -> None:
    """Sphinx's event "source-read": the page's text, in a list of one, may be changed."""
    if name == PAGE:
        text[0] = LIST.sub(BUILT, text[0])


def describe_thumbnails(app: Any, doctree: Any) -> None:
    """Sphinx's event "doctree-read": thumbnails get the text that their scripts have."""
    if app.env.docname != PAGE:
        return
    for image in doctree.findall(nodes.image):
        if found := re.search(r"sphx_glr_(\w+)_thumb", image["uri"]):
            image["alt"] = description(EXAMPLES / f"{found[1]}.py")


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this."""
    app.connect("source-read", put_gallery)
    app.connect("doctree-read", describe_thumbnails)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
