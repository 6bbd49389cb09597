"""The runner: what git gets to see, what it may reach, and how its failures are told."""

from __future__ import annotations

import base64
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from robot_action.clients.git import runner as git_module
from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.runner import GitRunner
from robot_action.errors import FailedError, InputError, NotPermittedError, UnavailableError, UsageError
from robot_action.model.credentials import Credential, Credentials, host_of
from tests.testbed.git_bed import HTTP, REAL_PATH, make_runner, stand_in
from tests.testbed.git_server import GitServer

ELSEWHERE = "https://host.invalid/a"
DUMP = 'env > "$0.env"; tr "\\0" " " < /proc/$$/cmdline > "$0.arguments"'


def dumped(folder: Path) -> dict[str, str]:
    """Return the environment that a stand-in for git was started with."""
    lines = (folder / "git.env").read_text().splitlines()
    return dict(line.split("=", 1) for line in lines if "=" in line)


def configuration(environment: dict[str, str]) -> dict[str, str]:
    count = int(environment["GIT_CONFIG_COUNT"])
    return {environment[f"GIT_CONFIG_KEY_{number}"]: environment[f"GIT_CONFIG_VALUE_{number}"] for number in range(count)}


@pytest.fixture
def other_server(tmp_path: Path) -> Iterator[GitServer]:
    with GitServer(tmp_path / "other", anonymous_read=True) as server:
        yield server


# The environment


def test_a_command_sees_nothing_of_our_own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GITHUB_TOKEN", "GIT_DIR", "GIT_SSH_COMMAND", "GIT_TRACE", "GIT_EXTERNAL_DIFF", "HOME", "ODD"):
        monkeypatch.setenv(name, "from-outside")
    runner = make_runner(environment=stand_in(tmp_path, DUMP))
    runner.run(Place(tmp_path), "version")
    assert "from-outside" not in dumped(tmp_path).values()
    assert "from-outside" not in (tmp_path / "git.arguments").read_text()


def test_the_log_shows_the_command_as_somebody_would_type_it(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "robot_action")
    make_runner().run(Place(tmp_path), "check-ref-format", "--branch", "a'b")
    assert caplog.messages == [f"""in {tmp_path}: git check-ref-format --branch 'a'"'"'b'"""]


def test_of_the_given_environment_only_documented_names_are_passed_on(tmp_path: Path) -> None:
    given = {
        **stand_in(tmp_path, DUMP),
        "GITHUB_TOKEN": "x",
        "GIT_TRACE": "1",
        "HTTPS_PROXY": "http://127.0.0.1:1",
        "GIT_SSL_CAINFO": "/ca",
    }
    runner = make_runner(environment=given)
    runner.remote(Place(tmp_path), "https://host.invalid/a", "ls-remote")
    seen = dumped(tmp_path)
    assert seen["HTTPS_PROXY"] == "http://127.0.0.1:1"
    assert seen["GIT_SSL_CAINFO"] == "/ca"
    assert not {"GITHUB_TOKEN", "GIT_TRACE"} & seen.keys()
    runner.run(Place(tmp_path), "version")
    assert not {"HTTPS_PROXY", "GIT_SSL_CAINFO", "HOME"} & dumped(tmp_path).keys()


def test_nobody_is_asked_and_nothing_configured_runs(tmp_path: Path) -> None:
    make_runner(environment=stand_in(tmp_path, DUMP)).remote(Place(tmp_path), "https://host.invalid/a", "fetch")
    seen = dumped(tmp_path)
    assert (seen["GIT_TERMINAL_PROMPT"], seen["GIT_ASKPASS"], seen["SSH_ASKPASS"], seen["LC_ALL"]) == ("0", "", "", "C")
    pinned = configuration(seen)
    assert pinned["core.hooksPath"] == os.devnull
    assert pinned["core.fsmonitor"] == "false"
    assert pinned["protocol.ext.allow"] == "never"
    assert pinned["http.followRedirects"] == "false"
    assert pinned["credential.helper"] == ""
    assert "BatchMode=yes" in seen["GIT_SSH_COMMAND"]


def test_the_operators_own_ssh_command_is_kept(tmp_path: Path) -> None:
    given = {**stand_in(tmp_path, DUMP), "GIT_SSH_COMMAND": "ssh -i key"}
    make_runner(environment=given).remote(Place(tmp_path), "git@host.invalid:a", "fetch")
    assert dumped(tmp_path)["GIT_SSH_COMMAND"] == "ssh -i key"


@pytest.mark.parametrize(
    ("allowed", "url", "expected"),
    [
        (frozenset(), "https://host.invalid/a", "https:ssh"),
        (frozenset({"http"}), "https://host.invalid/a", "http:https:ssh"),
        (frozenset({"http", "file"}), "https://host.invalid/a", "file:http:https:ssh"),
        (frozenset(), "/srv/a", "file"),
    ],
)
def test_git_itself_is_told_which_protocols_it_may_use(tmp_path: Path, allowed: frozenset[str], url: str, expected: str) -> None:
    make_runner(environment=stand_in(tmp_path, DUMP), allowed_protocols=allowed).remote(Place(tmp_path), url, "fetch")
    assert dumped(tmp_path)["GIT_ALLOW_PROTOCOL"] == expected


def test_a_local_command_may_use_no_protocol_at_all(tmp_path: Path) -> None:
    make_runner(environment=stand_in(tmp_path, DUMP)).run(Place(tmp_path), "status")
    assert dumped(tmp_path)["GIT_ALLOW_PROTOCOL"] == "none"


@pytest.mark.parametrize("protocol", ["ext", "git", "fd"])
def test_other_protocols_cannot_even_be_configured(protocol: str) -> None:
    with pytest.raises(UsageError, match=protocol):
        GitRunner({}, allowed_protocols=frozenset({protocol}))


def test_a_repository_around_the_folder_is_not_found(tmp_path: Path) -> None:
    runner = make_runner()
    runner.run(Place(tmp_path), "init", "-q", str(tmp_path))
    (tmp_path / "inside").mkdir()
    with pytest.raises(FailedError, match="not a git repository"):
        runner.run(Place(tmp_path / "inside"), "rev-parse", "--git-dir")
    assert runner.run(Place(tmp_path / "inside", discover=True), "rev-parse", "--show-toplevel").text == str(tmp_path.resolve())


def test_user_configuration_is_seen_only_where_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / ".gitconfig").write_text("[user]\nname = Somebody\n")
    runner = make_runner(environment={**REAL_PATH, "HOME": str(tmp_path)})
    how = Invocation(accept=(0, 1))
    assert runner.run(Place(tmp_path), "config", "user.name", how=how).text == ""
    asked = Invocation(accept=(0, 1), user_configuration=True)
    assert runner.run(Place(tmp_path), "config", "user.name", how=asked).text == "Somebody"


# Tokens


def test_a_token_goes_by_the_environment_of_the_one_command_that_needs_it(tmp_path: Path) -> None:
    credentials = Credentials({"host.invalid": Credential("", "s3cret-token")})
    runner = make_runner(environment=stand_in(tmp_path, DUMP), credentials=credentials)
    runner.remote(Place(tmp_path), "https://host.invalid/a", "fetch", "--", "https://host.invalid/a")
    header = configuration(dumped(tmp_path))["http.https://host.invalid/.extraheader"]
    assert base64.b64decode(header.removeprefix("Authorization: Basic ")) == b"x-access-token:s3cret-token"
    arguments = (tmp_path / "git.arguments").read_text()
    assert "s3cret" not in arguments
    assert header.rpartition(" ")[2] not in arguments


@pytest.mark.parametrize(
    "url", ["https://other.invalid/a", "https://host.invalid.evil.invalid/a", "http://host.invalid/a", "git@host.invalid:a"]
)
def test_a_token_is_shown_to_its_host_alone_and_never_in_the_clear(tmp_path: Path, url: str) -> None:
    credentials = Credentials({"host.invalid": Credential("", "s3cret-token")})
    make_runner(environment=stand_in(tmp_path, DUMP), credentials=credentials).remote(Place(tmp_path), url, "fetch")
    assert "extraheader" not in (tmp_path / "git.env").read_text()


def test_local_commands_get_no_token(tmp_path: Path) -> None:
    credentials = Credentials({"host.invalid": Credential("", "s3cret-token")})
    make_runner(environment=stand_in(tmp_path, DUMP), credentials=credentials).run(Place(tmp_path), "status")
    assert "extraheader" not in (tmp_path / "git.env").read_text()


def test_a_header_that_the_user_configured_does_not_come_beside_ours(tmp_path: Path, git_server: GitServer) -> None:
    git_server.create("acme/t")
    (tmp_path / ".gitconfig").write_text(f'[http "{git_server.url}/"]\nextraheader = Authorization: Basic wrong\n')
    runner = make_runner(git_server, environment={**REAL_PATH, "HOME": str(tmp_path)})
    runner.remote(Place(tmp_path), git_server.url_of("acme/t"), "ls-remote", "--", git_server.url_of("acme/t"))
    assert {request.token for request in git_server.requests} == {"write-token"}


def test_a_redirect_to_another_host_is_not_followed(tmp_path: Path, git_server: GitServer, other_server: GitServer) -> None:
    other_server.create("acme/t")
    git_server.redirects["/acme/t.git"] = other_server.url_of("acme/t") + "/info/refs?service=git-upload-pack"
    url = git_server.url_of("acme/t")
    with pytest.raises(FailedError, match="redirect"):
        make_runner(git_server).remote(Place(tmp_path), url, "ls-remote", "--", url)
    assert git_server.requests
    assert other_server.requests == []


def test_secrets_and_control_characters_are_taken_out_of_what_git_says(tmp_path: Path) -> None:
    shown = base64.b64encode(b"x-access-token:s3cret-token").decode()
    script = f'printf "fatal: s3cret-token and {shown} \\033[31mred\\007\\n" >&2; exit 1'
    credentials = Credentials({"host.invalid": Credential("", "s3cret-token")})
    runner = make_runner(environment=stand_in(tmp_path, script), credentials=credentials)
    with pytest.raises(FailedError) as caught:
        runner.remote(Place(tmp_path), "https://host.invalid/a", "fetch")
    text = str(caught.value)
    assert "fatal: ***" in text
    assert "s3cret" not in text
    assert shown not in text
    assert "\033" not in text
    assert "\007" not in text


# Failures, explained


@pytest.mark.parametrize(
    ("token", "name", "advice"),
    [
        ("", "acme/t", "No token is known for 127.0.0.1"),
        ("wrong", "acme/t", "A token was shown"),
        ("read-token", "acme/missing", "Hosts answer 'not found' for private repositories"),
    ],
)
def test_a_refused_entry_says_which_token_is_missing(tmp_path: Path, git_server: GitServer, token: str, name: str, advice: str) -> None:
    git_server.create("acme/t")
    url = git_server.url_of(name)
    with pytest.raises(NotPermittedError) as caught:
        make_runner(git_server, token).remote(Place(tmp_path), url, "ls-remote", "--", url)
    assert advice in str(caught.value)
    assert caught.value.exit_code == 77


def test_the_variable_that_would_hold_the_token_is_named(tmp_path: Path, git_server: GitServer) -> None:
    git_server.create("acme/t")
    url = git_server.url_of("acme/t")
    with pytest.raises(NotPermittedError, match=f"ROBOT_ACTION_TOKEN_127_0_0_1_{host_of(url).rpartition(':')[2]}"):
        make_runner().remote(Place(tmp_path), url, "ls-remote", "--", url)


def test_a_server_that_is_not_there_is_unavailable(tmp_path: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/a"
    with pytest.raises(UnavailableError) as caught:
        make_runner().remote(Place(tmp_path), url, "ls-remote", "--", url)
    assert caught.value.exit_code == 69


def test_git_that_is_missing_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "env").symlink_to("/usr/bin/env")
    runner = make_runner(environment={"PATH": str(tmp_path)})
    with pytest.raises(UnavailableError, match="'git' is missing"):
        runner.run(Place(tmp_path), "version")
    with pytest.raises(UnavailableError, match="'git' is missing"):
        runner.remote(Place(tmp_path), ELSEWHERE, "fetch")


def test_git_that_is_missing_from_our_own_path_is_unavailable_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "git.cmd", None)  # GitPython looks for git while it is imported, and fails
    with pytest.raises(UnavailableError, match="'git' is missing"):
        make_runner().remote(Place(tmp_path), ELSEWHERE, "fetch")


def test_a_folder_that_is_missing_is_not_replaced_by_the_current_one(tmp_path: Path) -> None:
    with pytest.raises(FailedError, match="missing"):
        make_runner().run(Place(tmp_path / "gone"), "version")


def test_an_endless_output_is_cut_off(tmp_path: Path) -> None:
    runner = make_runner(environment=stand_in(tmp_path, "exec yes"))
    with pytest.raises(InputError, match="more than 1000 bytes"):
        runner.run(Place(tmp_path), "show", how=Invocation(limit=1000))
    with pytest.raises(InputError, match="more than 1000 bytes"):
        runner.remote(Place(tmp_path), ELSEWHERE, "ls-remote", how=Invocation(limit=1000))


# Commands that do without GitPython


LIGHT = Invocation(light=True)


def test_local_commands_do_without_gitpython_and_see_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "git.cmd", None)
    monkeypatch.setenv("GITHUB_TOKEN", "from-outside")
    runner = make_runner(environment=stand_in(tmp_path, DUMP))
    runner.run(Place(tmp_path), "version")
    seen = dumped(tmp_path)
    assert "from-outside" not in seen.values()
    assert configuration(seen)["core.fsmonitor"] == "false"
    assert seen["GIT_ALLOW_PROTOCOL"] == "none"
    assert make_runner().run(Place(tmp_path), "version").text.startswith("git version")


def test_so_do_light_ones_that_speak_with_another_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "git.cmd", None)
    monkeypatch.setenv("GITHUB_TOKEN", "from-outside")
    make_runner(environment=stand_in(tmp_path, DUMP)).remote(Place(tmp_path), ELSEWHERE, "ls-remote", how=LIGHT)
    seen = dumped(tmp_path)
    assert "from-outside" not in seen.values()
    assert seen["GIT_ALLOW_PROTOCOL"] == "http:https:ssh"


@pytest.mark.parametrize("how", [LIGHT, Invocation()])
def test_git_that_takes_too_long_with_another_repository_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: Invocation) -> None:
    monkeypatch.setattr(git_module, "NETWORK_TIMEOUT", 0.3)
    script = 'sleep 60 & echo $! > "$0.child"; wait'
    with pytest.raises(UnavailableError, match="longer than"):
        make_runner(environment=stand_in(tmp_path, script)).remote(Place(tmp_path), ELSEWHERE, "fetch", how=how)
    assert_gone(int((tmp_path / "git.child").read_text()))


def test_what_a_local_command_complains_of_is_cleaned(tmp_path: Path) -> None:
    runner = make_runner(environment=stand_in(tmp_path, "printf 'fatal: \\033[31mred\\n' >&2; exit 128"))
    errors = runner.run(Place(tmp_path), "status", how=Invocation(accept=(128,))).errors
    assert "red" in errors
    assert "\033" not in errors


def test_a_repository_that_is_too_large_is_given_up_while_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_module, "RECEIVE_LIMIT", 10_000)
    script = "printf 'Receiving objects:   1%% (1/100), 20.00 KiB | 1 KiB/s\\r' >&2; exec sleep 60"
    with pytest.raises(InputError, match="larger than 10000 bytes"):
        make_runner(environment=stand_in(tmp_path, script)).remote(Place(tmp_path), "https://host.invalid/a", "fetch")


def test_a_command_that_takes_too_long_is_ended_with_its_children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_module, "LOCAL_TIMEOUT", 0.3)
    script = 'sleep 60 & echo $! > "$0.child"; wait'
    with pytest.raises(UnavailableError, match="longer than"):
        make_runner(environment=stand_in(tmp_path, script)).run(Place(tmp_path), "status")
    assert_gone(int((tmp_path / "git.child").read_text()))


@pytest.mark.parametrize("is_remote", [False, True])
def test_an_interrupt_leaves_no_git_running(tmp_path: Path, *, is_remote: bool) -> None:
    fifo = tmp_path / "started"
    os.mkfifo(fifo)
    script = f'sleep 60 & echo $! > "$0.child"; echo > {fifo}; wait'
    runner = make_runner(environment=stand_in(tmp_path, script))
    previous = signal.signal(signal.SIGUSR1, signal.default_int_handler)

    def interrupt() -> None:
        fifo.read_bytes()
        while not is_waiting():
            threading.Event().wait(0.001)
        os.kill(os.getpid(), signal.SIGUSR1)

    thread = threading.Thread(target=interrupt)
    thread.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            runner.remote(Place(tmp_path), ELSEWHERE, "fetch") if is_remote else runner.run(Place(tmp_path), "status")
    finally:
        thread.join()
        signal.signal(signal.SIGUSR1, previous)
    assert_gone(int((tmp_path / "git.child").read_text()))


def is_waiting() -> bool:
    """Tell whether the main thread waits for a program's output."""
    frame = sys._current_frames().get(threading.main_thread().ident or 0)
    while frame and frame.f_code.co_name not in {"follow", "pump_while"}:
        frame = frame.f_back
    return frame is not None


def test_a_child_that_outlives_git_and_holds_its_output_is_ended_in_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_module, "NETWORK_TIMEOUT", 0.3)
    runner = make_runner(environment=stand_in(tmp_path, 'echo said; sleep 60 & echo $! > "$0.child"; exit 0'))
    with pytest.raises(UnavailableError, match="longer than"):
        runner.remote(Place(tmp_path), ELSEWHERE, "fetch")
    assert_gone(int((tmp_path / "git.child").read_text()))
    assert runner.run(Place(tmp_path), "status").text == "said"
    assert_gone(int((tmp_path / "git.child").read_text()))


def assert_gone(process: int) -> None:
    """See that a process has ended: it is unknown, or nobody but init has yet asked how it ended."""
    stat = Path(f"/proc/{process}/stat")
    for _ in range(1000):
        try:
            if stat.read_text().rpartition(")")[2].split()[0] in {"Z", "X"}:
                return
        except (FileNotFoundError, ProcessLookupError):
            return
        threading.Event().wait(0.005)
    pytest.fail(f"process {process} still runs")


def test_progress_is_passed_on(tmp_path: Path) -> None:
    seen: list[tuple[str, int, int]] = []
    lines = "remote: Counting objects: 100%% (3/3), done.\\nReceiving objects:  50%% (1/2)\\rReceiving objects: 100%% (2/2), done.\\n"
    script = f"printf '{lines}' >&2"
    runner = make_runner(environment=stand_in(tmp_path, script), advance=lambda *parts: seen.append(parts))
    done = runner.remote(Place(tmp_path), "https://host.invalid/a", "fetch")
    assert seen == [("counting objects", 3, 3), ("receiving objects", 1, 2), ("receiving objects", 2, 2)]
    assert done.errors == ""


def test_http_must_be_allowed_even_for_this_machine() -> None:
    with pytest.raises(NotPermittedError, match="--allow-protocol http"):
        make_runner(allowed_protocols=frozenset()).check("http://127.0.0.1/a")
    assert make_runner(allowed_protocols=HTTP).check("http://127.0.0.1/a")
