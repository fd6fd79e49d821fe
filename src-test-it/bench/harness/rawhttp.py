"""Raw exchanges, to prove that two servers answer with the same bytes."""

import re
import socket

from .processes import BenchError

TIMEOUT_SECONDS = 10
DATE = re.compile(rb"(?im)^Date: [^\r\n]*")


def request(port, headers):
    lines = ["GET / HTTP/1.1", f"Host: 127.0.0.1:{port}", *headers, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def answer(port, headers):
    """The bytes that come back for two requests on one connection, with the date masked.

    Twice, so that framing that only shows in the next response is compared too. The second request asks for the
    connection to be closed, which makes the end of the second answer the end of the stream.
    """
    with socket.create_connection(("127.0.0.1", port), TIMEOUT_SECONDS) as connection:
        connection.sendall(request(port, headers))
        connection.sendall(request(port, [*headers, "Connection: close"]))
        received = bytearray()
        while piece := connection.recv(1 << 16):
            received += piece
    return DATE.sub(b"Date: (masked)", bytes(received))


def check_same(name, ports, headers):
    """Raises unless both sides answer 200 with exactly the same bytes; returns their number."""
    answers = {side: answer(port, headers) for side, port in ports.items()}
    (first_side, first), (second_side, second) = answers.items()
    if not first.startswith(b"HTTP/1.1 200"):
        raise BenchError(f"{name}: {first_side} answers {first[:200]!r} where 200 was expected")
    if first != second:
        at = next((i for i, (a, b) in enumerate(zip(first, second)) if a != b), min(len(first), len(second)))
        raise BenchError(
            f"{name}: the answers differ from byte {at} on, so they cannot be compared:\n"
            f"  {first_side}: {first[max(0, at - 60):at + 120]!r}\n"
            f"  {second_side}: {second[max(0, at - 60):at + 120]!r}"
        )
    return len(first)
