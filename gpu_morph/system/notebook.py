"""Whether this is a notebook."""

from __future__ import annotations

import sys


def is_notebook() -> bool:
    """True inside of IPython, which shows objects."""
    if "IPython" not in sys.modules:
        return False
    from IPython import get_ipython

    return get_ipython() is not None


def has_kernel() -> bool:
    """True in a Jupyter kernel, whose front end can show widgets; False in a terminal's IPython."""
    if not is_notebook():
        return False
    from IPython import get_ipython

    return getattr(get_ipython(), "kernel", None) is not None
