"""Who commits, as git itself finds it."""

from __future__ import annotations

import os
import re
from pathlib import Path

from robot_action.clients.git.environment import Invocation, Place
from robot_action.clients.git.runner import GitRunner
from robot_action.model.manifest import Author

_IDENT = re.compile(r"(.+) <(.+)> [0-9]+ [+-][0-9]{4}")


def identity(runner: GitRunner, top: Path) -> Author | None:
    """Return who commits in a repository; see `robot_action.repositories.Git.identity`.

    Of the repository, which may be hostile, git reads nothing but its configuration, and that makes it start nothing here.
    """
    how = Invocation(accept=(0, 128), user_configuration=True, configuration=(("user.useConfigOnly", "true"),))  # git would make one up
    with runner.scratch("identity") as scratch:
        place = Place(top, git_dir=top / ".git") if os.path.lexists(top / ".git") else Place(scratch)
        found = (_IDENT.fullmatch(runner.run(place, "var", f"GIT_{role}_IDENT", how=how).text) for role in ("AUTHOR", "COMMITTER"))
        return next((Author(one[1], one[2]) for one in found if one), None)
