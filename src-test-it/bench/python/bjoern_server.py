"""bjoern in several processes, as its own documentation does it: one listening socket, then a fork for each process.

Arguments: port, number of processes. bjoern has no threads.
"""

import os
import signal
import sys

import bjoern
from logged import application

port, processes = int(sys.argv[1]), int(sys.argv[2])
bjoern.listen(application, "127.0.0.1", port, listen_backlog=2048)
children = []
for _ in range(processes):
    child = os.fork()
    if child == 0:
        bjoern.run()
        os._exit(0)
    children.append(child)


def end(*_):
    for each in children:
        os.kill(each, signal.SIGKILL)
    os._exit(0)


signal.signal(signal.SIGTERM, end)
os.wait()
end()
