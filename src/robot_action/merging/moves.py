"""Which files a template moved, told by the template's own paths, so that empty and short ones are followed as well.

A file is the same one where it is made of the same path of the template; then where the template moved that path, which
shows by its unrendered contents, or by the folder that moved with it. git's similarity of rendered contents comes after that,
for what is left. What has next to nothing in it is never known by that alone: one ``.gitkeep`` or ``__init__.py`` is like another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from posixpath import normpath

from robot_action.model.paths import folded
from robot_action.model.tree import Mode, Tree

_SHORT = 120  # bytes


@dataclass(frozen=True, slots=True)
class Side:
    """A rendered template.

    Attributes:
        template: the template's own tree.
        tree: what is made of it, without what is not merged.
        sources: the path in the template of each file of that.
    """

    template: Tree
    tree: Tree
    sources: Mapping[str, str]

    def without(self, other: Side) -> dict[str, list[str]]:
        """Return the files that the other side has not, by what they are made of."""
        found: dict[str, list[str]] = {}
        for path, entry in self.tree.items():
            if entry.mode is not Mode.DIRECTORY and path not in other.tree and path in self.sources:
                found.setdefault(self.sources[path], []).append(path)
        return found


def find_moves(base: Side, theirs: Side) -> Mapping[str, str]:
    """Return the files of the base that the template makes in another place now, and where; a link is not the file that was there."""
    lost, made = base.without(theirs), theirs.without(base)
    same = {source: source for source in lost if source in made}
    gone = [source for source in lost if source not in theirs.template]
    new = [source for source in made if source not in base.template]
    renamed = _renamed({path: base.template[path].content for path in gone}, {path: theirs.template[path].content for path in new})
    pairs = [pair for old, now in {**renamed, **same}.items() for pair in _paired(lost[old], made[now])]
    return {old: new for old, new in pairs if (base.tree[old].mode is Mode.LINK) is (theirs.tree[new].mode is Mode.LINK)}


def free_moves(moves: Mapping[str, str], present: Collection[str]) -> Mapping[str, str]:
    """Return the moves that a project can follow: whatever has its own at the new place keeps both."""
    folders = {folder for path in present for folder in _folders(path)}
    return {
        old: new
        for old, new in moves.items()
        if not (old in present and new in present) and new not in folders and not any(folder in present for folder in _folders(new))
    }


def kept_from(ignored: Iterable[str], moves: Mapping[str, str], base: Tree, theirs: Tree) -> Mapping[str, str]:
    """Return the files that the template moved to places which the project ignores, and these: the file would be gone from both.

    What is known to have moved is one, and what went away where one came that is like it.
    """
    new = {path: theirs[path] for path in ignored if path in theirs and path not in base and theirs[path].mode is not Mode.DIRECTORY}
    found = {now: old for old, now in moves.items() if now in new}
    gone = [path for path in base if path not in theirs and path not in moves] if len(found) < len(new) else []
    for now, entry in new.items():
        like = () if now in found or says_little(entry.content) else gone
        if old := next((old for old in like if _is_similar(base[old].content, entry.content)), ""):
            found[now] = old
            gone.remove(old)
    return {old: now for now, old in free_moves(found, theirs).items()}


def taken_along(moves: Mapping[str, str], base: Collection[str], theirs: Collection[str], present: Collection[str]) -> Mapping[str, str]:
    """Return a project's own files in folders that the template moved as a whole, and where they would go with them.

    A folder has moved where nothing of the template is left in it, to where most of its files went.
    """
    left = {folder for path in theirs for folder in _folders(path)}
    sizes = Counter(folder for path in base for folder in _folders(path))
    targets = {
        folder: target for folder, (target, votes) in _folder_moves(moves).items() if folder not in left and 2 * votes > sizes[folder]
    }
    return {path: new for path in present if path not in base and (new := _beside(path, targets))}


def with_room(along: Mapping[str, str], there: Collection[str]) -> Mapping[str, str]:
    """Return what may go along: to a place that nothing else has or wants, as a file or as a folder, whatever file system it is on."""
    files = Counter(folded(new) for new in along.values())
    folders = {folded(folder) for new in along.values() for folder in _folders(new)}
    apart = {
        old: new
        for old, new in along.items()
        if files[folded(new)] == 1 and folded(new) not in folders and not any(folded(folder) in files for folder in _folders(new))
    }
    return {old: new for old, new in free_moves(apart, there).items() if new not in there}


def led_astray(links: Mapping[str, str], places: Mapping[str, str], present: Collection[str]) -> Iterator[str]:
    """Yield the links that would lead to something else, or nowhere, from where they would go.

    Args:
        links: what they hold, by where they are.
        places: where files go, those links among them.
        present: every path of the project.
    """
    for link, target in links.items():
        was, now = (normpath(f"{_folder(path) or '.'}/{target}") for path in (link, places[link]))
        top = "" if was == "." else was
        reached = {path: path.removeprefix(top) for path in present if path == was or path.startswith(f"{top}/" if top else "")}
        if not target.startswith("/") and any(places.get(path, path) != normpath(f"{now}/{end}") for path, end in reached.items()):
            yield link


def says_little(content: bytes) -> bool:
    """Tell whether contents are too little to know a file by: no more than one short line."""
    return len(content) <= _SHORT and b"\n" not in content.rstrip()


def _renamed(gone: Mapping[str, bytes], new: Mapping[str, bytes]) -> dict[str, str]:
    """Return the template's paths that have the same or similar contents in another place; then what else moved with their folders."""
    found: dict[str, str] = {}
    contents: dict[bytes, tuple[list[str], list[str]]] = {}
    for number, paths in enumerate((gone, new)):
        for path, content in paths.items():
            contents.setdefault(content, ([], []))[number].append(path)
    for content, (before, after) in contents.items():
        found.update(pair for pair in _paired(before, after) if not says_little(content) or _is_near(*pair, content))
    found.update(_changed(gone, new, found))
    targets = {folder: target for folder, (target, _) in _folder_moves(found).items()}
    taken = set(found.values())
    for path in gone:
        now = _beside(path, targets)
        if path not in found and now in new and now not in taken:
            found[path] = now
    return found


def _changed(gone: Mapping[str, bytes], new: Mapping[str, bytes], found: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the paths of similar contents that kept their name."""
    names: dict[str, tuple[list[str], list[str]]] = {}
    for number, (paths, known) in enumerate(((gone, set(found)), (new, set(found.values())))):
        for path in paths:
            if path not in known and not says_little(paths[path]):
                names.setdefault(path.rpartition("/")[2], ([], []))[number].append(path)
    for before, after in names.values():
        yield from ((old, now) for old, now in _paired(before, after) if _is_similar(gone[old], new[now]))


def _is_similar(one: bytes, other: bytes) -> bool:
    """Tell whether two files have at least half of their contents in common, line by line, as git's renames want it."""
    sides = [Counter(content.splitlines()) for content in (one, other)]
    common, *sizes = (sum(len(line) * count for line, count in lines.items()) for lines in (sides[0] & sides[1], *sides))
    return 2 * common >= max(sizes)


def _folder_moves(moves: Mapping[str, str]) -> Mapping[str, tuple[str, int]]:
    """Return the folders from which files moved, with the one to which most of those went, and how many; none where it is not one alone."""
    counts: dict[str, Counter[str]] = {}
    for old, new in moves.items():
        for folder, target in {(_folder(old), _folder(new)), _portion(old, new)}:
            if folder and folder != target:
                counts.setdefault(folder, Counter())[target] += 1
    return {folder: found[0] for folder, counter in counts.items() if len(found := _most(counter)) == 1}


def _beside(path: str, targets: Mapping[str, str]) -> str:
    """Return where a path goes with the innermost of its folders that moved, or ``""``."""
    folder = next((folder for folder in _folders(path) if folder in targets), "")
    return f"{targets[folder]}{path.removeprefix(folder)}".lstrip("/") if folder else ""


def _paired(before: Collection[str], after: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield paths that belong together: those whose ends agree the furthest, and at last the only one on either side."""
    before, after = list(before), list(after)
    for length in range(max(path.count("/") for path in (*before, *after)) + 1 if before and after else 0, -1, -1):
        ends = _by_end(before, length), _by_end(after, length)
        for end, (old, *others) in ends[0].items():
            if not others and len(ends[1].get(end, ())) == 1:
                new = ends[1][end][0]
                before.remove(old)
                after.remove(new)
                yield old, new


def _by_end(paths: Iterable[str], length: int) -> dict[tuple[str, ...], list[str]]:
    found: dict[tuple[str, ...], list[str]] = {}
    for path in paths:
        parts = path.split("/")
        found.setdefault(tuple(parts[len(parts) - length :]) if length <= len(parts) else ("", path), []).append(path)
    return found


def _is_near(old: str, new: str, content: bytes) -> bool:
    """Tell whether a file with next to nothing in it may be the one that it is taken for.

    It stayed in its folder, or only folders above that came or went: ``p/f`` and ``src/p/f``. Of an empty file the first says nothing.
    """
    if _folder(old) == _folder(new):
        return bool(content)
    portion = _portion(old, new)
    short, long = sorted(portion, key=len)
    return portion[0] != _folder(old) and (not short or long.startswith(f"{short}/"))


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _folders(path: str) -> Iterator[str]:
    """Yield the folders in which a path lies, the innermost first."""
    while "/" in path:
        path = path.rpartition("/")[0]
        yield path


def _portion(old: str, new: str) -> tuple[str, str]:
    """Return the folders of two paths without the end that they have in common."""
    before, after = old.split("/")[:-1], new.split("/")[:-1]
    while before and after and before[-1] == after[-1]:
        before.pop()
        after.pop()
    return "/".join(before), "/".join(after)


def _most(counter: Counter[str]) -> list[tuple[str, int]]:
    most = max(counter.values())
    return [(name, count) for name, count in counter.items() if count == most]
