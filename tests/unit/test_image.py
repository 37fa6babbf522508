"""Alpha, packed colours and PNG."""

from __future__ import annotations

import io

import numpy as np
import pytest

from gpu_morph.image.alpha import attenuate, premultiplied, straight_alpha
from gpu_morph.image.packed import channels, from_lanes, lanes, packed
from gpu_morph.image.png import png_bytes


def test_premultiplied_colours_are_rounded_to_the_nearest_level() -> None:
    levels = np.arange(256)
    image = np.empty((256, 256, 4), dtype=np.uint8)
    image[..., :3], image[..., 3] = levels[:, np.newaxis, np.newaxis], levels
    expected = np.floor(levels[:, np.newaxis] * levels / 255 + 0.5)
    for channel in range(3):
        np.testing.assert_array_equal(premultiplied(image)[..., channel], expected)
    np.testing.assert_array_equal(premultiplied(image)[..., 3], image[..., 3])


def test_straight_alpha_undoes_premultiplication() -> None:
    image = np.array([[200, 100, 0, 255], [200, 100, 0, 51], [0, 0, 0, 0]], dtype=np.uint8)
    np.testing.assert_array_equal(straight_alpha(premultiplied(image)), image)


def test_attenuated_colours_are_within_a_level_of_the_product() -> None:
    colors, transmittance = (values.astype(np.uint16).ravel() for values in np.meshgrid(np.arange(256), np.arange(256)))
    exact = colors * (transmittance / 255)
    attenuate(colors, transmittance)
    assert np.abs(colors - exact).max() <= 1
    assert colors[-1] == 255


def test_packed_colours_are_views_of_their_channels() -> None:
    colors = packed([[1, 2, 3], [4, 5, 6]])
    assert channels(colors).tolist() == [[1, 2, 3, 255], [4, 5, 6, 255]]
    channels(colors)[0, 0] = 9
    assert channels(colors)[0].tolist() == [9, 2, 3, 255]
    np.testing.assert_array_equal(from_lanes(lanes(channels(colors))), colors)


@pytest.mark.parametrize("n_channels", [3, 4])
def test_png_bytes_are_read_back_as_the_image(n_channels: int) -> None:
    from PIL import Image

    image = np.random.default_rng(0).integers(0, 256, (5, 7, n_channels)).astype(np.uint8)
    with Image.open(io.BytesIO(png_bytes(image)), formats=["PNG"]) as found:
        np.testing.assert_array_equal(np.asarray(found), image)
