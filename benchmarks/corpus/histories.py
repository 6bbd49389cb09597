"""Updates projects of real templates by Copier or Cruft and by robot-action, and counts conflicts and what is lost.

``python -m benchmarks.corpus.histories CLONES`` takes a folder of clones, named ``owner+name``; README.md beside this file says
how to get them. The peer makes a project at an old version; edits are made in it (`edits.py`) and committed; then both sides
update the same project, in the same place, to the same newer version, at the same moment, without network.
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

from benchmarks.corpus.edits import Edits, edit
from benchmarks.corpus.isolation import FROZEN, give_away, isolated
from benchmarks.corpus.outcomes import Outcome, Tree, conflicts_of_peer, conflicts_told, disagreeing, judge, left_out, needless
from benchmarks.corpus.trees import snapshot
from benchmarks.corpus.trials import HEAD, History, Trial, details, row

HERE = Path(__file__).parent
BEGIN, END = "<!-- histories: written by histories.py -->", "<!-- end of histories -->"
CONFLICTS = 4  # our exit code


class HistoryError(Exception):
    """A history that cannot be tried."""


@dataclass(frozen=True, slots=True)
class Laboratory:
    """Where histories are tried.

    Attributes:
        work: a folder for everything.
        python: the Python that has Copier and Cruft.
        command: what starts robot-action.
        is_reusing: whether projects and the peer's results of an earlier run are taken.
    """

    work: Path
    python: str
    command: Sequence[str]
    is_reusing: bool

    def try_out(self, history: History, clones: Path, seed: int) -> Trial:
        """Try one set of edits.

        Raises:
            HistoryError: the peer cannot make the project.
        """
        template = self._template(history, clones)
        base, theirs = (self._made(history, template, version) for version in (history.before, history.after))
        before, after = snapshot(base), snapshot(theirs)
        place = self.work / "tried" / history.key / str(seed)
        if not (self.is_reusing and (place / "peer.json").exists()):
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(parents=True)
            shutil.copytree(base, place / "project", symlinks=True)
            files = [path for path, (kind, _) in before.items() if kind.startswith("file")]
            changing = {path for path in files if before[path] != after.get(path)}
            edit(place / "project", files, changing, f"{history.key} {seed}").save(place / "edits.json")
            _commit(place / "project")
            done = self._run([str(Path(self.python).parent / history.tool), *_update(history)], place, "peer")
            (place / "peer.json").write_text(json.dumps([done.returncode, done.stdout, done.stderr]))
        source = ["--ref", history.after, "--trust", "--json", *(argument for name in FROZEN for argument in ("--env", name))]
        source += ["--skip-tasks", "--answers-file", history.state] if history.tool == "copier" else []
        ours = self._run([*self.command, "update", ".", *source], place, "ours")
        (place / "ours.json").write_text(json.dumps([ours.returncode, ours.stdout, ours.stderr]))
        return _trial(place, before, after)

    def _template(self, history: History, clones: Path) -> Path:
        """Return a clone of the template at a path that does not change."""
        name = history.repository.replace("/", "+")
        clone = self.work / "templates" / name
        if not clone.exists():
            made = subprocess.run(["git", "clone", "--quiet", str(clones / name), str(clone)], check=False, capture_output=True, text=True)
            if made.returncode:
                raise HistoryError(f"no clone: {made.stderr.strip()}")
        return clone

    def _made(self, history: History, template: Path, version: str) -> Path:
        """Return the project as the peer makes it of one version; of the newer one with the answers of the older, if it takes them."""
        result = self.work / "made" / f"{history.key}+{version}"
        if result.exists():
            return result
        old = self._answers(history) if version != history.before else {}
        said = ""
        for answers in ({**old, **history.answers}, history.answers):
            top = self._cleared()
            done = self._isolated(self._make(history, template, version, answers, top))
            made = [path for path in top.iterdir() if path.is_dir()]
            if not done.returncode and len(made) == 1:
                shutil.rmtree(made[0] / ".git", ignore_errors=True)
                result.parent.mkdir(exist_ok=True)
                (result.parent / f"{result.name}.name").write_text(made[0].name)
                return made[0].rename(result)
            said = _last(done.stderr or done.stdout or "nothing was made")
        raise HistoryError(f"{version}: {said}")

    def _make(self, history: History, template: Path, version: str, answers: Mapping[str, object], top: Path) -> list[str]:
        """Return the peer's command that makes a project."""
        program = str(Path(self.python).parent / history.tool)
        if history.tool == "copier":
            given = self.work / "answers.yml"
            given.write_text(yaml.safe_dump(dict(answers)))
            command = [program, "copy", "--defaults", "--quiet", "--UNSAFE", "--skip-tasks", "--vcs-ref", version]
            return [*command, "--data-file", str(given), str(template), str(top / "demo")]
        command = [program, "create", "--no-input", "--checkout", version, "--output-dir", str(top)]
        command += ["--directory", history.directory] if history.directory else []
        return [*command, "--extra-context", json.dumps(answers), str(template)]

    def _answers(self, history: History) -> Mapping[str, object]:
        old = self.work / "made" / f"{history.key}+{history.before}"
        if history.tool == "copier":
            known = yaml.safe_load((old / history.state).read_text(encoding="utf-8"))
        else:
            known = json.loads((old / ".cruft.json").read_text(encoding="utf-8"))["context"]["cookiecutter"]
        return {name: value for name, value in known.items() if not name.startswith("_")}

    def _run(self, command: Sequence[str], place: Path, side: str) -> subprocess.CompletedProcess[str]:
        """Update a copy of the project, always at the same path, and keep what became of it."""
        key = place.parent.name
        before = next(path for path in sorted((self.work / "made").glob("*.name")) if path.name.startswith(f"{key}+"))
        project = self._cleared() / before.read_text()
        shutil.copytree(place / "project", project, symlinks=True)
        give_away(project)
        done = self._isolated(command, project)
        shutil.rmtree(place / side, ignore_errors=True)
        project.rename(place / side)
        return done

    def _isolated(self, command: Sequence[str], folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        try:
            return isolated(command, self.work / "home", self.python, folder)
        except subprocess.TimeoutExpired as error:
            return subprocess.CompletedProcess(command, 1, "", f"it took longer than {error.timeout:g} s")

    def _cleared(self) -> Path:
        top = self.work / "projects"
        shutil.rmtree(top, ignore_errors=True)
        top.mkdir(parents=True)
        top.chmod(0o777)
        return top


def _update(history: History) -> list[str]:
    if history.tool == "copier":
        how = ["--defaults", "--conflict", "inline", "--skip-tasks", "--UNSAFE", "--quiet", "--answers-file", history.state]
        return ["update", *how, "--vcs-ref", history.after]
    return ["update", "--skip-apply-ask", "--checkout", history.after]


def _commit(project: Path) -> None:
    git = ("git", "-c", "user.name=Ada Example", "-c", "user.email=ada@example.org", "-c", "core.excludesFile=", "-c", "core.hooksPath=")
    for arguments in (("init", "--quiet", "--initial-branch=main"), ("add", "--all", "--force"), ("commit", "--quiet", "-m", "edits")):
        subprocess.run([*git, *arguments], cwd=project, check=True)


def _trial(place: Path, base: Tree, theirs: Tree) -> Trial:
    edits, before = Edits.load(place / "edits.json"), snapshot(place / "project")
    theirs_code, _, said = json.loads((place / "peer.json").read_text())
    tree = snapshot(place / "peer")
    conflicts = conflicts_of_peer(place / "peer", tree, before)
    peer = Outcome(_last(said)) if theirs_code else judge(tree, conflicts, edits, base, theirs)
    code, report, errors = json.loads((place / "ours.json").read_text())
    mine = snapshot(place / "ours")
    if code in {0, CONFLICTS}:
        ours = judge(mine, conflicts_told(report, mine), edits, base, theirs, left_out(report))
    else:
        ours = Outcome(_last(errors) or "".join(problem["message"] for problem in json.loads(report)["projects"][0]["problems"]))
    changing = [path for path, what in base.items() if what[0].startswith("file") and theirs.get(path) != what]
    differing = [] if ours.error or peer.error else disagreeing(ours, peer)
    gone = {path for path in base if path not in theirs}
    new = {path for path in theirs if path not in base and path not in before}
    left = frozenset((*gone, *(new for old, new in edits.renamed.items() if old in gone), *new))
    more = [] if ours.error or peer.error else [path for path in needless(ours, peer, edits) if path not in left]
    return Trial(len(base), len(changing), ours, peer, differing, more, left)


def _last(text: str) -> str:
    return text.strip().splitlines()[-1].strip() if text.strip() else ""


def main() -> None:
    """Try every history, or those named."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("clones", type=Path)
    parser.add_argument("--list", type=Path, default=HERE / "histories.yml", help="the histories")
    parser.add_argument("--only", action="append", default=[], help="a part of a history's name; may be given again")
    parser.add_argument("--seeds", type=int, default=2, help="sets of edits")
    parser.add_argument("--work", type=Path, help="a folder to keep everything in")
    parser.add_argument("--reuse", action="store_true", help="take the peer's results that are in the work folder")
    parser.add_argument("--peer", default=sys.executable, help="the Python that has Copier and Cruft")
    parser.add_argument("--command", type=shlex.split, default=[sys.executable, "-m", "robot_action"], help="what starts robot-action")
    parser.add_argument("--verbose", action="store_true", help="show what was lost, undone, missing, and what differs")
    parser.add_argument("--write", action="store_true", help="write the table to README.md")
    given = parser.parse_args()
    rows = [HEAD]
    with tempfile.TemporaryDirectory(prefix="histories-") as temporary:
        Path(temporary).chmod(0o755)
        laboratory = Laboratory((given.work or Path(temporary)).resolve(), given.peer, given.command, given.reuse)
        for item in yaml.safe_load(given.list.read_text(encoding="utf-8")):
            history = History(**item)
            if given.only and not any(part in history.name for part in given.only):
                continue
            try:
                trials = [laboratory.try_out(history, given.clones.resolve(), seed) for seed in range(1, given.seeds + 1)]
            except HistoryError as error:
                print(f"{history.name}: {error}", flush=True)
                continue
            rows.append(row(history, trials))
            print(rows[-1], flush=True)
            if given.verbose:
                print(details(trials), end="", flush=True)
    if given.write:
        readme = HERE / "README.md"
        before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
        lines = "\n".join(rows)
        readme.write_text(f"{before}{BEGIN}\n{lines}\n{END}{rest.partition(END)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
