"""Applications without a framework: what is left of a request's cost is the server's. One path for each row."""

import os

HELLO = b"Hello, World!"
TEXT = ("Content-Type", "text/plain; charset=utf-8")
BINARY = ("Content-Type", "application/octet-stream")
BLOCK = 64 * 1024
STREAM_BLOCKS = 1000
STREAM_BLOCK = b"x" * 100
#: 1 MiB, as harness/peers_rows.py expects.
SLOW_DOWNLOAD_BLOCKS = 16


def _text(start_response, body):
    start_response("200 OK", [TEXT, ("Content-Length", str(len(body)))])
    return [body]


def hello(environ, start_response):
    return _text(start_response, HELLO)


def post(environ, start_response):
    """Reads a body that is small enough for it at once, as frameworks read forms and JSON."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    return _text(start_response, b"%d\n" % len(body))


def upload(environ, start_response):
    """Reads a large body in blocks, as frameworks that write it to a file do."""
    missing = int(environ["CONTENT_LENGTH"])
    count = 0
    while missing > 0 and (block := environ["wsgi.input"].read(min(BLOCK, missing))):
        count += len(block)
        missing -= len(block)
    return _text(start_response, b"%d\n" % count)


def download(environ, start_response):
    """A file, given to the server as a file (PEP 3333, "Optional Platform-Specific File Handling")."""
    path = os.environ["BENCH_FILE"]
    start_response("200 OK", [BINARY, ("Content-Length", str(os.path.getsize(path)))])
    file = open(path, "rb")
    wrapper = environ.get("wsgi.file_wrapper")
    return wrapper(file, BLOCK) if wrapper else iter(lambda: file.read(BLOCK), b"")


def stream(environ, start_response):
    """Small blocks without Content-Length, as a page that is made line by line."""
    start_response("200 OK", [TEXT])
    return (STREAM_BLOCK for _ in range(STREAM_BLOCKS))


def slow_download(environ, start_response):
    start_response("200 OK", [BINARY, ("Content-Length", str(BLOCK * SLOW_DOWNLOAD_BLOCKS))])
    block = b"x" * BLOCK
    return (block for _ in range(SLOW_DOWNLOAD_BLOCKS))


PATHS = {
    "/hello": hello,
    "/post": post,
    "/upload": upload,
    "/download": download,
    "/stream": stream,
    "/slow-download": slow_download,
}


def application(environ, start_response):
    return PATHS[environ["PATH_INFO"]](environ, start_response)


def beside_hello(framework):
    """A framework's application, with /hello beside it: the path that a JVM is warmed up with."""

    def either(environ, start_response):
        return (hello if environ["PATH_INFO"] == "/hello" else framework)(environ, start_response)

    return either
