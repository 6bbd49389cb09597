from __future__ import annotations

import pytest

from robot_action.model.credentials import AppKey, Credential, Credentials, GitHubTokens, Use, host_of, repository_of, variable_part

OURS = Credential("robot", "s3cret")
THEIRS = Credential("other", "hunter2")


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Git.Acme.Example/acme/t", "git.acme.example"),
        ("https://git.acme.example:443/", "git.acme.example"),
        ("http://127.0.0.1:80/", "127.0.0.1"),
        ("https://git.acme.example:8443/", "git.acme.example:8443"),
        ("http://git.acme.example:443/", "git.acme.example:443"),
        ("https://robot:s3cret@git.acme.example/", "git.acme.example"),
        ("./folder", ""),
    ],
)
def test_a_host_is_named_without_the_schemes_own_port(url: str, host: str) -> None:
    assert host_of(url) == host


def test_a_host_becomes_the_end_of_a_variables_name() -> None:
    assert variable_part("git-1.acme.example:8443") == "git__1_acme_example_8443"


def test_a_credential_goes_to_the_host_that_it_is_for() -> None:
    credentials = Credentials({"git.acme.example": OURS})
    assert credentials.find("https://git.acme.example/acme/t.git") == OURS


@pytest.mark.parametrize(
    "url",
    [
        "https://acme.example/",
        "https://git.acme.example.evil.example/",
        "https://git.acme.example:8443/",
        "https://evil.example/git.acme.example",
        "https://git.acme.example@evil.example/",
        "http://git.acme.example/",
        "ssh://git.acme.example/acme/t.git",
        "git.acme.example",
    ],
)
def test_no_other_host_gets_it_and_no_clear_text_connection(url: str) -> None:
    assert Credentials({"git.acme.example": OURS}).find(url) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_on_this_machine_no_encryption_is_needed(host: str) -> None:
    assert Credentials({f"{host}:8080": OURS}).find(f"http://{host}:8080/simple/") == OURS


def test_a_variable_for_the_host_comes_first() -> None:
    credentials = Credentials({"git.acme.example": THEIRS}, {"git_acme_example": OURS})
    assert credentials.find("https://git.acme.example/") == OURS


def test_secrets_never_show_in_a_repr() -> None:
    credentials = Credentials({"a.example": OURS}, {"b_example": THEIRS}, Credential("index", "pa55word"))
    shown = repr(credentials)
    assert not [secret for secret in credentials.secrets if secret in shown]


def test_every_secret_is_known_so_that_it_can_be_masked() -> None:
    assert Credentials().secrets == frozenset()
    credentials = Credentials({"a.example": OURS}, {"b_example": THEIRS}, Credential("index", "pa55word"))
    assert credentials.secrets == {"s3cret", "hunter2", "pa55word"}


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/acme/x", "acme/x"),
        ("https://github.com/acme/x.git/", "acme/x"),
        ("https://github.com//acme/x.y", "acme/x.y"),
        ("https://github.com/acme/platform/../other", ""),
        ("https://github.com/../x", ""),
        ("https://github.com/acme/..", ""),
        ("https://github.com/acme", ""),
        ("https://github.com/a%2Fb/x", ""),
        ("git@github.com:acme/x", ""),
    ],
)
def test_a_repository_is_read_from_a_url_that_names_nothing_else(url: str, name: str) -> None:
    assert repository_of(url) == name


def test_an_app_s_key_is_a_secret_and_never_shown() -> None:
    credentials = Credentials(github=GitHubTokens(app=AppKey("Iv1", "the-key"), repository=OURS, workflow=THEIRS))
    assert credentials.secrets == {"the-key", "s3cret", "hunter2"}
    assert not [secret for secret in credentials.secrets if secret in repr(credentials)]


@pytest.mark.parametrize("use", [Use.PROPOSE, Use.WORKFLOWS])
@pytest.mark.parametrize(
    ("tokens", "about", "shown"),
    [
        (GitHubTokens(repository=OURS, workflow=THEIRS, own="acme/x"), "acme/x", OURS),
        (GitHubTokens(repository=OURS, workflow=THEIRS, own="acme/x"), "acme/other", OURS),
        (GitHubTokens(workflow=THEIRS, own="acme/x"), "Acme/X", THEIRS),
        (GitHubTokens(workflow=THEIRS, own="acme/x"), "acme/other", None),
        (GitHubTokens(workflow=THEIRS), "acme/other", THEIRS),
    ],
)
def test_pull_requests_are_opened_with_the_token_that_was_given_for_it(
    use: Use, tokens: GitHubTokens, about: str, shown: Credential | None
) -> None:
    assert tokens.find(use, about) == shown


def test_an_app_proposes_in_the_workflow_s_own_repository_too() -> None:
    github = GitHubTokens(frozenset({"github.com"}), workflow=THEIRS, own="acme/x", app=AppKey("Iv1", "the-key"))
    credentials = Credentials(github=github)
    assert credentials.app_for("https://github.com/acme/x.git", Use.PROPOSE, "acme/x") == github.app
    assert credentials.app_for("https://github.com/acme/x.git", Use.WRITE, "acme/x") is None
