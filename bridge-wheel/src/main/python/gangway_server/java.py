"""The command line of the JVM."""

import os
import sys

JAR = os.path.join(os.path.dirname(os.path.abspath(__file__)), "gangway.jar")

DEFAULT_PYTHON = "io.gangway.python.default"
"""The system property that names the interpreter of workers where neither a setting nor a virtual environment does."""


def command_line(runtime, arguments, environ, jar=JAR):
    """Returns the words of the command: Java, our options, those of ``JAVA_OPTS``, the jar, and its arguments.

    The JVM lets the last of several equal options win, so the user's come after ours. As in the jar's own script, white
    space separates the words of ``JAVA_OPTS``, and nothing quotes it.
    """
    return [runtime.java, *_options(), *environ.get("JAVA_OPTS", "").split(), "-jar", jar, *arguments]


def _options():
    return [f"-D{DEFAULT_PYTHON}={sys.executable}"] if sys.executable else []
