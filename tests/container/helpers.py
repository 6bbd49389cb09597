"""The usual workflow."""

from __future__ import annotations

from typing import Any

from tests.testbed.container.act import job, robot


def create_workflow(on: str = "push", **inputs: str) -> dict[str, Any]:
    """Return the workflow that creates what the manifests say."""
    usual = {
        "command": "create",
        "manifest": "projects/",
        "trust": "true",
        "allow_protocol": "http",
        "repository_token": "${{ secrets.ROBOT }}",
        "index_url": "${{ vars.INDEX_URL }}",
        "index_token": "${{ secrets.INDEX }}",
    }
    return {"on": on, "jobs": {"create": job(robot(**{**usual, **inputs}))}}
