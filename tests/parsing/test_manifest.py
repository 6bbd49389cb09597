from __future__ import annotations

import contextlib
import json
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from robot_action.errors import InputError, Position, UsageError
from robot_action.model.manifest import Author, HostKind, IndexKind, Manifest, MergeSettings, Origin, PublishTarget, RepositoryWanted
from robot_action.model.source import Source, SourceKind
from robot_action.model.template import Command, Commands
from robot_action.parsing.answers_data import GivenAnswers, parse_pairs
from robot_action.parsing.manifest import check_together, parse_manifests
from robot_action.parsing.manifest_flags import manifest_from_flags, with_flags
from robot_action.parsing.source import parse_source
from tests.parsing.strategies import almost_yaml, yaml_texts

ROOT = Path("/srv/platform")
FOLDER = ROOT / "projects"
EXAMPLES = Path(__file__).parents[2] / "examples"
COMMON = b"""\
schema: 1
repository: acme/payments-api     # name and destination follow from it
template: ../templates/service
description: Takes payments
data: {framework: fastapi}
"""

FULL = b"""\
schema: 1
name: payments-api
kind: project
version: 0.2.0
description: Takes payments
template: gh:acme/templates@v2.1.0#subdirectory=python-service
data: {framework: fastapi, size: 3}
destination: ../out/payments-api
install: {commands: [uv sync, [make, all]], timeout: 20m}
author: {name: Acme Robot, email: robot@acme.example}
repository:
  host: github
  name: acme/payments
  visibility: internal
  description: For the repository
  homepage: https://acme.example
  topics: [service, service, python]
  default-branch: trunk
  merge: {squash: true, merge-commit: false, rebase: false, auto-merge: true, delete-branch: true}
  teams: {platform: maintain}
  collaborators: {octocat: push}
publish:
  - {to: pypi, url: https://index.acme.example/legacy/, index: https://index.acme.example/simple/}
  - {to: local, path: ../out/index}
tag: release-{version}
requires: ">=0.1,<2"
"""


def parse(text: bytes | str, root: Path = ROOT) -> tuple[Manifest, ...]:
    return parse_manifests(text if isinstance(text, bytes) else text.encode(), "m.yml", FOLDER, root)


def one(text: bytes | str) -> Manifest:
    (manifest,) = parse(text)
    return manifest


def refused(text: bytes | str) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse(text)
    return [f"{problem.position}: {problem.message}" for problem in caught.value.problems]


def test_the_common_form() -> None:
    manifest = one(COMMON)
    assert manifest.name == "payments-api"
    assert manifest.project == "acme/payments-api"
    assert manifest.template == Source(SourceKind.DIRECTORY, "/srv/platform/templates/service", "../templates/service")
    assert manifest.destination == FOLDER / "payments-api"
    assert manifest.repository == RepositoryWanted("acme/payments-api", description="Takes payments")
    assert (manifest.kind, manifest.version, manifest.install, manifest.author, manifest.publish, manifest.tag, manifest.requires) == (
        *(None, "0.1.0", None, None, (), None, None),
    )
    assert manifest.data == {"framework": "fastapi"}
    assert manifest.position == Position("m.yml", 1, 1)


def test_the_form_with_everything() -> None:
    manifest = one(FULL)
    assert manifest == Manifest(
        name="payments-api",
        kind="project",
        version="0.2.0",
        description="Takes payments",
        template=Source(
            SourceKind.GIT,
            "https://github.com/acme/templates",
            "gh:acme/templates@v2.1.0#subdirectory=python-service",
            ref="v2.1.0",
            subdirectory="python-service",
        ),
        data={"framework": "fastapi", "size": 3},
        destination=ROOT / "out/payments-api",
        install=Commands(
            (Command(("uv", "sync"), Position("m.yml", 9, 22)), Command(("make", "all"), Position("m.yml", 9, 31))),
            1200.0,
        ),
        author=Author("Acme Robot", "robot@acme.example"),
        repository=RepositoryWanted(
            name="acme/payments",
            host=HostKind.GITHUB,
            visibility="internal",
            description="For the repository",
            homepage="https://acme.example",
            topics=("service", "python"),
            default_branch="trunk",
            merge=MergeSettings(squash=True, merge_commit=False, rebase=False, auto_merge=True, delete_branch=True),
            teams={"platform": "maintain"},
            collaborators={"octocat": "push"},
        ),
        publish=(
            PublishTarget(
                IndexKind.PYPI,
                "https://index.acme.example/legacy/",
                "https://index.acme.example/simple/",
                position=Position("m.yml", 23, 5),
            ),
            PublishTarget(IndexKind.LOCAL, path=ROOT / "out/index", position=Position("m.yml", 24, 5)),
        ),
        tag="release-0.2.0",
        requires="<2,>=0.1",
        origins=manifest.origins,
        position=Position("m.yml", 1, 1),
        document=1,
        positions=manifest.positions,
        digest=manifest.digest,
    )


@pytest.mark.parametrize("file", sorted(EXAMPLES.glob("projects/*.yml")), ids=lambda file: file.stem)
def test_the_manifests_that_ship_are_read(file: Path) -> None:
    (manifest,) = parse_manifests(file.read_bytes(), str(file), file.parent, EXAMPLES.parent)
    assert Path(manifest.template.location).is_dir()


def test_each_document_is_a_project() -> None:
    text = "schema: 1\nname: a\ntemplate: ./t\n---\n---\nschema: 1\nname: b\ntemplate: ./t\n"
    assert [(manifest.name, manifest.position) for manifest in parse(text)] == [
        ("a", Position("m.yml", 1, 1)),
        ("b", Position("m.yml", 6, 1)),
    ]


def test_a_file_without_a_manifest_is_refused() -> None:
    assert refused("# nothing\n---\n") == ["m.yml: the file has no manifest"]


def test_values_are_data_and_nothing_is_interpolated() -> None:
    text = """\
schema: 1
name: a
template: ./t
description: '{{ x }} ${HOME} %(x)s'
install: ["echo '${HOME}' {{ x }}"]
data: {a: '${HOME}'}
"""
    manifest = one(text)
    assert manifest.description == "{{ x }} ${HOME} %(x)s"
    assert manifest.install is not None
    assert manifest.install.commands[0].arguments == ("echo", "${HOME}", "{{", "x", "}}")
    assert manifest.data == {"a": "${HOME}"}


@pytest.mark.parametrize(("tag", "expected"), [("true", "v0.1.0"), ("false", None), ("rel/{version}", "rel/0.1.0")])
def test_the_tag_follows_the_version(tag: str, expected: str | None) -> None:
    assert one(f"schema: 1\nname: a\ntemplate: ./t\ntag: {tag}\n").tag == expected


@pytest.mark.parametrize(
    ("version", "publish", "expected"),
    [("v1.2", "", "1.2"), ("1.0.0-rc.1", "", "1.0.0-rc.1"), ("1.0.0-rc.1", "publish: [{to: pypi}]", "1.0.0rc1"), ("1.0RC1", "", "1.0rc1")],
)
def test_versions_are_normalised_for_where_they_go(version: str, publish: str, expected: str) -> None:
    assert one(f"schema: 1\nname: a\ntemplate: ./t\nversion: {version}\n{publish}\n").version == expected


def test_the_digest_is_over_values_alone() -> None:
    reordered = b"""\
# a comment
data:
  framework: 'fastapi'
template: ../templates/service
repository: acme/payments-api
schema: 1
description: Takes payments
"""
    assert one(reordered).digest == one(COMMON).digest
    assert one(COMMON.replace(b"fastapi", b"flask")).digest != one(COMMON).digest
    assert one(COMMON).digest.startswith("sha256:")


def test_every_value_has_an_origin() -> None:
    origins = one(COMMON).origins
    assert {key: origins[key] for key in ("name", "destination", "repository.description")} == dict.fromkeys(
        ("name", "destination", "repository.description"), Origin.DERIVED
    )
    assert origins["repository.name"] == origins["template"] == origins["data.framework"] == Origin.MANIFEST
    assert origins["version"] == origins["repository.visibility"] == origins["repository.default-branch"] == Origin.DEFAULT
    assert origins["kind"] == origins["install"] == Origin.TEMPLATE
    assert set(one(FULL).origins.values()) == {Origin.MANIFEST}
    assert one(b"schema: 1\nrepository: {name: a/b}\ntemplate: ./t\n").origins["repository.description"] == Origin.DEFAULT


def test_every_written_key_has_a_place() -> None:
    positions = one(FULL).positions
    assert positions["repository.visibility"] == Position("m.yml", 14, 3)
    assert positions["repository.topics.1"] == Position("m.yml", 17, 21)
    assert positions["data.size"] == Position("m.yml", 7, 28)
    assert "repository.path" not in positions


def test_every_error_of_every_document_is_told_at_once() -> None:
    text = """\
schema: 1
name: 3x
kind: componnt
version: 1.10
destinaton: ./x
destination: ../../x
template: service
---
schema: 1
repository: acme/x
kind: component
template: https://me:hunter2@acme.example/t
---
a: [
"""
    problems = refused(text)
    assert problems[:-1] == [
        "m.yml:2:7: name: '3x' is no valid name",
        "m.yml:3:7: kind: 'componnt' is not known here",
        "m.yml:4:10: '1.10' is read as the number 1.1",
        "m.yml:5:1: unknown key 'destinaton'",
        "m.yml:6:14: destination: the path '../../x' must lie below '/srv/platform', but leads out of it",
        "m.yml:7:11: template: 'service' is the name of a catalog's template, and catalogs are not supported yet by this version",
        "m.yml:11:7: kind: a component needs a description",
        "m.yml:12:11: template: the source's URL holds a user name, token or password",
    ]
    assert problems[-1].startswith("m.yml:15:1: a '[' or '{' above is not closed")
    assert "hunter2" not in "".join(problems)


def test_a_name_that_leads_nowhere_is_told_at_the_destination() -> None:
    assert parse_manifests(b"schema: 1\nname: a\ntemplate: ./t\n", "m.yml", FOLDER)[0].destination == FOLDER / "a"
    with pytest.raises(InputError, match=r"destination: the path './a' must lie below"):
        parse_manifests(b"schema: 1\nname: a\ntemplate: ./t\n", "m.yml", FOLDER, Path("/elsewhere"))


def test_without_a_root_nothing_leaves_the_manifests_folder() -> None:
    with pytest.raises(InputError, match="must lie below '/srv/platform/projects'"):
        parse_manifests(b"schema: 1\nname: a\ntemplate: ./t\ndestination: ../a\n", "m.yml", FOLDER)


def two(first: str, second: str) -> str:
    return f"schema: 1\ntemplate: ./t\n{first}\n---\nschema: 1\ntemplate: ./t\n{second}\n"


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("name: a", "name: a", ["m.yml:5:1: the destination '/srv/platform/projects/a' is another manifest's too"]),
        ("name: a", "name: A", ["m.yml:5:1: the destination '/srv/platform/projects/A' is another manifest's too"]),
        ("name: a", "name: b\ndestination: ./a", ["m.yml:8:1: the destination '/srv/platform/projects/a' is another manifest's too"]),
        (
            "name: a\nrepository: acme/x",
            "name: b\nrepository: Acme/X",
            ["m.yml:9:1: the repository 'Acme/X' is another manifest's too"],
        ),
        (
            "name: a\nrepository: {host: local, path: ./f, name: acme/x}",
            "name: b\nrepository: {host: local, path: ./f, name: acme/x}",
            ["m.yml:9:1: the repository 'acme/x' is another manifest's too"],
        ),
    ],
)
def test_two_projects_cannot_want_the_same(first: str, second: str, said: list[str]) -> None:
    assert refused(two(first, second)) == said


def test_other_hosts_and_folders_are_others() -> None:
    text = two("name: a\nrepository: {host: local, path: ./f, name: acme/x}", "name: b\nrepository: acme/x")
    assert len(parse(text)) == 2
    assert (
        len(
            parse(
                two("name: a\nrepository: {host: local, path: ./f, name: c/x}", "name: b\nrepository: {host: local, path: ./g, name: c/x}")
            )
        )
        == 2
    )


def test_manifests_of_several_files_are_checked_together() -> None:
    first = parse_manifests(COMMON, "one.yml", FOLDER, ROOT)
    second = parse_manifests(COMMON, "two.yml", FOLDER, ROOT)
    assert check_together(first) == ()
    problems = check_together([*first, *second])
    assert [(str(problem.position), problem.hint) for problem in problems] == [
        ("two.yml:1:1", "The other one is at one.yml:1:1."),
        ("two.yml:2:1", "The other one is at one.yml:1:1."),
    ]


TEMPLATE = parse_source("gh:acme/t@v1", FOLDER)


def test_flags_alone_make_a_manifest() -> None:
    manifest = manifest_from_flags(template=TEMPLATE, destination=Path("/home/me/demo"), data=parse_pairs(["a=1"]))
    assert (manifest.name, manifest.destination, manifest.data, manifest.position) == ("demo", Path("/home/me/demo"), {"a": "1"}, None)
    assert {key for key, origin in manifest.origins.items() if origin is Origin.FLAG} == {"template", "destination", "data.a"}
    assert manifest.origins["name"] is Origin.DERIVED


def test_the_digest_of_flags_tells_nothing_about_answers() -> None:
    one_digest = manifest_from_flags(template=TEMPLATE, destination=Path("/x/demo"), data=parse_pairs(["password=hunter2"])).digest
    assert one_digest == manifest_from_flags(template=TEMPLATE, destination=Path("/y/demo"), data=GivenAnswers()).digest
    assert one_digest != manifest_from_flags(template=TEMPLATE, destination=Path("/x/other"), data=GivenAnswers()).digest


@pytest.mark.parametrize("name", ["3x", "a.b", "a b", ""])
def test_a_folder_whose_name_is_no_projects_name_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="the project is called as its folder, but"):
        manifest_from_flags(template=TEMPLATE, destination=Path("/") / name, data=GivenAnswers())


def test_flags_go_over_the_manifest() -> None:
    manifest = one(FULL)
    changed = with_flags(manifest, data=parse_pairs(["size=4", "new=x"]), ref=">=3", destination=Path("/home/me/p"))
    assert changed.data == {"framework": "fastapi", "size": "4", "new": "x"}
    assert (changed.template.ref, changed.template.versions, changed.template.subdirectory) == (None, ">=3", "python-service")
    assert changed.destination == Path("/home/me/p")
    assert (changed.name, changed.digest) == (manifest.name, manifest.digest)
    flagged = {"data.size": "--data size", "data.new": "--data new", "ref": "--ref", "destination": "--destination"}
    assert changed.positions == {**manifest.positions, **{key: Position(flag) for key, flag in flagged.items()}}
    flags = {key for key, origin in changed.origins.items() if origin is Origin.FLAG}
    assert flags == {"data.size", "data.new", "template", "destination"}
    assert manifest.data == {"framework": "fastapi", "size": 3}


def test_without_flags_nothing_changes() -> None:
    assert with_flags(one(FULL)) == one(FULL)


def test_an_index_by_flag_is_where_packages_for_pypi_go_that_name_no_address() -> None:
    publish = (
        PublishTarget(IndexKind.PYPI),
        PublishTarget(IndexKind.PYPI, "https://index.acme.example/legacy/"),
        PublishTarget(IndexKind.LOCAL, path=Path("/index")),
    )
    manifest = replace(one(FULL), publish=publish)
    changed = with_flags(manifest, index="https://other.example/legacy/")
    assert changed.publish == (replace(publish[0], url="https://other.example/legacy/"), *publish[1:])
    assert changed.origins["publish"] is Origin.FLAG


@pytest.mark.parametrize("index", ["nowhere", "ftp://index.example/", "https://me:secret@index.example/"])
def test_an_index_by_flag_is_the_address_of_a_server(index: str) -> None:
    with pytest.raises(UsageError, match=r"^the index: ") as caught:
        with_flags(one(FULL), index=index)
    assert "secret" not in str(caught.value)


def test_a_template_by_flag_takes_the_ref_by_flag() -> None:
    assert with_flags(one(FULL), template=TEMPLATE).template == TEMPLATE
    assert with_flags(one(FULL), template=TEMPLATE, ref="main").template.ref == "main"
    assert with_flags(one(FULL), template=TEMPLATE).positions["template"] == Position("--template")
    with pytest.raises(InputError, match=r"^--ref: "):
        with_flags(one(FULL), ref="--upload-pack=x")


KEYS = [
    *(
        "schema",
        "name",
        "kind",
        "version",
        "description",
        "template",
        "data",
        "destination",
        "install",
        "commands",
        "timeout",
        "author",
        "email",
    ),
    *(
        "repository",
        "host",
        "path",
        "visibility",
        "topics",
        "default-branch",
        "merge",
        "squash",
        "teams",
        "publish",
        "to",
        "url",
        "tag",
        "requires",
    ),
]


@settings(max_examples=250, deadline=2000)
@given(almost_yaml() | yaml_texts(KEYS))
def test_any_bytes_are_manifests_or_refused(text: bytes) -> None:
    with contextlib.suppress(InputError):
        assert all(isinstance(manifest, Manifest) for manifest in parse(text))


FIELDS = st.fixed_dictionaries(
    {
        "schema": st.just(1),
        "template": st.sampled_from(["./t", "gh:a/b@v1", "git@h:x"]),
        "name": st.from_regex(r"[a-z]{1,5}", fullmatch=True),
    },
    optional={
        "destination": st.text(alphabet="ab./-", max_size=8),
        "version": st.sampled_from(["1.0.0", "v2", "1.0.0-x"]),
        "description": st.text(max_size=20),
        "data": st.dictionaries(st.text(max_size=4), st.integers() | st.text(max_size=4), max_size=3),
        "repository": st.just("a/b")
        | st.fixed_dictionaries({"host": st.just("local"), "name": st.just("a/b"), "path": st.text(alphabet="ab./", max_size=6)}),
        "install": st.lists(st.text(alphabet="ab &'", max_size=6), max_size=2),
        "tag": st.booleans(),
    },
)


@settings(max_examples=150, deadline=2000)
@given(FIELDS)
def test_no_manifest_writes_outside_of_the_root(value: dict[str, object]) -> None:
    with contextlib.suppress(InputError):
        manifest = one(yaml.safe_dump(value, allow_unicode=True).encode())
        paths = [manifest.destination, *([manifest.repository.path] if manifest.repository and manifest.repository.path else [])]
        assert all(path.is_relative_to(ROOT) and path != ROOT and ".." not in path.parts for path in paths)
        json.dumps(dict(manifest.data))
