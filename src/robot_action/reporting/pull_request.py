"""An update as a pull request's title and body. Pure.

Nothing of the template's or the project's text does anything there: no mention, link, image, HTML or heading of theirs is
more than text, and none of it can be taken for the mark that the next run reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from robot_action.model.delivery import CONFLICT_STATUS
from robot_action.model.merge import Conflict
from robot_action.model.pull_request import BODY_LIMIT
from robot_action.model.update_summary import ChangedAnswer, FileOutcome, NewQuestion, TemplateCommit, UpdateSummary
from robot_action.parsing.pull_request import Mark
from robot_action.reporting.clean import clean
from robot_action.reporting.markdown import code, document, escape, fenced, link
from robot_action.reporting.words import command_line, count

TITLE_LIMIT = 256
"""Characters of a title that GitHub takes."""
CUT_NOTE = "_Some of it was left out here, because it is longer than a pull request can be. The log of the run has all of it._"

_TEXT_LIMIT = 300  # characters of one path, title or sentence of others
_LOOKED_AT = 10  # so many times as much is looked at, for spaces and escapes may go
_SHARES = {
    "conflicts": 16_000,
    "questions": 6_000,
    "answers": 3_000,
    "dropped": 3_000,
    "changelog": 14_000,
    "commits": 8_000,
    "notes": 3_000,
    "files": 10_000,
}
_HEADING = re.compile(r" {0,3}#{1,6}[ \t](?P<text>.*)")
_ITEM = re.compile(r"(?P<indent>\s*)[-*+]\s+(?P<text>.*)")
_LINK = re.compile(r"\[(?P<words>[^\[\]]{1,200})\]\([^()\s]{1,2000}\)")
_DEEPEST = 3
_ORDER = (FileOutcome.ADDED, FileOutcome.CHANGED, FileOutcome.REMOVED, FileOutcome.KEPT)


@dataclass(frozen=True, slots=True)
class _Section:
    """A list of rows, made when they are shown.

    Attributes:
        rows: Markdown; as many as ``total`` says.
        folded: whether only its title is seen at first.
    """

    name: str
    title: str
    total: int
    rows: Iterable[str]
    folded: bool = False


def update_title(summary: UpdateSummary, place: str = "") -> str:
    """Return the usual title: what is updated, and to which version; one line.

    Args:
        summary: what is brought.
        place: what in its repository is updated: the project's folder, or its state file; ``""``: all of it.
    """
    version = f" to {_short(summary.after)}" if summary.after else ""
    if summary.has_same_version:
        version = f" {_short(summary.after)}: other answers{'' if summary.is_answered else ', or another source'}"
    where = f" {_short(place)}" if place else ""
    return _short(f"Update{where} from the template {_name(summary.template)}{version}", TITLE_LIMIT)


def one_line_title(text: str) -> str:
    """Return a title that somebody else wrote as one clean line."""
    return _short(text, TITLE_LIMIT)


def update_body(summary: UpdateSummary, limit: int = BODY_LIMIT) -> str:
    """Return the body in at most ``limit`` bytes: conflicts first, the mark last; a note tells where something had to go."""
    end = "\n\n".join([*_taking_part(summary), str(Mark(summary.revision))]) + "\n"
    lists = [_list(section) for section in _sections(summary) if section.total]
    blocks = [_headline(summary), *(text for text, _ in lists)]
    if any(was_cut for _, was_cut in lists):
        blocks.insert(1, CUT_NOTE)
    return f"{document(blocks, limit - len(end.encode()) - 1, CUT_NOTE)}\n{end}"


def _headline(summary: UpdateSummary) -> str:
    template = link(summary.template, summary.url) if summary.url else code(_short(summary.template))
    if summary.has_same_version:
        source = "" if summary.is_answered else ", or another source,"
        return f"Brings what other answers{source} make of the template {template}; the version stays {code(_short(summary.after))}."
    versions = [
        f"from {code(_short(summary.before))}" if summary.before else "",
        f"to {code(_short(summary.after))}" if summary.after else "",
    ]
    return " ".join(filter(None, [f"Brings the changes of the template {template}", *versions])) + "."


def _sections(summary: UpdateSummary) -> Iterator[_Section]:
    found, asked = len(summary.conflicts), len(summary.questions)
    yield _Section("conflicts", f"{count(found, 'conflict')} for somebody to look at", found, map(_conflict, summary.conflicts))
    yield _Section("questions", "New questions", asked, map(_question, summary.questions))
    yield _Section("answers", "Answers that changed", len(summary.answers), map(_answer, summary.answers))
    yield _Section("dropped", "Answers that were dropped or converted", len(summary.dropped), map(_item, summary.dropped))
    yield _Section("notes", "Worth knowing", len(summary.notes), map(_item, summary.notes))
    lines, commits, files = (
        list(_without_gaps(summary.changelog)),
        len(summary.commits),
        sum(map(len, (summary.moved, *summary.files.values()))),
    )
    yield _Section("changelog", "What the template's changelog says", len(lines), map(_line, lines), folded=True)
    yield _Section("commits", f"{count(commits, 'commit')} of the template", commits, map(_commit, summary.commits), folded=True)
    yield _Section("files", count(files, "file"), files, _files(summary), folded=True)


def _list(section: _Section) -> tuple[str, bool]:
    """Return a section within its share, and whether rows of it had to go."""
    room, kept, done = _SHARES[section.name], [], 0
    for row in section.rows:
        room -= len(row.encode()) + 1
        if room < 0:
            kept.append(f"\n… and {section.total - done:,} more")
            break
        kept.append(row)
        done += 1
    rows = "\n".join(kept)
    shown = f"<details><summary>{section.title}</summary>\n\n{rows}\n\n</details>" if section.folded else f"### {section.title}\n\n{rows}"
    return shown, done < section.total


def _conflict(conflict: Conflict) -> str:
    where = " (with conflict markers, until somebody takes them out)" if conflict.marked else ""  # the text stays when that is done
    note = f" — {escape(_short(conflict.note))}" if conflict.note and not conflict.marked else ""
    return f"- {code(_short(conflict.path))}: {escape(conflict.clash.value)}{where}{note}"


def _question(question: NewQuestion) -> str:
    value = code(_short(question.value)) or "(not shown)"
    text = f" — {escape(_short(question.help))}" if question.help.strip() else ""
    return f"- {code(_short(question.name))}: {value}{'' if question.given else ', the default'}{text}"


def _answer(answer: ChangedAnswer) -> str:
    return f"- {code(_short(answer.name))}: {code(_short(answer.after))} instead of {code(_short(answer.before))}"


def _item(text: str) -> str:
    return f"- {escape(_short(text))}"


def _without_gaps(changelog: str) -> Iterator[str]:
    """Yield a changelog's lines; of empty ones in a row, or beside a heading, which brings its own, none."""
    lines = changelog.strip().splitlines()
    for before, line, after in zip(["", *lines], lines, [*lines[1:], ""], strict=False):
        if line.strip() or (before.strip() and not _HEADING.fullmatch(before) and not _HEADING.fullmatch(after)):
            yield line


def _line(line: str) -> str:
    """Return a changelog's line: a heading or a list's item as such, and everything else as mere text, links as their words."""
    line = _LINK.sub(r"\g<words>", line)
    if heading := _HEADING.fullmatch(line):
        text = _short(heading["text"].rstrip("# \t"))
        return f"\n**{escape(text)}**\n" if text else ""
    if item := _ITEM.fullmatch(line):
        depth = min(len(item["indent"].expandtabs(4)) // 2, _DEEPEST)
        text = escape(_short(item["text"])).strip()
        return f"{'  ' * depth}- {text}" if text else ""  # an empty item would make a heading of the line before
    return escape(_short(line))


def _commit(commit: TemplateCommit) -> str:
    return f"- {code(_short(commit.commit, 12, ''))} {escape(_short(commit.title))}"


def _files(summary: UpdateSummary) -> Iterator[str]:
    yield from _under("moved", (f"{code(_short(old))} to {code(_short(new))}" for old, new in summary.moved.items()))
    for outcome in _ORDER:
        yield from _under(outcome.value, (code(_short(path)) for path in summary.files.get(outcome, ())))


def _under(title: str, items: Iterable[str]) -> Iterator[str]:
    """Yield the rows of a list, the first with its title."""
    for number, item in enumerate(items):
        yield f"{'' if number else f'{chr(10)}{title}:{chr(10)}{chr(10)}'}- {item}"


def _taking_part(summary: UpdateSummary) -> Iterator[str]:
    yield "### To take part by hand"
    marked = any(one.marked for one in summary.conflicts)
    change = "Take the conflict markers out, or change" if marked else "Change"
    yield f"{change} what you like on the branch, commit and push it; commits of yours there are never overwritten:"
    branch = clean(summary.branch)
    push = command_line(["git", "push", "origin", f"HEAD:{branch}"])
    yield fenced([command_line(["git", "fetch", "origin", branch]), "git switch --detach FETCH_HEAD", push])
    if marked:
        yield (
            "Whether markers are left is looked at again when the update runs next: "
            f"then the status {code(CONFLICT_STATUS)} follows, and a draft becomes ready for review."
        )
    yield "Close the pull request to decline this version: it is not proposed again until a newer one comes, or somebody asks for it."


def _name(template: str) -> str:
    """Return the last part of a source: its subdirectory, or its repository's name."""
    return re.split(r"[/#=:]", template.rstrip("/"))[-1].removesuffix(".git") or template


def _short(text: str, limit: int = _TEXT_LIMIT, mark: str = "…") -> str:
    line = clean(" ".join(text[: _LOOKED_AT * limit].split()))
    return line if len(line) <= limit else f"{line[: limit - len(mark)]}{mark}"
