"""What people complain of other tools that open pull requests, and what comes of it here; each test names the thread."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.propose.world import BRANCH, LINES, World
from tests.testbed.bare import git

TOP = LINES.replace("line 2\n", "LINE 2\n")
WORKFLOW = ".github/workflows/ci.yml"
REFUSED = {"message": "GitHub Actions is not permitted to create or approve pull requests."}


@pytest.fixture
def behind(on_github: World) -> World:
    on_github.version("v2.0.0", a_txt=TOP)
    return on_github


def posted(world: World) -> list[str]:
    """Return which writing requests went to the repository's issues and pull requests."""
    assert world.github
    asked = [one for one in world.github.fake.requests if one.method not in {"GET", "HEAD"}]
    return [f"{one.method} {one.path}" for one in asked if "/pulls" in one.path or "/issues" in one.path]


def test_people_s_commits_survive_the_next_version(behind: World) -> None:
    """peter-evans/create-pull-request#2856: a forced branch update lost people's commits."""
    behind.propose()
    ada = behind.person({"own.txt": "Ada's\n"})
    behind.version("v3.0.0", b_txt="of 3.0.0\n")
    assert behind.propose().code == 0
    assert git(behind.bare.path_of("acme/demo"), "merge-base", ada, BRANCH) == ada
    assert behind.show(f"{BRANCH}:own.txt") == "Ada's\n"


def test_it_is_told_how_to_make_the_bots_pull_requests_start_workflows() -> None:
    """peter-evans/create-pull-request#48: the bot's pull requests start no CI."""
    top = Path(__file__).parents[2]
    told = " ".join((top / "docs/action.md").read_text(encoding="utf-8").split())
    assert "The checks of its pull requests wait until somebody with write access approves their run" in told
    assert "app-client-id" in (top / "workflows/update.yml").read_text(encoding="utf-8")


def test_workflow_files_without_the_permission_are_refused_before_anything_is_written(behind: World) -> None:
    """peter-evans/create-pull-request#1713: a push that touches .github/workflows is refused, half-way."""
    behind.version_with("v3.0.0", {WORKFLOW: "on: push\n"})
    assert behind.github
    token = behind.github.workflow_token
    run = behind.propose(GITHUB_TOKEN=token, ROBOT_ACTION_REPOSITORY_TOKEN="", GITHUB_REPOSITORY="acme/demo", GITHUB_ACTIONS="true")
    assert run.code == 77, run.said
    assert "workflow" in run.project["problems"][0]["hint"]
    assert (set(behind.heads()), behind.pulls(), behind.writes()) == ({"main"}, [], 0)


def test_a_declined_version_is_not_proposed_every_day(behind: World) -> None:
    """AndreasAugustin/actions-template-sync#455: a declined change is proposed again every day."""
    behind.propose()
    behind.close(1)
    for _ in range(2):
        assert behind.propose().pull["operation"] == "declined"
    assert len(behind.pulls()) == 1


def test_a_run_that_opens_no_pull_request_is_not_green(behind: World) -> None:
    """BetaHuhn/repo-file-sync-action#49: the job is green, and the pull requests are missing."""
    assert behind.github
    behind.github.fake.fail(r"POST .*/pulls", 403, REFUSED, times=9)
    run = behind.propose()
    assert run.code == 77, run.said
    assert "Allow GitHub Actions to create and approve pull requests" in run.said
    behind.github.fake.faults.clear()
    assert behind.propose().pull["operation"] == "created", "the next run finishes it"


def test_one_request_makes_a_pull_request(behind: World) -> None:
    """renovatebot/renovate#15912: opening many pull requests hits the limit of requests that create content."""
    behind.propose()
    behind.propose()
    assert posted(behind) == ["POST /repos/acme/demo/pulls"]


def test_the_templates_changelog_is_in_the_pull_request(behind: World) -> None:
    """pvliesdonk/markdown-vault-mcp#1141: the template's changelog is wanted in the pull request."""
    (behind.root / "tpl/CHANGELOG.md").write_text("# Changes\n\n## 3.0.0\n- faster tests\n\n## 1.0.0\n- begun\n")
    behind.version("v3.0.0", b_txt="of 3.0.0\n")
    behind.propose()
    body = behind.pulls()[0].body
    assert "faster tests" in body
    assert "begun" not in body
