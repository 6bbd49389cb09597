from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
import stamina

from robot_action.clients.index.simple_pages import read_file, read_page
from robot_action.errors import FailedError, NotPermittedError, RobotActionError, UnavailableError
from robot_action.model.credentials import Credential
from robot_action.parsing.simple_index import IndexFile
from tests.testbed.scripted_server import Says, ScriptedServer

PAGE = Says(200, b'<a href="../../f/demo-1.tar.gz">demo</a>', {"Content-Type": "text/html"})


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as server, stamina.set_testing(True, attempts=4, cap=True):
        yield server


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_project_s_page_is_read_as_json_or_html(server: ScriptedServer, slash: str) -> None:
    server.say(PAGE)
    files = read_page(f"{server.url}/simple{slash}", "demo", Credential("robot", "s"))
    assert files == (IndexFile("demo-1.tar.gz", f"{server.url}/f/demo-1.tar.gz"),)
    assert server.asked[0].path == "/simple/demo/"
    assert server.asked[0].headers["accept"].startswith("application/vnd.pypi.simple.v1+json, ")
    assert server.asked[0].headers["cache-control"] == "max-age=0"


def test_a_project_that_the_index_does_not_know_has_no_files(server: ScriptedServer) -> None:
    server.say(Says(404))
    assert read_page(server.url, "demo", None) == ()


def test_addresses_start_where_a_redirect_ended(server: ScriptedServer) -> None:
    server.script = lambda asked: PAGE if asked.path.startswith("/mirror") else Says(301, headers={"Location": "/mirror/simple/demo/"})
    assert read_page(f"{server.url}/simple", "demo", None)[0].url == f"{server.url}/mirror/f/demo-1.tar.gz"


@pytest.mark.parametrize(
    ("says", "kind", "message"),
    [
        (Says(401), NotPermittedError, "Set ROBOT_ACTION_TOKEN_127_0_0_1_"),
        (Says(403), NotPermittedError, "does not let us read the index"),
        (Says(418, reason="I am\ta teapot"), FailedError, "418 I am a teapot"),
        (Says(200, b"", {"Content-Type": "image/png"}), FailedError, "its type is 'image/png'"),
        (Says(500), UnavailableError, "answers 500"),
    ],
)
def test_any_other_answer_is_told(server: ScriptedServer, says: Says, kind: type[RobotActionError], message: str) -> None:
    server.say(says)
    with pytest.raises(kind, match=message):
        read_page(server.url, "demo", None)


def test_a_file_is_held_to_its_digest_and_its_limit(server: ScriptedServer) -> None:
    server.say(Says(200, b"content"))
    digest = hashlib.sha256(b"content").hexdigest()
    assert read_file(IndexFile("a", server.url, digest), 7, None) == b"content"
    assert read_file(IndexFile("a", server.url), 7, None) == b"content"
    with pytest.raises(FailedError, match="does not have the digest"):
        read_file(IndexFile("a", server.url, "0" * 64), 7, None)
    with pytest.raises(FailedError, match="more than 6 bytes"):
        read_file(IndexFile("a", server.url, digest), 6, None)


def test_a_file_that_is_gone_is_told(server: ScriptedServer) -> None:
    server.say(Says(404))
    with pytest.raises(FailedError, match="answers 404"):
        read_file(IndexFile("a", server.url), 7, None)
