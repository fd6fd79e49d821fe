"""The process that makes the load (io.gangway.bench.load.LoadClient): orders in, measurements out."""

import contextlib
import json
import urllib.parse

from . import processes
from .peers_servers import FORWARDED

MAIN_CLASS = "io.gangway.bench.load.LoadClient"
#: One thread works in it; a collector with threads of its own would take time from the servers.
JVM_OPTIONS = ("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC")


@contextlib.contextmanager
def client():
    with processes.java_server(MAIN_CLASS, JVM_OPTIONS) as (process, _):
        yield LoadClient(process)


class LoadClient:
    def __init__(self, process):
        self._process = process

    def load(self, port, row, expected, connections, seconds, grace):
        """Runs a load to its end, and returns what was measured; expected is a file with the body, or its length."""
        used = processes.cpu_seconds(self._process.pid)
        kind = "answer-length" if isinstance(expected, int) else "answer-file"
        answer = self._order(
            {
                "port": port,
                "head": head(port, row),
                "body-size": row.body_size,
                kind: expected,
                "connections": connections,
                "kept": "yes" if row.is_kept else "no",
                "milliseconds": round(seconds * 1000),
                "grace-milliseconds": round(grace * 1000),
            }
        )
        answer["client_cores"] = (processes.cpu_seconds(self._process.pid) - used) / answer["seconds"]
        return answer

    def _order(self, values):
        words = [f"{name}={urllib.parse.quote(str(value), safe='')}" for name, value in values.items()]
        try:
            self._process.stdin.write(" ".join(words) + "\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        except OSError:
            answer = ""
        if not answer:
            raise processes.BenchError("the load generator has ended: see its exception above")
        return json.loads(answer)


def head(port, row):
    """The lines of the row's request, without the empty one."""
    lines = [f"{row.method} {row.path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "User-Agent: bench", *FORWARDED, *row.headers]
    if row.method == "POST":
        lines.append(f"Content-Length: {row.body_size}")
    return "\n".join(lines)


def request(port, row):
    """The bytes of the row's request."""
    return (head(port, row).replace("\n", "\r\n") + "\r\n\r\n").encode("latin-1") + b"x" * row.body_size
