"""The template folder -> the project, by Cookiecutter's rules (``cookiecutter/generate.py: generate_files``).

Folder by folder, names in sorted order; what matches ``_copy_without_render`` is copied, folders before everything else. A
path is rendered as a whole, from the template folder on. Links are followed inside of the template: a link to a file
becomes a file, one to a folder an empty folder, or its copy where it is copied.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatch

from binaryornot import helpers
from binaryornot.helpers import has_binary_extension, is_binary_string

from robot_action.errors import InputError, Problem
from robot_action.model.cookiecutter import CookiecutterSettings
from robot_action.model.folders import Folders, LinkError
from robot_action.model.paths import tree_problems
from robot_action.model.tree import Entry, Mode
from robot_action.rendering.contents import Made, check_own
from robot_action.rendering.cookiecutter_project import Project, StepError, TooManyPathsError
from robot_action.rendering.environment import Jinja
from robot_action.rendering.expressions import pieces
from robot_action.rendering.faults import Where

_CHUNK = 512
"""Bytes at a file's beginning by which ``binaryornot`` judges it."""

_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_SIGNATURES = helpers._BINARY_SIGNATURES  # noqa: SLF001 - the library's version is fixed, and it counts too much for most files

is_binary_string(b"\xff" * _CHUNK)  # loads the codecs that it tries, as long as files can be opened


@dataclass(slots=True)
class Files:
    """The making of one project.

    Attributes:
        folders: the template.
        top: the template folder, without links.
        problems: what is wrong.
        spared: files of the template that need not be rendered (`robot_action.model.template.RenderRequest`).
    """

    jinja: Jinja
    folders: Folders
    top: str
    context: Mapping[str, object]
    settings: CookiecutterSettings
    problems: list[Problem]
    spared: frozenset[str] = frozenset()
    _project: Project = field(default_factory=Project)

    def make(self) -> Made:
        """Return the project; what cannot be made is added to the problems."""
        try:
            self._walk()
        except TooManyPathsError as error:
            self.problems.append(Problem(str(error), self.jinja.position(self.top)))
        tree = self._project.tree()
        places = {path: self.jinja.position(source) for path, source in self._project.sources.items()}
        self.problems.extend(tree_problems(tree, places))
        return Made(tree, self._project.sources)

    def _walk(self) -> None:
        pending = [""]
        while pending:
            folder = pending.pop()
            listing = self.folders.listing(self._source(folder))
            inside = [f"{folder}/{name}" if folder else name for name, is_folder in listing.items() if is_folder]
            files = [f"{folder}/{name}" if folder else name for name, is_folder in listing.items() if not is_folder]
            copied = [path for path in inside if self._is_copied(path)]
            for path in copied:
                self._step(path, self._copy_folder)
            made = [path for path in inside if path not in copied and self._step(path, self._make_folder)]
            for path in files:
                self._step(path, self._copy_file if self._is_copied(path) else self._make_file)
            pending.extend(path for path in reversed(made) if not self.folders.is_link(self._source(path)))

    def _source(self, path: str) -> str:
        """Return the path in the template's tree of a path in the template folder."""
        return f"{self.top}/{path}" if path else self.top

    def _is_copied(self, path: str) -> bool:
        return any(fnmatch(path, pattern) for pattern in self.settings.copy_without_render)

    def _step(self, path: str, step: Callable[[str], None]) -> bool:
        """Make one step, and tell whether it went well."""
        try:
            step(path)
        except InputError as error:
            self.problems.extend(error.problems)
        except (StepError, LinkError) as error:
            what = f"the link {error}" if isinstance(error, LinkError) else str(error)
            self.problems.append(Problem(what, self.jinja.position(self._source(path))))
        else:
            return True
        return False

    def _rendered(self, path: str) -> str:
        """Return a path's text; Cookiecutter renders it as one, which is seen only where a tag reaches beyond its part."""
        where = Where(self.jinja.position(self._source(path)), "in its name")
        parts = pieces(self.jinja, path)
        if len(parts) > 1:
            return "".join(self.jinja.text(part, self.context, where) for part in parts)
        folder, slash, name = path.rpartition("/")
        if slash and not self.jinja.has_lines and self.jinja.is_plain(name):
            return f"{self.jinja.text(folder, self.context, where)}/{name}"
        return self.jinja.text(path, self.context, where)

    def _make_folder(self, path: str) -> None:
        # before this text stands the path of the project's folder, and so one that begins with a slash stays inside
        self._project.add_folder(self._project.place(self._rendered(path).lstrip("/")), self._source(path))

    def _copy_folder(self, path: str) -> None:
        target = self._project.place(self._rendered(path).lstrip("/"))
        if target in self._project.folders:
            self._project.remove_folder(target)
        if target:
            self._project.add_folder(target, self._source(path))
        pending = [(self.folders.follow(self._source(path)), target)]
        while pending:
            source, into = pending.pop()
            for name, is_folder in self.folders.listing(source).items():
                inner, made = f"{source}/{name}", f"{into}/{name}" if into else name
                if is_folder:
                    self._project.add_folder(made, inner)
                    pending.append((self.folders.follow(inner), made))
                else:
                    self._project.add_file(made, self._entry(inner), inner)

    def _copy_file(self, path: str) -> None:
        source = self._source(path)
        self._add(self._project.place(self._rendered(path)), self._entry(source), source)

    def _make_file(self, path: str) -> None:
        text = self._rendered(path)
        target = self._project.place(text)
        if target in self._project.folders:
            return  # its name is empty
        if text.endswith("/"):
            raise StepError(f"it would be {text!r}, which is no file's name")
        source = self._source(path)
        entry = self._entry(source)
        if source in self.spared:
            entry = Entry(entry.mode, source.encode())
        elif not is_binary(path, entry.content):
            entry = self._made(path, entry)
        self._add(target, entry, source)

    def _add(self, path: str, entry: Entry, source: str) -> None:
        check_own(path, self.jinja.position(source))
        self._project.add_file(path, entry, source)

    def _entry(self, source: str) -> Entry:
        """Return a file of the template; of a link, the file that it leads to."""
        entry = self.jinja.tree[source]
        return self.jinja.tree[self.folders.follow(source)] if entry.mode is Mode.LINK else entry

    def _made(self, path: str, entry: Entry) -> Entry:
        """Return a file with its text rendered and its own line ends; one that has nothing to render is the very same."""
        source = self._source(path)
        try:
            text = entry.content.decode()
        except UnicodeDecodeError as error:
            line = entry.content.count(b"\n", 0, error.start) + 1
            what = f"it is not UTF-8: byte 0x{entry.content[error.start]:02x} at offset {error.start}"
            hint = "List the file under '_copy_without_render'."
            raise InputError(what, position=self.jinja.position(source, line), hint=hint) from None
        new_line = self.settings.new_lines or _new_line(entry.content)
        if new_line == "\n" and self.jinja.is_plain(text):
            return entry
        rendered = self.jinja.file(source, self.context, name=path)
        try:
            return Entry(entry.mode, rendered.replace("\n", new_line).encode())
        except UnicodeEncodeError:
            raise InputError("what it renders to is not UTF-8", position=self.jinja.position(source)) from None


def is_binary(name: str, content: bytes) -> bool:
    """Tell whether a file is copied instead of rendered (``binaryornot.check.is_binary``)."""
    if has_binary_extension(name):
        return True
    chunk = content[:_CHUNK]
    return not _is_plainly_text(chunk) and is_binary_string(chunk)


def _is_plainly_text(chunk: bytes) -> bool:
    """Tell what ``binaryornot`` takes for text whatever else it counts: UTF-8 that has no control bytes and begins as no known format."""
    if _CONTROL.search(chunk) or chunk.startswith(_SIGNATURES):
        return False
    try:
        chunk.decode()
    except UnicodeDecodeError:
        return False
    return True


def _new_line(content: bytes) -> str:
    """Return the first line end of a text: of the part of it that Python reads to find one, the first in its own order."""
    if b"\r" not in content:
        return "\n"
    reader = io.TextIOWrapper(io.BytesIO(content), encoding="utf-8")
    reader.readline()
    found = reader.newlines or "\n"
    return found if isinstance(found, str) else found[0]
