"""The codec, by the shared vectors and by chance."""

from __future__ import annotations

import random
import unittest

import vectors
from gangway_worker import frames
from gangway_worker.frames import BODY, BODY_END, Decoder, EncodeError, Frame, ProtocolError, Splitter


def receive(decoder: Decoder, data: bytes, received: "list[Frame] | None" = None) -> "list[Frame]":
    """Receives data as a socket would, as much at once as there is room for; adds the results to a list."""
    received = [] if received is None else received
    while data:
        space = decoder.space()
        taken = min(len(space), len(data))
        assert taken, "no room to receive into"
        decoder.feed(data[:taken])
        data = data[taken:]
        frame = decoder.next_frame()
        while frame is not None:
            received.append(frame)
            frame = decoder.next_frame()
    return received


class CodecVectorsTest(unittest.TestCase):
    def test_encodes_each_frame(self) -> None:
        for name, kind, carried, expected in vectors.rows("frames.tsv"):
            with self.subTest(name):
                self.assertEqual(vectors.encoded(vectors.TYPES[kind], carried).hex(), expected)

    def test_decodes_each_frame(self) -> None:
        for name, kind, carried, encoded in vectors.rows("frames.tsv"):
            with self.subTest(name):
                ((frame_type, payload),) = receive(Decoder(), bytes.fromhex(encoded))
                self.assertEqual(frames.NAMES[frame_type], kind)
                form, _, rest = carried.partition(":")
                if form == "fields":
                    self.assertEqual(frames.split_fields(frame_type, payload), vectors.texts(rest))
                elif form == "bytes":
                    self.assertEqual(payload, vectors.octets(rest))
                elif kind == "REQUEST":
                    sequence, flags, joined = rest.split(":", 2)
                    self.assertEqual(
                        frames.split_request(payload), (int(sequence), int(flags), vectors.texts(joined))
                    )

    def test_covers_every_type(self) -> None:
        self.assertEqual({row[1] for row in vectors.rows("frames.tsv")}, set(frames.NAMES.values()))

    def test_refuses_to_encode(self) -> None:
        for name, kind, carried in vectors.rows("refused.tsv"):
            with self.subTest(name), self.assertRaises(EncodeError):
                vectors.encoded(vectors.TYPES[kind], carried)

    def test_refuses_malformed_payloads(self) -> None:
        for name, kind, payload in vectors.rows("malformed.tsv"):
            with self.subTest(name), self.assertRaises(ProtocolError):
                data = vectors.octets(payload)
                if kind == "REQUEST":
                    frames.split_request(data)
                else:
                    frames.split_fields(vectors.TYPES[kind], data)

    def test_decodes_each_stream(self) -> None:
        for name, chunks, expected, ending in vectors.rows("streams.tsv"):
            with self.subTest(name):
                decoder = Decoder()
                received: "list[Frame]" = []
                ended = ""
                try:
                    for chunk in () if chunks == "-" else chunks.split(" "):
                        receive(decoder, vectors.octets(chunk), received)
                except ProtocolError:
                    ended = "error"
                ended = ended or ("partial" if decoder.pending else "whole")
                wanted = []
                for frame in () if expected == "-" else expected.split(" "):
                    kind, _, payload = frame.partition("=")
                    wanted.append((vectors.TYPES[kind], vectors.octets(payload)))
                self.assertEqual((received, ended), (wanted, ending))


class CodecErrorsTest(unittest.TestCase):
    def test_names_the_type_that_is_unknown(self) -> None:
        with self.assertRaisesRegex(ProtocolError, "^a frame of unknown type 0x7f$"):
            receive(Decoder(), bytes.fromhex("7f00000000"))

    def test_names_the_length_that_is_too_large(self) -> None:
        with self.assertRaisesRegex(ProtocolError, "^a DATA frame of 1048577 bytes; at most 1048576 are allowed$"):
            receive(Decoder(), bytes.fromhex("2200100001"))

    def test_says_what_it_will_not_encode(self) -> None:
        with self.assertRaisesRegex(EncodeError, "^a NUL in a field of HEAD, or no field at all$"):
            frames.encode_fields(frames.HEAD, ["200 OK", "X", "a\0b"])
        with self.assertRaisesRegex(EncodeError, "^a field of HEAD is not latin-1: ordinal not in range"):
            frames.encode_fields(frames.HEAD, ["200 OK", "X", "€"])


class PrintableTextTest(unittest.TestCase):
    def test_replaces_nul_and_surrogates(self) -> None:
        self.assertEqual(frames.printable("a\0b\udc80"), "a\ufffdb\\udc80")

    def test_leaves_what_fits(self) -> None:
        text = "é" * (frames.MAX_TEXT // 2)
        self.assertEqual(frames.printable(text), text)

    def test_cuts_between_characters(self) -> None:
        for character in ("a", "é", "日", "😀", "\udc80"):
            cut = frames.printable(character * (frames.MAX_TEXT + 1))
            self.assertLessEqual(len(cut.encode()), frames.MAX_TEXT)
            self.assertGreater(len(cut.encode()), frames.MAX_TEXT - 32)
            self.assertTrue(cut.endswith("… [cut]"), cut[-20:])

    def test_three_of_the_longest_fit_into_a_frame(self) -> None:
        texts = ["x" * frames.MAX_PAYLOAD] * 3
        self.assertLessEqual(len(frames.encode_texts(frames.ABORT, texts)), frames.MAX_PAYLOAD)


class CodecFuzzTest(unittest.TestCase):
    """Seeded, so that a failure can be had again; the seed is in the subtest's name."""

    def test_any_bytes_in_any_cuts_give_frames_or_a_protocol_error(self) -> None:
        for seed in range(300):
            with self.subTest(seed=seed):
                chance = random.Random(seed)
                decoder = Decoder()
                try:
                    for _ in range(chance.randrange(1, 20)):
                        receive(decoder, _noise(chance))
                except ProtocolError:
                    pass
                self.assertLessEqual(len(decoder.space().obj), frames.MAX_PAYLOAD + frames.HEADER_SIZE)

    def test_valid_frames_survive_any_cuts(self) -> None:
        for seed in range(150):
            with self.subTest(seed=seed):
                chance = random.Random(seed)
                sent = [_frame(chance) for _ in range(chance.randrange(1, 30))]
                stream = b"".join(frames.encode(*frame) for frame in sent)
                decoder = Decoder()
                received = []
                while stream:
                    cut = chance.choice((1, 4, 5, 6, 100, 65_536, 70_000, len(stream)))
                    received += receive(decoder, stream[:cut])
                    stream = stream[cut:]
                self.assertEqual(received, sent)
                self.assertEqual(decoder.pending, 0)
                self.assertEqual(len(decoder.space()), Decoder.USUAL)

    def test_a_stream_that_is_cut_off_gives_its_whole_frames_and_knows_that_it_was(self) -> None:
        for seed in range(150):
            with self.subTest(seed=seed):
                chance = random.Random(seed)
                sent = [_frame(chance) for _ in range(chance.randrange(1, 6))]
                stream = b"".join(frames.encode(*frame) for frame in sent)
                cut = chance.randrange(len(stream))
                ends, end = [], 0
                for frame in sent:
                    end += frames.HEADER_SIZE + len(frame[1])
                    ends.append(end)
                whole = sum(end <= cut for end in ends)
                decoder = Decoder()
                self.assertEqual(receive(decoder, stream[:cut]), sent[:whole])
                self.assertEqual(decoder.pending, cut - (ends[whole - 1] if whole else 0))

    def test_bits_that_flip_give_frames_or_a_protocol_error(self) -> None:
        for seed in range(300):
            with self.subTest(seed=seed):
                chance = random.Random(seed)
                stream = bytearray(b"".join(frames.encode(*_frame(chance)) for _ in range(chance.randrange(1, 5))))
                for _ in range(chance.randrange(1, 4)):
                    stream[chance.randrange(min(len(stream), 64))] ^= 1 << chance.randrange(8)
                decoder = Decoder()
                received: "list[Frame]" = []
                try:
                    receive(decoder, bytes(stream), received)
                except ProtocolError:
                    pass
                else:
                    carried = sum(frames.HEADER_SIZE + len(payload) for _, payload in received)
                    self.assertEqual(carried + decoder.pending, len(stream), "no byte is lost, and none counted twice")

    def test_any_request_is_split_or_refused(self) -> None:
        for seed in range(500):
            payload = random.Random(seed).randbytes(seed % 40)
            with self.subTest(payload=payload):
                try:
                    sequence, flags, fields = frames.split_request(payload)
                except ProtocolError:
                    continue
                self.assertEqual(
                    frames.encode_request(sequence, flags, fields), frames.encode(frames.REQUEST, payload)
                )


def _noise(chance: random.Random) -> bytes:
    """Bytes that often begin as a frame does."""
    if chance.random() < 0.7:
        length = chance.choice((0, 1, 5, 300, 70_000, frames.MAX_PAYLOAD, frames.MAX_PAYLOAD + 1, 0xFFFFFFFF))
        payload = chance.randbytes(min(length, chance.choice((frames.MAX_PAYLOAD, 10))))
        return bytes((chance.choice(list(frames.NAMES)),)) + length.to_bytes(4, "big") + payload
    return chance.randbytes(chance.randrange(1, 50))


def _frame(chance: random.Random) -> Frame:
    length = chance.choice((0, 1, 2, 100, 5_000, 70_000)) if chance.random() < 0.97 else frames.MAX_PAYLOAD
    return chance.choice(list(frames.NAMES)), chance.randbytes(length)


class SplitterTest(unittest.TestCase):
    def test_finds_the_same_frames_as_the_decoder_whatever_the_pieces(self) -> None:
        sent = [(BODY, b"a"), (BODY_END, b""), (BODY, bytes(range(256)) * 300), (frames.TEXT, b"")]
        wire = b"".join(frames.encode(*frame) for frame in sent)
        for size in (1, 2, 5, 6, 7, 1000, 76_811, len(wire)):
            splitter = Splitter()
            found = []
            for start in range(0, len(wire), size):
                found += splitter.feed(memoryview(wire)[start : start + size])
            self.assertEqual(found, sent, size)

    def test_refuses_what_is_no_frame(self) -> None:
        for wire in (b"\xff\0\0\0\0", b"\x12\x00\x10\x00\x01"):
            with self.assertRaises(ProtocolError):
                Splitter().feed(memoryview(wire))


if __name__ == "__main__":
    unittest.main()
