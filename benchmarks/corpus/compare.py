"""Renders real templates by Copier or Cookiecutter and by robot-action, and tells what differs.

``python -m benchmarks.corpus.compare CLONES`` takes a folder of clones, named ``owner+name``; README.md beside this file says
how to get them. Both sides render the same commit of the same clone into the same path, with the same answers, at the same
moment (Debian's ``faketime``), without network; then names, kinds, modes, links and bytes are compared, nothing left out.
"""

from __future__ import annotations

import argparse
import json
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from benchmarks.corpus.cases import Case, Result, Row, count, read_cases, table
from benchmarks.corpus.checkouts import CheckoutError, check_out, has_code
from benchmarks.corpus.isolation import FROZEN, isolated
from benchmarks.corpus.trees import differences, snapshot

HERE = Path(__file__).parent
BEGIN, END = "<!-- results: written by compare.py -->", "<!-- end of results -->"


class SideError(Exception):
    """One side could not render."""


@dataclass(frozen=True, slots=True)
class Sides:
    """How to run both sides.

    Attributes:
        work: where everything is made.
        peer: the Python that has Copier and Cookiecutter.
        command: what starts robot-action.
        is_reusing: whether the peer's renderings of an earlier run are taken.
    """

    work: Path
    peer: str
    command: Sequence[str]
    is_reusing: bool = False

    def compare(self, case: Case, checkout: Path, *, code: bool) -> Result:
        """Render by both, and compare."""
        peer = self.work / ("peer+code" if code else "peer") / case.key
        ours = self.work / ("ours+code" if code else "ours") / case.key
        try:
            if not (self.is_reusing and peer.exists()):
                self._by_peer(case, checkout, peer, code=code)
        except SideError as error:
            return Result(peer_error=str(error))
        there = snapshot(peer)
        try:
            self._by_us(case, checkout, ours, (peer / ".." / f"{peer.name}.path").read_text(), code=code)
        except SideError as error:
            return Result(len(there), our_error=str(error))
        found = differences(there, snapshot(ours))
        known = {path: reason for path in found if (reason := _known(path, case.differs))}
        return Result(len(there), differences={path: what for path, what in found.items() if path not in known}, explained=known)

    def _by_peer(self, case: Case, checkout: Path, result: Path, *, code: bool) -> None:
        destination = self._cleared(case)
        source = checkout if case.format == "cookiecutter" else checkout / case.directory
        job: dict[str, object] = {"source": str(source), "directory": case.directory, "answers": dict(case.answers), "code": code}
        job["commit"] = _ref(case, checkout)
        job["destination"] = str(destination if case.format == "copier" else destination.parent)
        before = set(destination.parent.iterdir())
        made = self._run([self.peer, str(HERE / "peers.py"), case.format, json.dumps(job)], is_peer=True).strip().splitlines()
        project = Path(made[-1])
        self._take(project, result)
        for other in set(destination.parent.iterdir()) - before:
            shutil.rmtree(other)
        result.with_name(f"{result.name}.path").write_text(str(project))

    def _by_us(self, case: Case, checkout: Path, result: Path, project: str, *, code: bool) -> None:
        self._cleared(case)
        answers = self.work / "answers.yml"
        answers.write_text(yaml.safe_dump(dict(case.answers)))
        source = f"{checkout}#subdirectory={case.directory}" if case.directory else str(checkout)
        command = [*self.command, "render", source, project, "--format", case.format, "--data-file", str(answers), "--trust"]
        command += ["--ref", ref] if (ref := _ref(case, checkout)) else []
        command += [argument for name in FROZEN for argument in ("--env", name)]
        self._run([*command, *([] if code else ["--skip-tasks"])])
        self._take(Path(project), result)

    def _cleared(self, case: Case) -> Path:
        """Return the project's folder, which is not there, in an empty folder that anyone may write to."""
        top = self.work / "projects"
        shutil.rmtree(top, ignore_errors=True)
        top.mkdir(parents=True)
        top.chmod(0o777)
        return top / case.repository.rpartition("/")[2]

    def _take(self, made: Path, result: Path) -> None:
        if not made.is_dir():
            raise SideError(f"nothing was made at {made}")
        shutil.rmtree(result, ignore_errors=True)
        result.parent.mkdir(parents=True, exist_ok=True)
        made.rename(result)

    def _run(self, command: Sequence[str], *, is_peer: bool = False) -> str:
        """Run one side without network, and as nobody where we are root, for it runs other people's code.

        Raises:
            SideError: it failed.
        """
        try:
            done = isolated(command, self.work / ("home+peer" if is_peer else "home"), self.peer)
        except subprocess.TimeoutExpired as error:
            raise SideError(f"it took longer than {error.timeout:g} s") from None
        log = self.work / ("peer.log" if is_peer else "ours.log")
        with log.open("a", encoding="utf-8") as stream:
            stream.write(f"$ {command}\n{done.stdout}{done.stderr}\n")
        if done.returncode:
            lines = (done.stderr.strip() or done.stdout.strip() or f"exit code {done.returncode}").splitlines()
            errors = [line.strip() for line in f"{done.stdout}\n{done.stderr}".splitlines() if "error" in line]
            said = lines[-1] if is_peer or not errors else errors[0]
            raise SideError(said.replace(f"{self.work}/", "").replace(self.peer, "python"))
        return done.stdout


def _ref(case: Case, checkout: Path) -> str | None:
    return case.commit if (checkout / ".git").exists() else None


def _known(path: str, known: Mapping[str, str]) -> str:
    return next((why for key, why in known.items() if path == key or (key.endswith("/") and f"{path}/".startswith(key))), "")


def main() -> None:
    """Compare every template, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clones", type=Path)
    parser.add_argument("--list", type=Path, default=HERE / "templates.yml", help="the templates")
    parser.add_argument("--only", action="append", default=[], help="a part of a template's name; may be given again")
    parser.add_argument("--work", type=Path, help="a folder to keep checkouts and renderings in")
    parser.add_argument("--reuse", action="store_true", help="take the peer's renderings that are in the work folder")
    parser.add_argument("--files-only", action="store_true", help="no tasks, no hooks")
    parser.add_argument("--peer", default=sys.executable, help="the Python that has Copier and Cookiecutter")
    parser.add_argument("--command", type=shlex.split, default=[sys.executable, "-m", "robot_action"], help="what starts robot-action")
    parser.add_argument("--write", action="store_true", help="write the table to README.md")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="corpus-") as temporary:
        work = given.work or Path(temporary)
        Path(temporary).chmod(0o755)
        sides = Sides(work.resolve(), given.peer, given.command, given.reuse)
        rows: list[Row] = []
        for case in read_cases(given.list):
            if not given.only or any(part in case.key for part in given.only):
                rows.append(_row(case, sides, given.clones, files_only=given.files_only))
                plain, coded = rows[-1][1:]
                print(f"{case.format:12} {case.name:60} {plain.text()}" + (f" | {coded.text()}" if coded else ""), flush=True)
    print(count(rows))
    if given.write:
        readme = HERE / "README.md"
        before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
        readme.write_text(f"{before}{BEGIN}\n{table(rows)}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


def _row(case: Case, sides: Sides, clones: Path, *, files_only: bool) -> Row:
    try:
        checkout = check_out(case, clones.resolve(), sides.work)
    except CheckoutError as error:
        return case, Result(peer_error=str(error)), None
    plain = sides.compare(case, checkout, code=False)
    if files_only or plain.peer_error or not has_code(case, checkout):
        return case, plain, None
    return case, plain, Result(skipped=case.network) if case.network else sides.compare(case, checkout, code=True)


if __name__ == "__main__":
    main()
