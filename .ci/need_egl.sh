#!/bin/sh
# Checks that OpenGL works without a display: libEGL, libGL and a driver that opens (NVIDIA's or Mesa's).
# Prints nothing when it does. Otherwise root on Debian or Ubuntu gets Mesa's software driver, and other users
# are told what to ask for.
set -u
packages="libegl1 libgl1 libgl1-mesa-dri"

opens_a_display() {
  "${PYTHON:-python3}" - 2>/dev/null <<'PYTHON'
import ctypes

ctypes.CDLL("libGL.so.1")
egl = ctypes.CDLL("libEGL.so.1")
egl.eglGetProcAddress.restype = ctypes.c_void_p


def function(name, result, *arguments):
    return ctypes.CFUNCTYPE(result, *arguments)(egl.eglGetProcAddress(name))


display_of = function(b"eglGetPlatformDisplayEXT", ctypes.c_void_p, ctypes.c_uint, ctypes.c_void_p, ctypes.c_void_p)
devices_of = function(b"eglQueryDevicesEXT", ctypes.c_uint, ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
devices, n_devices = (ctypes.c_void_p * 64)(), ctypes.c_int()
devices_of(64, devices, ctypes.byref(n_devices))
# EGL_PLATFORM_DEVICE_EXT of each device, then EGL_PLATFORM_SURFACELESS_MESA
platforms_and_devices = [(0x313F, device) for device in devices[: n_devices.value]] + [(0x31DD, None)]
displays = (display_of(platform, device, None) for platform, device in platforms_and_devices)
raise SystemExit(not any(d and egl.eglInitialize(ctypes.c_void_p(d), None, None) for d in displays))
PYTHON
}

[ "$(uname -s)" = Linux ] && [ "${GPU_MORPH_BACKEND:-egl}" = egl ] || exit 0
opens_a_display && exit 0

if command -v apt-get >/dev/null; then
  install="apt-get install -y --no-install-recommends $packages"
  if [ "$(id -u)" -eq 0 ]; then
    echo "Installing Mesa's EGL software driver: $packages" >&2
    export DEBIAN_FRONTEND=noninteractive
    if said=$({ apt-get update -qq && $install -qq; } 2>&1 </dev/null); then
      opens_a_display && exit 0
    else
      printf '%s\n%s\n' "$said" "$install has failed" >&2
    fi
  fi
  install="apt-get update && $install"
elif command -v dnf >/dev/null; then
  install="dnf install libglvnd-egl libglvnd-glx mesa-libEGL mesa-dri-drivers"
else
  install="your package manager: Mesa's EGL, GL and software (swrast, llvmpipe) drivers"
fi
cat >&2 <<TEXT
gpu_morph draws with OpenGL through EGL, and this machine has no EGL driver that opens. Ask its administrator for
    $install
and, on a machine with an NVIDIA card, for the driver's own EGL library (libnvidia-gl).
TEXT
exit 1
