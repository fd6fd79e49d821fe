"""Bodies of many gigabytes through a small heap: every byte counted and checked, in constant memory at both ends."""

import http.client
import resource
import sys
import time
import zlib

from . import processes, tables

HEAP = "64m"
BLOCK = 64 * 1024
GIGABYTE = 10**9
#: Of one read or write, not of a whole transfer.
SOCKET_TIMEOUT_SECONDS = 60
#: The same as io.gangway.bench.Pattern.
PERIOD = 1_000_003


def add_arguments(parser):
    parser.add_argument("--gigabytes", type=float, default=10, help="each way, 10⁹ bytes (default %(default)s)")


def run(options):
    processes.build()
    total = int(options.gigabytes * GIGABYTE)
    pattern = Pattern()
    rows = []
    with processes.java_server("io.gangway.bench.StreamServer", [f"-Xmx{HEAP}"]) as (server, lines):
        port = int(lines[0][2])
        for name, transfer, framing in (
            ("upload, Content-Length", _upload, "length"),
            ("upload, chunked", _upload, "chunked"),
            ("download, Content-Length", _download, "length"),
            ("download, chunked", _download, "chunked"),
        ):
            print(f"{name}: {options.gigabytes:g} GB", file=sys.stderr, flush=True)
            start = time.monotonic()
            transfer(port, total, framing, pattern)
            seconds = time.monotonic() - start
            rows.append([name, f"{total:,}", f"{seconds:.1f}", f"{total / 1e6 / seconds:,.0f}"])
        peak_heap, max_heap = (int(word) / 2**20 for word in _get_text(port, "/heap").split())
        server_rss = processes.peak_rss_mb(server.pid)
    client_rss = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

    print(f"\n-Xmx{HEAP}; every byte checked at the other end\n")
    print(tables.markdown(["machine", "value"], tables.machine()) + "\n")
    print(tables.markdown(["transfer", "bytes", "seconds", "MB/s"], rows) + "\n")
    memory = [
        ["server, heap (peak of its pools)", f"{peak_heap:.0f}", f"{max_heap:.0f}"],
        ["server, resident", f"{server_rss:.0f}", ""],
        ["client, resident", f"{client_rss:.0f}", ""],
    ]
    print(tables.markdown(["peak memory, MiB", "used", "limit"], memory) + "\n")
    print(f"stream: gigabytes={options.gigabytes:g} heap={peak_heap:.0f}MiB rss={server_rss:.0f}MiB")


class Pattern:
    """The bytes of io.gangway.bench.Pattern: block(position, count) costs a slice."""

    def __init__(self):
        period, crc = bytearray(PERIOD), 0
        for i in range(PERIOD):
            crc = zlib.crc32(bytes((i & 0xFF,)), crc)
            period[i] = crc & 0xFF
        self._twice = bytes(period) + bytes(period[:BLOCK])

    def block(self, position, count):
        start = position % PERIOD
        return self._twice[start : start + count]

    def blocks(self, total):
        position = 0
        while position < total:
            block = self.block(position, min(BLOCK, total - position))
            yield block
            position += len(block)


def _connection(port):
    return http.client.HTTPConnection("127.0.0.1", port, timeout=SOCKET_TIMEOUT_SECONDS)


def _upload(port, total, framing, pattern):
    checksum = 0

    def body():
        nonlocal checksum
        for block in pattern.blocks(total):
            checksum = zlib.crc32(block, checksum)
            yield block

    headers = {"Content-Length": str(total)} if framing == "length" else {"Transfer-Encoding": "chunked"}
    connection = _connection(port)
    try:
        connection.request("POST", "/upload", body(), headers, encode_chunked=framing == "chunked")
        answer = connection.getresponse().read().decode()
    finally:
        connection.close()
    if answer != f"{total} {checksum:x}":
        raise processes.BenchError(f"the server received {answer}, but {total} {checksum:x} was sent")


def _download(port, total, framing, pattern):
    connection = _connection(port)
    try:
        connection.request("GET", ("/download?" if framing == "length" else "/download-chunked?") + str(total))
        response = connection.getresponse()
        if response.getheader("Content-Length") != (str(total) if framing == "length" else None):
            raise processes.BenchError(f"unexpected framing of the download: {response.getheaders()}")
        buffer = bytearray(BLOCK)
        position = 0
        while count := response.readinto(buffer):
            if buffer[:count] != pattern.block(position, count):
                raise processes.BenchError(f"the download is wrong between bytes {position} and {position + count}")
            position += count
    finally:
        connection.close()
    if position != total:
        raise processes.BenchError(f"the download ended after {position} of {total} bytes")


def _get_text(port, path):
    connection = _connection(port)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()
