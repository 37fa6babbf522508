"""SVG: a page as the text of a file, https://www.w3.org/TR/SVG11/."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence
from html import escape
from pathlib import Path

from ..image.file_texts import SOFTWARE
from ..image.image import Image
from ..image.png import png_bytes
from ..scene.annotations.font_choice import FONT_FILE, WIDE_FONT_FILE, runs
from ..scene.annotations.shapes import Point
from ..scene.colors import Rgba, to_bytes
from .page import SCREEN_DPI, Page
from .page_drawing import draw_page
from .surface import Ink

_MM_PER_INCH = 25.4
_FAMILIES = {FONT_FILE: "gpu_morph Inter", WIDE_FONT_FILE: "gpu_morph DejaVu Sans"}  # that files hold if they need them
_FONTS = ",".join((*(f"'{family}'" for family in _FAMILIES.values()), "Inter,Helvetica,Arial,sans-serif"))
_ANCHORS = {0.0: "start", 0.5: "middle", 1.0: "end"}
_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def svg_text(page: Page) -> str:
    """The file's text. Texts stay text, in the font that the file holds; the cell is a PNG inside."""
    surface = _Svg()
    draw_page(page, surface)
    (width, height), title, description = page.size, page.texts.title, page.texts.description
    sides = (
        [f"{side}px" for side in page.size]
        if page.dpi == SCREEN_DPI
        else [f"{_number(side / page.dpi * _MM_PER_INCH)}mm" for side in page.size]
    )
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" '
        f'width="{sides[0]}" height="{sides[1]}" viewBox="0 0 {width} {height}">',
        f"<title>{_escaped(title or 'gpu_morph')}</title>",
        f"<desc>{_escaped(description)}</desc>",
        "<metadata>",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:xmp="http://ns.adobe.com/xap/1.0/">'
        '<rdf:Description rdf:about="">'
        f"<dc:title>{_escaped(title)}</dc:title><dc:description>{_escaped(description)}</dc:description>"
        f"<xmp:CreatorTool>{_escaped(SOFTWARE)}</xmp:CreatorTool>"
        "</rdf:Description></rdf:RDF>",
        "</metadata>",
        *([_style(surface.fonts)] if surface.fonts else []),
        *surface.lines,
        "</svg>",
        "",
    ]
    return "\n".join(lines)


class _Svg:
    """A `Surface` that collects the elements of a file."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.fonts: set[Path] = set()

    def begin(self, name: str) -> None:
        """See `Surface`."""
        self.lines.append(f'<g class="{escape(_printable(name))}">')

    def end(self) -> None:
        """See `Surface`."""
        self.lines.append("</g>")

    def path(self, points: Sequence[Point], ink: Ink, *, is_closed: bool) -> None:
        """See `Surface`."""
        listed = " ".join(f"{_number(x)},{_number(y)}" for x, y in points)
        self.lines.append(f'<{"polygon" if is_closed else "polyline"} points="{listed}"{_attributes(ink)}/>')

    def rectangle(self, x: float, y: float, width: float, height: float, ink: Ink) -> None:
        """See `Surface`."""
        box = f'x="{_number(x)}" y="{_number(y)}" width="{_number(width)}" height="{_number(height)}"'
        self.lines.append(f"<rect {box}{_attributes(ink)}/>")

    def circle(self, x: float, y: float, radius: float, ink: Ink) -> None:
        """See `Surface`."""
        self.lines.append(f'<circle cx="{_number(x)}" cy="{_number(y)}" r="{_number(radius)}"{_attributes(ink)}/>')

    def image(self, x: float, y: float, image: Image) -> None:
        """See `Surface`."""
        height, width = image.shape[:2]
        data = "data:image/png;base64," + base64.b64encode(png_bytes(image)).decode("ascii")
        self.lines.append(
            f'<image x="{_number(x)}" y="{_number(y)}" width="{width}" height="{height}" '
            f'preserveAspectRatio="none" xlink:href="{data}"/>'
        )

    def text(self, x: float, y: float, text: str, size: float, ink: Ink, *, align: float) -> None:
        """See `Surface`."""
        self.fonts |= {file for file, _ in runs(text)}
        anchor = "" if align == 0 else f' text-anchor="{_ANCHORS[align]}"'
        self.lines.append(
            f'<text x="{_number(x)}" y="{_number(y)}" font-size="{_number(size)}"{anchor} font-weight="500" '
            f'font-family="{_FONTS}" xml:space="preserve"{_attributes(ink)}>{_escaped(text)}</text>'
        )


def _style(fonts: set[Path]) -> str:
    """The package's fonts, for readers that take them from the file; others have the families of the texts."""
    faces = []
    for file, family in _FAMILIES.items():
        if file in fonts:
            data, kind = base64.b64encode(file.read_bytes()).decode("ascii"), file.suffix[1:]
            form = {"otf": "opentype", "ttf": "truetype"}[kind]
            source = f"url(data:font/{kind};base64,{data}) format('{form}')"
            faces.append(f"@font-face{{font-family:'{family}';font-weight:500;src:{source}}}")
    return f"<style>{''.join(faces)}</style>"


def _attributes(ink: Ink) -> str:
    """The attributes of an ink."""
    if ink.stroke is None:
        return "" if ink.fill is None else _color("fill", ink.fill)
    fill = ' fill="none"' if ink.fill is None else _color("fill", ink.fill)
    return f'{fill}{_color("stroke", ink.stroke)} stroke-width="{_number(ink.width)}" stroke-linejoin="round"'


def _color(name: str, color: Rgba) -> str:
    opacity = "" if color[3] == 1 else f' {name}-opacity="{_number(color[3])}"'
    return f' {name}="#{bytes(to_bytes(color[:3]).tolist()).hex()}"{opacity}'


def _number(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".")


def _printable(text: str) -> str:
    """Text without the characters that XML cannot hold."""
    return _NOT_IN_XML.sub("\ufffd", text)


def _escaped(text: str) -> str:
    return escape(_printable(text), quote=False)
