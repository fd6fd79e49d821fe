"""An application that does to its process whatever it is asked for in the path; the query is the argument."""

import ctypes
import logging
import multiprocessing
import os
import re
import resource
import signal
import sys
import tempfile
import threading
import time
import warnings

TEXT = [("Content-Type", "text/plain; charset=utf-8")]


def application(environ, start_response):
    said = globals()["do_" + environ["PATH_INFO"].strip("/")](environ["QUERY_STRING"], environ)
    start_response("200 OK", TEXT)
    return [str(said).encode()]


def raise_timeout(number, frame):
    raise TimeoutError("too late")


signal.signal(signal.SIGALRM, raise_timeout)


def do_pid(query, environ):
    return os.getpid()


def do_token(query, environ):
    return query


# Ways to end.


def do_exit(query, environ):
    os._exit(int(query))


def do_signal(query, environ):
    os.kill(os.getpid(), int(query))
    return "alive"


def do_segfault(query, environ):
    ctypes.string_at(0)


def do_raise(query, environ):
    raise {"SystemExit": SystemExit, "KeyboardInterrupt": KeyboardInterrupt, "MemoryError": MemoryError}[query]()


def do_eat_memory(query, environ):
    limit = _pages_in_use() + int(query)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    held = []
    while True:
        held.append(bytearray(1 << 20))


def _pages_in_use():
    with open("/proc/self/statm", encoding="ascii") as file:
        return int(file.read().split()[0]) * resource.getpagesize()


# Ways to hang.


def do_block(query, environ):
    _announce(query)
    threading.Event().wait()


def do_block_with_the_gil(query, environ):
    _announce(query)
    ctypes.pythonapi.sleep(3600)  # pythonapi keeps the GIL, as native code that forgets to release it does


def do_backtrack(query, environ):
    _announce(query)
    re.match(r"(a+)+$", "a" * 60 + "b")


def _announce(path):
    if path:
        open(path, "x").close()


# Processes.


def do_fork_and_exit(query, environ):
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return "parent"


def do_fork_and_return(query, environ):
    child = os.fork()
    if child:
        os.waitpid(child, 0)
    return f"answered by {os.getpid()}"


def do_fork_and_stay(query, environ):
    child = os.fork()
    if child == 0:
        while os.path.exists(query):
            time.sleep(0.01)
        os._exit(0)
    return child


def do_start_daemon(query, environ):
    child = multiprocessing.get_context(query).Process(target=time.sleep, args=(3600,), daemon=True)
    child.start()
    return child.pid


def do_terminate(query, environ):
    """How processes of multiprocessing end that are terminated at once."""
    codes = set()
    for _ in range(int(query)):
        child = multiprocessing.get_context("fork").Process(target=time.sleep, args=(3600,))
        child.start()
        child.terminate()
        child.join()
        codes.add(child.exitcode)
    return codes


# Files and streams.


def do_close_descriptors(query, environ):
    first, last = map(int, query.split("-"))
    os.closerange(first, last)
    return "closed"


def do_exhaust_descriptors(query, environ):
    opened = []
    try:
        while True:
            opened.append(os.open(os.devnull, os.O_RDONLY))
    except OSError:
        return _hold(opened)


def _hold(opened):
    application.opened = opened
    return len(opened)


def do_replace_streams(query, environ):
    sys.stdout = sys.stderr = sys.__stdout__ = sys.__stderr__ = None
    print("to nobody")
    return "replaced"


def do_close_streams(query, environ):
    sys.stdout.close()
    sys.stderr.close()
    os.close(1)
    os.close(2)
    return "closed"


def do_print(query, environ):
    print(query)
    return "printed"


def do_flood(query, environ):
    line = "x" * 9_999
    for _ in range(int(query) // 10_000):
        print(line)
    print("the flood's end")
    return "flooded"


def do_write_from_c(query, environ):
    library = ctypes.CDLL(None)
    library.write(1, b"out of C\n", 9)
    library.write(2, b"err of C\n", 9)
    return "written"


def do_change_directory(query, environ):
    os.chdir(query)
    return os.getcwd()


def do_where(query, environ):
    return os.getcwd()


def do_private_directory(query, environ):
    """Of the bridge: where the socket is that this process is connected to."""
    found = [os.path.join(tempfile.gettempdir(), name) for name in os.listdir(tempfile.gettempdir())]
    return next(path for path in found if os.path.basename(path).startswith("gangway-python-"))


# Signals and threads.


def do_alarm(query, environ):
    signal.setitimer(signal.ITIMER_REAL, 0.01)
    return "set"


def do_thread(query, environ):
    threading.Thread(target=threading.Event().wait, daemon=query == "daemon").start()
    return "started"


def do_exhaust_threads(query, environ):
    limit = _pages_in_use() + (32 << 20)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    count = 0
    try:
        while True:
            threading.Thread(target=threading.Event().wait, daemon=True).start()
            count += 1
    except (RuntimeError, MemoryError):
        return count


# The log.


def do_argv(query, environ):
    return " ".join(sys.argv)


def do_log(query, environ):
    logger = logging.getLogger("shop.cart")
    logger.setLevel(logging.DEBUG)
    for level in (logging.DEBUG, logging.INFO, logging.WARNING, logging.ERROR, logging.CRITICAL):
        logger.log(level, "at level %d", level, extra={"basket": 7})
    try:
        1 / 0
    except ZeroDivisionError:
        logger.exception("with a traceback")
    warnings.warn("careful")
    environ["wsgi.errors"].write("complained\n")
    return "logged"


def do_log_text(query, environ):
    logging.getLogger("shop").error("%s", "line\n2026-01-01 INFO forged\r\x1b[2Jcleared\x85next\u2028separated\u202ereversed")
    return "logged"


def do_log_much(query, environ):
    logging.getLogger("shop").error("x" * int(query))
    return "logged"


def do_uncaught(query, environ):
    thread = threading.Thread(target=lambda: 1 / 0, name="cleaner")
    thread.start()
    thread.join()
    return "done"


# Streams of blocks.


class Stream:
    """Endless; tells when it was closed."""

    def __init__(self, path):
        self.path = path

    def __iter__(self):
        while True:
            yield b"x" * 8192

    def close(self):
        open(self.path, "x").close()


def endless(environ, start_response):
    start_response("200 OK", TEXT)
    return Stream(environ["QUERY_STRING"])


def hang_after_head(environ, start_response):
    start_response("200 OK", TEXT)
    yield b"a part"
    threading.Event().wait()


def mixed(environ, start_response):
    return (endless if environ["PATH_INFO"] == "/endless" else application)(environ, start_response)
