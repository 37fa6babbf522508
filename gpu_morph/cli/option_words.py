"""Messages of the library in the words of the command line."""

from __future__ import annotations

import re
from collections.abc import Mapping

# Not those in brackets of a call, and not parts of names of files.
_PARAMETER = re.compile(r"""(?<![\w.(/\\'"-])([a-z]\w*)=(True|False|'[^']*'|\d+)(?![\w)/\\'"]|\.\w)""")


def in_options(message: str, spelled: Mapping[str, str]) -> str:
    """A message with options in place of parameters: --resume for resume=True, --device cpu for device='cpu'.

    Parameters
    ----------
    message : str
        Of an error or a warning.
    spelled : mapping
        The options of the command as they are typed, by the parameter. Other parameters stay as they are.
    """
    return _PARAMETER.sub(lambda found: _option(spelled.get(found[1]), found[2]) or found[0], message)


def _option(option: str | None, value: str) -> str | None:
    if option is None or value == "True":
        return option
    return f"no {option}" if value == "False" else f"{option} {value.strip(chr(39))}"
