"""Values that the planning tests share: a manifest, a template, and facts about a project in every state."""

from dataclasses import replace
from pathlib import Path

from robot_action.model.facts import Destination, DestinationKind, Facts, LocalRepository, Machine, Release, Repository
from robot_action.model.manifest import IndexKind, Manifest, Origin, PublishTarget, RepositoryWanted
from robot_action.model.request import STAGES, CreateRequest, Trust
from robot_action.model.source import Source, SourceKind
from robot_action.model.state import STATE_FILE
from robot_action.model.template import Command, Commands, Rendering, Specification, Start, Template
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.planning.identity import commit_message, expected_state, full_state

OWN_STAGES = tuple(stage for stage in STAGES if stage != "tasks")
"""The stages of a project whose template is of our own format: only others have tasks."""
DESTINATION = Path("/projects/demo")
SOURCE = Source(SourceKind.GIT, "https://git.example/acme/templates", "https://git.example/acme/templates")
TARGET = PublishTarget(IndexKind.LOCAL, path=Path("/index"))
MANIFEST = Manifest(
    name="demo",
    template=SOURCE,
    destination=DESTINATION,
    data={"colour": "red"},
    repository=RepositoryWanted("acme/demo"),
    publish=(TARGET,),
    tag="v0.1.0",
    origins={"data.colour": Origin.MANIFEST},
    digest="sha256:" + "1" * 64,
)
SPECIFICATION = Specification("service", install=Commands((Command(("make", "setup")),)), start=Start(Command(("make", "run"))))
TEMPLATE = Template(SOURCE, SPECIFICATION, Tree({"template.yml": Entry(Mode.FILE, b"name: service")}), "2.1.0", "c" * 40)
RENDERING = Rendering(
    Tree({"README.md": Entry(Mode.FILE, b"# demo")}),
    {"colour": "red"},
    {"colour": "red"},
    install=SPECIFICATION.install,
    start=SPECIFICATION.start,
)
MACHINE = Machine("0.1.0", "3.11.2", Path("/home"), Path("/cache"), isolated=True, isolation_note="as user 64198")
STATE = full_state(MANIFEST, TEMPLATE, RENDERING)
WANTED = RENDERING.tree.with_entries({STATE_FILE: Entry(Mode.FILE, b"state")})
HEAD = "a" * 40

REQUEST = CreateRequest(MANIFEST, epoch=1_700_000_000, trust=Trust(patterns=(SOURCE.normalised,)))

NOTHING = Facts(
    machine=MACHINE,
    template=TEMPLATE,
    rendering=RENDERING,
    wanted=WANTED,
    state=STATE,
    destination=Destination(DESTINATION, DestinationKind.NEW),
    releases=(Release(TARGET, "demo", "0.1.0"),),
)
"""Nothing was made yet."""

RENDERED = replace(NOTHING, destination=Destination(DESTINATION, DestinationKind.OURS, STATE))
"""The project was written, and no more."""

COMMITTED = replace(RENDERED, local=LocalRepository(HEAD, "main", STATE, tags={"v0.1.0": HEAD}))
"""It was committed, and is on no host."""

REPOSITORY = Repository("acme/demo", "https://git.example/acme/demo", "https://git.example/acme/demo.git")
EMPTY = replace(COMMITTED, repository=REPOSITORY)
"""Its repository was created, and nothing was pushed."""

FULL = replace(REPOSITORY, heads={"main": HEAD}, state=STATE, head_message=commit_message(MANIFEST, TEMPLATE))
PUSHED = replace(COMMITTED, repository=FULL)
"""It was pushed."""

ELSEWHERE = Facts(
    machine=MACHINE,
    state=expected_state(MANIFEST),
    destination=Destination(DESTINATION, DestinationKind.NEW),
    repository=FULL,
)
"""It was pushed from another machine; here is nothing of it."""
