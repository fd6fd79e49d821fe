"""Runs a command in a terminal until it serves, then sends it HUP or closes the terminal, and prints what it printed and its exit code."""

import os
import pty
import signal
import sys

how, command = sys.argv[1], sys.argv[2:]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(command[0], command)


def read():
    try:
        return os.read(terminal, 4096)
    except OSError:  # nobody has the other side open any more
        return b""


output, ended = b"", False
while not ended:
    block = read()
    output += block
    if block and b"Serving " in output and how:
        if how == "signal":
            os.kill(pid, signal.SIGHUP)
        else:
            os.close(terminal)  # the system sends HUP to the terminal's session
            ended = True
        how = ""
    ended = ended or not block
status = os.waitpid(pid, 0)[1]
print(output.decode("utf-8", "replace").replace("\r\n", "\n"), end="")
print("exit code %d" % os.waitstatus_to_exitcode(status))
