"""What annotations of every kind have in common."""

from __future__ import annotations

import dataclasses
import pickle
from dataclasses import replace

import numpy as np
import pytest
from annotation_parts import CAMERA, INK, KINDS, PAPER, SYNAPSES, box_of, sprites, view

from gpu_morph.errors import SceneError
from gpu_morph.scene import annotations
from gpu_morph.scene.annotations import Annotation
from gpu_morph.scene.annotations.base import Moment


def test_every_kind_is_among_them():
    kinds = {getattr(annotations, name) for name in annotations.__all__} - {Annotation}
    assert {type(one) for one in KINDS.values()} == kinds


@pytest.mark.parametrize("kind", KINDS)
def test_it_can_be_pickled_and_is_frozen(kind):
    annotation = KINDS[kind]
    assert pickle.loads(pickle.dumps(annotation)) == annotation
    hash(annotation)
    with pytest.raises(dataclasses.FrozenInstanceError):
        annotation.place = "right"  # type: ignore[misc]


@pytest.mark.parametrize("kind", [kind for kind in sorted(KINDS) if type(KINDS[kind]).place is not None])
def test_an_unknown_place_is_an_error(kind):
    for place in ("top left", None, 3, ["left"]):
        with pytest.raises(SceneError, match=r"place must be 'upper left', 'upper', .* or 'lower right', got"):
            replace(KINDS[kind], place=place)


@pytest.mark.parametrize("kind", KINDS)
def test_only_text_and_section_are_positional(kind):
    fields = [field for field in dataclasses.fields(KINDS[kind]) if not field.kw_only]  # type: ignore[arg-type]
    known = {
        "text": ["text"], "title": ["text"], "logo": ["image"], "arrow": ["section"], "inset": ["section"],
        "layers": ["heights"],
    }  # fmt: skip
    assert [field.name for field in fields] == known.get(kind, [])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(320, 240), (3840, 2160)])
def test_it_draws_at_any_size_over_anything(kind, size):
    for changes in ({}, {"shield": True}, {"is_transparent": True, "shield": True}, {"paper": INK, "ink": PAPER}):
        if kind == "fade" and "is_transparent" in changes:
            continue  # it has nothing to fade into
        seen = view(size=size, text=0.02 * size[1], synapse_colors=SYNAPSES, label_colors=SYNAPSES, **changes)
        for sprite in sprites(KINDS[kind], seen, time=4.5):
            assert sprite.image.dtype == np.uint8
            assert sprite.image.shape[2] == 4
            assert sprite.image[..., 3].any()


@pytest.mark.parametrize("kind", KINDS)
def test_what_stays_is_the_same_array(kind):
    seen = view(synapse_colors=SYNAPSES, label_colors=SYNAPSES)
    draw = KINDS[kind].drawing(seen, box_of(KINDS[kind], seen))
    first, again = draw(Moment(4.5, CAMERA)), draw(Moment(4.5, CAMERA))
    assert [id(sprite.image) for sprite in first] == [id(sprite.image) for sprite in again]
