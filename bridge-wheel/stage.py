"""Lays out the source tree of the wheel: stage.py VERSION-OF-THE-POM JAR DIRECTORY."""

import os
import re
import shutil
import sys
import zipfile

_HERE = os.path.dirname(os.path.abspath(__file__))
_PRE_RELEASES = {"alpha": "a", "beta": "b", "rc": "rc"}


def python_version(maven):
    """The version as PEP 440 wants it: 1.2.0-SNAPSHOT is 1.2.0.dev0, and 1.2.0-rc-1 is 1.2.0rc1."""
    match = re.fullmatch(r"(\d+(?:\.\d+)*)(?:-(alpha|beta|rc)-?(\d+))?(-snapshot)?", maven.lower())
    if not match:
        sys.exit(
            f"bridge-wheel: the version {maven} has no counterpart in PEP 440."
            " Fix: name it in pom.xml as in 1.2.0, 1.2.0-rc-1 or 1.2.0-SNAPSHOT"
        )
    release, kind, number, snapshot = match.groups()
    return release + (_PRE_RELEASES[kind] + number if kind else "") + (".dev0" if snapshot else "")


def _unpack_notices(jar, directory):
    """Licences, notices and the list of what is in the jar: a wheel has its own places for them (PEP 639, PEP 770)."""
    with zipfile.ZipFile(jar) as archive:
        for name in archive.namelist():
            match = re.fullmatch(r"META-INF/(?:sbom/)?(LICENSE|NOTICE|THIRD-PARTY\.txt|licenses/[^/]+|gangway\.cdx\.json)", name)
            if match:
                target = os.path.join(directory, match.group(1))
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, "wb") as file:
                    file.write(archive.read(name))


def main(maven, jar, directory):
    shutil.rmtree(directory, ignore_errors=True)
    package = os.path.join(directory, "gangway_server")
    shutil.copytree(
        os.path.join(_HERE, "src/main/python/gangway_server"), package, ignore=shutil.ignore_patterns("__pycache__")
    )
    shutil.copyfile(jar, os.path.join(package, "gangway.jar"))
    _unpack_notices(jar, directory)
    shutil.copyfile(os.path.join(_HERE, "README.md"), os.path.join(directory, "README.md"))
    with open(os.path.join(_HERE, "pyproject.toml"), encoding="utf-8") as template:
        metadata = template.read().replace("@version@", python_version(maven))
    if not os.path.exists(os.path.join(directory, "gangway.cdx.json")):
        print("bridge-wheel: jar and wheel have no SBOM, because Maven is offline (-o)", file=sys.stderr)
        metadata = re.sub("(?m)^sbom-files = .*\n", "", metadata)
    with open(os.path.join(directory, "pyproject.toml"), "w", encoding="utf-8") as file:
        file.write(metadata)


if __name__ == "__main__":
    main(*sys.argv[1:])
