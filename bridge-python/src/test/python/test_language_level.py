"""The worker runs on CPython 3.9 and later with nothing but the standard library."""

from __future__ import annotations

import ast
import glob
import os
import re
import shutil
import subprocess
import unittest
from typing import Iterator, Optional

import gangway_worker

PACKAGE = os.path.dirname(os.path.abspath(gangway_worker.__file__))
FLOOR = (3, 9)
VERSIONS = [f"3.{minor}" for minor in range(9, 15)]

#: Modules of Python 3.9 that the worker may use. Add a module here only on purpose.
STANDARD = set(
    "__future__ ast asyncio atexit collections configparser contextlib contextvars ctypes difflib faulthandler fcntl functools gc grp heapq http importlib inspect io json "
    "logging mmap multiprocessing os pkgutil platform pwd queue re resource select signal site socket stat struct sys threading "
    "time traceback types typing urllib warnings weakref".split()
)


def sources() -> "Iterator[tuple[str, str]]":
    for path in sorted(glob.glob(os.path.join(PACKAGE, "*.py"))):
        with open(path, encoding="utf-8") as file:
            yield os.path.basename(path), file.read()


class LanguageLevelTest(unittest.TestCase):
    def test_is_written_in_the_oldest_pythons_syntax(self) -> None:
        for name, source in sources():
            with self.subTest(name):
                ast.parse(source, name, feature_version=FLOOR)

    def test_imports_the_standard_library_alone(self) -> None:
        for name, source in sources():
            for node in ast.walk(ast.parse(source)):
                modules = []
                if isinstance(node, ast.Import):
                    modules = [alias.name for alias in node.names]
                elif isinstance(node, ast.ImportFrom):
                    modules = [node.module or ""]
                for module in modules:
                    self.assertIn(module.partition(".")[0], STANDARD | {"gangway_worker", "uvloop"}, name)  # uvloop, where it is installed

    def test_says_in_every_module_what_it_is_for(self) -> None:
        for name, source in sources():
            tree = ast.parse(source)
            self.assertTrue(ast.get_docstring(tree), name)
            if name != "__init__.py":
                self.assertIn("from __future__ import annotations", source, name)


class InterpretersTest(unittest.TestCase):
    """Every interpreter that is found serves a real request. Those that are not found are skipped, visibly."""


def _interpreter(version: str) -> Optional[str]:
    for path in sorted(glob.glob(os.path.expanduser(f"~/.pyenv/versions/{version}.*/bin/python{version}"))):
        return path
    found = shutil.which(f"python{version}")
    if found is not None:
        told = subprocess.run([found, "-V"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        if re.match(rb"Python " + re.escape(version.encode()), told.stdout):
            return found
    return None


def _serves_on(version: str) -> "object":
    def test(self: InterpretersTest) -> None:
        from bridge_double import Bridge

        python = _interpreter(version)
        if python is None:
            self.skipTest(f"Python {version} is not installed here")
        source = "def app(environ, start):\n    start('200 OK', [])\n    return [environ['PATH_INFO'].encode('latin-1')]\n"
        bridge = Bridge({"shop.py": source}, python=python, application="shop")
        self.addCleanup(bridge.close)
        worker = bridge.fork(bridge.accept("launcher")).ready()
        self.assertEqual(worker.get("/served"), b"/served")

    return test


for _version in VERSIONS:
    setattr(InterpretersTest, f"test_serves_on_python_{_version.replace('.', '_')}", _serves_on(_version))


if __name__ == "__main__":
    unittest.main()
