"""Settings: what the environment says, and tokens that go to their own host alone."""

from pathlib import Path

import pytest

from robot_action.errors import ConfigurationError
from robot_action.model.credentials import Credential, Credentials, host_of
from robot_action.parsing.settings import VARIABLES, is_documented, parse_settings, secrets_of, token_variable


def test_an_empty_environment_gives_the_defaults() -> None:
    settings = parse_settings({})
    assert settings.github_api.endswith("api.github.com")
    assert settings.check_updates
    assert not settings.in_ci
    assert settings.credentials.secrets == frozenset()


def test_githubs_token_goes_to_githubs_two_hosts_alone() -> None:
    credentials = parse_settings({"GITHUB_TOKEN": "t1"}).credentials
    assert credentials.find("https://github.com/acme/x") == Credential("x-access-token", "t1")
    assert credentials.find("https://api.github.com/user") is not None
    assert credentials.find("https://gitlab.com/acme/x") is None
    assert credentials.find("http://github.com/acme/x") is None


def test_a_server_of_the_operators_own_gets_the_token_instead() -> None:
    variables = {"GITHUB_TOKEN": "t1", "GITHUB_SERVER_URL": "https://git.acme.example", "GITHUB_API_URL": "https://git.acme.example/api/v3"}
    credentials = parse_settings(variables).credentials
    assert credentials.find("https://git.acme.example/acme/x") is not None
    assert credentials.find("https://github.com/acme/x") is None


def test_the_repository_token_comes_first() -> None:
    variables = {"GH_TOKEN": "c", "GITHUB_TOKEN": "b", "ROBOT_ACTION_REPOSITORY_TOKEN": "a"}
    for name, expected in (("ROBOT_ACTION_REPOSITORY_TOKEN", "a"), ("GITHUB_TOKEN", "b"), ("GH_TOKEN", "c")):
        found = parse_settings(variables).credentials.find("https://github.com/x")
        assert found is not None
        assert found.password == expected
        del variables[name]


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("ROBOT_ACTION_TOKEN_git_acme_example", "https://git.acme.example/x"),
        ("ROBOT_ACTION_TOKEN_GIT_ACME_EXAMPLE", "https://git.acme.example/x"),
        ("ROBOT_ACTION_TOKEN_my__git_acme_example_8443", "https://my-git.acme.example:8443/x"),
        ("ROBOT_ACTION_TOKEN_localhost_8080", "http://localhost:8080/x"),
    ],
)
def test_a_variable_names_its_host(name: str, url: str) -> None:
    assert token_variable(url).casefold() == name.casefold()
    assert parse_settings({name: "robot:secret"}).credentials.find(url) == Credential("robot", "secret")
    assert parse_settings({name: "secret"}).credentials.find("https://other.example/x") is None


def test_ports_that_the_scheme_implies_do_not_count() -> None:
    assert host_of("https://Git.Example:443/x") == "git.example"
    assert host_of("http://git.example:443/x") == "git.example:443"


def test_other_tokens_have_their_places() -> None:
    credentials = parse_settings({"GITLAB_TOKEN": "g", "PYPI_TOKEN": "p"}).credentials
    assert credentials.find("https://gitlab.com/x") == Credential("oauth2", "g")
    assert credentials.default_index == Credential("__token__", "p")
    assert credentials.secrets == {"g", "p"}


def test_a_credential_never_shows_itself() -> None:
    credentials = Credentials({"x": Credential("user", "hidden")}, {"y": Credential("", "hidden")}, Credential("u", "hidden"))
    assert "hidden" not in repr(credentials)
    assert "hidden" not in repr(parse_settings({"GITHUB_TOKEN": "hidden"}))


def test_every_wrong_value_is_reported_together_and_no_token_shown() -> None:
    wrong = {
        "ROBOT_ACTION_HOME": "relative",
        "GITHUB_API_URL": "github",
        "SOURCE_DATE_EPOCH": "yesterday",
        "LOG_LEVEL": "loud",
        "ROBOT_ACTION_CHECK_UPDATES": "perhaps",
        "GITHUB_TOKEN": "two\nlines-of-token",
    }
    with pytest.raises(ConfigurationError) as caught:
        parse_settings(wrong)
    said = str(caught.value)
    for name in (
        "ROBOT_ACTION_HOME",
        "GITHUB_API_URL",
        "SOURCE_DATE_EPOCH",
        "LOG_LEVEL",
        "ROBOT_ACTION_CHECK_UPDATES",
        "control character",
    ):
        assert name in said
    assert "lines-of-token" not in said


def test_addresses_with_credentials_are_refused() -> None:
    with pytest.raises(ConfigurationError) as caught:
        parse_settings({"GITHUB_SERVER_URL": "https://user:hidden@git.example"})
    assert "hidden" not in str(caught.value)


@pytest.mark.parametrize(
    ("variables", "in_ci", "updates"),
    [
        ({}, False, True),
        ({"CI": "true"}, True, False),
        ({"CI": "false"}, False, True),
        ({"GITHUB_ACTIONS": "true"}, True, False),
        ({"CI": "1", "ROBOT_ACTION_CHECK_UPDATES": "yes"}, True, True),
    ],
)
def test_ci_is_noticed_and_looks_for_no_updates(variables: dict[str, str], in_ci: bool, updates: bool) -> None:
    settings = parse_settings(variables)
    assert (settings.in_ci, settings.check_updates) == (in_ci, updates)


def test_home_is_a_folder() -> None:
    assert parse_settings({"ROBOT_ACTION_HOME": "/srv/robot"}).home == Path("/srv/robot")


@pytest.mark.parametrize(
    ("variables", "actor"),
    [
        ({"GITHUB_ACTOR": "mona", "GITHUB_ACTOR_ID": "7"}, ("mona", "7+mona@users.noreply.github.com")),
        ({"GITHUB_ACTOR": "app[bot]", "GITHUB_ACTOR_ID": "x"}, ("app[bot]", "app[bot]@users.noreply.github.com")),
        ({"GITHUB_ACTOR": "mona\nfaked: yes"}, None),
        ({}, None),
    ],
)
def test_the_actor_becomes_a_committer(variables: dict[str, str], actor: tuple[str, str] | None) -> None:
    assert parse_settings(variables).actor == actor


def test_only_documented_names_count() -> None:
    assert is_documented("GITHUB_TOKEN")
    assert is_documented("ROBOT_ACTION_TOKEN_x")
    assert not is_documented("ROBOT_ACTION_TOKEN_")
    assert not is_documented("LD_PRELOAD")


def test_every_token_is_found_even_where_other_settings_are_wrong() -> None:
    environ = {"GITHUB_TOKEN": "a", "ROBOT_ACTION_TOKEN_x": "user:b", "ROBOT_ACTION_TOKEN_y": "c", "PYPI_TOKEN": "", "LOG_LEVEL": "loud"}
    assert secrets_of(environ) == {"a", "b", "c"}


def test_each_variable_says_what_it_is_for() -> None:
    assert all(text.endswith(".") for text in VARIABLES.values())
