import contextlib
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import types
import unittest
import unittest.mock

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3]))

from harness import (  # noqa: E402
    leash,
    load_client,
    peers_measure,
    peers_report,
    peers_rows,
    peers_servers,
    peers_suite,
    process_tree,
    slow_clients,
    war,
)

#: For steps that take milliseconds on a quiet machine.
LIMIT_SECONDS = 30
HELD = """
import os, subprocess, sys, time
def compute():
    end = time.process_time() + 0.05
    while time.process_time() < end: pass
compute()
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"], start_new_session=True)
if os.fork() == 0:
    compute()
    os._exit(0)
os.wait()
print("done", child.pid, flush=True)
time.sleep(600)
"""


@contextlib.contextmanager
def held():
    """A leash around a process with a child in a session of its own; yields the leash and the child's pid."""
    command = [sys.executable, leash.__file__, sys.executable, "-c", HELD]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        word, pid = process.stdout.readline().split()
        assert word == "done"
        try:
            yield process, int(pid)
        finally:
            process.stdin.close()
            process.wait(LIMIT_SECONDS)


def exists(pid):
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def await_end(pid):
    limit = time.monotonic() + LIMIT_SECONDS
    while exists(pid) and time.monotonic() < limit:
        time.sleep(0.01)
    return not exists(pid)


class LeashTest(unittest.TestCase):
    def test_a_server_and_all_that_it_started_end_with_standard_input(self):
        with held() as (process, child):
            self.assertTrue(exists(child))
            process.stdin.close()
            process.wait(LIMIT_SECONDS)
            self.assertTrue(await_end(child))

    def test_what_a_server_leaves_behind_ends_with_it(self):
        with held() as (process, child):
            server = next(pid for pid in leash.descendants(process.pid) if pid != child)
            os.kill(server, signal.SIGKILL)
            self.assertNotEqual(process.wait(LIMIT_SECONDS), 0)
            self.assertTrue(await_end(child))


class ProcessTreeTest(unittest.TestCase):
    def test_the_time_of_processes_that_have_ended_is_counted(self):
        with held() as (process, _):
            self.assertGreaterEqual(process_tree.cpu_seconds(process.pid), 0.09)

    def test_memory_is_that_of_all_processes_below_the_leash(self):
        with held() as (process, child):
            own = pathlib.Path(f"/proc/{child}/smaps_rollup").read_text()
            self.assertIn("Pss:", own)
            with process_tree.peak_pss(process.pid) as peak:
                pass
            kib = next(int(line.split()[1]) for line in own.splitlines() if line.startswith("Pss:"))
            self.assertGreater(peak[0], kib / 1024)


class SlowClientsTest(unittest.TestCase):
    def serve(self, answer, gone):
        """Answers each connection after the whole request; notes readers' addresses as they leave."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def handle(connection):
            with connection, contextlib.suppress(OSError):
                received = b""
                while not received.endswith(b"END"):
                    data = connection.recv(1 << 16)
                    if not data:
                        return
                    received += data
                connection.sendall(answer(received))
            gone.release()

        def accept():
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=handle, args=[listener.accept()[0]], daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return listener.getsockname()[1]

    def crowd(self, answer):
        gone = threading.Semaphore(0)
        port = self.serve(answer, gone)
        up = b"POST /" + b"x" * 500 + b"END"
        with slow_clients.slow_clients(port, up, b"ok", b"GET END", 300, 1, 1000) as told:
            for _ in range(4):
                self.assertTrue(gone.acquire(timeout=LIMIT_SECONDS))
        return told

    def test_counts_what_is_sent_and_read(self):
        def answer(received):
            return b"HTTP/1.1 200 OK\r\n\r\n" + (b"ok" if received.startswith(b"POST") else b"x" * 300)

        told = self.crowd(answer)
        self.assertEqual(told["failed"], 0, told)
        self.assertGreater(told["read_share"], 0)

    def test_an_answer_that_is_not_the_expected_one_is_a_failure(self):
        told = self.crowd(lambda _: b"HTTP/1.1 503 Busy\r\n\r\n")
        self.assertGreater(told["failed"], 0)
        self.assertIn("HTTP/1.1 503 Busy", told["first_failure"])


class MeasureTest(unittest.TestCase):
    def test_every_server_begins_a_round_and_none_always_follows_the_same(self):
        rounds = [peers_measure.rotated(["a", "b", "c"], number) for number in range(6)]
        self.assertEqual({each[0] for each in rounds}, {"a", "b", "c"})
        self.assertEqual(rounds[0], ["a", "b", "c"])
        self.assertEqual(rounds[1], ["a", "c", "b"])

    def test_a_request_has_the_proxys_headers_and_its_body(self):
        request = load_client.request(8000, peers_rows.ROWS["post-64k"])
        head, _, body = request.partition(b"\r\n\r\n")
        self.assertIn(b"\r\nX-Forwarded-For: 203.0.113.7\r\n", head)
        self.assertTrue(head.endswith(b"\r\nContent-Length: 65536"))
        self.assertEqual(len(body), 65536)


def measured(cpu, share=1.0, rate=100.0):
    figures = {"cpu_us": cpu, "per_second": rate, "share": share, "p50_us": 1, "p99_us": 2, "pss_mib": 3, "client_cores": 0.1}
    return {**figures, "failed": 0}


class WarmUpTest(unittest.TestCase):
    def loads(self, is_jvm, compiling):
        """How many loads of its row a server gets whose compiler takes these shares of the CPU time, one after the other."""
        done = []
        options = types.SimpleNamespace(warm_up=1, connections=1)
        context = types.SimpleNamespace(options=options, tell=lambda text: None)
        run = peers_measure.RowRun(peers_rows.HELLO, [], context)
        run._load = lambda *ignored: {"answered": peers_measure.JVM_WARM_UP_REQUESTS}
        run._load_of_row = lambda *ignored: done.append(1)
        running = types.SimpleNamespace(pid=0, server=types.SimpleNamespace(name="server", is_jvm=is_jvm))
        with unittest.mock.patch.multiple(
            process_tree,
            cpu_seconds=lambda pid: float(len(done)),
            compiler_seconds=lambda pid: sum(compiling[: len(done)]),
        ):
            run._warm_up(running)
        return len(done)

    def test_a_jvm_has_load_until_its_compiler_is_done(self):
        self.assertEqual(self.loads(True, [0.4, 0.2, 0.01, 0.01]), 3)

    def test_a_compiler_that_is_never_done_is_not_waited_for(self):
        self.assertEqual(self.loads(True, [0.4] * 100), peers_measure.JVM_ROW_LOADS)

    def test_other_servers_have_one_load(self):
        self.assertEqual(self.loads(False, [0.0]), 1)


class ReportTest(unittest.TestCase):
    options = types.SimpleNamespace(rounds=2, seconds=1, warm_up=0, connections=32, processes=2, threads=4)

    def run_of(self, name, measurements, reasons=None):
        return types.SimpleNamespace(row=peers_rows.ROWS[name], measurements=measurements, reasons=reasons or {})

    def report(self, run):
        return peers_report.Report(peers_suite.PEERS, [run]).markdown([("CPU", "test")], self.options)

    def test_the_ratio_is_the_median_of_the_rounds_own_ratios(self):
        run = self.run_of(
            "hello",
            {"gunicorn": [measured(100), measured(1000), measured(10)], "gangway": [measured(40), measured(300), measured(9)]},
        )
        self.assertEqual(peers_report.Report(peers_suite.PEERS, [run]).ratio(run, "gangway"), 0.4)
        self.assertIn("0.40 (≤ 0.50: yes)", self.report(run))

    def test_where_the_rate_is_compared_more_is_better(self):
        run = self.run_of(
            "flask-json-busy", {"gunicorn": [measured(1, rate=100)], "gangway": [measured(1, rate=110)]}
        )
        self.assertIn("1.10 (≥ 1.20: NO)", self.report(run))

    def test_a_jvm_that_becomes_faster_in_the_rounds_was_not_warm(self):
        run = self.run_of("hello", {"gangway": [measured(90), measured(70), measured(80)], "gunicorn": [measured(90), measured(50)]})
        self.assertIn("- gangway was not warm: its CPU time fell from 90 to 80 µs in the rounds.", self.report(run))
        self.assertNotIn("- gunicorn was not warm", self.report(run))

    def test_a_server_that_starves_connections_does_not_count(self):
        run = self.run_of("hello", {"gunicorn": [measured(100)], "gangway": [measured(1, share=0.01)]})
        self.assertIsNone(peers_report.Report(peers_suite.PEERS, [run]).ratio(run, "gangway"))
        self.assertIn("(1)", self.report(run))
        self.assertIn("- gangway does not count: it starves some of its connections.", self.report(run))

    def test_a_server_that_is_left_out_has_a_line_and_a_reason(self):
        run = self.run_of("hello", {"gunicorn": [measured(100)], "bjoern": []}, {"bjoern": "it ended at its start:\nlibev"})
        self.assertIn("- bjoern is left out: it ended at its start: / libev", self.report(run))
        self.assertRegex(self.report(run), r"\| bjoern +\| +– \|")


class WarTest(unittest.TestCase):
    def test_settings_are_escaped_init_params(self):
        with tempfile.TemporaryDirectory() as directory, unittest.mock.patch.object(war, "JARS", ()):
            target = pathlib.Path(directory) / "test.war"
            war.gateway(target, {"gangway.chdir": "/srv/a&b"})
            with war.zipfile.ZipFile(target) as made:
                web_xml = made.read("WEB-INF/web.xml").decode()
        self.assertIn("<param-value>/srv/a&amp;b</param-value>", web_xml)
        self.assertIn("<servlet-class>io.gangway.servlet.GatewayServlet</servlet-class>", web_xml)


class ServersTest(unittest.TestCase):
    def test_each_server_says_what_it_has_of_the_processes_and_threads(self):
        options = {"processes": 2, "threads": 4}
        described = [peers_servers.SERVERS[name].described(options) for name in ("gunicorn", "waitress", "bjoern")]
        self.assertEqual(described, ["gunicorn (2 × 4 threads)", "waitress (1 × 8 threads)", "bjoern (2 processes)"])


if __name__ == "__main__":
    unittest.main()
