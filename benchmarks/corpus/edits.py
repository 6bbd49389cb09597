"""What a user does to a project, as chance has it: a seed gives the same edits each time.

Lines are changed, put in and appended in several files, half of them files that the template changes, too; values of TOML,
YAML and JSON are changed and added; files are deleted, renamed and added. Each line of the user's has a word of its own.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from random import Random

TOUCHED, RENAMED, DELETED = 5, 1, 1
"""Files that are edited, renamed and deleted: of those that the template changes, and as many of the others."""
_LOCK_FILES = re.compile(r"(\.lock|package-lock\.json|pnpm-lock\.yaml|go\.sum|bun\.lockb)$")
_STATE_FILES = re.compile(r"(^|/)(\.copier-answers\.|\.cruft\.json$|\.robot-action\.)")
_HASH = frozenset({".py", ".toml", ".yml", ".yaml", ".cfg", ".ini", ".sh", ".txt", ".gitignore", ".dockerignore", ".tf"})
_VALUE = {
    ".toml": re.compile(r'^(\s*[\w-]+ = )"[^"\\]*"$'),
    ".yml": re.compile(r"^(\s*(?:- )?[\w-]+: )[\w./ -]+$"),
    ".yaml": re.compile(r"^(\s*(?:- )?[\w-]+: )[\w./ -]+$"),
    ".json": re.compile(r'^(\s*"[\w-]+": )"[^"\\]*"(,?)$'),
}


@dataclass(frozen=True, slots=True)
class Edits:
    """What was done.

    Attributes:
        words: the words of the user's lines, and the files in which they stand.
        deleted: paths that are gone.
        renamed: old and new paths.
    """

    words: dict[str, str]
    deleted: list[str]
    renamed: dict[str, str]

    def save(self, file: Path) -> None:
        """Write them down."""
        file.write_text(json.dumps(asdict(self)), encoding="utf-8")

    @classmethod
    def load(cls, file: Path) -> Edits:
        """Read what was written down."""
        return cls(**json.loads(file.read_text(encoding="utf-8")))


def edit(project: Path, paths: Sequence[str], changing: Collection[str], seed: str) -> Edits:
    """Edit a project.

    Args:
        project: the folder.
        paths: its files.
        changing: those of them that the template changes, or takes away.
        seed: where chance begins.
    """
    chance = Random(seed)  # noqa: S311 - no secret
    edits = Edits({}, [], {})
    words = (f"user-word-{number}" for number in range(1, 1000))
    texts = [path for path in sorted(paths) if _is_text(project / path) and not (_LOCK_FILES.search(path) or _STATE_FILES.search(path))]
    for part in ([path for path in texts if path in changing], [path for path in texts if path not in changing]):
        chosen = chance.sample(part, min(TOUCHED + RENAMED + DELETED, len(part)))
        for path in chosen[: max(1, len(chosen) - RENAMED - DELETED)]:
            edits.words.update(dict.fromkeys(_change(project / path, chance, words), path))
        for path in chosen[TOUCHED : TOUCHED + RENAMED]:
            _rename(project, path, edits)
        for path in chosen[TOUCHED + RENAMED :]:
            (project / path).unlink()
            edits.deleted.append(path)
    _add(project, chance.choice(texts), words, edits)
    return edits


def _is_text(file: Path) -> bool:
    if file.is_symlink() or not file.is_file():
        return False
    content = file.read_bytes()
    try:
        return bool(content.decode().strip()) and b"\0" not in content
    except UnicodeDecodeError:
        return False


def _change(file: Path, chance: Random, words: Iterator[str]) -> list[str]:
    """Change a line, put one in, and append one."""
    with file.open(encoding="utf-8", newline="") as stream:
        text = stream.read()
    end = "\r\n" if "\r\n" in text else "\n"
    lines = text.split(end)
    used = [next(words) for _ in range(3)]
    style: Callable[[list[str], str, Sequence[str], Random], None] = _json if file.suffix == ".json" else _lines
    style(lines, file.suffix or file.name, used, chance)
    file.write_text(end.join(lines), encoding="utf-8", newline="")
    return [word for word in used if any(word in line for line in lines)]


def _lines(lines: list[str], suffix: str, words: Sequence[str], chance: Random) -> None:
    sign = " # " if suffix in _HASH else " "
    values = [number for number, line in enumerate(lines) if suffix in _VALUE and _VALUE[suffix].match(line)]
    full = [number for number, line in enumerate(lines) if line.strip()]
    if values and chance.randrange(2):
        at = chance.choice(values)
        lines[at] = _VALUE[suffix].sub(rf'\g<1>"{words[0]}"', lines[at])
    else:
        lines[chance.choice(full)] += f"{sign}{words[0]}"
    at = chance.choice(full)
    indent = re.match(r"\s*", lines[at])
    lines.insert(at, f"{indent[0] if indent else ''}{sign.strip()}{words[1]}")
    lines[-1:] = [f"{lines[-1]}{_last(suffix, words[2])}", ""]


def _last(suffix: str, word: str) -> str:
    key = word.replace("-", "_")
    return {".toml": f'\n[tool.{key}]\nname = "{word}"', ".yml": f"{key}: {word}", ".yaml": f"{key}: {word}"}.get(suffix, f"# {word}")


def _json(lines: list[str], suffix: str, words: Sequence[str], chance: Random) -> None:
    values = [number for number, line in enumerate(lines) if _VALUE[suffix].match(line)]
    if values:
        at = chance.choice(values)
        lines[at] = _VALUE[suffix].sub(rf'\g<1>"{words[0]}"\g<2>', lines[at])
        at = chance.choice(values)
        indent = re.match(r"\s*", lines[at])
        lines.insert(at, f'{indent[0] if indent else ""}"{words[1]}": true,')


def _rename(project: Path, path: str, edits: Edits) -> None:
    folder, _, name = path.rpartition("/")
    new = f"{folder}/moved_{name}".lstrip("/")
    (project / path).rename(project / new)
    edits.renamed[path] = new


def _add(project: Path, beside: str, words: Iterator[str], edits: Edits) -> None:
    """Add a folder of the user's own, and a file beside one of the template's."""
    (project / "user_notes").mkdir()
    for path in ("user_notes/notes.md", f"{beside.rpartition('/')[0]}/user_file.txt".lstrip("/")):
        word = next(words)
        (project / path).write_text(f"# Of my own\n\n{word}\n", encoding="utf-8")
        edits.words[word] = path
