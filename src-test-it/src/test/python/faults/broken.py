"""An application that cannot be loaded, and whose traceback has a secret in it."""

import os

with open(os.environ["STARTS"], "a", encoding="ascii") as starts:
    starts.write("import\n")

raise RuntimeError("the password is sesame")
