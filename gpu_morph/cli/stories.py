"""Films that a file describes, and the command-line options that go with one."""

from __future__ import annotations

import argparse

from ..story import Story, read_story
from .films import film_keywords

_ALLOWED = {"morphology", "output", "timeline", "dry_run", "scheduler", "workers"}  # besides those of a film


def is_story(options: argparse.Namespace) -> bool:
    """True if the first file is a story."""
    return options.morphology is not None and options.morphology.lower().endswith(".toml")


def story_of_options(options: argparse.Namespace) -> Story:
    """The story, with the options that were given in place of what the file says.

    Raises
    ------
    StoryError
        The file is wrong.
    """
    keywords = film_keywords(options)
    for name in sorted(options.given - _ALLOWED - keywords.keys()):
        option = f"recording {options.recording}" if name == "recording" else f"--{name.replace('_', '-')}"
        options.refuse(f"{option} goes with a morphology: write it into {options.morphology} instead")
    names = options.given | ({"times"} if "timeline" in options.given else set())
    given = {name: value for name, value in keywords.items() if name in names}
    for name in ("scratch", "resume"):
        given.pop(name, None)
    return read_story(options.morphology, film=given | ({"path": options.output} if options.output else {}))
