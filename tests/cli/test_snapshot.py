"""`gpu-morph snapshot` writes pictures, also for print."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from command_line import SMALL, new_files
from PIL import Image

from gpu_morph.cli.main import main


def test_snapshot_writes_a_png_of_the_size_asked_for(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["snapshot", "cell.swc", "-o", "cell.png", "--size", "50x31", "--color", "red", "--flat"]) == 0
    assert capsys.readouterr() == ("cell.png: 50x31\n", "")
    with Image.open("cell.png") as image:
        assert (image.size, image.mode, image.format) == ((50, 31), "RGB", "PNG")
        pixels = np.asarray(image)
    assert tuple(pixels[0, 0]) == (255, 255, 255)
    assert (pixels == (255, 0, 0)).all(axis=2).any()
    assert new_files(folder) == {"cell.png"}


@pytest.mark.parametrize("name", ["cell.svg", "cell.pdf"])
def test_a_snapshot_for_print_has_its_size_on_paper_and_text(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    command = ["snapshot", "cell.swc", "rec.npz", "--time", "5", "--size", "50.8x25.4mm", "--dpi", "200", "-o", name]
    assert main(command) == 0
    assert capsys.readouterr().out == f"{name}: 400x200\n"
    text = Path(name).read_bytes()
    assert (b"/MediaBox [0 0 144 72]" if name.endswith("pdf") else b'width="50.8mm" height="25.4mm"') in text
    assert (b"/ToUnicode" if name.endswith("pdf") else b">5.0 ms</text>") in text


def test_the_size_of_a_snapshot_on_paper_is_for_300_dpi_unless_given(folder: Path) -> None:
    assert main(["snapshot", "cell.swc", "-o", "cell.tif", "--size", "1x0.5in"]) == 0
    with Image.open("cell.tif") as image:
        assert (image.size, image.info["dpi"]) == ((300, 150), (300, 300))
    with pytest.raises(SystemExit):
        main(["snapshot", "cell.swc", "-o", "cell.tif", "--size", "1x0.5feet"])


def test_a_transparent_snapshot_has_alpha(folder: Path) -> None:
    assert main(["snapshot", "cell.swc", "-o", "cell.png", *SMALL, "--transparent"]) == 0
    with Image.open(folder / "cell.png") as image:
        assert image.mode == "RGBA"
        alpha = np.asarray(image)[..., 3]
    assert alpha[0, 0] == 0
    assert alpha.max() == 255


def test_a_snapshot_of_a_recording_shows_its_time(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for time_ms in ("0", "10"):
        assert main(["snapshot", "cell.swc", "rec.npz", "-o", f"{time_ms}.png", *SMALL, "--time", time_ms]) == 0
    pictures = []
    for time_ms in ("0", "10"):
        with Image.open(folder / f"{time_ms}.png") as image:
            pictures.append(np.asarray(image))
    assert (pictures[0] != pictures[1]).any()
    capsys.readouterr()
    assert main(["snapshot", "cell.swc", "rec.npz", "-o", "none.png", *SMALL]) == 1
    assert "give a time in ms" in capsys.readouterr().err
    assert not Path("none.png").exists()
