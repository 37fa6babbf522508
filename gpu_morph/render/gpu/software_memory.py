"""Address space that a CPU needs to draw. Mesa and LLVM end the process where they get none, so it is checked first."""

from __future__ import annotations

from ...errors import ContextError
from ...image.image import Size
from ...system.address_space import free_address_space
from ...system.processors import n_processors
from ..supersampling import enlarged_size
from . import environment

# Measured with Mesa 22.3 and glibc 2.36. Mesa has two threads for each processor that it uses.
_LIBRARIES = 400 << 20  # bytes: Mesa, LLVM, vispy, scipy, shaders, a picture of 1080p
_STACK = 8 << 20  # of a thread
_ARENA = 64 << 20  # that glibc reserves for a thread
_MOST_PROCESSORS = 32
_PER_PIXEL = 20
_PER_PIXEL_OF_LENS = 16  # the sum of what points of a lens see, four floats


def check_space_for_context() -> None:
    """ContextError where the address space is limited, and too little is left for OpenGL on the CPU."""
    wanted = environment.rasterizer_threads()
    n_threads = 2 * min(n_processors() if wanted is None else wanted, _MOST_PROCESSORS)
    arenas = min(n_threads, environment.malloc_arenas() or n_threads)
    _check(_LIBRARIES + n_threads * _STACK + arenas * _ARENA, "drawing on the CPU")


def check_space_for_picture(size: Size, *, supersample: int = 1, has_lens: bool = False) -> None:
    """ContextError where the address space is limited, and too little is left for pictures of this size.

    With ``has_lens`` they have depth of field.
    """
    (width, height), drawn = size, enlarged_size(size, supersample)
    of_lens = _PER_PIXEL_OF_LENS * width * height if has_lens else 0
    _check(_PER_PIXEL * drawn[0] * drawn[1] + of_lens, f"a picture of {drawn[0]}x{drawn[1]} pixels")


def _check(needed: int, purpose: str) -> None:
    free = free_address_space()
    if free is not None and free < needed:
        raise ContextError(
            f"{purpose} takes {_megabytes(needed)} MB of address space, and the limit of this process leaves "
            f"{_megabytes(free)} MB: raise it (ulimit -v unlimited, or the memory that the batch system is asked for). "
            "MALLOC_ARENA_MAX=1 and LP_NUM_THREADS=1 in the environment lower what is needed"
        )


def _megabytes(n_bytes: int) -> int:
    return round(n_bytes / (1 << 20))
