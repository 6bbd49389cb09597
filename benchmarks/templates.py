"""One made-up project as a template of Copier's and of Cookiecutter's: the same files, the same ones every time.

Of its files 30 % are rendered and 5 % are binary; they have about 3 KiB each, with a long tail, and lie in one folder for a dozen.
A name in ten has a variable in it, a rendered file in thirty only exists under a condition.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.bare_loop import CONTEXT

_WORDS = (
    *("adapter", "archive", "batch", "binding", "buffer", "cache", "channel", "codec", "config", "context", "cursor", "daemon"),
    *("delta", "digest", "driver", "engine", "entry", "event", "feature", "field", "filter", "format", "frame", "gateway", "graph"),
    *("handler", "header", "index", "job", "kernel", "ledger", "limit", "link", "loader", "manager", "merge", "message", "metric"),
    *("module", "node", "object", "option", "packet", "parser", "patch", "pipeline", "plan", "policy", "pool", "port", "profile"),
    *("proxy", "query", "record", "region", "registry", "release", "report", "resolver", "router", "runner", "schema", "scope"),
)
_KINDS = {"py": 34, "md": 12, "yml": 10, "ts": 12, "json": 8, "toml": 4, "sh": 5, "html": 5, "css": 4, "txt": 3, "cfg": 3}
_COPIER = """\
_subdirectory: template
project_name: {type: str, default: "Bench Project"}
project_slug: {type: str, default: "{{ project_name | lower | replace(' ', '-') }}"}
package: {type: str, default: "{{ project_slug | replace('-', '_') }}"}
author: {type: str, default: "Ada Example"}
license: {type: str, default: MIT, choices: [MIT, Apache-2.0, BSD-3-Clause]}
python_version: {type: str, default: "3.11"}
modules: {type: str, default: "core, api, cli, web"}
use_docs: {type: bool, default: true}
use_cli: {type: bool, default: false}
"""
_COOKIECUTTER = {
    **CONTEXT,
    "project_slug": "{{ cookiecutter.project_name | lower | replace(' ', '-') }}",
    "package": "{{ cookiecutter.project_slug | replace('-', '_') }}",
    "license": ["MIT", "Apache-2.0", "BSD-3-Clause"],
}
_BLOCKS = (
    "{word}: {{{{ @project_name }}}} {word} {{{{ @package }}}}.{word}\n",
    "{word}: {{{{ @author | default('{word}') }}}}, {{{{ @project_name | upper | replace(' ', '_') }}}}\n",
    "{{% if @use_docs %}}\n{word} {word} {word}\n{{% else %}}\nno {word}\n{{% endif %}}\n",
    "{{% for module in @modules.split(',') %}}\n{word}-{{{{ loop.index }}}}: {{{{ module | trim }}}}.{word}\n{{%- endfor %}}\n",
    '{{# {word} {word} #}}{word} = "{{{{ @project_name }}}}"\n',
    "{{% raw %}}token: ${{{{ secrets.{word} }}}}{{% endraw %}}\n",
    "{{% if @license == 'MIT' and not @use_cli %}}\n{word}\n{{% elif @python_version >= '3.10' %}}\n{{{{ @author }}}}\n{{% endif %}}\n",
)


@dataclass(frozen=True)
class _File:
    """A file; in its path and, where it is rendered, its text, ``@`` stands before a variable's name."""

    path: str
    content: bytes
    is_rendered: bool
    is_executable: bool


def make_templates(folder: Path, files: int) -> tuple[Path, Path]:
    """Write the template twice; return Copier's folder and Cookiecutter's."""
    found = list(_files(files))
    copier, cookiecutter = folder / "copier", folder / "cookiecutter"
    _put(copier / "copier.yml", _COPIER.encode())
    _put(copier / "template" / "{{ _copier_conf.answers_file }}.jinja", b"{{ _copier_answers | to_nice_yaml -}}\n")
    _put(cookiecutter / "cookiecutter.json", json.dumps(_COOKIECUTTER, indent=2).encode())
    for file in found:
        suffix = ".jinja" if file.is_rendered else ""
        _write(copier / "template", file, "", suffix)
        _write(cookiecutter / "{{ cookiecutter.project_slug }}", file, "cookiecutter.", "")
    return copier, cookiecutter


def _write(folder: Path, file: _File, prefix: str, suffix: str) -> None:
    content = file.content.replace(b"@", prefix.encode()) if file.is_rendered else file.content
    path = folder / f"{file.path.replace('@', prefix)}{suffix}"
    _put(path, content)
    if file.is_executable:
        path.chmod(0o755)


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def _files(count: int) -> Iterator[_File]:
    chance = random.Random(0)  # noqa: S311 - it has to be the same each time
    folders = ["", "src/{{ @package }}", "tests", "docs", ".github/workflows"]
    while len(folders) < max(5, count // 12):
        parent = chance.choice(folders[1:])
        name = chance.choice(_WORDS)
        folder = f"{parent}/{'{{ @package }}_' if chance.random() < 0.1 else ''}{name}"  # noqa: PLR2004
        if parent.count("/") < 6 and folder not in folders:  # noqa: PLR2004 - as deep as projects are
            folders.append(folder)
    for number in range(count):
        yield _file(chance, chance.choice(folders), number)


def _file(chance: random.Random, folder: str, number: int) -> _File:
    size = int(min(max(chance.lognormvariate(0, 0.8) * 2230, 80), 36_000))
    kind = chance.choices(["binary", "rendered", "plain"], [5, 30, 65])[0]
    stem = f"{'{{ @package }}_' if chance.random() < 0.08 else ''}{chance.choice(_WORDS)}_{number:05d}"  # noqa: PLR2004
    extension = "bin" if kind == "binary" else chance.choices(list(_KINDS), list(_KINDS.values()))[0]
    name = f"{stem}.{extension}"
    if kind == "rendered" and chance.random() < 0.03:  # noqa: PLR2004
        name = f"{{% if @{chance.choice(['use_docs', 'use_cli'])} %}}{name}{{% endif %}}"
    content = b"\x7fBIN\0" + chance.randbytes(size) if kind == "binary" else _text(chance, size, is_rendered=kind == "rendered").encode()
    return _File(f"{folder}/{name}".lstrip("/"), content, kind == "rendered", extension == "sh")


def _text(chance: random.Random, size: int, *, is_rendered: bool) -> str:
    lines: list[str] = []
    length = 0
    while length < size:
        line = " ".join(chance.choices(_WORDS, k=chance.randint(4, 10))) + "\n"
        if is_rendered and len(lines) % 6 == 0:
            line = chance.choice(_BLOCKS).format(word=chance.choice(_WORDS))
        lines.append(line)
        length += len(line)
    return "".join(lines)
