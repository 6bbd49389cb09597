"""What an update brings is told in the pull request and in the JSON report, with the template's own words."""

from __future__ import annotations

import pytest

from tests.propose.world import LINES, World, commit_all
from tests.testbed.bare import git
from tests.testbed.git_bed import write_files

CHANGELOG = "# Changelog\n\n## [2.0.0](https://example.com/2) - 2026-01-01\n- line two, thanks @octocat\n\n## 1.0.0\n- begun\n"
QUESTIONS = """\
name: tiny
questions:
  region: {type: str, default: eu-1, help: Where does it run?}
  ports: {type: yaml, default: [80, 443]}
  token: {type: str, default: hidden-default, secret: true}
  derived: {type: str, default: "{{ region }}-x", when: false}
"""


def test_the_templates_changelog_commits_questions_and_files(local: World) -> None:
    write_files(local.root / "tpl", {"CHANGELOG.md": CHANGELOG, "template.yml": QUESTIONS})
    local.version(
        "v2.0.0", a_txt=LINES.replace("line 2\n", "LINE 2\n"), b_txt=LINES.replace("line 2\n", "L2\n"), gone_txt=None, new_txt="n\n"
    )
    local.commit({"b.txt": LINES.replace("line 2\n", "MINE\n")})
    run = local.propose("--conflict", "project")
    assert run.code == 0, run.said
    update = run.project["update"]
    assert (update["before"], update["after"]) == ("1.0.0", "2.0.0")
    assert update["changelog"] == "## [2.0.0](https://example.com/2) - 2026-01-01\n- line two, thanks @octocat"
    assert [one["title"] for one in update["commits"]] == ["Version v2.0.0"]
    assert update["files"] == {"added": ["new.txt"], "changed": [".robot-action.yml", "a.txt"], "removed": ["gone.txt"], "kept": ["b.txt"]}
    assert update["questions"] == [
        {"name": "region", "value": "eu-1", "help": "Where does it run?", "given": False},
        {"name": "ports", "value": "[80, 443]", "help": "", "given": False},
        {"name": "token", "value": None, "help": "", "given": False},
    ]
    assert update["dropped"] == ["greeting: the template does not ask for it any more"]
    (pull,) = local.pulls()
    assert "- line two, thanks &#64;&#8203;octocat" in pull.body
    assert "2.0.0 - 2026-01-01" in pull.body.replace("&#50;", "2")
    assert "<code>token</code>: (not shown)" in pull.body
    assert "hidden-default" not in run.said + pull.body


def test_answers_that_changed_and_those_that_are_undone_are_told_but_no_secret(local: World) -> None:
    asked = "name: tiny\nquestions:\n  greeting: {type: str, default: hello}\n  token: {type: str, default: hidden, secret: true}\n"
    write_files(local.root / "tpl", {"template.yml": asked})
    local.version("v2.0.0", new_txt="n\n")
    run = local.propose("-d", "greeting=good day", "-d", "token=SESAME")
    assert run.code == 0, run.said
    assert run.project["update"]["answers"] == [{"name": "greeting", "before": "hello", "after": "good day"}]
    (pull,) = local.pulls()
    assert "- <code>greeting</code>: <code>good day</code> instead of <code>hello</code>" in pull.body
    assert "SESAME" not in run.said + pull.body
    plain = local.run("update", "demo", "--dry-run", "-d", "greeting=good day")
    assert "answer greeting: good day instead of hello" in plain.out
    run = local.propose()
    assert (run.pull["operation"], run.project["update"]["answers"]) == ("updated", [])
    assert "those of --data hold for one run" in run.said


def test_an_answer_that_is_given_to_a_new_question_is_told_but_no_secret(local: World) -> None:
    write_files(local.root / "tpl", {"template.yml": QUESTIONS})
    local.version("v2.0.0", new_txt="n\n")
    run = local.propose("-d", "region=us-2", "-d", "token=SESAME")
    assert run.code == 0, run.said
    questions = run.project["update"]["questions"]
    assert [(one["name"], one["value"], one["given"]) for one in questions] == [
        ("region", "us-2", True),
        ("ports", "[80, 443]", False),
        ("token", None, True),
    ]
    (pull,) = local.pulls()
    assert "- <code>region</code>: <code>us-2</code> — Where does it run?" in pull.body
    assert "- <code>token</code>: (not shown)\n" in pull.body
    assert "SESAME" not in run.said + pull.body
    plain = local.run("update", "demo", "--dry-run", "-d", "region=us-2")
    assert "new question region: answered, us-2" in plain.out


def test_answers_that_look_alike_are_told_with_their_types(local: World) -> None:
    write_files(local.root / "tpl", {"template.yml": "name: tiny\nquestions:\n  greeting: {type: yaml, default: hello}\n"})
    local.version("v2.0.0", new_txt="n\n")
    local.commit({".robot-action.yml": (local.project / ".robot-action.yml").read_text().replace("greeting: hello", "greeting: '8000'")})
    run = local.propose("-d", "greeting=8000")
    assert run.code == 0, run.said
    (answer,) = run.project["update"]["answers"]
    assert (answer["before"], answer["after"]) == ('"8000" (a text)', "8000 (a number)")


def test_what_a_template_gives_to_its_projects_is_not_its_own_changelog(local: World) -> None:
    write_files(
        local.root / "tpl", {"template.yml": "name: tiny\n", "NEWS.rst": "2.0.0\n-----\n\n* own\n", "template/HISTORY.md": "# 2.0.0\n"}
    )
    local.version("v2.0.0")
    assert local.propose().project["update"]["changelog"] == "## 2.0.0\n\n* own"


def test_of_many_commits_the_newest_are_listed(local: World) -> None:
    for number in range(51):
        commit_all(local.root / "tpl", f"Commit {number}")
    local.version("v2.0.0", new_txt="new\n")
    update = local.propose().project["update"]
    assert [one["title"] for one in update["commits"]] == ["Version v2.0.0", *(f"Commit {number}" for number in range(50, 1, -1))]
    assert update["notes"] == ["of the template's 52 commits the newest 50 are listed"]


def test_a_plain_update_tells_the_same_without_asking_for_commits(local: World) -> None:
    write_files(local.root / "tpl", {"CHANGELOG.md": CHANGELOG})
    local.version("v2.0.0", new_txt="new\n")
    run = local.run("update", "demo", "--json")
    assert run.code == 0, run.said
    update = run.project["update"]
    assert (update["commits"], update["files"]["added"]) == ([], ["new.txt"])
    assert "octocat" in update["changelog"]
    commit_all(local.project, "Updated")
    assert local.run("update", "demo", "--json").project["update"] is None
    assert git(local.project, "status", "--porcelain") == ""


@pytest.mark.parametrize("arguments", [(), ("--pull-request",), ("--pull-request", "--base", "nowhere"), ("--ref", "v9")])
def test_secret_answers_are_in_no_report(local: World, arguments: tuple[str, ...]) -> None:
    write_files(local.root / "tpl", {"template.yml": QUESTIONS})
    local.version("v2.0.0", new_txt="new\n")
    run = local.run("update", "demo", "--json", "-d", "token=hunter2", *arguments)
    assert "hunter2" not in run.said
    assert run.project["masked"] == ["token"], "it has to be given again"


@pytest.mark.parametrize("arguments", [("--dry-run",), ("--pull-request", "--dry-run"), ("--bundle", "out/update.bundle")])
def test_the_report_names_template_and_folder(local: World, arguments: tuple[str, ...]) -> None:
    for version in ("v2.0.0", "v3.0.0"):
        run = local.run("update", "demo", "--json", *arguments)
        assert run.code == 0, run.said
        assert (run.project["template"], run.project["destination"]) == ("../tpl", str(local.project)), "also with nothing to bring in"
        local.version(version, new_txt="new\n")
    run = local.run("update", "nowhere", "--json", *arguments)
    assert (run.project["template"], run.project["destination"]) == (None, str(local.root / "nowhere"))


def test_answers_given_anew_bring_no_commits_and_compare_no_versions(local: World) -> None:
    run = local.propose("-d", "greeting=hullo")
    update = run.project["update"]
    assert (update["before"], update["after"], update["commits"], update["url"]) == ("1.0.0", "1.0.0", [], None)
    assert "other answers, or another source; the version stays 1.0.0" in run.said
    assert local.pulls()[0].title == "Update from the template tpl 1.0.0: other answers"


def test_a_project_that_was_not_made_from_what_its_state_file_says_is_told(local: World) -> None:
    state = (local.project / ".robot-action.yml").read_text()
    digest = next(line.split()[1] for line in state.splitlines() if "digest:" in line)
    local.commit({".robot-action.yml": state.replace(digest, f"sha256:{'0' * 64}")})
    local.version("v2.0.0", new_txt="new\n")
    assert "does not render to what it did then" in local.propose().project["update"]["notes"][0]
