"""Which manifests a command line names, and what is in them."""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from robot_action.errors import InputError, Problem, RobotActionError, UsageError
from robot_action.model.manifest import Manifest
from robot_action.parsing.manifest import check_together, parse_manifests
from robot_action.parsing.wording import suggestion
from robot_action.ports import Files

SUFFIXES = (".yml", ".yaml")
_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """One file: its manifests, or the problems for which it has none."""

    path: Path
    manifests: tuple[Manifest, ...] = ()
    problems: tuple[Problem, ...] = ()


def load_manifests(files: Files, names: Sequence[str], root: Path, *, has_destination: bool = True) -> tuple[ManifestFile, ...]:
    """Read every manifest of the named files, folders and globs; one file's errors do not hide another's.

    Args:
        files: where they are read.
        names: files, folders (their YAML files, not those of folders below) or glob patterns.
        root: the folder below which manifests in it may make projects; others do so below their own.
        has_destination: whether the manifests' destinations count; else the operator names another one.

    Raises:
        UsageError: naming all that match nothing.
    """
    paths: dict[Path, None] = {}
    problems: list[Problem] = []
    for name in names:
        try:
            paths |= dict.fromkeys(_expand(files, name))
        except UsageError as error:
            problems.extend(error.problems)
    if problems:
        raise UsageError(problems=tuple(problems))
    loaded = tuple(_load(files, path, root, has_destination=has_destination) for path in paths)
    clashes = check_together([manifest for file in loaded for manifest in file.manifests])
    return tuple(_with_clashes(file, clashes) for file in loaded)


def _expand(files: Files, name: str) -> Iterator[Path]:
    path = Path(name)
    listing = files.listing(path) if os.path.isdir(path) else None  # noqa: PTH112 - Path.is_dir raises where a folder is closed
    if listing is not None:
        found = [path / entry for entry in listing if entry.endswith(SUFFIXES) and not entry.startswith(".")]
        what = f"the folder {name} has no {' or '.join(SUFFIXES)} files"
    elif glob.has_magic(name) and not files.exists(path):
        found = [Path(match) for match in sorted(glob.glob(name, recursive=True))]  # noqa: PTH207 - the pattern may be absolute
        what = f"nothing matches {name}"
    else:
        found = [path] if files.exists(path) else []
        what = f"there is no file {name}"
    if not found:
        raise UsageError(what, hint=_near(files, path) or "Name manifest files, folders of them, or patterns such as 'projects/*.yml'.")
    yield from found


def _near(files: Files, path: Path) -> str | None:
    """Return the name of a manifest, or of a folder, that may have been meant; None where none comes near."""
    if not os.path.isdir(path.parent) or files.exists(path):  # noqa: PTH112 - Path.is_dir raises where a folder is closed
        return None
    names = [name for name in files.listing(path.parent) or () if name.endswith(SUFFIXES)]
    return suggestion(path.name, (*names, *files.folders(path.parent)))


def _load(files: Files, path: Path, root: Path, *, has_destination: bool) -> ManifestFile:
    try:
        text = files.read(path, _LIMIT)
        if text is None:
            raise InputError(f"{path} is no file")
        folder = path.parent.absolute()
        base = root if folder.is_relative_to(root) else folder
        manifests = parse_manifests(text, str(path), folder, base, has_destination=has_destination)
        linked = tuple(problem for manifest in manifests for problem in _links_out(manifest, base, has_destination=has_destination))
        return ManifestFile(path, () if linked else manifests, linked)
    except RobotActionError as error:
        return ManifestFile(path, problems=error.problems)


def _links_out(manifest: Manifest, base: Path, *, has_destination: bool) -> Iterator[Problem]:
    """Yield a problem for each path that a symbolic link leads out of the folder that manifests may write to."""
    named: dict[str, Path | None] = {"repository.path": manifest.repository.path if manifest.repository else None}
    named |= {f"publish.{number}.path": target.path for number, target in enumerate(manifest.publish)}
    if has_destination:
        named["destination"] = manifest.destination
    for key, path in named.items():
        real = path and Path(os.path.realpath(path))
        if real and not real.is_relative_to(os.path.realpath(base)):
            message = f"{key}: a symbolic link on the way to {path} leads to {real}, which is not below {base}"
            yield Problem(message, manifest.positions.get(key, manifest.position), "Name a folder that is not behind such a link.")


def _with_clashes(file: ManifestFile, clashes: Sequence[Problem]) -> ManifestFile:
    """Return the file without its manifests when one of them wants what another one wants too."""
    own = tuple(problem for problem in clashes if problem.position and problem.position.file == str(file.path))
    return ManifestFile(file.path, problems=own) if own else file
