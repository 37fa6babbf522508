"""The gallery's scripts save the pictures of tests/references, which are made smaller.

    pytest tests/gl/test_gallery.py --differences DIR    # keep new pictures and differences in DIR
    pytest tests/gl/test_gallery.py --regenerate         # replace the references: look at them before committing

The references are drawn by Mesa's software renderer.
"""

from __future__ import annotations

import runpy
from pathlib import Path

import imageio.v3 as iio
import numpy as np
import numpy.typing as npt
import pytest

import gpu_morph as gm
from gpu_morph.render.gpu.context import current_context

Pixels = npt.NDArray[np.uint8]

REPOSITORY = Path(__file__).parents[2]
REFERENCES = REPOSITORY / "tests" / "references"
SCRIPTS = {path.stem: path for path in sorted((REPOSITORY / "examples" / "gallery").glob("*.py"))}
WIDTH = 640  # pixels of a reference, at most

# The tolerance, over the pixels that are not background. Levels are 0 to 255 of premultiplied RGBA. Another rasteriser,
# Mesa's softpipe, differs from llvmpipe by a mean of 0.15 levels or less; min_width=1.05 instead of 1 differs by 0.5.
MEAN_DIFFERENCE = 0.2  # levels
LARGE_DIFFERENCE = 24  # levels, of a pixel's channel that differs most
LARGE_FRACTION = 0.002  # of the pixels may have a large difference


def smaller(image: Pixels) -> Pixels:
    """The means of squares of pixels, so many that the picture is no wider than a reference."""
    n = -(-image.shape[1] // WIDTH)
    height, width = image.shape[0] // n, image.shape[1] // n
    levels = premultiplied(image)[: height * n, : width * n].reshape(height, n, width, n, 4).mean(axis=(1, 3))
    if image.shape[2] == 3:
        return np.round(levels[..., :3]).astype(np.uint8)
    alpha = np.maximum(levels[..., 3:], 1e-9) / 255
    return np.round(np.concatenate([levels[..., :3] / alpha, levels[..., 3:]], axis=2)).astype(np.uint8)


def premultiplied(image: Pixels) -> npt.NDArray[np.float64]:
    """(height, width, 4) levels; colours of transparent pixels do not count."""
    alpha = image[..., 3:] if image.shape[2] == 4 else np.full((*image.shape[:2], 1), 255)
    return np.concatenate([image[..., :3] * (alpha / 255), alpha], axis=2)


def difference(image: Pixels, reference: Pixels) -> npt.NDArray[np.float64]:
    """(height, width, 4) levels, absolute."""
    return np.abs(premultiplied(image) - premultiplied(reference))


def problems(image: Pixels, reference: Pixels) -> list[str]:
    """How a picture differs from its reference by more than the tolerance."""
    if image.shape != reference.shape:
        return [f"shape {image.shape} instead of {reference.shape}"]
    is_drawn = ((image != reference[0, 0]) | (reference != reference[0, 0])).any(axis=2)  # a corner has the background
    levels = difference(image, reference)[is_drawn]
    mean, fraction = levels.mean(), (levels.max(axis=1) > LARGE_DIFFERENCE).mean()
    found = []
    if mean > MEAN_DIFFERENCE:
        found.append(f"mean difference {mean:.2f} levels, at most {MEAN_DIFFERENCE} allowed")
    if fraction > LARGE_FRACTION:
        found.append(
            f"{fraction:.2%} of the pixels differ by more than {LARGE_DIFFERENCE} levels, {LARGE_FRACTION:.2%} allowed"
        )
    return found


def save_differences(name: str, image: Pixels, reference: Pixels, folder: Path) -> None:
    """Write the new picture, and the differences, eight times enlarged, on black."""
    folder.mkdir(parents=True, exist_ok=True)
    gm.save_image(folder / f"{name}.png", image)
    if image.shape == reference.shape:
        levels = np.minimum(difference(image, reference)[..., :3] * 8, 255).astype(np.uint8)
        gm.save_image(folder / f"{name}_difference.png", levels)


@pytest.fixture
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Where differences are saved."""
    given = request.config.getoption("--differences")
    return tmp_path if given is None else Path(given).resolve()


@pytest.fixture(autouse=True)
def _software() -> None:
    context = current_context()
    if not context.is_software:
        pytest.skip(f"the references are of Mesa's software renderer, this is {context.renderer}")


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_picture_looks_like_its_reference(
    name: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.chdir(tmp_path)
    runpy.run_path(str(SCRIPTS[name]))
    image = smaller(iio.imread(tmp_path / f"{name}.png"))
    path = REFERENCES / f"{name}.png"
    if request.config.getoption("--regenerate"):
        REFERENCES.mkdir(exist_ok=True)
        gm.save_image(path, image)
        pytest.skip(f"{path} is written anew")
    reference = iio.imread(path)
    found = problems(image, reference)
    if found:
        save_differences(name, image, reference, folder)
    assert not found, f"{name}: {'; '.join(found)}. The picture and its difference from {path} are in {folder}"


@pytest.mark.parametrize("change", ["a wider line", "a shifted label", "brighter light"])
def test_small_changes_are_found(change: str) -> None:
    reference = iio.imread(REFERENCES / "close_up.png")
    image = reference.copy()
    if change == "a wider line":
        image[100, 40:120] = 0
    elif change == "a shifted label":
        image[:20] = np.roll(image[:20], 1, axis=1)
    else:
        is_drawn = (reference != 255).any(axis=2)
        image[is_drawn] = np.minimum(image[is_drawn].astype(int) + 1, 255)
    assert problems(image, reference)
    assert not problems(reference, reference)


def test_every_reference_has_a_script() -> None:
    assert {path.stem for path in REFERENCES.glob("*.png")} == set(SCRIPTS)


def test_the_references_are_small_files() -> None:
    assert sum(path.stat().st_size for path in REFERENCES.glob("*.png")) < 1_500_000
