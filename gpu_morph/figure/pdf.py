"""PDF: a page as the bytes of a file, ISO 32000-1.

It is written here, as the libraries that would do it cost more than they save: reportlab takes no font with PostScript
outlines, fpdf2 2.8 stores one as what it is not, and matplotlib is an optional package.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

from ..image.file_texts import SOFTWARE, FileTexts
from ..image.image import Image
from ..image.png import compressed_rows
from ..scene.annotations.font_choice import runs
from ..scene.annotations.font_file import read_font
from ..scene.annotations.shapes import Point
from ..scene.colors import Rgba
from .page import Page
from .page_drawing import draw_page
from .pdf_font import add_font
from .pdf_objects import PdfObjects, number_text, pdf_string
from .surface import Ink

_POINTS_PER_INCH = 72
_ARC = 0.5523  # of the radius: the handles of four Bézier curves that make a circle


def pdf_bytes(page: Page) -> bytes:
    """The file's bytes. Texts stay text, in the font that the file holds."""
    objects = PdfObjects()
    surface = _Pdf(objects)
    draw_page(page, surface)
    scale = _POINTS_PER_INCH / page.dpi
    width, height = (side * scale for side in page.size)
    head = f"{number_text(scale)} 0 0 {number_text(-scale)} 0 {number_text(height)} cm\n"  # y down, in pixels
    content = objects.add_stream((head + "\n".join(surface.operators)).encode("ascii"))
    resources = [f"/XObject << {' '.join(f'/I{number} {number} 0 R' for number in surface.images)} >>"]
    alphas = " ".join(f"/A{k} << /ca {number_text(a)} /CA {number_text(a)} >>" for a, k in surface.alphas.items())
    resources.append(f"/ExtGState << {alphas} >>")
    fonts = [f"/F{k} {add_font(objects, file, used)} 0 R" for k, (file, used) in enumerate(surface.characters.items())]
    resources.append(f"/Font << {' '.join(fonts)} >>")
    pages = objects.reserve()
    box = f"0 0 {number_text(width)} {number_text(height)}"
    paper = objects.add(
        f"<< /Type /Page /Parent {pages} 0 R /MediaBox [{box}] /Contents {content} 0 R "
        f"/Resources << {' '.join(resources)} >> /Group << /S /Transparency /CS /DeviceRGB >> >>"
    )
    objects.fill(pages, f"<< /Type /Pages /Kids [{paper} 0 R] /Count 1 >>")
    metadata = objects.add_stream(_xmp(page.texts).encode(), "/Type /Metadata /Subtype /XML", is_compressed=True)
    root = objects.add(f"<< /Type /Catalog /Pages {pages} 0 R /Metadata {metadata} 0 R >>")
    info = objects.add(
        f"<< /Title {pdf_string(page.texts.title)} /Subject {pdf_string(page.texts.description)} "
        f"/Creator {pdf_string(SOFTWARE)} /Producer {pdf_string(SOFTWARE)} >>"
    )
    return objects.file(root, info)


class _Pdf:
    """A `Surface` that collects the operators of a page, and adds its images to the file."""

    def __init__(self, objects: PdfObjects) -> None:
        self._objects = objects
        self.operators: list[str] = ["1 j"]  # round joints
        self.images: list[int] = []
        self.alphas: dict[float, int] = {}
        self.characters: dict[Path, set[str]] = {}  # by font

    def begin(self, name: str) -> None:
        """See `Surface`."""

    def end(self) -> None:
        """See `Surface`."""

    def path(self, points: Sequence[Point], ink: Ink, *, is_closed: bool) -> None:
        """See `Surface`."""
        steps = [f"{_numbers(*point)} {'l' if k else 'm'}" for k, point in enumerate(points)]
        self._draw(" ".join(steps) + (" h" if is_closed else ""), ink)

    def rectangle(self, x: float, y: float, width: float, height: float, ink: Ink) -> None:
        """See `Surface`."""
        self._draw(f"{_numbers(x, y, width, height)} re", ink)

    def circle(self, x: float, y: float, radius: float, ink: Ink) -> None:
        """See `Surface`."""
        r, h = radius, radius * _ARC
        curves = (
            (x + r, y + h, x + h, y + r, x, y + r),
            (x - h, y + r, x - r, y + h, x - r, y),
            (x - r, y - h, x - h, y - r, x, y - r),
            (x + h, y - r, x + r, y - h, x + r, y),
        )
        drawn = " ".join(f"{_numbers(*curve)} c" for curve in curves)
        self._draw(f"{_numbers(x + r, y)} m {drawn} h", ink)

    def image(self, x: float, y: float, image: Image) -> None:
        """See `Surface`."""
        height, width = image.shape[:2]
        mask = ""
        if image.shape[2] == 4:
            mask = f"/SMask {self._add_image(image[..., 3:], '/DeviceGray')} 0 R"
        number = self._add_image(image[..., :3], "/DeviceRGB", mask)
        self.images.append(number)
        self.operators.append(f"q {_numbers(width, 0, 0, -height, x, y + height)} cm /I{number} Do Q")

    def text(self, x: float, y: float, text: str, size: float, ink: Ink, *, align: float) -> None:
        """See `Surface`."""
        mode, pieces = 0 if ink.stroke is None else 1 if ink.fill is None else 2, []
        left = x - align * size * sum(read_font(file).width(piece) for file, piece in runs(text))
        for file, piece in runs(text):
            self.characters.setdefault(file, set()).update(piece)
            codes = "".join(f"{read_font(file).glyph(character):04X}" for character in piece)
            pieces.append(f"/F{[*self.characters].index(file)} {number_text(size)} Tf {mode} Tr <{codes}> Tj")
        place = f"1 0 0 -1 {_numbers(left, y)} Tm"
        self.operators.append(f"q {self._ink(ink)} BT {place} {' '.join(pieces)} ET Q")

    def _draw(self, path: str, ink: Ink) -> None:
        operator = "f" if ink.stroke is None else "S" if ink.fill is None else "B"
        self.operators.append(f"q {self._ink(ink)} {path} {operator} Q")

    def _ink(self, ink: Ink) -> str:
        """The operators that set colours, opacity and width."""
        parts = []
        if ink.fill is not None:
            parts.append(f"{_numbers(*ink.fill[:3])} rg")
        if ink.stroke is not None:
            parts.append(f"{_numbers(*ink.stroke[:3])} RG {number_text(ink.width)} w")
        alpha = _alpha(ink.fill or ink.stroke)
        if alpha != 1:
            parts.append(f"/A{self.alphas.setdefault(alpha, len(self.alphas))} gs")
        return " ".join(parts)

    def _add_image(self, image: Image, space: str, mask: str = "") -> int:
        height, width, n_channels = image.shape
        return self._objects.add_stream(
            compressed_rows(image),
            f"/Type /XObject /Subtype /Image /Width {width} /Height {height} /ColorSpace {space} /BitsPerComponent 8 "
            f"/Filter /FlateDecode /DecodeParms << /Predictor 15 /Colors {n_channels} /Columns {width} >> {mask}",
            is_compressed=True,
        )


def _xmp(texts: FileTexts) -> str:
    """What the file says about itself, for readers of XMP."""
    title, description, software = (escape(text, quote=False) for text in (texts.title, texts.description, SOFTWARE))
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" '
        'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">'
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>'
        f'<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{description}</rdf:li></rdf:Alt></dc:description>'
        f"<xmp:CreatorTool>{software}</xmp:CreatorTool><pdf:Producer>{software}</pdf:Producer>"
        '</rdf:Description></rdf:RDF></x:xmpmeta>\n<?xpacket end="r"?>'
    )


def _alpha(color: Rgba | None) -> float:
    return 1.0 if color is None else color[3]


def _numbers(*values: float) -> str:
    return " ".join(number_text(value) for value in values)
