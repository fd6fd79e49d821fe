package io.gangway.it;

import io.gangway.it.contract.Case;
import io.gangway.it.contract.Trait;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A backend that is a process with ports. */
abstract class ProcessBackend implements Backend {
    private final String name;
    private final String base;
    private final Map<Trait, String> lacks = new EnumMap<>(Trait.class);
    private final Map<String, String> declares = new LinkedHashMap<>();
    private @Nullable ServerProcess process;
    private @Nullable Ports ports;

    ProcessBackend(String name, String base) {
        this.name = name;
        this.base = base;
    }

    /** Starts the process; whether it is ready is told by its log. */
    abstract ServerProcess launch() throws Exception;

    /** Waits until it serves, and tells its port and that of the mappings. */
    abstract Ports ready(ServerProcess started);

    /** The port of the ordinary mount point, and of the others where there are any. */
    record Ports(int main, int mounts) {}

    final ProcessBackend lacks(Trait trait, String why) {
        lacks.put(trait, why);
        return this;
    }

    final ProcessBackend declares(String rule, String why) {
        declares.put(rule, why);
        return this;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Map<Trait, String> lacks() {
        return lacks;
    }

    @Override
    public final Map<String, String> declares() {
        return declares;
    }

    @Override
    public void start() throws Exception {
        process = launch();
        ports = ready(process);
    }

    @Override
    public void stop() throws Exception {
        if (process != null) {
            process.stop();
        }
    }

    final ServerProcess process() {
        return Objects.requireNonNull(process, "start() was not called");
    }

    @Override
    public final ClosingTalk talk(Case run, String runId) {
        Ports on = Objects.requireNonNull(ports, "start() was not called");
        return run.mount().isEmpty()
                ? new SocketTalk(on.main(), base, on.main(), base, run, runId, this::awaitLogEntry)
                : new SocketTalk(on.mounts(), "/m-" + run.mount(), on.main(), base, run, runId, this::awaitLogEntry);
    }

    @Override
    public final long logEntries(String id) {
        return process().lines().stream().filter(line -> line.contains(id)).count();
    }

    @Override
    public final boolean awaitLogEntry(String text) {
        return process().await(line -> line.contains(text));
    }
}
