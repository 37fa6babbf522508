"""Which EGL device draws: what ``device=`` means, and a display of the device that was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Literal

from ...errors import ContextError
from . import environment
from .egl import Device, Egl, is_software_renderer
from .software_memory import check_space_for_context

DeviceChoice = int | Literal["auto", "cpu"]
PACKAGES = (
    "on Debian and Ubuntu: apt-get install libegl1 libgl1 libgl1-mesa-dri; on Fedora and RHEL: dnf install "
    "libglvnd-egl libglvnd-glx mesa-libEGL mesa-dri-drivers; with an NVIDIA card also the driver's own libnvidia-gl "
    "(in a container: NVIDIA_DRIVER_CAPABILITIES=all)"
)


def parse_device(device: int | str | None) -> DeviceChoice:
    """The device that ``device`` asks for, or GPU_MORPH_DEVICE where that is None.

    Raises
    ------
    ValueError
        Neither an index, "auto" nor "cpu".
    """
    given = environment.default_device() if device is None else device
    text = str(given).strip().lower()
    if text in ("auto", "cpu"):
        return text  # type: ignore[return-value]
    if text.isdecimal() and not isinstance(given, bool):
        return int(text)
    source = "GPU_MORPH_DEVICE" if device is None else "device"
    raise ValueError(f"{source} must be the index of a GPU from 0 on, 'auto' or 'cpu', got {given!r}")


def visible_devices(devices: Sequence[Device], cuda_visible: str | None) -> list[Device]:
    """Hardware devices in the order in which an index counts them.

    Devices with a CUDA number come first, sorted by that number. If ``cuda_visible`` (CUDA_VISIBLE_DEVICES) is given,
    only those that it lists, in its order; its entries are numbers or beginnings of UUIDs, and the list ends at the
    first entry that names no device, as in CUDA. Devices without a CUDA number follow in EGL's order. A device of
    Mesa's for a card that has a CUDA number is left out.

    The CUDA number (EGL_NV_device_cuda) does not depend on CUDA_VISIBLE_DEVICES.
    """
    hardware = [d for d in devices if not d.is_software]
    cuda = sorted((d for d in hardware if d.cuda is not None), key=lambda d: d.cuda or 0)
    cards = {d.drm_file for d in cuda if d.drm_file is not None}
    others = [d for d in hardware if d.cuda is None and d.drm_file not in cards]
    if cuda_visible is None:
        return cuda + others
    chosen: list[Device] = []
    for entry in (e.strip() for e in cuda_visible.split(",")):
        prefix = entry.lower().removeprefix("gpu-")
        if entry.isdecimal():
            found = [d for d in cuda if d.cuda == int(entry)]
        else:
            found = [d for d in cuda if prefix and d.uuid is not None and d.uuid.startswith(prefix)]
        if len(found) != 1:
            break
        chosen += found
    # CUDA_VISIBLE_DEVICES hides CUDA's devices only.
    return chosen + others


def visible_gpus() -> list[str]:
    """A name for each GPU, in the order of their indices: the same in every process on this machine.

    Empty where there is no GPU or no EGL.
    """
    try:
        devices = open_egl().devices()
    except ContextError:
        return []
    return [str(device) for device in visible_devices(devices, environment.cuda_visible_devices())]


def device_list() -> list[str]:
    """A line for each EGL device: how to choose it, what it is, its GL_RENDERER.

    Raises
    ------
    ContextError
        No EGL library, or too little address space.
    """
    egl, lines = open_egl(), []
    devices = egl.devices()
    visible = visible_devices(devices, environment.cuda_visible_devices())
    for device in devices:
        if device.is_software:
            choice = "device='cpu'"
        else:
            choice = f"device={visible.index(device)}" if device in visible else "hidden by CUDA_VISIBLE_DEVICES"
        if device.is_software:
            check_space_for_context()
        display = egl.display(device)
        description = egl.describe(display) if display is not None else None
        lines.append(f"{choice}: {device}: {description.renderer if description else 'gives no OpenGL'}")
    return lines


def find_display(choice: DeviceChoice) -> tuple[Device, int, DeviceChoice]:
    """The first device that fits the choice and gives OpenGL, its EGLDisplay, and the choice that names it.

    Raises
    ------
    ContextError
        There is none, or too little address space.
    """
    egl = open_egl()
    devices = egl.devices()
    hardware = visible_devices(devices, environment.cuda_visible_devices())
    software = [d for d in devices if d.is_software]
    if isinstance(choice, int):
        if choice >= len(hardware):
            listed = "".join(f"\n  {k}: {d}" for k, d in enumerate(hardware)) or " none"
            raise ContextError(
                f"device={choice} was asked for, but the GPUs that EGL shows are:{listed}\n"
                f"(CUDA_VISIBLE_DEVICES={environment.cuda_visible_devices()}); see 'gpu-morph info'"
            )
        candidates = hardware[choice : choice + 1]
    else:
        candidates = software if choice == "cpu" else hardware + software
    for device in candidates:
        if device.is_software:
            check_space_for_context()
        display = egl.display(device)
        description = egl.describe(display) if display is not None else None
        if display is None or description is None:
            continue
        # A hardware device may turn out to draw on the CPU, a software device on a GPU: neither is what was chosen.
        if is_software_renderer(description.renderer):
            if device.is_software:
                return device, display, "cpu"
        elif choice != "cpu":
            return device, display, hardware.index(device) if device in hardware else "auto"
    tried = "".join(f"\n  {d}" for d in candidates) or " none"
    raise ContextError(
        f"EGL gives no OpenGL context for device={choice!r}; tried:{tried}\n"
        f"(a window of another library that is current in this thread also prevents it)\n{PACKAGES}"
    )


def open_egl() -> Egl:
    """The EGL library of this process, opened by the first call.

    Raises
    ------
    ContextError
        There is none.
    """
    path = environment.egl_library()
    try:
        return _opened(path)
    except (OSError, AttributeError) as cause:
        raise ContextError(f"no EGL library (libEGL.so.1) on this machine: {cause}; {PACKAGES}") from cause


@cache
def _opened(path: str | None) -> Egl:
    return Egl(path)
