"""The servers of `run peers`: how each is started, with the options that its users set."""

import contextlib
import dataclasses
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

from . import leash, peers_install, processes, war
from .processes import BenchError

START_SECONDS = 90
STOP_SECONDS = 15
#: A port that was free may be taken by another process before the server listens on it.
START_ATTEMPTS = 3
LOG_LINES = 12
#: As a proxy adds them; the servers that can are told to trust 127.0.0.1.
FORWARDED = ("X-Forwarded-For: 203.0.113.7", "X-Forwarded-Proto: https")
#: As long as a proxy in front keeps its connections.
KEEP_ALIVE = "75"
#: For servers that take 100 connections or fewer by default: more than the slow clients and the others are.
MOST_CLIENTS = 1200
NOBODY = 65534
#: What `nobody` needs to read Python and the applications where root has installed them.
CAPABILITIES = "+dac_override,+dac_read_search"


@dataclasses.dataclass(frozen=True)
class Start:
    """One start of a server."""

    application: str
    port: int
    directory: pathlib.Path
    processes: int
    threads: int
    java_options: tuple
    #: Of Gangway, beside those of all suites.
    settings: tuple = ()

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    @property
    def access_log(self):
        return str(self.directory / "access.log")


@dataclasses.dataclass(frozen=True)
class Server:
    name: str
    command: object
    package: str = ""
    shape: str = "{processes} × {threads} threads"
    system_packages: tuple = ()
    build_note: str = ""
    is_jvm: bool = False
    is_floor: bool = False
    settings: tuple = ()

    @property
    def distribution(self):
        """The package's name without its extras."""
        return self.package.partition("[")[0]

    def described(self, options):
        """The name, with the processes and threads that it has."""
        count = {"processes": options["processes"], "threads": options["threads"]}
        return f"{self.name} ({self.shape.format(**count, all_threads=count['processes'] * count['threads'])})"


def program(name):
    return str(peers_install.VENV / "bin" / name)


def _gunicorn(start):
    return [program("gunicorn"), "--bind", start.address, "--worker-class", "gthread",
            "--workers", str(start.processes), "--threads", str(start.threads), "--keep-alive", KEEP_ALIVE,
            "--access-logfile", start.access_log, start.application]  # fmt: skip


def _uwsgi(start):
    """With its HTTP router: without it, each open connection keeps one of the eight threads, and others get nothing."""
    return [program("uwsgi"), "--master", "--no-orphans", "--die-on-term", "--need-app",
            "--http", start.address, "--http-keepalive=" + KEEP_ALIVE, "--http-auto-chunked",
            "--processes", str(start.processes), "--threads", str(start.threads), "--listen", "1024",
            "--add-header", "Connection: Keep-Alive", "--req-logger", f"file:{start.access_log}",
            "--module", start.application]  # fmt: skip


def _granian(start):
    """Its access log goes to standard output, which is a file here."""
    return [program("granian"), "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(start.port),
            "--workers", str(start.processes), "--blocking-threads", str(start.threads), "--access-log",
            start.application]  # fmt: skip


def _waitress(start):
    """It has one process, so it gets all threads."""
    return [program("waitress-serve"), f"--listen={start.address}", f"--threads={start.processes * start.threads}",
            f"--connection-limit={MOST_CLIENTS}", "--asyncore-use-poll", "--trusted-proxy=127.0.0.1",
            "--trusted-proxy-headers=x-forwarded-for x-forwarded-proto", "logged:application"]  # fmt: skip


def _bjoern(start):
    script = str(peers_install.SOURCES / "bjoern_server.py")
    return [program("python"), script, str(start.port), str(start.processes)]


def _mod_wsgi(start):
    """Daemon mode. Apache does not serve as root: then it runs as nobody, who may read what root has installed."""
    module, _, name = start.application.partition(":")
    root = str(start.directory / "httpd")
    command = [program("mod_wsgi-express"), "start-server", "--application-type", "module", module,
               "--callable-object", name, "--host", "127.0.0.1", "--port", str(start.port),
               "--processes", str(start.processes), "--threads", str(start.threads),
               "--server-root", root, "--log-directory", str(start.directory), "--access-log",
               "--working-directory", str(peers_install.SOURCES), "--keep-alive-timeout", KEEP_ALIVE,
               "--limit-request-body", str(1 << 30), "--max-clients", str(MOST_CLIENTS),
               "--trust-proxy", "127.0.0.1", "--trust-proxy-header", "X-Forwarded-For"]  # fmt: skip
    if os.geteuid() == 0:
        if shutil.which("setpriv") is None:
            raise BenchError("as root it needs setpriv: install it (Debian's package util-linux), or do not run this as root")
        os.chown(start.directory, NOBODY, NOBODY)
        command = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups",
                   f"--inh-caps={CAPABILITIES}", f"--ambient-caps={CAPABILITIES}", *command]  # fmt: skip
    return command


def gangway_settings(start):
    """As deployed behind a proxy."""
    return {
        "venv": str(peers_install.VENV),
        "workers": str(start.processes),
        "threads": str(start.threads),
        "trusted-proxies": "127.0.0.1",
        "request-id": "true",
        **dict(start.settings),
    }


GANGWAY_JAR = processes.ROOT / "bridge-cli" / "target" / "gangway.jar"


def gangway_run(start):
    """The arguments of the program."""
    options = [f"--{name}={value}" for name, value in gangway_settings(start).items()]
    return ["run", start.application, "--bind", start.address, f"--access-log={start.access_log}", *options]


def _gangway(start):
    return [processes.java_command(), *start.java_options, "-jar", str(GANGWAY_JAR), *gangway_run(start)]


def _gangway_in_tomcat(start):
    """The WAR that README shows, in an unmodified Tomcat except the address; Tomcat writes its own access log."""
    settings = {**gangway_settings(start), "application": "python:" + start.application,
                "chdir": str(peers_install.SOURCES)}  # fmt: skip
    base = war.tomcat_base(start.directory, start.port)
    war.gateway(base / "webapps" / "ROOT.war", {f"gangway.{name}": value for name, value in settings.items()})
    return war.catalina(base, start.java_options)


def _servlet(start):
    return [processes.java_command(), *start.java_options, "-cp", processes.class_path(),
            "io.gangway.bench.ServletServer", str(start.port), start.access_log]  # fmt: skip


def _servlet_in_tomcat(start):
    base = war.tomcat_base(start.directory, start.port)
    war.servlet(base / "webapps" / "ROOT.war")
    return war.catalina(base, start.java_options)


LIBEV = ("libev-dev", ("/usr/include/ev.h", "/usr/include/libev/ev.h", "/usr/local/include/ev.h"))
COMPILER = ("build-essential", ("/usr/bin/cc", "/usr/bin/gcc", "/usr/local/bin/gcc"))

SERVERS = {
    server.name: server
    for server in (
        Server("gunicorn", _gunicorn, package="gunicorn"),
        Server("gangway", _gangway, is_jvm=True),
        Server("gangway-tomcat", _gangway_in_tomcat, is_jvm=True),
        Server("granian", _granian, package="granian"),
        Server("uwsgi", _uwsgi, package="uwsgi", system_packages=(COMPILER,), build_note="a minute"),
        Server("waitress", _waitress, package="waitress", shape="1 × {all_threads} threads"),
        Server("bjoern", _bjoern, package="bjoern", shape="{processes} processes", system_packages=(COMPILER, LIBEV)),
        Server("mod_wsgi", _mod_wsgi, package="mod_wsgi-standalone", system_packages=(COMPILER,),
               build_note="builds Apache: about ten minutes, once"),  # fmt: skip
        Server("servlet", _servlet, is_jvm=True, is_floor=True, shape="no Python"),
        Server("servlet-tomcat", _servlet_in_tomcat, is_jvm=True, is_floor=True, shape="no Python"),
    )
}


@dataclasses.dataclass
class Running:
    server: Server
    start: Start
    process: subprocess.Popen

    @property
    def port(self):
        return self.start.port

    @property
    def pid(self):
        """The leash's: the server is all that is below it."""
        return self.process.pid

    def is_alive(self):
        return self.process.poll() is None

    def last_words(self):
        text = (self.start.directory / "output.log").read_text(errors="replace").splitlines()
        return "\n".join(text[-LOG_LINES:])


def start(server, row, context):
    """Starts a server; returns it when it has answered the row's request."""
    options = context.options
    for attempt in range(START_ATTEMPTS):
        start_of = prepared(server, row, context.directory / server.name, options)
        running = launch(server, start_of, context.environment)
        try:
            _await_answer(running, row.first)
            return running
        except BenchError:
            stop(running)
            if attempt == START_ATTEMPTS - 1 or "in use" not in running.last_words():
                raise
        except BaseException:
            stop(running)
            raise
    raise AssertionError("the last attempt has raised")


def prepared(server, row, directory, options):
    """A start on a free port, of which nothing has happened yet."""
    return Start(
        row.application,
        _free_port(),
        directory,
        options.processes,
        options.threads,
        tuple(options.java_option),
        server.settings,
    )


def launch(server, start, environment):
    """Starts the server's program, and does not wait for it."""
    shutil.rmtree(start.directory, ignore_errors=True)
    start.directory.mkdir(parents=True)
    given = {name: value for name, value in os.environ.items() if not name.startswith("GANGWAY_")}
    command = [sys.executable, leash.__file__, *server.command(start)]
    with open(start.directory / "output.log", "wb") as output:
        process = subprocess.Popen(
            command,
            cwd=peers_install.SOURCES,
            env={
                **given,
                **environment,
                "BENCH_APPLICATION": start.application,
                "BENCH_ACCESS_LOG": start.access_log,
                "PYTHONPATH": str(peers_install.SOURCES),
                "PYTHONDONTWRITEBYTECODE": "1",
                "CATALINA_BASE": str(start.directory / "tomcat"),
            },
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for the script, which then ends the servers one by one
        )
    return Running(server, start, process)


def stop(running):
    """Ends a server and all that it has started; also one that has ended already."""
    with contextlib.suppress(OSError):
        running.process.stdin.close()
    try:
        running.process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        running.process.kill()
        running.process.wait()


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _await_answer(running, row):
    limit = time.monotonic() + START_SECONDS
    problem = "nothing listens"
    while time.monotonic() < limit and running.is_alive():
        try:
            fetch(running.port, row)
            return
        except (OSError, BenchError) as failure:
            problem = str(failure)
        time.sleep(0.1)
    how = f"did not answer within {START_SECONDS} s ({problem})" if running.is_alive() else "ended at its start"
    raise BenchError(f"{how}; its last lines:\n{running.last_words()}")


def fetch(port, row):
    """The body of the answer to the row's request; raises if the status is not 200."""
    headers = dict(header.split(": ", 1) for header in (*FORWARDED, *row.headers))
    body = b"x" * row.body_size if row.method == "POST" else None
    request = urllib.request.Request(f"http://127.0.0.1:{port}{row.path}", body, headers, method=row.method)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return response.read()
    except urllib.error.HTTPError as answer:
        answer.close()
        raise BenchError(f"{row.method} {row.path} is answered {answer.code}") from None
