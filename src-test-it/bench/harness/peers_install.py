"""The virtual environment under target/ with the applications' packages and the peers' current releases."""

import hashlib
import os
import shutil
import subprocess
import sys

from . import processes
from .processes import BenchError

SOURCES = processes.BENCH / "python"
VENV = processes.BENCH / "target" / "peers-venv"
#: mod_wsgi builds the whole of Apache: five minutes of CPU time.
PIP_SECONDS = 1800
APT_SECONDS = 600


def tell(text):
    print(text, file=sys.stderr, flush=True)


def install(servers, requirements, is_renewed):
    """Installs what is missing; returns why a server could not be installed, for each such server by its name.

    ``requirements`` are files beside requirements.txt, of the applications that only some suites have.

    A failure is remembered until the environment is made anew, because the builds take minutes.
    """
    _make_venv(is_renewed)
    for name in requirements:
        _install_once(name)
    reasons = {}
    for server in servers:
        if server.package and not _is_installed(server.distribution):
            reason = _install(server)
            if reason:
                reasons[server.name] = reason
                tell(f"{server.name}: {reason}")
    return reasons


def version(package):
    program = "import importlib.metadata, sys; print(importlib.metadata.version(sys.argv[1]))"
    told = subprocess.run([VENV / "bin" / "python", "-c", program, package], capture_output=True, text=True)
    return told.stdout.strip() or "not installed"


def _is_installed(package):
    return version(package) != "not installed"


def _make_venv(is_renewed):
    wanted = hashlib.sha256((SOURCES / "requirements.txt").read_bytes() + sys.version.encode()).hexdigest()
    stamp = VENV / "requirements.sha256"
    if not is_renewed and stamp.exists() and stamp.read_text() == wanted:
        return
    tell("making the virtual environment …")
    made = subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], stdin=subprocess.DEVNULL, stdout=sys.stderr)
    if made.returncode != 0:
        raise BenchError(f"{sys.executable} -m venv failed: see above (Debian's package is python3-venv)")
    failure = _pip("-r", str(SOURCES / "requirements.txt"))
    if failure:
        raise BenchError(f"pip could not install the applications' packages: {failure}")
    stamp.write_text(wanted)


def _install_once(name):
    wanted = (SOURCES / name).read_text()
    stamp = VENV / f"{name}.installed"
    if stamp.exists() and stamp.read_text() == wanted:
        return
    tell(f"installing {name} …")
    failure = _pip("-r", str(SOURCES / name))
    if failure:
        raise BenchError(f"pip could not install the packages of {name}: {failure}")
    stamp.write_text(wanted)


def _install(server):
    """Why it failed, or nothing."""
    log = VENV / f"install-{server.name}.log"
    if log.exists():
        return f"could not be installed before: {log} tells why; --renew tries again"
    missing = [package for package, file in server.system_packages if not any(os.path.exists(each) for each in file)]
    if missing:
        failure = _apt(missing, server.name)
        if failure:
            return failure
    tell(f"installing {server.package} …" + (f" ({server.build_note})" if server.build_note else ""))
    failure = _pip(server.package)
    if failure:
        log.write_text(failure)
        return f"pip could not install {server.package}: {failure.splitlines()[-1]} (all of it: {log})"
    return None


def _pip(*arguments):
    command = [VENV / "bin" / "pip", "install", "-q", "--disable-pip-version-check", *arguments]
    try:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=PIP_SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"pip was not done after {PIP_SECONDS} s"
    return None if done.returncode == 0 else (done.stderr.strip() or f"pip ended with {done.returncode}")


def _apt(packages, name):
    command = ["apt-get", "install", "-q", "-y", "--no-install-recommends", *packages]
    if os.geteuid() != 0:
        command = ["sudo", "-n", *command]
    remedy = f"needs the packages {' '.join(packages)}: install them (Debian: apt-get install {' '.join(packages)})"
    if shutil.which("apt-get") is None or shutil.which(command[0]) is None:
        return remedy
    tell(f"{name} is built from source: {' '.join(command)}")
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=sys.stderr, timeout=APT_SECONDS)
    except subprocess.TimeoutExpired:
        return f"{remedy}; apt-get was not done after {APT_SECONDS} s"
    return None if done.returncode == 0 else remedy
