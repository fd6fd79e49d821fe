"""wsgi.input: what each way of reading returns, and which frames it sends to the bridge."""

from __future__ import annotations

import array
import csv
import io
import os
import random
import socket
import tempfile
import threading
import unittest
import weakref
import wsgiref.validate
from typing import Any, Callable, Optional

from exchanges import MAX_WAIT
from gangway_worker import files, frames
from gangway_worker.connection import Connection, ConnectionLost
from gangway_worker.frames import BODY, BODY_ABORT, BODY_END, BODY_FILE, DUMP, FLAG_PUSHED, PULL, REQUEST
from gangway_worker.input import MAX_PULL, MIN_PULL, BodyAborted, EmptyInput, Input
from gangway_worker.states import ExchangeState


class InputTest(unittest.TestCase):
    def setUp(self) -> None:
        self.pulls: "list[int]" = []

    def body(self, chunks: "list[bytes]", ending: bytes = frames.encode(BODY_END), pushed: bool = False) -> Input:
        """A body whose chunks are sent one for each PULL, whatever was asked, or all unasked."""
        ours, theirs = socket.socketpair()
        self.addCleanup(ours.close)
        ours.settimeout(MAX_WAIT)
        connection = Connection(theirs)
        self.addCleanup(connection.close)
        state = ExchangeState()
        state.received(REQUEST | (FLAG_PUSHED << 8 if pushed else 0))
        if pushed:
            ours.sendall(b"".join(frames.encode(BODY, chunk) for chunk in chunks) + ending)
        else:
            answers = [frames.encode(BODY, chunk) for chunk in chunks] + [ending]
            thread = threading.Thread(target=self._answer, args=(Connection(ours), answers))
            thread.start()
            self.addCleanup(thread.join)
            self.addCleanup(connection.close)
        return Input(connection, state, pushed)

    def _answer(self, bridge: Connection, answers: "list[bytes]") -> None:
        for answer in answers:
            try:
                frame = bridge.receive()
            except ConnectionLost:
                return
            if frame is None:
                return
            assert frame[0] == PULL
            self.pulls.append(int.from_bytes(frame[1], "big"))
            bridge.send(answer)

    def test_reads_nothing_of_the_client_before_it_is_asked(self) -> None:
        body = self.body([b"abc"])
        self.assertEqual(body.read(0), b"")
        self.assertEqual(self.pulls, [])

    def test_reads_everything(self) -> None:
        for size in (None, -1, -7, 100):
            body = self.body([b"one", b"two"])
            self.assertEqual([body.read(size), body.read(size), body.read()], [b"onetwo", b"", b""])

    def test_reads_as_much_as_it_is_asked_for(self) -> None:
        body = self.body([b"ab", b"c", b"defg"])
        self.assertEqual([body.read(1), body.read(4), body.read(4), body.read(4)], [b"a", b"bcde", b"fg", b""])

    def test_reads_lines_over_chunks(self) -> None:
        body = self.body([b"on", b"e\ntwo\n", b"\n", b"four"])
        self.assertEqual([body.readline() for _ in range(5)], [b"one\n", b"two\n", b"\n", b"four", b""])

    def test_reads_parts_of_lines(self) -> None:
        body = self.body([b"on", b"e\ntwo"])
        parts = [body.readline(n) for n in (0, 1, 2, 1, 9, None)]
        self.assertEqual(parts, [b"", b"o", b"ne", b"\n", b"two", b""])

    def test_iterates_and_lists_lines(self) -> None:
        self.assertEqual(list(self.body([b"a\nb", b"\nc"])), [b"a\n", b"b\n", b"c"])
        self.assertEqual(self.body([b"a\nb\nc"]).readlines(), [b"a\n", b"b\n", b"c"])
        self.assertEqual(self.body([b"a\nb\nc"]).readlines(3), [b"a\n", b"b\n"])
        self.assertEqual(self.body([b"a\nb\nc"]).readlines(None), [b"a\n", b"b\n", b"c"])

    def test_reads_a_pushed_body_without_asking(self) -> None:
        body = self.body([b"one", b"two"], pushed=True)
        self.assertEqual([body.read(4), body.read(), body.read()], [b"onet", b"wo", b""])

    def test_behaves_as_bytes_io_does(self) -> None:
        for seed in range(200):
            chance = random.Random(seed)
            content = bytes(chance.choice(b"ab\n") for _ in range(chance.randrange(200)))
            cuts = sorted(chance.randrange(len(content) + 1) for _ in range(chance.randrange(6)))
            chunks = [content[a:b] for a, b in zip([0, *cuts], [*cuts, len(content)]) if a < b]
            body, model = self.body(chunks, pushed=True), io.BytesIO(content)
            with self.subTest(seed=seed):
                for _ in range(20):
                    method = chance.choice(("read", "readline"))
                    size = chance.choice((-1, 0, 1, 3, 50, None))
                    self.assertEqual(getattr(body, method)(size), getattr(model, method)(size))

    def test_asks_for_what_is_read_within_bounds(self) -> None:
        body = self.body([b"x" * 10, b"x" * 90_000, b"y" * 10])
        body.read(10)
        body.read(90_000)
        body.read()
        self.assertEqual(self.pulls, [MIN_PULL, 90_000, MAX_PULL, MAX_PULL])

    def test_a_body_that_was_given_up_never_looks_complete(self) -> None:
        ways: "list[Callable[[Any], Any]]" = [
            lambda body: body.read(),
            lambda body: body.read(10),
            lambda body: body.readline(),
            lambda body: body.readlines(),
            lambda body: list(body),
        ]
        for pushed in (False, True):
            for way in ways:
                body = self.body([b"abc"], frames.encode(BODY_ABORT, b"the client left"), pushed)
                for _ in range(2):
                    with self.assertRaisesRegex(OSError, "^the request's body is not complete: the client left$"):
                        way(body)
                self.assertTrue(body.aborted)

    def test_what_came_before_it_was_given_up_can_be_read(self) -> None:
        body = self.body([b"abc"], frames.encode(BODY_ABORT, b"x"))
        self.assertEqual(body.read(3), b"abc")
        with self.assertRaises(BodyAborted):
            body.read(1)

    def test_a_connection_that_ends_is_an_os_error(self) -> None:
        body = self.body([b"abc"], frames.encode(BODY, b"cut")[:-1], pushed=True)
        body._connection._socket.shutdown(socket.SHUT_RD)
        with self.assertRaisesRegex(ConnectionLost, "^the connection to the bridge ended within a frame$"):
            body.read()

    def test_refuses_what_it_did_not_ask_for(self) -> None:
        cases = (
            (frames.encode(BODY, b""), "a BODY of 0 bytes, where 1 to 65536 were asked for"),
            (frames.encode(BODY, b"x" * (MIN_PULL + 1)), "a BODY of 65537 bytes, where 1 to 65536 were asked for"),
            (frames.encode(DUMP), "DUMP out of place"),
        )
        for answer, message in cases:
            body = self.body([], answer)
            with self.assertRaisesRegex(OSError, f"^the bridge broke the protocol: {message}"):
                body.read(1)
            self.assertTrue(body._connection.lost)

    def test_reading_after_the_end_of_the_request_raises(self) -> None:
        body = self.body([b"abc"])
        body.end_exchange()
        with self.assertRaisesRegex(OSError, "^wsgi.input was read after its request had ended$"):
            body.read()

    def test_reads_what_is_there(self) -> None:
        body = self.body([b"ab", b"cdef", b"gh"])
        self.assertEqual([body.read1(0), body.read1(), body.read1(3), body.read1(9)], [b"", b"ab", b"cde", b"f"])
        buffer = bytearray(b"......")
        self.assertEqual((body.readinto(buffer), bytes(buffer)), (2, b"gh...."))
        self.assertEqual((body.readinto(buffer), body.readinto1(buffer), body.read1()), (0, 0, b""))

    def test_reads_into_any_writable_buffer(self) -> None:
        numbers = array.array("H", [0, 0, 0])
        self.assertEqual(self.body([b"abcd"], pushed=True).readinto(numbers), 4)
        self.assertEqual(numbers.tobytes(), b"abcd\0\0")
        with self.assertRaises(TypeError):
            self.body([b"ab"], pushed=True).readinto(b"..")

    def test_is_a_file_to_pythons_io(self) -> None:
        body = self.body([b"ab"], pushed=True)
        self.assertIsInstance(body, io.BufferedIOBase)
        told = (body.readable(), body.writable(), body.seekable(), body.isatty(), body.closed)
        self.assertEqual(told, (True, False, False, False, False))
        for refused in (body.fileno, body.tell, body.detach, lambda: body.write(b"x")):
            self.assertRaises(io.UnsupportedOperation, refused)

    def test_python_reads_text_from_it(self) -> None:
        text = "один\r\ndeux\n三".encode()
        for chunks in ([text], [text[i : i + 1] for i in range(len(text))]):
            with io.TextIOWrapper(self.body(chunks, pushed=True), encoding="utf-8") as reader:
                self.assertEqual(list(reader), ["один\n", "deux\n", "三"])
        rows = csv.reader(io.TextIOWrapper(self.body([b"a,b\r\n1", b",2\r\n"]), encoding="ascii", newline=""))
        self.assertEqual(list(rows), [["a", "b"], ["1", "2"]])

    def test_python_buffers_it(self) -> None:
        content = b"one\ntwo\n" + b"x" * 100_000
        reader = io.BufferedReader(self.body([content[:3], content[3:70_000], content[70_000:]], pushed=True))
        self.assertEqual([reader.peek(1)[:1], reader.readline(), reader.readline(), reader.read(2)], [b"o", b"one\n", b"two\n", b"xx"])
        self.assertEqual(reader.read(), content[10:])

    def test_a_line_that_is_there_is_not_waited_for_more(self) -> None:
        for wrapper in (io.BufferedReader, lambda body: io.TextIOWrapper(body, encoding="ascii")):
            reader = wrapper(self.body([b"line\n", b"more\n"]))
            self.assertEqual(len(reader.readline()), 5)
            self.assertEqual(len(self.pulls), 1)
            self.pulls.clear()

    def test_closing_it_is_nothing(self) -> None:
        for wrapper in (io.TextIOWrapper, io.BufferedReader):
            body = self.body([b"first\n", b"second\n"])
            wrapper(body).readline()  # garbage collection then closes the wrapper
            with wrapper(body), body:
                pass
            body.close()
            self.assertEqual((body.closed, body.read(), body._connection.lost), (False, b"second\n", False))

    def test_a_body_that_was_given_up_is_an_os_error_through_pythons_io(self) -> None:
        ways: "list[Callable[[Any], Any]]" = [
            lambda body: io.TextIOWrapper(body, encoding="ascii").read(),
            lambda body: io.BufferedReader(body).read(),
            lambda body: [body.read1(), body.read1()],
            lambda body: [body.readinto(bytearray(9)) for _ in range(2)],
        ]
        for way in ways:
            with self.assertRaisesRegex(OSError, "^the request's body is not complete: the client left$"):
                way(self.body([b"abc"], frames.encode(BODY_ABORT, b"the client left")))

    def test_the_standard_librarys_validator_takes_it(self) -> None:
        checked = wsgiref.validate.InputWrapper(self.body([b"a\nb", b"c\nd"], pushed=True))
        self.assertEqual([checked.read(1), checked.readline(), list(checked)], [b"a", b"\n", [b"bc\n", b"d"]])

    def test_an_empty_body_stays_open_whoever_closes_it(self) -> None:
        body = EmptyInput()  # the same for all requests
        with io.TextIOWrapper(body) as reader:
            self.assertEqual(reader.read(), "")
        self.assertEqual((body.closed, body.read(), body.read1(), body.readinto(bytearray(3))), (False, b"", b"", 0))

    def test_an_empty_body_is_empty_for_ever(self) -> None:
        body = EmptyInput()
        body.end_exchange()
        self.assertEqual([body.read(), body.read(5), body.readline(), body.readlines(), list(body)], [b"", b"", b"", [], []])

    def in_file(self, content: bytes, told: Optional[int] = None, other: bool = False) -> "tuple[Input, str]":
        """A body in a file whose size is told, and the file's name. What is asked for after that is answered with a BODY."""
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        path = os.path.join(directory.name, "body-1")
        with open(path, "wb") as file:
            file.write(content)
        size = len(content) if told is None else told
        status = os.stat(path)
        fields = (path, str(size), str(status.st_dev), str(status.st_ino + other))
        body = self.body([], frames.encode_fields(BODY_FILE, fields) + frames.encode(BODY, b"sent"))
        return body, path

    def test_reads_from_a_file_without_asking_again(self) -> None:
        content = b"one\ntwo\n" + b"x" * 300_000
        body, path = self.in_file(content)
        self.assertEqual(body.read(2), b"on")
        self.assertFalse(os.path.exists(path))
        self.assertEqual([body.readline(), body.readline(), body.read(100_000)], [b"e\n", b"two\n", b"x" * 100_000])
        self.assertEqual([body.read(), body.read(), body.readline(), body.read(1)], [b"x" * 200_000, b"", b"", b""])
        self.assertEqual(self.pulls, [MIN_PULL])

    def test_python_reads_a_file_as_any_other_body(self) -> None:
        content = "один\nдва\n".encode() * 20_000
        ways: "list[Callable[[Any], bytes]]" = [
            lambda body: body.read(),
            lambda body: b"".join(body),
            lambda body: b"".join(iter(lambda: body.read1(1000), b"")),
            lambda body: io.BufferedReader(body).read(),
            lambda body: io.TextIOWrapper(body, encoding="utf-8", newline="").read().encode(),
        ]
        for way in ways:
            self.assertEqual(way(self.in_file(content)[0]), content)

    def test_asks_again_for_what_it_cannot_open(self) -> None:
        body, path = self.in_file(b"abc")
        os.unlink(path)
        self.assertEqual(body.read(4), b"sent")
        for changed in ({"told": 4}, {"other": True}):  # another file than the one that the bridge means
            body, path = self.in_file(b"abc", **changed)
            self.assertEqual(body.read(4), b"sent")
            self.assertTrue(os.path.exists(path))

    def test_opens_neither_links_nor_pipes(self) -> None:
        for replace in (os.mkfifo, os.mkdir, lambda path: os.symlink(__file__, path)):
            body, path = self.in_file(b"abc")
            os.unlink(path)
            replace(path)
            self.assertEqual(body.read(4), b"sent")

    def test_a_file_that_is_cut_is_a_body_that_is_not_complete(self) -> None:
        body, path = self.in_file(b"x" * 200_000)
        os.link(path, path + ".link")
        self.assertEqual(len(body.read(100)), 100)
        os.truncate(path + ".link", 100_000)
        with self.assertRaisesRegex(BodyAborted, "^the request's body is not complete: its file lacks 100000 bytes$"):
            body.read()

    def test_the_end_of_the_exchange_closes_its_file(self) -> None:
        body, _ = self.in_file(b"x" * 200_000)
        self.assertEqual(len(body.read(100)), 100)
        file = weakref.ref(body._file)
        body.end_exchange()
        self.assertIsNone(file())
        with self.assertRaisesRegex(BodyAborted, "^wsgi.input was read after its request had ended$"):
            body.read(1_000_000)


    def test_a_forked_child_neither_keeps_the_file_nor_moves_its_parents_position(self) -> None:
        body, _ = self.in_file(b"x" * 100_000 + b"y" * 100_000)
        self.assertEqual(len(body.read(10)), 10)
        pid = os.fork()
        if pid == 0:
            try:
                body.read(150_000)
                files.close_bodies()
                body.read(1)
            except OSError:
                os._exit(0)
            os._exit(1)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), 0)
        self.assertEqual(body.read(), b"x" * 99_990 + b"y" * 100_000)

    def test_does_not_keep_what_was_read(self) -> None:
        body, _ = self.in_file(b"x" * 1_000_000)
        self.assertEqual((len(body.read()), body._chunk), (1_000_000, b""))


if __name__ == "__main__":
    unittest.main()
