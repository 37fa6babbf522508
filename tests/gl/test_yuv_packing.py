"""Planes that the GPU packs: colours, chroma filter and layout."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from gpu_morph import Camera, Clock, ColorBar, Renderer, Scene, demo_cell, render_video
from gpu_morph.image import yuv420
from gpu_morph.image.packed import packed
from gpu_morph.image.yuv420 import Yuv420Planes
from gpu_morph.image.yuv_format import YUV_FORMATS, YuvFormat
from gpu_morph.render.gpu.context import current_context
from gpu_morph.video.ffmpeg import ffmpeg_path

Bytes = npt.NDArray[np.uint8]


@pytest.fixture(params=["compute", "fragment"])
def pack(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Callable[[Bytes, str], Bytes]:
    """A function that packs an image, (height, width, 3) uint8, by a compute or by a fragment shader."""
    context = current_context()
    from OpenGL import GL

    from gpu_morph.render.gpu.readback import Readback
    from gpu_morph.render.gpu.textures import Texture
    from gpu_morph.render.gpu.yuv_packing import YuvPacking

    if request.param == "fragment":
        monkeypatch.setattr(GL, "glDispatchCompute", None)
    elif context.gl_version < (4, 3):
        pytest.skip("needs OpenGL 4.3")

    def pack(image: Bytes, format: str) -> Bytes:
        size = image.shape[1], image.shape[0]
        texture, packing, readback = Texture.of(image), YuvPacking(size, YUV_FORMATS[format]), Readback(6 * image.size)
        try:
            return readback.fetch(packing.start(texture, readback))
        finally:
            for part in (texture, packing, readback):
                part.delete()

    return pack


def picture(size: tuple[int, int]) -> Bytes:
    """Noise, edges and extreme colours."""
    width, height = size
    image = np.random.default_rng(3).integers(0, 256, (height, width, 3), dtype=np.uint8)
    image[: height // 2, : width // 2] = (255, 0, 0)
    image[height // 2 :, : width // 2] = (0, 0, 255)
    image[height // 3 : height // 3 + 3] = 255
    image[-3:, -5:] = 0
    return image


@pytest.mark.parametrize("size", [(64, 32), (322, 202), (2, 16), (6, 18), (1920, 1080)])
def test_planes_equal_those_of_numpy(pack: Callable[[Bytes, str], Bytes], size: tuple[int, int]) -> None:
    image = picture(size)
    numpys = Yuv420Planes(size, (0, 0, 0))
    numpys.put(np.arange(size[0] * size[1]), packed(image.reshape(-1, 3)))
    planes, n_pixels = pack(image, "yuv420p"), size[0] * size[1]
    assert planes.shape == numpys.base.shape
    difference = np.abs(planes.astype(int) - numpys.base).reshape(-1)
    assert not difference[:n_pixels].any()  # luma is made of whole numbers
    assert difference.max() <= 1
    assert np.mean(difference > 0) < 0.01


def planes_of(image: Bytes, format: YuvFormat) -> npt.NDArray[np.int64]:
    """(n_samples,): the planes of an image, one after the other."""
    levels = image.astype(np.float64)
    chroma = levels
    if format.subsampling[0] == 2:
        chroma = 0.5 * (chroma[:, ::2] + chroma[:, 1::2])
    if format.subsampling[1] == 2:
        rows = np.clip(np.arange(0, len(image), 2)[:, np.newaxis] + np.arange(-3, 5), 0, len(image) - 1)
        chroma = np.einsum("rkcs,k->rcs", chroma[rows], yuv420.CHROMA_ROW_WEIGHTS)
    planes = [16 + levels @ yuv420.LUMA, 128 + chroma @ yuv420.BLUE, 128 + chroma @ yuv420.RED]
    scale = 4 if format.depth == 10 else 1
    samples = np.concatenate([np.floor(scale * plane + 0.5).ravel() for plane in planes])
    return np.clip(samples, 0, 256 * scale - 1).astype(np.int64)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        (name, size)
        for name, format in YUV_FORMATS.items()
        for size in [(33, 17), (34, 17), (322, 202), (1024, 16)]
        if format.fits(size)
    ],
)
def test_planes_of_all_formats_and_sizes(pack: Callable[[Bytes, str], Bytes], name: str, size: tuple[int, int]) -> None:
    """Of odd sizes, too, where they are allowed: planes then begin in the middle of a word of four bytes."""
    image, format = picture(size), YUV_FORMATS[name]
    planes, n_pixels = pack(image, name), size[0] * size[1]
    assert planes.shape == format.shape(size)
    samples = planes.reshape(-1).view("<u2" if format.depth == 10 else np.uint8).astype(np.int64)
    difference = np.abs(samples - planes_of(image, format))
    assert not difference[:n_pixels].any()
    assert difference.max() <= 1
    assert np.mean(difference > 0) < 0.01


@pytest.mark.parametrize("format", sorted(YUV_FORMATS))
def test_planes_equal_those_of_ffmpegs_scaler(pack: Callable[[Bytes, str], Bytes], format: str) -> None:
    image = picture((64, 48))
    filters = "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int"
    source = ["-f", "rawvideo", "-pixel_format", "rgb24", "-video_size", "64x48", "-i", "pipe:0"]
    result = ["-vf", filters, "-pix_fmt", format, "-f", "rawvideo", "pipe:1"]
    made = subprocess.run([ffmpeg_path(), "-v", "error", *source, *result], input=image.tobytes(), capture_output=True)
    expected = np.frombuffer(made.stdout, dtype=np.uint8).reshape(YUV_FORMATS[format].shape((64, 48)))
    planes = pack(image, format)
    is_ten_bits = YUV_FORMATS[format].depth == 10
    ours, theirs = (p.view("<u2" if is_ten_bits else np.uint8).astype(int) for p in (planes, expected))
    difference = np.abs(ours - theirs)
    assert difference.max() <= (4 if is_ten_bits else 1)
    assert difference.mean() < (1 if is_ten_bits else 0.25)


# Frames of the GPU path


def frames(path: str, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], **options: Any) -> list[Bytes]:
    monkeypatch.setenv("GPU_MORPH_PATH", path)
    morphology, recording = demo_cell()
    scene = Scene(morphology, recording, camera=Camera(azim_step=7.0), annotations=(ColorBar(), Clock()))
    with Renderer(scene, size) as renderer:
        return [image.copy() for image in renderer.frames(np.linspace(0, 20, 5), **options)]


def test_planes_of_both_paths_are_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    size = 482, 322
    on_gpu, on_cpu = (frames(path, monkeypatch, size, pixel_format="yuv420p") for path in ("gpu", "cpu"))
    for gpu, cpu in zip(on_gpu, on_cpu, strict=True):
        assert np.abs(gpu.astype(int) - cpu).max() <= 2
    assert any(not np.array_equal(on_gpu[0], other) for other in on_gpu[1:])


@pytest.mark.parametrize("pixel_format", ["rgb", "yuv420p", "yuv444p10le"])
def test_images_that_are_not_copied_equal_those_that_are(monkeypatch: pytest.MonkeyPatch, pixel_format: str) -> None:
    copied, viewed = (
        frames("gpu", monkeypatch, (160, 120), pixel_format=pixel_format, copy=copy) for copy in (True, False)
    )
    np.testing.assert_array_equal(viewed, copied)


def test_copied_images_stay_and_the_memory_of_views_is_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPU_MORPH_PATH", "gpu")
    morphology, recording = demo_cell()
    scene, times = Scene(morphology, recording, annotations=(Clock(),)), np.linspace(0, 20, 12)
    with Renderer(scene, (160, 120)) as renderer:
        kept = list(renderer.frames(times, pixel_format="yuv420p"))
        again = [image.copy() for image in kept]
        places = {image.ctypes.data for image in renderer.frames(times, pixel_format="yuv420p", copy=False)}
        np.testing.assert_array_equal(kept, again)
        assert len(places) <= 4


def test_a_leased_image_is_not_overwritten_until_it_is_released(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPU_MORPH_PATH", "gpu")
    morphology, recording = demo_cell()
    scene, times = Scene(morphology, recording, annotations=(Clock(),)), np.linspace(0, 20, 12)
    with Renderer(scene, (160, 120)) as renderer:
        expected = list(renderer.frames(times, pixel_format="yuv420p"))
        leased = list(renderer.leased_frames(times, pixel_format="yuv420p"))
        np.testing.assert_array_equal([image.image for image in leased], expected)
        for image in leased:
            assert image.release is not None
            image.release()


def test_the_cpu_path_gives_no_other_planes(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ValueError, match="yuv444p"):
        frames("cpu", monkeypatch, (160, 120), pixel_format="yuv444p")


def test_without_persistent_mapping_frames_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = frames("gpu", monkeypatch, (160, 120), pixel_format="yuv420p", copy=False)
    from OpenGL import GL

    for name in ("glBufferStorage", "glBindBuffersBase"):  # of OpenGL 4.4
        monkeypatch.setattr(GL, name, None)
    np.testing.assert_array_equal(frames("gpu", monkeypatch, (160, 120), pixel_format="yuv420p", copy=False), expected)


def test_opengl_3_3_gives_the_same_frames(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = frames("gpu", monkeypatch, (160, 120), pixel_format="yuv420p")
    from OpenGL import GL

    for name in ("glBufferStorage", "glBindBuffersBase", "glDispatchCompute"):
        monkeypatch.setattr(GL, name, None)
    np.testing.assert_array_equal(frames("gpu", monkeypatch, (160, 120), pixel_format="yuv420p"), expected)


def test_a_wrong_path_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    from gpu_morph.errors import ContextError

    with pytest.raises(ContextError, match="GPU_MORPH_PATH must be 'gpu' or 'cpu', got 'both'"):
        frames("both", monkeypatch, (160, 120))


# Films


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("film.mp4", {"codec": "libx264", "quality": 1}),
        ("film.mp4", {"codec": "libx264", "quality": 1, "pixel_format": "yuv444p"}),
        ("film.mkv", {"codec": "ffv1", "pixel_format": "yuv422p"}),
        ("film.mov", {"codec": "prores_ks", "quality": 1}),  # 4:2:2 with 10 bits
    ],
)
def test_films_of_both_paths_are_alike(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, options: dict[str, Any]
) -> None:
    morphology, recording = demo_cell()
    scene = Scene(morphology, recording, camera=Camera(azim_step=7.0), annotations=(ColorBar(), Clock()))
    films = []
    for path in ("cpu", "gpu"):
        monkeypatch.setenv("GPU_MORPH_PATH", path)
        film = tmp_path / f"{path}_{name}"
        render_video(scene, film, size=(320, 240), t_start=0, t_stop=20, t_step=5, progress=False, **options)
        command = [ffmpeg_path(), "-v", "error", "-i", str(film), "-f", "rawvideo", "-pix_fmt", "rgb24", "pipe:1"]
        shown = subprocess.run(command, capture_output=True, check=True).stdout
        films.append(np.frombuffer(shown, dtype=np.uint8).reshape(5, 240, 320, 3).astype(int))
    difference = np.abs(films[0] - films[1])
    assert difference.mean() < 0.2
    assert np.quantile(difference, 0.9999) <= 16  # codecs are lossy
    assert np.ptp(films[0]) > 100
