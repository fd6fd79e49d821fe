"""Types a line with tabs into an interactive shell, in which gangway is a function that prints its words, and prints these."""

import os
import pty
import re
import select
import sys
import time

MAX_SECONDS = 30

FUNCTION = "gangway() { printf 'WORDS%s' '<'; printf '[%s]' \"$@\"; printf '>\\n'; }\n"
COMPLETION = ". ./completion.sh; echo REA''DY\n"


def press(shell, typed):
    pid, terminal = pty.fork()
    if pid == 0:
        os.environ.update(TERM="dumb", PS1="$ ", LC_ALL="C")
        os.execvp(shell[0], shell)
    os.write(terminal, (FUNCTION + COMPLETION).encode())
    seen, is_typed, end = "", False, time.monotonic() + MAX_SECONDS
    while time.monotonic() < end:
        if select.select([terminal], [], [], 1)[0]:
            try:
                seen += os.read(terminal, 4096).decode("utf-8", "replace")
            except OSError:
                break
        if "READY" in seen and not is_typed:
            is_typed = True
            os.write(terminal, (typed + "\n").encode())
        found = re.search(r"WORDS<(.*)>", seen)
        if found:
            os.close(terminal)  # the shell gets a HUP
            os.waitpid(pid, 0)
            return found[1]
    return "nothing was run: " + seen


print(press(sys.argv[1].split(), sys.argv[2].replace("<TAB>", "\t")))
