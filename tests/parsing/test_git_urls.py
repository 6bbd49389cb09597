"""Which repositories git may speak with."""

from __future__ import annotations

import pytest

from robot_action.errors import InputError, NotPermittedError
from robot_action.parsing.git_urls import check_url, is_local, protocol_of, resolve, without_user

NOTHING: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("url", "protocol"),
    [
        ("https://host/a", "https"),
        ("http://host/a", "http"),
        ("ssh://git@host/a", "ssh"),
        ("git+ssh://host/a", "ssh"),
        ("git@host:a/b.git", "ssh"),
        ("host:a", "ssh"),
        ("/srv/a", "file"),
        ("./a:b", "file"),
        ("a/b", "file"),
        ("file:///srv/a", "file"),
        ("git://host/a", "git"),
        ("ext::sh -c evil", "ext"),
        ("ext::https://host", "ext"),
        ("HTTPS://host/a", "HTTPS"),
    ],
)
def test_the_transport_is_what_git_would_take(url: str, protocol: str) -> None:
    assert protocol_of(url) == protocol
    assert is_local(url) is (protocol == "file")


@pytest.mark.parametrize("url", ["https://host/a", "ssh://git@host/a", "git@host:a"])
def test_https_and_ssh_are_always_allowed(url: str) -> None:
    assert check_url(url, NOTHING) == url


@pytest.mark.parametrize("url", ["http://host/a", "file:///srv/a", "/srv/a"])
def test_http_and_file_must_be_named_by_the_operator(url: str) -> None:
    with pytest.raises(NotPermittedError, match="--allow-protocol"):
        check_url(url, NOTHING)
    assert check_url(url, frozenset({"http", "file"})) == url


def test_http_to_this_machine_is_nothing_special() -> None:
    with pytest.raises(NotPermittedError):
        check_url("http://127.0.0.1:8000/a", frozenset({"file"}))


@pytest.mark.parametrize("url", ["ext::true", "fd::17", "git://host/a", "HTTPS://host/a"])
def test_other_transports_cannot_be_allowed(url: str) -> None:
    with pytest.raises(NotPermittedError) as caught:
        check_url(url, frozenset({"http", "file"}), "the submodule 'x'")
    assert "--allow-protocol" not in str(caught.value)
    assert "the submodule 'x'" in str(caught.value)


@pytest.mark.parametrize("url", ["", "-uevil", "--upload-pack=evil", "https://host/a b", "https://host/a\nb", "https://host/\x00"])
def test_what_git_could_mistake_for_something_else_is_refused(url: str) -> None:
    with pytest.raises(InputError):
        check_url(url, NOTHING)


def test_a_password_in_a_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(InputError) as caught:
        check_url("https://robot:hunter2@host/a", NOTHING)
    assert "hunter2" not in str(caught.value)


def test_a_forbidden_url_does_not_show_its_password() -> None:
    with pytest.raises(NotPermittedError) as caught:
        check_url("http://robot:hunter2@host/a", NOTHING)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://u:p@host/a@b", "https://host/a@b"),
        ("git+HTTPS://u:p@q@host/a", "git+HTTPS://host/a"),
        ("http://token@host:8080/a", "http://host:8080/a"),
        ("ssh://git@host:22/a@b", "ssh://git@host:22/a@b"),
        ("git+ssh://git:p@q@host/a", "git+ssh://git@host/a"),
        ("git@host:a@b", "git@host:a@b"),
        ("gh:acme/t", "gh:acme/t"),
    ],
)
def test_a_url_is_told_without_password_and_over_http_without_user(url: str, expected: str) -> None:
    assert without_user(url) == expected


@pytest.mark.parametrize(
    ("base", "url", "expected"),
    [
        ("https://host/acme/t.git", "../lib.git", "https://host/acme/lib.git"),
        ("https://host/acme/t.git/", "../../other/lib", "https://host/other/lib"),
        ("https://host/acme/t", "./sub", "https://host/acme/t/sub"),
        ("git@host:acme/t", "../lib", "git@host:acme/lib"),
        ("/srv/git/t", "../lib", "/srv/git/lib"),
        ("ssh://git@host/acme/t", "../lib", "ssh://git@host/acme/lib"),
        ("https://host/acme/t", "https://other/x", "https://other/x"),
        ("https://host/acme/t", "ext::evil", "ext::evil"),
    ],
)
def test_submodule_urls_are_relative_to_their_parent(base: str, url: str, expected: str) -> None:
    assert resolve(base, url) == expected


@pytest.mark.parametrize("base", ["https://host/acme/t", "git@host:acme/t", "/acme/t"])
def test_a_submodule_url_cannot_climb_to_another_host(base: str) -> None:
    with pytest.raises(InputError, match="leads out"):
        resolve(base, "../../../evil/x")
