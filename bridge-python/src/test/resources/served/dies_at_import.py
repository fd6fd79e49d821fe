"""Ends its process while it is imported."""

import os
import sys

print("a last word", file=sys.stderr)
os._exit(5)
