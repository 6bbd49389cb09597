"""An update becomes one branch and one pull request, and both stay what people make of them."""

from __future__ import annotations

import shlex
import shutil

import pytest

from tests.propose.world import BRANCH, LINES, World
from tests.testbed.bare import git

TOP = LINES.replace("line 2\n", "LINE 2\n")
BOTTOM = TOP.replace("line 20\n", "LINE 20\n")
OTHER = LINES.replace("line 2\n", "MINE\n")


@pytest.fixture
def behind(world: World) -> World:
    """Return the world with a second version of the template."""
    world.version("v2.0.0", a_txt=TOP, gone_txt=None, new_txt="new\n")
    return world


def test_a_pull_request_is_opened_and_the_folder_is_left_as_it_is(behind: World) -> None:
    before = {path: path.read_bytes() for path in behind.project.rglob("*") if path.is_file() and path.name != "index"}
    run = behind.propose()
    assert (run.code, run.project["result"]) == (0, "proposed"), run.said
    (pull,) = behind.pulls()
    assert (pull.number, pull.state, pull.draft, pull.title) == (1, "open", False, "Update from the template tpl to 2.0.0")
    assert run.pull["operation"] == "created"
    assert (run.pull["number"], run.pull["branch"], run.pull["commit"]) == (1, BRANCH, behind.heads()[BRANCH])
    assert behind.log() == ["Update from the template tpl to 2.0.0"]
    assert behind.show(f"{BRANCH}:a.txt") == TOP
    assert behind.show(f"{BRANCH}:new.txt") == "new\n"
    assert "gone.txt" not in behind.bare.git("acme/demo", "ls-tree", "--name-only", BRANCH)
    assert behind.bare.git("acme/demo", "ls-tree", BRANCH, "run.sh").startswith("100755")
    assert before == {path: path.read_bytes() for path in behind.project.rglob("*") if path.is_file() and path.name != "index"}


def test_running_again_changes_nothing(behind: World) -> None:
    behind.propose()
    heads, pulls = behind.heads(), behind.pulls()
    run = behind.propose()
    assert (run.code, run.pull["operation"], run.pull["number"]) == (0, "unchanged", 1)
    assert (behind.heads(), behind.pulls()) == (heads, pulls)


def test_a_base_that_moved_elsewhere_changes_nothing(behind: World) -> None:
    behind.propose()
    head = behind.heads()[BRANCH]
    behind.commit({"elsewhere.txt": "text\n"})
    assert behind.propose().pull["operation"] == "unchanged"
    assert behind.heads()[BRANCH] == head


def test_the_next_version_goes_to_the_same_pull_request(behind: World) -> None:
    behind.propose()
    behind.version("v3.0.0", a_txt=BOTTOM)
    run = behind.propose()
    assert (run.pull["operation"], run.pull["number"]) == ("updated", 1)
    (pull,) = behind.pulls()
    assert pull.title == "Update from the template tpl to 3.0.0"
    assert (behind.log(), behind.show(f"{BRANCH}:a.txt")) == ([pull.title], BOTTOM)


def test_what_people_wrote_about_a_version_stays_until_another_one_comes(behind: World) -> None:
    behind.propose()
    behind.retitle(1, "Ada's title")
    assert behind.propose().pull["operation"] == "unchanged"
    assert behind.pulls()[0].title == "Ada's title"
    assert behind.pulls()[0].body.startswith("Ada says so.")


def test_a_pull_request_that_is_not_needed_any_more_is_closed(behind: World) -> None:
    behind.propose()
    assert behind.run("update", "demo").code == 0
    behind.commit({}, "Updated by hand")
    run = behind.propose()
    if behind.github:  # in a folder, a base that has all of a branch's changes has merged it
        assert (run.code, run.pull["operation"], run.pull["number"]) == (0, "closed", 1)
        assert behind.pulls()[0].state == "closed"
    assert behind.propose().pull["operation"] == "unchanged"
    behind.version("v3.0.0", a_txt=BOTTOM)
    assert behind.propose().pull["operation"] == "created", "what we close ourselves is not declined"


def test_a_pull_request_of_another_version_than_was_asked_for_stays(behind: World) -> None:
    assert behind.propose().pull["operation"] == "created"
    run = behind.propose("--ref", "v1.0.0")
    assert (run.code, run.pull["operation"], run.pull["number"]) == (0, "unchanged", 1), run.said
    assert behind.pulls()[0].state == "open", "the project has not what it proposes"
    assert behind.propose().pull["operation"] == "unchanged"
    assert behind.run("update", "demo").code == 0
    behind.commit({"own.txt": "mine\n"}, "Updated by hand")
    if behind.github:  # in a folder, a base that has all of a branch's changes has merged it
        assert behind.propose("--ref", "v2.0.0").pull["operation"] == "closed"


def test_nothing_to_bring_in_makes_nothing(world: World) -> None:
    run = world.propose()
    assert (run.code, run.pull["operation"], run.pull["number"]) == (0, "unchanged", None)
    assert (set(world.heads()), world.pulls()) == ({"main"}, [])


def test_a_declined_version_is_not_proposed_again_until_a_newer_one_comes(behind: World) -> None:
    behind.propose()
    behind.close(1)
    head = behind.heads()[BRANCH]
    behind.commit({"elsewhere.txt": "text\n"})
    run = behind.propose()
    assert (run.code, run.pull["operation"], run.pull["number"]) == (0, "declined", 1)
    assert (behind.heads()[BRANCH], len(behind.pulls())) == (head, 1)
    behind.version("v3.0.0", a_txt=BOTTOM)
    run = behind.propose()
    assert (run.pull["operation"], run.pull["number"]) == ("created", 2)


def test_who_deletes_the_branch_declines_and_the_next_version_has_a_pull_request_of_its_own(local: World) -> None:
    local.version("v2.0.0", a_txt=TOP)
    local.propose()
    local.bare.git("acme/demo", "branch", "-D", BRANCH)
    assert local.propose().pull["operation"] == "declined"
    local.version("v3.0.0", a_txt=BOTTOM)
    run = local.propose()
    assert (run.pull["operation"], run.pull["number"]) == ("created", 2)
    assert [(pull.state, pull.title[-5:]) for pull in local.pulls()] == [("closed", "2.0.0"), ("open", "3.0.0")]


def test_after_a_squash_with_a_commit_of_somebody_the_next_version_has_a_pull_request_of_its_own(behind: World) -> None:
    behind.propose()
    behind.person({"a.txt": TOP.replace("line 10\n", "ADA\n")})
    behind.merge(squash=True)
    behind.version("v3.0.0", b_txt="of 3.0.0\n")
    run = behind.propose()
    assert (run.code, run.pull["operation"], run.pull["number"]) == (0, "created", 2), run.said
    assert [(pull.state, pull.title[-5:]) for pull in behind.pulls()] == [("merged", "2.0.0"), ("open", "3.0.0")]


def test_what_was_squashed_is_in_nobodys_way_once_the_base_went_on(behind: World) -> None:
    behind.propose()
    behind.person({"a.txt": TOP.replace("line 20\n", "ADA\n")})
    behind.merge(squash=True)
    behind.version("v3.0.0", a_txt=TOP.replace("line 10\n", "LINE 10\n"))
    assert behind.run("update", "demo").code == 0
    behind.commit({}, "Updated in place")
    behind.version("v4.0.0", a_txt=BOTTOM.replace("line 10\n", "LINE 10\n"), b_txt="of 4.0.0\n")
    run = behind.propose()
    assert (run.code, run.pull["operation"], run.pull["number"]) == (0, "created", 2), run.said
    assert [pull.state for pull in behind.pulls()] == ["merged", "open"]
    assert behind.log() == ["Update from the template tpl to 4.0.0"]


def test_a_declined_version_is_proposed_again_when_somebody_asks(behind: World) -> None:
    behind.propose()
    behind.close(1)
    run = behind.propose("--again")
    assert (run.pull["operation"], run.pull["number"]) == ("created", 2)


@pytest.mark.parametrize("squash", [True, False])
def test_after_a_merge_the_next_version_begins_anew(behind: World, squash: bool) -> None:
    behind.propose()
    behind.merge(squash=squash)
    assert behind.propose().pull["operation"] == "unchanged"
    behind.version("v3.0.0", a_txt=BOTTOM)
    run = behind.propose()
    assert (run.pull["operation"], run.pull["number"]) == ("created", 2)
    assert behind.log() == ["Update from the template tpl to 3.0.0"]
    assert behind.pulls()[0].state == "merged"


@pytest.mark.parametrize("is_kept", [True, False], ids=["kept", "deleted"])
def test_a_merged_version_is_not_proposed_again_from_a_clone_that_was_not_pulled(behind: World, is_kept: bool) -> None:
    behind.propose()
    behind.merge(squash=True, pull=False)
    if not is_kept:
        behind.bare.git("acme/demo", "branch", "-D", BRANCH)
    before = behind.heads()
    run = behind.propose()
    assert (run.code, run.pull["operation"], run.pull["number"]) == (0, "unchanged", None), run.said
    assert "main has it by now" in run.said
    assert (behind.heads(), len(behind.pulls())) == (before, 1)


def test_what_somebody_brought_in_by_hand_closes_the_pull_request_also_from_a_clone_that_was_not_pulled(on_github: World) -> None:
    on_github.version("v2.0.0", a_txt=TOP)
    on_github.propose()
    on_github.person({"a.txt": TOP, ".robot-action.yml": on_github.show(f"{BRANCH}:.robot-action.yml")}, branch="main")
    assert on_github.propose().pull["operation"] == "closed"


def test_a_clone_that_lacks_another_update_of_the_base_is_not_built_upon(behind: World) -> None:
    behind.propose()
    behind.person({".robot-action.yml": behind.show("main:.robot-action.yml").replace("hello", "good day")}, branch="main")
    before = behind.heads(), behind.pulls()
    behind.version("v3.0.0", a_txt=BOTTOM)
    run = behind.propose()
    assert run.code == 75, run.said
    assert "the branch main of" in run.said
    assert "has another .robot-action.yml by now" in run.said
    assert (behind.heads(), behind.pulls()) == before


@pytest.mark.parametrize("squash", [True, False])
def test_after_a_merge_work_of_people_on_the_next_pull_request_is_not_lost(behind: World, squash: bool) -> None:
    behind.propose()
    behind.merge(squash=squash)
    behind.propose()
    behind.version("v3.0.0", a_txt=BOTTOM)
    assert behind.propose().pull["operation"] == "created"
    ada = behind.person({"own.txt": "Ada's\n"})
    behind.version("v4.0.0", b_txt="of 4.0.0\n")
    run = behind.propose()
    assert (run.code, run.pull["operation"]) == (0, "updated"), run.said
    assert behind.bare.git("acme/demo", "merge-base", ada, BRANCH) == ada
    assert behind.pulls()[0].state in {"merged", "closed"}


# What people do on the branch


def test_work_of_people_on_the_branch_is_left_alone_while_the_version_stays(behind: World) -> None:
    behind.propose()
    head = behind.person({"b.txt": OTHER})
    assert behind.propose().pull["operation"] == "unchanged"
    assert behind.heads()[BRANCH] == head


def test_work_of_people_on_the_branch_is_merged_with_the_next_versions(behind: World) -> None:
    behind.propose()
    ours = behind.heads()[BRANCH]
    ada = behind.person({"b.txt": OTHER, "a.txt": TOP.replace("line 10\n", "ADA\n")})
    behind.version("v3.0.0", a_txt=BOTTOM)
    run = behind.propose()
    assert (run.code, run.pull["operation"]) == (0, "updated"), run.said
    first, second = behind.bare.git("acme/demo", "rev-parse", f"{BRANCH}^1", f"{BRANCH}^2").split()
    assert first == ada, "nothing is rewritten: the branch goes on from Ada's commit"
    assert behind.bare.git("acme/demo", "rev-parse", f"{second}^") == behind.heads()["main"]
    assert behind.bare.git("acme/demo", "merge-base", ours, BRANCH) == ours
    assert behind.show(f"{BRANCH}:a.txt") == BOTTOM.replace("line 10\n", "ADA\n")
    assert behind.show(f"{BRANCH}:b.txt") == OTHER
    head = behind.heads()[BRANCH]
    assert behind.propose().pull["operation"] == "unchanged"
    behind.person({"own.txt": "Ada's\n"})
    behind.version("v4.0.0", a_txt=BOTTOM.replace("line 15\n", "LINE 15\n"))
    assert behind.propose().pull["operation"] == "updated"
    assert behind.bare.git("acme/demo", "merge-base", head, BRANCH) == head
    assert behind.show(f"{BRANCH}:a.txt") == BOTTOM.replace("line 10\n", "ADA\n").replace("line 15\n", "LINE 15\n")
    assert (behind.show(f"{BRANCH}:b.txt"), behind.show(f"{BRANCH}:own.txt")) == (OTHER, "Ada's\n")


@pytest.mark.parametrize("options", [("--depth=1",), ("--depth=1", "--filter=blob:none")], ids=["shallow", "blobless"])
def test_a_clone_of_the_newest_commit_alone_is_enough(local: World, options: tuple[str, ...]) -> None:
    local.bare.git("acme/demo", "config", "uploadpack.allowFilter", "true")
    local.version("v2.0.0", a_txt=TOP)
    local.propose()
    ada = local.person({"own.txt": "Ada's\n"})
    local.commit({"elsewhere.txt": "text\n"})
    local.version("v3.0.0", a_txt=BOTTOM)
    shutil.rmtree(local.project)
    git(local.root, "clone", "--quiet", *options, f"file://{local.bare.path_of('acme/demo')}", "demo")
    run = local.propose()
    assert (run.code, run.pull["operation"]) == (0, "updated"), run.said
    assert local.bare.git("acme/demo", "rev-parse", f"{BRANCH}^1") == ada
    assert (local.show(f"{BRANCH}:a.txt"), local.show(f"{BRANCH}:elsewhere.txt")) == (BOTTOM, "text\n")


@pytest.mark.parametrize("options", [(), ("--depth=1",), ("--depth=1", "--filter=blob:none")], ids=["full", "shallow", "blobless"])
@pytest.mark.parametrize("is_merged", [True, False])
def test_a_base_that_moved_on_since_the_clone_is_looked_at(local: World, options: tuple[str, ...], is_merged: bool) -> None:
    local.bare.git("acme/demo", "config", "uploadpack.allowFilter", "true")
    local.version("v2.0.0", a_txt=TOP)
    local.propose()
    shutil.rmtree(local.project)
    git(local.root, "clone", "--quiet", *options, f"file://{local.bare.path_of('acme/demo')}", "demo")
    local.person({"more.txt": "more\n"}, branch="main")
    if is_merged:
        local.merge(squash=True, pull=False)
    run = local.propose()
    assert (run.code, run.pull["operation"], run.pull["number"]) == (0, "unchanged", None if is_merged else 1), run.said


def test_work_of_people_that_does_not_go_together_with_the_next_version_stops_the_run(behind: World) -> None:
    behind.propose()
    head = behind.person({"a.txt": TOP.replace("line 20\n", "ADA\n")})
    pulls = behind.pulls()
    behind.version("v3.0.0", a_txt=BOTTOM)
    run = behind.propose()
    assert (run.code, run.pull["operation"], run.project["conflicts"]) == (4, "blocked", ["a.txt"])
    assert "git -C demo fetch origin robot-action/tpl && git -C demo switch --detach FETCH_HEAD\n" in run.project["problems"][0]["hint"]
    assert (behind.heads()[BRANCH], behind.pulls()) == (head, pulls)


def test_what_people_left_on_a_branch_that_is_not_needed_any_more_is_told_before_and_after_it_is_in_the_way(on_github: World) -> None:
    on_github.version("v2.0.0", a_txt=TOP)
    on_github.propose()
    head = on_github.person({"a.txt": TOP.replace("line 20\n", "ADA\n")})
    assert on_github.run("update", "demo").code == 0
    on_github.commit({}, "Updated by hand")
    run = on_github.propose()
    assert run.pull["operation"] == "closed", run.said
    assert f"{BRANCH} keeps commits of people: 1" in run.said
    on_github.version("v3.0.0", a_txt=BOTTOM)
    run = on_github.propose()
    assert (run.code, run.pull["operation"], on_github.heads()[BRANCH]) == (4, "blocked", head)
    assert "no pull request is open for it" in run.project["problems"][0]["message"]
    on_github.bare.git("acme/demo", "branch", "-D", BRANCH)
    assert on_github.propose().pull["operation"] == "created"


def test_who_is_stopped_so_can_bring_the_version_in_by_hand_with_the_commands_that_are_told(local: World) -> None:
    local.version("v2.0.0", a_txt=TOP)
    local.propose()
    local.person({"a.txt": TOP.replace("line 20\n", "ADA\n")})
    local.version("v3.0.0", a_txt=BOTTOM, more_txt="more\n")
    local.version("v4.0.0", b_txt=BOTTOM)
    options = ("--ref", "v3.0.0", "--data", "greeting=good morning")
    run = local.propose(*options, "--conflict", "project", "--title", "The next one")
    assert run.code == 4
    _, fetch, update, commit, push, _ = run.project["problems"][0]["hint"].splitlines()
    program, *arguments = shlex.split(update)
    assert (program, arguments) == (
        "robot-action",
        ["update", "demo", "--data", "greeting=good morning", *options[:2], "--conflict", "project"],
    )
    _told_git(local, fetch)
    assert local.run(*arguments).code == 4
    _told_git(local, commit)
    _told_git(local, push)
    git(local.project, "switch", "--quiet", "main")
    head = local.heads()[BRANCH]
    assert local.show(f"{BRANCH}:more.txt") == "more\n", "what is new is committed, too"
    run = local.propose(*options)
    assert (run.code, run.pull["operation"]) == (0, "updated"), run.said
    assert local.heads()[BRANCH] == head
    assert local.pulls()[0].title.endswith("to 3.0.0")


def _told_git(world: World, line: str) -> None:
    """Run git's commands as they are told, where the run was started."""
    for command in line.split(" && "):
        assert command.startswith("git -C demo ")
        who = ("-c", "user.name=Ada", "-c", "user.email=a@example.com")
        git(world.root, *who, *shlex.split(command)[1:], *(("--message", "By hand") if command.endswith("commit") else ()))


def test_a_commit_of_ours_that_somebody_amended_is_not_ours_any_more(behind: World) -> None:
    behind.propose()
    ada = behind.person({"b.txt": OTHER}, amend=True)
    behind.version("v3.0.0", b_txt=LINES.replace("line 2\n", "THEIRS\n"))
    assert behind.propose().code == 4
    assert behind.heads()[BRANCH] == ada


def test_what_somebody_amended_goes_on_with_the_next_version_and_the_state_file_is_written_anew(behind: World) -> None:
    behind.propose()
    ada = behind.person({"b.txt": OTHER}, amend=True)
    behind.version("v3.0.0", a_txt=BOTTOM)
    run = behind.propose()
    assert (run.code, run.pull["operation"]) == (0, "updated"), run.said
    head = behind.heads()[BRANCH]
    place = behind.bare.path_of("acme/demo")
    assert git(place, "merge-base", ada, head) == ada, "nothing of theirs is rewritten"
    assert (git(place, "show", f"{head}:a.txt"), git(place, "show", f"{head}:b.txt")) == (BOTTOM.strip(), OTHER.strip())
    assert "version: 3.0.0" in git(place, "show", f"{head}:.robot-action.yml")
    assert behind.propose().pull["operation"] == "unchanged"


# Conflicts


@pytest.fixture
def clashing(world: World) -> World:
    """Return the world with a project and a template that changed the same."""
    world.commit({"a.txt": OTHER})
    world.version("v2.0.0", a_txt=TOP)
    return world


def test_conflicts_make_a_draft_whose_status_fails(clashing: World) -> None:
    run = clashing.propose()
    assert (run.code, run.pull["operation"], run.project["conflicts"]) == (0, "created", ["a.txt"]), run.said
    (pull,) = clashing.pulls()
    assert (pull.draft, clashing.status()) == (True, "error")
    assert "<<<<<<< your-project\nMINE\n=======\nLINE 2\n>>>>>>> template-v2.0.0\n" in clashing.show(f"{BRANCH}:a.txt")
    assert pull.body.index("1 conflict for somebody to look at") < pull.body.index("2 files")


def test_who_takes_the_markers_out_makes_it_ready(clashing: World) -> None:
    clashing.propose()
    clashing.person({"own.txt": "something else\n"})
    assert clashing.propose().code == 0
    assert (clashing.pulls()[0].draft, clashing.status()) == (True, "error")
    clashing.person({"a.txt": OTHER})
    run = clashing.propose()
    assert (run.pull["operation"], clashing.pulls()[0].draft, clashing.status()) == ("updated", False, "success"), run.said
    assert run.project["conflicts"] == []
    assert clashing.propose().pull["operation"] == "unchanged"
    told = "a.txt</code>: contents (with conflict markers, until somebody takes them out)"
    assert told in clashing.pulls()[0].body, "which nobody writes anew, so it is true before and after"


def test_what_was_solved_merges_itself_where_that_is_allowed(on_github: World) -> None:
    assert on_github.github
    on_github.commit({"a.txt": OTHER})
    on_github.version("v2.0.0", a_txt=TOP)
    record = on_github.github.fake.repositories["acme/demo"]
    assert on_github.propose("--auto-merge").pull["operation"] == "created"
    on_github.person({"a.txt": OTHER})
    assert on_github.propose("--auto-merge").pull["operation"] == "updated"
    run = on_github.propose("--auto-merge")
    assert (run.code, run.pull["operation"]) == (0, "unchanged"), run.said
    assert "Auto merge is not allowed for this repository" in run.said
    record.merge["allow_auto_merge"] = True
    assert on_github.propose("--auto-merge").pull["operation"] == "updated"
    assert record.proposals.pulls[0].auto_merge == "SQUASH"
    run = on_github.propose("--auto-merge")
    assert (run.pull["operation"], "Auto merge" in run.said) == ("unchanged", False)


def test_who_took_the_markers_out_is_not_asked_for_the_same_again(clashing: World) -> None:
    clashing.propose()
    head = clashing.person({"a.txt": OTHER})
    clashing.propose()
    clashing.version("v3.0.0", b_txt="of 3.0.0\n")
    run = clashing.propose()
    assert (run.code, run.pull["operation"]) == (0, "updated"), run.said
    assert clashing.bare.git("acme/demo", "rev-parse", f"{BRANCH}^1") == head
    assert (clashing.show(f"{BRANCH}:a.txt"), clashing.show(f"{BRANCH}:b.txt")) == (OTHER, "of 3.0.0\n")
    assert (clashing.pulls()[0].draft, clashing.status()) == (False, "success")


def test_a_text_that_is_written_anew_has_the_conflicts_that_are_left_alone(clashing: World) -> None:
    clashing.commit({"own/logo.png": "\0mine"})
    clashing.version_with("v2.1.0", {"own/logo.png": "\0theirs"})
    clashing.propose()
    assert "2 conflicts for somebody to look at" in clashing.pulls()[0].body
    clashing.person({"a.txt": OTHER})
    clashing.version("v3.0.0", b_txt="of 3.0.0\n")
    run = clashing.propose()
    body = clashing.pulls()[0].body
    assert (run.pull["operation"], run.project["conflicts"]) == ("updated", ["own/logo.png"]), run.said
    assert "1 conflict for somebody to look at\n\n- <code>own/logo.png</code>" in body
    assert "conflict markers" not in body


def test_what_the_template_changed_anew_where_markers_were_stops_the_run(clashing: World) -> None:
    clashing.propose()
    clashing.person({"a.txt": OTHER})
    clashing.version("v3.0.0", a_txt=TOP.replace("LINE 2\n", "Line two\n"))
    assert clashing.propose().pull["operation"] == "blocked"


def test_a_draft_that_a_person_made_ready_stays_so(clashing: World) -> None:
    clashing.propose()
    clashing.make_ready()
    assert clashing.propose().pull["operation"] == "unchanged"
    assert not clashing.pulls()[0].draft


def test_a_version_without_conflicts_makes_it_ready(clashing: World) -> None:
    clashing.propose()
    clashing.version("v3.0.0", a_txt=OTHER)
    run = clashing.propose()
    assert (run.pull["operation"], clashing.pulls()[0].draft, run.project["conflicts"]) == ("updated", False, [])


def test_a_run_that_shall_fail_on_conflicts_proposes_nothing(clashing: World) -> None:
    run = clashing.propose("--conflict", "fail")
    assert (run.code, set(clashing.heads()), clashing.pulls()) == (4, {"main"}, [])
    assert "--conflict markers" in run.project["resume"]


# What is asked for


def test_title_message_branch_and_labels_are_as_they_are_asked_for(behind: World) -> None:
    more = ("--title", "Ours", "--commit-message", "chore: update", "--branch", "robot-action/mine", "--label", "template", "--draft")
    run = behind.propose(*more, "--reviewer", "mona", "--assignee", "mona")
    assert run.code == 0, run.said
    (pull,) = behind.pulls()
    assert (pull.title, pull.labels, pull.draft) == ("Ours", ["template"], True)
    assert behind.log("robot-action/mine") == ["chore: update"]
    assert behind.propose(*more).pull["operation"] == "unchanged"
    run = behind.propose(*more, "--title", "Other", "--label", "more")
    assert (run.pull["operation"], behind.pulls()[0].title) == ("updated", "Ours")
    assert "its title stays as it is" in run.said


def test_who_is_asked_for_a_review_later_makes_it_updated_once(behind: World) -> None:
    runs = [behind.propose(*more) for more in ((), ("--reviewer", "mona"), ("--reviewer", "mona"))]
    assert [run.pull["operation"] for run in runs] == ["created", "updated", "unchanged"], [run.said for run in runs]


def test_a_branch_is_one_projects_alone(behind: World) -> None:
    shutil.copytree(behind.project, behind.project / "svc", ignore=shutil.ignore_patterns(".git"))
    behind.commit({}, "Two projects")
    assert behind.propose().code == 0
    before = behind.heads(), behind.pulls()
    other = ("update", "demo/svc", "--source", "./tpl", "--pull-request", "--branch")
    run = behind.run(*other, BRANCH)
    assert run.code == 64, run.said
    assert "has the update of another project of the repository: .\n" in run.said
    assert (behind.heads(), behind.pulls()) == before
    run = behind.run(*other, f"{BRANCH}/svc")
    assert run.code == 64, run.said
    assert f"there is a branch {BRANCH}, so git can have none that is called {BRANCH}/svc" in run.said
    assert (behind.heads(), behind.pulls()) == before


def test_a_branch_below_which_there_is_one_is_refused_for_good(behind: World) -> None:
    assert behind.propose("--branch", f"{BRANCH}/x").code == 0
    run = behind.propose()
    assert (run.code, set(behind.heads())) == (1, {"main", f"{BRANCH}/x"}), run.said
    assert "one name begins with the other" in run.said


def test_an_answer_that_is_given_anew_is_proposed_without_a_new_version(local: World) -> None:
    run = local.propose("-d", "greeting=good day")
    assert (run.code, run.pull["operation"]) == (0, "created"), run.said
    assert "greeting: good day" in local.show(f"{BRANCH}:.robot-action.yml")
    local.close(1)
    assert local.propose("-d", "greeting=good day").pull["operation"] == "declined"
    assert local.propose("-d", "greeting=good evening").pull["operation"] == "created"
    assert local.propose("-d", "greeting=hello").pull["operation"] == "closed", "the answers are what they were"


def test_a_remote_that_is_a_folder_beside_the_project_is_known(local: World) -> None:
    git(local.project, "remote", "set-url", "origin", "../forge/acme/demo.git")
    local.version("v2.0.0", a_txt=TOP)
    assert local.propose().pull["operation"] == "created"


def test_where_no_branch_is_checked_out_the_base_is_asked_for(local: World) -> None:
    git(local.project, "switch", "--quiet", "--detach")
    run = local.run("update", "demo", "--pull-request")
    assert run.code == 78, run.said
    assert "    robot-action update demo --pull-request --base BRANCH" in run.said


def test_a_dry_run_only_tells(behind: World) -> None:
    run = behind.run("update", "demo", "--pull-request", "--dry-run")
    assert run.code == 0, run.said
    assert "create the branch robot-action/tpl" in run.out
    assert "open a pull request into main: Update from the template tpl to 2.0.0" in run.out
    assert "from 1.0.0 to 2.0.0" in run.out
    assert "files written: 3; removed: 1" in run.out, "what update --dry-run tells"
    assert "git add" not in run.out, "it is committed"
    assert (set(behind.heads()), behind.pulls()) == ({"main"}, [])


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--branch", "feature"), 64, "not below robot-action/"),
        (("--branch", "robot-action/a..b"), 64, "no name for a branch"),
        (("--bundle", "x"), 64, "both --pull-request and --bundle"),
        (("--repository", "what"), 64, "is no repository"),
        (("--base", "missing"), 1, "has no branch missing"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_written(behind: World, arguments: tuple[str, ...], code: int, told: str) -> None:
    run = behind.propose(*arguments)
    assert run.code == code, run.said
    assert told in run.said
    assert (set(behind.heads()), behind.pulls()) == ({"main"}, [])


def test_a_commit_that_was_not_pushed_is_not_built_upon(behind: World) -> None:
    (behind.project / "own.txt").write_text("mine\n")
    git(behind.project, "add", "--all")
    git(behind.project, "-c", "user.name=Ada", "-c", "user.email=a@example.com", "commit", "--quiet", "-m", "Not pushed")
    run = behind.propose()
    assert (run.code, set(behind.heads())) == (75, {"main"})
    assert "lacks the commit" in run.said


def test_a_state_file_that_is_not_committed_is_refused(behind: World) -> None:
    assert behind.run("update", "demo").code == 0
    run = behind.propose()
    assert (run.code, set(behind.heads())) == (1, {"main"})
    assert ".robot-action.yml has changes that are not committed" in run.said


def test_a_run_on_our_own_branch_is_refused_and_closes_nothing(behind: World) -> None:
    behind.propose()
    git(behind.project, "fetch", "--quiet", str(behind.bare.path_of("acme/demo")), BRANCH)
    git(behind.project, "switch", "--quiet", "--create", BRANCH, "FETCH_HEAD")
    run = behind.propose()
    assert (run.code, behind.pulls()[0].state) == (64, "open")
    assert "none to merge into" in run.said


def test_a_clone_has_nothing_to_commit_whatever_attributes_come_along(local: World) -> None:
    local.commit({"own.txt": LINES})
    rules = "* text=auto\n*.txt text eol=crlf\n"
    local.version_with("v2.0.0", {".gitattributes": rules, "a.txt": f"theirs\n{LINES}", "new.txt": "new\n", "new.md": "new\r\n"})
    assert local.propose().pull["operation"] == "created"
    assert set(local.bare.git("acme/demo", "diff", "--name-only", "main", BRANCH).split()) >= {
        "a.txt",
        "new.txt",
        "new.md",
        ".gitattributes",
    }
    assert "b.txt" not in local.bare.git("acme/demo", "diff", "--name-only", "main", BRANCH)
    git(local.root, "clone", "--quiet", "--branch", BRANCH, str(local.bare.path_of("acme/demo")), "clone")
    assert git(local.root / "clone", "status", "--porcelain") == ""
    assert (local.root / "clone/a.txt").read_bytes() == f"theirs\n{LINES}".replace("\n", "\r\n").encode()
