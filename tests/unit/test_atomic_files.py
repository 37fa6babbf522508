"""A file appears under its name only when it is complete."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from gpu_morph.errors import OutputError
from gpu_morph.system.atomic_files import atomic_path, make_folder, output_path, write_bytes, write_text
from gpu_morph.system.hidden_files import new_hidden_file
from gpu_morph.system.owner import this_owner


def test_a_file_is_written_under_another_name_first(tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    target.write_bytes(b"old")
    with atomic_path(target) as part:
        assert (part.parent, part.suffix, part.name[0]) == (tmp_path, ".mp4", ".")
        part.write_bytes(b"new")
        assert target.read_bytes() == b"old"
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["film.mp4"]


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_an_error_keeps_the_older_file_and_leaves_no_other(tmp_path: Path, error: type[BaseException]) -> None:
    target = tmp_path / "film.mp4"
    target.write_bytes(b"old")

    def fail() -> None:
        with atomic_path(target) as part:
            part.write_bytes(b"half")
            raise error

    with pytest.raises(error):
        fail()
    assert target.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["film.mp4"]


def test_two_writers_of_one_file_do_not_meet(tmp_path: Path) -> None:
    with atomic_path(tmp_path / "a.txt") as first, atomic_path(tmp_path / "a.txt") as second:
        assert first != second
        first.write_text("first")
        second.write_text("second")
    assert (tmp_path / "a.txt").read_text() == "first"  # which is complete last
    assert os.listdir(tmp_path) == ["a.txt"]


@pytest.mark.parametrize("name", ["電" * 83 + ".mp4", "n" * 251 + ".png", ".hidden", "no ending"])
def test_any_name_that_a_folder_can_hold_is_possible(tmp_path: Path, name: str) -> None:
    write_bytes(tmp_path / name, b"data")
    assert os.listdir(tmp_path) == [name]


def test_text_is_utf_8(tmp_path: Path) -> None:
    write_text(tmp_path / "a.txt", "µm\n")
    assert (tmp_path / "a.txt").read_bytes() == b"\xc2\xb5m\n"


def test_a_path_is_absolute_and_the_home_folder_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert output_path("~/a.mp4", what="film", example="b.mp4") == tmp_path / "a.mp4"
    assert output_path("a.mp4", what="film", example="b.mp4") == tmp_path / "a.mp4"


def test_a_folder_or_a_missing_folder_is_no_file_to_write(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError, match=r"is a folder: give the film's file name, such as .*b\.mp4"):
        output_path(tmp_path, what="film", example="b.mp4")
    with pytest.raises(FileNotFoundError, match="nowhere for the film does not exist: make it first"):
        output_path(tmp_path / "nowhere" / "a.mp4", what="film", example="b.mp4")


# What is not replaced


def test_a_read_only_file_stays_for_root_too(tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    target.write_bytes(b"protected")
    target.chmod(0o444)
    for write in (lambda: write_bytes(target, b"new"), lambda: output_path(target, what="film", example="b.mp4")):
        with pytest.raises(OutputError, match=r"film\.mp4 is read-only and stays as it is"):
            write()
    assert target.read_bytes() == b"protected"
    assert os.listdir(tmp_path) == ["film.mp4"]


def test_a_file_that_is_protected_while_it_is_made_anew_stays(tmp_path: Path) -> None:
    target = tmp_path / "film.mp4"
    target.write_bytes(b"protected")

    def protect() -> None:
        with atomic_path(target) as part:
            part.write_bytes(b"new")
            target.chmod(0o444)

    with pytest.raises(OutputError, match="read-only"):
        protect()
    assert target.read_bytes() == b"protected"
    assert os.listdir(tmp_path) == ["film.mp4"]


def test_another_users_file_in_a_sticky_folder_is_refused_before_it_is_made_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "film.mp4"
    target.write_bytes(b"old")
    tmp_path.chmod(0o777)
    monkeypatch.setattr(os, "geteuid", lambda: target.stat().st_uid + 1)
    output_path(target, what="film", example="b.mp4")
    tmp_path.chmod(0o1777)
    with pytest.raises(OutputError, match=r"film\.mp4 is another user's and stays as it is"):
        output_path(target, what="film", example="b.mp4")
    output_path(tmp_path / "other.mp4", what="film", example="b.mp4")


def test_a_file_that_the_system_does_not_let_replace_is_an_own_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def not_permitted(*paths: object) -> None:
        raise PermissionError(1, "Operation not permitted", *map(str, paths))

    monkeypatch.setattr(os, "replace", not_permitted)
    with pytest.raises(OutputError, match=r"film\.mp4 cannot be replaced: Operation not permitted"):
        write_bytes(tmp_path / "film.mp4", b"new")
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "names_part"), [(errno.EPERM, True), (errno.EROFS, True), (errno.ENOSPC, False), (errno.EFBIG, False)]
)
def test_what_the_system_refuses_to_write_is_an_own_error(tmp_path: Path, number: int, names_part: bool) -> None:
    with (
        pytest.raises(OutputError, match=rf"film\.mp4 cannot be written: {os.strerror(number)}"),
        atomic_path(tmp_path / "film.mp4") as part,
    ):
        raise OSError(number, os.strerror(number), *([str(part)] if names_part else []))
    assert os.listdir(tmp_path) == []


def test_errors_of_other_files_stay_as_they_are(tmp_path: Path) -> None:
    with pytest.raises(PermissionError, match=r"recording\.h5"), atomic_path(tmp_path / "film.mp4"):
        raise PermissionError(errno.EPERM, "Operation not permitted", "recording.h5")


def test_a_temporary_file_that_cannot_be_removed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a folder that is append-only."""

    def not_permitted(*_: object, **__: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "replace", not_permitted)
    monkeypatch.setattr(Path, "unlink", not_permitted)
    with pytest.raises(OutputError, match=r"film\.mp4 cannot be written, and .*\.part\.mp4 cannot be removed"):
        write_bytes(tmp_path / "film.mp4", b"new")


def test_a_folder_that_cannot_be_made_is_an_own_error(tmp_path: Path) -> None:
    make_folder(tmp_path / "a" / "b", parents=True)
    make_folder(tmp_path / "a")
    with pytest.raises(OutputError, match="cannot be made: File name too long"):
        make_folder(tmp_path / ("n" * 300))


def test_a_link_keeps_leading_where_it_leads(tmp_path: Path) -> None:
    (tmp_path / "store").mkdir()
    stored, link = tmp_path / "store" / "object", tmp_path / "film.mp4"
    link.symlink_to("store/object")
    for content in (b"first", b"second"):  # the link leads to nothing at first
        with atomic_path(link) as part:
            assert (part.parent, part.suffix) == (tmp_path / "store", ".mp4")
            part.write_bytes(content)
        assert os.readlink(link) == "store/object"
        assert stored.read_bytes() == content
    assert sorted(os.listdir(tmp_path / "store")) == ["object"]


def test_a_link_to_a_missing_folder_and_one_in_a_circle_are_refused(tmp_path: Path) -> None:
    (tmp_path / "lost.mp4").symlink_to(tmp_path / "nowhere" / "film.mp4")
    (tmp_path / "circle.mp4").symlink_to("circle.mp4")
    with pytest.raises(FileNotFoundError, match="nowhere for the film does not exist"):
        output_path(tmp_path / "lost.mp4", what="film", example="b.mp4")
    with pytest.raises(OutputError, match=r"circle\.mp4 cannot be written: Too many levels of symbolic links"):
        output_path(tmp_path / "circle.mp4", what="film", example="b.mp4")


@pytest.mark.parametrize("kind", ["pipe", "socket", "device", "link to a device"])
def test_what_is_no_regular_file_is_refused(tmp_path: Path, kind: str) -> None:
    target = tmp_path / "film.mp4"
    if kind == "pipe":
        os.mkfifo(target)
    elif kind == "link to a device":
        target.symlink_to("/dev/null")
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(target))
    else:
        target = Path("/dev/null")
    before = target.lstat()
    for write in (lambda: write_bytes(target, b"new"), lambda: output_path(target, what="film", example="b.mp4")):
        with pytest.raises(OutputError, match="is a device, a pipe or a socket: give the name of a file"):
            write()
    assert (target.lstat().st_ino, target.lstat().st_mode) == (before.st_ino, before.st_mode)


def test_a_name_that_is_too_long_is_an_own_error(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="cannot be written: File name too long"):
        output_path(tmp_path / ("n" * 300 + ".mp4"), what="film", example="b.mp4")


# What killed processes leave


def part_of(target: Path, owner: str) -> Path:
    part = new_hidden_file(target, f".part{target.suffix}")
    return part.with_name(part.name.replace(this_owner(), owner))


def test_a_part_of_a_process_that_has_ended_is_removed_and_of_others_not(tmp_path: Path) -> None:
    target, (host, pid, start, system) = tmp_path / "film.mp4", this_owner().split("-")
    ended, elsewhere = f"{host}-{pid}-{int(start) + 1}-{system}", "node7-4242-93817-1f0c9a2e"
    stale = [part_of(target, ended), part_of(target, ended).with_suffix(".mov"), part_of(target, elsewhere)]
    kept = [part_of(target, this_owner()), part_of(target, elsewhere), part_of(tmp_path / "other.mp4", ended)]
    for path in (*stale, *kept):
        path.write_bytes(b"half")
    os.utime(stale[2], (0, 0))  # nobody knows whether that process runs, but it has not written for a day
    with atomic_path(target) as part:
        part.write_bytes(b"film")
    assert sorted(tmp_path.iterdir()) == sorted([target, *kept])


@pytest.mark.cluster
def test_what_a_killed_process_leaves_is_removed_by_the_next(tmp_path: Path) -> None:
    code = """
        import os, signal, sys
        from pathlib import Path
        from gpu_morph.system.atomic_files import atomic_path
        with atomic_path(Path(sys.argv[1])) as part:
            part.write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)
    """
    target = tmp_path / ("n" * 200 + ".mp4")
    subprocess.run([sys.executable, "-c", textwrap.dedent(code), target], check=False, timeout=180)
    assert len(os.listdir(tmp_path)) == 1
    with atomic_path(target) as part:
        part.write_bytes(b"film")
    assert os.listdir(tmp_path) == [target.name]
