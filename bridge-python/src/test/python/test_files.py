"""wsgi.file_wrapper: which files the bridge sends by itself, and how the others are read."""

from __future__ import annotations

import gzip
import io
import os
import tempfile
import unittest
import unittest.mock
from typing import Any, Callable
from wsgiref.validate import validator

from exchanges import Client, Response
from gangway_worker import frames, states
from gangway_worker.files import BLOCK_SIZE, FileWrapper
from gangway_worker.frames import FILE, FILE_REPLY

CONTENT = bytes(range(256)) * 40


class FileTest(unittest.TestCase):
    def setUp(self) -> None:
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.path = os.path.join(directory.name, "file")
        with open(self.path, "wb") as file:
            file.write(CONTENT)

    def client(self, file: Any, *headers: "tuple[str, str]", size: "int | None" = None) -> Client:
        def application(environ: "dict[str, Any]", start: "Callable[..., Any]") -> Any:
            start("200 OK", list(headers))
            wrap = environ["wsgi.file_wrapper"]
            return wrap(file) if size is None else wrap(file, size)

        client = Client(application)
        self.addCleanup(client.dispose)
        return client

    def offered(self, client: Client) -> "tuple[Response, list[str]]":
        response = client.get()
        self.assertEqual(response.names, ["HEAD", "FILE"])
        return response, frames.split_fields(FILE, response.all(FILE)[0])

    def accept(self, client: Client) -> None:
        client.send(FILE_REPLY, b"sent", states.FILE_SENT)
        self.assertEqual(client.finish().names, ["END"])


class OfferedFileTest(FileTest):
    def test_is_offered_with_its_length_and_closed_after_it_was_sent(self) -> None:
        file = open(self.path, "rb")
        client = self.client(file)
        response, (path, offset, length, device, inode) = self.offered(client)
        self.assertEqual(response.head, ["200 OK", "Content-Length", str(len(CONTENT))])
        self.assertEqual((path, offset, length), (f"/proc/{os.getpid()}/fd/{file.fileno()}", "0", str(len(CONTENT))))
        status = os.stat(self.path)
        self.assertEqual((device, inode), (str(status.st_dev), str(status.st_ino)))
        with open(path, "rb") as seen:
            self.assertEqual(seen.read(), CONTENT)
        self.assertFalse(file.closed)
        self.accept(client)
        self.assertTrue(file.closed)

    def test_is_sent_from_its_current_position(self) -> None:
        for buffering in (0, -1):
            file = open(self.path, "rb", buffering)
            file.read(100)
            client = self.client(file)
            self.assertEqual(self.offered(client)[1][1:3], ["100", str(len(CONTENT) - 100)])
            self.accept(client)

    def test_keeps_to_content_length(self) -> None:
        client = self.client(open(self.path, "rb"), ("Content-Length", "7"))
        response, (_, offset, length, _, _) = self.offered(client)
        self.assertEqual((response.head, offset, length), (["200 OK", "Content-Length", "7"], "0", "7"))
        self.accept(client)

    def test_may_be_a_temporary_file_without_a_name(self) -> None:
        for make in (tempfile.TemporaryFile, tempfile.NamedTemporaryFile, tempfile.SpooledTemporaryFile):
            file: Any = make()
            file.write(CONTENT)
            if make is tempfile.SpooledTemporaryFile:
                file.rollover()
            file.seek(0)
            client = self.client(file)
            with open(self.offered(client)[1][0], "rb") as seen:
                self.assertEqual(seen.read(), CONTENT)
            self.accept(client)

    def test_is_read_when_the_bridge_cannot_open_it(self) -> None:
        file = open(self.path, "rb")
        file.read(100)
        client = self.client(file)
        self.offered(client)
        client.send(FILE_REPLY, b"refused", states.FILE_REFUSED)
        response = client.finish()
        self.assertEqual((response.body, response.names[-1], file.closed), (CONTENT[100:], "END", True))

    def test_comes_behind_what_was_written(self) -> None:
        def application(environ: "dict[str, Any]", start: "Callable[..., Any]") -> Any:
            start("200 OK", [])(b"written")
            return environ["wsgi.file_wrapper"](open(self.path, "rb"))

        client = Client(application)
        self.addCleanup(client.dispose)
        self.assertEqual(client.get().names, ["HEAD", "DATA", "FILE"])
        self.accept(client)

    def test_a_pushed_body_that_the_application_left_comes_before_the_reply(self) -> None:
        file = open(self.path, "rb")
        client = self.client(file)
        client.start(frames.FLAG_PUSHED, REQUEST_METHOD="POST", CONTENT_LENGTH="10")
        for piece in (b"12345", b"67890"):
            client.send(frames.BODY, piece)
        client.send(frames.BODY_END)
        self.assertEqual(client.finish().names, ["HEAD", "FILE"])
        self.accept(client)
        self.assertTrue(file.closed)
        self.assertIsNone(client.outcome)

    def test_a_pushed_body_can_be_read_after_a_file_was_refused(self) -> None:
        def application(environ: "dict[str, Any]", start: "Callable[..., Any]") -> Any:
            start("200 OK", [])
            first = environ["wsgi.input"].read(2)
            wrapper = environ["wsgi.file_wrapper"](file)
            wrapper.close = lambda: rest.append(first + b"|" + environ["wsgi.input"].read())
            return wrapper

        rest: "list[bytes]" = []
        file = open(self.path, "rb")
        self.addCleanup(file.close)
        client = Client(application)
        self.addCleanup(client.dispose)
        client.start(frames.FLAG_PUSHED, REQUEST_METHOD="POST", CONTENT_LENGTH="10")
        for piece in (b"12345", b"67890"):
            client.send(frames.BODY, piece)
        client.send(frames.BODY_END)
        self.assertEqual(client.finish().names, ["HEAD", "FILE"])
        client.send(FILE_REPLY, b"refused", states.FILE_REFUSED)
        self.assertEqual(client.finish().body, CONTENT)
        self.assertEqual(rest, [b"12|34567890"])

    def test_is_closed_when_the_client_leaves_instead_of_an_answer(self) -> None:
        file = open(self.path, "rb")
        client = self.client(file)
        self.offered(client)
        self.assertEqual(client.logged(), [])
        self.assertTrue(file.closed)

    def test_an_answer_that_is_none_breaks_the_connection(self) -> None:
        client = self.client(open(self.path, "rb"))
        self.offered(client)
        client.send(FILE_REPLY, b"perhaps", states.FILE_SENT)
        self.assertIsNone(client.connection.receive())
        client.close()
        self.assertRegex(str(client.outcome), "^FILE_REPLY in place of FILE_REPLY `sent` or `refused`$")


class ReadFileTest(FileTest):
    def test_where_there_is_no_proc_a_file_is_read_and_its_length_told(self) -> None:
        with unittest.mock.patch("gangway_worker.files._HAS_PROC", False):
            file = open(self.path, "rb")
            file.read(100)
            response = self.client(file).get()
        self.assertEqual((response.body, file.closed), (CONTENT[100:], True))
        self.assertEqual(response.head, ["200 OK", "Content-Length", str(len(CONTENT) - 100)])

    def test_a_file_without_a_descriptor_is_read(self) -> None:
        file = io.BytesIO(CONTENT * 30)
        response = self.client(file).get()
        self.assertEqual((response.body, file.closed), (CONTENT * 30, True))
        self.assertEqual(len(response.all(frames.DATA)[0]), BLOCK_SIZE)

    def test_reading_keeps_to_content_length(self) -> None:
        response = self.client(io.BytesIO(CONTENT), ("Content-Length", "7")).get()
        self.assertEqual(response.body, CONTENT[:7])

    def test_what_decompresses_is_not_taken_for_its_file(self) -> None:
        with gzip.open(self.path, "wb") as packed:
            packed.write(CONTENT)
        for file in (gzip.open(self.path), io.BufferedReader(gzip.open(self.path))):
            self.assertTrue(file.fileno() >= 0)
            self.assertEqual(self.client(file).get().body, CONTENT)

    def test_a_pipe_is_read(self) -> None:
        read_end, write_end = os.pipe()
        os.write(write_end, b"piped")
        os.close(write_end)
        self.assertEqual(self.client(open(read_end, "rb")).get().body, b"piped")

    def test_a_file_without_a_size_is_read(self) -> None:
        self.assertIn(b"MemTotal", self.client(open("/proc/meminfo", "rb")).get().body)

    def test_a_file_that_is_at_its_end_is_an_empty_body(self) -> None:
        file = open(self.path, "rb")
        file.read()
        self.assertEqual(self.client(file).get().names, ["HEAD", "END"])

    def test_text_is_refused(self) -> None:
        response = self.client(open(self.path, encoding="latin-1")).get()
        self.assertRegex(response.abort[1], "^W60, the body: expected blocks of bytes; found str")

    def test_a_closed_file_fails_and_is_no_crash(self) -> None:
        file = open(self.path, "rb")
        file.close()
        self.assertEqual(self.client(file).get().abort[1], "ValueError: read of closed file")

    def test_no_file_is_offered_to_a_head_request(self) -> None:
        file = open(self.path, "rb")
        self.assertEqual(self.client(file).get(REQUEST_METHOD="HEAD").names, ["HEAD", "END"])
        self.assertTrue(file.closed)

    def test_a_wrapped_wrapper_is_any_iterable(self) -> None:
        def application(environ: "dict[str, Any]", start: "Callable[..., Any]") -> Any:
            start("200 OK", [("Content-Type", "text/plain")])
            return environ["wsgi.file_wrapper"](open(self.path, "rb"), 4096)

        client = Client(validator(application))
        self.addCleanup(client.dispose)
        response = client.get()
        self.assertEqual((response.body, response.names[-1]), (CONTENT, "END"))

    def test_iterates_by_the_size_that_was_asked_for(self) -> None:
        self.assertEqual(list(FileWrapper(io.BytesIO(b"abcde"), 2)), [b"ab", b"cd", b"e"])
        self.assertEqual(FileWrapper(io.BytesIO(b"abc"), 2)[0], b"ab")
        self.assertFalse(hasattr(FileWrapper(object()), "close"))


if __name__ == "__main__":
    unittest.main()
