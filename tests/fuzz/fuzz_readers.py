"""Read many damaged files with each reader, in processes with limits of time and memory, and count what goes wrong.

Run it by hand; pytest does not collect it::

    python tests/fuzz/fuzz_readers.py                      # 2,000 mutations per text reader, 500 per binary one
    python tests/fuzz/fuzz_readers.py --text 20000 --binary 5000 --only swc --only "sonata nodes"

The exit code is 1 if a reader raises another error than the library's own, takes more than 5 s of a processor or 1 GiB,
does not answer for a minute, or ends its process. The files that do are kept in the folder that is printed.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parent))

from damage import mutated
from file_readers import problem_of, readers

_SECONDS = 5.0  # of a processor, per file
_WAIT = 60.0  # seconds per file, or until a child has imported what it needs; the machine may be loaded
_MEMORY = 1 << 30  # bytes that reading may add


def main() -> int:
    """Fuzz all chosen readers; 1 if anything goes wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--text", type=int, default=2000, help="mutations per text reader (default: %(default)s)")
    parser.add_argument("--binary", type=int, default=500, help="mutations per binary reader (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", action="append", metavar="READER", help=f"one of {', '.join(readers())}")
    options = parser.parse_args()
    kept = Path(tempfile.mkdtemp(prefix="damaged_"))
    failed = False
    for name, reader in readers().items():
        if options.only and name not in options.only:
            continue
        n_files = options.text if reader.is_text else options.binary
        start = time.monotonic()
        problems, slowest = _fuzzed(name, n_files, options.seed, kept)
        print(
            f"{name:16}{n_files:7} files, {sum(problems.values()):4} problems, slowest {slowest:.2f} s, "
            f"{time.monotonic() - start:.0f} s in all",
            flush=True,
        )
        for problem, count in problems.most_common():
            print(f"    {count:5} {problem}", flush=True)
        failed |= bool(problems)
    print(f"files with problems: {kept}" if failed else "no problems")
    return int(failed)


def _fuzzed(name: str, n_files: int, seed: int, kept: Path) -> tuple[Counter[str], float]:
    """Read damaged files in child processes; problems with their counts, and the most seconds of a processor."""
    problems: Counter[str] = Counter()
    slowest, done = 0.0, 0
    context = multiprocessing.get_context("fork")
    while done < n_files:
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(target=_child, args=(name, done, n_files, seed, theirs))
        child.start()
        theirs.close()
        problem, is_ready = "", False
        while done < n_files and not problem:
            used = _processor_time(child.pid)
            try:
                number, problem = ours.recv() if _answers(ours, child.pid, used, is_ready) else (done, "takes too long")
            except EOFError:
                child.join()
                problem = f"ends its process with {child.exitcode}"
                break
            slowest = max(slowest, _processor_time(child.pid) - used if is_ready else 0)
            if not problem:
                done, is_ready = number + 1, True
        if problem:
            problems[problem] += 1
            (kept / f"{name}_{done}".replace(" ", "_")).write_bytes(_content(name, done, seed))
            done += 1
        child.kill()
        child.join()
        ours.close()
    return problems, slowest


def _processor_time(pid: int | None) -> float:
    """Seconds of a processor that a process has used."""
    return sum(psutil.Process(pid).cpu_times()[:2])


def _answers(answers: Any, pid: int | None, used: float, is_ready: bool) -> bool:
    """True when an answer is there, False when the time is over."""
    end = time.monotonic() + _WAIT
    while time.monotonic() < end:
        if answers.poll(1.0):
            return True
        if is_ready and _processor_time(pid) - used > _SECONDS:
            return False
    return False


def _content(name: str, number: int, seed: int) -> bytes:
    reader = readers()[name]
    return mutated(reader.files[reader.damaged], random.Random(f"{seed} {name} {number}"))


def _child(name: str, first: int, end: int, seed: int, answers: Any) -> None:
    """Read the files ``first`` to ``end``, half open; send the number and the problem of each."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    reader = readers()[name]
    with tempfile.TemporaryDirectory() as folder:
        path = reader.write(Path(folder))
        problem_of(reader, path)  # imports what it needs, before the memory is limited
        used = int(Path("/proc/self/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        resource.setrlimit(resource.RLIMIT_AS, (used + _MEMORY, resource.RLIM_INFINITY))
        answers.send((first - 1, ""))  # ready
        for number in range(first, end):
            damaged = Path(folder) / reader.damaged
            damaged.write_bytes(mutated(reader.files[reader.damaged], random.Random(f"{seed} {name} {number}")))
            answers.send((number, problem_of(reader, path)))


if __name__ == "__main__":
    sys.exit(main())
