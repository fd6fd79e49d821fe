"""One row of `run peers`: all its servers at once, warmed up, then measured one after the other in each round."""

import concurrent.futures
import contextlib
import hashlib
import subprocess
import sys
import time

from . import leash, load_client, peers_rows, peers_servers, process_tree, slow_clients
from .processes import BenchError

#: Starts are work for the JIT compiler and for Python's imports: more at once are not faster.
STARTS_AT_ONCE = 3
#: Until the JIT compiler has done its work, which is a matter of requests: hello, because it is fast, then the row's own.
JVM_WARM_UP_REQUESTS = 150_000
#: How many times the others' warm-up that of hello may take.
JVM_WARM_UPS = 3
#: As many loads of the row may follow, until the compiler takes less than this share of the server's CPU time.
JVM_ROW_LOADS = 10
COMPILING_SHARE = 0.03
HELLO_LENGTH = len("Hello, World!")
#: How long the last answers of a measurement may take.
GRACE_SECONDS = 30
#: A connection whose share of the answers is lower is starved: such a server's figures are not comparable.
LEAST_SHARE = 0.1
SLOW_CLIENTS_EACH_WAY = 500
SLOW_BYTES_PER_SECOND = 10_000
#: Until all have been accepted, and a server that keeps what is not yet read has taken it from the application.
SLOW_SETTLE_SECONDS = 5
SLOW_GRACE_SECONDS = 2
RECOVERY_SECONDS = 20
BUSY_SETTLE_SECONDS = 0.5


class RowRun:
    """All measurements of one row."""

    def __init__(self, row, servers, context):
        self.row = row
        self.servers = servers
        self.context = context
        self.options = context.options
        #: Why a server has no figures, by its name.
        self.reasons = {}
        #: By the server's name, one for each round.
        self.measurements = {server.name: [] for server in servers}
        self._running = {}
        self._expected = None

    def run(self):
        try:
            self._start_all()
            self._check_same()
            for running in list(self._running.values()):
                self._guarded(running, self._warm_up)
            for number in range(self.options.rounds):
                for running in rotated(list(self._running.values()), number):
                    self._guarded(running, self._measure)
                self._tell_round(number)
        finally:
            for running in self._running.values():
                peers_servers.stop(running)
        for name in self.reasons:
            self.measurements[name] = []
        return self

    def _start_all(self):
        self.context.tell(f"{self.row.name}: starting {len(self.servers)} servers …")
        with concurrent.futures.ThreadPoolExecutor(STARTS_AT_ONCE) as executor:
            list(executor.map(self._start, self.servers))
        # In the order of the table: the threads have put them in as they came.
        self._running = {each.name: self._running[each.name] for each in self.servers if each.name in self._running}

    def _start(self, server):
        try:
            self._running[server.name] = peers_servers.start(server, self.row, self.context)
        except BenchError as problem:
            self._drop(server.name, f"it {problem}")

    def _check_same(self):
        """The answers have the same bodies; headers such as Server and Date are each server's own."""
        reference, first = None, None
        for name, running in list(self._running.items()):
            try:
                body = peers_servers.fetch(running.port, self.row)
            except (OSError, BenchError) as problem:
                self._drop(name, f"its first answer failed: {problem}")
                continue
            digest = (len(body), hashlib.sha256(body).hexdigest())
            if reference is None:
                reference, first = digest, name
                self._expected = self._expectation(body)
            elif digest != reference:
                self._drop(name, f"its answer of {len(body)} bytes is not that of {first} ({reference[0]} bytes)")

    def _expectation(self, body):
        if not self.row.is_compared:
            return len(body)
        file = self.context.directory / f"answer-{self.row.name}"
        file.write_bytes(body)
        return file

    def _guarded(self, running, step):
        if running.server.name in self.reasons:
            return
        try:
            step(running)
        except BenchError as problem:
            if not running.is_alive():
                problem = f"{problem}; the server has ended; its last lines:\n{running.last_words()}"
            self._drop(running.server.name, str(problem))

    def _drop(self, name, reason):
        self.reasons[name] = reason
        self.context.tell(f"{self.row.name}: {name} is left out: {reason}")
        if name in self._running:
            peers_servers.stop(self._running.pop(name))

    def _warm_up(self, running):
        seconds = self.options.warm_up
        if seconds == 0:
            return
        self.context.tell(f"{self.row.name}: warming up {running.server.name}")
        if running.server.is_jvm:
            hello = peers_rows.HELLO
            limit = time.monotonic() + JVM_WARM_UPS * seconds
            served = 0
            while served < JVM_WARM_UP_REQUESTS and time.monotonic() < limit:
                served += self._load(running, hello, HELLO_LENGTH, seconds)["answered"]
        for _ in range(JVM_ROW_LOADS if running.server.is_jvm else 1):
            compiling, used = process_tree.compiler_seconds(running.pid), process_tree.cpu_seconds(running.pid)
            self._load_of_row(running, seconds)
            used = process_tree.cpu_seconds(running.pid) - used
            if process_tree.compiler_seconds(running.pid) - compiling <= COMPILING_SHARE * used:
                break

    def _load_of_row(self, running, seconds):
        if self.row.has_slow_clients and running.server.is_jvm:  # their paths are compiled too
            with self._slow_clients(running):
                self._loaded(running, self.row, self._expected, seconds, SLOW_GRACE_SECONDS)
        else:
            self._load(running, self.row, self._expected, seconds)

    def _load(self, running, row, expected, seconds, grace=GRACE_SECONDS):
        """A load whose answers must all be right."""
        result = self._loaded(running, row, expected, seconds, grace)
        if result["failed"]:
            done = result["answered"] + result["failed"]
            raise BenchError(f"{result['failed']} of {done} requests failed; the first: {result['first_failure']}")
        if not result["answered"]:
            raise BenchError(f"no request was answered within {seconds + grace:g} s")
        return result

    def _loaded(self, running, row, expected, seconds, grace):
        connections = row.connections or self.options.connections
        result = self.context.client.load(running.port, row, expected, connections, seconds, grace)
        result["per_second"] = result["answered"] / result["seconds"]
        result["share"] = result["fewest"] * connections / result["answered"] if result["answered"] else 0.0
        return result

    def _measure(self, running):
        if self.row.has_slow_clients:
            result = self._measure_beside_slow_clients(running)
        elif self.row.busy_processes:
            with busy(self.row.busy_processes):
                result = self._measured(running, self._load)
        else:
            result = self._measured(running, self._load)
        self.measurements[running.server.name].append(result)

    def _measured(self, running, load, **arguments):
        """A load, with the CPU time and the memory of the server in its time."""
        with process_tree.peak_pss(running.pid) as peak:
            before = process_tree.cpu_seconds(running.pid)
            result = load(running, self.row, self._expected, self.options.seconds, **arguments)
            used = process_tree.cpu_seconds(running.pid) - before
        result["cpu_us"] = used * 1e6 / result["answered"] if result["answered"] else None
        result["pss_mib"] = peak[0]
        return result

    def _measure_beside_slow_clients(self, running):
        """Requests that slow clients keep from being answered are no failures here: they are what is measured."""
        alone = self._load(running, self.row, self._expected, self.options.seconds)
        with self._slow_clients(running) as slow:
            time.sleep(SLOW_SETTLE_SECONDS)
            result = self._measured(running, self._loaded, grace=SLOW_GRACE_SECONDS)
        result["alone_per_second"] = alone["per_second"]
        result["of_alone"] = result["per_second"] / alone["per_second"]
        result["slow"] = slow
        self._await_recovery(running)
        return result

    @staticmethod
    def _slow_clients(running):
        up, down = peers_rows.UPLOAD_SLOWLY, peers_rows.DOWNLOAD_SLOWLY
        return slow_clients.slow_clients(
            running.port,
            load_client.request(running.port, up),
            b"%d\n" % up.body_size,
            load_client.request(running.port, down),
            peers_rows.SLOW_DOWNLOAD_BYTES,
            SLOW_CLIENTS_EACH_WAY,
            SLOW_BYTES_PER_SECOND,
        )

    def _await_recovery(self, running):
        limit = time.monotonic() + RECOVERY_SECONDS
        while running.is_alive() and time.monotonic() < limit:
            with contextlib.suppress(OSError, BenchError):
                peers_servers.fetch(running.port, self.row)
                return
        self.context.tell(f"{self.row.name}: {running.server.name} does not recover from the slow clients: restarting it")
        peers_servers.stop(running)
        name = running.server.name
        del self._running[name]
        self._running[name] = peers_servers.start(running.server, self.row, self.context)
        self._warm_up(self._running[name])

    def _tell_round(self, number):
        figures = []
        for name, measured in self.measurements.items():
            if measured and name not in self.reasons:
                last = measured[-1]
                cpu = "–" if last["cpu_us"] is None else f"{last['cpu_us']:,.0f} µs"
                figures.append(f"{name} {last['per_second']:,.0f}/s {cpu}")
        self.context.tell(f"{self.row.name}: round {number + 1}/{self.options.rounds}: {'; '.join(figures)}")


def rotated(items, number):
    """Each round begins with another one, and every other round goes backwards: nobody always follows the same one."""
    if not items:
        return items
    at = number % len(items)
    turned = items[at:] + items[:at]
    return turned if number % 2 == 0 else turned[::-1]


@contextlib.contextmanager
def busy(count):
    """Processes that compute, each held by a leash."""
    command = [sys.executable, leash.__file__, sys.executable, "-c", "while True: pass"]
    held = [subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True) for _ in range(count)]
    try:
        time.sleep(BUSY_SETTLE_SECONDS)
        yield
    finally:
        for process in held:
            process.stdin.close()
        for process in held:
            process.wait()
