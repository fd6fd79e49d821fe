"""What an application's children inherit, and how they end: processes that it forks, and those of multiprocessing."""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import sys
import time
import unittest
from typing import Any

from bridge_double import Worker
from exchanges import MAX_WAIT
from gangway_worker.forks import CONVENTIONAL_FILES
from test_processes import ProcessTest, is_alive

#: Repetitions of each race: the faults that these tests look for occurred in one of thirty to seventy.
ROUNDS = int(os.environ.get("TEST_FORK_ROUNDS", "100"))

APPLICATION = '''
import atexit, json, multiprocessing, os, resource, signal, subprocess, sys, threading, time

JVM_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

def application(environ, start_response):
    action, _, argument = environ["PATH_INFO"].strip("/").partition("/")
    said = globals()["do_" + action](argument)
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps(said).encode()]

def do_pid(argument): return os.getpid()

def in_child(function, *arguments):
    """What a function gives in a forked child; None if it said nothing before it ended."""
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.write(write, json.dumps(function(*arguments)).encode())
        os._exit(0)
    os.close(write)
    with open(read) as file: said = file.read()
    os.waitpid(pid, 0)
    return json.loads(said) if said else None

def inherited():
    return {
        "handlers": [str(signal.getsignal(number)) for number in JVM_SIGNALS],
        "blocked": sorted(int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, ())),
        "policy": os.sched_getscheduler(0),
        "files": resource.getrlimit(resource.RLIMIT_NOFILE),
    }

def do_inherited(argument): return [inherited(), in_child(inherited), in_child(in_child, inherited)]

def do_program(argument):
    code = "import signal; print([int(n) for n in signal.pthread_sigmask(signal.SIG_BLOCK, ())])"
    return subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE).stdout.decode().strip()

def do_masked(argument):
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
    try:
        blocked = in_child(inherited)["blocked"]
        return blocked, inherited()["blocked"]
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])

def signalled(number):
    """How a child ends that gets a signal as soon as it is there."""
    read, write = os.pipe()
    parent = os.getpid()
    try:
        pid = os.fork()  # a child may be interrupted as soon as it returns
        if not pid:
            os.close(write)
            os.read(read, 1)
    except KeyboardInterrupt:
        while os.getpid() != parent:
            try: os._exit(130)
            except KeyboardInterrupt: pass  # the next one
        raise
    if not pid: os._exit(0)
    os.kill(pid, number)
    os.close(read)
    deadline = time.monotonic() + 20
    ended, status = os.waitpid(pid, os.WNOHANG)
    while not ended and time.monotonic() < deadline:
        time.sleep(0.001)
        ended, status = os.waitpid(pid, os.WNOHANG)
        # Python prints a KeyboardInterrupt in a hook of its own modules (random, threading), and goes on: who interrupts does it again.
        if not ended and number == signal.SIGINT: os.kill(pid, number)
    os.close(write)
    if not ended: ended, status = os.waitpid(pid, 0)
    return status

def concurrently(count, function, *arguments):
    results = []
    threads = [threading.Thread(target=lambda: results.append(function(*arguments))) for _ in range(count)]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return results

def do_signalled(argument):
    number, rounds = map(int, argument.split("-"))
    return sorted(set(sum(concurrently(4, lambda: [signalled(number) for _ in range(rounds // 4)]), [])))

def terminated(rounds):
    context = multiprocessing.get_context("fork")
    codes = []
    for _ in range(rounds):
        process = context.Process(target=time.sleep, args=(30,))
        process.start()
        process.terminate()
        process.join()
        codes.append(process.exitcode)
    return codes

def do_terminated(argument): return sorted(set(sum(concurrently(2, terminated, int(argument) // 2), [])))

def do_pools(argument):
    for _ in range(int(argument)):
        with multiprocessing.get_context("fork").Pool(2) as pool: pool.map(abs, [-1, -2])
    return "done"

def sleep(path=None):
    while path is None or os.path.exists(path): time.sleep(0.01)

def do_start(argument):
    method, kind = argument.split("-")
    process = multiprocessing.get_context(method).Process(target=sleep, daemon=kind == "daemon")
    process.start()
    return process.pid

def do_start_orphan(path):
    """A process whose parent has ended, and that ends with a file."""
    read, write = os.pipe()
    child = os.fork()
    if not child:
        orphan = os.fork()
        if not orphan:
            sleep("/" + path)
            os._exit(0)
        os.write(write, str(orphan).encode())
        os._exit(0)
    os.waitpid(child, 0)
    return int(os.read(read, 99))

def do_at_exit(path):
    atexit.register(lambda: open("/" + path, "x").close())
    return "registered"

def do_at_exit_hang(argument):
    atexit.register(threading.Event().wait)
    return "registered"

def do_block(argument):
    print("blocking")
    threading.Event().wait()

def do_thread(argument):
    threading.Thread(target=threading.Event().wait).start()
    return "started"

def do_close_all(argument): os.closerange(3, 65536)
'''


class ForksTest(ProcessTest):
    def application(self, **configuration: Any) -> Worker:
        configuration.setdefault("modules", {"shop.py": APPLICATION})
        worker = self.worker(**configuration)
        worker.exchanges[0][0]._socket.settimeout(3 * MAX_WAIT)  # a worker that hangs fails the test
        return worker

    def ask(self, worker: Worker, path: str) -> Any:
        return json.loads(worker.get(path))

    def path(self, worker: Worker, name: str) -> str:
        return os.path.join(worker.bridge.directory, name)


class SignalsTest(ForksTest):
    """SIGTERM, SIGINT and SIGHUP are the JVM's while a worker gets them, and a child's own while it does."""

    def test_a_forked_child_has_the_defaults_handlers_and_nothing_blocked(self) -> None:
        of_worker, *of_children = self.ask(self.application(), "/inherited")
        self.assertTrue(all("ignore" in handler for handler in of_worker["handlers"]), of_worker)
        self.assertEqual(of_worker["blocked"], [])
        for of_child in of_children:  # and in a child of a child
            self.assertEqual(
                of_child["handlers"], [str(handler) for handler in (signal.SIG_DFL, signal.default_int_handler, signal.SIG_DFL)]
            )
            self.assertEqual(of_child["blocked"], [])

    def test_what_the_application_has_blocked_stays_blocked(self) -> None:
        self.assertEqual(self.ask(self.application(), "/masked"), [[signal.SIGTERM], [signal.SIGTERM]])

    def test_a_signal_ends_a_child_however_young_it_is(self) -> None:
        worker = self.application()
        for number, statuses in (
            (signal.SIGTERM, {signal.SIGTERM}),
            (signal.SIGHUP, {signal.SIGHUP}),
            (signal.SIGINT, {signal.SIGINT, 130 << 8}),  # before its own code runs, or as KeyboardInterrupt in it
        ):
            ended = self.ask(worker, f"/signalled/{int(number)}-{ROUNDS}")
            self.assertLessEqual(set(ended), {int(status) for status in statuses}, number.name)

    def test_terminate_ends_a_process_of_multiprocessing(self) -> None:
        self.assertEqual(self.ask(self.application(), f"/terminated/{ROUNDS}"), [-signal.SIGTERM])

    def test_a_pool_ends_with_its_block(self) -> None:
        self.assertEqual(self.ask(self.application(), f"/pools/{max(1, ROUNDS // 4)}"), "done")

    def test_a_preloaded_applications_children_have_the_defaults_too(self) -> None:
        source = APPLICATION + "\nAT_IMPORT = in_child(inherited)\ndef do_at_import(argument): return AT_IMPORT\n"
        worker = self.application(modules={"shop.py": source}, preload=True)
        self.assertEqual(self.ask(worker, "/at_import")["handlers"][0], str(signal.SIG_DFL))
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(worker.pid, number)
        self.assertEqual(self.ask(worker, "/pid"), worker.pid)


class InheritanceTest(ForksTest):
    """What else a copy of the worker has, or a program that it starts."""

    def test_the_jvms_blocked_signal_is_nobodys(self) -> None:
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGQUIT])  # as it is in the threads of a JVM
        try:
            worker = self.application()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        self.assertEqual([said["blocked"] for said in self.ask(worker, "/inherited")], [[], [], []])
        self.assertEqual(self.ask(worker, "/program"), "[]")

    @unittest.skipUnless(sys.platform.startswith("linux"), "its policies are Linux's")
    def test_a_child_is_scheduled_as_usual(self) -> None:
        of_worker, *of_children = [said["policy"] for said in self.ask(self.application(), "/inherited")]
        self.assertEqual((of_worker, of_children), (os.SCHED_BATCH, [os.SCHED_OTHER, os.SCHED_OTHER]))

    def test_a_limit_of_open_files_that_the_jvm_raised_is_the_conventional_one_in_a_child(self) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if 0 <= hard <= CONVENTIONAL_FILES:
            self.skipTest(f"the hard limit of open files is {hard} here: no higher soft limit can be set, as the JVM does")
        self.addCleanup(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        for raised, expected in ((hard, CONVENTIONAL_FILES), (hard - 1, hard - 1), (512, 512)):
            resource.setrlimit(resource.RLIMIT_NOFILE, (raised, hard))
            said = [tuple(said["files"]) for said in self.ask(self.application(), "/inherited")]
            self.assertEqual(said, [(raised, hard), (expected, hard), (expected, hard)])

    def test_a_child_of_the_import_serves_nobody_and_keeps_no_connection_open(self) -> None:
        fork = "\nimport os\nCHILD = os.fork()\ndef do_child(argument): return CHILD\n"
        for source in (fork, fork + "if not CHILD: raise SystemExit\n", fork + "if not CHILD: sleep()\n"):
            for preload in (False, True):
                worker = self.application(modules={"shop.py": APPLICATION + source}, preload=preload)
                child = self.ask(worker, "/child")
                os.kill(worker.pid, signal.SIGKILL)
                self.assertEqual(worker.ended(), ("signal", 9))
                self.assertIsNone(worker.exchanges[0][0].receive())
                worker.control.ended()
                if "sleep" in source:
                    os.kill(child, signal.SIGKILL)  # a child of the application lives on
                self.assert_gone(child)


@unittest.skipUnless(sys.platform.startswith("linux"), "only Linux lets a process choose to be the parent of orphans")
class OrphansTest(ForksTest):
    """Children of a worker that has ended, or of its children."""

    def test_an_orphan_is_the_launchers_who_reaps_it(self) -> None:
        worker = self.application()
        gate = self.path(worker, "gate")
        open(gate, "x").close()
        orphan = self.ask(worker, "/start_orphan" + gate)
        self.assertEqual(_parent(orphan), worker.bridge.process.pid)
        os.remove(gate)
        self.assert_reaped(orphan)

    def test_daemonic_children_end_with_a_worker_that_is_killed_and_others_do_not(self) -> None:
        for method in ("fork", "spawn", "forkserver"):
            with self.subTest(method):
                worker = self.application()
                daemons = [self.ask(worker, f"/start/{method}-daemon") for _ in range(2)]
                other = self.ask(worker, f"/start/{method}-other")
                os.kill(worker.pid, signal.SIGABRT)
                self.assertEqual(worker.ended(), ("signal", signal.SIGABRT))
                self.assert_reaped(*daemons)
                self.assertTrue(is_alive(other))
                os.kill(other, signal.SIGKILL)
                self.assert_reaped(other)

    def test_daemonic_children_end_with_everything_else(self) -> None:
        at_import = "\nFIRST = do_start('fork-daemon')\ndef do_first(argument): return FIRST\n"
        worker = self.application(modules={"shop.py": APPLICATION + at_import}, preload=True)
        children = [self.ask(worker, "/first"), self.ask(worker, "/start/fork-daemon")]
        worker.launcher.connection._socket.shutdown(socket.SHUT_RDWR)
        self.assertEqual(worker.bridge.process.wait(MAX_WAIT), 0)
        self.assert_gone(*children)

    def test_a_preloaded_applications_daemon_does_not_end_with_a_worker(self) -> None:
        at_import = "\nFIRST = do_start('fork-daemon')\ndef do_first(argument): return FIRST\n"
        worker = self.application(modules={"shop.py": APPLICATION + at_import}, preload=True)
        child = self.ask(worker, "/first")
        worker.retire("20")
        worker.exchanges[0][0]._socket.shutdown(socket.SHUT_RDWR)
        self.assertEqual(worker.ended(), ("exit", 0))
        self.assertTrue(is_alive(child))

    def assert_reaped(self, *pids: int) -> None:
        for pid in pids:
            self.await_that(lambda pid=pid: not os.path.exists(f"/proc/{pid}"), f"process {pid} has not been reaped")


class EndingTest(ForksTest):
    """``atexit`` handlers and daemonic children where a worker ends by itself."""

    def retire(self, worker: Worker, seconds: str) -> "tuple[str, int]":
        worker.retire(seconds)
        worker.exchanges[0][0]._socket.shutdown(socket.SHUT_RDWR)
        return worker.ended()

    def test_daemonic_children_end_with_a_worker_that_retires(self) -> None:
        worker = self.application()
        child = self.ask(worker, "/start/fork-daemon")
        self.assertEqual(self.retire(worker, "20"), ("exit", 0))
        self.assert_gone(child)

    def test_a_worker_that_is_late_runs_its_handlers_all_the_same(self) -> None:
        for hanging in ("/block", "/thread"):
            worker = self.application(threads=2)
            child = self.ask(worker, "/start/fork-daemon")
            mark = self.path(worker, "ended")
            self.assertEqual(self.ask(worker, "/at_exit" + mark), "registered")
            if hanging == "/block":
                worker.send(worker.exchanges[1][0], PATH_INFO=hanging)
                self.assertTrue(worker.stdout.contains(b"blocking"))
            else:
                self.assertEqual(self.ask(worker, hanging), "started")
                worker.exchanges[1][0]._socket.shutdown(socket.SHUT_RDWR)
            self.assertEqual(self.retire(worker, "0.1"), ("exit", 3))
            self.assertTrue(os.path.exists(mark), hanging)
            self.assert_gone(child)

    def test_a_worker_that_cannot_serve_any_more_runs_its_handlers(self) -> None:
        worker = self.application(threads=2)
        mark = self.path(worker, "ended")
        self.assertEqual(self.ask(worker, "/at_exit" + mark), "registered")
        worker.send(worker.exchanges[0][0], PATH_INFO="/close_all")
        self.assertEqual(worker.ended(), ("exit", 4))
        self.assertTrue(os.path.exists(mark))

    def test_a_handler_that_hangs_does_not_keep_the_worker(self) -> None:
        worker = self.application()
        self.assertEqual(self.ask(worker, "/at_exit_hang"), "registered")
        began = time.monotonic()
        self.assertEqual(self.retire(worker, "0.2"), ("exit", 3))
        worker = self.application()
        self.assertEqual(self.ask(worker, "/at_exit_hang"), "registered")
        worker.send(worker.exchanges[0][0], PATH_INFO="/block")
        self.assertTrue(worker.stdout.contains(b"blocking"))
        self.assertEqual(self.retire(worker, "0.2"), ("exit", 3))
        self.assertLess(time.monotonic() - began, MAX_WAIT)


def _parent(pid: int) -> int:
    with open(f"/proc/{pid}/stat", encoding="ascii") as file:
        return int(file.read().rpartition(")")[2].split()[1])


if __name__ == "__main__":
    unittest.main()
