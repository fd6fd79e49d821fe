import contextlib
import pathlib
import socket
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3]))

from harness import rawhttp, stream_suite, tables, wrk  # noqa: E402
from harness.processes import BenchError  # noqa: E402

REPORT = (
    '{"requests":%d,"duration_us":2000000,"p50_us":100,"p99_us":900,'
    '"errors":{"connect":0,"read":0,"write":0,"status":%d,"timeout":0}}'
)


@contextlib.contextmanager
def server(answer):
    """Answers one connection with fixed bytes, then closes it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve():
            connection, _ = listener.accept()
            with connection:
                while b"Connection: close" not in connection.recv(1 << 16):
                    pass
                connection.sendall(answer)

        thread = threading.Thread(target=serve)
        thread.start()
        yield listener.getsockname()[1]
        thread.join()


class WrkTest(unittest.TestCase):
    def test_computes_the_rate_from_the_time_that_passed(self):
        self.assertEqual(wrk.parse("noise\n" + REPORT % (5000, 0)).per_second, 2500)

    def test_refuses_a_run_with_failed_requests(self):
        with self.assertRaisesRegex(BenchError, "requests failed under load: {'status': 3}"):
            wrk.parse(REPORT % (5000, 3))

    def test_refuses_a_run_without_requests(self):
        with self.assertRaisesRegex(BenchError, "none was answered"):
            wrk.parse(REPORT % (0, 0))


class RawHttpTest(unittest.TestCase):
    def compare(self, first, second):
        with server(first) as servlet, server(second) as gateway:
            return rawhttp.check_same("hello", {"servlet": servlet, "gateway": gateway}, ())

    def test_dates_may_differ(self):
        first = b"HTTP/1.1 200 OK\r\nDate: one\r\n\r\nhello"
        self.compare(first, first.replace(b"one", b"another"))

    def test_any_other_byte_may_not(self):
        with self.assertRaisesRegex(BenchError, "the answers differ from byte 20 on"):
            self.compare(b"HTTP/1.1 200 OK\r\nA: 1\r\n\r\n", b"HTTP/1.1 200 OK\r\nA: 2\r\n\r\n")

    def test_both_must_answer_200(self):
        failure = b"HTTP/1.1 500 Server Error\r\n\r\n"
        with self.assertRaisesRegex(BenchError, "servlet answers .* where 200 was expected"):
            self.compare(failure, failure)


class PatternTest(unittest.TestCase):
    def test_a_stream_is_the_same_however_it_is_cut(self):
        pattern = stream_suite.Pattern()
        whole = b"".join(pattern.blocks(2 * stream_suite.PERIOD + 7))
        self.assertEqual(whole[stream_suite.PERIOD : 2 * stream_suite.PERIOD], whole[: stream_suite.PERIOD])
        self.assertEqual(whole[999_999:1_000_100], pattern.block(999_999, 101))


class TablesTest(unittest.TestCase):
    def test_a_table_is_markdown(self):
        self.assertEqual(tables.markdown(["a", "n"], [["bb", 10]]), "| a  |  n |\n|----|---:|\n| bb | 10 |")


if __name__ == "__main__":
    unittest.main()
