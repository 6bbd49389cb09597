from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from robot_action.clients.console.output import Mask, Output
from robot_action.errors import FailedError


def encoded(encoding: str) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(), encoding=encoding, newline="")


def bytes_in(stream: io.TextIOWrapper) -> bytes:
    stream.flush()
    stream.seek(0)
    return bytes(stream.buffer.read())


def test_secrets_are_masked_also_those_that_are_learned_later() -> None:
    stream, mask = io.StringIO(), Mask(["sesame-1"])
    output = Output(stream, mask)
    output.write("sesame-1 sesame-2\n")
    mask.add(["sesame-2"])
    output.write("sesame-1 sesame-2\n")
    assert stream.getvalue() == "*** sesame-2\n*** ***\n"
    assert mask.secrets == {"sesame-1", "sesame-2"}
    assert "sesame" not in repr(mask)


@pytest.mark.parametrize(
    ("encoding", "shown"),
    [
        ("utf-8", "✓ ö 日… \\x00".encode()),
        ("latin-1", b"+ \xf6 \\u65e5... \\x00"),
        ("ascii", b"+ \\xf6 \\u65e5... \\x00"),
    ],
)
def test_what_an_encoding_cannot_show_is_shown_otherwise(encoding: str, shown: bytes) -> None:
    stream = encoded(encoding)
    Output(stream, Mask()).write("✓ ö 日… \\x00")
    assert bytes_in(stream) == shown


def test_a_stream_without_encoding_is_utf_8() -> None:
    assert Output(io.StringIO(), Mask()).encoding == "utf-8"


@pytest.mark.parametrize("essential", [True, False])
def test_a_reader_that_goes_away_is_no_error(essential: bool) -> None:
    reader, writer = os.pipe()
    with os.fdopen(writer, "w") as stream:
        output = Output(stream, Mask(), essential=essential)
        output.write("one\n")
        os.close(reader)
        output.write("two\n")
        output.write("three\n")


def test_a_reader_that_goes_away_does_not_spoil_the_end_of_the_program() -> None:
    program = (
        "import sys\n"
        "from robot_action.clients.console.output import Mask, Output\n"
        "output = Output(sys.stdout, Mask(), essential=True)\n"
        "sys.stdin.readline()\n"
        "[output.write('x' * 100000) for _ in range(3)]\n"
        "sys.exit(7)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        _, errors = child.communicate("go\n")
    assert (child.returncode, errors) == (7, "")


def test_a_full_disk_is_an_error_for_results_only() -> None:
    with Path("/dev/full").open("w") as full, pytest.raises(FailedError, match="the report cannot be written: No space left on device"):
        Output(full, Mask(), essential=True).write("x")
    with Path("/dev/full").open("w") as full:
        output = Output(full, Mask())
        output.write("x")
        output.write("y")


def test_a_stream_that_somebody_closed_is_no_terminal_and_takes_nothing() -> None:
    stream = io.StringIO()
    stream.close()
    output = Output(stream, Mask())
    assert not output.is_terminal
    output.write("x")
    with pytest.raises(FailedError, match="closed"):
        Output(stream, Mask(), essential=True).write("x")


def test_the_runner_is_told_what_it_shall_mask() -> None:
    stream = io.StringIO()
    Output(stream, Mask(["sesame"])).write_unmasked("::add-mask::sesame\n")
    assert stream.getvalue() == "::add-mask::sesame\n"
