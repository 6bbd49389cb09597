from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.clients.isolation.template_environment import ADDRESSES, PLAIN, template_environment

SECRETS = {
    "GITHUB_TOKEN": "a-secret",
    "ACTIONS_RUNTIME_TOKEN": "a-secret",
    "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "a-secret",
    "TWINE_PASSWORD": "a-secret",
    "INPUT_TOKEN": "a-secret",
    "SSH_AUTH_SOCK": "/tmp/agent",
    "LD_PRELOAD": "/tmp/evil.so",
    "GIT_CONFIG_COUNT": "1",
    "npm_config__auth": "a-secret",
}


@pytest.mark.parametrize("isolated", [True, False])
def test_nothing_comes_through_that_is_not_allowed(isolated: bool) -> None:
    assert set(template_environment({**SECRETS, "PATH": "/bin"}, (), isolated=isolated)) == {"PATH"}


def test_what_tools_need_comes_through() -> None:
    ours = {name: "x" for name in PLAIN if name != "PATH"} | {"PATH": "/bin", "LC_ALL": "C.UTF-8"}
    assert template_environment(ours, (), isolated=True) == ours


def test_the_operator_can_hand_over_more() -> None:
    ours = {**SECRETS, "PATH": "/bin", "API_URL": "x"}
    assert template_environment(ours, ["API_URL", "NOT_SET"], isolated=True) == {"PATH": "/bin", "API_URL": "x"}


@pytest.mark.parametrize("name", [*sorted(ADDRESSES), "https_proxy", "npm_config_registry"])
def test_addresses_come_through_unless_they_may_carry_credentials(name: str) -> None:
    def given_to_template(value: str) -> bool:
        return name in template_environment({name: value}, (), isolated=True)

    assert given_to_template("https://index.example/simple")
    assert not given_to_template("https://robot:a-secret@index.example/simple")
    assert not given_to_template("robot:a-secret@proxy.example:8080")
    assert not given_to_template("https://index.example/simple?token=a-secret")


def test_our_own_folders_are_for_code_that_runs_as_ourselves() -> None:
    ours = {"HOME": "/home/me", "PATH": "/bin"}
    assert template_environment(ours, (), isolated=False) == ours
    assert template_environment(ours, (), isolated=True) == {"PATH": "/bin"}


def test_relative_folders_are_taken_out_of_the_path() -> None:
    assert template_environment({"PATH": "bin:/usr/bin:.::/bin"}, (), isolated=True) == {"PATH": "/usr/bin:/bin"}


@given(st.dictionaries(st.sampled_from([*SECRETS, *PLAIN, *ADDRESSES, "LC_X", "OTHER"]), st.text(max_size=5)), st.booleans())
def test_every_value_is_ours_or_dropped(ours: dict[str, str], isolated: bool) -> None:
    found = template_environment(ours, (), isolated=isolated)
    assert not set(found) & set(SECRETS)
    assert all(ours[name] == value for name, value in found.items() if name != "PATH")
