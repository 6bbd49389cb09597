"""Stand-ins for the actions that bring artifacts from job to job, which GitHub serves and act does not have."""

from __future__ import annotations

import json
import re
from pathlib import Path

KEPT = ".git/artifact"
"""Where an artifact is kept from job to job, out of the checkout."""


def artifact_action(folder: Path, *commands: str) -> str:
    """Make a stand-in for an action that GitHub serves; return act's argument for it."""
    folder.mkdir(parents=True)
    steps = [{"run": " && ".join(commands), "shell": "sh"}]
    inputs = {name: {"required": False} for name in ("name", "path", "if-no-files-found", "retention-days")}
    (folder / "action.yml").write_text(json.dumps({"name": "stand-in", "inputs": inputs, "runs": {"using": "composite", "steps": steps}}))
    return str(folder)


def artifact_actions(folder: Path, workflow: str, name: str, gone: str = "") -> list[str]:
    """Return act's arguments by which a workflow's artifacts go from job to job.

    Args:
        folder: where the stand-ins are made.
        workflow: names the actions, with their commits.
        name: the artifact's folder, which the next job has not before it is downloaded.
        gone: what else of the workspace the next job has not, for it has another machine.
    """
    uses = {action: re.findall(rf"actions/{action}@\w+", workflow)[0] for action in ("upload-artifact", "download-artifact")}
    without_modes = f"find {KEPT} -type f -exec chmod 644 {{}} +"
    upload = artifact_action(folder / "upload", f"rm -rf {KEPT}", f"cp -r {name} {KEPT}", without_modes, f"rm -rf {name} {gone}")
    download = artifact_action(folder / "download", f"cp -r {KEPT} {name}")
    return [f"--local-repository={uses['upload-artifact']}={upload}", f"--local-repository={uses['download-artifact']}={download}"]
