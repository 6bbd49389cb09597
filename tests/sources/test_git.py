"""Git repositories as sources: resolved, fetched once, verified."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from robot_action.clients.store import DiskStore
from robot_action.errors import InputError
from robot_action.model.fetched import FetchedTree
from robot_action.model.source import Source, SourceKind
from robot_action.ports import Ports
from robot_action.sources.git import fetch
from tests.testbed.git_bed import make_client, make_ports
from tests.testbed.git_server import GitServer

NAME = "acme/templates"


@pytest.fixture
def server(git_server: GitServer) -> GitServer:
    git_server.create(NAME)
    for version in ("1.0", "1.1"):
        commit = git_server.commit(NAME, {"t/template.yml": f"version {version}"})
        git_server.git(NAME, "tag", f"v{version}", commit)
    git_server.commit(NAME, {"t/template.yml": "unreleased"})
    return git_server


@pytest.fixture
def ports(server: GitServer, tmp_path: Path) -> Ports:
    return make_ports(tmp_path, make_client(server))


def source(server: GitServer, **changes: Any) -> Source:
    return Source(SourceKind.GIT, server.url_of(NAME), f"{server.url_of(NAME)}", **changes)


def packs(server: GitServer) -> int:
    return sum(request.method == "POST" and "upload-pack" in request.target for request in server.requests)


def test_the_highest_release_is_fetched(server: GitServer, ports: Ports) -> None:
    fetched = fetch(ports, source(server))
    assert fetched.tree["t/template.yml"].content == b"version 1.1"
    assert (fetched.version, fetched.commit) == ("1.1", server.git(NAME, "rev-parse", "v1.1"))


def test_what_is_in_the_store_is_not_fetched_again(server: GitServer, ports: Ports, tmp_path: Path) -> None:
    fetch(ports, source(server, ref="v1.0"))
    before = packs(server)
    again = fetch(make_ports(tmp_path, make_client(server)), source(server, versions="<1.1", subdirectory="t"))
    assert again.tree["template.yml"].content == b"version 1.0"
    assert packs(server) - before == 1  # the list of references alone


def test_a_branch_is_looked_up_by_each_run(server: GitServer, ports: Ports, tmp_path: Path) -> None:
    first = fetch(ports, source(server, ref="main"))
    commit = server.commit(NAME, {"t/template.yml": "newer"})
    assert (fetch(ports, source(server, ref="main")).commit, first.version) == (first.commit, "")
    assert fetch(make_ports(tmp_path, make_client(server)), source(server, ref="main")).commit == commit


def test_an_unknown_version_names_the_nearest(server: GitServer, ports: Ports) -> None:
    with pytest.raises(InputError, match=r"1\.0, 1\.1"):
        fetch(ports, source(server, versions=">=2"))


def test_a_missing_subdirectory_names_the_nearest(server: GitServer, ports: Ports) -> None:
    with pytest.raises(InputError, match="There are: t"):
        fetch(ports, source(server, subdirectory="tt"))


def test_a_damaged_copy_is_reported_and_fetched_again(server: GitServer, tmp_path: Path) -> None:
    warnings: list[str] = []
    ports = make_ports(tmp_path, make_client(server), store=DiskStore(tmp_path / "store", warnings.append))
    first = fetch(ports, source(server))
    (entry,) = [path for path in (tmp_path / "store").rglob("*") if path.name == first.commit]
    entry.write_bytes(entry.read_bytes().replace(b"version 1.1", b"version 6.6"))
    assert dict(fetch(ports, source(server)).tree) == dict(first.tree)
    assert len(warnings) == 1


def test_parallel_runs_fetch_a_commit_once(server: GitServer, tmp_path: Path) -> None:
    together = threading.Barrier(3)

    def run() -> FetchedTree:
        together.wait()
        return fetch(make_ports(tmp_path, make_client(server)), source(server, ref="v1.0"))

    with ThreadPoolExecutor(3) as pool:
        fetched = [future.result() for future in [pool.submit(run) for _ in range(3)]]
    assert len({item.commit for item in fetched}) == 1
    assert packs(server) == 3 + 1  # three lists of references, and one fetch


def test_line_ends_are_those_of_a_work_tree(server: GitServer, ports: Ports) -> None:
    files = {"t/.gitattributes": "*.bat eol=crlf\n", "t/a.bat": "a\n", "a.bat": "a\n", "t/link.bat": "a\r\n", "t/b": "a\n"}
    server.commit(NAME, files)
    tree = fetch(ports, source(server, ref="main")).tree
    assert {path: tree[path].content for path in files} == {**{path: text.encode() for path, text in files.items()}, "t/a.bat": b"a\r\n"}
