"""Reads the vectors that both ends of the protocol share; ``vectors/README.md`` describes them."""

from __future__ import annotations

import os
from typing import Iterator

from gangway_worker import frames

_DIRECTORY = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "vectors")
TYPES = {name: value for value, name in frames.NAMES.items()}


def rows(name: str) -> "Iterator[list[str]]":
    with open(os.path.join(_DIRECTORY, name), encoding="utf-8") as file:
        for line in file:
            line = line.rstrip("\n")
            if line and not line.startswith("#"):
                yield line.split("\t")


def octets(text: str) -> bytes:
    """``00*3`` is three of them."""
    digits, _, count = text.partition("*")
    return bytes.fromhex(digits) * int(count or 1)


def texts(joined: str) -> "list[str]":
    return [_unescaped(field) for field in joined.split(",")]


def _unescaped(text: str) -> str:
    units = text.encode("ascii").decode("unicode_escape")
    return units.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def encoded(frame_type: int, carried: str) -> bytes:
    """What our encoder makes of a vector's third column."""
    kind, _, rest = carried.partition(":")
    if kind == "bytes":
        return frames.encode(frame_type, octets(rest))
    if kind == "fields":
        return frames.encode_fields(frame_type, texts(rest))
    sequence, flags, joined = rest.split(":", 2)
    return frames.encode_request(int(sequence), int(flags), texts(joined), frame_type)
