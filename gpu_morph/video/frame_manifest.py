"""The manifest of a frame folder, frames.json: it describes which film the frames belong to."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ..errors import FramesError
from ..image.image import Size
from ..scene.panels.shown import Shown
from .film_identity import film_identity

MANIFEST = "frames.json"
Manifest = dict[str, Any]
_KIND, _VERSION = "frames of a gpu_morph film", 1


def film_manifest(
    scene: Shown, times: npt.NDArray[np.float64], *, size: Size, supersample: int, transparent: bool
) -> Manifest:
    """The manifest of a film, in types that JSON has; the parameters are those of `open_frames`."""
    identity = film_identity(scene, times, size=size, supersample=supersample)
    return {
        "kind": _KIND,
        "version": _VERSION,
        "n_frames": len(times),
        "transparent": transparent,
        **identity,
        "times": {"first": float(times[0]), "last": float(times[-1]), "hash": identity["times"]},
    }


def manifest_hash(manifest: Manifest) -> str:
    """Sixteen hexadecimal digits that stand for the film."""
    return hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()[:16]


def read_manifest(path: Path) -> Manifest:
    """Read a manifest.

    Raises
    ------
    FramesError
        The file is not a manifest of gpu_morph.
    """
    try:
        manifest = json.loads(path.read_bytes())
    except ValueError:
        manifest = None
    if not isinstance(manifest, dict) or manifest.get("kind") != _KIND:
        raise FramesError(f"{path} is not gpu_morph's, and would be overwritten: move it, or choose another folder")
    return manifest


def difference(found: Manifest | None, expected: Manifest) -> str:
    """Describe how the manifest that was found differs from the expected one."""
    if found is None:
        return f"no {MANIFEST} says which"
    shown = {
        name: (_shown(found.get(name)), _shown(expected.get(name)))
        for name in ("version", "gpu_morph", "size", "supersample", "transparent")
    }
    shown["times"] = _shown_times(found), _shown_times(expected)
    differences = [f"{name} {theirs} instead of {ours}" for name, (theirs, ours) in shown.items() if theirs != ours]
    has_same_times = found.get("times") == expected["times"]
    if shown["times"][0] == shown["times"][1] and not has_same_times:
        differences.append("other times in between")
    theirs, ours = found.get("scene", {}), expected["scene"]
    # The scene's time range, what is read of the recording and how far the camera turns follow from the times: do not
    # list them as well.
    derived = () if has_same_times else ("recording", "time_range", "camera")
    fields = [name for name in ours if theirs.get(name) != ours[name] and name.rpartition(": ")[2] not in derived]
    if fields:
        differences.append(f"another {', '.join(fields)}")
    return "; ".join(differences) or f"its {MANIFEST} was changed"


def _shown(value: Any) -> str:
    return "x".join(map(str, value)) if isinstance(value, list) else str(value)


def _shown_times(manifest: Manifest) -> str:
    times = manifest.get("times", {})
    return f"{times.get('first')} to {times.get('last')} ms ({manifest.get('n_frames')} frames)"
