"""Server-sent events that may be rare: a comment is sent before request-timeout, or a proxy, takes the worker for stuck."""

import os
import queue

#: Seconds; well below request-timeout and below nginx's proxy_read_timeout.
PULSE = float(os.environ.get("SHOP_PULSE", "15"))

news = queue.Queue()


def events():
    while True:
        try:
            yield b"data: " + news.get(timeout=PULSE) + b"\n\n"
        except queue.Empty:
            yield b": nothing new\n\n"


def application(environ, start_response):
    if environ["PATH_INFO"] == "/events":
        headers = [("Content-Type", "text/event-stream"), ("Cache-Control", "no-cache"), ("X-Accel-Buffering", "no")]
        start_response("200 OK", headers)
        return events()
    news.put(environ["QUERY_STRING"].encode())
    start_response("204 No Content", [])
    return []
