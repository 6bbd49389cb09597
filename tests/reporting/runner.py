"""How the runner of GitHub Actions reads a log and its files, written after its source (``ActionCommand.cs`` and others).

Its comparisons go by culture, so that characters without weight do not count; here they are taken out first.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

COMMANDS = {
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "internal-set-repo-path", "notice",
    "remove-matcher", "save-state", "set-env", "set-output", "stop-commands", "warning",
}  # fmt: skip
WEIGHTLESS = re.compile("[\u200c\u200d\ufe00-\ufe0f]")


@dataclass(frozen=True)
class Seen:
    """A command that the runner carries out."""

    name: str
    data: str
    properties: dict[str, str] = field(default_factory=dict)


@dataclass
class Runner:
    """Reads line by line."""

    stopped: str = ""
    log: list[str] = field(default_factory=list)

    def read(self, text: str) -> Iterator[Seen]:
        """Yield the commands in a stream; the rest is the log."""
        for line in re.split(r"\r\n|\n|\r", text):
            found = self._parse(line)
            if found is None:
                self.log.append(line)
            elif self.stopped:
                if found.name.lower() == self.stopped.lower():
                    self.stopped = ""
                else:
                    self.log.append(line)
            elif found.name == "stop-commands":
                self.stopped = found.data
                yield found
            else:
                yield found

    def _known(self, name: str) -> bool:
        return name.lower() in COMMANDS | ({self.stopped.lower()} if self.stopped else set())

    def _parse(self, line: str) -> Seen | None:
        text = WEIGHTLESS.sub("", line)
        text = "".join(one for one in text if unicodedata.category(one) != "Cf")
        return self._new(text.strip()) or self._legacy(text)

    def _new(self, text: str) -> Seen | None:
        match = re.match(r"::(.*?)::(.*)", text, re.DOTALL)
        if not match:
            return None
        name, _, rest = match[1].partition(" ")
        pairs = [part.split("=", 1) for part in rest.split(",") if "=" in part]
        return Seen(name, _plain(match[2]), {key.strip(): _plain(value) for key, value in pairs}) if self._known(name) else None

    def _legacy(self, text: str) -> Seen | None:
        match = re.search(r"##\[(.*?)\](.*)", text, re.DOTALL)
        name = match[1].partition(" ")[0] if match else ""
        return Seen(name, match[2]) if match and self._known(name) else None


def _plain(text: str) -> str:
    for token, written in (("\r", "%0D"), ("\n", "%0A"), (":", "%3A"), (",", "%2C"), ("%", "%25")):
        text = text.replace(written, token)
    return text


def read_outputs(text: str) -> dict[str, str]:
    """Return the outputs that a file sets, as ``EnvFileKeyValuePairs`` reads it."""
    found, lines = {}, iter(text.split("\n")[:-1])
    for line in lines:
        if line:
            name, delimiter = line.split("<<", 1)
            assert "=" not in name
            value = []
            for one in lines:
                if one == delimiter:
                    break
                value.append(one)
            else:
                raise AssertionError(f"the delimiter of {name} is missing")
            found[name] = "\n".join(value)
    return found
