"""The command line of the jar's own script, which starts Java with the options that suit a server."""

import os
import sys

JAR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gangway.jar")

SHELL = "/bin/sh"
"""Runs the script: pip does not make the jar a program."""

DEFAULT_PYTHON = "io.gangway.python.default"
"""The system property that names the interpreter of workers where neither a setting nor a virtual environment does."""


def command_line(runtime, arguments, jar=JAR):
    """Returns the words of the command: the script, which Java it starts, our option or an empty word, its arguments."""
    return [SHELL, jar, "--java-program", runtime.java, _option(), *arguments]


def _option():
    return f"-D{DEFAULT_PYTHON}={sys.executable}" if sys.executable else ""
