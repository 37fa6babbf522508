"""What a worker and a fingerprint need of an annotation."""

from __future__ import annotations

import dataclasses
import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from annotation_parts import CAMERA, CELL, KINDS, RAMP, RECORDING, SIZE, SYNAPSES, box_of, sprites, view

from gpu_morph.distributed.payload import resolved_picture
from gpu_morph.scene.annotations import Annotation, Clock, TraceInset
from gpu_morph.scene.annotations.base import Moment, Sprite, View
from gpu_morph.scene.camera import Box
from gpu_morph.scene.fingerprint import fingerprint
from gpu_morph.scene.scene import Scene


@pytest.mark.parametrize("kind", KINDS)
def test_on_a_worker_it_draws_the_same_without_the_recording(kind):
    seen = view(synapse_colors=SYNAPSES, label_colors=SYNAPSES)
    sent = KINDS[kind].for_worker(seen)
    assert not sent.needs_recording
    there = pickle.loads(pickle.dumps(sent)).drawing(replace(seen, recording=None), box_of(KINDS[kind], seen))
    here = sprites(KINDS[kind], seen, time=4.5)
    assert [part.image.tolist() for part in there(Moment(4.5, CAMERA))] == [part.image.tolist() for part in here]


@dataclasses.dataclass(frozen=True)
class Peak(Annotation):
    """A kind of a user's own: a bar as high as the greatest of all values."""

    peak: float | None = None

    def room(self, view: View) -> tuple[int, int]:
        return 10, 20

    def drawing(self, view: View, box: Box) -> Any:
        height = 1 + int(self._value(view.recording))
        image = np.full((height, 10, 4), 200, dtype=np.uint8)
        return lambda moment: (Sprite(image, box.x, box.y),)

    def _value(self, recording: Any) -> float:
        return float(recording.values.max()) if self.peak is None else self.peak


@dataclasses.dataclass(frozen=True)
class SmallPeak(Peak):
    """The same, which needs less on a worker and whose value counts."""

    @property
    def needs_recording(self) -> bool:
        return self.peak is None

    def for_worker(self, view: View) -> Annotation:
        return replace(self, peak=self._value(view.recording))

    def fingerprint_parts(self, *, morphology: Any, recording: Any, time_range: Any) -> Any:
        yield self._value(recording)


def test_a_users_kind_gets_the_whole_recording_on_a_worker_unless_it_needs_none():
    scene = Scene(CELL, RECORDING, annotations=(Peak(), Clock()))
    sent, layout = resolved_picture(scene, SIZE, transparent=False)
    assert sent.annotations == scene.annotations
    assert layout.view.recording is RECORDING
    sent, layout = resolved_picture(replace(scene, annotations=(SmallPeak(),)), SIZE, transparent=False)
    assert sent.annotations == (SmallPeak(peak=20.0),)
    assert layout.view.recording is None


@pytest.mark.parametrize(
    ("kind", "counts"), [(Peak, set()), (SmallPeak, {"annotations"}), (TraceInset, {"annotations"})]
)
@pytest.mark.parametrize("with_values", [True, False])
def test_a_fingerprint_counts_what_an_annotation_adds_to_it(kind, counts, with_values):
    scene, values = Scene(CELL, RECORDING, clim=(-80, 20), annotations=(kind(),)), RAMP.copy()
    values[-1, 0] += 1  # no frame shows this row
    prints = [
        fingerprint(replace(scene, recording=recording), [0.0, 1.0], with_values=with_values)
        for recording in (RECORDING, replace(RECORDING, values=values))
    ]
    assert {name for name in prints[0] if prints[0][name] != prints[1][name]} == counts


def test_a_fingerprint_can_leave_out_the_recordings_values():
    scene, values = Scene(CELL, RECORDING, clim=(-80, 20)), RAMP + 1
    changed = replace(scene, recording=replace(RECORDING, values=values))
    assert fingerprint(scene, [0.0], with_values=False) == fingerprint(changed, [0.0], with_values=False)
    assert fingerprint(scene, [0.0]) != fingerprint(changed, [0.0])
