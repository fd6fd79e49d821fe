"""GatewayServlet beside a hand-written servlet with the same answer: throughput and latency over loopback."""

import statistics
import sys
import time

from . import processes, rawhttp, tables, wrk

SIDES = ("servlet", "gateway")
TARGETS = {"hello": 0.97, "headers": 0.95, "body1m": 0.98}
#: Until the JIT compiler has done its work, which is a matter of requests rather than of time.
WARM_UP_REQUESTS = {"hello": 200_000, "headers": 150_000, "body1m": 15_000}
WARM_UP_LIMIT_SECONDS = 120
#: A fixed heap, so that its growth is no part of a measurement.
JVM_OPTIONS = ("-Xms1g", "-Xmx1g")

#: What a browser sends through two proxies and a tracing mesh: twenty usual headers, ten that are not. With wrk's Host
#: and without Connection these are the thirty that the server sees.
THIRTY_HEADERS = (
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language: en-GB,en;q=0.7,de;q=0.3",
    "Accept-Encoding: gzip, deflate, br, zstd",
    "Referer: https://shop.example/catalogue/boats?page=2",
    "Cookie: session=0d1f6c0b7e5a4b3c9d8e7f6a5b4c3d2e; theme=dark; consent=yes",
    "DNT: 1",
    "Upgrade-Insecure-Requests: 1",
    "Sec-Fetch-Dest: document",
    "Sec-Fetch-Mode: navigate",
    "Sec-Fetch-Site: same-origin",
    "Sec-Fetch-User: ?1",
    "Priority: u=0, i",
    "Cache-Control: max-age=0",
    "If-None-Match: \"5f3a-61b2c8d9e0f12\"",
    "Via: 1.1 edge.example",
    "X-Forwarded-For: 203.0.113.7, 198.51.100.4",
    "X-Forwarded-Proto: https",
    "X-Request-ID: 7c1d6a2e-3f4b-4c5d-8e9f-0a1b2c3d4e5f",
    "X-B3-TraceId: 463ac35c9f6413ad48485a3953bb6124",
    "X-B3-SpanId: a2fb4a1d1a96d312",
    "X-B3-ParentSpanId: 0020000000000001",
    "X-B3-Sampled: 1",
    "X-Envoy-Attempt-Count: 1",
    "X-Envoy-External-Address: 203.0.113.7",
    "CF-Ray: 8a1b2c3d4e5f6a7b-FRA",
    "CF-IPCountry: DE",
    "X-Client-Version: 4.11.2",
    "X-Tenant: harbour",
)


def add_arguments(parser):
    parser.add_argument("--rounds", type=int, default=12, help="measured rounds of each workload (default %(default)s)")
    parser.add_argument("--seconds", type=int, default=3, help="length of one measurement (default %(default)s)")
    parser.add_argument("--connections", type=int, default=16, help="connections that wrk keeps (default %(default)s)")
    parser.add_argument(
        "--workload", action="append", choices=list(TARGETS), help="only this one; may be repeated (default all)"
    )
    parser.add_argument(
        "--java-option", action="append", default=[], metavar="OPTION", help="an option more for the server's JVM"
    )


def run(options):
    wrk.check_installed()
    processes.build()
    workloads = options.workload or list(TARGETS)
    machine = [*tables.machine(), ("Jetty", tables.jetty_version(processes.class_path())), ("wrk", wrk.version())]
    jvm = [*JVM_OPTIONS, *options.java_option]
    with processes.java_server("io.gangway.bench.BenchServer", jvm) as (server, lines):
        ports = {workload: {} for workload in TARGETS}
        for workload, side, port in lines:
            ports[workload][side] = int(port)
        results = {name: _measure(name, ports[name], server.pid, options) for name in workloads}
    _report(results, machine, jvm, options)


def _headers(workload):
    return THIRTY_HEADERS if workload == "headers" else ()


def _measure(workload, ports, pid, options):
    """All rounds of one workload: servlet gateway, gateway servlet, and so on; the warm-up is not kept."""
    headers = _headers(workload)
    size = rawhttp.check_same(workload, ports, headers)
    print(f"{workload}: both answer with the same {size // 2} bytes; warming up", file=sys.stderr, flush=True)
    _warm_up(workload, ports, headers, options)
    rounds = []
    for number in range(options.rounds):
        order = SIDES if number % 2 == 0 else SIDES[::-1]
        measured = {}
        for side in order:
            before = processes.cpu_seconds(pid)
            result = wrk.run(ports[side], headers, options.seconds, options.connections)
            cpu_us = (processes.cpu_seconds(pid) - before) * 1e6 / result.requests
            measured[side] = (result.per_second, result.p50_us, result.p99_us, cpu_us)
        rounds.append(measured)
        ratio = measured["gateway"][0] / measured["servlet"][0]
        print(f"{workload}: round {number + 1}/{options.rounds}: {ratio:.3f}", file=sys.stderr, flush=True)
    return rounds


def _warm_up(workload, ports, headers, options):
    served = dict.fromkeys(SIDES, 0)
    end = time.monotonic() + WARM_UP_LIMIT_SECONDS
    while min(served.values()) < WARM_UP_REQUESTS[workload] and time.monotonic() < end:
        for side in SIDES:
            served[side] += wrk.run(ports[side], headers, options.seconds, options.connections).requests


def _report(results, machine, jvm, options):
    print(f"\n{options.rounds} rounds of {options.seconds} s, {options.connections} connections, JVM {' '.join(jvm)}\n")
    print(tables.markdown(["machine", "value"], machine) + "\n")
    rows = []
    for workload, rounds in results.items():
        for side in SIDES:
            per_second, p50, p99, cpu = (statistics.median(round[side][i] for round in rounds) for i in range(4))
            rows.append([f"{workload}, {side}", f"{per_second:,.0f}", f"{p50:,.0f}", f"{p99:,.0f}", f"{cpu:.1f}"])
    print(tables.markdown(["medians", "req/s", "p50 µs", "p99 µs", "server CPU µs/req"], rows) + "\n")

    rows, last = [], []
    for workload, rounds in results.items():
        ratios = sorted(round["gateway"][0] / round["servlet"][0] for round in rounds)
        cpu = statistics.median(round["gateway"][3] / round["servlet"][3] for round in rounds)
        ratio = statistics.median(ratios)
        low, high = ratios[len(ratios) // 4], ratios[-1 - len(ratios) // 4]
        target = TARGETS[workload]
        verdict = "yes" if ratio >= target else "NO"
        rows.append([workload, f"{ratio:.3f}", f"{low:.3f}–{high:.3f}", f"{cpu:.3f}", f"≥ {target}", verdict])
        last.append(f"{workload}={ratio:.3f}")
    head = ["gateway / servlet", "req/s", "middle half of rounds", "CPU per request", "target", "met"]
    print(tables.markdown(head, rows) + "\n")
    print("ratio: " + " ".join(last))
