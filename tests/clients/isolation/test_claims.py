"""Claims on second users, seen by everybody who shares the process table."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from robot_action.clients.isolation import claims
from robot_action.clients.isolation.claims import claim
from tests.clients.children import needs_root

UID = 2_000_000_000 + os.getpid()


@contextmanager
def other_process(name: str, user: int = 0) -> Iterator[int]:
    """Run a process that has a name of its own, of some user."""
    become = f"os.setresuid({user}, {user}, {user})"
    code = f"import os, sys; open('/proc/self/comm', 'w').write({name!r}); {become}; print(flush=True); sys.stdin.read()"
    with subprocess.Popen([sys.executable, "-I", "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.readline()
        yield process.pid
        process.stdin.close()


def names() -> set[str]:
    return {path.read_text().strip() for path in Path("/proc/self/task").glob("*/comm")}


def test_a_claim_stands_in_the_process_table_until_it_ends() -> None:
    with claim(UID) as is_alone:
        assert is_alone
        assert f"robot{UID}" in names()
    assert f"robot{UID}" not in names()


@needs_root
def test_of_two_that_claim_the_same_user_the_later_is_told() -> None:
    with other_process(f"robot{UID}"):
        with claim(UID) as is_alone:
            assert not is_alone
        with claim(UID - 1) as is_alone:
            assert is_alone
    with claim(UID) as is_alone:
        assert is_alone


@needs_root
def test_template_code_cannot_keep_others_from_a_user_by_a_name() -> None:
    with other_process(f"robot{UID}", user=UID), claim(UID) as is_alone:
        assert is_alone


def test_a_process_that_ends_while_we_look_claims_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in (1, 2, 3):
        (tmp_path / f"{number}/task/{number}").mkdir(parents=True)
    (tmp_path / "2/status").write_text("Uid:\t0\t0\t0\t0\n")  # its thread has no name any more
    (tmp_path / "3/status").write_text("Uid:\t0\t0\t0\t0\n")
    monkeypatch.setattr(claims, "_PROC", tmp_path)
    with claim(UID) as is_alone:
        assert is_alone
    (tmp_path / "3/task/3/comm").write_text(f"robot{UID}\n")
    with claim(UID) as is_alone:
        assert not is_alone
