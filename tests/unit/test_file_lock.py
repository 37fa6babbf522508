"""One holder of a file's name at a time; a holder that has ended holds nothing."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from gpu_morph.errors import OutputError
from gpu_morph.system.file_lock import file_lock
from gpu_morph.system.hidden_files import hidden_files, new_hidden_file
from gpu_morph.system.owner import has_ended, is_of_this_system, shown, this_owner

HOLD = """
import sys
from pathlib import Path
from gpu_morph.system.file_lock import file_lock
with file_lock(Path(sys.argv[1]), what="film film.mp4"):
    print("held", flush=True)
    sys.stdin.read()
"""
MEET = """
import sys
from pathlib import Path
from gpu_morph.errors import OutputError
from gpu_morph.system.file_lock import file_lock
folder = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for number in range(10):
    try:
        with file_lock(folder / "film.mp4", what="film film.mp4"):
            (folder / "inside").touch(exist_ok=False)
            (folder / "inside").unlink()
            print("held", flush=True)
    except OutputError:
        pass
print("end", flush=True)
"""
ELSEWHERE = "node7-4242-93817-1f0c9a2e"  # an owner on another machine


def python(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.fixture(params=["flock", "no flock"])
def _flock(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    def lacks(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    if request.param == "no flock":
        monkeypatch.setattr(fcntl, "flock", lacks)


def hold(target: Path) -> None:
    with file_lock(target, what="film film.mp4"):
        pass


def is_free(target: Path) -> bool:
    try:
        hold(target)
    except OutputError:
        return False
    return True


def claim_from_elsewhere(target: Path, ending: str) -> Path:
    claim = new_hidden_file(target, ending)
    path = claim.with_name(claim.name.replace(this_owner(), ELSEWHERE))
    path.touch()
    return path


@pytest.mark.usefixtures("_flock")
def test_a_name_is_held_once_and_nothing_is_left(tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    with file_lock(target, what="film film.mp4"):
        with pytest.raises(OutputError, match=rf"the film film\.mp4 is being written by process {os.getpid()} on"):
            hold(target)
        assert is_free(tmp_path / "other.mp4")
    assert is_free(target)
    assert os.listdir(tmp_path) == []


@pytest.mark.usefixtures("_flock")
def test_other_threads_do_not_hold_it_either(tmp_path: Path) -> None:
    found: list[bool] = []
    with file_lock(tmp_path / "film.mp4", what="film film.mp4"):
        thread = threading.Thread(target=lambda: found.append(is_free(tmp_path / "film.mp4")))
        thread.start()
        thread.join()
    assert found == [False]


def test_an_error_releases_it(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), file_lock(tmp_path / "film.mp4", what="film film.mp4"):
        raise KeyboardInterrupt
    assert os.listdir(tmp_path) == []


def test_a_link_is_held_under_the_name_it_leads_to(tmp_path: Path) -> None:
    (tmp_path / "link.mp4").symlink_to("film.mp4")
    with file_lock(tmp_path / "link.mp4", what="film film.mp4"):
        assert not is_free(tmp_path / "film.mp4")


def test_long_names_that_begin_alike_are_different(tmp_path: Path) -> None:
    with file_lock(tmp_path / ("n" * 245 + "_1.mp4"), what="film film.mp4"):
        assert is_free(tmp_path / ("n" * 245 + "_2.mp4"))
        assert not is_free(tmp_path / ("n" * 245 + "_1.mp4"))


def test_where_nothing_can_be_written_the_message_says_so(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"the film film\.mp4 cannot be written: No such file or directory"):
        hold(tmp_path / "nowhere" / "film.mp4")


@pytest.mark.cluster
@pytest.mark.usefixtures("_flock")
def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    with python(HOLD, target) as process:
        assert line(process) == "held"
        with pytest.raises(OutputError, match=f"written by process {process.pid} on"):
            hold(target)
        process.kill()
    assert len(os.listdir(tmp_path)) == 1  # its claim
    assert is_free(target)
    assert os.listdir(tmp_path) == []


@pytest.mark.cluster
def test_processes_that_meet_hold_it_one_after_the_other(tmp_path: Path) -> None:
    processes = [python(MEET, tmp_path) for _ in range(4)]
    for process in processes:
        assert line(process) == "ready"
    answers = [process.communicate("go\n", timeout=180)[0].split() for process in processes]
    assert [answer[-1] for answer in answers] == ["end"] * 4  # no two were inside at once
    assert any("held" in answer for answer in answers)
    assert os.listdir(tmp_path) == []


def test_a_process_of_another_machine_holds_it_while_it_has_its_file_locked(tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    claim = claim_from_elsewhere(target, ".flock")
    with claim.open("r+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(OutputError, match="written by process 4242 on node7"):
            hold(target)
    assert is_free(target)
    assert os.listdir(tmp_path) == []


def test_a_claim_of_another_machine_without_locks_counts_until_it_is_removed(tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    claim = claim_from_elsewhere(target, ".lock")
    with pytest.raises(OutputError, match=f"If that process has ended, remove .*{ELSEWHERE}"):
        hold(target)
    claim.unlink()
    assert is_free(target)


def test_an_owner_is_this_process_while_it_runs(tmp_path: Path) -> None:
    host, pid, start, system = this_owner().split("-")
    assert (pid, shown(this_owner())) == (str(os.getpid()), f"process {pid} on {host}")
    assert is_of_this_system(this_owner())
    assert not has_ended(this_owner())
    assert has_ended(f"{host}-{pid}-{int(start) + 1}-{system}")  # its number was another's before
    assert not has_ended(ELSEWHERE)
    assert hidden_files(tmp_path, r"\.lock") == []


@pytest.mark.cluster
def test_a_process_that_nobody_waited_for_has_ended() -> None:
    code = "from gpu_morph.system.owner import this_owner; print(this_owner(), flush=True)"
    process = python(code)
    owner = line(process)
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert has_ended(owner)  # a zombie
    process.communicate()
    assert has_ended(owner)


def test_without_fcntl_as_on_windows_there_is_no_lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from gpu_morph.system import file_lock as module

    monkeypatch.setattr(module, "_HAS_FLOCK", False)
    with module.file_lock(tmp_path / "film.mp4", what="film"), module.file_lock(tmp_path / "film.mp4", what="film"):
        assert not list(tmp_path.iterdir())


def test_signals_that_a_system_lacks_are_left_out() -> None:
    """Windows has no SIGHUP; what imports it must do so there, too."""
    code = (
        "import signal, sys\n"
        "del signal.SIGHUP\n"
        "sys.modules['fcntl'] = None\n"
        "import gpu_morph.api.video, gpu_morph.render.renderer\n"
        "from gpu_morph.system.signals import END_SIGNALS\n"
        "print([s.name for s in END_SIGNALS])"
    )
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert made.stdout.strip() == "['SIGINT', 'SIGTERM']"
