"""A repository whose configuration and hooks try to run code, as a template's commands could leave it."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.testbed.bare import git_environment

HOOKS = (
    *("pre-commit", "prepare-commit-msg", "commit-msg", "post-commit", "pre-push", "post-checkout", "post-merge", "pre-auto-gc"),
    *("reference-transaction", "post-index-change", "fsmonitor-watchman", "post-rewrite", "update", "pre-receive", "post-receive"),
)


def plant(folder: Path, marker: Path) -> None:
    """Let everything in a work tree's repository that git may run touch ``marker``."""
    program = folder.parent / "evil.sh"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {marker}\nexit 0\n')
    program.chmod(0o755)
    hooks = folder / ".git/hooks"
    hooks.mkdir(exist_ok=True)
    for name in HOOKS:
        (hooks / name).unlink(missing_ok=True)
        (hooks / name).symlink_to(program)
    values = {
        "core.fsmonitor": str(program),
        "core.hooksPath": str(hooks),
        "core.sshCommand": str(program),
        "core.pager": str(program),
        "core.editor": str(program),
        "core.askPass": str(program),
        "core.alternateRefsCommand": str(program),
        "core.gitProxy": str(program),
        "credential.helper": f"!{program}",
        "diff.external": str(program),
        "filter.evil.clean": str(program),
        "filter.evil.smudge": str(program),
        "filter.evil.process": str(program),
        "filter.evil.required": "true",
        "gpg.program": str(program),
        "commit.gpgSign": "true",
        "tag.gpgSign": "true",
        "push.gpgSign": "if-asked",
        "alias.update-index": f"!{program}",
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
        "remote.evil.url": f"ext::{program}",
        "remote.evil.promisor": "true",
        "remote.evil.uploadpack": str(program),
        "extensions.partialClone": "evil",
        "url.ext::evil.insteadOf": "http",
        "core.worktree": str(folder.parent / "elsewhere"),
    }
    for key, value in values.items():
        subprocess.run(["git", "config", "--file", str(folder / ".git/config"), key, value], check=True, env=git_environment())
    (folder / ".git/info").mkdir(exist_ok=True)
    (folder / ".git/info/attributes").write_text("* filter=evil diff=evil\n")
