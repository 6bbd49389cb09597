"""What git says -> what went wrong and what to do."""

from __future__ import annotations

import pytest

from robot_action.clients.git.errors import GitFailure, explain
from robot_action.errors import (
    FailedError,
    InputError,
    NotPermittedError,
    RobotActionError,
    TryAgainError,
    UnavailableError,
)

URL = "https://git.acme.example/acme/t"


@pytest.mark.parametrize(
    ("text", "expected", "word"),
    [
        ("fatal: transport 'http' not allowed", NotPermittedError, "protocol"),
        ("fatal: could not read Username for 'https://x': terminal prompts disabled", NotPermittedError, "ROBOT_ACTION_TOKEN_"),
        ("fatal: Authentication failed for 'https://x'", NotPermittedError, "let us in"),
        ("error: The requested URL returned error: 403", NotPermittedError, "let us in"),
        ("fatal: repository 'https://x/' not found", NotPermittedError, "no such repository"),
        ("git@host: Permission denied (publickey).", NotPermittedError, "let us in"),
        ("Host key verification failed.\nfatal: Could not read from remote repository.", NotPermittedError, "known_hosts"),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 301", FailedError, "redirect"),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 429", TryAgainError, "slow down"),
        ("fatal: unable to access 'https://x/': Could not resolve host: x", UnavailableError, "the host's name is not known"),
        ("ssh: Could not resolve hostname x: Name or service not known", UnavailableError, "the host's name is not known"),
        (
            "fatal: unable to access 'https://x/': Failed to connect to x: Connection refused",
            UnavailableError,
            "Look at the address",
        ),
        ("fatal: unable to access 'https://x/': The requested URL returned error: 502", UnavailableError, "502"),
        ("fatal: unable to access 'https://x/': SSL certificate problem: expired", UnavailableError, "certificate"),
        ("error: RPC failed; curl 28 Operation too slow", UnavailableError, "too slow"),
        ("fatal: '/srv/x' does not appear to be a git repository", InputError, "no git repository"),
        ("fatal: bad tree object HEAD", FailedError, "--filter=blob:none"),
        ("error: file write error: No space left on device", FailedError, "disk is full"),
        ("fatal: Unable to create '/p/.git/index.lock': File exists.", TryAgainError, "another git process"),
        ("fatal: Unable to create '/p/.git/refs/heads/main.lock': File exists.", TryAgainError, "another git process"),
        ("error: could not lock config file /p/.git/config: File exists", TryAgainError, "another git process"),
        ("fatal: something new", FailedError, "something new"),
        ("", FailedError, "It said nothing"),
    ],
)
def test_each_failure_has_its_own_error(text: str, expected: type[RobotActionError], word: str) -> None:
    error = explain(GitFailure("fetch", text, URL))
    assert type(error) is expected
    assert word in str(error)


def test_an_ssh_failure_speaks_of_keys_and_not_of_tokens() -> None:
    text = str(explain(GitFailure("fetch", "git@host: Permission denied (publickey).", "git@host:acme/t")))
    assert "SSH key" in text
    assert "token" not in text


def test_a_folder_that_is_denied_shows_what_git_said() -> None:
    assert "/srv/x: Permission denied" in str(explain(GitFailure("fetch", "fatal: /srv/x: Permission denied", "/srv/x")))


def test_only_the_last_lines_are_shown() -> None:
    text = "\n".join(f"line {number}" for number in range(100))
    shown = str(explain(GitFailure("gc", text)))
    assert "line 99" in shown
    assert "line 50" not in shown
