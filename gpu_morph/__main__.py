"""``python -m gpu_morph``: the command ``gpu-morph``."""

import sys

from .cli.main import main

if __name__ == "__main__":
    sys.exit(main())
