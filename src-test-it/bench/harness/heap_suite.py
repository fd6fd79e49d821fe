"""`gangway run` with its own options for the JVM, and so a small heap, under what needs memory: many uploads at once, and many connections.

It runs the jar as a program. By default this takes about three minutes, and up to 10 GB of disk in the temp directory.
"""

import contextlib
import dataclasses
import json
import resource
import selectors
import socket
import sys
import time

from . import load_client, peers_install, peers_measure, peers_rows, peers_servers, process_tree, processes, start_suite, tables

DIRECTORY = processes.BENCH / "target" / "heap"
MIB = peers_rows.MIB
#: Bytes that are sent in one call.
PIECE = 256 * 1024
#: 10 GB through a disk that others use too.
UPLOAD_SECONDS = 300
#: How long the busy connections are loaded beside the idle ones.
BUSY_SECONDS = 10
#: Before the idle timeout of 75 seconds.
LAST_ANSWER_SECONDS = 30
OUT_OF_MEMORY = "OutOfMemoryError"


def add_arguments(parser):
    parser.add_argument("--uploads", type=int, default=200, help="uploads at once (default %(default)s)")
    parser.add_argument("--connections", type=int, default=5000, help="idle connections (default %(default)s)")
    parser.add_argument("--busy", type=int, default=32, help="busy connections beside them (default %(default)s)")
    parser.add_argument("--java-option", action="append", default=[], metavar="OPTION", help="an option more for the JVM")


@dataclasses.dataclass(frozen=True)
class Case:
    name: str
    act: object
    settings: tuple = ()


def cases(options):
    """The uploads of 50 MB are more than the default of --buffer-limit: some are answered 503, or the limit is raised."""
    size = 50_000_000
    return (
        Case(f"{options.uploads} uploads of 1 MiB at once", lambda server: uploads(server.port, options.uploads, MIB)),
        Case(f"{options.uploads} uploads of 50 MB at once", lambda server: uploads(server.port, options.uploads, size)),
        Case(f"{options.uploads} uploads of 50 MB at once, --buffer-limit=16G",
             lambda server: uploads(server.port, options.uploads, size), ("--buffer-limit=16G",)),
        Case(f"{options.connections:,} idle connections, {options.busy} busy ones",
             lambda server: idle_and_busy(server, options.connections, options.busy)),
    )  # fmt: skip


def run(options):
    processes.build("bridge-cli,src-test-it/bench", "package")
    missing = peers_install.install((), (), False)
    if missing:
        raise processes.BenchError("\n".join(missing.values()))
    _raise_file_limit(options.connections + 1000)
    machine = tables.machine()
    environment = {"XDG_CACHE_HOME": "/dev/null", "JAVA_OPTS": " ".join(options.java_option)}
    measured = []
    for case in cases(options):
        start_suite.tell(case.name)
        measured.append((case.name, measure(case, environment)))
    print(markdown(measured, machine))
    file = DIRECTORY / "results.json"
    file.write_text(json.dumps({"machine": dict(machine), "options": vars(options), "cases": measured}, indent=1) + "\n")
    print(f"raw figures: {file}; the servers' output is beside it", file=sys.stderr)


def _raise_file_limit(wanted):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        if hard != resource.RLIM_INFINITY and hard < wanted:
            raise processes.BenchError(f"the limit of open files is {hard}: raise it to {wanted} (ulimit -n), or name fewer --connections")
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def measure(case, environment):
    command = peers_servers.Server(case.name, lambda start: [*start_suite.script(start), *case.settings], is_jvm=True)
    directory = DIRECTORY / "".join(letter if letter.isalnum() else "-" for letter in case.name)
    start = peers_servers.prepared(command, peers_rows.HELLO, directory, start_suite.Options(2, 4, []))
    running = peers_servers.launch(command, start, environment)
    try:
        start_suite.first_answer(running, peers_rows.HELLO)
        time.sleep(start_suite.SETTLE_SECONDS)
        result = {"start_mib": process_tree.pss_mib(running.pid)}
        with process_tree.peak_pss(running.pid) as peak:
            result.update(case.act(running))
        time.sleep(start_suite.SETTLE_SECONDS)
        result.update(peak_mib=peak[0], end_mib=process_tree.pss_mib(running.pid))
    finally:
        peers_servers.stop(running)
    log = (start.directory / "output.log").read_text(errors="replace")
    result["out_of_memory"] = sum(OUT_OF_MEMORY in line for line in log.splitlines())
    return result


class Upload:
    """One client that sends its body as fast as the server takes it, and reads its answer to the end."""

    def __init__(self, port, head, body):
        self.status, self.failure = "", ""
        self._parts = [memoryview(head), memoryview(body)]
        self._answer = b""
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setblocking(False)

    def is_done(self, events):
        """Does what it can; returns whether this was all."""
        try:
            if events & selectors.EVENT_READ:
                return self._receive()
            if self._parts:
                part = self._parts[0][:PIECE]
                rest = self._parts[0][self.socket.send(part) :]
                self._parts = [rest, *self._parts[1:]] if rest else self._parts[1:]
        except BlockingIOError:
            pass
        except OSError as failure:  # also where an early answer has been read: its connection is closed with a reset
            self.failure = str(failure)
            return True
        return False

    def _receive(self):
        received = self.socket.recv(1 << 16)
        self._answer += received
        if b"\r\n\r\n" in self._answer:
            self.status = self._answer[9:12].decode("latin-1")
        return not received

    @property
    def events(self):
        return selectors.EVENT_READ | (selectors.EVENT_WRITE if self._parts else 0)

    @property
    def outcome(self):
        return self.status or "failed"

    def body(self):
        return self._answer.partition(b"\r\n\r\n")[2]


def uploads(port, count, size):
    """All at once, each on a connection of its own."""
    body = bytes(size)
    head = (f"POST /upload HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: {size}\r\nConnection: close\r\n\r\n").encode()
    begin = time.monotonic()
    clients = [Upload(port, head, body) for _ in range(count)]
    with selectors.DefaultSelector() as selector:
        for client in clients:
            selector.register(client.socket, client.events, client)
        while selector.get_map() and time.monotonic() - begin < UPLOAD_SECONDS:
            for key, events in selector.select(1):
                if key.data.is_done(events):
                    selector.unregister(key.fileobj)
                else:
                    selector.modify(key.fileobj, key.data.events, key.data)
        late = len(selector.get_map())
    for client in clients:
        client.socket.close()
    wrong = sum(client.status == "200" and client.body() != b"%d\n" % size for client in clients)
    return {"outcomes": _counted(client.outcome for client in clients), "late": late, "wrong": wrong, "seconds": time.monotonic() - begin}


def idle_and_busy(server, count, busy):
    """Each idle connection has one answer, then waits while others are busy, then has a second one."""
    begin = time.monotonic()
    outcomes = []
    expected = server.start.directory / "answer"
    expected.write_bytes(b"Hello, World!")
    with contextlib.ExitStack() as stack:
        address = ("127.0.0.1", server.port)
        idle = [stack.enter_context(socket.create_connection(address, timeout=LAST_ANSWER_SECONDS)) for _ in range(count)]
        for client in idle:
            outcomes.append(_asked(client, server.port))
        with load_client.client() as load:
            done = load.load(server.port, peers_rows.HELLO, expected, busy, BUSY_SECONDS, peers_measure.GRACE_SECONDS)
        for client in idle:
            outcomes.append(_asked(client, server.port))
    outcomes += ["200"] * done["answered"] + ["failed"] * done["failed"]
    return {"outcomes": _counted(outcomes), "late": 0, "wrong": 0, "seconds": time.monotonic() - begin}


def _asked(client, port):
    """The status of one answer on a connection that is kept."""
    try:
        client.sendall(b"GET /hello HTTP/1.1\r\nHost: 127.0.0.1:%d\r\n\r\n" % port)
        answer = b""
        while not answer.endswith(b"Hello, World!"):
            received = client.recv(4096)
            if not received:
                return "closed"
            answer += received
        return answer[9:12].decode("latin-1")
    except OSError:
        return "failed"


def _counted(outcomes):
    counts = {}
    for outcome in outcomes:
        counts[outcome] = counts.get(outcome, 0) + 1
    return counts


def markdown(measured, machine):
    rows = [
        [
            name,
            ", ".join(f"{count:,} × {outcome}" for outcome, count in sorted(result["outcomes"].items())),
            result["late"] + result["wrong"],
            f"{result['seconds']:.0f}",
            *(f"{result[key]:,.0f}" for key in ("start_mib", "peak_mib", "end_mib")),
            result["out_of_memory"],
        ]
        for name, result in measured
    ]
    head = ["case", "answers", "late or wrong", "seconds", "PSS MiB", "peak", "afterwards", OUT_OF_MEMORY]
    return "\n" + "\n\n".join([tables.markdown(["machine", "value"], machine), tables.markdown(head, rows)]) + "\n"
