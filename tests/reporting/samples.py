"""Reports that the tests of every form share."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from robot_action.errors import Position, Problem
from robot_action.model.manifest import Author, HostKind, IndexKind, Manifest, MergeSettings, Origin, PublishTarget, RepositoryWanted
from robot_action.model.plan import (
    CommitStep,
    Committed,
    InstallStep,
    Placed,
    Plan,
    Published,
    PublishStep,
    PushStep,
    RenderStep,
    RepositoryStep,
    StartStep,
    Status,
    Step,
    Written,
)
from robot_action.model.report import Outcome, Outcomes, ProjectReport, Report
from robot_action.model.source import Source, SourceKind
from robot_action.model.template import Command, Commands, Start
from robot_action.model.tree import Entry, Mode, Tree

FOLDER = Path("/home/ada/payments-api")
COMMIT = "6e1f0a2b9c" + "0" * 30
CLONE_URL = "https://github.example/acme/payments-api.git"
URL = "https://github.example/acme/payments-api"
TARGET = PublishTarget(IndexKind.LOCAL, path=Path("/srv/index"))
REPOSITORY = RepositoryWanted("acme/payments-api", topics=("service",), merge=MergeSettings(squash=True), teams={"platform": "admin"})
MANIFEST = Manifest(
    name="payments-api",
    template=Source(SourceKind.GIT, "https://github.example/acme/templates", "gh:acme/templates@v2.1.0", ref="v2.1.0"),
    destination=FOLDER,
    kind="project",
    description="Takes payments",
    data={"framework": "fastapi"},
    author=Author("Acme Robot", "robot@acme.example"),
    repository=REPOSITORY,
    publish=(TARGET,),
    tag="v0.1.0",
    origins={"name": Origin.DERIVED, "data": Origin.FLAG, "repository": Origin.MANIFEST, "template": Origin.MANIFEST},
    position=Position("projects/payments-api.yml", 1),
    document=1,
)
TREE = Tree(
    {
        ".robot-action.yml": Entry(Mode.FILE, b"x" * 312),
        "README.md": Entry(Mode.FILE, b"x" * 1_204),
        "bin/serve": Entry(Mode.EXECUTABLE, b"x" * 96),
        "docs/index.md": Entry(Mode.LINK, b"../README.md"),
        "logs": Entry(Mode.DIRECTORY),
        "pyproject.toml": Entry(Mode.FILE, b"x" * 812),
        "src/payments_api/app.py": Entry(Mode.FILE, b"x" * 14_480),
    }
)
AS_WHOM = "Template code runs as a user of its own (64198)."

PREPARE = Step(stage="prepare", title="check this machine", details=(AS_WHOM,))
FETCH = Step(
    stage="fetch",
    title="fetch the template gh:acme/templates@v2.1.0",
    details=("python-service: 2.1.0 commit 4f0c1d2", "source https://github.example/acme/templates, trusted: its code may run"),
)
RENDER = RenderStep(
    stage="render", title=f"write the project to {FOLDER}", tree=TREE, destination=FOLDER, into_existing=True, overwrites=("README.md",)
)
INSTALL = InstallStep(
    stage="install",
    title="install the project",
    details=(AS_WHOM,),
    destination=FOLDER,
    commands=Commands((Command(("uv", "sync")), Command(("uv", "run", "pytest", "-k", "not slow"))), timeout=600),
    environment=("UV_INDEX_URL",),
)
START = StartStep(
    stage="start",
    title="start the project once",
    details=("ready by url http://127.0.0.1:{port}/health", AS_WHOM),
    destination=FOLDER,
    start=Start(Command(("uv", "run", "serve", "--port", "{port}")), timeout=30, restarts=2),
)
COMMIT_STEP = CommitStep(
    stage="commit", title="commit to main", details=("tag v0.1.0",), destination=FOLDER, branch="main", message="m", date=0
)
REPOSITORY_STEP = RepositoryStep(
    stage="repository",
    title="create the repository acme/payments-api on github",
    details=("visibility: private", "topics: service", "team platform: admin"),
    wanted=REPOSITORY,
)
PUSH = PushStep(
    stage="push", title="push main to acme/payments-api", details=("tag v0.1.0",), wanted=REPOSITORY, destination=FOLDER, tag="v0.1.0"
)
PUBLISH = PublishStep(
    stage="publish",
    title="publish 0.1.0 to /srv/index",
    details=("builds a wheel and a source distribution, checks them, uploads what is missing",),
    target=TARGET,
    destination=FOLDER,
    project="payments-api",
    version="0.1.0",
)
STEPS = (PREPARE, FETCH, RENDER, INSTALL, START, COMMIT_STEP, REPOSITORY_STEP, PUSH, PUBLISH)
PLAN = Plan("acme/payments-api", STEPS)

COMMITTED = Outcome("commit", Status.DONE, "6e1f0a2b9c on main, tag v0.1.0", result=Committed(COMMIT, "main", "v0.1.0"), seconds=0.11)
PLACED = Outcome(
    "repository",
    Status.DONE,
    f"created {URL}",
    ("topics: service", "team platform: admin"),
    Placed("acme/payments-api", URL, CLONE_URL, created=True),
    1.24,
)
WHEEL, SDIST = "payments_api-0.1.0-py3-none-any.whl", "payments_api-0.1.0.tar.gz"
PUBLISHED = Outcome(
    "publish",
    Status.DONE,
    "uploaded 2 files to /srv/index",
    result=Published("/srv/index", "payments-api", "0.1.0", (WHEEL, SDIST), (WHEEL,)),
    seconds=8.4,
)
MADE = (
    Outcome("prepare", Status.DONE, "robot-action 0.1.0, Python 3.11.2, git 2.39.5", (AS_WHOM,), seconds=0.04),
    Outcome("fetch", Status.DONE, "python-service 2.1.0, commit 4f0c1d2", seconds=0.31),
    Outcome("render", Status.DONE, f"7 files in {FOLDER}", ("overwrote README.md",), Written(FOLDER), seconds=0.02),
    Outcome("install", Status.DONE, "ran uv sync, uv run pytest", seconds=72.6),
    Outcome("start", Status.SKIPPED, "the template has no start command"),
)

CREATED = Report(
    (
        ProjectReport(
            "acme/payments-api",
            MANIFEST,
            PLAN,
            Outcomes((*MADE, COMMITTED, PLACED, Outcome("push", Status.DONE, f"pushed main and v0.1.0 to {URL}", seconds=0.8), PUBLISHED)),
            seconds=84.3,
        ),
    )
)

REFUSED = Problem(
    "the push to acme/payments-api was refused: GH013\nRepository rule violations found for refs/heads/main.",
    Position("projects/payments-api.yml", 4, 13),
    "Ask an administrator of the organisation to let the robot bypass the rule, or push by hand.",
)
FAILED_PROJECT = ProjectReport(
    "acme/payments-api",
    MANIFEST,
    PLAN,
    Outcomes(
        (
            *MADE,
            COMMITTED,
            PLACED,
            Outcome("push", Status.FAILED, PUSH.title, seconds=0.6, problems=(REFUSED,)),
            Outcome("publish", Status.NOT_REACHED, PUBLISH.title),
        )
    ),
    (REFUSED,),
    exit_code=77,
    resume="robot-action create projects/payments-api.yml --trust",
)
PUSH_FAILED = Report((FAILED_PROJECT,))

_EXISTS = "the project exists already"
EXISTING_PROJECT = ProjectReport(
    "acme/payments-api",
    MANIFEST,
    Plan(
        "acme/payments-api",
        (PREPARE, *(Step(stage=step.stage, title=step.title, skip=_EXISTS) for step in STEPS[1:])),
        exists=True,
        differences=("visibility is internal, the manifest wants private", "team platform has no access, the manifest wants admin"),
    ),
    Outcomes(
        (
            MADE[0],
            *(Outcome(step.stage, Status.SKIPPED, _EXISTS) for step in STEPS[1:6]),
            Outcome("repository", Status.SKIPPED, "it exists", result=Placed("acme/payments-api", URL, CLONE_URL)),
            *(Outcome(step.stage, Status.SKIPPED, _EXISTS) for step in STEPS[7:]),
        )
    ),
)
EXISTING = Report((EXISTING_PROJECT,))

_LOCAL = RepositoryWanted("acme/ledger", HostKind.LOCAL, Path("/srv/forge"))
_LEDGER = replace(MANIFEST, name="ledger", repository=_LOCAL, destination=Path("/home/ada/ledger"), publish=(), tag=None)
LEDGER = ProjectReport(
    "acme/ledger",
    _LEDGER,
    Plan("acme/ledger", (PREPARE, RENDER, COMMIT_STEP)),
    Outcomes(
        (
            MADE[0],
            Outcome("render", Status.DONE, "7 files in /home/ada/ledger", result=Written(Path("/home/ada/ledger")), seconds=0.03),
            Outcome("commit", Status.DONE, "c0ffee1234 on main", result=Committed("c0ffee1234" * 4, "main"), seconds=0.1),
            Outcome(
                "repository",
                Status.DONE,
                "created",
                result=Placed("acme/ledger", "/srv/forge/acme/ledger.git", "/srv/forge/acme/ledger.git"),
            ),
        )
    ),
    seconds=0.2,
)
TWO = Report((LEDGER, FAILED_PROJECT))

DRY_RUN = Report(
    (
        ProjectReport(
            "acme/payments-api",
            MANIFEST,
            replace(PLAN, steps=(*STEPS[:4], replace(START, skip="the template has no start command"), *STEPS[5:])),
        ),
    ),
    dry_run=True,
)
BROKEN = ProjectReport(
    "projects/broken.yml",
    problems=(
        Problem("there is no key 'repositry'", Position("projects/broken.yml", 3, 1), "did you mean 'repository'?"),
        Problem("schema is missing", Position("projects/broken.yml", 1)),
    ),
    exit_code=65,
    file="projects/broken.yml",
)
DRY_RUN_BROKEN = Report((BROKEN, replace(EXISTING_PROJECT, outcomes=Outcomes())), dry_run=True)

ALL = {
    "created": CREATED,
    "push-failed": PUSH_FAILED,
    "existing": EXISTING,
    "two-projects": TWO,
    "dry-run": DRY_RUN,
    "dry-run-broken": DRY_RUN_BROKEN,
}
