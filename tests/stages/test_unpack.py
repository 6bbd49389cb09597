"""The stage that goes on with what another job packed."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from robot_action.errors import FailedError, InputError, NotPermittedError
from robot_action.exchange import BundleWanted
from robot_action.model.facts import Destination, DestinationKind, Facts
from robot_action.model.manifest import Manifest, RepositoryWanted
from robot_action.model.plan import Status, UnpackStep
from robot_action.model.report import Outcomes
from robot_action.model.request import CreateRequest
from robot_action.model.source import Source, SourceKind
from robot_action.model.state import STATE_FILE
from robot_action.parsing.handover import Handover, dump_handover
from robot_action.parsing.state_file import dump_state
from robot_action.planning.identity import expected_state
from robot_action.ports import Ports
from robot_action.stages import unpack
from tests.testbed.bare import git
from tests.testbed.git_bed import DATE, make_client, make_ports, wanted, write_files

MANIFEST = Manifest(
    name="demo",
    template=Source(SourceKind.GIT, "https://git.example/acme/t", "gh:acme/t"),
    destination=Path("/nowhere/demo"),
    repository=RepositoryWanted("acme/demo"),
)
STATE = expected_state(MANIFEST)


@pytest.fixture
def ports(tmp_path: Path) -> Ports:
    return make_ports(tmp_path, make_client())


@pytest.fixture
def request_(tmp_path: Path, ports: Ports) -> CreateRequest:
    """A request for what lies packed in a folder, with one built file."""
    source = write_files(tmp_path / "source", {STATE_FILE: dump_state(STATE), "a": "a"})
    client = make_client()
    commit = client.commit(wanted(source, client))
    bundle = ports.git.bundle(BundleWanted(source, commit, "main"))
    handover = dump_handover(
        Handover("acme/demo", commit, "main", {"x.whl": "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"})
    )
    write_files(tmp_path / "packed/acme/demo", {"project.bundle": bundle, "handover.json": handover, "x.whl": "x"})
    manifest = replace(MANIFEST, destination=tmp_path / "demo")
    return CreateRequest(manifest, DATE, unpack=tmp_path / "packed")


def facts_for(request: CreateRequest, kind: DestinationKind = DestinationKind.NEW, **more: Any) -> Facts:
    return Facts(state=STATE, destination=Destination(request.manifest.destination, kind), **more)


def test_a_run_that_unpacks_nothing_finds_nothing_out(ports: Ports, request_: CreateRequest) -> None:
    facts = facts_for(request_)
    assert unpack.inspect(ports, replace(request_, unpack=None), facts) is facts


def test_what_is_packed_counts_as_the_projects_folder(ports: Ports, request_: CreateRequest) -> None:
    facts = unpack.inspect(ports, request_, facts_for(request_))
    assert facts.pack is not None
    assert facts.pack.files == {"x.whl": b"x"}
    assert (facts.local, facts.destination and facts.destination.kind) == (facts.pack.local, DestinationKind.OURS)
    assert not request_.manifest.destination.exists()


def test_it_becomes_the_projects_folder(ports: Ports, request_: CreateRequest) -> None:
    pack = unpack.inspect(ports, request_, facts_for(request_)).pack
    assert pack is not None
    folder = request_.manifest.destination
    step = UnpackStep(stage="unpack", title="", bundle=pack.bundle, commit=pack.local.head, branch="main", destination=folder)
    assert unpack.apply(ports, step, Outcomes()).status is Status.DONE
    assert git(folder, "rev-parse", "HEAD") == pack.local.head
    again = unpack.inspect(ports, request_, facts_for(request_, DestinationKind.OURS, local=ports.git.inspect(folder)))
    assert again.pack is not None
    assert again.pack.unpacked


@pytest.mark.parametrize("kind", [DestinationKind.FREE, DestinationKind.FOREIGN])
def test_what_stands_in_its_place_is_left_alone(ports: Ports, request_: CreateRequest, kind: DestinationKind) -> None:
    with pytest.raises(NotPermittedError, match="is there already"):
        unpack.inspect(ports, request_, facts_for(request_, kind))


def test_another_commit_in_the_folder_is_told(ports: Ports, request_: CreateRequest) -> None:
    with pytest.raises(FailedError, match="holds another commit"):
        unpack.inspect(ports, request_, facts_for(request_, DestinationKind.OURS))


@pytest.mark.parametrize(
    ("change", "words"),
    [({"project": "acme/other"}, "same project and commit"), ({"commit": "0" * 40}, "same project"), ({"branch": "x"}, "same project")],
)
def test_a_handover_that_tells_something_else_is_refused(
    ports: Ports, request_: CreateRequest, tmp_path: Path, change: dict[str, str], words: str
) -> None:
    file = tmp_path / "packed/acme/demo/handover.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    with pytest.raises(InputError, match=words):
        unpack.inspect(ports, request_, facts_for(request_))


def test_another_commit_than_the_one_that_was_told_is_refused(ports: Ports, request_: CreateRequest) -> None:
    with pytest.raises(InputError, match="is wanted"):
        unpack.inspect(ports, replace(request_, commit="0" * 40), facts_for(request_))


def test_another_template_is_another_project(ports: Ports, request_: CreateRequest) -> None:
    other = replace(MANIFEST, template=replace(MANIFEST.template, location="https://git.example/acme/other"))
    facts = replace(facts_for(request_), state=expected_state(other))
    with pytest.raises(InputError, match="another project than the manifest's"):
        unpack.inspect(ports, request_, facts)


@pytest.mark.parametrize(("content", "words"), [(None, "is missing"), ("y", "not the one that was packed")])
def test_a_built_file_that_does_not_fit_is_refused(
    ports: Ports, request_: CreateRequest, tmp_path: Path, content: str | None, words: str
) -> None:
    file = tmp_path / "packed/acme/demo/x.whl"
    file.unlink()
    if content:
        file.write_text(content)
    with pytest.raises(InputError, match=words):
        unpack.inspect(ports, request_, facts_for(request_))


def test_nothing_packed_is_told_with_what_to_name(ports: Ports, request_: CreateRequest, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"(?s)there is no packed project acme/demo in .*--pack named"):
        unpack.inspect(ports, replace(request_, unpack=tmp_path), facts_for(request_))
