"""The gallery with code: below each picture its function, and a script of its own to download.

docs/gallery.md stays a page of pictures where nothing builds it. What a picture needs of examples/make_gallery.py
(imports, constants, functions) is found in its syntax tree.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).parents[2]
EXAMPLES = REPOSITORY / "examples" / "make_gallery.py"
SCRIPTS = REPOSITORY / "build" / "gallery"
PAGE = "docs/gallery"


def names_in(node: ast.AST) -> set[str]:
    """Names that a piece of code uses."""
    return {found.id for found in ast.walk(node) if isinstance(found, ast.Name)}


def definitions(tree: ast.Module) -> dict[str, ast.stmt]:
    """Functions and constants at the top of a module, by name."""
    found: dict[str, ast.stmt] = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = node
        elif isinstance(node, ast.Assign):
            found |= {name: node for target in node.targets for name in names_in(target)}
    return found


def script(name: str, source: str) -> str:
    """A script that draws one picture: the imports, what the picture's function needs, and that function."""
    tree = ast.parse(source)
    known = definitions(tree)
    needed, waiting = set[str](), [name]
    while waiting:
        word = waiting.pop()
        if word in known and word not in needed:
            needed.add(word)
            waiting += names_in(known[word])
    parts = [node for node in tree.body if any(known[word] is node for word in needed)]
    used = set().union(*(names_in(part) for part in parts))
    head = [
        node
        for node in tree.body
        if (isinstance(node, ast.Import) and any((alias.asname or alias.name) in used for alias in node.names))
        or (isinstance(node, ast.ImportFrom) and any(alias.name in used | {"annotations"} for alias in node.names))
    ]
    texts = [ast.get_source_segment(source, node) or "" for node in (*head, *parts)]
    future, others = texts[:1], texts[1 : len(head)]  # of annotations, which must come first
    blocks = ["\n".join(future), "\n".join(others), *texts[len(head) :], f'gm.save_image("{name}.png", {name}())\n']
    return "\n\n".join(blocks)


def with_code(page: str, source: str) -> str:
    """The page with a script after each paragraph that begins with the name of a picture's function."""
    known = definitions(ast.parse(source))

    def and_code(found: re.Match[str]) -> str:
        code = script(found[1], source)
        n_lines = len((ast.get_source_segment(source, known[found[1]]) or "").splitlines())
        return (
            f"{found[0]}\n\n<details class='gallery-code'><summary>Code: {n_lines} lines, and what they need"
            f"</summary>\n\n{{download}}`{found[1]}.py </build/gallery/{found[1]}.py>`\n\n"
            f"```python\n{code}```\n\n</details>\n"
        )

    pattern = re.compile(rf"^`({'|'.join(known)})`:(?:.+\n?)+", flags=re.MULTILINE)
    return pattern.sub(and_code, page)


def add_code(_: Any, name: str, text: list[str]) -> None:
    """Sphinx's event "source-read": the page's text, in a list of one, may be changed."""
    if name != PAGE:
        return
    source = EXAMPLES.read_text(encoding="utf-8")
    SCRIPTS.mkdir(parents=True, exist_ok=True)
    for picture in definitions(ast.parse(source)):
        if re.search(rf"^`{picture}`:", text[0], flags=re.MULTILINE):
            (SCRIPTS / f"{picture}.py").write_text(script(picture, source), encoding="utf-8")
    text[0] = with_code(text[0], source)


def setup(app: Any) -> dict[str, bool]:
    """Sphinx calls this."""
    app.connect("source-read", add_code)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
