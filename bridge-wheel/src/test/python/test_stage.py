"""The wheel's version."""

import unittest

import stage


class VersionTest(unittest.TestCase):
    def test_mavens_versions_are_written_as_pep_440_wants_them(self):
        for maven, python in (
            ("1.2.0", "1.2.0"),
            ("0.1.0-SNAPSHOT", "0.1.0.dev0"),
            ("1.2.0-alpha-1", "1.2.0a1"),
            ("1.2.0-beta2", "1.2.0b2"),
            ("1.2.0-rc-3", "1.2.0rc3"),
            ("1.2.0-RC3-SNAPSHOT", "1.2.0rc3.dev0"),
        ):
            self.assertEqual(stage.python_version(maven), python)

    def test_another_version_stops_the_build(self):
        with self.assertRaises(SystemExit) as stopped:
            stage.python_version("1.2.Final")
        self.assertEqual(
            stopped.exception.code,
            "bridge-wheel: the version 1.2.Final has no counterpart in PEP 440."
            " Fix: name it in pom.xml as in 1.2.0, 1.2.0-rc-1 or 1.2.0-SNAPSHOT",
        )
