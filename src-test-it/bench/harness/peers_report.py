"""The tables of the suites that compare servers."""

import statistics

from . import peers_measure, peers_rows, tables

NOTHING = "–"
#: A JVM whose CPU time fell by more than this, from the first half of the rounds to the second, was not warm.
WARM_FALL = 0.1
#: From here on the load generator, which has one thread, may have been the slower end.
CLIENT_LIMIT_CORES = 0.85


class Report:
    def __init__(self, comparison, results):
        self._servers = comparison.servers
        self._reference = comparison.reference
        self._ours = comparison.ours
        self._results = results

    def markdown(self, machine, options):
        parts = [
            f"{options.rounds} rounds of {options.seconds:g} s after {options.warm_up:g} s of warm-up, "
            f"{options.connections} connections, {options.processes} processes of {options.threads} threads",
            tables.markdown(["machine", "value"], machine),
            self._summary(),
            *(part for run in self._results for part in self._details(run, vars(options))),
        ]
        return "\n" + "\n\n".join(parts) + "\n"

    def _summary(self):
        """The row's metric for each server, and how Gangway's stands to that of the reference."""
        names = [name for name in self._servers if any(name in _asked(run) for run in self._results)]
        ours = [name for name in names if name in self._ours]
        rows = []
        for run in self._results:
            cells = [f"{run.row.name}, {_metric_name(run.row)}"]
            cells += [_metric_text(run, name) for name in names]
            cells += [self._ratio_text(run, name) for name in ours]
            rows.append(cells)
        head = ["medians", *names, *(f"{name} : {self._reference} (to reach)" for name in ours)]
        return tables.markdown(head, rows)

    def ratio(self, run, name):
        """The median of the rounds' own ratios to the reference, or nothing; shares and memory stand for themselves."""
        ours = run.measurements.get(name)
        if run.row.metric in (peers_rows.SHARE, peers_rows.MEMORY):
            return _typical(run.row, ours) if ours else None
        theirs = run.measurements.get(self._reference)
        if not ours or not theirs or is_starving(run, name) or is_starving(run, self._reference):
            return None
        return statistics.median(_metric(run.row, a) / _metric(run.row, b) for a, b in zip(ours, theirs))

    def _ratio_text(self, run, name):
        value, target = self.ratio(run, name), getattr(run.row, self._ours[name])
        if value is None:
            return NOTHING
        if target is None:
            return f"{value:.2f}"
        sign = "≥" if run.row.metric in (peers_rows.RATE, peers_rows.SHARE) else "≤"
        is_met = value <= target if sign == "≤" else value >= target
        return f"{value:.2f} ({sign} {target:.2f}: {'yes' if is_met else 'NO'})"

    def _details(self, run, options):
        yield f"### {run.row.name}: {run.row.meaning}"
        head = ["server", f"{run.row.counted_plural}/s", f"CPU {run.row.unit}", f"÷ {self._reference}'s", "p50 ms", "p99 ms", "peak PSS MiB",
                "slowest connection", *run.row.further_columns]  # fmt: skip
        rows = [
            self._detail(run, name, options) if rounds else _gap(name, head) for name, rounds in run.measurements.items()
        ]
        rows += [_gap(name, head) for name in run.reasons if name not in run.measurements]
        yield tables.markdown(head, rows)
        notes = [f"- {name} is left out: {_one_line(reason)}" for name, reason in run.reasons.items()]
        notes += [
            f"- {name} does not count: it starves some of its connections."
            for name, rounds in run.measurements.items()
            if rounds and is_starving(run, name)
        ]
        notes += self._notes_on_the_warm_up(run)
        notes += _notes_on_the_client(run)
        if notes:
            yield "\n".join(notes)

    def _detail(self, run, name, options):
        rounds = run.measurements[name]

        def median(key):
            values = [each[key] for each in rounds if each.get(key) is not None]
            return statistics.median(values) if values else None

        def shown(key, form, scale=1.0):
            value = median(key)
            return NOTHING if value is None else form.format(value * scale)

        cpu = median("cpu_us")
        theirs = run.measurements.get(self._reference)
        both = [(a["cpu_us"], b["cpu_us"]) for a, b in zip(rounds, theirs or []) if a["cpu_us"] and b["cpu_us"]]
        cells = [
            self._servers[name].described(options),
            shown("per_second", "{:,.0f}" if (median("per_second") or 0) >= 100 else "{:,.1f}"),
            NOTHING if cpu is None else (f"{cpu / 1000:,.1f}" if run.row.unit == "ms" else f"{cpu:,.0f}"),
            f"{statistics.median(a / b for a, b in both):.2f}" if both else NOTHING,
            shown("p50_us", "{:,.1f}", 1e-3),
            shown("p99_us", "{:,.1f}", 1e-3),
            f"{max(each['pss_mib'] for each in rounds):,.0f}",
            shown("share", "{:.2f}"),
        ]
        if run.row.metric == peers_rows.MEMORY:
            cells.append(f"{_typical(run.row, rounds):,.1f}")
        if run.row.has_slow_clients:
            slow = [each["slow"] for each in rounds]
            cells += [
                shown("alone_per_second", "{:,.0f}"),
                shown("of_alone", "{:.2f}"),
                f"{statistics.median(each['read_share'] for each in slow):.0%}",
                f"{statistics.median(each['failed'] for each in slow):.0f}",
            ]
        return cells

    def _notes_on_the_warm_up(self, run):
        for name, rounds in run.measurements.items():
            half = len(rounds) // 2
            figures = [each["cpu_us"] for each in rounds]
            if half == 0 or None in figures or not self._servers[name].is_jvm:
                continue
            first, second = statistics.median(figures[:half]), statistics.median(figures[-half:])
            if second < first * (1 - WARM_FALL):
                yield (
                    f"- {name} was not warm: its CPU time fell from {first:,.0f} to {second:,.0f} µs in the rounds. "
                    "Repeat the row with a longer --warm-up."
                )


def _asked(run):
    return [*run.measurements, *run.reasons]


def _metric_name(row):
    return {
        peers_rows.CPU: f"CPU {row.unit} {row.counted}",
        peers_rows.RATE: "requests a second",
        peers_rows.SHARE: "share of hello alone",
        peers_rows.MEMORY: "KiB each",
    }[row.metric]


def _metric(row, measured):
    return {
        peers_rows.CPU: measured["cpu_us"],
        peers_rows.RATE: measured["per_second"],
        peers_rows.SHARE: measured.get("of_alone"),
        peers_rows.MEMORY: measured.get("kib_each"),
    }[row.metric]


def _typical(row, rounds):
    """The median; of memory the most, because later rounds use again what earlier ones have left."""
    values = [_metric(row, each) for each in rounds]
    return max(values) if row.metric == peers_rows.MEMORY else statistics.median(values)


def _metric_text(run, name):
    rounds = run.measurements.get(name)
    if not rounds:
        return NOTHING
    value = _typical(run.row, rounds)
    text = f"{value:.2f}" if run.row.metric == peers_rows.SHARE else _number(run.row, value)
    return f"({text})" if is_starving(run, name) else text


def is_starving(run, name):
    """Whether some connection got next to nothing; beside slow clients that is no reason, but the result."""
    rounds = run.measurements[name]
    return run.row.is_share_counted and statistics.median(each["share"] for each in rounds) < peers_measure.LEAST_SHARE


def _number(row, microseconds):
    if row.metric in (peers_rows.RATE, peers_rows.MEMORY):
        return f"{microseconds:,.0f}"
    return f"{microseconds / 1000:,.1f}" if row.unit == "ms" else f"{microseconds:,.0f}"


def _gap(name, head):
    return [name, *[NOTHING] * (len(head) - 1)]


def _one_line(reason):
    return " / ".join(line.strip() for line in reason.splitlines() if line.strip())


def _notes_on_the_client(run):
    limited = [
        name
        for name, rounds in run.measurements.items()
        if rounds and statistics.median(each["client_cores"] for each in rounds) > CLIENT_LIMIT_CORES
    ]
    if limited:
        yield (
            f"- The load generator used more than {CLIENT_LIMIT_CORES:.0%} of a core beside {', '.join(limited)}: "
            "their requests a second are at least what is shown. The CPU time is theirs all the same."
        )
