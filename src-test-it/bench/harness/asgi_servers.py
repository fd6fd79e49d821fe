"""The servers of `run asgi`: how each is started, with the options that its users set."""

import dataclasses

from . import peers_servers
from .peers_servers import KEEP_ALIVE, Server, program

#: Above the number of sockets of a row.
BACKLOG = "2048"
#: Half of the most sockets, in each of two workers, and some more: the kernel does not divide them evenly.
GANGWAY = (("asgi-concurrency", "4000"),)


#: What docs/deploy-tomcat.md says about many WebSockets.
TOMCAT_OPTION = "-Dorg.apache.tomcat.websocket.DEFAULT_BUFFER_SIZE=1024"


def _gangway_in_tomcat(start):
    tuned = dataclasses.replace(start, java_options=(*start.java_options, TOMCAT_OPTION))
    return peers_servers.SERVERS["gangway-tomcat"].command(tuned)


def _gangway_program(start):
    """As the Python package and the jar's own script start it: with their options for Java, which are for a small heap. Class data would be made beside the measurements."""
    environment = ["XDG_CACHE_HOME=/dev/null", "JAVA_OPTS=" + " ".join(start.java_options)]
    return ["env", *environment, str(peers_servers.GANGWAY_JAR), *peers_servers.gangway_run(start)]


def _uvicorn(start):
    """Its access log goes to standard output, which is a file here."""
    return [program("uvicorn"), "--host", "127.0.0.1", "--port", str(start.port), "--workers", str(start.processes),
            "--loop", "uvloop", "--http", "httptools", "--proxy-headers", "--forwarded-allow-ips", "127.0.0.1",
            "--timeout-keep-alive", KEEP_ALIVE, "--backlog", BACKLOG, start.application]  # fmt: skip


def _granian(start):
    """Its access log goes to standard output, which is a file here."""
    return [program("granian"), "--interface", "asgi", "--loop", "uvloop", "--host", "127.0.0.1", "--port", str(start.port),
            "--workers", str(start.processes), "--access-log", "--backlog", BACKLOG, start.application]  # fmt: skip


def _hypercorn(start):
    return [program("hypercorn"), "--bind", start.address, "--workers", str(start.processes), "--worker-class", "uvloop",
            "--keep-alive", KEEP_ALIVE, "--backlog", BACKLOG, "--access-logfile", start.access_log,
            start.application]  # fmt: skip


def _daphne(start):
    """It has one process."""
    return [program("daphne"), "--bind", "127.0.0.1", "--port", str(start.port), "--proxy-headers",
            "--access-log", start.access_log, start.application]  # fmt: skip


def _gunicorn(start):
    return [program("gunicorn"), "--bind", start.address, "--worker-class", "asgi", "--workers", str(start.processes),
            "--keep-alive", KEEP_ALIVE, "--access-logfile", start.access_log, start.application]  # fmt: skip


SERVERS = {
    server.name: server
    for server in (
        Server("uvicorn", _uvicorn, package="uvicorn[standard]", shape="{processes} processes"),
        Server("gangway", peers_servers.SERVERS["gangway"].command, shape="{processes} workers", is_jvm=True,
               settings=GANGWAY),
        Server("gangway-program", _gangway_program, shape="{processes} workers", is_jvm=True, settings=GANGWAY),
        Server("gangway-tomcat", _gangway_in_tomcat, shape="{processes} workers", is_jvm=True, settings=GANGWAY),
        Server("granian", _granian, package="granian", shape="{processes} processes"),
        Server("gunicorn", _gunicorn, package="gunicorn", shape="{processes} processes"),
        Server("hypercorn", _hypercorn, package="hypercorn[uvloop]", shape="{processes} processes"),
        Server("daphne", _daphne, package="daphne", shape="1 process"),
    )
}  # fmt: skip
