"""The start of `gangway run` beside gunicorn's: time and CPU time until the first answer, and memory, of a small Flask application.

Servers run one at a time, in rounds. By default this takes about ten minutes.
"""

import contextlib
import dataclasses
import datetime
import json
import shutil
import socket
import statistics
import sys
import time

from . import load_client, peers_install, peers_measure, peers_rows, peers_servers, process_tree, processes, tables

DIRECTORY = processes.BENCH / "target" / "start"
#: Where the script keeps its class data: not the user's own, so that each run of this suite makes it once.
CACHE = DIRECTORY / "cache"
ROW = peers_rows.ROWS["flask-json"]
POLL_SECONDS = 0.002
#: Until what a start leaves to its threads is done: memory is read then.
SETTLE_SECONDS = 3
#: A piece of the load; the number of requests is looked at after each.
PIECE_SECONDS = 1
#: Python's imports, two JVMs and the dump of their classes, on a busy machine.
CLASS_DATA_SECONDS = 180
REFERENCE, OURS, PLAIN = "gunicorn", "gangway", "java -jar"
LATER_SECONDS = 0.35
START_MIB, LOADED_MIB = 110, 145
CPU_RATIO = 1.10


def add_arguments(parser):
    parser.add_argument("--rounds", type=int, default=5, help="starts of each server (default %(default)s)")
    parser.add_argument(
        "--requests", type=int, default=100_000, help="requests after each start; 0 for none (default %(default)s)"
    )
    parser.add_argument("--connections", type=int, default=32, help="connections of the load (default %(default)s)")
    parser.add_argument("--java-option", action="append", default=[], metavar="OPTION", help="an option more for each JVM")


def script(start):
    """The jar as a program: with the options and the class data of its own script."""
    return [str(peers_servers.GANGWAY_JAR), *_run(start)]


def _plain(start):
    return [processes.java_command(), *start.java_options, "-jar", str(peers_servers.GANGWAY_JAR), *_run(start)]


def _run(start):
    return ["run", start.application, "--bind", start.address, "--venv", str(peers_install.VENV),
            f"--workers={start.processes}", f"--threads={start.threads}", f"--access-log={start.access_log}"]  # fmt: skip


SERVERS = (
    peers_servers.SERVERS["gunicorn"],
    peers_servers.Server(OURS, script, is_jvm=True),
    peers_servers.Server(PLAIN, _plain, is_jvm=True),
)


@dataclasses.dataclass
class Options:
    """What peers_servers asks for."""

    processes: int
    threads: int
    java_option: list


def run(options):
    processes.build("bridge-cli,src-test-it/bench", "package")
    missing = peers_install.install(SERVERS, (), False)
    if missing:
        raise processes.BenchError("\n".join(missing.values()))
    shutil.rmtree(DIRECTORY, ignore_errors=True)
    DIRECTORY.mkdir(parents=True)
    machine = tables.machine()
    environment = {"XDG_CACHE_HOME": str(CACHE), "JAVA_OPTS": " ".join(options.java_option)}
    measured = {server.name: [] for server in SERVERS}
    with load_client.client() as client:
        suite = Suite(options, environment, client)
        has_data = suite.make_class_data()
        for number in range(options.rounds):
            for server in peers_measure.rotated(SERVERS, number):
                measured[server.name].append(suite.measure(server))
            tell(f"round {number + 1}/{options.rounds}: " + "; ".join(
                f"{name} {rounds[-1]['seconds']:.2f} s, {rounds[-1]['start_mib']:.0f} MiB" for name, rounds in measured.items()))
    print(markdown(measured, machine, options, has_data))
    file = DIRECTORY / "results.json"
    file.write_text(json.dumps({"machine": dict(machine), "options": vars(options), "rounds": measured}, indent=1) + "\n")
    print(f"raw figures of all rounds: {file}", file=sys.stderr)


def tell(text):
    print(f"{datetime.datetime.now():%H:%M:%S} {text}", file=sys.stderr, flush=True)


class Suite:
    def __init__(self, options, environment, client):
        self.options = options
        self.environment = environment
        self.client = client
        self.expected = None

    def make_class_data(self):
        """A first start, beside which the class data is made; returns whether it was."""
        tell("the first start, which makes the class data …")
        ours = next(server for server in SERVERS if server.name == OURS)
        with self._started(ours):
            limit = time.monotonic() + CLASS_DATA_SECONDS
            while time.monotonic() < limit:
                if list(CACHE.glob("gangway/*.data")):
                    return True
                if list(CACHE.glob("gangway/*.failed")):
                    break
                time.sleep(0.1)
        tell("there is no class data")
        return False

    @contextlib.contextmanager
    def _started(self, server):
        """Yields the server and the seconds from its program's begin to its first answer."""
        asked = Options(2, 4, self.options.java_option)
        start = peers_servers.prepared(server, ROW, DIRECTORY / server.name.replace(" ", "-"), asked)
        mark = start.directory.with_suffix(".begin")
        running = peers_servers.launch(server, start, {**self.environment, "LEASH_BEGIN": str(mark)})
        try:
            body, answered = first_answer(running)
            if self.expected is None:
                self.expected = DIRECTORY / "answer"
                self.expected.write_bytes(body)
            elif self.expected.read_bytes() != body:
                raise processes.BenchError(f"{server.name} answers {body[:80]!r}, and not as the servers before it")
            yield running, answered - float(mark.read_text())
        finally:
            peers_servers.stop(running)

    def measure(self, server):
        with self._started(server) as (running, seconds):
            result = {"seconds": seconds, "start_cpu_ms": process_tree.cpu_seconds(running.pid) * 1000}
            time.sleep(SETTLE_SECONDS)
            result["start_mib"] = process_tree.pss_mib(running.pid)
            if self.options.requests:
                result["request_cpu_us"] = self._load(running)
                result["loaded_mib"] = process_tree.pss_mib(running.pid)
            return result

    def _load(self, running):
        """CPU time of each request, the cold ones included."""
        used, answered = process_tree.cpu_seconds(running.pid), 0
        while answered < self.options.requests:
            piece = self.client.load(
                running.port, ROW, self.expected, self.options.connections, PIECE_SECONDS, peers_measure.GRACE_SECONDS
            )
            if piece["failed"] or not piece["answered"]:
                raise processes.BenchError(f"{running.server.name}: requests failed: {piece.get('first_failure')}")
            answered += piece["answered"]
        return (process_tree.cpu_seconds(running.pid) - used) * 1e6 / answered


def first_answer(running, row=ROW):
    """The body of the first answer, and the time.monotonic() of its last byte. A server that does not listen yet is asked again."""
    limit = time.monotonic() + peers_servers.START_SECONDS
    request = load_client.request(running.port, row).replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
    while time.monotonic() < limit and running.is_alive():
        try:
            with socket.create_connection(("127.0.0.1", running.port), timeout=peers_servers.START_SECONDS) as client:
                client.sendall(request)
                answer = b""
                while received := client.recv(1 << 16):
                    answer += received
                answered = time.monotonic()
        except OSError:
            time.sleep(POLL_SECONDS)
            continue
        head, _, body = answer.partition(b"\r\n\r\n")
        if head.split(b" ", 2)[1:2] != [b"200"]:
            raise processes.BenchError(f"{running.server.name} answers {head[:80]!r}; its last lines:\n{running.last_words()}")
        return body, answered
    raise processes.BenchError(f"{running.server.name} did not answer; its last lines:\n{running.last_words()}")


def median(rounds, key):
    values = [each[key] for each in rounds if key in each]
    return statistics.median(values) if values else None


def markdown(measured, machine, options, has_data):
    rows = []
    for name, rounds in measured.items():
        seconds = sorted(each["seconds"] for each in rounds)
        rows.append([
            name,
            f"{median(rounds, 'seconds'):.2f}",
            f"{seconds[0]:.2f}–{seconds[-1]:.2f}",
            f"{median(rounds, 'start_cpu_ms'):,.0f}",
            *(shown(median(rounds, key)) for key in ("start_mib", "loaded_mib", "request_cpu_us")),
        ])  # fmt: skip
    head = ["medians", "first answer s", "range", "CPU ms until then", "PSS MiB", f"after {options.requests:,}", "CPU µs/request"]
    parts = [
        f"{options.rounds} starts of each, 2 processes of 4 threads, {options.connections} connections"
        + ("" if has_data else "; the class data could not be made"),
        tables.markdown(["machine", "value"], machine),
        tables.markdown(head, rows),
        tables.markdown(["gangway", "measured", "target", "met"], targets(measured)),
    ]
    return "\n" + "\n\n".join(parts) + "\n"


def shown(value):
    return "–" if value is None else f"{value:,.0f}"


def targets(measured):
    """A row for each target: its meaning, the figure, the target, and whether it is met."""
    ours = measured[OURS]
    later = statistics.median(a["seconds"] - b["seconds"] for a, b in zip(ours, measured[REFERENCE]))
    rows = [["first answer later than gunicorn's, s", f"{later:.2f}", f"≤ {LATER_SECONDS:.2f}", _met(later, LATER_SECONDS)]]
    for meaning, key, limit in (("PSS at the start, MiB", "start_mib", START_MIB), ("PSS after load, MiB", "loaded_mib", LOADED_MIB)):
        value = median(ours, key)
        if value is not None:
            rows.append([meaning, f"{value:.0f}", f"≤ {limit}", _met(value, limit)])
    if "request_cpu_us" in ours[0]:
        ratio = statistics.median(a["request_cpu_us"] / b["request_cpu_us"] for a, b in zip(ours, measured[PLAIN]))
        rows.append([f"CPU for each request ÷ that of {PLAIN}", f"{ratio:.2f}", f"≤ {CPU_RATIO:.2f}", _met(ratio, CPU_RATIO)])
    return rows


def _met(value, limit):
    return "yes" if value <= limit else "NO"
