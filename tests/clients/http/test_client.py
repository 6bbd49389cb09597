from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina

from robot_action.clients.http import client as http
from robot_action.clients.http.answer import NoAnswerError
from robot_action.clients.http.client import HttpClient
from robot_action.clients.processes.process import Completed
from robot_action.errors import FailedError, UnavailableError
from robot_action.model.credentials import Credential
from tests.testbed.scripted_server import Says, ScriptedServer

CREDENTIAL = Credential("robot", "a-secret")
BASIC = "Basic cm9ib3Q6YS1zZWNyZXQ="


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def other() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server:
        yield server


@pytest.fixture(autouse=True)
def without_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


# Getting


def test_an_answer_is_read_whole(server: ScriptedServer) -> None:
    server.say(Says(404, b"nothing here", {"X-Kind": "page"}))
    answer = http.get(f"{server.url}/a", limit=100, accept="text/html")
    assert (answer.status_code, answer.reason, answer.url, answer.headers["x-kind"], answer.body) == (
        *(404, "Not Found", f"{server.url}/a", "page"),
        b"nothing here",
    )
    assert not answer.is_success
    assert server.asked[0].headers["accept"] == "text/html"


def test_only_a_given_credential_is_shown(server: ScriptedServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login mona password from-netrc\n")
    monkeypatch.setenv("NETRC", str(netrc))
    http.get(server.url, limit=100)
    http.get(server.url, limit=100, credential=CREDENTIAL)
    assert [asked.headers.get("authorization") for asked in server.asked] == [None, BASIC]


def test_the_credential_stays_with_its_host(server: ScriptedServer, other: ScriptedServer) -> None:
    server.say(Says(302, headers={"Location": "/moved"}), Says(302, headers={"Location": f"{other.url}/b"}))
    other.say(Says(302, headers={"Location": f"{server.url}/back"}), Says(200, b"here"))
    server.script = lambda asked: Says(
        302, headers={"Location": {"/": "/moved", "/moved": f"{other.url}/b"}.get(asked.path, f"{other.url}/c")}
    )
    assert http.get(f"{server.url}/", limit=100, credential=CREDENTIAL).body == b"here"
    assert [(asked.path, asked.headers.get("authorization")) for asked in server.asked] == [
        ("/", BASIC),
        ("/moved", BASIC),
        ("/back", None),
    ]
    assert [asked.headers.get("authorization") for asked in other.asked] == [None, None]


@pytest.mark.parametrize("location", ["file:///etc/passwd", "ftp://host/", "http://[broken", "http://host:99999/"])
def test_a_redirect_that_leads_astray_is_not_followed(server: ScriptedServer, location: str) -> None:
    server.say(Says(302, headers={"Location": location}))
    with pytest.raises(FailedError, match="redirects to"):
        http.get(f"{server.url}/", limit=100)


def test_a_redirect_s_endless_body_is_not_read(server: ScriptedServer) -> None:
    server.say(Says(302, iter(lambda: b"x" * 2**16, b""), {"Location": "/elsewhere"}))
    with pytest.raises(FailedError, match="more than 1000 bytes"):
        http.get(server.url, limit=1000)
    server.say(Says(302, iter(lambda: b"x" * 2**16, b""), {"Location": "/elsewhere"}))
    assert http.post(server.url, body=b"", headers={}, credential=CREDENTIAL).status_code == 302


def test_redirects_end(server: ScriptedServer) -> None:
    server.say(Says(302, headers={"Location": "/"}))
    with pytest.raises(FailedError, match="redirects again and again"):
        http.get(server.url, limit=100)
    assert len(server.asked) == http.MAX_REDIRECTS + 1


def test_too_much_is_refused_without_being_read(server: ScriptedServer) -> None:
    sent = []

    def endless() -> Iterator[bytes]:
        while True:
            sent.append(1)
            yield b"x" * 2**16

    server.say(Says(body=endless()))
    with pytest.raises(FailedError, match="more than 1000 bytes"):
        http.get(server.url, limit=1000)
    assert len(sent) < 1000


def test_a_compressed_bomb_is_held_to_the_limit(server: ScriptedServer) -> None:
    import gzip

    server.say(Says(body=gzip.compress(b"0" * 2**24), headers={"Content-Encoding": "gzip"}))
    with pytest.raises(FailedError, match="more than 100000 bytes"):
        http.get(server.url, limit=100_000)


def test_a_trickle_is_given_up(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    over = threading.Event()

    def trickle() -> Iterator[bytes]:
        while not over.wait(0.02):
            yield b"x"

    server.script = lambda _: Says(body=trickle())
    monkeypatch.setattr(http, "GET_SECONDS", 0.1)
    with pytest.raises(UnavailableError, match="nothing whole within"):
        http.get(server.url, limit=10**9)
    over.set()


@pytest.mark.parametrize("busy", [Says(503), Says(429, headers={"Retry-After": "0"}), Says(drop=True)])
def test_a_busy_server_is_asked_again(server: ScriptedServer, busy: Says) -> None:
    server.say(busy, busy, Says(200, b"now"))
    assert http.get(server.url, limit=100).body == b"now"


def test_a_server_that_stays_busy_is_given_up(server: ScriptedServer) -> None:
    server.say(Says(503, reason="Busy"))
    with pytest.raises(UnavailableError, match="answers 503 'Busy'"):
        http.get(server.url, limit=100)
    assert len(server.asked) == http.ATTEMPTS


def test_a_server_that_wants_an_hour_is_not_waited_for(server: ScriptedServer) -> None:
    server.say(Says(429, headers={"Retry-After": "3600"}))
    with pytest.raises(UnavailableError, match="asks to wait for 3600 seconds"):
        http.get(server.url, limit=100)
    assert len(server.asked) == 1


def test_no_server_is_told() -> None:
    with pytest.raises(UnavailableError, match=r"127\.0\.0\.1:9 cannot be reached: connection refused"):
        http.get("http://127.0.0.1:9/", limit=100)


def test_a_server_that_speaks_no_tls_is_told(server: ScriptedServer) -> None:
    with pytest.raises(UnavailableError, match=r"cannot be reached: TLS fails: wrong version number"):
        http.get(server.url.replace("http:", "https:"), limit=100)


@pytest.mark.parametrize("url", ["http://", "nonsense", "gopher://host/"])
def test_an_address_that_is_none_is_told(url: str) -> None:
    with pytest.raises(FailedError, match="is no address that can be asked"):
        http.get(url, limit=100)


# Posting


def test_a_post_is_sent_once(server: ScriptedServer) -> None:
    server.say(Says(302, b"x" * 2 * http.MAX_MESSAGE_BYTES, {"Location": "/elsewhere"}))
    answer = http.post(server.url, body=b"data", headers={"X-A": "b"}, credential=CREDENTIAL)
    assert (answer.status_code, len(answer.body)) == (302, http.MAX_MESSAGE_BYTES)
    [asked] = server.asked
    assert (asked.method, asked.body, asked.headers["x-a"], asked.headers["authorization"]) == ("POST", b"data", "b", BASIC)


@pytest.mark.parametrize("unclear", [Says(500), Says(429), Says(drop=True)])
def test_a_post_without_a_clear_answer_is_not_repeated(server: ScriptedServer, unclear: Says) -> None:
    server.say(unclear)
    with pytest.raises(NoAnswerError):
        http.post(server.url, body=b"data", headers={}, credential=CREDENTIAL)
    assert len(server.asked) == 1


# What a program on this machine answers


def test_a_program_answers(server: ScriptedServer) -> None:
    client = HttpClient({})
    assert client.answers(f"{server.url}/health", 5)
    server.say(Says(500))
    assert not client.answers(f"{server.url}/health", 5)


def test_a_redirect_counts_as_an_answer_and_is_not_followed(server: ScriptedServer, other: ScriptedServer) -> None:
    server.say(Says(302, headers={"Location": other.url}))
    assert HttpClient({}).answers(server.url, 5)
    assert other.asked == []


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "http://index.example/", "nonsense", "http://localhost:99999/", "http://[broken"])
def test_nobody_answers(url: str) -> None:
    assert not HttpClient({}).answers(url, 1)


def test_a_program_that_trickles_its_headers_does_not_hold_us_up(server: ScriptedServer) -> None:
    over = threading.Event()

    def late(_: object) -> Says:
        over.wait(60)
        return Says()

    server.script = late
    start = time.monotonic()
    assert not HttpClient({}).answers(server.url, 0.2)
    assert time.monotonic() - start < 30
    over.set()


# The newest version


def an_index(folder: Path) -> dict[str, str]:
    """Lay out an index with two versions of a project; return the environment that names it to pip."""
    project = folder / "demo-app"
    project.mkdir(parents=True)
    names = [f"demo_app-{version}-py3-none-any.whl" for version in ("1.0", "1.10", "1.9", "2.0rc1")]
    (project / "index.html").write_text("<!DOCTYPE html>" + "".join(f'<a href="{name}">{name}</a>' for name in names))
    return {"PATH": "/usr/bin:/bin", "PIP_INDEX_URL": folder.as_uri(), "PIP_EXTRA_INDEX_URL": "", "PIP_CONFIG_FILE": "/dev/null"}


def test_the_newest_release_is_found_where_pip_is_told_to_look(tmp_path: Path) -> None:
    assert HttpClient(an_index(tmp_path)).newest_version("demo-app", 30) == "1.10"


@pytest.mark.parametrize(("project", "timeout"), [("no-such-project", 30), ("demo-app", 0.01), ("--help", 30)])
def test_what_cannot_be_found_in_time_is_passed_over(tmp_path: Path, project: str, timeout: float) -> None:
    assert HttpClient(an_index(tmp_path)).newest_version(project, timeout) is None


def test_without_pip_nothing_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.executable", "/nowhere/python")
    assert HttpClient(an_index(tmp_path)).newest_version("demo-app", 30) is None


def test_a_version_that_is_none_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "exchange", lambda *_, **__: Completed(0, b"demo (latest-and-greatest)\n", b""))
    assert HttpClient({}).newest_version("demo", 1) is None


@pytest.mark.parametrize(
    ("url", "may"), [("https://a/", True), ("http://localhost:1/", True), ("http://a/", False), ("http://[broken", False)]
)
def test_secrets_go_over_https_or_stay_here(url: str, may: bool) -> None:
    assert http.may_carry_secrets(url) is may


def test_pip_sees_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, str]] = []

    def look(*_: object, environment: dict[str, str], **__: object) -> None:
        seen.append(environment)
        raise UnavailableError("not asked")

    monkeypatch.setattr(http, "exchange", look)
    HttpClient({"PYPI_TOKEN": "s", "ROBOT_ACTION_TOKEN_x": "s", "GITHUB_TOKEN": "s", "https_proxy": "p"}).newest_version("demo", 1)
    assert seen == [{"https_proxy": "p"}]
