"""Processes that end with this one, and the build that makes their class path."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import threading

BENCH = pathlib.Path(__file__).resolve().parent.parent
ROOT = BENCH.parent.parent

START_SECONDS = 60
STOP_SECONDS = 10


class BenchError(Exception):
    """Ends a run; the message says what is wrong and what to do."""


def end_on_signals():
    """SIGTERM and SIGHUP unwind the stack as Ctrl-C does, so that every process is ended on the way out."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(143))


def need(command, remedy):
    if shutil.which(command) is None:
        raise BenchError(f"{command} is not installed: {remedy}")


def build(modules="src-test-it/bench", phase="process-classes", profile=None):
    """Builds modules and what they need from this checkout; nothing is installed anywhere."""
    need("mvn", "install Maven 3.8 or later, such as Debian's package maven")
    print("building …", file=sys.stderr, flush=True)
    done = subprocess.run(
        ["mvn", "-B", "-q", "-pl", modules, "-am", "-Dspotless.check.skip", "-Dmaven.test.skip"]
        + ([f"-P{profile}"] if profile else [])
        + [phase],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
    )
    if done.returncode != 0:
        raise BenchError("the build failed: see Maven's output above")


def class_path():
    recorded = (BENCH / "target" / "class-path").read_text().strip()
    return os.pathsep.join([str(BENCH / "target" / "classes"), recorded])


def java_command():
    home = os.environ.get("JAVA_HOME")
    return os.path.join(home, "bin", "java") if home else "java"


@contextlib.contextmanager
def java_server(main_class, options=(), arguments=()):
    """Runs a server that prints lines and then ``ready``; yields the process and those lines, split into words.

    The server ends when its standard input does, so it cannot outlive this process.
    """
    process = subprocess.Popen(
        [java_command(), *options, "-cp", class_path(), main_class, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, _until_ready(process, main_class)
    finally:
        _stop(process)


def _until_ready(process, main_class):
    clock = threading.Timer(START_SECONDS, process.kill)
    clock.start()
    try:
        lines = []
        for line in process.stdout:
            if line.strip() == "ready":
                return lines
            lines.append(line.split())
    finally:
        clock.cancel()
    raise BenchError(f"{main_class} did not start within {START_SECONDS} s: see its output above")


def _stop(process):
    with contextlib.suppress(OSError):
        process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    process.stdout.close()


def cpu_seconds(pid):
    """User and system time that a process has used (proc(5), fields 14 and 15 of stat)."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_rss_mb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    raise BenchError(f"/proc/{pid}/status does not tell VmHWM")
