"""A Java ASGI application beside a hand-written asynchronous servlet and hand-written WebSocket endpoints.

Both are in a Jetty of their own with an access log in a file; no Python takes part.
"""

import dataclasses

from . import asgi_rows, asgi_suite, comparison, processes
from .peers_servers import Server

#: What the bridge may cost, beside what is written by hand.
TARGET = 1.25


def add_arguments(parser):
    comparison.add_arguments(parser, ASGI_JAVA)


def run(options):
    comparison.run(options, ASGI_JAVA)


def _side(name):
    def command(start):
        return [processes.java_command(), *start.java_options, "-cp", processes.class_path(),
                "io.gangway.bench.LiveServer", name, str(start.port), start.access_log]  # fmt: skip

    return command


ASGI_JAVA = comparison.Comparison(
    name="asgi-java",
    rows={
        name: dataclasses.replace(asgi_rows.ROWS[name], target=TARGET)
        for name in ("hello", "post-64k", "stream", "ws-echo", "ws-fanout")
    },
    servers={
        "hand-written": Server("hand-written", _side("servlet"), shape="Jetty", is_jvm=True),
        "gangway": Server("gangway", _side("gateway"), shape="Jetty", is_jvm=True),
    },
    reference="hand-written",
    ours={"gangway": "target"},
    packages=(),
    requirements=None,
    prepare=asgi_suite.ASGI.prepare,
    run_row=asgi_suite.AsgiRowRun,
)
