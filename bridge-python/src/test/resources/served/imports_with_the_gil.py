"""A module whose import never ends, in native code that does not release the GIL."""

import ctypes
import os

open(os.environ["MARK"], "x").close()
ctypes.pythonapi.sleep(3600)
