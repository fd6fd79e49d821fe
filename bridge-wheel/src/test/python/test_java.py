"""The command line of the jar's script, and what the command does before it becomes the script."""

import contextlib
import io
import sys
import unittest
from unittest import mock

from gangway_server import __main__, java, runtime

JAVA = runtime.Runtime("/jdk/bin/java", 17)


class CommandLineTest(unittest.TestCase):
    def test_the_script_gets_the_java_an_option_and_the_arguments(self):
        self.assertEqual(
            java.command_line(JAVA, ["run", "shop:app"], "/gangway.jar"),
            [
                "/bin/sh",
                "/gangway.jar",
                "--java-program",
                "/jdk/bin/java",
                f"-Dio.gangway.python.default={sys.executable}",
                "run",
                "shop:app",
            ],
        )

    def test_the_option_is_an_empty_word_where_the_interpreter_is_not_known(self):
        with mock.patch("sys.executable", ""):
            self.assertEqual(java.command_line(JAVA, [], "/gangway.jar")[-2:], ["/jdk/bin/java", ""])


class MainTest(unittest.TestCase):
    def test_windows_is_one_sentence(self):
        errors = io.StringIO()
        with mock.patch("os.name", "nt"), contextlib.redirect_stderr(errors):
            self.assertEqual(__main__.main(), 1)
        self.assertEqual(
            errors.getvalue(),
            "gangway: Gangway does not run on Windows: its workers need fork and Unix sockets."
            " Fix: use Linux, for example in WSL or in a container\n",
        )

    def test_a_missing_shell_is_an_error_that_names_it(self):
        errors = io.StringIO()
        with mock.patch("gangway_server.runtime.find", return_value=JAVA):
            with mock.patch("gangway_server.java.SHELL", "/nowhere/sh"), contextlib.redirect_stderr(errors):
                self.assertEqual(__main__.main(), 1)
        self.assertEqual(
            errors.getvalue(),
            "gangway: /nowhere/sh cannot be started: No such file or directory. Fix: install a shell there\n",
        )

    def test_the_own_virtual_environment_wins_over_the_active_one(self):
        with mock.patch.multiple(sys, prefix="/venv", base_prefix="/usr"):
            with mock.patch.dict("os.environ", {"VIRTUAL_ENV": "/other"}):
                self.assertEqual(__main__._environment()["VIRTUAL_ENV"], "/venv")

    def test_outside_of_a_virtual_environment_the_active_one_stays(self):
        with mock.patch.multiple(sys, prefix="/usr", base_prefix="/usr"):
            with mock.patch.dict("os.environ", {"VIRTUAL_ENV": "/other"}):
                self.assertEqual(__main__._environment()["VIRTUAL_ENV"], "/other")
