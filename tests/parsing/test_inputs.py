from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from robot_action.errors import UsageError
from robot_action.model.inputs import COMMANDS, PARAMETERS
from robot_action.model.parameter import Kind
from robot_action.parsing.inputs import Inputs, environment_of, parse_inputs

SECRET = "ghp_very-secret"


def parse(environment: Mapping[str, str] = {}, /, **given: str) -> Inputs:
    """Inputs as the runner hands them over; ``_`` in a keyword stands for a hyphen."""
    return parse_inputs({**{f"INPUT_{name.replace('_', '-').upper()}": value for name, value in given.items()}, **environment})


def messages(caught: pytest.ExceptionInfo[UsageError]) -> list[str]:
    return [problem.message for problem in caught.value.problems]


def test_lists_are_given_one_a_line() -> None:
    inputs = parse(command="create", manifest="projects/*.yml\n\n  more.yml \n", trust_source="gh:acme/*")
    assert inputs.options == {"manifests": ("projects/*.yml", "more.yml"), "trust_source": ("gh:acme/*",)}


def test_an_empty_input_was_not_given() -> None:
    assert parse(command="create", manifest="", template="  \n", dry_run="").options == {}


@pytest.mark.parametrize(("text", "value"), [("true", True), ("True", True), ("TRUE", True), ("false", False), ("FALSE", False)])
def test_flags_are_yamls_booleans(text: str, value: bool) -> None:
    assert parse(command="create", dry_run=text).options == {"dry_run": value}


@pytest.mark.parametrize("text", ["yes", "1", "on", "truE"])
def test_other_words_are_no_booleans(text: str) -> None:
    with pytest.raises(UsageError, match="true or false"):
        parse(command="create", trust=text)


def test_nothing_is_done_by_default() -> None:
    with pytest.raises(UsageError, match="the input 'command' is missing"):
        parse(manifest="m.yml")


def test_a_mistyped_command_gets_a_suggestion() -> None:
    with pytest.raises(UsageError, match="Did you mean 'create'"):
        parse(command="creat")


def test_all_that_is_wrong_is_said_at_once() -> None:
    with pytest.raises(UsageError) as caught:
        parse(command="create", manfest="x", dry_run="maybe", allow_protocol="ftp")
    assert len(messages(caught)) == 3
    assert "Did you mean 'manifest'?" in str(caught.value)


def test_an_input_of_another_command_is_refused() -> None:
    with pytest.raises(UsageError, match="validate takes no input 'ref'"):
        parse(command="validate", manifest="m.yml", ref="v1")


def test_what_the_runner_itself_takes_from_with_is_passed_over() -> None:
    assert parse(command="create", args="x", entrypoint="y").options == {}


def test_tokens_become_the_variables_that_they_stand_for_and_no_options() -> None:
    inputs = parse(command="create", token="own", repository_token="other", log_level="debug")
    assert inputs.options == {}
    assert inputs.environment == {"GITHUB_TOKEN": "own", "ROBOT_ACTION_REPOSITORY_TOKEN": "other", "LOG_LEVEL": "debug"}


def test_an_input_comes_before_the_variable_of_the_step() -> None:
    assert parse({"GITHUB_TOKEN": "step's"}, command="create", token="input's").environment["GITHUB_TOKEN"] == "input's"


def test_the_indexs_token_goes_to_the_index_that_is_named() -> None:
    inputs = parse(command="create", index_url="https://pkg.acme.example/legacy/", index_token="tok")
    assert inputs.environment == {"ROBOT_ACTION_TOKEN_pkg_acme_example": "tok"}
    assert parse(command="create", index_token="tok").environment == {"PYPI_TOKEN": "tok"}


def test_a_name_with_underscores_or_blanks_is_the_same_name() -> None:
    """The runner makes ``_`` of a blank; a secret must not slip by because of how its name was written."""
    environ = {
        "INPUT_COMMAND": "create",
        "INPUT_REPOSITORY_TOKEN": SECRET,
        "INPUT_INDEX_URL": "https://p.acme.example",
        "INPUT_INDEX_TOKEN": "t",
    }
    inputs = parse_inputs(environ)
    assert inputs.environment == {"ROBOT_ACTION_REPOSITORY_TOKEN": SECRET, "ROBOT_ACTION_TOKEN_p_acme_example": "t"}
    assert inputs.options == {"index_url": "https://p.acme.example"}


def test_a_level_that_there_is_none_of_is_told_by_the_inputs_name() -> None:
    with pytest.raises(UsageError, match="the input 'log-level' has the value 'verbose'"):
        parse(command="create", log_level="verbose")


@pytest.mark.parametrize(("command", "name"), [("create", "destination"), ("update", "project")])
@pytest.mark.parametrize("folder", ["/elsewhere", "../beside", "a/../../b", "/w/orkspace"])
def test_a_folder_out_of_the_workspace_is_refused(command: str, name: str, folder: str) -> None:
    with pytest.raises(UsageError, match=f"the input '{name}' leads out of the workspace: {folder}"):
        parse({"GITHUB_WORKSPACE": "/w/space"}, command=command, **{name: folder})


@pytest.mark.parametrize("folder", ["", ".", "a/../b", "/w/space", "/w/space/a"])
def test_a_folder_of_the_workspace_is_taken(folder: str) -> None:
    assert parse({"GITHUB_WORKSPACE": "/w/space"}, command="create", destination=folder).command == "create"


def test_no_input_is_left_in_the_environment() -> None:
    left = environment_of({"INPUT_TOKEN": SECRET, "INPUT_UNKNOWN": "x", "PATH": "/bin"})
    assert left == {"GITHUB_TOKEN": SECRET, "PATH": "/bin"}


@pytest.mark.parametrize("name", [parameter.name for parameter in PARAMETERS if parameter.kind is Kind.VARIABLE and not parameter.choices])
def test_no_token_is_quoted_in_an_error_or_a_repr(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(command="crate", dry_run="x", **{name.replace("-", "_"): SECRET})
    assert SECRET not in str(caught.value)
    assert SECRET not in repr(parse(command="create", **{name.replace("-", "_"): SECRET}))


@pytest.mark.parametrize("event", ["pull_request", "pull_request_target", "pull_request_review", "merge_group"])
def test_a_pull_request_is_a_proposal(event: str) -> None:
    assert parse({"GITHUB_EVENT_NAME": event}, command="create").proposal == event


@pytest.mark.parametrize("event", ["push", "workflow_dispatch", "schedule", "issue_comment", ""])
def test_other_events_are_not(event: str) -> None:
    assert not parse({"GITHUB_EVENT_NAME": event}, command="create").proposal


def test_no_two_rows_share_an_input_an_option_or_a_flag() -> None:
    names = [parameter.name for parameter in PARAMETERS]
    keywords = [parameter.keyword for parameter in PARAMETERS]
    flags = [flag for parameter in PARAMETERS for flag in parameter.flags]
    assert [len(set(words)) for words in (names, keywords, flags)] == [len(words) for words in (names, keywords, flags)]


@given(st.dictionaries(st.sampled_from([f"INPUT_{row.name.upper()}" for row in PARAMETERS] + ["INPUT_COMMAND", "INPUT_X"]), st.text()))
def test_any_text_is_understood_or_refused(environ: dict[str, str]) -> None:
    with suppress(UsageError):
        assert parse_inputs(environ).command in COMMANDS
