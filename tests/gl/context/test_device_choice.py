"""The device that draws is chosen."""

from __future__ import annotations

import pytest
from own_context import TRY, python

NO_GPU = "from gpu_morph.render.gpu import context, device_choice; device_choice.visible_devices = lambda *_: []\n"


@pytest.mark.usefixtures("software")
def test_software_is_warned_of_once_unless_it_was_chosen() -> None:
    answer, _ = python(
        NO_GPU + "import warnings\n"
        "with warnings.catch_warnings(record=True) as caught:\n"
        "    warnings.simplefilter('always')\n"
        "    c = context.current_context(); context.current_context('auto'); context.current_context('cpu')\n"
        "print([w.category.__name__ for w in caught], c.renderer in str(caught[0].message), c.is_software)"
    )
    assert answer == "['SoftwareRenderingWarning'] True True"


@pytest.mark.usefixtures("software")
@pytest.mark.parametrize(("device", "environment"), [("cpu", {}), (None, {"GPU_MORPH_DEVICE": "cpu"})])
def test_software_that_was_chosen_is_not_warned_of(device: str | None, environment: dict[str, str]) -> None:
    answer, stderr = python(
        f"from gpu_morph.render.gpu.context import current_context; print(current_context({device!r}).is_software)",
        options=("-W", "error"),
        **environment,
    )
    assert (answer, stderr) == ("True", "")


def test_a_wrong_device_in_the_environment_is_named() -> None:
    answer, _ = python(TRY + "attempt()", GPU_MORPH_DEVICE="gpu1")
    assert answer.startswith("ValueError: GPU_MORPH_DEVICE must be") and "'gpu1'" in answer


def test_a_wrong_backend_is_named() -> None:
    answer, _ = python(TRY + "attempt()", GPU_MORPH_BACKEND="qt")
    assert answer.startswith("ContextError: GPU_MORPH_BACKEND must be 'egl' or 'glfw'") and "'qt'" in answer


def test_without_a_gpu_an_index_is_an_error() -> None:
    answer, _ = python(NO_GPU + TRY + "attempt(0)", CUDA_VISIBLE_DEVICES="-1")
    assert answer.startswith("ContextError: device=0") and "none" in answer
    assert "CUDA_VISIBLE_DEVICES=-1" in answer


def test_an_index_too_high_is_an_error_that_lists_the_gpus() -> None:
    devices = "[egl.Device(1, is_software=False, cuda=4), egl.Device(2, is_software=False, drm_file='/dev/dri/x')]"
    answer, _ = python(TRY + f"device_choice.visible_devices = lambda *_: {devices}\nattempt(7)")
    assert answer.startswith("ContextError: device=7")
    assert "0: hardware, CUDA device 4" in answer and "1: hardware, /dev/dri/x" in answer


def test_a_hidden_cuda_device_is_not_used() -> None:
    answer, _ = python(
        TRY + "asked = []\n"
        "device_choice.visible_devices = lambda devices, cuda: asked.append(cuda) or []\n"
        "attempt(0); print(asked)",
        CUDA_VISIBLE_DEVICES="GPU-12,3",
    )
    assert answer.endswith("['GPU-12,3']")


@pytest.mark.usefixtures("software")
def test_a_gpu_without_a_display_is_skipped() -> None:
    answer, _ = python(
        TRY + "device_choice.visible_devices = lambda *_: [egl.Device(1, is_software=False, cuda=0)]\n"
        "display = egl.Egl.display\n"
        "egl.Egl.display = lambda self, device: display(self, device) if device.is_software else None\n"
        "attempt(0)\nattempt('auto')"
    )
    first, *_, last = answer.splitlines()
    assert first == "ContextError: EGL gives no OpenGL context for device=0; tried:"
    assert last.startswith("drew on")


@pytest.mark.usefixtures("software")
def test_a_hardware_device_that_draws_on_the_cpu_is_not_a_gpu() -> None:
    answer, _ = python(
        TRY + "handle = next(d.handle for d in egl.Egl().devices() if d.is_software)\n"
        "device_choice.visible_devices = lambda *_: [egl.Device(handle, is_software=False)]\n"
        "attempt(0)"
    )
    assert answer.startswith("ContextError: EGL gives no OpenGL context for device=0")


@pytest.mark.usefixtures("software")
def test_a_gpu_is_not_used_for_the_device_cpu() -> None:
    """Mesa's surfaceless platform may draw on a GPU."""
    answer, _ = python(
        TRY + "egl.Egl.describe = lambda *_: egl.Description('Intel', 'Mesa Intel(R) UHD', '4.6')\nattempt('cpu')"
    )
    assert answer.startswith("ContextError: EGL gives no OpenGL context for device='cpu'")
