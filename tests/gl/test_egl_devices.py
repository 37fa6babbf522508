"""Which GPU an index means, and which renderers are the CPU."""

from __future__ import annotations

import pytest

from gpu_morph.render.gpu.device_choice import parse_device, visible_devices
from gpu_morph.render.gpu.egl import Device, is_software_renderer

UUIDS = ["a1b2c3d4-0000-4000-8000-00000000000" + end for end in "012"]
# EGL's order is not CUDA's: the second card of CUDA stands first.
GPU0 = Device(11, is_software=False, cuda=0, uuid=UUIDS[0], drm_file="/dev/dri/card1")
GPU1 = Device(10, is_software=False, cuda=1, uuid=UUIDS[1], drm_file="/dev/dri/card2")
GPU2 = Device(12, is_software=False, cuda=2, uuid="ffff0000-0000-4000-8000-000000000002")
RADEON = Device(20, is_software=False, drm_file="/dev/dri/card0")
MESA = Device(30, is_software=True)
SURFACELESS = Device(None, is_software=True)
ALL = [GPU1, RADEON, GPU0, GPU2, MESA, SURFACELESS]


def test_gpus_are_counted_as_in_cuda_and_others_follow() -> None:
    assert visible_devices(ALL, None) == [GPU0, GPU1, GPU2, RADEON]


@pytest.mark.parametrize(
    ("cuda_visible", "expected"),
    [
        ("0", [GPU0]),
        ("1", [GPU1]),
        ("2,0", [GPU2, GPU0]),
        (" 2 , 1 ", [GPU2, GPU1]),
        ("GPU-ffff", [GPU2]),
        (f"GPU-{UUIDS[1]}", [GPU1]),
        (f"gpu-{UUIDS[1].upper()},GPU-ffff0000", [GPU1, GPU2]),
        (UUIDS[0], [GPU0]),
        ("GPU-a1b2c3d4", []),  # ambiguous
        ("GPU-", []),
        ("GPU-1234", []),
        ("", []),
        ("-1", []),
        ("NoDevFiles", []),
        ("none", []),
        ("7", []),
        ("1,-1,0", [GPU1]),
        ("1,9,0", [GPU1]),
        ("0,,1", [GPU0]),
        ("MIG-2f5f0e4a-0000-5000-8000-000000000000", []),
        (f"MIG-GPU-{UUIDS[0]}/1/0", []),
    ],
)
def test_cuda_visible_devices_hides_and_orders(cuda_visible: str, expected: list[Device]) -> None:
    assert visible_devices([GPU1, GPU0, GPU2, MESA], cuda_visible) == expected


@pytest.mark.parametrize("cuda_visible", ["", "1"])
def test_gpus_without_a_cuda_number_are_not_hidden(cuda_visible: str) -> None:
    assert visible_devices(ALL, cuda_visible)[-1] == RADEON


@pytest.mark.parametrize("cuda_visible", [None, "", "1"])
def test_a_mesa_device_of_a_cuda_card_is_left_out(cuda_visible: str | None) -> None:
    again = Device(21, is_software=False, drm_file=GPU0.drm_file)
    assert again not in visible_devices([GPU0, again, RADEON], cuda_visible)


def test_software_devices_are_never_counted() -> None:
    assert visible_devices([MESA, SURFACELESS], None) == []
    assert visible_devices([MESA, SURFACELESS], "0") == []


def test_a_device_has_a_description() -> None:
    assert str(GPU0) == f"hardware, CUDA device 0, GPU-{UUIDS[0]}, /dev/dri/card1"
    assert str(SURFACELESS) == "software, surfaceless"


@pytest.mark.parametrize(
    "renderer",
    [
        "llvmpipe (LLVM 15.0.6, 256 bits)",
        "softpipe",
        "SWR (LLVM 7.0, 256 bits)",
        "Software Rasterizer",
        "zink Vulkan 1.3(llvmpipe (LLVM 19.1.7, 256 bits) (MESA_LLVMPIPE))",
        "ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device (Subzero)), SwiftShader driver)",
        "Apple Software Renderer",
        "GDI Generic",
        "D3D12 (Microsoft Basic Render Driver)",
    ],
)
def test_software_rasterisers_are_recognized(renderer: str) -> None:
    assert is_software_renderer(renderer)


@pytest.mark.parametrize(
    "renderer",
    [
        "NVIDIA H200/PCIe/SSE2",
        "AMD Radeon RX 6800 (radeonsi, navi21, LLVM 15.0.6, DRM 3.49)",
        "Mesa Intel(R) UHD Graphics 620 (KBL GT2)",
        "Apple M2",
        "zink Vulkan 1.3(NVIDIA GeForce RTX 3080 (NVIDIA_PROPRIETARY))",
    ],
)
def test_gpus_are_not_software(renderer: str) -> None:
    assert not is_software_renderer(renderer)


@pytest.mark.parametrize(
    ("device", "choice"), [("auto", "auto"), (" CPU ", "cpu"), (0, 0), (3, 3), ("3", 3), (" 2 ", 2)]
)
def test_a_device_is_an_index_auto_or_cpu(device: int | str, choice: int | str) -> None:
    assert parse_device(device) == choice


@pytest.mark.parametrize("device", [-1, "-1", 1.0, True, "gpu", "cuda:0", "", "1,2", [0]])
def test_any_other_device_is_an_error(device: int | str) -> None:
    with pytest.raises(ValueError, match="device must be the index of a GPU"):
        parse_device(device)


@pytest.mark.parametrize(("variable", "choice"), [(None, "auto"), ("", "auto"), ("cpu", "cpu"), ("1", 1)])
def test_without_a_device_the_environment_variable_is_used(
    variable: str | None, choice: int | str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if variable is None:
        monkeypatch.delenv("GPU_MORPH_DEVICE", raising=False)
    else:
        monkeypatch.setenv("GPU_MORPH_DEVICE", variable)
    assert parse_device(None) == choice


def test_a_device_overrides_the_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPU_MORPH_DEVICE", "cpu")
    assert parse_device(2) == 2


def test_an_error_names_the_environment_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GPU_MORPH_DEVICE", "fastest")
    with pytest.raises(ValueError, match=r"GPU_MORPH_DEVICE must be .* got 'fastest'"):
        parse_device(None)
