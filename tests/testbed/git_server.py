"""A git server over smart HTTP, as GitHub's: a small HTTP server in front of the real ``git http-backend``.

Push, clone, fetch, protocol 2, shallow, compressed and chunked bodies. As on github.com the user name does not
matter and the password is the token; no token gives 401, one that may only read gives 403 on a push, an unknown
repository gives 404; paths work with and without ``.git``.

    with GitServer(folder, {"secret": "write"}) as server:
        server.create("acme/widget")
        server.url_of("acme/widget")
"""

from __future__ import annotations

import base64
import binascii
import io
import re
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import unquote, urlsplit

from tests.testbed.bare import BareRepositories, git_environment
from tests.testbed.web import Handler, Httpd, Served

_ROUTE = re.compile(
    r"^/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?(?P<rest>/(?:info/refs|git-upload-pack|git-receive-pack|HEAD|objects/.+))$"
)
_UPDATE = """\
#!/bin/sh
[ "$WORKFLOWS" = no ] && [ "${3#0000000000}" = "$3" ] || exit 0
file=$(git diff-tree --name-only -r "$(git rev-parse --quiet --verify "$2^{tree}" || git hash-object -t tree /dev/null)" "$3^{tree}" \
    -- .github/workflows | head -n 1)
[ -z "$file" ] && exit 0
echo "refusing to allow a GitHub App to create or update workflow \\`$file\\` without \\`workflows\\` permission" >&2
exit 1
"""
_PASSED_ON = {"Content-Encoding": "HTTP_CONTENT_ENCODING", "Git-Protocol": "GIT_PROTOCOL"}


@dataclass(frozen=True, slots=True)
class GitRequest:
    """One request: method, path with query, the token that was shown (or None), what it allows, and the body's bytes as they came."""

    method: str
    target: str
    token: str | None
    scope: str | None
    size: int = 0

    @property
    def is_push(self) -> bool:
        """Whether it belongs to a push."""
        return "git-receive-pack" in self.target


class _Handler(Handler):
    server: Httpd[GitServer]

    def _reply(self, status: int, text: str, headers: Mapping[str, str] | None = None) -> None:
        body = text.encode()
        self.send_response(status)
        for key, value in {"Content-Type": "text/plain; charset=utf-8", "Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

    def _token(self) -> str | None:
        kind, _, value = self.headers.get("Authorization", "").partition(" ")
        if kind.lower() in {"bearer", "token"}:
            return value
        if kind.lower() != "basic":
            return None
        try:
            user, _, password = base64.b64decode(value).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return ""
        return password or user

    def _spool(self, spool: IO[bytes]) -> int:
        """Store the body, since CGI needs its length and git sends larger pushes in chunks; return that length."""
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            while size := int(self.rfile.readline().split(b";")[0], 16):
                spool.write(self.rfile.read(size))
                self.rfile.readline()
            while self.rfile.readline().strip():  # trailers
                pass
        elif length := int(self.headers.get("Content-Length") or 0):
            spool.write(self.rfile.read(length))
        length = spool.tell()
        spool.seek(0)
        return length

    def _handle(self) -> None:
        with tempfile.TemporaryFile() as body:
            length = self._spool(body)  # also where we refuse, so that keep-alive stays in step
            server, token = self.server.owner, self._token()
            scope = server.tokens.get(token) if token is not None else None
            request = GitRequest(self.command, self.path, token, scope, length)
            server.requests.append(request)
            refusal = self._refusal(request)
            if refusal is not None:
                self._reply(*refusal)
                return
            match = _ROUTE.match(unquote(urlsplit(self.path).path))
            if match is None or not server.path_of(f"{match['owner']}/{match['name']}").is_dir():
                self._reply(404, "Repository not found.")
                return
            if self.command == "POST" and request.is_push and not server.on_push():
                self.drop()
                return
            self._run_backend(match, scope, body, length)

    def _refusal(self, request: GitRequest) -> tuple[int, str, Mapping[str, str]] | None:
        server = self.server.owner
        moved = next((to + self.path.removeprefix(prefix) for prefix, to in server.redirects.items() if self.path.startswith(prefix)), None)
        if moved is not None:
            return 301, "Moved", {"Location": moved}
        if request.scope is None and (request.is_push or request.token is not None or not server.anonymous_read):
            return 401, "Authentication required", {"WWW-Authenticate": 'Basic realm="GitHub"'}
        match = _ROUTE.match(unquote(urlsplit(self.path).path))
        name = f"{match['owner']}/{match['name']}" if match else ""
        is_open = request.token is None or (server.anonymous_read and not request.is_push)
        allowed = is_open or server.allows(request.token or "", name, push=request.is_push)
        if not allowed or (request.is_push and request.scope != "write"):
            return 403, "Write access to repository not granted.", {}
        return None

    def _run_backend(self, match: re.Match[str], scope: str | None, body: IO[bytes], length: int) -> None:
        environment = {
            **git_environment(),
            "GIT_PROJECT_ROOT": str(self.server.owner.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": f"/{match['owner']}/{match['name']}.git{match['rest']}",
            "QUERY_STRING": urlsplit(self.path).query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(length),
            "REMOTE_ADDR": self.client_address[0],
            "REMOTE_USER": scope or "",  # receive-pack is allowed when it is set
            "WORKFLOWS": "yes" if self.server.owner.may_write_workflows(self._token() or "") else "no",
            **{variable: self.headers[header] for header, variable in _PASSED_ON.items() if header in self.headers},
        }
        with subprocess.Popen(
            ["git", "http-backend"], env=environment, stdin=body, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as backend:
            output, errors = backend.communicate()  # before the answer, so that it is done whether or not the client lives
        self._relay(io.BytesIO(output))
        if errors:
            self.server.owner.errors.append(errors.decode(errors="replace"))

    def _relay(self, output: IO[bytes]) -> None:
        status, headers = 200, []
        while line := output.readline().strip():
            key, _, value = line.decode("latin-1").partition(": ")
            if key.lower() == "status":
                status = int(value.split()[0])
            else:
                headers.append((key, value))
        self.send_response(status)
        for key, value in headers:
            self.send_header(key, value)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        while block := output.read(1 << 16):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(block), block))
        self.wfile.write(b"0\r\n\r\n")

    do_GET = _handle  # noqa: N815 - named by the base class
    do_POST = _handle  # noqa: N815


class GitServer(BareRepositories, Served):
    """Bare repositories ``owner/name.git`` below a folder, served to whoever shows a token.

    Attributes:
        tokens: token and ``read`` or ``write``.
        anonymous_read: whether fetching needs no token.
        allows: whether a token serves a repository (``owner/name``), for a push or not.
        may_write_workflows: whether a token may push changes of workflow files.
        redirects: beginnings of paths (``/acme/old.git``), and the URLs that clients are sent to instead.
        on_push: called when a pack has arrived; where it returns False the pack is dropped, and the connection with it.
        requests: every request so far; ``errors``: what ``git http-backend`` complained about.
    """

    handler = _Handler

    def __init__(self, root: Path, tokens: Mapping[str, str] | None = None, *, anonymous_read: bool = False) -> None:
        BareRepositories.__init__(self, root)
        self.tokens = dict(tokens or {})
        self.anonymous_read = anonymous_read
        self.allows: Callable[..., bool] = lambda *_, **__: True
        self.may_write_workflows: Callable[[str], bool] = lambda _: True
        self.redirects: dict[str, str] = {}
        self.on_push: Callable[[], bool] = lambda: True
        self.requests: list[GitRequest] = []
        self.errors: list[str] = []
        Served.__init__(self)

    def create(self, name: str, default_branch: str = "main") -> Path:
        """Make an empty bare repository, which refuses workflow files of a token that may not write them, as GitHub does."""
        path = super().create(name, default_branch)
        hook = path / "hooks/update"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(_UPDATE)
        hook.chmod(0o755)
        return path

    @property
    def pushes(self) -> list[GitRequest]:
        """The requests that carried a pack."""
        return [request for request in self.requests if request.method == "POST" and request.is_push]

    def url_of(self, name: str) -> str:
        """Return the clone URL of ``owner/name``; it never holds a token."""
        return f"{self.url}/{name}.git"
