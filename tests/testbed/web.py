"""A small threaded HTTP server for the test bed: free port, keep-alive, stopped at the end."""

from __future__ import annotations

import http.server
import socket
import sys
import threading
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

Owner = TypeVar("Owner")


class Handler(http.server.BaseHTTPRequestHandler):
    """What the handlers of the test bed share."""

    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 16  # one packet an answer: unbuffered, headers and body meet delayed acknowledgements (40 ms)
    timeout = 30

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Say nothing; the servers record their requests."""

    def drop(self) -> None:
        """End the connection without an answer."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)


class Httpd(http.server.ThreadingHTTPServer, Generic[Owner]):
    """A server that knows whose state it shows."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, owner: Owner, handler: type[Handler]) -> None:
        self.owner = owner
        super().__init__(("127.0.0.1", 0), handler)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Answer, without the measuring of coverage: what serves is a test's own."""
        sys.settrace(None)
        super().process_request_thread(request, client_address)

    def handle_error(self, request: object, client_address: object) -> None:
        """Forget clients that went away; anything else is shown."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class Served:
    """A context manager that serves as long as it is open."""

    handler: type[Handler]

    def __init__(self) -> None:
        self._httpd: Httpd[Self] = Httpd(self, self.handler)
        self._thread = threading.Thread(target=self._httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        """The address, without a slash at its end."""
        return f"http://127.0.0.1:{self._httpd.server_address[1]}"

    @property
    def host(self) -> str:
        """``host:port``, as credentials are bound to it."""
        return self.url.removeprefix("http://")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._httpd.shutdown()
        self._thread.join()
        self._httpd.server_close()
