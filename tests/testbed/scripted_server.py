"""An HTTP server that answers as a test tells it, and remembers what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.testbed.web import Handler, Served


@dataclass(frozen=True, slots=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Says:
    """One answer.

    Attributes:
        body: bytes, or a stream of them without a declared length.
        drop: end the connection after reading the request, without an answer.
    """

    status: int = 200
    body: bytes | Iterator[bytes] = b""
    headers: dict[str, str] = field(default_factory=dict)
    reason: str | None = None
    drop: bool = False


Script = Callable[[Asked], Says]


class _Handler(Handler):
    server: _Httpd  # type: ignore[assignment]

    def do_GET(self) -> None:  # noqa: N802 - http.server names it so
        length = int(self.headers.get("Content-Length", "0"))
        asked = Asked(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, self.rfile.read(length))
        owner: ScriptedServer = self.server.owner
        owner.asked.append(asked)
        says = owner.script(asked)
        if says.drop:
            self.drop()
            return
        self.send_response(says.status, says.reason)
        for name, value in says.headers.items():
            self.send_header(name, value)
        if isinstance(says.body, bytes):
            self.send_header("Content-Length", str(len(says.body)))
            self.end_headers()
            self.wfile.write(says.body)
            return
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for chunk in says.body:
                self.wfile.write(chunk)
                self.wfile.flush()
        except OSError:
            self.close_connection = True

    do_POST = do_GET  # noqa: N815 - the same


class _Httpd:
    owner: ScriptedServer


class ScriptedServer(Served):
    """A server with a script, which a test may replace at any time."""

    handler = _Handler

    def __init__(self, script: Script | None = None) -> None:
        super().__init__()
        self.script: Script = script or (lambda _: Says())
        self.asked: list[Asked] = []

    def say(self, *answers: Says) -> None:
        """Give these answers one after the other; the last one from then on."""
        left = list(answers)
        self.script = lambda _: left.pop(0) if len(left) > 1 else left[0]
