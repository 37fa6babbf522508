"""The process of a film in the soak test, and those that it starts."""

from __future__ import annotations

import resource
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

_SCRIPT = Path(__file__).with_name("one_film.py")
_TIMEOUT = 180.0  # s for a film, and for its processes to end


class BrokenPromiseError(Exception):
    """What was promised and does not hold."""


@dataclass
class Running:
    """A film that is being made, and all processes that were seen with it."""

    process: subprocess.Popen[str]
    family: set[psutil.Process] = field(default_factory=set)

    @classmethod
    def start(cls, kind: str, folder: Path, *more: str, most_bytes: int | None = None) -> Running:
        """Start a film; return when it has begun."""

        def limit() -> None:
            signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell in the background ignores it
            signal.signal(signal.SIGHUP, signal.SIG_DFL)  # nohup ignores it
            if most_bytes is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most_bytes, most_bytes))

        process = subprocess.Popen(
            [sys.executable, str(_SCRIPT), kind, str(folder), *more],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=limit,
        )
        assert process.stdout is not None
        process.stdout.readline()
        return cls(process)

    def watch(self, seconds: float) -> None:
        """Note the processes of the film for some time, or until it ends."""
        end = time.monotonic() + seconds
        while self.process.poll() is None and time.monotonic() < end:
            with suppress(psutil.Error):
                self.family |= set(psutil.Process(self.process.pid).children(recursive=True))
            time.sleep(0.05)

    def members(self, word: str) -> list[psutil.Process]:
        """The running processes of the film whose command has this word."""
        found = []
        for process in self.family:
            with suppress(psutil.Error):
                if process.is_running() and word in " ".join(process.cmdline()):
                    found.append(process)
        return found

    def end(self) -> tuple[int, str, str]:
        """Wait for the end of the film and of its processes: exit code, output, and message."""
        self.watch(_TIMEOUT)
        try:
            self.process.wait(timeout=5)
            late = psutil.wait_procs(self.family, timeout=60)[1]  # after kill -9 workers end by themselves
            output, message = self.process.communicate(timeout=5)  # they have its pipes
            if late:
                raise BrokenPromiseError(f"processes are left: {late}; {message}")
        except subprocess.TimeoutExpired as cause:
            raise BrokenPromiseError(f"it did not end within {_TIMEOUT:g} s") from cause
        finally:
            for process in (*self.family, self.process):
                with suppress(psutil.Error):
                    process.kill()
        return self.process.returncode, output, message
