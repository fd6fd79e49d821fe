"""Cooperative sockets, which threads can use: the greenlets of a request wait for each other, and for nobody else's."""

from gevent import monkey

monkey.patch_socket()
monkey.patch_select()

import select
import socket

import gevent


def application(environ, start_response):
    ours, theirs = socket.socketpair()
    with ours, theirs:
        reader = gevent.spawn(_receive, theirs)  # would wait for ever, if its socket did not let the other one run
        writer = gevent.spawn(ours.sendall, environ["PATH_INFO"].encode("latin-1"))
        gevent.joinall([reader, writer], timeout=20, raise_error=True)
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [reader.value]


def _receive(sock):
    select.select([sock], [], [])
    return sock.recv(100)
