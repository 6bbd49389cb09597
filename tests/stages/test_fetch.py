"""The stage that fetches the template and reads what it says about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from robot_action.errors import ConfigurationError, InputError, NotPermittedError, Position
from robot_action.model.facts import Facts
from robot_action.model.manifest import Manifest
from robot_action.model.plan import FetchStep, Status
from robot_action.model.report import Outcomes
from robot_action.model.request import CreateRequest, Trust
from robot_action.model.source import Source, SourceKind
from robot_action.model.template import Format, Specification, Template
from robot_action.model.tree import Tree
from robot_action.ports import Ports
from robot_action.stages import fetch
from tests.testbed.git_bed import DATE, make_client, make_ports, write_files
from tests.testbed.git_server import GitServer

NAME = "acme/templates"
PLACES = {"template": Position("demo.yml", 3, 11), "kind": Position("demo.yml", 4, 7)}
TEMPLATE = "name: tiny\nkinds: [project]\n"


@pytest.fixture
def ports(git_server: GitServer, tmp_path: Path) -> Ports:
    git_server.create(NAME)
    return make_ports(tmp_path, make_client(git_server))


def request_for(source: Source, **changes: Any) -> CreateRequest:
    manifest = Manifest(name="demo", template=source, destination=Path("/nowhere"), positions=PLACES, **changes)
    return CreateRequest(manifest=manifest, epoch=DATE)


def git_source(server: GitServer, files: Mapping[str, str]) -> Source:
    commit = server.commit(NAME, files)
    server.git(NAME, "tag", "v2.1.0", commit)
    return Source(SourceKind.GIT, server.url_of(NAME), "gh:acme/templates")


def inspect(ports: Ports, request: CreateRequest) -> Template:
    template = fetch.inspect(ports, request, Facts()).template
    assert template is not None
    return template


def test_the_template_is_resolved_fetched_and_read(git_server: GitServer, ports: Ports) -> None:
    source = git_source(git_server, {"template.yml": TEMPLATE, "template/a": "a"})
    template = inspect(ports, request_for(source, kind="project"))
    assert (template.version, template.commit) == ("2.1.0", git_server.heads(NAME)["main"])
    assert (template.source, template.specification.name) == (source, "tiny")
    assert set(template.tree) == {"template.yml", "template/a"}


def test_what_was_fetched_is_reported(git_server: GitServer, ports: Ports) -> None:
    template = inspect(ports, request_for(git_source(git_server, {"template.yml": TEMPLATE, "template/a": "abc"})))
    step = FetchStep(stage="fetch", title="fetch the template", template=template)
    outcome = fetch.apply(ports, step, Outcomes())
    assert outcome.status is Status.DONE
    assert outcome.summary == f"tiny 2.1.0 at {template.commit[:12]}: 2 files, {len(TEMPLATE) + 3} B"


def test_a_folder_has_neither_version_nor_commit_to_report(ports: Ports, tmp_path: Path) -> None:
    write_files(tmp_path / "t", {"template.yml": TEMPLATE, "template/a": ""})
    template = inspect(ports, request_for(Source(SourceKind.DIRECTORY, str(tmp_path / "t"), "./t")))
    outcome = fetch.apply(ports, FetchStep(stage="fetch", title="", template=template), Outcomes())
    assert outcome.summary == f"tiny: 2 files, {len(TEMPLATE)} B"


def test_a_kind_that_the_template_does_not_list_is_refused_where_it_stands(git_server: GitServer, ports: Ports) -> None:
    with pytest.raises(InputError) as caught:
        inspect(ports, request_for(git_source(git_server, {"template.yml": TEMPLATE}), kind="component"))
    assert str(caught.value).startswith("demo.yml:4:7: the template tiny makes no component")


def test_a_component_needs_a_description_whoever_said_that_it_is_one(git_server: GitServer, ports: Ports) -> None:
    source = git_source(git_server, {"template.yml": "name: part\nkinds: [component]\n"})
    with pytest.raises(InputError, match="a component must have a description"):
        inspect(ports, request_for(source))


def test_a_template_for_a_later_robot_action_is_refused(git_server: GitServer, ports: Ports) -> None:
    source = git_source(git_server, {"template.yml": TEMPLATE + 'requires: ">=2"\n'})
    with pytest.raises(ConfigurationError, match=r"the template tiny requires robot-action >=2, and this is 1\.2\.0"):
        inspect(ports, request_for(source))


def test_what_a_template_requires_is_told_where_the_template_says_it(git_server: GitServer, ports: Ports) -> None:
    source = git_source(git_server, {"template.yml": TEMPLATE + 'requires: ">=2"\n'})
    with pytest.raises(ConfigurationError, match=r"^gh:acme/templates: template\.yml:3:11: the template tiny requires"):
        inspect(ports, request_for(source))


@pytest.mark.parametrize("entry", ["hooks/make.py", "-m hooks.make"])
def test_a_custom_templates_entry_is_there_or_a_module(git_server: GitServer, ports: Ports, entry: str) -> None:
    files = {"template.yml": f"name: tiny\ntype: custom\nentry: {entry}\n", "hooks/make.py": ""}
    assert inspect(ports, request_for(git_source(git_server, files))).specification.entry == entry


@pytest.mark.parametrize(
    ("entry", "hint"), [("hook/make.py", "Did you mean 'hooks/make.py'?"), ("zzz.py", "The path starts at the template's top.")]
)
def test_an_entry_that_the_template_does_not_have_is_told_before_anything_is_made(
    git_server: GitServer, ports: Ports, entry: str, hint: str
) -> None:
    files = {"template.yml": f"name: tiny\ntype: custom\nentry: {entry}\n", "hooks/make.py": ""}
    with pytest.raises(InputError) as caught:
        inspect(ports, request_for(git_source(git_server, files)))
    (problem,) = caught.value.problems
    assert str(problem.position) == "gh:acme/templates: template.yml:3:8"
    assert problem.message == f"the template has no file {entry!r} to be its entry"
    assert problem.hint == hint


def test_a_template_for_this_robot_action_is_taken(git_server: GitServer, ports: Ports) -> None:
    source = git_source(git_server, {"template.yml": TEMPLATE + 'requires: ">=1,<2"\n', "template/a": ""})
    assert inspect(ports, request_for(source)).specification.name == "tiny"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"ref": "nothing"}, "no branch, tag or commit 'nothing'"),
        ({"versions": ">=9"}, "no version in >=9"),
        ({"subdirectory": "x"}, "has no folder 'x'"),
    ],
)
def test_what_is_wrong_with_a_source_is_told_where_the_manifest_names_it(
    git_server: GitServer, ports: Ports, changes: dict[str, str], words: str
) -> None:
    git_source(git_server, {"template.yml": TEMPLATE})
    source = Source(SourceKind.GIT, git_server.url_of(NAME), "gh:acme/templates", **changes)
    with pytest.raises(InputError) as caught:
        inspect(ports, request_for(source))
    assert str(caught.value).startswith("demo.yml:3:11: ")
    assert words in str(caught.value)


def test_what_is_no_template_is_told_where_the_manifest_names_it(git_server: GitServer, ports: Ports) -> None:
    with pytest.raises(InputError, match=r"demo.yml:3:11: this is no template"):
        inspect(ports, request_for(git_source(git_server, {"README": "x"})))


def test_an_error_inside_the_template_keeps_its_own_place(git_server: GitServer, ports: Ports) -> None:
    with pytest.raises(InputError) as caught:
        inspect(ports, request_for(git_source(git_server, {"template.yml": "name: tiny\nbogus: 1\n"})))
    assert "gh:acme/templates: template.yml:2" in str(caught.value)


@pytest.mark.usefixtures("ports")
def test_the_error_keeps_its_kind_and_exit_code(git_server: GitServer, tmp_path: Path) -> None:
    source = git_source(git_server, {"template.yml": TEMPLATE})
    strangers = make_ports(tmp_path, make_client())
    with pytest.raises(NotPermittedError) as caught:
        inspect(strangers, request_for(source))
    assert caught.value.exit_code == 77
    assert str(caught.value).startswith("demo.yml:3:11: ")


@pytest.mark.parametrize(
    ("specification", "place"), [(TEMPLATE, "template.yml: "), (f"{TEMPLATE}directory: files\n", "template.yml:3:12: ")]
)
def test_a_standard_template_has_a_folder_of_files(git_server: GitServer, ports: Ports, specification: str, place: str) -> None:
    with pytest.raises(InputError, match="is missing or empty") as caught:
        inspect(ports, request_for(git_source(git_server, {"template.yml": specification})))
    assert str(caught.value).startswith(f"gh:acme/templates: {place}the template's folder")


def test_a_link_in_the_folders_place_is_told_as_one(ports: Ports, tmp_path: Path) -> None:
    write_files(tmp_path / "t", {"template.yml": TEMPLATE})
    (tmp_path / "t/template").symlink_to("/etc")
    with pytest.raises(InputError, match="the template's folder 'template' is a symbolic link"):
        inspect(ports, request_for(Source(SourceKind.DIRECTORY, str(tmp_path / "t"), "./t")))


def test_a_linked_specification_is_told_as_one(ports: Ports, tmp_path: Path) -> None:
    write_files(tmp_path / "t", {"other.yml": TEMPLATE, "template/a": ""})
    (tmp_path / "t/template.yml").symlink_to("other.yml")
    with pytest.raises(InputError, match=r"template\.yml is a symbolic link"):
        inspect(ports, request_for(Source(SourceKind.DIRECTORY, str(tmp_path / "t"), "./t")))


# Templates of other formats


COPIER = "_jinja_extensions: [thing.Extension]\n_tasks: [make x]\nname: demo\n"
COOKIECUTTER = {"cookiecutter.json": '{"x": "y"}', "{{cookiecutter.x}}/a": "", "hooks/pre_prompt.sh": "#!/bin/sh\n"}


def test_a_copier_template_is_described_as_git_does(git_server: GitServer, ports: Ports) -> None:
    git_source(git_server, {"copier.yml": "name: demo\n"})
    commit = git_server.commit(NAME, {"copier.yml": "name: other\n"})
    found = inspect(ports, request_for(Source(SourceKind.GIT, git_server.url_of(NAME), "gh:acme/templates", ref="main")))
    assert (found.commit, found.described) == (commit, f"v2.1.0-1-g{commit[:7]}")


def test_others_are_not_asked_about(git_server: GitServer, ports: Ports) -> None:
    source = git_source(git_server, {"template.yml": TEMPLATE, "template/a": "a"})
    assert inspect(ports, request_for(source, kind="project")).described == ""


def test_a_format_can_be_named(git_server: GitServer, ports: Ports) -> None:
    source = git_source(git_server, {"template.yml": TEMPLATE, "template/a": "a", "copier.yml": "name: demo\n"})
    wanted = replace(request_for(source), format=Format.COPIER)
    assert inspect(ports, wanted).specification.format is Format.COPIER


def test_code_that_rendering_needs_is_refused_before_it_is_loaded(git_server: GitServer, ports: Ports) -> None:
    source = git_source(git_server, {"copier.yml": COPIER})
    with pytest.raises(NotPermittedError) as refused:
        inspect(ports, request_for(source))
    messages = [problem.message for problem in refused.value.problems]
    assert messages[1:] == ["it would load the extension thing.Extension", "it would run the task make x"]
    assert refused.value.problems[2].position == Position("gh:acme/templates: copier.yml", 2, 10)
    trusting = replace(request_for(source), trust=Trust(everything_named=True))
    assert inspect(ports, trusting).specification.format is Format.COPIER


def test_a_pre_prompt_hook_is_refused_before_it_runs_and_left_out_on_request(git_server: GitServer, ports: Ports) -> None:
    source = git_source(git_server, COOKIECUTTER)
    with pytest.raises(NotPermittedError, match="it would run the hook pre_prompt"):
        inspect(ports, request_for(source))
    for change in ({"skip_tasks": True}, {"dry_run": True, "trust": Trust(everything_named=True)}):
        assert set(inspect(ports, replace(request_for(source), **change)).tree) == set(COOKIECUTTER)


@pytest.mark.parametrize("files", [{"template.yml": TEMPLATE, "template/a": "a"}, {"copier.yml": "name: demo\n"}])
def test_only_our_own_templates_hold_a_folder_to_the_rules_of_names(git_server: GitServer, ports: Ports, files: Mapping[str, str]) -> None:
    request = request_for(git_source(git_server, files))
    named = replace(request, manifest=replace(request.manifest, name="My Project!", positions={"destination": Position("DESTINATION")}))
    if "copier.yml" in files:
        assert inspect(ports, named).specification.format is Format.COPIER
        return
    with pytest.raises(InputError, match="the project is called as its folder") as refused:
        inspect(ports, named)
    assert refused.value.problems[0].position == Position("DESTINATION")


def test_the_templates_first_message_is_shown_when_work_begins() -> None:
    said: list[str] = []
    step = FetchStep(stage="fetch", title="x", template=Template(*_ANY), message="Hello,\nyou")
    fetch.apply(cast("Any", SimpleNamespace(progress=SimpleNamespace(line=said.append))), step, Outcomes())
    assert said == ["Hello,", "you"]


_ANY = (Source(SourceKind.DIRECTORY, "/t", "./t"), Specification("t"), Tree())
