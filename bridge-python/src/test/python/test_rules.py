"""What start_response takes and refuses, character by character."""

from __future__ import annotations

import unittest
from typing import Any

import vectors
from gangway_worker import rules
from gangway_worker.rules import RuleError, checked_head, quote

_TOKEN = set("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


class HeadTest(unittest.TestCase):
    def assert_refused(self, status: Any, headers: Any, message: str) -> None:
        for _ in range(2):  # a value that was refused once must not be cached as valid
            with self.assertRaises(RuleError) as refused:
                checked_head(status, headers)
            self.assertEqual(str(refused.exception)[: len(message)], message)

    def test_encodes_status_and_headers(self) -> None:
        head = checked_head("200 OK", [("Content-Type", "text/plain"), ("X", "é"), ("X", ""), ("content-LENGTH", "007")])
        self.assertEqual(head.payload, b"200 OK\0Content-Type\0text/plain\0X\0\xe9\0X\0\0content-LENGTH\x00007")
        self.assertEqual((head.content_length, head.bodiless), (7, False))

    def test_takes_every_final_status(self) -> None:
        for code in range(200, 1000):
            head = checked_head(f"{code} Reason", [])
            self.assertEqual(head.bodiless, code in (204, 205, 304))
        checked_head("200 ", [])
        self.assertEqual(checked_head("204", []), (b"204", None, True))
        checked_head("299 Ünüblich", [])

    def test_refuses_every_other_status(self) -> None:
        for status in ("", "20", "2000", "20 OK", "2000 OK", "200OK", " 200 OK", "٢٠٠ OK", "200 €", "200\u00a0OK"):
            self.assert_refused(status, [], "W50, start_response: expected a status of three digits, a space and a reason")
        for status in ("100 Continue", "101 Switching Protocols", "103 Early Hints", "000 X", "199"):
            self.assert_refused(status, [], "W50, start_response: expected a final status, 200 to 599")
        for wrong in (None, 200, b"200 OK", ["200 OK"]):
            self.assert_refused(wrong, [], "W50, start_response: expected a status of three digits")

    def test_refuses_every_control_in_status_name_and_value(self) -> None:
        for control in [*map(chr, range(0x20)), "\x7f"]:
            for text in (control, f"a{control}", f"{control}a", f"a{control}b"):
                self.assert_refused(f"200 {text}", [], "W50, start_response")
                self.assert_refused("200 OK", [(text, "v")], "W51, start_response: expected a header name")
                self.assert_refused("200 OK", [("A", "fine"), ("X", text)], "W51, start_response: expected a value of ISO")

    def test_takes_token_characters_and_no_others_in_names(self) -> None:
        for character in map(chr, range(0x21, 0x180)):
            if character in _TOKEN:
                checked_head("200 OK", [(f"X{character}", "v")])
            else:
                self.assert_refused("200 OK", [(f"X{character}", "v")], "W51, start_response: expected a header name of")
        self.assert_refused("200 OK", [("", "v")], 'W51, start_response: expected a header name of letters, digits and')

    def test_takes_iso_8859_1_and_no_more_in_values(self) -> None:
        checked_head("200 OK", [("X", "".join(map(chr, [*range(0x20, 0x7F), *range(0x80, 0x100)])))])
        for character in "Ā€😀\udc80":
            self.assert_refused("200 OK", [("X", character)], "W51, start_response: expected a value of ISO-8859-1")

    def test_names_the_header_and_shows_the_value_harmlessly(self) -> None:
        with self.assertRaises(RuleError) as refused:
            checked_head("200 OK", [("Location", "/a\r\nSet-Cookie: b")])
        self.assertEqual(
            str(refused.exception),
            "W51, start_response: expected a value of ISO-8859-1 characters without controls for header "
            r'"Location"; found "/a\r\nSet-Cookie: b". '
            "Fix: encode other characters, and remove line breaks from text that a client sent",
        )
        self.assertEqual(refused.exception.rule, "W51")

    def test_takes_and_refuses_what_the_bridge_does(self) -> None:
        for name, status, headers, verdict, _ in vectors.rows("heads.tsv"):
            pairs = [tuple(header.split(": ", 1)) for header in vectors.texts(headers)] if headers != "-" else []
            with self.subTest(name):
                if verdict == "taken":
                    payload = "\0".join([vectors.texts(status)[0], *(text for pair in pairs for text in pair)])
                    self.assertEqual(checked_head(vectors.texts(status)[0], pairs).payload, payload.encode("latin-1"))
                else:
                    self.assert_refused(vectors.texts(status)[0], pairs, f"{verdict}, start_response: expected ")

    def test_refuses_what_is_no_list_of_pairs_of_text(self) -> None:
        for headers in (None, (), {}, iter([]), "X: y"):
            self.assert_refused("200 OK", headers, "W51, start_response: expected a list of (name, value) pairs; found")
        for header in (None, "ab", ["X", "y"], ("X",), ("X", "y", "z"), ([], "y")):
            self.assert_refused("200 OK", [header], "W51, start_response: expected each header as a tuple of name and")
        for name in (None, 1, b"X"):
            self.assert_refused("200 OK", [(name, "v")], "W51, start_response: expected a header name of type str; found")
        for value in (None, 1, b"y"):
            self.assert_refused("200 OK", [("X", value)], 'W51, start_response: expected a value of type str for header "X"')

    def test_checks_content_length(self) -> None:
        for value in ("", "-1", "+1", "1 ", "1.0", "0x1", "٣", "1" * 19):
            self.assert_refused("200 OK", [("Content-Length", value)], "W63, start_response: expected a Content-Length of")
        self.assert_refused("200 OK", [("Content-Length", 5)], "W63, start_response: expected a Content-Length of decimal")
        two = [("Content-Length", "5"), ("content-length", "6")]
        self.assert_refused("200 OK", two, "W63, start_response: expected one Content-Length; found two that differ, 5 and 6")
        self.assertEqual(checked_head("200 OK", [("Content-Length", "5")] * 2).content_length, 5)

    def test_refuses_a_head_that_no_frame_holds(self) -> None:
        self.assert_refused("200 OK", [("X", "x" * (1 << 20))], "W51, start_response: expected headers of at most 1048576")

    def test_remembers_a_bounded_number_of_names_and_statuses(self) -> None:
        for number in range(3000):
            checked_head(f"200 {number}", [(f"X-{number}", "v")])
        self.assertLessEqual(len(rules._known_names), 1100)
        self.assertLessEqual(len(rules._known_statuses), 1100)


class QuoteTest(unittest.TestCase):
    def test_escapes_and_cuts(self) -> None:
        self.assertEqual(quote('a"b\\c\r\n\té€😀\x00'), r'"a\"b\\c\r\n\t\u00e9\u20ac\U0001f600\u0000"')
        self.assertEqual(quote("x" * 125), f'"{"x" * 120}" and 5 more characters')


if __name__ == "__main__":
    unittest.main()
