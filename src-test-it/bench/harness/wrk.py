"""wrk, the load generator: one run, and what it measured."""

import dataclasses
import json
import pathlib
import subprocess

from .processes import BenchError, need

REMEDY = "install Debian's package wrk (apt-get install wrk), or build https://github.com/wg/wrk"
SCRIPT = pathlib.Path(__file__).with_name("report.lua")
GRACE_SECONDS = 15


@dataclasses.dataclass(frozen=True)
class Measurement:
    requests: int
    per_second: float
    p50_us: float
    p99_us: float


def check_installed():
    need("wrk", REMEDY)


def version():
    return subprocess.run(["wrk", "-v"], capture_output=True, text=True).stdout.split("\n")[0].split(" Copyright")[0]


def run(port, headers, seconds, connections):
    """Loads one server for a time; raises if a single request failed, for then the numbers would mean nothing."""
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(SCRIPT)]
    for header in headers:
        command += ["-H", header]
    command.append(f"http://127.0.0.1:{port}/")
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=seconds + GRACE_SECONDS
        )
    except subprocess.TimeoutExpired:
        raise BenchError(f"wrk did not end {GRACE_SECONDS} s after its time: the server hangs") from None
    if done.returncode != 0:
        raise BenchError(f"wrk failed: {done.stderr.strip() or done.stdout.strip()}")
    return parse(done.stdout)


def parse(output):
    """Reads the line of JSON that report.lua prints."""
    line = next((line for line in output.splitlines() if line.startswith("{")), None)
    if line is None:
        raise BenchError(f"wrk printed no report: {output!r}")
    report = json.loads(line)
    failed = {kind: count for kind, count in report["errors"].items() if count}
    if failed or not report["requests"]:
        raise BenchError(f"requests failed under load: {failed or 'none was answered'}")
    return Measurement(
        requests=report["requests"],
        per_second=report["requests"] / (report["duration_us"] / 1e6),
        p50_us=report["p50_us"],
        p99_us=report["p99_us"],
    )
