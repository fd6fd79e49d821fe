import contextlib
import pathlib
import socket
import sys
import tempfile
import threading
import time
import types
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3]))

from harness import peers_servers, start_suite  # noqa: E402
from harness.processes import BenchError  # noqa: E402


def rounds(*figures):
    keys = ("seconds", "start_cpu_ms", "start_mib", "loaded_mib", "request_cpu_us")
    return [dict(zip(keys, each)) for each in figures]


def running(port):
    server = types.SimpleNamespace(name="shop")
    return types.SimpleNamespace(port=port, server=server, is_alive=lambda: True, last_words=lambda: "its last words")


@contextlib.contextmanager
def answering(answer):
    """Listens only when it has been asked in vain once; yields the port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))  # connections are refused until it listens

        def serve():
            listener.listen()
            connection, _ = listener.accept()
            with connection:
                connection.recv(1 << 16)
                connection.sendall(answer)

        thread = threading.Timer(0.05, serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


class FirstAnswerTest(unittest.TestCase):
    def test_a_server_that_does_not_listen_yet_is_asked_again(self):
        before = time.monotonic()
        with answering(b"HTTP/1.1 200 OK\r\n\r\nhello") as port:
            body, answered = start_suite.first_answer(running(port))
        self.assertEqual(body, b"hello")
        self.assertGreaterEqual(answered - before, 0.05)

    def test_an_error_is_no_first_answer(self):
        with answering(b"HTTP/1.1 503 Service Unavailable\r\n\r\n") as port:
            with self.assertRaisesRegex(BenchError, "shop answers b'HTTP/1.1 503.*\n.*its last words"):
                start_suite.first_answer(running(port))

    def test_the_time_begins_with_the_servers_program(self):
        with tempfile.TemporaryDirectory() as directory:
            mark = pathlib.Path(directory, "begin")
            server = peers_servers.Server("nothing", lambda start: [sys.executable, "-c", "import os; print(os.environ.get('LEASH_BEGIN'))"])
            start = peers_servers.Start("", 0, pathlib.Path(directory, "nothing"), 1, 1, ())
            before = time.monotonic()
            launched = peers_servers.launch(server, start, {"LEASH_BEGIN": str(mark)})
            launched.process.wait()
            launched.process.stdin.close()
            self.assertLess(before, float(mark.read_text()))
            self.assertLess(float(mark.read_text()), time.monotonic())
            self.assertEqual(launched.last_words(), "None")


class TableTest(unittest.TestCase):
    def test_targets_compare_the_rounds_with_each_other(self):
        measured = {
            "gunicorn": rounds((0.2, 1, 50, 60, 400), (0.4, 1, 50, 60, 400), (0.3, 1, 50, 60, 400)),
            "gangway": rounds((0.5, 1, 109, 146, 330), (0.7, 1, 111, 144, 330), (0.8, 1, 110, 150, 360)),
            "java -jar": rounds((1, 1, 1, 1, 300), (1, 1, 1, 1, 330), (1, 1, 1, 1, 300)),
        }
        self.assertEqual(
            [row[1:] for row in start_suite.targets(measured)],
            [["0.30", "≤ 0.35", "yes"], ["110", "≤ 110", "yes"], ["146", "≤ 145", "NO"], ["1.10", "≤ 1.10", "yes"]],
        )

    def test_without_load_there_are_only_the_starts_targets(self):
        few = [{"seconds": 0.5, "start_cpu_ms": 1, "start_mib": 120}]
        rows = start_suite.targets({"gunicorn": few, "gangway": few, "java -jar": few})
        self.assertEqual([row[-1] for row in rows], ["yes", "NO"])


if __name__ == "__main__":
    unittest.main()
