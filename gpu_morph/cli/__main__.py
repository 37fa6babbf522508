"""``python -m gpu_morph.cli``."""

import sys

from .main import main

sys.exit(main())
