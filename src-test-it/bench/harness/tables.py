"""Markdown tables, and the machine that the numbers in them are from."""

import os
import pathlib
import platform
import subprocess

from .processes import java_command


def markdown(head, rows):
    """A table; the first column is text, the others are numbers."""
    cells = [head, *[[str(cell) for cell in row] for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]

    def line(row):
        padded = [row[0].ljust(widths[0]), *[cell.rjust(width) for cell, width in zip(row[1:], widths[1:])]]
        return "| " + " | ".join(padded) + " |"

    rule = "|" + "|".join(["-" * (widths[0] + 2), *["-" * (width + 1) + ":" for width in widths[1:]]]) + "|"
    return "\n".join([line(cells[0]), rule, *[line(row) for row in cells[1:]]])


def machine():
    """The machine in one Markdown table, for docs/benchmarks.md."""
    java = subprocess.run([java_command(), "-version"], capture_output=True, text=True).stderr.splitlines()
    memory_kib = int(_field("/proc/meminfo", "MemTotal").split()[0])
    rows = [
        ("CPU", f"{_field('/proc/cpuinfo', 'model name')}, {os.cpu_count()} cores"),
        ("memory", f"{memory_kib / 1024 / 1024:.1f} GiB"),
        ("kernel", f"{platform.system()} {platform.release()}"),
        ("JDK", java[1] if len(java) > 1 else "unknown"),
        ("Python", platform.python_version()),
        ("load before the run", f"{os.getloadavg()[0]:.2f}"),
    ]
    return rows


def _field(path, name):
    for line in pathlib.Path(path).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"


def jetty_version(class_path):
    for entry in class_path.split(os.pathsep):
        name = os.path.basename(entry)
        if name.startswith("jetty-server-"):
            return name[len("jetty-server-") : -len(".jar")]
    return "unknown"
