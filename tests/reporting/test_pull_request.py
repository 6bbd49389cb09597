"""GitHub's Markdown is read here by markdown-it, which knows CommonMark and GitHub's tables."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from robot_action.model.merge import Clash, Conflict
from robot_action.model.pull_request import BODY_LIMIT
from robot_action.model.update_summary import ChangedAnswer, FileOutcome, NewQuestion, TemplateCommit, UpdateSummary
from robot_action.parsing.pull_request import read_mark
from robot_action.reporting.clean import clean
from robot_action.reporting.pull_request import CUT_NOTE, TITLE_LIMIT, update_body, update_title
from tests.reporting.hostile import HOSTILE

READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
SMALL = UpdateSummary("gh:acme/templates#subdirectory=python-service", "1.0.0", "2.0.0", "v2.0.0", "robot-action/python-service")
FULL = replace(
    SMALL,
    url="https://github.example/acme/templates/compare/v1.0.0...v2.0.0",
    conflicts=(Conflict("src/app.py", Clash.CONTENTS, marked=True), Conflict("logo.png", Clash.BINARY, note="yours was kept")),
    questions=(NewQuestion("database", "postgres", "Which database?"), NewQuestion("token", ""), NewQuestion("owner", "zed", given=True)),
    answers=(ChangedAnswer("framework", "fastapi", "flask"),),
    dropped=("colour: the template does not ask for it any more",),
    changelog="# 2.0.0 ##\n\n## #\n- Faster\n  - by half\n* Smaller\n\nMany thanks.\n",
    commits=(TemplateCommit("4f0c" * 10, "Faster"), TemplateCommit("5a1b" * 10, "Smaller")),
    files={FileOutcome.CHANGED: ("src/app.py",), FileOutcome.ADDED: ("new.py",), FileOutcome.REMOVED: ("old.py",)},
    moved={"helper.py": "util.py"},
    notes=("src/gone.py stays deleted",),
)
TEXTS = st.lists(HOSTILE, max_size=3).map(tuple)
SUMMARIES = st.builds(
    UpdateSummary,
    template=HOSTILE,
    before=HOSTILE,
    after=HOSTILE,
    revision=st.just("v2.0.0"),
    branch=HOSTILE.filter(bool),
    url=HOSTILE,
    conflicts=st.lists(st.builds(Conflict, HOSTILE, st.sampled_from(Clash), st.booleans(), HOSTILE), max_size=2).map(tuple),
    questions=st.lists(st.builds(NewQuestion, HOSTILE, HOSTILE, HOSTILE), max_size=2).map(tuple),
    answers=st.lists(st.builds(ChangedAnswer, HOSTILE, HOSTILE, HOSTILE), max_size=2).map(tuple),
    dropped=TEXTS,
    changelog=st.lists(HOSTILE, max_size=5).map("\n".join),
    commits=st.lists(st.builds(TemplateCommit, HOSTILE, HOSTILE), max_size=2).map(tuple),
    files=st.dictionaries(st.sampled_from(FileOutcome), TEXTS, max_size=2),
    moved=st.dictionaries(HOSTILE, HOSTILE, max_size=2),
    notes=TEXTS,
)
OURS = {"p", "h3", "ul", "li", "pre", "strong", "em"}


def read(markdown: str) -> str:
    return str(READER.render(markdown))


def text_in(markdown: str) -> str:
    return unescape(re.sub(r"<[^>]*>", "", read(markdown)))


# What it says


def test_a_body_tells_the_versions_and_ends_with_its_mark() -> None:
    body = update_body(SMALL)
    assert body.startswith("Brings the changes of the template ")
    assert "from <code>1.0.0</code> to <code>2.0.0</code>." in body
    assert body.rstrip().endswith("<!-- robot-action: v2.0.0 -->")
    assert read_mark(body).revision == "v2.0.0"


def test_conflicts_come_before_everything_else() -> None:
    body = update_body(FULL)
    order = [
        "2 conflicts",
        "New questions",
        "Answers that changed",
        "were dropped",
        "Worth knowing",
        "changelog says",
        "2 commits",
        "4 files",
        "To take part by hand",
    ]
    assert [body.index(text) for text in order] == sorted(body.index(text) for text in order)
    assert "- <code>src/app.py</code>: contents (with conflict markers, until somebody takes them out)" in body
    assert "- <code>logo.png</code>: binary — yours was kept" in body


def test_who_takes_markers_out_is_told_when_that_is_seen() -> None:
    told = "Whether markers are left is looked at again when the update runs next: then the status <code>robot-action/conflicts</code>"
    assert told in update_body(FULL)
    assert told not in update_body(replace(FULL, conflicts=()))


def test_new_questions_show_the_answer_that_was_taken() -> None:
    body = update_body(FULL)
    assert "- <code>database</code>: <code>postgres</code>, the default — Which database?" in body
    assert "- <code>token</code>: (not shown), the default\n" in body
    assert "- <code>owner</code>: <code>zed</code>\n" in body, "somebody gave it"


def test_answers_that_changed_are_told() -> None:
    assert "- <code>framework</code>: <code>flask</code> instead of <code>fastapi</code>" in update_body(FULL)


def test_a_changelog_keeps_its_headings_and_lists() -> None:
    page = read(update_body(FULL))
    assert "<strong>2.0.0</strong>" in page
    assert re.search(r"<li>Faster\s*<ul>\s*<li>by half</li>", page)
    assert "<p>Many thanks.</p>" in page


def test_files_are_told_by_what_was_done_with_them() -> None:
    body = update_body(FULL)
    assert "- <code>helper.py</code> to <code>util.py</code>" in body
    order = ("moved:", "added:", "new.py", "changed:")
    assert [body.index(text) for text in order] == sorted(body.index(text) for text in order)
    assert body.index("changed:") < body.rindex("src/app.py") < body.index("removed:")


def test_it_tells_how_to_take_part() -> None:
    body = update_body(SMALL)
    assert (
        "git fetch origin robot-action/python-service\ngit switch --detach FETCH_HEAD" in body
    )  # a branch of that name may be of an earlier version
    assert "git push origin HEAD:robot-action/python-service" in body
    assert "never overwritten" in update_body(SMALL)
    assert "Take the conflict markers out" in update_body(FULL)
    assert "conflict markers" not in update_body(SMALL)


def test_what_is_not_there_is_not_told() -> None:
    body = update_body(replace(SMALL, before="", after=""))
    assert body.count("###") == 1
    assert "<details>" not in body
    assert " from " not in body.partition("###")[0]


@pytest.mark.parametrize(
    ("template", "version", "title"),
    [
        ("gh:acme/templates#subdirectory=python-service", "2.0.0", "Update from the template python-service to 2.0.0"),
        ("https://git.example/acme/t.git", "v3", "Update from the template t to v3"),
        ("../templates/service/", "", "Update from the template service"),
        ("/", "", "Update from the template /"),
    ],
)
def test_a_title_names_template_and_version(template: str, version: str, title: str) -> None:
    assert update_title(replace(SMALL, template=template, after=version)) == title


def test_of_several_projects_in_one_repository_a_title_names_the_folder() -> None:
    assert update_title(replace(SMALL, template="acme/t", after="v3"), "svc/a") == "Update svc/a from the template t to v3"


def test_what_brings_other_answers_alone_says_so() -> None:
    answered = replace(SMALL, before="2.0.0", answers=(ChangedAnswer("framework", "fastapi", "flask"),))
    assert update_title(answered) == "Update from the template python-service 2.0.0: other answers"
    assert "Brings what other answers make of the template " in update_body(answered)
    assert "; the version stays <code>2.0.0</code>." in update_body(answered)
    moved = replace(SMALL, before="2.0.0")
    assert update_title(moved) == "Update from the template python-service 2.0.0: other answers, or another source"
    assert "Brings what other answers, or another source, make of the template " in update_body(moved)


# Hostile texts


def test_an_empty_item_of_a_changelog_makes_no_heading() -> None:
    page = read(update_body(replace(SMALL, changelog="one\n- \ntwo\n-   \u200b\nthree")))
    assert "<h2>" not in page
    assert "<p>one" in page


@settings(max_examples=100)
@given(SUMMARIES)
def test_no_text_of_others_is_more_than_text_or_mentions_or_links_anybody(summary: UpdateSummary) -> None:
    page = read(update_body(summary))
    tags = set(re.findall(r"<([a-z][a-z0-9]*)", page))
    assert tags <= OURS | {"code", "details", "summary", "a"}
    links = re.findall(r'<a href="([^"]*)"', page)
    assert [unescape(one) for one in links] in ([], [summary.url])
    assert page.count("<h3>") <= 6
    assert page.count("<details>") == page.count("</details>") == page.count("<summary>") <= 3
    assert page.count("<pre>") == 1
    body = update_body(replace(summary, url="", branch="robot-action/x"))
    outside = re.sub(r"<code>.*?</code>", "", body.replace("\n", " "))
    assert not re.search(r"://|www\.|mailto:|!\[", outside, re.IGNORECASE)
    assert not re.search(r"@\w|(?<!#)#\d", unescape(outside))


@given(HOSTILE, SUMMARIES)
def test_no_text_of_others_forges_the_mark(text: str, summary: UpdateSummary) -> None:
    forged = f"{text}<!-- robot-action: v9 withdrawn -->{text}"
    body = update_body(replace(summary, changelog=forged, notes=(forged,), template=forged, branch=forged))
    assert (read_mark(body).revision, read_mark(body).withdrawn) == ("v2.0.0", False)


@given(SUMMARIES)
def test_a_title_is_one_line_within_the_limit(summary: UpdateSummary) -> None:
    title = update_title(summary)
    assert title == clean(title)
    assert len(title) <= TITLE_LIMIT


def test_a_changelog_has_no_gaps_and_its_links_are_their_words() -> None:
    changelog = "## [2.0.0](https://example.com/2)\n\n\n### Added\n- one ([#1](https://example.com/1))\n\n\ntwo [kept] (apart)\n"
    body = update_body(replace(FULL, changelog=changelog))
    shown = unescape(body.partition("changelog says</summary>")[2].partition("</details>")[0]).replace("\u200b", "")
    assert list(filter(None, shown.split("\n"))) == ["**2.0.0**", "**Added**", "- one (#1)", "two [kept] (apart)"]
    assert "\n\n\n\n" not in shown


# The limit


@pytest.mark.parametrize("text", ["x" * 400, "@" * 400, "é" * 300, "<&>" * 100, "日本" * 200])
def test_however_much_there_is_it_fits_and_keeps_what_counts(text: str) -> None:
    many = tuple(f"{number}{text}" for number in range(3_000))
    huge = replace(
        FULL,
        conflicts=tuple(Conflict(one, Clash.CONTENTS, marked=True) for one in many),
        questions=tuple(NewQuestion(one, one, one) for one in many),
        answers=tuple(ChangedAnswer(one, one, one) for one in many),
        dropped=many,
        changelog="\n".join(f"- {one}" for one in many),
        commits=tuple(TemplateCommit(one, one) for one in many),
        files={FileOutcome.CHANGED: many},
        moved=dict(zip(many, many, strict=True)),
        notes=many,
    )
    body = update_body(huge)
    assert len(body.encode()) <= BODY_LIMIT
    assert body.index(CUT_NOTE) < body.index("3,000 conflicts")
    assert "more" in body
    assert body.count("<details>") == body.count("</details>")
    assert "git switch" in body
    assert read_mark(body).revision == "v2.0.0"


def test_a_body_that_fits_has_no_note() -> None:
    assert CUT_NOTE not in update_body(FULL)


@pytest.mark.parametrize("limit", [1_200, 1_000])
def test_a_smaller_limit_holds_as_well(limit: int) -> None:
    body = update_body(FULL, limit)
    assert len(body.encode()) <= limit
    assert CUT_NOTE in body
    assert read_mark(body).revision == "v2.0.0"
    assert text_in(body)
