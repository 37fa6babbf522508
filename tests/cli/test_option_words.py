"""Messages of the library name options where the command line is used, and parameters in Python."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import fails

from gpu_morph.cli.main import main
from gpu_morph.cli.option_words import in_options

SPELLED = {"resume": "--resume", "device": "--device", "output": "--output", "clim": "--clim"}
FILM = """\
[film]
output = "film.mp4"
frames_dir = "frames"
size = [32, 24]
t_stop = 1
t_step = 0.5

[scene]
demo = true
cmap = "viridis"
"""


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("the same call with resume=True draws the others", "the same call with --resume draws the others"),
        ("resume=False begins anew", "no --resume begins anew"),
        ("device=0 was asked for: use device='cpu'", "--device 0 was asked for: use --device cpu"),
        ("GPU_MORPH_DEVICE=cpu, my_device='cpu'", "GPU_MORPH_DEVICE=cpu, my_device='cpu'"),
        ("draws on llvmpipe (device='cpu'); f(path, resume=True)", None),  # of a call, and beside its option's name
        ("transparent=True: clim=(0, 1), resume=Trueish", None),  # no option, no such value
        ("the folder /runs/device=3 a/x does not exist", None),  # names of files
        ("""device=3/x.mp4, device=3.mp4, "device='a'" and '/runs/resume=True'""", None),
        ("give device=3.", "give --device 3."),
    ],
)
def test_parameters_that_are_options_are_named_so(message: str, expected: str | None) -> None:
    assert in_options(message, SPELLED) == (message if expected is None else expected)


def test_frames_of_another_film_are_overwritten_by_the_option_that_the_error_names(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "story.toml").write_text(FILM)
    assert main(["render", "story.toml"]) == 0
    (folder / "story.toml").write_text(FILM.replace("viridis", "magma"))
    before = (folder / "frames" / "00001.png").read_bytes()
    capsys.readouterr()
    assert "of another film (another cmap): choose another folder, or --overwrite-frames to remove" in fails(
        capsys, "render", "story.toml"
    )
    assert main(["render", "story.toml", "--overwrite-frames"]) == 0
    assert (folder / "frames" / "00001.png").read_bytes() != before


def test_without_a_story_there_are_no_frames_to_overwrite(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["render", "cell.swc", "rec.npz", "-o", "film.mp4", "--overwrite-frames"])
    assert "--overwrite-frames is for a .toml file of a film" in capsys.readouterr().err
