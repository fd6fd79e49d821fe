package io.gangway.python.supervisor;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.python.dispatch.ServingWorker;
import io.gangway.python.loop.EventLoop;
import io.gangway.python.supervisor.Worker.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks workers at intervals, and has those replaced that are late, stuck, old or large. Belongs to the event loop. */
final class WorkerWatch {
    private static final Duration LONGEST_INTERVAL = Duration.ofSeconds(1);
    private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(20);

    /** A timeout is noticed within this part of its duration: a tenth. */
    private static final int PRECISION = 10;

    /** The resident memory in Linux's /proc/PID/status (proc(5)), in kibibytes. Other systems do not have this file. */
    private static final Pattern RESIDENT = Pattern.compile("^VmRSS:\\s*([0-9]{1,15}) kB$", Pattern.MULTILINE);

    /** How long an event loop may be silent before its worker is asked what it is doing: it says that it turns more than twice in this time. */
    private static final Duration SILENCE = Duration.ofSeconds(1);

    private final Plan.Limits limits;
    private final EventLoop loop;
    private final Crew crew;

    WorkerWatch(Plan.Limits limits, EventLoop loop, Crew crew) {
        this.limits = limits;
        this.loop = loop;
        this.crew = crew;
    }

    /** How often workers are checked. */
    static Duration interval(Plan.Limits limits) {
        Duration wanted = limits.requestTimeout().dividedBy(PRECISION);
        return limits.requestTimeout().isZero() || wanted.compareTo(LONGEST_INTERVAL) > 0
                ? LONGEST_INTERVAL
                : wanted.compareTo(SHORTEST_INTERVAL) < 0 ? SHORTEST_INTERVAL : wanted;
    }

    void look(Worker worker) {
        if (worker.isMissingFor(Retirement.KILL_AFTER)) {
            crew.missing(worker); // the launcher's report was lost; it is sent only once
            return;
        }
        if (worker.state == State.STARTING) {
            if (worker.age().compareTo(limits.startTimeout()) > 0) {
                crew.giveUp(worker);
            }
            if (worker.pid() == 0 && worker.age().minus(Retirement.KILL_AFTER).compareTo(limits.startTimeout()) > 0) {
                crew.missing(worker); // its process id has never been reported
            }
            return;
        }
        ServingWorker serving = worker.serving;
        if (serving != null) {
            if (serving.isAsgi()) {
                checkLoop(worker, serving);
            } else {
                checkLateness(worker, serving);
                checkAbandoned(worker, serving);
            }
            checkAge(worker, serving);
        }
    }

    /** What the worker has sent is read first: perhaps it is the JVM that did not run for a second. */
    private void checkLoop(Worker worker, ServingWorker serving) {
        if (worker.state == State.RETIRING) {
            return; // its time is limited, and at its end it says nothing any more
        }
        if (worker.silence().compareTo(SILENCE) <= 0) {
            worker.isHangTold = false;
        } else {
            loop.executeAfterReading(() -> {
                if (worker.state != State.RETIRING && worker.silence().compareTo(SILENCE) > 0) {
                    hangs(worker, serving);
                }
            });
        }
    }

    private void hangs(Worker worker, ServingWorker serving) {
        if (!worker.isHangTold) {
            worker.isHangTold = true;
            crew.tellHang(worker, serving);
        }
        if (!limits.requestTimeout().isZero() && worker.silence().compareTo(limits.requestTimeout()) > 0) {
            crew.endHanging(worker, serving);
        }
    }

    private void checkLateness(Worker worker, ServingWorker serving) {
        if (!limits.requestTimeout().isZero() && serving.busy().stream().anyMatch(limits::isLate)) {
            crew.timeOut(worker, serving);
        }
    }

    /** Without this check, a request that hangs after its client has left would block its thread for ever, without a log entry. */
    private void checkAbandoned(Worker worker, ServingWorker serving) {
        if (worker.state == State.READY
                && !limits.requestTimeout().isZero()
                && serving.isStuck(limits.requestTimeout())) {
            crew.replaceStuck(worker);
        }
    }

    private void checkAge(Worker worker, ServingWorker serving) {
        if (worker.state != State.READY) {
            return;
        }
        if (serving.taken() >= worker.requestsAllowed) {
            crew.replace(worker, "it has served as many requests as gangway.max-requests allows");
        } else if (!limits.maxLifetime().isZero()
                && System.nanoTime() - worker.readyAt > limits.maxLifetime().toNanos()) {
            crew.replace(worker, "it has lived as long as gangway.max-lifetime allows");
        } else if (limits.maxMemory() > 0 && residentBytes(worker.pid()) > limits.maxMemory()) {
            crew.replace(worker, "it holds more memory than gangway.max-memory allows");
        }
    }

    private static long residentBytes(long pid) {
        try {
            return residentBytes(Files.readString(Path.of("/proc/" + pid + "/status"), ISO_8859_1));
        } catch (IOException e) {
            return 0;
        }
    }

    static long residentBytes(String status) {
        Matcher resident = RESIDENT.matcher(status);
        return resident.find() ? Long.parseLong(resident.group(1)) * 1024 : 0;
    }
}
