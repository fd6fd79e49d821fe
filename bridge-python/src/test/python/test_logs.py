"""What reaches the log, and that nothing that an application says can harm the connection."""

from __future__ import annotations

import contextlib
import io
import logging
import logging.config
import os
import socket
import threading
import unittest
import warnings

from exchanges import MAX_WAIT
from gangway_worker import frames, logs
from gangway_worker.connection import Connection
from gangway_worker.logs import MAX_PARTIAL, REQUEST_ID, ErrorStream, LogHandler, LogSender


#: The sections of a PasteDeploy file about logging.
LOGGERS = """
[loggers]
keys = root, shop
[handlers]
keys = console
[formatters]
keys =
[logger_root]
level = INFO
handlers = {root}
[logger_shop]
qualname = shop
handlers = {shop}
[handler_console]
class = StreamHandler
args = (sys.stderr,)
"""


class LogTest(unittest.TestCase):
    def setUp(self) -> None:
        ours, theirs = socket.socketpair()
        ours.settimeout(MAX_WAIT)
        self.bridge = Connection(ours)
        self.connection = Connection(theirs)
        self.addCleanup(self.bridge.close)
        self.addCleanup(self.connection.close)
        self.sender = LogSender()
        self.sender.use(self.connection)

    def record(self) -> "list[str]":
        frame_type, payload = self.bridge.expect()
        self.assertEqual(frame_type, frames.LOG)
        return frames.split_fields(frame_type, payload)


class ErrorStreamTest(LogTest):
    def test_sends_lines_as_they_are_complete(self) -> None:
        stream = ErrorStream(self.sender, "req-9")
        print("one", "two", file=stream)
        stream.write("th")
        stream.write("ree\nfo")
        stream.writelines(["ur\n", "five"])
        stream.flush()
        stream.flush()
        texts = [self.record() for _ in range(4)]
        self.assertEqual(texts[0], ["40", "wsgi.errors", "req-9", "one two"])
        self.assertEqual([text[3] for text in texts[1:]], ["three", "four", "five"])

    def test_keeps_the_lines_of_one_write_together(self) -> None:
        ErrorStream(self.sender, "").write("Traceback:\n  line\nError\n")
        self.assertEqual(self.record()[3], "Traceback:\n  line\nError")

    def test_takes_any_unicode(self) -> None:
        ErrorStream(self.sender, "").write("é 日 😀 \0 \udc80\n")
        self.assertEqual(self.record()[3], "é 日 😀 \ufffd \\udc80")

    def test_loses_nothing_of_threads_that_write_at_once(self) -> None:
        stream = ErrorStream(self.sender, "")
        threads = [threading.Thread(target=lambda: [stream.write("x" * 99 + "\n") for _ in range(200)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(800):
            self.assertEqual(self.record()[3], "x" * 99)
        for thread in threads:
            thread.join(MAX_WAIT)

    def test_holds_no_endless_line(self) -> None:
        stream = ErrorStream(self.sender, "")
        thread = threading.Thread(target=lambda: [stream.write("x" * 1000) for _ in range(1000)])
        thread.start()
        total = 0
        while total < 1_000_000 - MAX_PARTIAL:
            text = self.record()[3]
            self.assertLessEqual(len(text), MAX_PARTIAL)
            total += len(text)
        thread.join(MAX_WAIT)

    def test_refuses_bytes(self) -> None:
        with self.assertRaisesRegex(TypeError, "^wsgi.errors takes str, not bytes$"):
            ErrorStream(self.sender, "").write(b"bytes")  # type: ignore[arg-type]


class LoggingTest(LogTest):
    def logger(self) -> logging.Logger:
        logger = logging.Logger("shop.cart")
        logger.addHandler(LogHandler(self.sender))
        return logger

    def test_sends_level_name_request_and_text(self) -> None:
        token = REQUEST_ID.set("req-7")
        self.addCleanup(REQUEST_ID.reset, token)
        self.logger().info("%s and %s", "a", "b")
        self.assertEqual(self.record(), ["20", "shop.cart", "req-7", "a and b"])

    def test_keeps_a_traceback_with_its_record(self) -> None:
        try:
            raise ValueError("x")
        except ValueError:
            self.logger().exception("failed")
        self.assertRegex(self.record()[3], r"(?s)^failed\nTraceback .*\nValueError: x$")

    def test_records_of_many_threads_never_mix(self) -> None:
        logger = self.logger()
        text = "x" * 50_000
        threads = [threading.Thread(target=lambda: [logger.info(text) for _ in range(20)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for _ in range(80):
            self.assertEqual(self.record()[3], text)
        for thread in threads:
            thread.join(MAX_WAIT)

    def test_a_record_made_while_one_is_sent_goes_out_behind_it(self) -> None:
        sender = self.sender

        class Interrupted(Connection):
            def send(self, data: bytes) -> None:
                if b"outer" in data:
                    sender.log(20, "inner", "inner")
                super().send(data)

        ours, theirs = socket.socketpair()
        bridge, connection = Connection(ours), Interrupted(theirs)
        self.addCleanup(bridge.close)
        self.addCleanup(connection.close)
        sender.use(connection)
        sender.log(20, "outer", "outer")
        self.assertEqual([frames.split_fields(*bridge.expect())[1] for _ in range(2)], ["outer", "inner"])

    def test_goes_to_stderr_where_there_is_no_connection(self) -> None:
        read_end, write_end = os.pipe()
        saved = os.dup(2)
        os.dup2(write_end, 2)
        try:
            LogSender().log(40, "shop", "é\udc80")
            self.connection.close()
            self.sender.log(40, "shop", "late")
        finally:
            os.dup2(saved, 2)
            os.close(saved)
            os.close(write_end)
        with open(read_end, "rb") as output:
            self.assertEqual(output.read(), "shop: é\\udc80\nshop: late\n".encode())

    def test_a_connection_that_breaks_breaks_nothing_else(self) -> None:
        self.bridge.close()
        self.sender.log(20, "shop", "x")
        self.assertTrue(self.connection.lost)


class InstallTest(LogTest):
    def setUp(self) -> None:
        super().setUp()
        root = logging.getLogger()
        before = (list(root.handlers), root.level, logging.lastResort, warnings.showwarning, logging.basicConfig)
        root.handlers[:] = []

        def restore() -> None:
            root.handlers[:], level, logging.lastResort, warnings.showwarning, logging.basicConfig = before
            root.setLevel(level)

        self.addCleanup(restore)

    def test_hears_an_application_that_configures_nothing(self) -> None:
        handler = logs.install(self.sender, None)
        logging.getLogger("early").warning("while it is imported")
        logs.settle(handler)
        silenced = logging.getLogger("library")
        silenced.addHandler(logging.NullHandler())
        silenced.warning("from a library")
        self.assertEqual([self.record()[1] for _ in range(2)], ["early", "library"])

    def test_leaves_an_application_that_configures_its_own(self) -> None:
        handler = logs.install(self.sender, None)
        logging.basicConfig(level="INFO")
        logs.settle(handler)
        self.assertEqual(len(logging.getLogger().handlers), 1)
        self.assertNotIn(handler, logging.getLogger().handlers)
        self.assertEqual(logging.getLogger().level, logging.INFO)

    def test_a_framework_that_looks_for_a_handler_during_the_import_finds_ours(self) -> None:
        handler = logs.install(self.sender, None)
        self.assertTrue(logging.getLogger("shop").hasHandlers())
        logs.settle(handler)
        self.assertEqual(logging.getLogger().handlers, [handler])

    def test_a_record_before_the_application_configures_the_root_logger_is_no_configuration(self) -> None:
        handler = logs.install(self.sender, None)
        logging.warning("early")
        self.assertEqual(self.record()[1:], ["root", "", "early"])
        logging.basicConfig(format="own %(message)s")
        logs.settle(handler)
        self.assertEqual([type(it) for it in logging.getLogger().handlers], [logging.StreamHandler])

    def test_leaves_a_root_logger_that_got_a_handler_to_the_application(self) -> None:
        handler = logs.install(self.sender, None)
        own = logging.NullHandler()
        logging.getLogger().addHandler(own)
        logs.settle(handler)
        self.assertEqual(logging.getLogger().handlers, [own])

    def test_leaves_a_root_logger_that_a_dictionary_configured_to_the_application(self) -> None:
        handler = logs.install(self.sender, None)
        console = {"class": "logging.StreamHandler"}
        logging.config.dictConfig(
            {"version": 1, "disable_existing_loggers": False, "handlers": {"own": console}, "root": {"handlers": ["own"]}}
        )
        logs.settle(handler)
        self.assertEqual([type(it) for it in logging.getLogger().handlers], [logging.StreamHandler])

    def test_a_record_of_a_logger_that_prints_arrives_once_in_the_applications_format(self) -> None:
        handler = logs.install(self.sender, None)
        printed = io.StringIO()
        with contextlib.redirect_stderr(printed):
            console = logging.StreamHandler()
            console.setFormatter(logging.Formatter("cart: %(message)s"))
            logger = logging.getLogger("shop.that.prints")
            logger.addHandler(console)
            self.addCleanup(logger.removeHandler, console)
            logs.settle(handler)
            logger.error("empty")
            logger.propagate = False
            logger.warning("full")
        logging.getLogger("other").error("the end")
        records = [self.record() for _ in range(3)]
        self.assertEqual(records[0], ["40", "shop.that.prints", "", "cart: empty"])
        self.assertEqual(records[1], ["30", "shop.that.prints", "", "cart: full"])
        self.assertEqual(records[2][3], "the end")
        self.assertEqual(printed.getvalue(), "")

    def test_a_record_that_is_printed_before_the_import_ends_or_by_a_handler_that_came_later_is_not_sent_as_well(self) -> None:
        handler = logs.install(self.sender, None)
        printed = io.StringIO()
        with contextlib.redirect_stderr(printed):
            for name in ("shop.early", "shop.late"):
                console = logging.StreamHandler()
                console.setLevel(logging.ERROR)
                logger = logging.getLogger(name)
                logger.addHandler(console)
                self.addCleanup(logger.removeHandler, console)
                logger.error("%s is printed", name)
                logger.warning("%s is sent", name)
                logs.settle(handler) if name == "shop.early" else None
        self.assertEqual(printed.getvalue(), "shop.early is printed\nshop.late is printed\n")
        self.assertEqual([self.record()[3] for _ in range(2)], ["shop.early is sent", "shop.late is sent"])

    def test_a_file_of_loggers_whose_root_has_a_handler_configures_all(self) -> None:
        printed = self._with_file_of_loggers(root="console", shop="")
        self.assertEqual([type(it) for it in logging.getLogger().handlers], [logging.StreamHandler])
        self.assertEqual(printed, "empty\nfull\n")

    def test_a_record_of_a_file_of_loggers_whose_root_has_none_is_sent_once(self) -> None:
        printed = self._with_file_of_loggers(root="", shop="console")
        self.assertEqual([type(it) for it in logging.getLogger().handlers], [logs.LogHandler])
        self.assertEqual(printed, "")
        self.assertEqual([self.record()[1:] for _ in range(2)], [["shop", "", "empty"], ["other", "", "full"]])

    def _with_file_of_loggers(self, root: str, shop: str) -> str:
        """Logs two records as a worker of paste: does, whose file configures the handlers of two loggers; returns what is printed."""
        printed = io.StringIO()
        with contextlib.redirect_stderr(printed):
            handler = logs.install(self.sender, None)
            logging.config.fileConfig(io.StringIO(LOGGERS.format(root=root, shop=shop)), disable_existing_loggers=False)
            self.addCleanup(logging.getLogger("shop").handlers.clear)
            logs.settle(handler)
            logging.getLogger("shop").error("empty")
            logging.getLogger("other").error("full")
        return printed.getvalue()

    def test_a_handler_that_writes_elsewhere_gets_its_records_too(self) -> None:
        handler = logs.install(self.sender, None)
        kept = io.StringIO()
        own = logging.StreamHandler(kept)
        logger = logging.getLogger("shop.that.keeps")
        logger.addHandler(own)
        self.addCleanup(logger.removeHandler, own)
        logs.settle(handler)
        logger.error("empty")
        self.assertEqual(self.record()[3], "empty")
        self.assertEqual(kept.getvalue(), "empty\n")

    def test_sets_the_level_it_is_told(self) -> None:
        logs.settle(logs.install(self.sender, "debug"))
        logging.getLogger("shop").debug("detail")
        self.assertEqual(self.record(), ["10", "shop", "", "detail"])

    def test_sends_warnings(self) -> None:
        logs.install(self.sender, None)
        with warnings.catch_warnings():
            warnings.simplefilter("always")
            warnings.warn("careful")
        record = self.record()
        self.assertEqual(record[:2], ["30", "py.warnings"])
        self.assertIn("UserWarning: careful", record[3])


class ProblemTest(unittest.TestCase):
    def test_shows_where_the_syntax_is_wrong_and_nothing_else(self) -> None:
        path = os.path.join(os.path.dirname(logs.__file__), "nowhere.py")  # as if one of our frames had imported it
        code = compile("compile('def broken(:', 'shop.py', 'exec')", path, "exec")
        with self.assertRaises(SyntaxError) as caught:
            exec(code)
        caught.exception.__traceback__ = caught.exception.__traceback__ and caught.exception.__traceback__.tb_next
        summary, text = logs.format_problem(caught.exception)
        self.assertTrue(summary.startswith("SyntaxError: "), summary)
        self.assertIn('File "shop.py", line 1', text)
        self.assertNotIn("nowhere.py", text)

    def test_a_problem_whose_methods_raise_is_named(self) -> None:
        for raised in (ValueError, SystemExit, KeyboardInterrupt):
            with self.subTest(raised):

                class Silent(Exception):
                    @property
                    def __traceback__(self) -> None:  # type: ignore[override]
                        raise raised("no traceback")

                self.assertEqual(logs.format_problem(Silent()), ("Silent", "Silent, whose traceback cannot be formatted\n"))


if __name__ == "__main__":
    unittest.main()
