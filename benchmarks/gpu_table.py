"""The results of `on_gpu.sh` in one JSON file and one table.

    python benchmarks/gpu_table.py FOLDER

Reads what is there of films-*.json and processes.json and replaces them by on_gpu.json and table.md.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from pathlib import Path
from typing import Any

import gpu_morph as gm

HEAD = (
    "| copies (points) | size | camera | drawing thread, ms per frame | frames/s through a pipe | frames/s of a film "
    "(encoders) | one encoder alone | MiB on the GPU |\n|---|---|---|---|---|---|---|---|"
)


def row(films: dict[str, Any], case: dict[str, Any]) -> str:
    film, memory = case["film"], case["MiB on the GPU"]
    cells = [
        f"{films['copies']} ({films['points']:,})",
        "x".join(map(str, case["size"])),
        "turning" if case["turning"] else "static",
        f"{case['median ms']:.2f}",
        f"{case['frames per second through a pipe']:.0f}",
        f"{film['frames per second']:.0f} ({film['encoders']})",
        f"{case['frames per second of one encoder alone']:.0f}",
        "" if memory is None else str(memory),
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    folder = Path(sys.argv[1])
    parts = sorted(folder.glob("films-*.json"), key=lambda path: int(path.stem.split("-")[1]))
    films = [json.loads(path.read_text()) for path in parts]
    processes = folder / "processes.json"
    found = {
        "machine": f"{platform.machine()}, {len(os.sched_getaffinity(0))} cores",
        "versions": {"gpu_morph": gm.__version__, "python": platform.python_version()},
        "films": films,
        "processes on one GPU": json.loads(processes.read_text()) if processes.is_file() else None,
    }
    (folder / "on_gpu.json").write_text(json.dumps(found, indent=1) + "\n")
    lines = [f"{films[0]['cell']}, {films[0]['renderer']}, {found['machine']}", ""] if films else []
    lines += [HEAD, *(row(part, case) for part in films for case in part["cases"])]
    if found["processes on one GPU"]:
        lines += ["", "| processes on one GPU | frames/s together | stuck | not ready |", "|---|---|---|---|"]
        lines += [
            f"| {case['processes']} | {case['frames per second together']:.0f} | {case['stuck']} "
            f"| {case['not ready in time']} |"
            for case in found["processes on one GPU"]["cases"]
        ]
    (folder / "table.md").write_text("\n".join(lines) + "\n")
    print("\n".join(lines))
    for path in (*parts, processes):
        path.unlink(missing_ok=True)


if __name__ == "__main__":
    main()
