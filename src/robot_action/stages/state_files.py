"""The state file of an updated project, as its own tool would write it now."""

from __future__ import annotations

import json
from collections.abc import Mapping

from robot_action.model.link import Link, Tool
from robot_action.model.state import State, TemplateState
from robot_action.model.tree import Entry, Mode
from robot_action.model.update import Rendered
from robot_action.parsing.replay import CruftState, dump_cruft
from robot_action.parsing.state_file import dump_state
from robot_action.planning.identity import recorded_digest


def state_file(link: Link, theirs: Rendered, present: bytes) -> Mapping[str, Entry]:
    """Return the state file; Copier's is made by the template itself, if at all.

    Args:
        link: the project's, to where the template is now.
        theirs: the template that it follows from now on.
        present: what the file holds now.

    Raises:
        InputError: when answers cannot be written.
    """
    template, rendering = theirs.template, theirs.rendering
    if link.tool is Tool.COPIER:
        made = rendering.tree.get(link.file)
        return {link.file: made} if made else {}
    if link.tool is Tool.OWN:
        return {link.file: Entry(Mode.FILE, _own(link, theirs))}
    state = CruftState(link.source, template.commit, link.branch, link.subdirectory)
    return {link.file: Entry(Mode.FILE, _with_skip(dump_cruft(state, rendering.replay), present))}


def _own(link: Link, theirs: Rendered) -> bytes:
    template, rendering = theirs.template, theirs.rendering
    below = f"#subdirectory={link.subdirectory}" if link.subdirectory else ""
    entry = TemplateState(
        source=f"{link.source}{below}",
        version=template.version,
        commit=template.commit,
        digest=recorded_digest(rendering),
        answers=dict(rendering.recorded),
        context=link.context,
    )
    return dump_state(State(link.project, (entry,)))


def _with_skip(text: bytes, present: bytes) -> bytes:
    """Return Cruft's state with the list of what it skips, as the project's own file has it."""
    own = json.loads(present)
    if "skip" not in own:
        return text
    return (json.dumps({**json.loads(text), "skip": own["skip"]}, ensure_ascii=False, indent=2) + "\n").encode()
