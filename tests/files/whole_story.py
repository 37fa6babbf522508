"""A story with every kind of part, and the files that it names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

WHOLE = """\
# every kind of part
[film]
output = "whole.mp4"
size = [320, 240]
fps = 10
quality = 25
timeline = {points = [
  [0, 0],
  [1, 4],  # slow from here
  [2, 5],
], loop = 1}

[scene]
morphology = {path = "cell.swc", scale = 1.0}
recording = "v.npz"
clim = [-80, 30]
cmap = "turbo"
background = "#0b0d12"
opacity = {dend = 0.5}
sampling = "linear"
min_width = 0.5
synapse_style = {diameter = 4}
highlight = {section = 1, color = "red"}
overlays = [
  {recording = "ca.npz", cmap = "inferno", clim = [0, 1]},
]

[camera]
easing = "linear"
hold = 0.1

[[camera.keyframes]]
at = 0
azim = -90
elev = 5

[[camera.keyframes]]
at = 2.0
azim = -30
zoom = 0.5
label = "soma"

[[meshes]]
kind = "points"
positions = "points.csv"
color = "gold"

[[meshes]]
kind = "electrode"
positions = [[40, 0, 0], [40, 20, 0]]

[[meshes]]
kind = "plane"
center = [0, 0, 60]
direction = [0, 0, 1]

[[meshes]]
vertices = [[0, 0, 0], [50, 0, 0], [0, 50, 0]]
faces = [[0, 1, 2]]
name = "layer"

[[annotations]]
kind = "ColorBar"
place = "left"

[[annotations]]
kind = "clock"
show_speed = true

[[annotations]]
kind = "Logo"
image = "logo.png"

[[annotations]]
kind = "Text"
text = "here"
start = 0.5
stop = 1
fade = 0.1

[[annotations]]
kind = "Title"
text = "A cell"
seconds = 0.2

[[annotations]]
kind = "Fade"
start = 0.2
"""


def put_story(folder: Path, text: str = WHOLE) -> Path:
    """Write a story and its files into a folder; returns the story's path."""
    (folder / "cell.swc").write_text("1 1 0 0 -20 15 -1\n2 1 0 0 20 15 1\n3 3 0 20 20 6 2\n4 3 30 60 120 3 3\n")
    times, values = np.arange(11.0), np.linspace(-80, 30, 22).reshape(11, 2)
    np.savez(folder / "v.npz", times=times, values=values, section=[0, 1], position=[0.5, 0.5])
    calcium = {"values": values[:, :1] / 110 + 0.7, "section": [0], "position": [0.5], "name": "ca", "unit": "µM"}
    np.savez(folder / "ca.npz", times=times, **calcium)  # type: ignore[arg-type]
    np.savetxt(folder / "points.csv", [(0, 0, 90), (20, 0, 90)], delimiter=",")
    Image.new("RGB", (40, 20), "red").save(folder / "logo.png")
    path = folder / "story.toml"
    path.write_text(text, encoding="utf-8")
    return path
