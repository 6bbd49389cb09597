from __future__ import annotations

import hashlib
import json
import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import stamina
from twine.repository import WAREHOUSE_WEB
from twine.utils import DEFAULT_REPOSITORY, TEST_REPOSITORY

from robot_action.clients.index import python_index as module
from robot_action.clients.index.python_index import PythonIndex, simple_url
from robot_action.errors import ConfigurationError, FailedError, InputError, NotPermittedError, RobotActionError, UnavailableError
from robot_action.model.credentials import Credential, Credentials, host_of
from robot_action.model.manifest import IndexKind, PublishTarget
from robot_action.model.plan import Artifact
from robot_action.parsing.simple_index import JSON_TYPE
from tests.clients.index.packages import artifact, make_sdist, make_wheel, nothing
from tests.testbed import programs
from tests.testbed.scripted_server import Asked, Says, ScriptedServer

WHEEL, SDIST = "demo-0.1.0-py3-none-any.whl", "demo-0.1.0.tar.gz"
PASSWORD = "index-secret-0d1f"


@pytest.fixture(autouse=True)
def without_pauses() -> Iterator[None]:
    with stamina.set_testing(True, attempts=4, cap=True):
        yield


@pytest.fixture
def built(tmp_path: Path) -> tuple[Artifact, Artifact]:
    return artifact(tmp_path / WHEEL, make_wheel()), artifact(tmp_path / SDIST, make_sdist())


def pypi(url: str, index: str = "") -> PublishTarget:
    return PublishTarget(IndexKind.PYPI, url=url, index=index)


def client(url: str, user: str = "robot", password: str = PASSWORD) -> PythonIndex:
    return PythonIndex(Credentials({host_of(url): Credential(user, password)}), patience=0.1)


# A real index


def real(index: programs.PythonIndex, password: str = "") -> PythonIndex:
    return client(index.url, index.user, password or index.password)


def test_an_unknown_project_is_an_empty_release(python_index: programs.PythonIndex) -> None:
    assert dict(real(python_index).find(pypi(python_index.url), "demo", "0.1.0").files) == {}


def test_what_was_uploaded_is_found_and_can_be_had(python_index: programs.PythonIndex, built: tuple[Artifact, Artifact]) -> None:
    index, target = real(python_index), pypi(python_index.url)
    shown: list[tuple[str, int, int]] = []
    release = index.upload(target, "demo", "0.1.0", built, lambda *how_far: shown.append(how_far))
    assert release == index.find(target, "demo", "0.1.0")
    assert dict(release.files) == {file.name: file.sha256 for file in built}
    assert index.fetch(target, "demo", SDIST, 10**6) == built[1].path.read_bytes()
    assert list(dict.fromkeys(text for text, done, total in shown if done == total)) == [f"bytes of {WHEEL}", f"bytes of {SDIST}"]
    assert index.describe(target) == python_index.url


def test_pip_installs_what_was_uploaded(python_index: programs.PythonIndex, built: tuple[Artifact, Artifact], tmp_path: Path) -> None:
    real(python_index).upload(pypi(python_index.url), "demo", "0.1.0", built, nothing)
    command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(tmp_path / "site"), "demo==0.1.0"]
    command += ["--isolated", "--index-url", python_index.simple, "--disable-pip-version-check"]
    subprocess.run(command, check=True, env={**os.environ, "PIP_CONFIG_FILE": os.devnull})
    assert (tmp_path / "site" / "demo.py").read_text() == "GREETING = 'hello'\n"


def test_the_same_file_again_is_no_error(python_index: programs.PythonIndex, built: tuple[Artifact, Artifact]) -> None:
    index, target = real(python_index), pypi(python_index.url)
    assert index.upload(target, "demo", "0.1.0", built, nothing) == index.upload(target, "demo", "0.1.0", built, nothing)


def test_another_file_of_the_same_name_is_refused(python_index: programs.PythonIndex, built: tuple[Artifact, Artifact]) -> None:
    (python_index.folder / WHEEL).write_bytes(make_wheel(greeting="bye"))
    with pytest.raises(FailedError, match="already, with other contents"):
        real(python_index).upload(pypi(python_index.url), "demo", "0.1.0", built, nothing)
    assert python_index.files == [WHEEL]


def test_a_wrong_password_is_told_and_never_shown(
    python_index: programs.PythonIndex,
    built: tuple[Artifact, Artifact],
    capsys: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    with pytest.raises(NotPermittedError, match=r"refuses demo-0\.1\.0-py3-none-any\.whl \(403\)") as caught:
        real(python_index, "a-wrong-password").upload(pypi(python_index.url), "demo", "0.1.0", built, nothing)
    assert "Look whether the credential" in str(caught.value)
    captured = capsys.readouterr()
    assert "a-wrong-password" not in f"{caught.value!r} {caught.value} {captured.out} {captured.err} {caplog.text}"
    assert python_index.files == []


def test_twine_prints_nothing(
    python_index: programs.PythonIndex, built: tuple[Artifact, Artifact], capsys: pytest.CaptureFixture[str]
) -> None:
    real(python_index).upload(pypi(python_index.url), "demo", "0.1.0", built, lambda *_: sys.stdout.write("ours\n"))
    captured = capsys.readouterr()
    assert set(captured.out.split()) == {"ours"}
    assert captured.err == ""


UPLOAD = """
import sys
from pathlib import Path
from robot_action.clients.index.python_index import PythonIndex
from robot_action.model.credentials import Credential, Credentials
from robot_action.model.manifest import IndexKind, PublishTarget
from robot_action.model.plan import Artifact
url, host, *rest = sys.argv[1:]
artifacts = [Artifact(Path(path), digest, Path(path).stat().st_size) for path, digest in zip(rest[::2], rest[1::2])]
def advance(text, done, total):
    if text.endswith(".tar.gz") and 0 < done < total:
        print("half way", flush=True)
        sys.stdin.read()
index = PythonIndex(Credentials({host: Credential("robot", input())}))
index.upload(PublishTarget(IndexKind.PYPI, url=url), "demo", "0.1.0", artifacts, advance)
"""


def test_a_run_killed_in_the_middle_of_an_upload_is_finished_by_the_next(python_index: programs.PythonIndex, tmp_path: Path) -> None:
    built = (artifact(tmp_path / WHEEL, make_wheel()), artifact(tmp_path / SDIST, make_sdist() + os.urandom(2**20)))
    arguments = [python_index.url, host_of(python_index.url)]
    for file in built:
        arguments += [str(file.path), file.sha256]
    with subprocess.Popen([sys.executable, "-c", UPLOAD, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as run:
        assert run.stdin
        assert run.stdout
        run.stdin.write(f"{python_index.password}\n")
        run.stdin.flush()
        assert run.stdout.readline() == "half way\n"
        run.send_signal(signal.SIGKILL)
    index, target = real(python_index), pypi(python_index.url)
    assert set(index.find(target, "demo", "0.1.0").files) == {WHEEL}
    release = index.upload(target, "demo", "0.1.0", built[1:], nothing)
    assert dict(release.files) == {file.name: file.sha256 for file in built}


# An index that behaves badly


class Index(ScriptedServer):
    """A simple index with uploads, whose answers a test changes.

    Attributes:
        files: what is stored, by name; ``lists``: whether it is shown; ``answers``: what the next uploads get after they are
            stored (`Says`) or instead of that (a tuple of one).
    """

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.files: dict[str, bytes] = {}
        self.lists = True
        self.answers: list[Says | tuple[Says]] = []

    @property
    def target(self) -> PublishTarget:
        return pypi(f"{self.url}/legacy/")

    @property
    def uploads(self) -> int:
        return sum(asked.method == "POST" for asked in self.asked)

    def _answer(self, asked: Asked) -> Says:
        if asked.method == "GET":
            return self._page()
        answer = self.answers.pop(0) if self.answers else Says()
        if isinstance(answer, tuple):
            return answer[0]
        name = asked.body.partition(b'filename="')[2].partition(b'"')[0].decode()
        content = asked.body.partition(b"application/octet-stream\r\n\r\n")[2].rpartition(b"\r\n--")[0]
        if name in self.files:
            return Says(400, reason=f"File already exists ('{name}')")
        self.files[name] = content
        return answer

    def _page(self) -> Says:
        files = [
            {"filename": name, "url": f"/files/{name}", "hashes": {"sha256": hashlib.sha256(content).hexdigest()}}
            for name, content in (self.files if self.lists else {}).items()
        ]
        page = {"meta": {"api-version": "1.1"}, "name": "demo", "files": files}
        return Says(200, json.dumps(page).encode(), {"Content-Type": JSON_TYPE})


@pytest.fixture
def index() -> Iterator[Index]:
    with Index() as server:
        yield server


def upload(index: Index, built: tuple[Artifact, ...], **options: Any) -> dict[str, str]:
    return dict(client(index.url, **options).upload(index.target, "demo", "0.1.0", built, nothing).files)


def test_an_answer_that_got_lost_is_looked_up_before_another_try(index: Index, built: tuple[Artifact, Artifact]) -> None:
    index.answers = [Says(drop=True), Says(502)]
    assert upload(index, built) == {file.name: file.sha256 for file in built}
    assert index.uploads == 2


def test_an_upload_that_did_not_arrive_is_tried_again(index: Index, built: tuple[Artifact, Artifact]) -> None:
    index.answers = [(Says(503),), (Says(drop=True),), (Says(429, headers={"Retry-After": "0"}),)]
    assert set(upload(index, built)) == {WHEEL, SDIST}
    assert index.uploads == 5


def test_an_index_that_never_takes_it_is_given_up(index: Index, built: tuple[Artifact, Artifact]) -> None:
    index.answers = [(Says(503, reason="Maintenance"),)] * 9
    with pytest.raises(UnavailableError, match="answers 503 'Maintenance'"):
        upload(index, built)
    assert index.uploads == 4


def test_an_index_that_wants_a_long_pause_is_left_alone(index: Index, built: tuple[Artifact, Artifact]) -> None:
    index.answers = [(Says(429, reason="Too many new projects", headers={"Retry-After": "86400"}),)]
    with pytest.raises(UnavailableError, match="wait for 86400 seconds"):
        upload(index, built)
    assert index.uploads == 1


def test_an_index_that_is_slow_to_list_is_not_an_error(index: Index, built: tuple[Artifact, Artifact]) -> None:
    index.lists = False
    assert upload(index, built) == {}
    assert index.files.keys() == {WHEEL, SDIST}


def test_a_slow_index_is_waited_for(index: Index, built: tuple[Artifact, Artifact]) -> None:
    index.lists = False
    timer = threading.Timer(0.05, lambda: setattr(index, "lists", True))
    timer.start()
    slow = PythonIndex(Credentials({host_of(index.url): Credential("", PASSWORD)}), patience=30)
    with stamina.set_testing(False):
        assert set(slow.upload(index.target, "demo", "0.1.0", built, nothing).files) == {WHEEL, SDIST}
    timer.join()


def test_a_name_that_was_deleted_cannot_come_back(index: Index, built: tuple[Artifact, Artifact]) -> None:
    index.answers = [(Says(400, reason="File already exists ('demo', with blake2_256 hash '0')"),)]
    with pytest.raises(FailedError, match="a file of this name was there before"):
        upload(index, built)


def test_a_stranger_who_was_quicker_is_noticed(index: Index, built: tuple[Artifact, Artifact]) -> None:
    index.files[WHEEL] = b"a stranger's"
    index.answers = [(Says(502),)]
    with pytest.raises(FailedError, match="with other contents"):
        upload(index, built)
    assert index.uploads == 1


def test_a_token_goes_up_with_its_user(index: Index, built: tuple[Artifact, Artifact]) -> None:
    upload(index, built, user="")
    [first, *_] = [asked for asked in index.asked if asked.method == "POST"]
    assert first.headers["authorization"] == "Basic X190b2tlbl9fOmluZGV4LXNlY3JldC0wZDFm"
    assert "twine" in first.headers["user-agent"]
    for field in (b'name="name"\r\n\r\ndemo', b'name=":action"\r\n\r\nfile_upload', b'name="filetype"\r\n\r\nbdist_wheel'):
        assert field in first.body


def test_a_refusal_that_repeats_the_token_is_masked(index: Index, built: tuple[Artifact, Artifact]) -> None:
    index.answers = [(Says(400, f"no, {PASSWORD}!".encode(), {"Content-Type": "text/plain"}),)]
    with pytest.raises(FailedError) as caught:
        upload(index, built)
    assert "no, ***!" in str(caught.value)


def test_a_redirect_is_not_followed(index: Index, built: tuple[Artifact, Artifact]) -> None:
    index.answers = [(Says(307, headers={"Location": f"{index.url}/else"}),)]
    with pytest.raises(FailedError, match="redirects the upload"):
        upload(index, built)
    assert index.uploads == 1


# What may go up


@pytest.mark.parametrize(
    "content",
    [make_wheel(name="pip"), make_wheel(version="6.6.6"), b"no zip file", make_wheel()[:-30], make_wheel(version="not a version")],
)
def test_a_package_whose_inside_is_another_one_does_not_go_up(index: Index, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(FailedError):
        upload(index, (artifact(tmp_path / WHEEL, content),))
    assert index.uploads == 0


def test_a_file_that_changed_since_it_was_built_does_not_go_up(index: Index, built: tuple[Artifact, Artifact]) -> None:
    built[0].path.write_bytes(make_wheel(greeting="changed"))
    with pytest.raises(FailedError, match="changed since it was built"):
        upload(index, built)
    assert index.uploads == 0


# Credentials and addresses


def test_a_host_without_a_credential_gets_nothing(index: Index, built: tuple[Artifact, Artifact]) -> None:
    stranger = PythonIndex(Credentials({"other.example": Credential("u", PASSWORD)}))
    with pytest.raises(NotPermittedError, match=r"no credential to publish to 127\.0\.0\.1") as caught:
        stranger.upload(index.target, "demo", "0.1.0", built, nothing)
    assert f"Set ROBOT_ACTION_TOKEN_127_0_0_1_{index.host.rpartition(':')[2]} to" in str(caught.value)
    assert index.uploads == 0


def test_the_default_index_wants_its_own_variable() -> None:
    with pytest.raises(NotPermittedError, match="Set PYPI_TOKEN to"):
        PythonIndex(Credentials()).authorise(pypi(""))
    PythonIndex(Credentials(default_index=Credential("__token__", PASSWORD))).authorise(pypi(""))


def test_the_default_index_s_token_goes_nowhere_else() -> None:
    index = PythonIndex(Credentials(default_index=Credential("__token__", PASSWORD)))
    for url in (TEST_REPOSITORY, DEFAULT_REPOSITORY.replace("https:", "http:"), "https://index.example/"):
        with pytest.raises(NotPermittedError):
            index.authorise(pypi(url))


def test_no_token_goes_over_plain_http() -> None:
    with pytest.raises(NotPermittedError, match="over https only"):
        client("http://index.example/").authorise(pypi("http://index.example/"))


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (pypi(""), f"{WAREHOUSE_WEB}simple/"),
        (pypi(DEFAULT_REPOSITORY), f"{WAREHOUSE_WEB}simple/"),
        (pypi(TEST_REPOSITORY), TEST_REPOSITORY.replace("legacy", "simple")),
        (pypi("https://index.example:8443/upload"), "https://index.example:8443/simple/"),
        (pypi("https://index.example/upload", "https://mirror.example/+simple"), "https://mirror.example/+simple"),
    ],
)
def test_where_the_simple_index_is(target: PublishTarget, expected: str) -> None:
    assert simple_url(target) == expected


def test_the_default_index_is_described_by_its_own_address() -> None:
    assert PythonIndex(Credentials()).describe(pypi("")) == WAREHOUSE_WEB


@pytest.mark.parametrize(
    "url", [f"https://user:{PASSWORD}@index.example/", "ftp://index.example/", "https://", "https://[broken/", "x", "http://a:b/"]
)
def test_an_address_that_cannot_be_used_is_refused_and_not_shown(url: str) -> None:
    with pytest.raises(InputError, match="the index's address is none that can be used") as caught:
        PythonIndex(Credentials()).find(pypi("https://index.example/", url), "demo", "0.1.0")
    assert PASSWORD not in str(caught.value)


def test_an_address_that_twine_refuses_is_told(built: tuple[Artifact, Artifact]) -> None:
    from twine.repository import LEGACY_PYPI

    with pytest.raises(ConfigurationError, match="twine does not upload to"):
        client(LEGACY_PYPI).upload(pypi(LEGACY_PYPI), "demo", "0.1.0", built, nothing)


# Reading


def page(*files: dict[str, Any]) -> Says:
    return Says(200, json.dumps({"meta": {"api-version": "1.0"}, "files": list(files)}).encode(), {"Content-Type": JSON_TYPE})


def test_only_files_of_the_version_count(index: Index) -> None:
    names = [
        "demo-0.1.0.tar.gz",
        "demo-0.1.0.post1.tar.gz",
        "other-0.1.0.tar.gz",
        "../demo-0.1.0.zip",
        "demo-0.1-py3-none-any.whl",
        "README",
    ]
    index.script = lambda _: page(*({"filename": name, "url": "x", "hashes": {}} for name in names))
    assert dict(client(index.url).find(index.target, "demo", "0.1.0").files) == {"demo-0.1.0.tar.gz": "", "demo-0.1-py3-none-any.whl": ""}


@pytest.mark.parametrize(
    ("says", "kind"),
    [(Says(401), NotPermittedError), (Says(403), NotPermittedError), (Says(418), FailedError), (Says(503), UnavailableError)],
)
def test_an_index_that_cannot_be_read_is_told(index: Index, says: Says, kind: type[RobotActionError]) -> None:
    index.say(says)
    with pytest.raises(kind):
        client(index.url).find(index.target, "demo", "0.1.0")


def test_reading_shows_the_credential_to_its_host_alone(index: Index) -> None:
    with ScriptedServer() as files:
        files.say(Says(200, b"content"))
        index.script = lambda _: page({"filename": SDIST, "url": f"{files.url}/f"}, {"filename": WHEEL, "url": "/own"})
        reader = client(index.url)
        assert reader.fetch(index.target, "demo", SDIST, 100) == b"content"
        assert "authorization" not in files.asked[0].headers
        reader.fetch(index.target, "demo", WHEEL, 10**6)
    assert [("authorization" in asked.headers) for asked in index.asked] == [True, True, True]


def test_a_file_that_is_gone_is_told(index: Index) -> None:
    with pytest.raises(FailedError, match=r"has no file 'demo-0\.1\.0\.tar\.gz' any more"):
        client(index.url).fetch(index.target, "demo", SDIST, 100)


def test_a_file_with_another_digest_is_refused(index: Index) -> None:
    index.script = lambda asked: (
        page({"filename": SDIST, "url": "/f", "hashes": {"sha256": "0" * 64}}) if asked.path != "/f" else Says(200, b"x")
    )
    with pytest.raises(FailedError, match="does not have the digest"):
        client(index.url).fetch(index.target, "demo", SDIST, 100)


def test_twine_is_not_loaded_before_it_is_needed() -> None:
    check = f"import sys, {module.__name__}; print([name for name in ('twine', 'requests', 'stamina', 'keyring') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", check], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "[]"
