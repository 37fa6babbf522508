"""Compare the ratios of two results of bench_film.py, which depend less on the machine than times do.

    python benchmarks/bench_film.py -o new.json
    python benchmarks/guard.py benchmarks/results/film-llvmpipe-2cores.json new.json

The exit status is 1 if a ratio has fallen by more than a third.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

MIN_CHANGE = 2 / 3


def ratios_of(result: dict[str, Any]) -> dict[str, float]:
    """All ratios of a result by name; greater is better."""
    return {
        f"{case['copies']} copies, {case['size'][0]}x{case['size'][1]}, {name}": ratio
        for case in result["cases"]
        for name, ratio in case["ratios"].items()
    }


def main() -> int:
    if len(sys.argv) != 3:
        print(__doc__, file=sys.stderr)
        return 2
    before, now = (ratios_of(json.loads(Path(name).read_text())) for name in sys.argv[1:])
    fallen = 0
    for name in sorted(before.keys() & now.keys()):
        has_fallen = now[name] < MIN_CHANGE * before[name]
        fallen += has_fallen
        print(f"{'FALLEN ' if has_fallen else '       '}{before[name]:8.2f} -> {now[name]:8.2f}  {name}")
    return int(fallen > 0)


if __name__ == "__main__":
    sys.exit(main())
