"""Read a built site: every link to a file, page or heading leads somewhere, and every picture has alternative text.

    python docs/_site/check_site.py build/docs

Prints what is wrong, and exits with 1 if anything is. Links to other hosts are not followed.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """The anchors, links and pictures of one page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.anchors: set[str] = set()
        self.links: list[str] = []
        self.untold: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take what an element names."""
        given = dict(attrs)
        self.anchors |= {value for key in ("id", "name") if (value := given.get(key))}
        keys = {"a": "href", "link": "href", "img": "src", "script": "src", "source": "src", "video": "src"}
        if (link := given.get(keys.get(tag, ""))) is not None:
            self.links.append(link)
        # A page's theme may have pictures for the eye only: they say so by an empty text.
        if tag == "img" and not (given.get("alt") or "").strip() and given.get("role") != "presentation":
            self.untold.append((given.get("src") or "?")[:80])


def problems(folder: Path) -> Iterator[str]:
    """What is wrong with the pages of a folder, one line each."""
    pages = {path.resolve(): Page(path.read_text(encoding="utf-8")) for path in sorted(folder.rglob("*.html"))}
    pages = {path: page for path, page in pages.items() if "_static" not in path.parts}  # the theme's own
    if not pages:
        yield f"{folder}: there is no page"
    for path, page in pages.items():
        place = path.relative_to(folder.resolve())
        yield from (f"{place}: the picture {source} has no alternative text" for source in page.untold)
        for link in page.links:
            parts = urlsplit(link)
            if parts.scheme or parts.netloc or link in ("", "#"):
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            if target.is_dir():
                target /= "index.html"
            if not target.is_file():
                yield f"{place}: {link} leads to no file"
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                yield f"{place}: {link} leads to no heading"


def main() -> None:
    found = list(problems(Path(sys.argv[1])))
    print("\n".join(found))
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
