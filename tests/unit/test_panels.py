"""Panels: where they are, what they check, and what they share."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import gpu_morph as gm
from gpu_morph.api.film_times import film_times
from gpu_morph.errors import SceneError
from gpu_morph.scene.annotations.canvas import text_width
from gpu_morph.scene.fingerprint import fingerprint
from gpu_morph.scene.panels.panels import with_scenes
from gpu_morph.scene.panels.title_lines import title_lines


def bar(length: float = 100.0) -> gm.Morphology:
    """One section along z."""
    return gm.Morphology(
        points=[[0, 0, 0], [0, 0, length]],
        diameters=[10, 10],
        section_offsets=[0, 2],
        section_parent=[-1],
        section_parent_x=[0],
        section_labels=("soma",),
    )


def recorded(low: float = 0.0, high: float = 1.0, *, first: float = 0.0, name: str = "v") -> gm.Recording:
    return gm.Recording(first + np.arange(3), [[low], [high], [low]], section=[0], position=[0.5], name=name, unit="mV")


def scene(length: float = 100.0, **options: Any) -> gm.Scene:
    return gm.Scene(bar(length), **{"camera": gm.Camera(azim=0, elev=0), **options})


def corners(panels: gm.Panels, size: tuple[int, int]) -> list[list[tuple[int, int, int, int]]]:
    return [[(box.x, box.y, box.width, box.height) for box in row] for row in panels.boxes(size)]


def test_rows_fill_the_width_and_share_the_height() -> None:
    panels = gm.Panels([[scene(), scene()], [scene()]], widths=(3, 1), heights=(1, 2), gap=0)
    assert corners(panels, (200, 90)) == [[(0, 0, 150, 30), (150, 0, 50, 30)], [(0, 30, 200, 60)]]


def test_a_gap_is_between_panels_and_nowhere_else() -> None:
    panels = gm.Panels([[scene(), None], [scene(), scene()]], gap=2, font_size=10)
    assert corners(panels, (220, 120)) == [[(0, 0, 100, 50), (120, 0, 100, 50)], [(0, 70, 100, 50), (120, 70, 100, 50)]]


def test_a_row_with_a_title_has_a_line_of_text_above_all_its_panels() -> None:
    panels = gm.Panels([[scene(), scene()], [scene()]], titles=[["a", ""], None], gap=0, font_size=16)
    (left, right), (below,) = panels.boxes((200, 120))
    assert left.y == right.y == 20
    assert below.y == left.y + left.height == 70


def test_a_title_that_is_wider_than_its_panel_has_several_lines() -> None:
    title = "control, before the drug was washed in, and after ten minutes"
    panels = gm.Panels([[scene(), scene()]], titles=[[title, "washout"]], gap=0, font_size=16)
    ((left, right),) = panels.boxes((600, 200))
    assert left.y == right.y == 40
    lines = title_lines(title, 16, left.width)
    assert " ".join(lines) == title
    assert all(text_width(line, 16) <= left.width for line in lines)
    shortest = title_lines(title, 16, 60)
    assert len(shortest) == 3
    assert "…" in shortest[-1]
    assert all(text_width(line, 16) <= 60 for line in shortest)


def test_annotations_of_the_whole_have_their_own_room() -> None:
    panels = gm.Panels([[scene()]], annotations=[gm.Text("the whole", place="upper")], font_size=16)
    ((box,),) = panels.boxes((300, 200))
    assert box.y >= 20
    assert (box.x, box.width, box.y + box.height) == (0, 300, 200)


def test_a_single_row_needs_no_second_brackets() -> None:
    assert len(gm.Panels([scene(), scene()], titles=["a", "b"], widths=(2, 1)).rows[0]) == 2


@pytest.mark.parametrize(
    ("rows", "options", "error", "words"),
    [
        ([[None]], {}, SceneError, "one Scene at least"),
        ([["a"]], {}, TypeError, "a panel shows a Scene"),
        (scene(), {}, TypeError, r"rows of what panels show.*got Scene"),
        ([[scene(), scene()]], {"widths": (1,)}, SceneError, "one number for each panel of a row"),
        ([[scene(), scene()]], {"widths": (1, 0)}, SceneError, "positive numbers"),
        ([[scene()], [scene()]], {"heights": (1, 2, 3)}, SceneError, "heights must be 2"),
        ([[scene()], [scene()]], {"titles": ["a"]}, SceneError, "a str for each panel"),
        ([[scene()]], {"cameras": "linked"}, SceneError, "'own', 'angle', 'scale' or 'view'"),
        ([[scene()]], {"annotations": [gm.ScaleBar()]}, SceneError, "belongs to one cell"),
        ([[scene(annotations=[gm.Title("card")])]], {}, SceneError, r"give it to Panels\(annotations="),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_wrong_arguments_say_what_to_do(rows: Any, options: Any, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        gm.Panels(rows, **options)


def test_what_shows_one_scene_says_what_draws_panels() -> None:
    panels = gm.Panels([[scene()]])
    for call in (gm.view, lambda shown: gm.write_html(shown, None), gm.Renderer):
        with pytest.raises(TypeError, match=r"got Panels: .* panels.scenes\[0\]; render_image"):
            call(panels)


# What panels share


def cameras_of(panels: gm.Panels, size: tuple[int, int]) -> list[gm.Camera]:
    layout = panels.layout(size)
    items = panels.drawn_items(layout)
    return [item.camera_beside(part) for item, part in zip(items, layout.layouts, strict=True)]


def test_linked_cameras_have_one_direction_scale_or_view() -> None:
    other = gm.Camera(azim=90, elev=45)
    rows = [[scene(100.0), scene(400.0, camera=other)]]
    one, two = cameras_of(gm.Panels(rows, gap=0), (200, 100))
    assert (two.azim, two.elev) == (90, 45)
    one, two = cameras_of(gm.Panels(rows, gap=0, cameras="angle"), (200, 100))
    assert (two.azim, two.elev) == (one.azim, one.elev) == (0, 0)
    assert two.height > 3 * one.height
    one, two = cameras_of(gm.Panels(rows, gap=0, cameras="scale"), (200, 100))
    assert one.height == pytest.approx(two.height)
    assert (one.center[2], two.center[2]) == pytest.approx((50, 200))
    one, two = cameras_of(gm.Panels(rows, gap=0, cameras="view"), (200, 100))
    assert one == two


def test_a_pixel_is_as_many_um_in_panels_of_any_size() -> None:
    panels = gm.Panels([[scene(100.0)], [scene(400.0)]], heights=(1, 3), gap=0, cameras="scale")
    one, two = cameras_of(panels, (200, 400))
    assert one.height / 100 == pytest.approx(two.height / 300)


def test_a_colour_bar_of_the_whole_gives_scenes_of_its_variable_one_range() -> None:
    low, high = scene(recording=recorded(0, 1)), scene(recording=recorded(-3, 0.5))
    other = scene(recording=recorded(0, 9, name="ca"))
    panels = gm.Panels([[low, high, other]], annotations=[gm.ColorBar()]).resolved()
    assert [one.clim for one in panels.scenes] == [(-3, 1), (-3, 1), (0, 9)]
    assert panels.carrier.clim == (-3, 1)
    own = gm.Panels([[low, high]]).resolved()
    assert [one.clim for one in own.scenes] == [(0, 1), (-3, 0.5)]


def test_a_given_range_holds_for_all_and_two_are_an_error() -> None:
    free, given = scene(recording=recorded()), scene(recording=recorded(), clim=(-5, 5))
    panels = gm.Panels([[free, given]], annotations=[gm.ColorBar()])
    assert [one.clim for one in panels.resolved().scenes] == [(-5, 5), (-5, 5)]
    with pytest.raises(SceneError, match=r"clim \(-5.0, 5.0\), \(0.0, 1.0\): give all the same"):
        gm.Panels([[replace(free, clim=(0, 1)), given]], annotations=[gm.ColorBar()]).resolved()
    with pytest.raises(SceneError, match="differ in cmap or norm"):
        gm.Panels([[free, replace(given, cmap="magma")]], annotations=[gm.ColorBar()]).resolved()


def test_a_film_has_the_times_that_all_recordings_have() -> None:
    rows = [[scene(recording=recorded(first=0)), scene(recording=recorded(first=1))]]
    times, _ = film_times(gm.Panels(rows), None, None, None, None, fps=50)
    assert times.tolist() == [1, 2]
    rows[0][1] = scene(recording=recorded(first=7))
    with pytest.raises(ValueError, match="no time in common: 0 to 2 ms, 7 to 9 ms"):
        film_times(gm.Panels(rows), None, None, None, None, fps=50)


def test_panels_are_frozen_pickled_and_compared_by_what_they_show() -> None:
    panels = gm.Panels([[scene(recording=recorded()), None]], titles=[["a", None]])
    same = pickle.loads(pickle.dumps(panels))
    assert fingerprint(same, [0.0]) == fingerprint(panels, [0.0])
    changed = replace(panels, titles=[["b", None]])
    ours, theirs = fingerprint(panels, [0.0]), fingerprint(changed, [0.0])
    assert [name for name in ours if ours[name] != theirs[name]] == ["panels"]
    darker = with_scenes(panels, lambda one: replace(one, background="black"))
    names = [name for name, part in fingerprint(darker, [0.0]).items() if part != ours[name]]
    assert names == ["panel 1: background"]
