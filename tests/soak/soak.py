"""Make films while faults happen at random, and count how often what is promised does not hold.

Run it by hand; pytest does not collect it::

    python tests/soak/soak.py                          # 20 minutes
    python tests/soak/soak.py --rounds 200 --seed 7

Each round makes a film in a process of its own and strikes it at a random moment: workers or encoders are killed, the
disk is full, the process gets a signal. Then the film is whole, or there is none, an older one is as it was, and
nothing is left but what the message names; no process is left; and the same call then makes the whole film. Each frame
is compared with the Renderer's. Films on a cluster get new workers where the fault can strike these; others, and the
second films, are made by two workers that are kept. The exit code is 1 if any round failed; the folders of those are
kept. Ctrl-C ends the test and prints the counts.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import imageio_ffmpeg
import psutil

sys.path.insert(0, str(Path(__file__).parent))

from film_process import BrokenPromiseError, Running
from one_film import KINDS, expected_frames

from gpu_morph.distributed.local_cluster import cluster_client

_OLD = b"an older film"
_SIGNALS = {"SIGINT": signal.SIGINT, "SIGTERM": signal.SIGTERM, "SIGHUP": signal.SIGHUP, "SIGKILL": signal.SIGKILL}
FAULTS = ("worker killed", "ffmpeg killed", "file too large", "disk full", *_SIGNALS, "two signals")


class Soak:
    """Rounds of films and faults."""

    def __init__(self, seed: int, scheduler: str) -> None:
        self.scheduler = scheduler
        self.random = random.Random(seed)
        self.expected = hashlib.sha256(expected_frames()).hexdigest()
        self.tried: Counter[str] = Counter()
        self.failed: Counter[str] = Counter()
        self.ends: Counter[str] = Counter()
        self.kinds: dict[str, tuple[float, int]] = {}

    def measure(self, kind: str) -> tuple[float, int]:
        """Seconds and bytes of a film without a fault."""
        if kind not in self.kinds:
            with tempfile.TemporaryDirectory() as name:
                folder = Path(name)
                running, start = Running.start(kind, folder), time.monotonic()
                end = running.end()
                self.kinds[kind] = time.monotonic() - start, (folder / "film.mkv").stat().st_size
                self.check_whole(folder, *end)
        return self.kinds[kind]

    def round(self, kind: str, fault: str, folder: Path) -> str:
        """Make a film, strike it, check what is left, and make it again; how the first one ended."""
        seconds, n_bytes = self.measure(kind)
        film = folder / "film.mkv"
        has_old = self.random.random() < 0.5
        if has_old:
            film.write_bytes(_OLD)
        limit = int(n_bytes * self.random.uniform(0.02, 1)) if fault == "file too large" else None
        kept = (self.scheduler,) if fault == "disk full" else ()
        running = Running.start(kind, folder, *kept, most_bytes=limit)
        for moment in sorted(self.random.uniform(0, seconds) for _ in range(self.random.choice((1, 1, 1, 2, 3)))):
            running.watch(moment / 2)
            self.strike(fault, running)
        end = code, _, message = running.end()
        if code == 0:
            self.check_whole(folder, *end)
        else:
            self.check_left(folder, code, message, has_old=has_old, is_killed=fault == "SIGKILL")
        if fault == "disk full":
            subprocess.run(["mount", "-o", "remount,size=100%", str(folder)], check=True)
        code_again, output, message_again = Running.start(kind, folder, "resume", self.scheduler).end()
        self.check_whole(folder, code_again, output, message_again)
        if code and "frames are kept" in message and not int(output):
            raise BrokenPromiseError(f"no frame was kept, although it was said: {message}")
        return "whole" if code == 0 else f"exit code {code}"

    def strike(self, fault: str, running: Running) -> None:
        """Let a fault happen now."""
        pid = running.process.pid
        with suppress(psutil.Error, ProcessLookupError):
            if fault in ("worker killed", "ffmpeg killed"):
                victims = running.members("spawn_main" if fault == "worker killed" else "pipe:0")
                if victims:
                    self.random.choice(victims).kill()
            elif fault == "two signals":
                os.kill(pid, self.random.choice((signal.SIGINT, signal.SIGTERM, signal.SIGHUP)))
                time.sleep(self.random.uniform(0, 0.05))
                os.kill(pid, self.random.choice((signal.SIGINT, signal.SIGTERM, signal.SIGHUP)))
            elif fault in _SIGNALS:
                send: Callable[[int, int], None] = self.random.choice((os.kill, os.killpg))
                send(pid, _SIGNALS[fault])

    def check_frames(self, folder: Path) -> None:
        """The film has all frames."""
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", str(folder / "film.mkv")]
        decoded = subprocess.run([*command, "-f", "rawvideo", "-pix_fmt", "rgb24", "-"], capture_output=True)
        if hashlib.sha256(decoded.stdout).hexdigest() != self.expected:
            raise BrokenPromiseError(f"the film has other frames, {len(decoded.stdout)} bytes")

    def check_whole(self, folder: Path, code: int, _: str, message: str) -> None:
        """The film has all frames, and nothing hidden is left."""
        if code:
            raise BrokenPromiseError(f"exit code {code}: {message[-500:]}")
        self.check_frames(folder)
        left = [path.name for path in folder.rglob(".*")]
        if left:
            raise BrokenPromiseError(f"beside the whole film are left {left}")

    def check_left(self, folder: Path, code: int, message: str, *, has_old: bool, is_killed: bool) -> None:
        """No film, the older one, or, if a signal came late, the whole one; nothing hidden but what the message names.

        A signal ends a script silently.
        """
        if code not in (130, 3) and -code not in _SIGNALS.values():
            raise BrokenPromiseError(f"exit code {code}: {message[-500:]}")
        film = folder / "film.mkv"
        if (film.read_bytes() if film.exists() else b"") != _OLD * has_old:
            if code == 3:
                raise BrokenPromiseError("the film's name has neither the older film nor none")
            self.check_frames(folder)
        if is_killed:
            return
        left = [path for path in folder.rglob(".*") if not (path.name.endswith(".pieces") and path.is_dir())]
        if left:
            raise BrokenPromiseError(f"{left} are left: {message[-500:]}")
        kept = [*folder.glob(".*.pieces")]
        if kept and code > 0 and str(kept[0]) not in message:
            raise BrokenPromiseError(f"{kept} is left, and the message does not say so: {message[-500:]}")

    def run(self, n_rounds: int | None, seconds: float) -> None:
        """Run rounds, print each, and count."""
        end = time.monotonic() + seconds
        number = 0
        while number < n_rounds if n_rounds is not None else time.monotonic() < end:
            number += 1
            kind = self.random.choice(KINDS)
            fault = self.random.choice([name for name in FAULTS if "worker" not in name or "cluster" in kind])
            folder = Path(tempfile.mkdtemp(prefix="soak-"))
            is_mounted = fault == "disk full" and self.mount(folder, kind)
            if fault == "disk full" and not is_mounted:
                fault = "file too large"
            try:
                ending = self.round(kind, fault, folder)
                self.ends[f"{fault}: {ending}"] += 1
            except BrokenPromiseError as broken:
                self.failed[f"{fault}, {kind}"] += 1
                ending = f"BROKEN, see {folder}: {broken}"
            self.tried[f"{fault}, {kind}"] += 1
            print(f"{number}. {fault}, {kind}: {ending}", flush=True)
            if is_mounted:
                subprocess.run(["umount", "--lazy", str(folder)], check=True)
            if not ending.startswith("BROKEN"):
                shutil.rmtree(folder)

    def mount(self, folder: Path, kind: str) -> bool:
        """Make the folder a small file system that fills; False if this user may not."""
        n_bytes = int(self.measure(kind)[1] * self.random.uniform(0.2, 1.5))
        mount = ["mount", "-t", "tmpfs", "-o", f"size={max(n_bytes, 16384)}", "tmpfs", str(folder)]
        return shutil.which("mount") is not None and subprocess.run(mount, capture_output=True).returncode == 0


def main() -> int:
    """Run the soak test; 1 if anything failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, help="number of rounds (default: as many as fit in the time)")
    parser.add_argument("--minutes", type=float, default=20.0, help="time (default: %(default)s)")
    parser.add_argument("--seed", type=int, default=int(time.time()), help="of the random faults (default: the time)")
    options = parser.parse_args()
    print(f"seed {options.seed}")
    with cluster_client(n_workers=2) as client:
        soak = Soak(options.seed, client.scheduler.address)
        with suppress(KeyboardInterrupt):
            soak.run(options.rounds, options.minutes * 60)
    print("\ntried  failed  fault, film")
    for name in sorted(soak.tried):
        print(f"{soak.tried[name]:5d}  {soak.failed[name]:6d}  {name}")
    print(f"{soak.tried.total():5d}  {soak.failed.total():6d}  all\n")
    for name in sorted(soak.ends):
        print(f"{soak.ends[name]:5d}  {name}")
    return 1 if soak.failed else 0


if __name__ == "__main__":
    sys.exit(main())
