"""The front before podman's service, with a stand-in for podman: what must hold needs no container."""

from __future__ import annotations

import base64
import io
import json
import os
import re
import select
import socket
import socketserver
import sys
import tarfile
import threading
from collections.abc import Callable, Iterator
from itertools import takewhile
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.testbed.container.docker_api import docker_api

_SECONDS = 5  # within which everything happens; nothing waits for it to pass
_UPGRADE = b"POST /v1.41/exec/1/start HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
_UPGRADED = b"HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"


class Podman(socketserver.ThreadingUnixStreamServer):
    """Says what a test has it say, and keeps what it is asked."""

    daemon_threads = True

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), Conversation)
        self.path = path
        self.heads: list[str] = []
        self.errors: list[BaseException | None] = []
        self.ended = threading.Event()  # the container
        self.says: Callable[[Conversation], None] = numbered

    @property
    def lines(self) -> list[str]:
        return [head.partition("\r\n")[0] for head in self.heads]

    def shutdown_request(self, request: Any) -> None:
        self.close_request(request)  # as podman does: what it has not read is a reset for who said it

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002  # socketserver's
        self.errors.append(sys.exception())


class Conversation(socketserver.StreamRequestHandler):
    server: Podman
    timeout = _SECONDS

    def handle(self) -> None:
        self.head = b"".join(takewhile(bytes.strip, self.rfile)).decode()
        self.server.heads.append(self.head)
        self.server.says(self)

    def say(self, body: bytes, status: str = "200 OK") -> None:
        self.wfile.write(f"HTTP/1.0 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)


def numbered(conversation: Conversation) -> None:
    """Say something else to whoever asks; to HEAD without a body."""
    number = str(len(conversation.server.heads)).encode()
    conversation.wfile.write(b"HTTP/1.0 200 OK\r\nNumber: " + number + b"\r\n\r\n")
    if not conversation.head.startswith("HEAD"):
        conversation.wfile.write(b"body " + number)


def exit_status(conversation: Conversation) -> None:
    """Answer who waits when the container has ended, and anyone else at once."""
    if "/wait" in conversation.head:
        assert conversation.server.ended.wait(_SECONDS)
    conversation.say(b"3\n")


@pytest.fixture
def podman(tmp_path: Path) -> Iterator[Podman]:
    with Podman(tmp_path / "podman.sock") as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        yield server
        server.shutdown()
        thread.join(_SECONDS)
    assert server.errors == []


@pytest.fixture
def docker(podman: Podman, tmp_path: Path) -> Iterator[Path]:
    with docker_api(tmp_path, podman.path) as path:
        yield path


def asking(docker: Path, request: bytes) -> socket.socket:
    client = socket.socket(socket.AF_UNIX)
    client.settimeout(_SECONDS)
    client.connect(str(docker))
    client.sendall(request)
    return client


def rest(client: socket.socket) -> bytes:
    """Return what comes until the connection ends, which it must."""
    return b"".join(iter(lambda: client.recv(1 << 16), b""))


def until(client: socket.socket, end: bytes) -> bytes:
    said = b""
    while not said.endswith(end):
        byte = client.recv(1)
        assert byte, said
        said += byte
    return said


def ask(docker: Path, line: str) -> bytes:
    with asking(docker, f"{line} HTTP/1.1\r\nHost: d\r\n\r\n".encode()) as client:
        return rest(client)


def test_which_engine_this_is_is_asked_of_podman_once(docker: Path, podman: Podman) -> None:
    lines = ["GET /_ping", "GET /v1.41/_ping", "GET /info", "GET /v1.41/info", "GET /version", "GET /v1.41/version"]
    for _ in range(3):
        for number, line in enumerate(lines, 1):
            assert ask(docker, line) == f"HTTP/1.0 200 OK\r\nNumber: {number}\r\n\r\nbody {number}".encode()
    assert podman.lines == [f"{line} HTTP/1.0" for line in lines]


def test_a_head_is_asked_once_too_and_is_not_answered_as_a_get_is(docker: Path, podman: Podman) -> None:
    for _ in range(3):
        assert ask(docker, "GET /_ping").endswith(b"\r\n\r\nbody 1")
        assert ask(docker, "HEAD /_ping").endswith(b"Number: 2\r\n\r\n")
    assert podman.lines == ["GET /_ping HTTP/1.0", "HEAD /_ping HTTP/1.0"]


def test_what_changes_is_asked_of_podman_each_time(docker: Path, podman: Podman) -> None:
    lines = ["GET /v1.41/containers/json", "GET /v1.41/containers/info/json", "GET /info?all=1", "POST /info", "GET /x/version"]
    for line in lines:
        assert ask(docker, line) != ask(docker, line)
    assert podman.lines == [f"{line} HTTP/1.1" for line in lines for _ in range(2)]


@pytest.mark.parametrize("version", ["", "/v1.41"])
def test_waiting_is_asked_with_an_interval_and_its_headers_come_before_the_end(docker: Path, podman: Podman, version: str) -> None:
    podman.says = exit_status
    with asking(docker, f"POST {version}/containers/a-b.c_1/wait?condition=not-running HTTP/1.1\r\nHost: d\r\n\r\n".encode()) as client:
        head = until(client, b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"\r\nContent-Type: application/json\r\n" in head
        assert b"\r\nConnection: close\r\n" in head
        podman.ended.set()
        assert json.loads(rest(client)) == {"StatusCode": 3, "Error": None}
    (line,) = podman.lines
    method, target, _ = line.split()
    assert (method, urlsplit(target).path) == ("POST", "/v4.0.0/libpod/containers/a-b.c_1/wait")
    assert parse_qs(urlsplit(target).query) == {"condition": ["stopped", "exited"], "interval": ["50ms"]}


def test_an_error_while_waiting_has_a_message(docker: Path, podman: Podman) -> None:
    podman.says = lambda conversation: conversation.say(b'{"message": "no such container: abc", "response": 404}', "404 Not Found")
    answer = json.loads(ask(docker, "POST /v1.41/containers/abc/wait").partition(b"\r\n\r\n")[2])
    assert answer["StatusCode"] == -1
    assert "no such container: abc" in answer["Error"]["Message"]


@pytest.mark.parametrize("together", [True, False], ids=["in one piece", "after its head"])
def test_a_body_is_handed_on_whole_and_the_connection_ends_with_the_answer(docker: Path, podman: Podman, together: bool) -> None:
    body = os.urandom(500_000)
    head = f"PUT /v1.41/containers/abc/archive?path=/ HTTP/1.1\r\nHost: d\r\nContent-Length: {len(body)}\r\n\r\n".encode()

    def turned(conversation: Conversation) -> None:
        conversation.say(conversation.rfile.read(len(body))[::-1], "201 Created")
        if "\r\nConnection: close\r\n" not in conversation.head:
            conversation.rfile.read()  # it would be kept open

    podman.says = turned
    with asking(docker, head + body if together else head) as client:
        if not together:
            assert wait_for(lambda: bool(podman.heads))
            client.sendall(body)
        answered, _, answer = rest(client).partition(b"\r\n\r\n")
    assert answered.startswith(b"HTTP/1.0 201 Created\r\n")
    assert answer == body[::-1]
    assert podman.heads[0].replace("Connection: close\r\n", "", 1).encode() == head.removesuffix(b"\r\n")


def wait_for(holds: Callable[[], bool]) -> bool:
    ticks = threading.Event()
    return any(holds() or ticks.wait(0.01) for _ in range(_SECONDS * 100))


def test_an_upgraded_connection_carries_bytes_both_ways_and_is_half_closed(docker: Path, podman: Podman) -> None:
    def louder(conversation: Conversation) -> None:
        conversation.wfile.write(_UPGRADED)
        for line in conversation.rfile:
            conversation.wfile.write(line.upper())
        conversation.wfile.write(b"the end" * 50_000)

    podman.says = louder
    with asking(docker, _UPGRADE + b"at once\n") as client:
        assert until(client, b"\r\n\r\n") == _UPGRADED
        assert until(client, b"\n") == b"AT ONCE\n"
        for _ in range(2):
            client.sendall(b"\x00\xfflater\n")
            assert until(client, b"\n") == b"\x00\xffLATER\n"
        client.shutdown(socket.SHUT_WR)
        assert rest(client) == b"the end" * 50_000
    assert podman.heads == [_UPGRADE.decode().removesuffix("\r\n")]


def test_an_upgraded_connection_ends_with_podman_though_the_client_has_more_to_say(docker: Path, podman: Podman) -> None:
    def brief(conversation: Conversation) -> None:
        conversation.wfile.write(_UPGRADED + b"bye" * 50_000)

    podman.says = brief
    with asking(docker, _UPGRADE) as client:
        assert rest(client) == _UPGRADED + b"bye" * 50_000


def test_an_upgraded_connection_ends_with_podman_though_it_has_not_read_everything(docker: Path, podman: Podman) -> None:
    def deaf(conversation: Conversation) -> None:
        conversation.wfile.write(_UPGRADED)
        assert select.select([conversation.connection], [], [], _SECONDS)[0]

    podman.says = deaf
    with asking(docker, _UPGRADE) as client:
        assert until(client, b"\r\n\r\n") == _UPGRADED
        client.sendall(b"unread")
        assert rest(client) == b""


def test_who_waits_for_a_container_is_in_nobodys_way(docker: Path, podman: Podman) -> None:
    podman.says = exit_status
    with asking(docker, b"POST /containers/abc/wait HTTP/1.1\r\nHost: d\r\n\r\n") as waiting:
        assert wait_for(lambda: bool(podman.heads))
        assert ask(docker, "GET /info").endswith(b"\r\n\r\n3\n")
        assert ask(docker, "GET /containers/json").endswith(b"\r\n\r\n3\n")
        assert not podman.ended.is_set()
        podman.ended.set()
        assert json.loads(rest(waiting).partition(b"\r\n\r\n")[2])["StatusCode"] == 3


def test_an_error_is_asked_for_again(docker: Path, podman: Podman) -> None:
    podman.says = lambda conversation: conversation.say(b"not yet", "500 Internal Server Error")
    assert ask(docker, "GET /info").endswith(b"not yet")
    podman.says = numbered
    assert b" 200 " in ask(docker, "GET /info")


def test_waiting_for_something_else_than_the_end_is_left_to_podman(docker: Path, podman: Podman) -> None:
    assert b" 200 " in ask(docker, "POST /v1.41/containers/it/wait?condition=removed")
    assert podman.lines == ["POST /v1.41/containers/it/wait?condition=removed HTTP/1.1"]


ENVIRONMENT = "GET /v1.41/containers/it/archive?path=%2Fvar%2Frun%2Fact%2Fworkflow%2Fenvs.txt"


def mounted(volume: Path) -> Callable[[Conversation], None]:
    """Say where act's volume is to who looks at the container, and what else is asked for by its line."""
    mounts = json.dumps({"Mounts": [{"Destination": "/var/run/act", "Source": str(volume)}]}).encode()
    return lambda conversation: conversation.say(mounts if "/libpod/containers/it/json" in conversation.head else b"podman's")


def test_a_file_of_acts_volume_is_read_without_podman(docker: Path, podman: Podman, tmp_path: Path) -> None:
    file = tmp_path / "volume/workflow/envs.txt"
    file.parent.mkdir(parents=True)
    podman.says = mounted(tmp_path / "volume")
    for content in (b"A=1\n", b""):
        file.write_bytes(content)
        headers, _, archive = ask(docker, ENVIRONMENT).partition(b"\r\n\r\n")
        about = re.search(rb"X-Docker-Container-Path-Stat: (.*)", headers)
        assert about
        assert json.loads(base64.b64decode(about[1]))["size"] == len(content)
        with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            member = tar.extractfile("envs.txt")
            assert member
            assert member.read() == content
    assert len(podman.lines) == 1


@pytest.mark.parametrize("there", ["nothing", "a link", "a link above", "a folder"])
def test_what_is_no_plain_file_there_is_left_to_podman(docker: Path, podman: Podman, tmp_path: Path, there: str) -> None:
    volume, secret = tmp_path / "volume", tmp_path / "secret"
    secret.mkdir()
    (secret / "envs.txt").write_text("of this machine")
    volume.mkdir()
    if there == "a link above":
        (volume / "workflow").symlink_to(secret)
    else:
        (volume / "workflow").mkdir()
    if there == "a link":
        (volume / "workflow/envs.txt").symlink_to(secret / "envs.txt")
    elif there == "a folder":
        (volume / "workflow/envs.txt").mkdir()
    podman.says = mounted(volume)
    assert ask(docker, ENVIRONMENT).endswith(b"podman's")


def test_files_of_a_container_that_act_has_no_volume_in_are_left_to_podman(docker: Path, podman: Podman) -> None:
    podman.says = lambda conversation: conversation.say(b'{"Mounts": []}' if "/json" in conversation.head else b"podman's")
    assert ask(docker, ENVIRONMENT).endswith(b"podman's")
