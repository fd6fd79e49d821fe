"""How an application waits for the test, in whichever process it runs, and tells it things."""

import socket


def wait(port):
    """Returns when the test, which listens on that port, lets the application go on."""
    with socket.create_connection(("127.0.0.1", int(port)), timeout=30) as connection:
        if connection.recv(1) != b"!":
            raise RuntimeError("the test went away")


def tell(port, text):
    """Sends a line to the test, which listens on that port."""
    with socket.create_connection(("127.0.0.1", int(port)), timeout=30) as connection:
        connection.sendall(text.encode() + b"\n")
