import pathlib
import socket
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[3]))

from harness import heap_suite  # noqa: E402

SIZE = 300_000


class Uploaded(threading.Thread):
    """Answers connections one after the other, each with what it is given; an empty answer closes before the body is read."""

    def __init__(self, answers):
        super().__init__()
        self._answers = answers
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self.start()

    def run(self):
        with self._listener:
            for answer in self._answers:
                connection, _ = self._listener.accept()
                with connection:
                    if answer:
                        self._read_request(connection)
                        connection.sendall(answer)

    def _read_request(self, connection):
        received = b""
        while len(received.partition(b"\r\n\r\n")[2]) < SIZE:
            received += connection.recv(1 << 16)


class UploadsTest(unittest.TestCase):
    def test_answers_are_counted_by_their_status_and_a_wrong_one_is_told(self):
        right, wrong = (b"HTTP/1.1 200 OK\r\n\r\n%d\n" % length for length in (SIZE, SIZE - 1))
        server = Uploaded([right, wrong, b"HTTP/1.1 503 Service Unavailable\r\n\r\nfull", b""])
        told = heap_suite.uploads(server.port, 4, SIZE)
        server.join()
        self.assertEqual(told["outcomes"], {"200": 2, "503": 1, "failed": 1})
        self.assertEqual((told["late"], told["wrong"]), (0, 1))


class TableTest(unittest.TestCase):
    def test_an_error_of_the_jvm_is_in_the_table(self):
        result = {
            "outcomes": {"503": 3, "200": 1200},
            "late": 1,
            "wrong": 0,
            "seconds": 12.4,
            "start_mib": 109.6,
            "peak_mib": 140.2,
            "end_mib": 130,
            "out_of_memory": 2,
        }
        table = heap_suite.markdown([("uploads", result)], [("CPU", "one")])
        cells = [cell.strip() for cell in table.strip().splitlines()[-1].strip("|").split("|")]
        self.assertEqual(cells, ["uploads", "1,200 × 200, 3 × 503", "1", "12", "110", "140", "130", "2"])


if __name__ == "__main__":
    unittest.main()
