"""Answers with the token that the request carries, and writes into a journal what it took, before anything can go wrong."""

import os
import time

from gangway_worker import wsgi

JOURNAL = os.open(os.environ["JOURNAL"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)

#: Seconds that an answer takes: there are always some under way when a worker is killed.
WORK = 0.004


def note(event, token):
    os.write(JOURNAL, f"{event} {token}\n".encode())  # one write at the end of the file: a kill cannot tear it


class NotedExchange(wsgi.Exchange):
    """Notes a request just before the worker marks it as taken: whatever was not even noted must never be a 502."""

    __slots__ = ()

    def __init__(self, service, connection, state, environ, flags):
        note("seen", environ["HTTP_X_TOKEN"])
        super().__init__(service, connection, state, environ, flags)


wsgi.Exchange = NotedExchange


def application(environ, start_response):
    token = environ["HTTP_X_TOKEN"]
    note("called", token)
    return ROUTES[environ["PATH_INFO"]](environ, start_response, token)


def head(start_response, token):
    start_response("200 OK", [("Content-Type", "text/plain"), ("X-Token", token)])


def whole(environ, start_response, token):
    time.sleep(WORK)
    head(start_response, token)
    return [f"{token}\n".encode()]


def echo(environ, start_response, token):
    body = environ["wsgi.input"].read()
    time.sleep(WORK)
    head(start_response, token)
    return [body]


def stream(environ, start_response, token):
    head(start_response, token)
    for _ in range(5):
        time.sleep(WORK / 2)
        yield f"{token}\n".encode()


ROUTES = {"/whole": whole, "/echo": echo, "/stream": stream}
