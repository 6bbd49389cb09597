"""Docker's API as act needs it, in front of podman's service, which makes three quarters of its work for nothing.

- Who waits for a container has it looked at without any pause: podman knows an interval in its own API alone.
- act asks some ten times a step which engine this is, and podman starts forty programs to find out: it is asked once.
- After each step act reads five files of a volume of its own, and podman starts itself three times for each: they are read here.
"""

from __future__ import annotations

import base64
import io
import json
import os
import re
import socket
import socketserver
import stat
import tarfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cache, partial
from pathlib import Path

_FIXED = re.compile(rb"(?:HEAD|GET) (?:/v[\d.]+)?/(?:_ping|info|version) ")
_READ = re.compile(rb"GET (?:/v[\d.]+)?/containers/([\w.-]+)/archive\?path=%2Fvar%2Frun%2Fact((?:%2F\w[\w.-]*)+) ")
_WAIT = re.compile(rb"POST (?:/v[\d.]+)?/containers/([\w.-]+)/wait(?:\?condition=not-running)? ")
_BLOCK = 1 << 16
_INTERVAL = "50ms"
_POLL = 0.02  # seconds after which the server sees that it shall end


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True  # who waits for a container that is never removed
    request_queue_size = 64

    def __init__(self, path: Path, service: Path) -> None:
        super().__init__(str(path), _Handler)
        self.connect = partial(_connected, service)
        self.fixed = cache(lambda request: _settled(service, request))
        self.volume_of = cache(lambda container: _volume_of(service, container))


class _Handler(socketserver.StreamRequestHandler):
    """One connection, which brings one request: it ends with the answer."""

    server: _Server

    def handle(self) -> None:
        """Answer, or leave it to podman."""
        head = self._head()
        with suppress(ConnectionError):
            if (fixed := _FIXED.match(head)) and (answer := self._fixed(fixed[0].decode())):
                self.wfile.write(answer)
            elif waiting := _WAIT.match(head):
                self._wait(waiting[1].decode())
            elif not self._read(head) and head:
                self._hand_on(head)

    def _head(self) -> bytes:
        """Return the request line and the headers."""
        lines = []
        while line := self.rfile.readline(_BLOCK):
            lines.append(line)
            if line == b"\r\n":
                return b"".join(lines)
        return b""

    def _fixed(self, request: str) -> bytes:
        """Return what podman always answers; nothing where it makes no sense now."""
        try:
            return self.server.fixed(request)
        except LookupError:
            return b""

    def _wait(self, container: str) -> None:
        """Answer when a container has ended; the headers come before, without which Docker's client does not go on."""
        self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n\r\n")
        wanted = f"condition=stopped&condition=exited&interval={_INTERVAL}"
        with self.server.connect() as podman:
            answer = _answer(podman, f"POST /v4.0.0/libpod/containers/{container}/wait?{wanted} ")
        body = answer.partition(b"\r\n\r\n")[2].strip()
        ended = int(body) if body.lstrip(b"-").isdigit() else -1
        error = None if ended >= 0 else {"Message": body.decode(errors="replace")}
        self.wfile.write(json.dumps({"StatusCode": ended, "Error": error}).encode())

    def _read(self, head: bytes) -> bool:
        """Answer with a file of act's volume; False where that has no such file, or something else is asked."""
        reading = _READ.match(head)
        if reading is None:
            return False
        try:
            archive, about = _archived(self.server.volume_of(reading[1].decode()), reading[2].decode().split("%2F")[1:])
        except (OSError, LookupError, ValueError):
            return False
        said = f"X-Docker-Container-Path-Stat: {about}\r\nContent-Type: application/x-tar\r\nConnection: close\r\n\r\n"
        self.wfile.write(f"HTTP/1.1 200 OK\r\n{said}".encode() + archive)
        return True

    def _hand_on(self, head: bytes) -> None:
        """Let podman answer, and carry what both say; a connection that becomes a stream is one to its end."""
        if b"\nConnection: Upgrade" not in head:
            head = head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1)
        with self.server.connect() as podman:
            podman.sendall(head)
            asking = threading.Thread(target=self._carry_on, args=[podman], daemon=True)
            asking.start()
            with suppress(ConnectionError):  # so podman ends when it has not read everything
                while block := podman.recv(_BLOCK):
                    self.wfile.write(block)
        with suppress(OSError):  # who asked is gone
            self.connection.shutdown(socket.SHUT_RDWR)  # podman has said everything, whether or not it is asked more
        asking.join()

    def _carry_on(self, podman: socket.socket) -> None:
        with suppress(OSError, ValueError):  # one of both is gone
            while block := self.rfile.read1(_BLOCK):  # it is buffered
                podman.sendall(block)
            podman.shutdown(socket.SHUT_WR)


def _connected(service: Path) -> socket.socket:
    podman = socket.socket(socket.AF_UNIX)
    podman.connect(str(service))
    return podman


def _asked(service: Path, request: str) -> bytes:
    with _connected(service) as podman:
        return _answer(podman, request)


def _settled(service: Path, request: str) -> bytes:
    """Ask something that is answered alike each time.

    Raises:
        LookupError: podman does not answer it; that is not kept.
    """
    answer = _asked(service, request)
    if b" 200 " not in answer.partition(b"\r\n")[0]:
        raise LookupError(request)
    return answer


def _answer(podman: socket.socket, request: str) -> bytes:
    """Ask something that has no body; return the whole answer, which is neither kept open nor in chunks."""
    podman.sendall(f"{request}HTTP/1.0\r\nHost: d\r\n\r\n".encode())
    with podman.makefile("rb") as file:
        return file.read()


def _volume_of(service: Path, container: str) -> Path:
    """Return where act's volume for a container is.

    Raises:
        LookupError: there is none.
    """
    answer = _asked(service, f"GET /v4.0.0/libpod/containers/{container}/json ")
    mounts = json.loads(answer.partition(b"\r\n\r\n")[2])["Mounts"]
    return {one["Destination"]: Path(one["Source"]) for one in mounts}["/var/run/act"]


def _archived(root: Path, path: Sequence[str]) -> tuple[bytes, str]:
    """Return a file in an archive, and what Docker says of it; no link is followed on the way, which would be one of this machine.

    Raises:
        OSError: there is no such file.
        ValueError: it is no plain file.
    """
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    for name in path[:-1]:
        above = folder
        try:
            folder = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=above)
        finally:
            os.close(above)
    try:
        file = os.open(path[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    finally:
        os.close(folder)
    with os.fdopen(file, "rb") as opened:
        status = os.fstat(file)
        if not stat.S_ISREG(status.st_mode):
            raise ValueError(path)
        content = opened.read()
    member = tarfile.TarInfo(path[-1])
    member.size, member.mode, member.mtime = len(content), stat.S_IMODE(status.st_mode), int(status.st_mtime)
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.addfile(member, io.BytesIO(content))
    about = {"name": member.name, "size": member.size, "mode": member.mode, "mtime": "2026-01-01T00:00:00Z", "linkTarget": ""}
    return archive.getvalue(), base64.b64encode(json.dumps(about).encode()).decode()


@contextmanager
def docker_api(folder: Path, service: Path) -> Iterator[Path]:
    """Serve Docker's API by podman's service; give the socket."""
    path = folder / "docker.sock"
    with _Server(path, service) as server:
        thread = threading.Thread(target=server.serve_forever, args=[_POLL], daemon=True)
        thread.start()
        try:
            yield path
        finally:
            server.shutdown()
            thread.join()
