from __future__ import annotations

import logging
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from robot_action.clients.github.api import ConnectionLostError, GitHubApi, Reply
from robot_action.errors import ConfigurationError, UnavailableError
from robot_action.model.credentials import Credentials
from tests.clients.github.support import Hosts, keyring
from tests.testbed.fixtures import GitHubBed

TOKEN = "secret-token-771b"


@contextmanager
def answering(answer: bytes) -> Iterator[str]:
    """Serve one fixed answer to every request; give the address."""

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.recv(65536)
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:  # a thread that were left would accept on whatever gets this descriptor next
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def ask(answer: bytes) -> Reply:
    with ExitStack() as stack:
        url = stack.enter_context(answering(answer))
        api = GitHubApi(url, keyring(url, TOKEN))
        stack.callback(api.close)
        return api.send("GET", "/user")


def test_an_answer_is_a_status_headers_and_data(github: GitHubBed, hosts: Hosts) -> None:
    reply = hosts.api().send("GET", "/user")
    assert reply.status == 200
    assert reply.headers["x-ratelimit-limit"] == "5000"
    assert reply.data["login"] == "robot"
    request = github.fake.requests[0]
    assert request.token == github.token
    assert request.headers["X-GitHub-Api-Version"] == "2022-11-28"
    assert request.headers["User-Agent"] == "robot-action"


def test_a_refusal_is_an_answer_too(hosts: Hosts) -> None:
    assert hosts.api().send("GET", "/repos/acme/none").status == 404


def test_a_server_error_in_html_has_no_data() -> None:
    assert ask(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 6\r\n\r\n<html>") == Reply(502, {"content-length": "6"}, None)


def test_an_answer_without_body_has_no_data() -> None:
    assert ask(b"HTTP/1.1 204 No Content\r\n\r\n") == Reply(204, {}, None)


def test_nothing_is_repeated(github: GitHubBed, hosts: Hosts) -> None:
    github.fake.fail("POST .*", 502, times=5)
    github.fake.limit("GET .*", 1)
    api = hosts.api()
    assert api.send("POST", "/user/repos", body={"name": "x"}).status == 502
    assert api.send("GET", "/user").status == 403
    assert len(github.fake.requests) == 2


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"garbage\r\n\r\n", id="no HTTP"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", id="cut off"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", id="broken compression"),
    ],
)
def test_an_answer_that_is_not_whole_is_a_lost_connection(answer: bytes) -> None:
    with pytest.raises(ConnectionLostError) as caught:
        ask(answer)
    assert TOKEN not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_server_that_is_not_there_is_a_lost_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    api = GitHubApi(url, keyring(url, TOKEN))
    with pytest.raises(ConnectionLostError, match=r"^connection refused$"):
        api.send("GET", "/user")
    api.close()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", id="HTML"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n{", id="broken JSON"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"[" * 100_000, id="bottomless JSON"),
        pytest.param(b"HTTP/1.1 301 Moved\r\nLocation: http://example.com/\r\nContent-Length: 0\r\n\r\n", id="another host"),
        pytest.param(b"HTTP/1.1 301 Moved\r\nLocation: ftp://127.0.0.1/\r\nContent-Length: 0\r\n\r\n", id="another protocol"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nX-RateLimit-Remaining: x\r\nX-RateLimit-Limit: y\r\nContent-Length: 2\r\n\r\n{}", id="odd headers"
        ),
    ],
)
def test_what_is_not_github_s_api_is_told(answer: bytes) -> None:
    with pytest.raises(UnavailableError, match="is not GitHub's API") as caught:
        ask(answer)
    assert TOKEN not in str(caught.value)


@pytest.mark.parametrize("known", [Credentials(), keyring("http://127.0.0.1:1", "")])
def test_without_token_nothing_is_changed_and_it_is_said_which_variable_to_set(known: Credentials) -> None:
    with pytest.raises(ConfigurationError, match="ROBOT_ACTION_REPOSITORY_TOKEN") as caught:
        GitHubApi("http://127.0.0.1:1", known).send("POST", "/user/repos")
    assert caught.value.exit_code == 78


@pytest.mark.parametrize("token", ["secret token", " secret", "secret\n", "sécret", "secret\r\nX-Evil: 1"])
def test_a_token_that_no_header_can_hold_is_refused_and_not_shown(token: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        GitHubApi("http://127.0.0.1:1", keyring("http://127.0.0.1:1", token)).send("GET", "/user")
    assert "cret" not in str(caught.value)


def test_a_netrc_file_is_not_read(
    github: GitHubBed, hosts: Hosts, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path_factory.mktemp("home") / ".netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password else\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert hosts.api().send("GET", "/user").status == 200
    assert github.fake.requests[0].token == github.token


def test_pygithub_prints_nothing_itself(github: GitHubBed, hosts: Hosts, capfd: pytest.CaptureFixture[str]) -> None:
    github.fake.add_repository("acme/demo")
    github.fake.rename("acme/demo", "acme/better")
    assert hosts.api().send("GET", "/repos/acme/demo").data["full_name"] == "acme/better"
    assert logging.getLogger("github").handlers == []
    assert capfd.readouterr() == ("", "")


def test_connections_are_kept_and_closed(hosts: Hosts) -> None:
    api = hosts.api()
    api.send("GET", "/user")
    api.send("GET", "/user")
    api.close()
    GitHubApi("http://127.0.0.1:1", Credentials()).close()


def test_pygithub_is_loaded_when_it_is_needed_only() -> None:
    code = "import sys, robot_action.clients.github.host; sys.exit(bool({'github', 'requests', 'urllib3'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
