"""Single requests under JMH: what GatewayServlet allocates, and how long it takes, above a hand-written servlet."""

import json
import subprocess
import sys
import tempfile

from . import processes, tables

SIDES = ("servlet", "gateway")
TARGET_BYTES = 3 * 1024
LIMIT_SECONDS = 1800
PLACES = {
    "RequestInJetty": "in Jetty, bytes to bytes",
    "RequestAlone": "from service() on",
}


def add_arguments(parser):
    parser.add_argument("--forks", type=int, default=2, help="JVMs for each benchmark (default %(default)s)")
    parser.add_argument("--iterations", type=int, default=5, help="measurements in each JVM (default %(default)s)")
    parser.add_argument("--seconds", type=int, default=2, help="length of one measurement (default %(default)s)")
    parser.add_argument("--only", choices=list(PLACES), help="only this benchmark (default both)")


def run(options):
    processes.build()
    machine = [*tables.machine(), ("Jetty", tables.jetty_version(processes.class_path()))]
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        _run_jmh(options, report.name)
        results = _results(json.load(report))
    _report(results, machine, options)


def _run_jmh(options, report):
    command = [processes.java_command(), "-cp", processes.class_path(), "org.openjdk.jmh.Main"]
    command += [f"io.gangway.bench.{options.only or 'Request'}", "-prof", "gc", "-rf", "json", "-rff", report]
    command += ["-f", str(options.forks), "-i", str(options.iterations), "-r", str(options.seconds)]
    command += ["-wi", "5", "-w", str(options.seconds), "-jvmArgs", "-Xms512m -Xmx512m", "-foe", "true"]
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=sys.stderr)
    try:
        code = process.wait(LIMIT_SECONDS)
    except subprocess.TimeoutExpired:
        raise processes.BenchError(f"JMH was not done after {LIMIT_SECONDS} s") from None
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()
    if code != 0:
        raise processes.BenchError("JMH failed: see its output above")


def _results(report):
    """(place, workload, side) → (nanoseconds, bytes allocated, the error of that)."""
    results = {}
    for entry in report:
        place = entry["benchmark"].split(".")[-2]
        allocated = next(m for name, m in entry["secondaryMetrics"].items() if name.endswith("gc.alloc.rate.norm"))
        key = (place, entry["params"]["workload"].lower(), entry["params"]["side"])
        results[key] = (entry["primaryMetric"]["score"], allocated["score"], allocated["scoreError"])
    return results


def _report(results, machine, options):
    print(f"\n{options.forks} forks, {options.iterations} × {options.seconds} s each\n")
    print(tables.markdown(["machine", "value"], machine) + "\n")
    rows, last = [], []
    for place, workload in dict.fromkeys((place, workload) for place, workload, _ in results):
        (base_ns, base_bytes, _), (ns, allocated, _) = (results[place, workload, side] for side in SIDES)
        above = allocated - base_bytes
        rows.append(
            [
                f"{workload}, {PLACES[place]}",
                f"{base_bytes:,.0f}",
                f"{allocated:,.0f}",
                f"{above:,.0f}",
                f"≤ {TARGET_BYTES:,}",
                "yes" if above <= TARGET_BYTES else "NO",
                f"{base_ns:,.0f}",
                f"{ns:,.0f}",
            ]
        )
        last.append(f"{place}.{workload}={above:.0f}")
    head = ["bytes per request", "servlet", "gateway", "difference", "target", "met", "servlet ns", "gateway ns"]
    print(tables.markdown(head, rows) + "\n")
    print("allocation: " + " ".join(last))
