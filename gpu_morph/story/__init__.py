"""Stories: a whole film as a file in TOML."""

from .story import Story, read_story

__all__ = ["Story", "read_story"]
