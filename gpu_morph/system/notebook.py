"""Whether this is a notebook."""

from __future__ import annotations

import sys


def is_notebook() -> bool:
    """True inside of IPython, which shows objects."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return get_ipython() is not None
