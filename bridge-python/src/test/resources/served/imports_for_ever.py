"""A module whose import never ends."""

import os
import threading

open(os.environ["MARK"], "x").close()
threading.Event().wait()
