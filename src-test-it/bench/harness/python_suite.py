"""The same Python applications behind Gangway (the `gangway` command, on Jetty) and gunicorn (gthread)."""

import contextlib
import hashlib
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time
import urllib.request

from . import processes, tables, wrk

SIDES = ("gunicorn", "gangway")
TARGETS = {"hello": 1.5, "flask-json": 1.1}
APPLICATIONS = {"hello": "applications:hello", "flask-json": "applications:flask_json"}
SOURCES = processes.BENCH / "python"
VENV = processes.BENCH / "target" / "python-venv"
JAR = processes.ROOT / "bridge-cli" / "target" / "gangway.jar"
#: Requests to each side that are not measured: the JIT compiler's, and Python's specialising interpreter's.
WARM_UP_REQUESTS = 200_000
WARM_UP_LIMIT_SECONDS = 180
START_SECONDS = 60
STOP_SECONDS = 20
LISTENING = {
    "gunicorn": re.compile(r"Listening at: http://127\.0\.0\.1:(\d+)"),
    "gangway": re.compile(r"http://127\.0\.0\.1:(\d+)/"),
}


def add_arguments(parser):
    parser.add_argument("--rounds", type=int, default=8, help="measured rounds of each workload (default %(default)s)")
    parser.add_argument("--seconds", type=int, default=5, help="length of one measurement (default %(default)s)")
    parser.add_argument("--connections", type=int, default=32, help="connections that wrk keeps (default %(default)s)")
    parser.add_argument("--workers", type=int, default=2, help="worker processes of each side (default %(default)s)")
    parser.add_argument("--threads", type=int, default=4, help="threads of each worker (default %(default)s)")
    parser.add_argument(
        "--workload", action="append", choices=list(TARGETS), help="only this one; may be repeated (default all)"
    )
    parser.add_argument(
        "--java-option", action="append", default=[], metavar="OPTION", help="an option for the JVM of Gangway"
    )


def run(options):
    wrk.check_installed()
    processes.build("bridge-cli", "package")
    _make_venv()
    workloads = options.workload or list(TARGETS)
    machine = [*tables.machine(), *_versions(), ("wrk", wrk.version())]
    results = {}
    for workload in workloads:
        with _gunicorn(workload, options) as rival, _gangway(workload, options) as ours:
            results[workload] = _measure(workload, {"gunicorn": rival, "gangway": ours}, options)
    _report(results, machine, options)


def _make_venv():
    """A virtual environment under target/, made once for each version of the requirements."""
    wanted = hashlib.sha256((SOURCES / "requirements.txt").read_bytes()).hexdigest()
    stamp = VENV / "requirements.sha256"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    print("making the virtual environment …", file=sys.stderr, flush=True)
    for command in (
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        [str(VENV / "bin" / "pip"), "install", "-q", "-r", str(SOURCES / "requirements.txt")],
    ):
        if subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr).returncode != 0:
            raise processes.BenchError(f"{' '.join(command)} failed: see above (Debian's package is python3-venv)")
    stamp.write_text(wanted)


def _versions():
    names = ("flask", "gunicorn")
    program = f"import importlib.metadata as m; print(*(m.version(n) for n in {names}))"
    told = subprocess.run([str(VENV / "bin" / "python"), "-c", program], capture_output=True, text=True)
    return list(zip(names, told.stdout.split()))


@contextlib.contextmanager
def _server(command, listening_in):
    """Runs a server until the end of the block; yields its pid and its port."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GANGWAY_")}
    process = subprocess.Popen(
        command,
        cwd=SOURCES,
        env={**environment, "PYTHONDONTWRITEBYTECODE": "1"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        port = _port(process, listening_in)
        # Whoever prints no more is read no more: a full pipe would stop the server.
        threading.Thread(target=lambda: [None for _ in process.stdout], daemon=True).start()
        yield process.pid, port
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _port(process, pattern):
    clock = threading.Timer(START_SECONDS, process.kill)
    clock.start()
    try:
        printed = []
        for line in process.stdout:
            printed.append(line)
            found = pattern.search(line)
            if found:
                port = int(found.group(1))
                _await_answer(port)
                return port
    finally:
        clock.cancel()
    raise processes.BenchError(f"{process.args[0]} did not start within {START_SECONDS} s:\n{''.join(printed)}")


def _await_answer(port):
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), 1):
                return
        except OSError:
            if time.monotonic() > end:
                raise processes.BenchError(f"nobody answers on port {port}") from None
            time.sleep(0.05)


def _gunicorn(workload, options):
    command = [str(VENV / "bin" / "gunicorn"), "--bind", "127.0.0.1:0", "--worker-class", "gthread"]
    command += ["--workers", str(options.workers), "--threads", str(options.threads), "--keep-alive", "75"]
    return _server([*command, APPLICATIONS[workload]], LISTENING["gunicorn"])


def _gangway(workload, options):
    command = [processes.java_command(), *options.java_option, "-jar", str(JAR), "run", APPLICATIONS[workload]]
    command += ["--bind", "127.0.0.1:0", "--venv", str(VENV)]
    command += ["--workers", str(options.workers), "--threads", str(options.threads)]
    return _server(command, LISTENING["gangway"])


def _measure(workload, servers, options):
    _check_same(workload, servers)
    print(f"{workload}: both answer the same; warming up", file=sys.stderr, flush=True)
    served = dict.fromkeys(SIDES, 0)
    end = time.monotonic() + WARM_UP_LIMIT_SECONDS
    while min(served.values()) < WARM_UP_REQUESTS and time.monotonic() < end:
        for side, (_, port) in servers.items():
            served[side] += wrk.run(port, (), options.seconds, options.connections).requests
    rounds = []
    for number in range(options.rounds):
        order = SIDES if number % 2 == 0 else SIDES[::-1]
        measured = {}
        for side in order:
            pid, port = servers[side]
            before = processes.tree_cpu_seconds(pid)
            result = wrk.run(port, (), options.seconds, options.connections)
            after = processes.tree_cpu_seconds(pid)
            cpu = {kind: (after[kind] - before[kind]) * 1e6 / result.requests for kind in after}
            measured[side] = (result.per_second, result.p50_us, result.p99_us, cpu["first"], cpu["others"])
        rounds.append(measured)
        ratio = measured["gangway"][0] / measured["gunicorn"][0]
        print(f"{workload}: round {number + 1}/{options.rounds}: {ratio:.3f}", file=sys.stderr, flush=True)
    return rounds


def _check_same(workload, servers):
    """Status, type and body are the same; Server and its like are the servers' own."""
    answers = {}
    for side, (_, port) in servers.items():
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as response:
            content_type = response.headers["Content-Type"].replace("; ", ";")  # Jetty leaves the space out
            answers[side] = (response.status, content_type, response.read())
    if len(set(answers.values())) != 1:
        raise processes.BenchError(f"{workload}: the answers differ: {answers}")


def _report(results, machine, options):
    print(
        f"\n{options.rounds} rounds of {options.seconds} s, {options.connections} connections, "
        f"{options.workers} workers of {options.threads} threads\n"
    )
    print(tables.markdown(["machine", "value"], machine) + "\n")
    rows = []
    for workload, rounds in results.items():
        for side in SIDES:
            values = [statistics.median(round[side][i] for round in rounds) for i in range(5)]
            per_second, p50, p99, first, others = values
            cells = [f"{per_second:,.0f}", f"{p50:,.0f}", f"{p99:,.0f}", f"{first:.1f}", f"{others:.1f}"]
            rows.append([f"{workload}, {side}", *cells])
    head = ["medians", "req/s", "p50 µs", "p99 µs", "CPU µs/req, JVM or arbiter", "CPU µs/req, workers"]
    print(tables.markdown(head, rows) + "\n")
    rows, last = [], []
    for workload, rounds in results.items():
        ratios = sorted(round["gangway"][0] / round["gunicorn"][0] for round in rounds)
        ratio = statistics.median(ratios)
        low, high = ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4]
        verdict = "yes" if ratio >= TARGETS[workload] else "NO"
        rows.append([workload, f"{ratio:.2f}", f"{low:.2f}–{high:.2f}", f"≥ {TARGETS[workload]}", verdict])
        last.append(f"{workload}={ratio:.3f}")
    print(tables.markdown(["gangway / gunicorn", "req/s", "middle half of rounds", "target", "met"], rows) + "\n")
    print("ratio: " + " ".join(last))
