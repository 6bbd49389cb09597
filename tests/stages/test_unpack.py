"""The stage that goes on with what another job packed."""

from __future__ import annotations

import hashlib
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
from robot_action.parsing.handover import Handover, digest_of, dump_handover
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


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def request_(tmp_path: Path, ports: Ports) -> CreateRequest:
    """A request for what lies packed in a folder, with one built file."""
    source = write_files(tmp_path / "source", {STATE_FILE: dump_state(STATE), "a": "a"})
    client = make_client()
    commit = client.commit(wanted(source, client))
    bundle = ports.git.bundle(BundleWanted(source, commit, "main"))
    handover = dump_handover(Handover("acme/demo", commit, "main", sha256(bundle), {"x.whl": sha256(b"x")}))
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
    [
        ({"project": "acme/other"}, "same project and commit"),
        ({"commit": "0" * 40}, "same project"),
        ({"branch": "x"}, "same project"),
        ({"bundle": "0" * 64}, "same project"),
    ],
)
def test_a_handover_that_tells_something_else_is_refused(
    ports: Ports, request_: CreateRequest, tmp_path: Path, change: dict[str, str], words: str
) -> None:
    file = tmp_path / "packed/acme/demo/handover.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), **change}))
    with pytest.raises(InputError, match=words):
        unpack.inspect(ports, request_, facts_for(request_))


def test_only_what_the_other_job_told_is_unpacked(ports: Ports, request_: CreateRequest, tmp_path: Path) -> None:
    digest = digest_of((tmp_path / "packed/acme/demo/handover.json").read_bytes())
    assert unpack.inspect(ports, replace(request_, digests=(f"sha256:{'0' * 64}", digest)), facts_for(request_)).pack
    with pytest.raises(InputError, match="is wanted"):
        unpack.inspect(ports, replace(request_, digests=(f"sha256:{'0' * 64}",)), facts_for(request_))


def test_a_package_that_was_exchanged_with_its_digest_is_refused(ports: Ports, request_: CreateRequest, tmp_path: Path) -> None:
    folder = tmp_path / "packed/acme/demo"
    told = digest_of((folder / "handover.json").read_bytes())
    text = (folder / "handover.json").read_text().replace(sha256(b"x"), sha256(b"evil"))
    write_files(folder, {"x.whl": "evil", "handover.json": text})
    assert unpack.inspect(ports, request_, facts_for(request_)).pack, "by itself it fits"
    with pytest.raises(InputError, match="is not what was packed"):
        unpack.inspect(ports, replace(request_, digests=(told,)), facts_for(request_))


def repack(request: CreateRequest, files: dict[str, str], branch: str = "main", tags: tuple[str, ...] = (), staged: str = "") -> None:
    """Put another commit, with a handover that fits, in the place of the packed one; plain git refuses nothing."""
    assert request.unpack
    source, packed = write_files(request.unpack.parent / "other", files), request.unpack / "acme/demo"
    git(source, "init", "--quiet")
    git(source, "symbolic-ref", "HEAD", f"refs/heads/{branch}")
    git(source, "add", "--all")
    if staged:
        git(source, "update-index", "--add", "--cacheinfo", staged)
    git(source, "-c", "user.name=a", "-c", "user.email=a@b", "commit", "--quiet", "--message=x")
    for name in tags:
        git(source, "tag", name)
    git(source, "bundle", "create", "--quiet", str(packed / "project.bundle"), "--branches", "--tags")
    digest = sha256((packed / "project.bundle").read_bytes())
    write_files(packed, {"handover.json": dump_handover(Handover("acme/demo", git(source, "rev-parse", "HEAD"), branch, digest))})


def test_another_branch_than_the_manifests_is_refused(ports: Ports, request_: CreateRequest) -> None:
    repack(request_, {STATE_FILE: dump_state(STATE)}, branch="--upload-pack=x")
    with pytest.raises(InputError, match="holds the branch '--upload-pack=x', which is not the manifest's"):
        unpack.inspect(ports, request_, facts_for(request_))


def test_without_a_repository_any_branch_will_do(ports: Ports, request_: CreateRequest) -> None:
    manifest = replace(request_.manifest, name="acme/demo", repository=None)
    state = expected_state(manifest)
    repack(request_, {STATE_FILE: dump_state(state)}, branch="trunk")
    facts = unpack.inspect(ports, replace(request_, manifest=manifest), replace(facts_for(request_), state=state))
    assert facts.local is not None
    assert (facts.local.state, facts.local.branch) == (state, "trunk")


@pytest.mark.parametrize(("tags", "wanted_tag"), [(("v9",), None), (("v1",), "v2"), (("v1", "v2"), "v1")])
def test_tags_that_the_manifest_does_not_want_are_refused(
    ports: Ports, request_: CreateRequest, tags: tuple[str, ...], wanted_tag: str | None
) -> None:
    repack(request_, {STATE_FILE: dump_state(STATE)}, tags=tags)
    request = replace(request_, manifest=replace(request_.manifest, tag=wanted_tag))
    with pytest.raises(InputError, match=r"holds the tag 'v[0-9]', which is not the manifest's"):
        unpack.inspect(ports, request, facts_for(request))


def test_a_tag_on_another_commit_is_refused(ports: Ports, request_: CreateRequest) -> None:
    files = {STATE_FILE: dump_state(STATE)}
    repack(request_, files, tags=("v1",))
    repack(request_, {**files, "later": "x"})
    request = replace(request_, manifest=replace(request_.manifest, tag="v1"))
    with pytest.raises(InputError, match="holds the tag 'v1'"):
        unpack.inspect(ports, request, facts_for(request))


@pytest.mark.parametrize("files", [{"a": "a"}, {STATE_FILE: "{{"}, {STATE_FILE: "schema: 1\nproject: acme/other\ntemplates: []\n"}])
def test_a_commit_without_this_projects_state_file_is_refused(ports: Ports, request_: CreateRequest, files: dict[str, str]) -> None:
    repack(request_, files)
    with pytest.raises(InputError):
        unpack.inspect(ports, request_, facts_for(request_))


@pytest.mark.parametrize(
    ("path", "target", "words"),
    [("l", "../../outside", "outside of the tree"), ("l", "/etc/passwd", "links to '/etc/passwd'"), ("A", None, "one file where case")],
)
def test_a_tree_that_may_not_be_written_is_refused(
    ports: Ports, request_: CreateRequest, tmp_path: Path, path: str, target: str | None, words: str
) -> None:
    (tmp_path / "other").mkdir()
    if target:
        (tmp_path / "other" / path).symlink_to(target)
    else:
        write_files(tmp_path / "other", {path: "1", path.lower(): "2"})
    repack(request_, {STATE_FILE: dump_state(STATE)})
    with pytest.raises(InputError, match=words):
        unpack.inspect(ports, request_, facts_for(request_))
    assert not request_.manifest.destination.exists()


def test_a_submodule_is_refused(ports: Ports, request_: CreateRequest) -> None:
    repack(request_, {STATE_FILE: dump_state(STATE)}, staged=f"160000,{'1' * 40},sub")
    with pytest.raises(InputError, match="1111"):
        unpack.inspect(ports, request_, facts_for(request_))


def test_built_files_have_a_size_together(ports: Ports, request_: CreateRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpack, "MAX_FILES_BYTES", 0)
    with pytest.raises(InputError, match=r"x\.whl is larger than 0 bytes"):
        unpack.inspect(ports, request_, facts_for(request_))


def test_a_folder_that_is_a_link_is_read_and_a_file_that_is_one_is_not(ports: Ports, request_: CreateRequest, tmp_path: Path) -> None:
    (tmp_path / "packed").rename(tmp_path / "elsewhere")
    (tmp_path / "packed").symlink_to("elsewhere")
    assert unpack.inspect(ports, request_, facts_for(request_)).pack
    for name in ("x.whl", "project.bundle", "handover.json"):
        file = tmp_path / "packed/acme/demo" / name
        file.rename(tmp_path / name)
        file.symlink_to(tmp_path / name)
        with pytest.raises(InputError, match=r"is a symbolic link|is no bundle"):
            unpack.inspect(ports, request_, facts_for(request_))


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
