"""The number of processors is the smallest of what machine, batch system and container allow."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gpu_morph.system import processors
from gpu_morph.system.processors import n_processors


@pytest.fixture
def groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of control groups of a process that may use 16 processors and is in group /job/step."""
    monkeypatch.setattr(os, "cpu_count", lambda: 64)
    monkeypatch.setattr(os, "process_cpu_count", lambda: 64, raising=False)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(16)), raising=False)
    (tmp_path / "cgroup").write_text("4:cpuset:/\n3:cpu,cpuacct:/job/step\n0::/job/step\n")
    monkeypatch.setattr(processors, "_CGROUP", tmp_path / "cgroup")
    monkeypatch.setattr(processors, "_MOUNTS", tmp_path / "mounts")
    return tmp_path / "mounts"


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text)


def test_processors_that_the_process_is_bound_to(groups: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert n_processors() == 16
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {5})
    assert n_processors() == 1


def test_a_limit_of_python_counts(groups: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "process_cpu_count", lambda: 3, raising=False)
    assert n_processors() == 3


@pytest.mark.parametrize("group", ["job/step", "job", "."])
def test_a_limit_of_a_control_group_of_version_2_or_of_one_around_it(groups: Path, group: str) -> None:
    write(groups / "job/step", cpu__max="max 100000\n")
    write(groups / group, cpu__max="250000 100000\n")
    assert n_processors() == 3


@pytest.mark.parametrize(("quota", "expected"), [("400000", 4), ("50000", 1), ("-1", 16)])
def test_a_limit_of_a_control_group_of_version_1(groups: Path, quota: str, expected: int) -> None:
    write(groups / "cpu/job", cpu__cfs_quota_us=quota, cpu__cfs_period_us="100000")
    assert n_processors() == expected


def test_damaged_files_of_control_groups_are_no_limit(groups: Path) -> None:
    write(groups, cpu__max="")
    write(groups / "job", cpu__max="1 0")
    (groups / "cpu").touch()
    assert n_processors() == 16


def test_a_system_without_control_groups(groups: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processors, "_CGROUP", groups / "missing")
    assert n_processors() == 16
