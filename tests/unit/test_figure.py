"""Files of vectors: each shape is where its canvas has it, texts are text, and the file says what it shows."""

from __future__ import annotations

import base64
import io
import re
import xml.etree.ElementTree as ElementTree
import zlib

import numpy as np
import numpy.typing as npt
import PIL.Image
import pytest

from gpu_morph.figure.page import Page
from gpu_morph.figure.pdf import pdf_bytes
from gpu_morph.figure.svg import svg_text
from gpu_morph.image.file_texts import SOFTWARE, FileTexts
from gpu_morph.scene.annotations.base import Sprite
from gpu_morph.scene.annotations.canvas import Canvas, font
from gpu_morph.scene.annotations.font_choice import FONT_FILE, WIDE_FONT_FILE
from gpu_morph.scene.annotations.font_file import read_font

BLACK, WHITE, RED = (0.0, 0.0, 0.0, 1.0), (1.0, 1.0, 1.0, 1.0), (1.0, 0.0, 0.0, 1.0)
IMAGE = np.random.default_rng(0).integers(0, 256, (40, 60, 3), dtype=np.uint8)
IMAGE_RGBA = np.dstack([IMAGE, np.arange(2400).reshape(40, 60).astype(np.uint8)])
SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"


def page(canvas: Canvas | None = None, *, x: int = 5, y: int = 3, **options) -> Page:
    return Page(IMAGE, [] if canvas is None else [("Own", [canvas.sprite(x, y)])], **options)


def drawn(shown: Page) -> list[ElementTree.Element]:
    """The elements of an SVG's one annotation."""
    (group,) = ElementTree.fromstring(svg_text(shown)).iter(f"{SVG}g")
    return list(group)


def numbers(element: ElementTree.Element, *names: str) -> list[float]:
    return [float(element.get(name)) for name in names]


def decoded(element: ElementTree.Element) -> npt.NDArray[np.uint8]:
    data = base64.b64decode(element.get(f"{XLINK}href").partition("base64,")[2])
    return np.asarray(PIL.Image.open(io.BytesIO(data)))


def objects(data: bytes) -> dict[int, bytes]:
    """The objects of a PDF, found by its table of offsets."""
    start = int(re.search(rb"startxref\n(\d+)", data)[1])
    count = int(re.match(rb"xref\n0 (\d+)\n", data[start:])[1])
    entries = data[start:].split(b"\n")[3 : 2 + count]
    found = {}
    for number, entry in enumerate(entries, 1):
        offset = int(entry.split()[0])
        head = b"%d 0 obj\n" % number
        assert data[offset:].startswith(head)
        found[number] = data[offset + len(head) : data.index(b"\nendobj", offset)]
    return found


def stream(item: bytes) -> bytes:
    data = item[item.index(b"stream\n") + 7 : item.rindex(b"\nendstream")]
    assert len(data) == int(re.search(rb"/Length (\d+)", item)[1])
    return zlib.decompress(data) if b"FlateDecode" in item else data


def one(found: dict[int, bytes], words: bytes) -> bytes:
    (item,) = (item for item in found.values() if words in item)
    return item


def unfiltered(item: bytes, width: int, channels: int) -> npt.NDArray[np.uint8]:
    rows = np.frombuffer(stream(item), np.uint8).reshape(-1, 1 + width * channels)
    assert (rows[:, 0] == 2).all()
    return np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8).reshape(-1, width, channels)


def test_the_pixels_of_an_svg_are_those_of_the_picture():
    for image in (IMAGE, IMAGE_RGBA):
        root = ElementTree.fromstring(svg_text(Page(image)))
        (element,) = root.iter(f"{SVG}image")
        assert numbers(element, "x", "y", "width", "height") == [0, 0, 60, 40]
        np.testing.assert_array_equal(decoded(element), image)
        assert root.get("viewBox") == "0 0 60 40"


def test_shapes_lie_where_their_canvas_has_them():
    canvas = Canvas((50, 30))
    canvas.line([(1, 2), (3, 4.5), (6, 2)], RED, 1.5)
    canvas.rectangle(2, 3, 10, 4, (0, 0, 1, 0.5))
    canvas.polygon([(0, 0), (4, 0), (0, 4)], WHITE, BLACK, 1.5)
    canvas.disc(20, 10, 6, RED, BLACK)
    line, rectangle, edge, face, ring, disc = drawn(page(canvas))
    assert line.tag == f"{SVG}polyline"
    assert line.get("points") == "6,5 8,7.5 11,5"
    assert (line.get("stroke"), line.get("stroke-width"), line.get("fill")) == ("#ff0000", "1.5", "none")
    assert numbers(rectangle, "x", "y", "width", "height") == [7, 6, 10, 4]
    assert (rectangle.get("fill"), rectangle.get("fill-opacity")) == ("#0000ff", "0.5")
    assert edge.get("points") == face.get("points") == "5,3 9,3 5,7"
    assert (edge.get("stroke"), edge.get("stroke-width"), face.get("fill")) == ("#000000", "3", "#ffffff")
    assert numbers(ring, "cx", "cy", "r") == [25, 13, 6]
    assert numbers(disc, "cx", "cy", "r") == [25, 13, 5]
    assert (ring.get("fill"), disc.get("fill")) == ("#000000", "#ff0000")


@pytest.mark.parametrize(("anchor", "aligned"), [("lm", None), ("mm", "middle"), ("rs", "end")])
def test_text_is_text_on_the_baseline_of_its_pixels(anchor: str, aligned: str | None):
    canvas = Canvas((60, 30))
    canvas.text(30, 15, "H", 20, BLACK, anchor)
    (text,) = drawn(page(canvas, x=0, y=0))
    assert (text.text, text.get("text-anchor"), text.get("font-size")) == ("H", aligned, "20")
    rows = np.flatnonzero((canvas.image()[..., 3] > 127).any(axis=1))
    assert float(text.get("y")) == pytest.approx(rows[-1] + 1, abs=0.6)
    assert float(text.get("x")) == 30


def test_characters_that_xml_reserves_or_forbids_are_kept_or_replaced():
    canvas = Canvas((60, 30))
    canvas.text(0, 15, 'a < b & "c" > \x07', 10, BLACK)
    (text,) = drawn(page(canvas))
    assert text.text == 'a < b & "c" > \ufffd'


def test_digits_that_touch_are_one_text_and_columns_are_not():
    canvas = Canvas((200, 30))
    x = 0.0
    for character in "12.5":
        canvas.text(x, 15, character, 20, BLACK)
        x += np.ceil(font(20).getlength(character))
    canvas.text(x, 15, " ms", 20, BLACK)
    canvas.text(120, 15, "other", 20, BLACK)
    canvas.text(0, 28, "below", 20, BLACK)
    assert [text.text for text in drawn(page(canvas))] == ["12.5 ms", "other", "below"]


@pytest.mark.parametrize("is_vertical", [True, False])
def test_the_stripes_of_a_colour_bar_are_rectangles_that_reach_to_its_end(is_vertical: bool):
    colors = np.array([[255, 0, 0], [255, 0, 0], [0, 255, 0], [0, 0, 255]], np.uint8)
    image = np.repeat(colors[:, None], 3, axis=1)
    canvas = Canvas((20, 20))
    canvas.picture(2, 1, image if is_vertical else image.transpose(1, 0, 2))
    boxes = [(*numbers(r, "x", "y", "width", "height"), r.get("fill")) for r in drawn(page(canvas, x=0, y=0))]
    if is_vertical:
        assert boxes == [(2, 1, 3, 4, "#ff0000"), (2, 3, 3, 2, "#00ff00"), (2, 4, 3, 1, "#0000ff")]
    else:
        assert boxes == [(2, 1, 4, 3, "#ff0000"), (4, 1, 2, 3, "#00ff00"), (5, 1, 1, 3, "#0000ff")]


def test_other_pictures_and_sprites_without_shapes_are_images_at_their_place():
    canvas = Canvas((70, 50))
    canvas.picture(2, 1, IMAGE)
    (element,) = drawn(page(canvas))
    assert numbers(element, "x", "y") == [7, 4]
    np.testing.assert_array_equal(decoded(element), IMAGE)
    (element,) = drawn(Page(IMAGE, [("Own", [Sprite(IMAGE_RGBA, -3, 8)])]))
    assert numbers(element, "x", "y", "width", "height") == [-3, 8, 60, 40]
    np.testing.assert_array_equal(decoded(element), IMAGE_RGBA)


def test_a_halo_lies_under_all_shapes_and_reaches_beyond_them():
    canvas = Canvas((50, 30), halo=WHITE, halo_width=4)
    canvas.line([(1, 2), (3, 4)], RED, 2)
    canvas.text(10, 15, "x", 10, BLACK)
    rim, text_rim, line, text = drawn(page(canvas))
    assert (rim.get("stroke"), float(rim.get("stroke-width"))) == ("#ffffff", 2 + 2 * 3)
    assert (text_rim.get("stroke"), text_rim.get("fill")) == ("#ffffff", "none")
    assert line.get("points") == rim.get("points") == "6,5 8,7"
    assert (text.get("fill"), text.get("x")) == ("#000000", text_rim.get("x"))


def test_the_resolution_gives_the_size_on_paper():
    root = ElementTree.fromstring(svg_text(page(dpi=100.0)))
    assert (root.get("width"), root.get("height")) == ("15.24mm", "10.16mm")
    assert ElementTree.fromstring(svg_text(page())).get("width") == "60px"
    assert b"/MediaBox [0 0 43.2 28.8]" in pdf_bytes(page(dpi=100.0))


def test_the_pixels_of_a_pdf_are_those_of_the_picture():
    found = objects(pdf_bytes(Page(IMAGE)))
    np.testing.assert_array_equal(unfiltered(one(found, b"/Subtype /Image"), 60, 3), IMAGE)
    found = objects(pdf_bytes(Page(IMAGE_RGBA)))
    image = one(found, b"/DeviceRGB /BitsPerComponent")
    mask = found[int(re.search(rb"/SMask (\d+) 0 R", image)[1])]
    np.testing.assert_array_equal(unfiltered(image, 60, 3), IMAGE)
    np.testing.assert_array_equal(unfiltered(mask, 60, 1)[..., 0], IMAGE_RGBA[..., 3])


def test_a_pdf_has_shapes_in_pixels_with_y_down():
    canvas = Canvas((50, 30))
    canvas.line([(1, 2), (3, 4.5)], RED, 1.5)
    canvas.rectangle(2, 3, 10, 4, (0, 0, 1, 0.5))
    found = objects(pdf_bytes(page(canvas, dpi=144.0)))
    content = next(text for text in (stream(item) for item in found.values() if b"stream" in item) if b" cm" in text)
    assert content.startswith(b"0.5 0 0 -0.5 0 20 cm\n")
    assert b"q 1 0 0 RG 1.5 w 6 5 m 8 7.5 l S Q" in content
    assert b"q 0 0 1 rg /A0 gs 7 6 10 4 re f Q" in content
    assert b"/A0 << /ca 0.5 /CA 0.5 >>" in one(found, b"/Type /Page /Parent")


def test_the_text_of_a_pdf_can_be_found_and_is_drawn_with_the_font_in_the_file():
    canvas = Canvas((60, 30))
    canvas.text(30, 15, "−µ5", 20, BLACK, "mm")
    found = objects(pdf_bytes(page(canvas, x=0, y=0)))
    streams = [stream(item) for item in found.values() if b"stream" in item]
    assert FONT_FILE.read_bytes() in streams
    content = next(text for text in streams if b"Tj" in text)
    codes = re.search(rb"<([0-9A-F]+)> Tj", content)[1].decode()
    unicode = next(text for text in streams if b"beginbfchar" in text).decode()
    characters = dict(re.findall("<(....)> <(....)>", unicode))
    assert "".join(chr(int(characters[codes[k : k + 4]], 16)) for k in range(0, 12, 4)) == "−µ5"
    left = float(re.search(rb"1 0 0 -1 (\S+) ", content)[1])
    assert left == pytest.approx(30 - font(20).getlength("−µ5") / 2, abs=1)


def test_widths_of_the_font_are_those_that_pillow_draws():
    read = read_font(FONT_FILE)
    wide = font(1000, WIDE_FONT_FILE)
    assert read_font(WIDE_FONT_FILE).width("жᵢ∂") == pytest.approx(wide.getlength("жᵢ∂") / 1000, rel=1e-3)
    for text in ("0123456789", "Membrane potential (mV)", "×10⁻⁴ µm, é", "−−"):
        assert read.width(text) == pytest.approx(font(1000).getlength(text) / 1000, rel=1e-3)
    assert read.glyph("\U0001f600") == 0


def test_both_formats_say_what_they_show():
    texts = FileTexts("v at 5 ms", '{"µ": "a<b"}')
    root = ElementTree.fromstring(svg_text(page(texts=texts)))
    assert (root.find(f"{SVG}title").text, root.find(f"{SVG}desc").text) == (texts.title, texts.description)
    assert SOFTWARE in "".join(root.find(f"{SVG}metadata").itertext())
    found = objects(pdf_bytes(page(texts=texts)))
    info = one(found, b"/Producer")
    values = [bytes.fromhex(text.decode()).decode("utf-16") for text in re.findall(rb"<([0-9A-F]+)>", info)]
    assert values == [texts.title, texts.description, SOFTWARE, SOFTWARE]
    xmp = ElementTree.fromstring(stream(one(found, b"/Subtype /XML")))
    assert texts.description in "".join(xmp.itertext())


def test_files_hold_the_wider_font_where_a_text_needs_it():
    canvas = Canvas((90, 30))
    canvas.text(45, 15, "gᵢж", 20, BLACK, "mm")
    streams = [stream(item) for item in objects(pdf_bytes(page(canvas, x=0, y=0))).values() if b"stream" in item]
    assert FONT_FILE.read_bytes() in streams
    assert WIDE_FONT_FILE.read_bytes() in streams
    maps = [text.decode() for text in streams if b"beginbfchar" in text]
    shown = {chr(int(code, 16)) for text in maps for _, code in re.findall("<(....)> <(....)>", text)}
    assert {"g", "ж", "ᵢ"} <= shown
    drawn = svg_text(page(canvas, x=0, y=0))
    assert "font/ttf" in drawn
    assert ">gᵢж<" in drawn
    assert "font/ttf" not in svg_text(page())
