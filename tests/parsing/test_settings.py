"""Settings: what the environment says, and tokens that go to their own host alone."""

from pathlib import Path

import pytest

from robot_action.errors import ConfigurationError
from robot_action.model.credentials import AppKey, Credential, Credentials, Use, host_of
from robot_action.parsing.settings import VARIABLES, is_documented, parse_settings, secret_names, secrets_of, token_variable


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


RUNNER = {"GITHUB_ACTIONS": "true", "GITHUB_REPOSITORY": "acme/platform"}
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEpAIBAAKC\nAQEA4+wR\n-----END RSA PRIVATE KEY-----"
APP = {"ROBOT_ACTION_APP_CLIENT_ID": "Iv23liAbC", "ROBOT_ACTION_APP_PRIVATE_KEY": PEM}


@pytest.mark.parametrize(
    ("about", "use", "expected"),
    [
        ("acme/platform", Use.FETCH, "w"),
        ("ACME/Platform", Use.WRITE, "w"),
        ("acme/other", Use.FETCH, "r"),
        ("acme/other", Use.WRITE, "r"),
        ("acme/other", Use.CREATE, "r"),
        ("acme/platform", Use.CREATE, "r"),
    ],
)
def test_on_a_runner_each_token_has_its_repositories(about: str, use: Use, expected: str) -> None:
    variables = {**RUNNER, "GITHUB_TOKEN": "w", "ROBOT_ACTION_REPOSITORY_TOKEN": "r"}
    found = parse_settings(variables).credentials.find("https://github.com/x", use, about)
    assert found == Credential("x-access-token", expected)


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "GH_TOKEN"])
@pytest.mark.parametrize("use", list(Use))
def test_the_workflow_s_token_never_changes_another_repository(name: str, use: Use) -> None:
    credentials = parse_settings({**RUNNER, name: "w"}).credentials
    allowed = credentials.find("https://api.github.com", use, "acme/other") is not None
    assert allowed is (use in {Use.FETCH, Use.LOOK})
    assert parse_settings({name: "w", "GITHUB_REPOSITORY": "acme/platform"}).credentials.find("https://api.github.com", use, "acme/other")


def test_without_the_workflow_s_token_the_other_one_serves_its_repository_too() -> None:
    credentials = parse_settings({**RUNNER, "ROBOT_ACTION_REPOSITORY_TOKEN": "r"}).credentials
    assert credentials.find("https://github.com/x", Use.WRITE, "acme/platform") == Credential("x-access-token", "r")


@pytest.mark.parametrize("key", [PEM, PEM.replace("\n", "\\n"), PEM.replace("\n", "\r\n") + "\r\n"])
def test_an_app_s_key_may_come_in_one_line(key: str) -> None:
    settings = parse_settings({**APP, "ROBOT_ACTION_APP_PRIVATE_KEY": key})
    app = settings.credentials.github.app
    assert app is not None
    assert app == AppKey("Iv23liAbC", PEM)
    assert {PEM} == settings.credentials.secrets
    assert {key, PEM} == secrets_of({"ROBOT_ACTION_APP_PRIVATE_KEY": key})
    assert "MIIEpAIBAAKC" not in repr(settings)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"ROBOT_ACTION_APP_CLIENT_ID": ""}, "only ROBOT_ACTION_APP_PRIVATE_KEY is set"),
        ({"ROBOT_ACTION_APP_PRIVATE_KEY": ""}, "only ROBOT_ACTION_APP_CLIENT_ID is set"),
        ({"ROBOT_ACTION_APP_CLIENT_ID": "my app"}, "no client id"),
        ({"ROBOT_ACTION_APP_PRIVATE_KEY": "c2VjcmV0"}, "no private key in PEM"),
        ({"ROBOT_ACTION_APP_PRIVATE_KEY": PEM.replace("RSA", "OPENSSH")}, "no private key in PEM"),
        ({"ROBOT_ACTION_REPOSITORY_TOKEN": "r"}, "both ROBOT_ACTION_REPOSITORY_TOKEN and"),
    ],
)
def test_half_an_app_is_refused_and_its_key_not_shown(change: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        parse_settings({**APP, **change})
    assert "c2VjcmV0" not in str(caught.value)
    assert "MIIE" not in str(caught.value)


def test_an_app_mints_for_githubs_hosts_where_nothing_else_is_named() -> None:
    credentials = parse_settings({**RUNNER, **APP, "GITHUB_TOKEN": "w", "ROBOT_ACTION_TOKEN_github_com": "named"}).credentials
    api = "https://api.github.com"
    assert credentials.app_for(api, Use.WRITE, "acme/other") == credentials.github.app
    assert credentials.app_for(api, Use.CREATE, "acme/platform") == credentials.github.app
    for url, use, about in (
        (api, Use.WRITE, "acme/platform"),
        (api, Use.WRITE, ""),
        ("https://github.com/acme/other", Use.FETCH, "acme/other"),
        ("https://gitlab.com/acme/other", Use.FETCH, "acme/other"),
        ("http://api.github.com", Use.LOOK, "acme/other"),
    ):
        assert credentials.app_for(url, use, about) is None


def test_what_no_program_inherits() -> None:
    private = ("GITHUB_TOKEN", "ROBOT_ACTION_APP_PRIVATE_KEY", "ROBOT_ACTION_TOKEN_x", "INPUT_PRIVATE-KEY", "ACTIONS_RUNTIME_TOKEN")
    assert secret_names({**dict.fromkeys(private, "x"), "PATH": "/bin", "GITHUB_REPOSITORY": "a/b"}) == private
