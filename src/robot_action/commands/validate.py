"""validate: what manifests say, and as far as this machine alone can tell, whether they can be had. Nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from robot_action.commands.manifests import ManifestFile, load_manifests
from robot_action.errors import InputError, Problem, RobotActionError
from robot_action.model.manifest import Manifest
from robot_action.model.source import SourceKind
from robot_action.model.template import Specification
from robot_action.model.tree import Entry, Mode, Tree
from robot_action.parsing.formats.native import parse_native
from robot_action.parsing.formats.recognise import FILE, read_specification, recognise
from robot_action.parsing.wording import suggestion
from robot_action.ports import Files
from robot_action.sources.folder import find_folder
from robot_action.stages.fetch import check_template
from robot_action.stages.prepare import check_requires

_LIMIT = 1 << 20


def validate(files: Files, names: Sequence[str], root: Path, version: str) -> tuple[ManifestFile, ...]:
    """Read manifests, and compare them with the running version and with the templates that are folders.

    Args:
        files: where they are read.
        names: as for `load_manifests`.
        root: as for `load_manifests`.
        version: the running robot-action's.

    Raises:
        UsageError: when a name matches nothing.
    """
    return tuple(
        replace(file, problems=(*file.problems, *_problems(files, file.manifests, version))) for file in load_manifests(files, names, root)
    )


def _problems(files: Files, manifests: Sequence[Manifest], version: str) -> Iterator[Problem]:
    for manifest in manifests:
        try:
            check_requires(lambda: version, manifest.requires, "the manifest", manifest.positions.get("requires"))
            _check_folder(files, manifest, version)
        except RobotActionError as error:
            place = manifest.positions.get("template", manifest.position)
            yield from (replace(problem, position=problem.position or place) for problem in error.problems)


def _check_folder(files: Files, manifest: Manifest, version: str) -> None:
    """Check a template that is a folder, as it stands; a manifest cannot name a commit of one.

    Raises:
        RobotActionError: when it is no template, or does not fit the manifest.
    """
    source = manifest.template
    if source.kind is not SourceKind.DIRECTORY:
        return
    below = find_folder(files, source) / source.subdirectory
    found = recognise(Tree({name: Entry(Mode.FILE) for name in files.listing(below) or ()}))
    if found != FILE:  # other formats may include files, and take answers that they do not ask for
        check_template(read_specification(files.read_tree(below), source.text, manifest.data), manifest, lambda: version)
        return
    text = files.read(below / FILE, _LIMIT)
    specification = parse_native(text or b"", f"{source.text}: {FILE}")
    check_template(specification, manifest, lambda: version)
    _check_answers(specification, manifest)


def _check_answers(specification: Specification, manifest: Manifest) -> None:
    """Hold the names of the manifest's answers to the questions; what they are worth only rendering tells.

    Raises:
        InputError: naming every answer that nobody asked for.
    """
    names = [question.name for question in specification.questions]
    unasked = [key for key in manifest.data if key not in names]
    if unasked:
        raise InputError(
            problems=tuple(
                Problem(f"the template has no question {key!r}", manifest.positions.get(f"data.{key}"), suggestion(key, names))
                for key in unasked
            )
        )
