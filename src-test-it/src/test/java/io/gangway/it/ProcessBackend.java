package io.gangway.it;

import io.gangway.it.contract.Case;
import io.gangway.it.contract.Trait;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A backend that is a process with ports. */
abstract class ProcessBackend implements Backend {
    private final String name;
    private final String base;
    private final Map<Trait, String> lacks = new EnumMap<>(Trait.class);
    private final Map<String, String> declares = new LinkedHashMap<>();
    private @Nullable ServerProcess process;
    private int port;
    private int mountsPort;

    ProcessBackend(String name, String base) {
        this.name = name;
        this.base = base;
    }

    /** Starts the process; whether it is ready is told by its log. */
    abstract ServerProcess launch() throws Exception;

    /** Says which port is the backend's, in its first group; and in a second, the mappings'. */
    abstract Pattern ready();

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
        Matcher ports = process.awaitLine(ready());
        port = Integer.parseInt(ports.group(1));
        mountsPort = ports.groupCount() > 1 ? Integer.parseInt(ports.group(2)) : port;
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
        return run.mount().isEmpty()
                ? new SocketTalk(port, base, port, base, run, runId, this::awaitLogEntry)
                : new SocketTalk(mountsPort, "/m-" + run.mount(), port, base, run, runId, this::awaitLogEntry);
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
