package io.gangway.it.asgi;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/** What each run of a case has seen last, and what it waits for. Thread-safe. */
final class Runs {
    private final Map<String, String> journal = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<Void>> gates = new ConcurrentHashMap<>();

    void note(String run, String what) {
        journal.put(run, what);
    }

    /** Notes it behind what was noted before. */
    void add(String run, String what) {
        journal.merge(run, what, (before, more) -> before + " " + more);
    }

    String seen(String run) {
        return journal.getOrDefault(run, "");
    }

    /** Completes when the run is released. */
    CompletableFuture<Void> gate(String run) {
        return gates.computeIfAbsent(run, each -> new CompletableFuture<>());
    }
}
