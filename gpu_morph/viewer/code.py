"""Lines of Python that make what a view shows."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

from ..image.image import Size
from ..scene.scene import Scene
from .scene_view import has_synapses_of_cells, pinned
from .state import ViewState


def code_of(base: Scene, state: ViewState, size: Size) -> str:
    """Lines that make the picture of a view from ``scene``, the one that the view was opened with."""
    changes = [f"camera={_call(state.camera)}"]
    if state.clim is not None and state.clim != base.clim:
        changes.append(f"clim=({_number(state.clim[0])}, {_number(state.clim[1])})")
    annotations = pinned(base, state.pins)
    if annotations:
        changes.append(f"annotations=(*scene.annotations, {', '.join(_call(one) for one in annotations)})")
    if state.isolated is not None:
        is_plain = isinstance(base.opacity, float | int)
        shown = f"scene.morphology.section_cell == {state.isolated}"
        changes.append(f"opacity={base.opacity!r} * ({shown})" if is_plain else f"opacity=scene.opacity * ({shown})")
        if has_synapses_of_cells(base):
            of_cell = f"gm.select_sections(scene.morphology, synapses=scene.synapses, cells={state.isolated})[2]"
            changes.append(f"synapses=replace({of_cell}, section=None)")
    time = "" if state.time is None else f", time={_number(state.time)}"
    return "\n".join(
        [
            "from dataclasses import replace",
            "",
            "import gpu_morph as gm",
            "",
            "# scene: the one that was viewed",
            "scene = replace(",
            "    scene,",
            *(f"    {change}," for change in changes),
            ")",
            f'gm.save_image("picture.png", scene{time}, size={size})',
            "",
        ]
    )


def _call(given: Any) -> str:
    """The call that makes an object, with what differs from the defaults."""
    arguments = [
        f"{field.name}={_text(getattr(given, field.name))}"
        for field in fields(given)
        if getattr(given, field.name) != field.default
    ]
    return f"gm.{type(given).__name__}({', '.join(arguments)})"


def _text(value: Any) -> str:
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, tuple):
        return f"({', '.join(_text(item) for item in value)}{',' if len(value) == 1 else ''})"
    return repr(value)


def _number(value: float) -> str:
    return repr(float(value))
