"""How the kernel schedules the server's threads and ours."""

import os
import subprocess
import sys
import unittest

from gangway_worker import scheduling

#: A server with two threads, which waits for the end of its input.
SERVER = """
import sys, threading
threading.Thread(target=sys.stdin.read).start()
print(flush=True)
"""


@unittest.skipUnless(sys.platform.startswith("linux"), "its policies are Linux's")
class SchedulingTest(unittest.TestCase):
    def server(self) -> "subprocess.Popen[bytes]":
        server = subprocess.Popen([sys.executable, "-c", SERVER], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.addCleanup(server.communicate)
        assert server.stdout is not None
        server.stdout.readline()
        return server

    @staticmethod
    def policies(server: "subprocess.Popen[bytes]") -> "list[int]":
        return [os.sched_getscheduler(int(thread)) for thread in os.listdir(f"/proc/{server.pid}/task")]

    def tearDown(self) -> None:
        scheduling.schedule(os.SCHED_OTHER)

    def test_all_threads_of_a_server_compute_and_this_process_does_not(self) -> None:
        server = self.server()
        scheduling.schedule(os.SCHED_BATCH)  # as a launcher inherits it from a server that has been here before
        scheduling.schedule_server(server.pid)
        self.assertEqual(self.policies(server), [os.SCHED_BATCH] * 2)
        self.assertEqual(scheduling.policy(), os.SCHED_OTHER)

    def test_threads_that_somebody_has_scheduled_are_left_alone(self) -> None:
        server = self.server()
        os.sched_setscheduler(server.pid, os.SCHED_IDLE, os.sched_param(0))
        scheduling.schedule_server(server.pid)
        self.assertEqual(sorted(self.policies(server)), sorted([os.SCHED_BATCH, os.SCHED_IDLE]))

    def test_a_server_that_has_ended_is_no_failure(self) -> None:
        server = self.server()
        server.communicate()
        scheduling.schedule_server(server.pid)
        self.assertEqual(scheduling.policy(), os.SCHED_OTHER)
