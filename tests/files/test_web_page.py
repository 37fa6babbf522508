"""The file of a web page: it holds everything, and says what is wrong."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.cli.main import main
from gpu_morph.errors import OutputError

CELL = gm.Morphology(
    points=[[0, 0, 0], [0, 0, 20], [0, 0, 20], [0, 0, 120]],
    diameters=[20, 20, 4, 4],
    section_offsets=[0, 2, 4],
    section_parent=[-1, 0],
    section_parent_x=[0, 1],
    section_labels=("soma", "dend"),
)


def scene(n_times: int = 5, **keywords: Any) -> gm.Scene:
    values = np.linspace(-80, 30, 2 * n_times).reshape(n_times, 2)
    recording = gm.Recording(np.arange(n_times) / 2, values, section=[0, 1], position=[0.5, 0.5])
    return gm.Scene(CELL, recording, **keywords)


def test_the_page_is_one_file_that_loads_nothing(tmp_path: Path) -> None:
    page = gm.write_html(scene(), tmp_path / "cell.html")
    text = (tmp_path / "cell.html").read_text(encoding="utf-8")
    assert text == page.html
    assert page.path == tmp_path / "cell.html"
    assert not re.search(r"""(?:src|href)\s*=\s*["'](?!data:,)""", text)
    addresses = set(re.findall(r"https?://[^\s\"')]+", text))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert "default-src 'none'" in text
    assert not re.search(r"@[A-Z]+@", text)


def test_it_says_what_it_holds() -> None:
    page = gm.write_html(scene(), None, bits=8)
    assert (page.path, page.n_times, page.bits) == (None, 5, 8)
    assert page.n_bytes == len(page.html.encode())
    assert repr(page) == f"WebPage(not written: save('cell.html') does it, {page.n_bytes:,} bytes, 5 times, 8 bits)"
    assert gm.write_html(gm.Scene(CELL), None).n_times == 0


def test_a_page_without_a_file_is_saved_later(tmp_path: Path) -> None:
    page = gm.write_html(scene(), None)
    assert page.save(tmp_path / "cell.html") == tmp_path / "cell.html"
    assert (tmp_path / "cell.html").read_text(encoding="utf-8") == page.html
    with pytest.raises(ValueError, match=r"must end in \.html or \.htm, got 'cell\.txt'"):
        page.save("cell.txt")


def test_a_title_is_text() -> None:
    page = gm.write_html(scene(), None, title="</script><b>A & B@STYLE@")
    assert "<title>&lt;/script&gt;&lt;b&gt;A &amp; B@STYLE@</title>" in page.html
    assert page.html.count("</script>") == 3


def test_names_cannot_end_the_script() -> None:
    synapses = gm.SynapseEvents([[0, 0, 50]], [0], ("</script>",), [0], [1.0])
    assert gm.write_html(scene(synapses=synapses), None).html.count("</script>") == 3


def test_in_a_notebook_the_page_is_framed() -> None:
    page = gm.write_html(scene(), None)
    framed = page._repr_html_()
    (text,) = re.findall(r'srcdoc="([^"]*)"', framed)
    assert text.replace("&quot;", '"').replace("&amp;", "&") == page.html


def test_of_a_file_the_notebook_gets_a_link(tmp_path: Path) -> None:
    shown = gm.write_html(scene(), tmp_path / "a b.html")._repr_html_()
    assert "a%20b.html" in shown
    assert len(shown) < 1000


def test_a_page_that_is_too_large_is_an_error_with_advice(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"more than max_bytes=0\.01 MB: show fewer than 5 times.*bits=8.*max_bytes"):
        gm.write_html(scene(), tmp_path / "cell.html", max_bytes="10 kB")
    assert not list(tmp_path.iterdir())


def test_a_page_says_that_it_leaves_depth_of_field_out() -> None:
    blurred = gm.Camera(projection="perspective", aperture=30)
    with pytest.warns(UserWarning, match=r"left out of the web page, .* depth of field"):
        page = gm.write_html(scene(camera=blurred), None)
    assert page.html == gm.write_html(scene(camera=replace(blurred, aperture=0)), None).html


def test_a_page_has_the_scenes_texts_and_names_what_it_leaves_out() -> None:
    annotations = [
        gm.Text("made by </script> me", place="upper left", color="red"),
        gm.Text("soon", start=1.0),
        gm.Title("A spike\nof a cell"),
        gm.TraceInset(section=0),
        gm.ColorBar(),
    ]
    with pytest.warns(UserWarning, match=r"left out .*: Text that comes and goes, TraceInset$"):
        page = gm.write_html(scene(annotations=annotations), None)
    described = json.loads(re.search(r'id="description">(.*?)</script>', page.html, re.DOTALL)[1])
    text = {"text": "made by </script> me", "place": "upper left", "size": 1.0, "color": "rgb(255, 0, 0)"}
    assert (described["title"], described["texts"]) == ("A spike", [text])


def test_what_is_around_the_cell_is_in_the_page_with_its_colours_over_time() -> None:
    points = gm.Points([(0, 0, 10), (30, 0, 0)], values=[[0, 1], [1, 0]], times=[0, 2])
    described = json.loads(
        re.search(r'id="description">(.*?)</script>', gm.write_html(scene(meshes=[points]), None).html, re.DOTALL)[1]
    )["surfaces"]
    assert described["nTimes"] == 5
    assert described["colors"]["columns"] == 15
    assert described["solid"]["rows"] > 0 and described["translucent"]["rows"] == 0


def test_values_around_the_cell_have_a_colour_bar_where_their_colours_are_others() -> None:
    places = [(0, 0, 10), (30, 0, 0)]
    around = [
        gm.Points(places, values=[-70, 20], name="like the cell"),
        gm.Electrode(places, values=[-2, 2], clim=(-1, 1), cmap="coolwarm", name="LFP"),
        gm.Points(places, values=[0, 1], cmap="inferno"),  # without a name
    ]
    bar = gm.ColorBar(variable="LFP", title="LFP (mV)")
    for bars, title in (((), "LFP"), ((gm.ColorBar(), bar), "LFP (mV)")):
        text = gm.write_html(scene(clim=(-80, 30), meshes=around, annotations=bars), None).html
        described = json.loads(re.search(r'id="description">(.*?)</script>', text, re.DOTALL)[1])
        (lfp,) = described["otherScales"]
        assert (lfp["title"], [tick["label"] for tick in lfp["ticks"] if tick["at"] in (0, 1)]) == (
            title,
            ["−1.0", "1.0"],
        )
        assert lfp["under"] is not None and lfp["over"] is not None


@pytest.mark.parametrize("projection", ["orthographic", "perspective"])
def test_the_cell_and_what_is_around_it_have_one_scale_of_depths(projection: str) -> None:
    drawn = scene(meshes=[gm.Points([(0, 0, 10)])], camera=gm.Camera(projection=projection))
    described = json.loads(
        re.search(r'id="description">(.*?)</script>', gm.write_html(drawn, None).html, re.DOTALL)[1]
    )["shaders"]
    depths = {
        re.search(r"float depth_of\(.*?\n}", described[name][stage], re.DOTALL)[0]
        for name, stage in (("tube", "vertex"), ("marker", "vertex"), ("mesh", "fragment"))
    }
    assert len(depths) == 1
    assert ("log(" in depths.pop()) == (projection == "perspective")


def test_values_that_would_be_large_have_eight_bits() -> None:
    random = np.random.default_rng(3)
    n = 1200
    values = random.uniform(-80, 30, (500, n)).astype(np.float32)
    recording = gm.Recording(np.arange(500.0), values, section=np.ones(n, dtype=int), position=np.linspace(0, 1, n))
    page = gm.write_html(gm.Scene(CELL, recording), None)
    assert page.bits == 8
    assert page.n_bytes < 2_000_000


@pytest.mark.parametrize(
    ("keywords", "error", "match"),
    [
        ({"path": "cell.htmx"}, ValueError, r"end in \.html"),
        ({"bits": 12}, ValueError, "bits"),
        ({"title": 3}, TypeError, "title"),
        ({"max_bytes": "many"}, ValueError, "max_bytes must be"),
        ({"scene": 3}, TypeError, "scene"),
        ({"times": [9.0]}, ValueError, "from 0 to 2 ms"),
    ],
)
def test_a_wrong_argument_is_named(
    keywords: dict[str, Any], error: type[Exception], match: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    given = {"scene": scene(), "path": "cell.html"} | keywords
    with pytest.raises(error, match=match):
        gm.write_html(given.pop("scene"), given.pop("path"), **given)


def test_the_command_writes_a_page(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cell.swc").write_text("1 1 0 0 -20 15 -1\n2 1 0 0 20 15 1\n3 3 0 0 20 6 2\n4 3 30 60 120 3 3\n")
    np.savez(
        tmp_path / "rec.npz",
        times=np.arange(21) / 2,
        values=np.linspace(-80, 30, 42).reshape(21, 2),
        section=[0, 1],
        position=[0.5, 0.5],
    )
    files = [str(tmp_path / "cell.swc"), str(tmp_path / "rec.npz")]
    out = tmp_path / "page.html"
    assert main(["html", *files, "-o", str(out), "--t-step", "2", "--bits", "8", "--title", "A cell"]) == 0
    assert re.fullmatch(rf"{re.escape(str(out))}: \d+ kB, 6 times of 8 bits\n", capsys.readouterr().out)
    assert "<title>A cell</title>" in out.read_text(encoding="utf-8")
