from __future__ import annotations

import io
import logging
from collections.abc import Iterator

import pytest

from robot_action.clients.console.console import Streams, open_console
from robot_action.clients.logs import configure
from robot_action.model.credentials import Credential, Credentials
from robot_action.model.settings import Settings
from tests.clients.console.consoles import StoppedClock


class Sink:
    def __init__(self) -> None:
        self.lines: list[tuple[str, str]] = []

    def log(self, level: str, text: str) -> None:
        self.lines.append((level, text))


@pytest.fixture
def sink() -> Iterator[Sink]:
    root, own = logging.getLogger(), logging.getLogger("robot_action")
    before = root.handlers[:], root.level, own.level
    yield Sink()
    root.handlers[:], root.level, own.level = before


OWN = logging.getLogger("robot_action.stages.push")
LIBRARIES = [logging.getLogger(name) for name in ("urllib3.connectionpool", "github.Requester", "git.util")]


def say_all(logger: logging.Logger) -> None:
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR):
        logger.log(level, "said")


@pytest.mark.parametrize(
    ("level", "own", "libraries"),
    [
        ("debug", ["debug", "info", "warning", "error"], ["debug", "info", "warning", "error"]),
        ("info", ["info", "warning", "error"], ["error"]),
        ("warning", ["warning", "error"], ["error"]),
        ("error", ["error"], ["error"]),
    ],
)
def test_levels(sink: Sink, level: str, own: list[str], libraries: list[str]) -> None:
    configure(sink, level)
    say_all(OWN)
    assert sink.lines == [(name, "robot_action.stages.push: said") for name in own]
    for library in LIBRARIES:
        sink.lines.clear()
        say_all(library)
        assert [name for name, _ in sink.lines] == libraries


def test_configured_again_it_speaks_once(sink: Sink) -> None:
    configure(Sink(), "debug")
    configure(sink, "info")
    OWN.info("said")
    assert len(sink.lines) == 1


def test_each_line_of_a_traceback_is_a_line(sink: Sink) -> None:
    configure(sink, "info")
    try:
        raise ValueError("one\ntwo")
    except ValueError:
        OWN.exception("it broke")
    texts = [text for _, text in sink.lines]
    assert texts[0] == "robot_action.stages.push: it broke"
    assert texts[-2:] == [
        "robot_action.stages.push: ValueError: one",
        "robot_action.stages.push: two",
    ]


def test_no_header_that_authenticates_is_shown(sink: Sink) -> None:
    configure(sink, "debug")
    for library in LIBRARIES:
        library.debug("GET %s headers %s", "https://user:hidden@x.example/", {"Authorization": "Basic aGlkZGVu", "Accept": "json"})
        library.debug("Authorization: token hidden")
    text = "\n".join(text for _, text in sink.lines)
    assert "hidden" not in text
    assert "aGlkZGVu" not in text
    assert "Accept" in text


def test_a_record_that_cannot_be_written_as_text_is_named(sink: Sink, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger(), "handlers", [])  # pytest's own would refuse it first
    configure(sink, "info")
    OWN.info("%d files", "many")
    assert sink.lines == [("info", "robot_action.stages.push: a log record that cannot be shown: TypeError")]


def test_the_log_has_times_stages_and_no_secrets(sink: Sink) -> None:
    del sink
    settings, err = Settings(credentials=Credentials({"x.example": Credential("x", "sesame-open")})), io.StringIO()
    with open_console(Streams(io.StringIO(), err), settings, StoppedClock()) as console:
        configure(console, "info")
        console.begin("push", "push main")
        OWN.info("with %s\n::error::x", "sesame-open")
    assert err.getvalue().splitlines()[1:] == [
        "07:08:09 push        info: robot_action.stages.push: with ***",
        "07:08:09 push        info: robot_action.stages.push: ::error::x",
    ]
