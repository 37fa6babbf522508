"""The version that the pages show."""

from __future__ import annotations

import re


def site_version(changelog: str, version: str) -> str:
    """The package's version, with a "+" where the changelog has changes that no version has yet."""
    _, newest, changes, *_ = re.split(r"^## \[(.+?)\].*$", changelog, flags=re.MULTILINE)
    is_ahead = newest == "Unreleased" and re.search(r"^- ", changes, flags=re.MULTILINE)
    return f"{version}+" if is_ahead else version
