"""Labels of sites are moved apart, away from what they name."""

from __future__ import annotations

import numpy as np

from gpu_morph.scene.annotations.base import Sprite
from gpu_morph.scene.annotations.label_parting import LabelSprite, parted


def label(x: int, y: int, *, outwards: int = -1) -> LabelSprite:
    return LabelSprite(np.zeros((10, 40, 4), np.uint8), x, y, outwards=outwards)


def places(*drawn: list[Sprite]) -> list[list[tuple[int, int]]]:
    return [[(sprite.x, sprite.y) for sprite in sprites] for sprites in parted(drawn)]


def test_labels_apart_stay_where_they_are():
    assert places([label(0, 0)], [label(0, 10)], [label(40, 0)]) == [[(0, 0)], [(0, 10)], [(40, 0)]]


def test_labels_that_cover_each_other_go_outwards_and_the_nearest_keeps_its_place():
    upwards = places([label(0, 100)], [label(5, 94)], [label(9, 97)])
    assert upwards == [[(0, 100)], [(5, 80)], [(9, 90)]]
    downwards = places(*([label(x, y, outwards=1)] for x, y in ((0, 100), (5, 106), (9, 103))))
    assert downwards == [[(0, 100)], [(5, 120)], [(9, 110)]]


def test_labels_keep_clear_of_the_arrows_of_others_but_not_of_their_own():
    arrow = Sprite(np.zeros((30, 6, 4), np.uint8), 17, 95)
    assert places([label(0, 90), arrow], [label(100, 90)])[0][0] == (0, 90)
    assert places([label(0, 85)], [label(100, 0), arrow], [label(10, 90)])[::2] == [[(0, 75)], [(10, 85)]]


def test_thirty_labels_at_one_place_are_all_apart():
    found = sorted(place[0][1] for place in places(*([label(0, 0)] for _ in range(30))))
    assert np.diff(found).tolist() == [10] * 29


def test_other_sprites_are_returned_as_they_are():
    other = Sprite(np.zeros((1, 1, 4), np.uint8), 3, 4)
    assert parted([[other], [label(0, 0)], [label(0, 0)]])[0][0] is other
