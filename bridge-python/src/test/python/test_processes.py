"""Launcher and workers as real processes: boot, service, death, and everything that an application may do to its process."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import time
import unittest
from typing import Any, Callable

from bridge_double import Bridge, Inbox, Worker
from exchanges import MAX_WAIT
from gangway_worker import frames

#: Max seconds until all processes have ended after the end of the JVM.
GONE = 2

APPLICATION = '''
import logging, os, sys, threading, time, warnings

def application(environ, start_response):
    path = environ["PATH_INFO"]
    action = globals()["do_" + path.strip("/")]
    block = action(environ)
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [str(block).encode()]

def do_pid(environ): return os.getpid()
def do_where(environ): return os.getcwd()
def do_stdin(environ): return repr(sys.stdin.read())
def do_exit(environ): os._exit(7)
def do_system_exit(environ): sys.exit(7)
def do_abort(environ): os.abort()
def do_closerange(environ): os.closerange(3, 256); return "closed"
def do_close_all(environ): os.closerange(3, 65536); return "closed"
def do_close_those_of_others(environ):
    link = lambda name: os.readlink("/proc/self/fd/" + name)
    sockets = [int(name) for name in os.listdir("/proc/self/fd") if int(name) >= 512 and link(name).startswith("socket")]
    os.close(sockets[-1])
    return "closed"
def do_default_timeout(environ):
    import socket
    socket.setdefaulttimeout(0.05)
    return "set"
def do_uncaught(environ):
    thread = threading.Thread(target=lambda: 1 / 0, name="cleaner")
    thread.start()
    thread.join()
    class Fragile:
        def __del__(self): raise ValueError("in a destructor")
    Fragile()
    return "done"
def do_alarm(environ):
    import signal
    os.kill(os.getpid(), signal.SIGUSR1)
    return "sent"
def do_exhaust_threads(environ):
    import resource
    in_use = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (in_use + (32 << 20),) * 2)
    threads = 0
    try:
        while True:
            threading.Thread(target=threading.Event().wait, daemon=True).start()
            threads += 1
    except (RuntimeError, MemoryError):
        return "exhausted" if threads else "nothing to exhaust"
def do_replace(environ): sys.stdout = sys.stderr = None; return "replaced"
def do_chdir(environ): os.chdir("/"); return "moved"
def do_print(environ): print("printed é \\udc80"); print("to stderr", file=sys.stderr); return "done"
def do_flood(environ):
    line = "x" * 9999
    for _ in range(10000): print(line)
    return "flooded"
def do_block(environ):
    print("blocking")
    threading.Event().wait()
def do_log(environ):
    logging.getLogger("shop").warning("logged %s", 1)
    try: 1 / 0
    except ZeroDivisionError: logging.exception("failed")
    warnings.warn("warned")
    environ["wsgi.errors"].write("complained")
    return "done"
def do_fork_and_return(environ):
    pid = os.fork()
    if pid: os.waitpid(pid, 0)
    return f"answered by {os.getpid()}"
def do_fork_and_stay(environ):
    pid = os.fork()
    if not pid:
        time.sleep(60)
        os._exit(0)
    return pid
def do_multiprocessing(environ):
    import multiprocessing
    with multiprocessing.get_context("spawn").Pool(1) as pool: return pool.map(abs, [-3])
def do_signals(environ):
    import subprocess
    return subprocess.run([sys.executable, "-c", "import signal; print(signal.getsignal(signal.SIGTERM) == signal.SIG_DFL)"],
                          stdout=subprocess.PIPE).stdout.decode().strip()
def do_thread(environ):
    threading.Thread(target=threading.Event().wait).start()
    return "started"
def do_core(environ):
    import resource
    return resource.getrlimit(resource.RLIMIT_CORE)
'''


class ProcessTest(unittest.TestCase):
    def boot(self, modules: "dict[str, str] | None" = None, **configuration: Any) -> "tuple[Bridge, Inbox]":
        configuration.setdefault("application", "shop")
        bridge = Bridge(modules or {"shop.py": APPLICATION}, **configuration)
        self.addCleanup(bridge.close)
        launcher = bridge.accept("launcher")
        return bridge, launcher

    def worker(self, **configuration: Any) -> Worker:
        bridge, launcher = self.boot(**configuration)
        return bridge.fork(launcher).ready()


    def assert_gone(self, *pids: int) -> None:
        for pid in pids:
            self.await_that(lambda pid=pid: not is_alive(pid), f"process {pid} is still there")

    def await_that(self, condition: "Callable[[], bool]", failure: str) -> None:
        deadline = time.monotonic() + GONE
        while not condition():
            self.assertLess(time.monotonic(), deadline, failure)
            os.sched_yield()


class BootTest(ProcessTest):
    def test_introduces_every_connection_and_announces_every_step(self) -> None:
        bridge, launcher = self.boot(threads=2)
        self.assertEqual(launcher.hello, ["1", "launcher", "launcher-token", str(bridge.process.pid), ""])
        worker = bridge.fork(launcher)
        told = []
        while not told or told[-1][0] != "READY":
            told.append(worker.control.next())
        self.assertEqual(worker.control.hello, ["1", "control", "worker-1", str(worker.pid), ""])
        self.assertEqual([step[1] for step in told[:-1]], ["connect", "environment", "name", "import", "find", "threads"])
        times = [int(step[2]) for step in told[:-1]] + [int(told[-1][3])]
        self.assertEqual(times, sorted(times))
        version = ".".join(map(str, sys.version_info[:3]))
        self.assertEqual(told[-1][1:3], ["wsgi", version])
        hellos = sorted(bridge.accept("exchange")[1] for _ in range(2))
        self.assertEqual(hellos, [["1", "exchange", "worker-1", str(worker.pid), slot] for slot in ("0", "1")])

    def test_serves(self) -> None:
        worker = self.worker()
        self.assertEqual(worker.get("/pid"), str(worker.pid).encode())
        with open(worker.slot_file, "rb") as file:
            self.assertEqual(file.read(2), b"\1\0")

    def test_works_in_the_directory_it_is_told(self) -> None:
        self.assertEqual(self.worker(chdir="/usr").get("/where"), b"/usr")

    def test_serves_a_preloaded_application_from_many_workers(self) -> None:
        bridge, launcher = self.boot(preload=True, application="shop:application")
        first = bridge.fork(launcher)
        self.assertEqual([(first.control.next() or [])[1] for _ in range(2)], ["connect", "threads"])
        workers = [first.ready()] + [bridge.fork(launcher).ready() for _ in range(2)]
        self.assertEqual([int(worker.get("/pid")) for worker in workers], [worker.pid for worker in workers])

    def test_warns_of_threads_that_a_preloaded_application_started(self) -> None:
        modules = {"shop.py": APPLICATION + "\nthreading.Thread(target=threading.Event().wait, name='cleaner').start()\n"}
        _, launcher = self.boot(modules, preload=True)
        record = launcher.until("LOG")
        self.assertEqual(record[1:4], ["30", "gangway", ""])
        self.assertRegex(record[4], r"^the application started threads while it was preloaded \(cleaner\): these threads do not run")

    def test_warns_of_sockets_that_a_preloaded_application_left_open(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
            source = (
                "import os, socket\n"
                "def connect():\n"
                "    global database\n"
                f"    database = socket.create_connection(('127.0.0.1', {port}))\n"
                "connect()\n"
                "connect()\n"  # the first socket is closed again
                "os.register_at_fork(after_in_child=connect)\n"
                "def application(environ, start_response):\n"
                "    start_response('200 OK', [])\n"
                "    return [str(database.getsockname()[1]).encode()]\n"
            )
            bridge, launcher = self.boot({"shop.py": source}, preload=True)
            level, logger, _, text = launcher.until("LOG")[1:]
            self.assertEqual((level, logger), ("30", "gangway"))
            self.assertTrue(
                text.startswith(
                    f"the application opened sockets while it was preloaded (to 127.0.0.1:{port}): all workers would share them"
                ),
                text,
            )
            ports = {bridge.fork(launcher).ready().get("/") for _ in range(2)}
            self.assertEqual(len(ports), 2, "register_at_fork gave each worker its own")

    def test_names_the_first_sockets_of_many(self) -> None:
        source = APPLICATION + (
            "\nimport socket\n"
            "pair = socket.socketpair()\n"
            "listener = socket.create_server(('127.0.0.1', 0))\n"
            "pairs = [socket.socketpair() for _ in range(3)]\n"
        )
        _, launcher = self.boot({"shop.py": source}, preload=True)
        self.assertRegex(
            launcher.until("LOG")[4],
            r"preloaded \((descriptor \d+, ){2}at 127\.0\.0\.1:\d+, (descriptor \d+, ){2}and 4 more\): all workers",
        )

    def test_says_nothing_of_an_import_that_left_nothing_open(self) -> None:
        source = APPLICATION + "\nimport socket\nsocket.socketpair()[0].close()\n"
        bridge, launcher = self.boot({"shop.py": source}, preload=True)
        told = []
        launcher.until = lambda *wanted: told.append(launcher.next()) or told[-1]  # type: ignore
        self.assertEqual(bridge.fork(launcher).ready().get("/where"), b"/")
        self.assertEqual([frame[0] for frame in told], ["CHILD"])

    def test_tells_what_an_import_raises(self) -> None:
        for preload in (False, True):
            bridge, launcher = self.boot({"shop.py": "import os\nimport absent_module\n"}, preload=preload)
            inbox = launcher
            if not preload:
                worker = bridge.fork(launcher)
                inbox = worker.control
            name, step, message, traceback, fix = inbox.until("FAILED")
            self.assertEqual((step, message), ("import", "ModuleNotFoundError: No module named 'absent_module'"))
            self.assertTrue(fix.startswith("put the directory that holds the module into gangway.python-path (now "), fix)
            self.assertRegex(traceback, r'^Traceback \(most recent call last\):\n  File ".*shop.py", line 2, in <module>\n')
            if preload:
                self.assertEqual(bridge.process.wait(MAX_WAIT), 1)
            else:
                self.assertEqual(worker.ended(), ("exit", 1))

    def test_an_import_that_exits_has_failed(self) -> None:
        bridge, launcher = self.boot({"shop.py": "raise SystemExit(0)\n"})
        worker = bridge.fork(launcher)
        self.assertEqual(worker.control.until("FAILED")[1:3], ["import", "SystemExit: 0"])
        self.assertEqual(worker.ended(), ("exit", 1))

    def test_an_import_that_kills_the_process_is_known_by_its_step(self) -> None:
        bridge, launcher = self.boot({"shop.py": "import os\nos._exit(5)\n"})
        worker = bridge.fork(launcher)
        self.assertEqual(worker.ended(), ("exit", 5))
        self.assertEqual(worker.control.ended()[-1][:2], ["STEP", "import"])

    def test_names_what_is_near_to_a_wrong_name(self) -> None:
        bridge, launcher = self.boot(application="shop:aplication")
        worker = bridge.fork(launcher)
        failed = worker.control.until("FAILED")
        self.assertEqual(
            failed[1:],
            [
                "find",
                'module shop has no "aplication"; the nearest: application',
                "",
                "name a callable of the module after the colon, as in shop.wsgi:application",
            ],
        )

    def test_a_directory_that_is_not_there_fails_in_its_step(self) -> None:
        bridge, launcher = self.boot(chdir="/absent")
        self.assertEqual(
            bridge.fork(launcher).control.until("FAILED")[1:],
            [
                "environment",
                '"/absent" cannot be the working directory: No such file or directory',
                "",
                "name a directory in gangway.chdir that the workers' user may enter",
            ],
        )

    def test_refuses_a_configuration_it_does_not_know(self) -> None:
        process = subprocess.run(
            [sys.executable, "-m", "gangway_worker"],
            input=b'{"socket": "/s", "token": "t", "application": "a", "thread": 1}\n',
            stderr=subprocess.PIPE,
            timeout=MAX_WAIT,
        )
        self.assertEqual(process.returncode, 2)
        self.assertEqual(process.stderr, b"gangway: the launcher cannot start: unknown configuration: thread\n")

    def test_leaves_nothing_of_itself_on_the_command_line_or_path(self) -> None:
        modules = {"shop.py": "import sys\ndef app(e, s):\n    s('200 OK', [])\n    return [repr(sys.path).encode()]\n"}
        worker = self.worker(modules=modules)
        package = os.path.dirname(os.path.abspath(frames.__file__))
        path = eval(worker.get("/"))
        self.assertEqual((path[0], path[-1]), (worker.bridge.directory, os.path.dirname(package)))
        self.assertNotIn(package, path)
        with open(f"/proc/{worker.pid}/cmdline", "rb") as file:
            self.assertNotIn(b"token", file.read())


class EndTest(ProcessTest):
    def test_tells_which_signal_killed_a_worker(self) -> None:
        worker = self.worker()
        os.kill(worker.pid, signal.SIGKILL)
        self.assertEqual(worker.ended(), ("signal", 9))
        self.assertIsNone(worker.exchanges[0][0].receive())

    def test_everything_ends_when_the_bridge_does(self) -> None:
        bridge, launcher = self.boot()
        workers = [bridge.fork(launcher).ready() for _ in range(2)]
        workers[0].send(workers[0].exchanges[0][0], PATH_INFO="/block")
        self.assertTrue(workers[0].stdout.contains(b"blocking"))
        for connection in list(bridge._connections):
            connection._socket.shutdown(socket.SHUT_RDWR)
        bridge.process.wait(GONE)
        self.assert_gone(*(worker.pid for worker in workers))

    def test_workers_end_with_the_launcher_connection(self) -> None:
        bridge, launcher = self.boot()
        worker = bridge.fork(launcher).ready()
        launcher.connection._socket.shutdown(socket.SHUT_RDWR)
        self.assertEqual(bridge.process.wait(GONE), 0)
        self.assert_gone(worker.pid)

    def test_a_worker_ends_with_its_control_connection_even_while_it_imports(self) -> None:
        bridge, launcher = self.boot({"shop.py": "import threading\nprint('importing')\nthreading.Event().wait()\n"})
        worker = bridge.fork(launcher)
        self.assertTrue(bridge.accept("stdout").contains(b"importing"))
        worker.control.connection._socket.shutdown(socket.SHUT_RDWR)
        self.assertEqual(worker.ended(), ("exit", 0))

    def test_a_launcher_ends_with_its_connection_even_while_it_imports(self) -> None:
        bridge, launcher = self.boot({"shop.py": "import threading, time\nwhile True: time.sleep(0.01)\n"}, preload=True)
        launcher.connection._socket.shutdown(socket.SHUT_RDWR)
        self.assertEqual(bridge.process.wait(GONE), 0)

    def test_a_retired_worker_that_has_no_threads_left_ends_in_time(self) -> None:
        worker = self.worker()
        self.assertEqual(worker.get("/exhaust_threads"), b"exhausted")
        worker.send(worker.exchanges[0][0], PATH_INFO="/block")
        worker.retire("0.3")
        self.assertEqual(worker.ended(), ("exit", 3))

    def test_retires_when_its_connections_are_closed(self) -> None:
        modules = {"shop.py": APPLICATION + "\nimport atexit; atexit.register(print, 'at exit')\n"}
        worker = self.worker(modules=modules, threads=2)
        worker.retire("20")
        worker.exchanges[1][0]._socket.shutdown(socket.SHUT_RDWR)
        self.assertEqual(worker.get("/where"), b"/", "an exchange under way is finished")
        worker.exchanges[0][0]._socket.shutdown(socket.SHUT_RDWR)
        self.assertEqual(worker.ended(), ("exit", 0))
        self.assertTrue(worker.stdout.contains(b"at exit"))

    def test_a_grace_period_of_a_year_is_waited_for(self) -> None:
        worker = self.worker()
        worker.retire(str(365 * 24 * 60 * 60.0))
        self.assertEqual(worker.get("/where"), b"/", "an exchange under way is finished")
        worker.exchanges[0][0]._socket.shutdown(socket.SHUT_RDWR)
        self.assertEqual(worker.ended(), ("exit", 0))

    def test_a_retired_worker_that_hangs_ends_in_time(self) -> None:
        worker = self.worker()
        worker.send(worker.exchanges[0][0], PATH_INFO="/block")
        self.assertTrue(worker.stdout.contains(b"blocking"))
        worker.retire("0.1")
        self.assertEqual(worker.ended(), ("exit", 3))

    def test_a_thread_of_the_application_is_waited_for_but_not_for_ever(self) -> None:
        worker = self.worker()
        self.assertEqual(worker.get("/thread"), b"started")
        worker.retire("0.3")
        worker.exchanges[0][0]._socket.shutdown(socket.SHUT_RDWR)
        self.assertEqual(worker.ended(), ("exit", 3))

    def test_signals_for_the_jvm_are_the_jvms(self) -> None:
        worker = self.worker()
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(worker.pid, number)
            os.kill(worker.bridge.process.pid, number)
        self.assertEqual(worker.get("/pid"), str(worker.pid).encode())
        self.assertEqual(worker.bridge.fork(worker.launcher).ready().get("/where"), b"/")
        self.assertEqual(worker.get("/signals"), b"True", "programs that the application starts get the usual signals")

    def test_dumps_its_stacks_when_asked_and_goes_on(self) -> None:
        worker = self.worker(threads=2)
        for connection, _ in worker.exchanges[1:]:
            worker.send(connection, PATH_INFO="/block")
        self.assertTrue(worker.stdout.contains(b"blocking"))
        worker.control.connection.send(frames.encode(frames.DUMP))
        level, logger, request, text = worker.control.until("LOG")[1:]
        self.assertEqual((level, logger, request), ("30", "gangway", ""))
        self.assertRegex(text, r"(?s)^what the worker's threads are doing:\n.*\bin do_block\b")
        self.assertEqual(worker.get("/where"), b"/")

    def test_dumps_its_stacks_when_it_aborts_and_leaves_no_core(self) -> None:
        worker = self.worker()
        self.assertEqual(worker.get("/core"), b"(0, 0)")
        worker.send(worker.exchanges[0][0], PATH_INFO="/abort")
        self.assertEqual(worker.ended(), ("signal", signal.SIGABRT))
        self.assertTrue(worker.stderr.contains(b"in do_abort"))


class RoughApplicationTest(ProcessTest):
    """What an application does to its own process."""

    def test_exits_the_process(self) -> None:
        worker = self.worker()
        worker.send(worker.exchanges[0][0], PATH_INFO="/exit")
        self.assertIsNone(worker.exchanges[0][0].receive())
        self.assertEqual(worker.ended(), ("exit", 7))

    def test_exits_the_interpreter(self) -> None:
        worker = self.worker()
        self.assertTrue(worker.get("/system_exit").startswith(b"ABORT application\0SystemExit: 7\0Traceback"))
        self.assertEqual(worker.get("/pid"), str(worker.pid).encode())

    def test_closes_descriptors_and_replaces_streams_and_moves(self) -> None:
        worker = self.worker()
        for path, answer in (("/closerange", b"closed"), ("/replace", b"replaced"), ("/chdir", b"moved")):
            self.assertEqual(worker.get(path), answer)
        self.assertEqual(worker.get("/pid"), str(worker.pid).encode())

    def test_a_worker_that_has_lost_its_descriptors_ends_and_says_why(self) -> None:
        worker = self.worker(threads=2)
        worker.send(worker.exchanges[0][0], PATH_INFO="/close_all")
        self.assertIsNone(worker.exchanges[0][0].receive())
        self.assertEqual(worker.ended(), ("exit", 4))
        self.assertTrue(worker.stderr.contains(b"gangway: the worker ends and will be replaced: the application has closed desc"))

    def test_an_answer_never_goes_out_on_a_connection_that_got_the_number_of_another(self) -> None:
        worker = self.worker(threads=3)
        self.assertEqual(worker.get("/close_those_of_others"), b"closed")
        first = worker.exchanges[0][0]
        first._socket.shutdown(socket.SHUT_RDWR)  # its thread opens a new one: the number that was closed is free
        self.assertEqual(worker.ended(), ("exit", 4))

    def test_the_applications_default_timeout_is_not_ours(self) -> None:
        worker = self.worker()
        self.assertEqual(worker.get("/default_timeout"), b"set")
        worker.exchanges[0][0]._socket.shutdown(socket.SHUT_RDWR)
        worker.exchanges = [worker.bridge.accept("exchange")]
        with self.assertRaises(queue.Empty):  # it neither closes an idle connection, nor opens another
            worker.bridge.accept("exchange", 0.3)
        self.assertEqual(worker.get("/where"), b"/")

    def test_what_a_signal_handler_raises_ends_nothing(self) -> None:
        handlers = "\nimport signal\nsignal.signal(signal.SIGUSR1, lambda number, frame: sys.exit(3))\n"
        worker = self.worker(modules={"shop.py": APPLICATION + handlers})
        for _ in range(3):
            self.assertEqual(worker.get("/alarm"), b"sent")
            self.assertRegex(worker.control.until("LOG")[4], "^a signal handler of the application raised an exception; the worker goes on: SystemExit: 3\n")
        self.assertEqual(worker.get("/pid"), str(worker.pid).encode())

    def test_what_nobody_catches_is_one_record(self) -> None:
        worker = self.worker()
        self.assertEqual(worker.get("/uncaught"), b"done")
        for start in ("uncaught in thread cleaner: ZeroDivisionError: ", "Exception ignored in: <function "):
            level, logger, _, text = worker.control.until("LOG")[1:]
            self.assertEqual((level, logger, text[: len(start)]), ("40", "gangway", start))
            self.assertIn("\nTraceback (most recent call last):\n", text)

    def test_prints(self) -> None:
        worker = self.worker()
        worker.get("/print")
        self.assertTrue(worker.stdout.contains("printed é \\udc80\n".encode()))
        self.assertTrue(worker.stderr.contains(b"to stderr\n"))

    def test_prints_a_hundred_megabytes(self) -> None:
        worker = self.worker()
        before = _resident_kilobytes(worker.pid)
        self.assertEqual(worker.get("/flood"), b"flooded")
        self.assertLess(_resident_kilobytes(worker.pid) - before, 8 << 10)
        worker.get("/print")
        self.assertTrue(worker.stdout.contains(b"printed"))
        self.assertGreater(worker.stdout.length, 100_000_000)

    def test_reads_stdin(self) -> None:
        self.assertEqual(self.worker().get("/stdin"), b"''")

    def test_logs_and_warns_and_complains(self) -> None:
        worker = self.worker()
        worker.get("/log")
        records = [worker.control.until("LOG")[1:] for _ in range(4)]
        self.assertEqual(records[0], ["30", "shop", "req-1", "logged 1"])
        self.assertEqual(records[1][:3], ["40", "root", "req-1"])
        self.assertRegex(records[1][3], r"^failed\nTraceback \(most recent call last\):\n[^\0]*ZeroDivisionError: ")
        self.assertEqual(records[2][:3], ["30", "py.warnings", "req-1"])
        self.assertRegex(records[2][3], "UserWarning: warned\n")
        self.assertEqual(records[3], ["40", "wsgi.errors", "req-1", "complained"])

    def test_forks_and_returns_in_the_child_too(self) -> None:
        worker = self.worker()
        for _ in range(3):
            self.assertEqual(worker.get("/fork_and_return"), f"answered by {worker.pid}".encode())

    def test_a_forked_child_does_not_keep_a_dead_workers_connections_open(self) -> None:
        worker = self.worker()
        child = int(worker.get("/fork_and_stay"))
        self.addCleanup(os.kill, child, signal.SIGKILL)
        os.kill(worker.pid, signal.SIGKILL)
        self.assertEqual(worker.ended(), ("signal", 9))
        self.assertIsNone(worker.exchanges[0][0].receive())
        worker.control.ended()

    def test_spawns_processes(self) -> None:
        self.assertEqual(self.worker().get("/multiprocessing"), b"[3]")

    def test_a_bridge_that_breaks_the_protocol_loses_a_connection_and_no_thread(self) -> None:
        worker = self.worker()
        worker.exchanges[0][0].send(frames.encode(frames.BODY, b"x"))
        self.assertIsNone(worker.exchanges[0][0].receive())
        self.assertRegex(worker.control.until("LOG")[4], "^exchange connection 0 is replaced after an error: .*BODY out of place")
        worker.exchanges = [worker.bridge.accept("exchange")]
        self.assertEqual(worker.get("/where"), b"/")

    def test_a_bridge_that_breaks_the_protocol_on_control_ends_the_worker(self) -> None:
        worker = self.worker()
        worker.control.connection.send(frames.encode(frames.HEAD, b"200 OK"))
        self.assertEqual(worker.ended(), ("exit", 2))
        self.assertTrue(worker.stderr.contains(b"the bridge broke the protocol: HEAD on the control connection"))

    def test_a_thread_reopens_its_connection_after_a_broken_one(self) -> None:
        worker = self.worker()
        worker.exchanges[0][0]._socket.shutdown(socket.SHUT_RDWR)
        worker.exchanges = [worker.bridge.accept("exchange")]
        self.assertEqual(worker.exchanges[0][1][4], "0")
        self.assertEqual(worker.get("/pid"), str(worker.pid).encode())


def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


def _resident_kilobytes(pid: int) -> int:
    with open(f"/proc/{pid}/status", encoding="ascii") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS"))


if __name__ == "__main__":
    unittest.main()
