package io.gangway.it.canaries;

import static org.assertj.core.api.Assertions.assertThat;

import io.gangway.it.Distribution;
import io.gangway.it.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One Tomcat for all canaries, started by the first that needs it and stopped after the last.
 *
 * <p>It is an unmodified distribution, except the port; and it checks for new and removed WARs every second, not every ten.
 */
final class SharedTomcat implements AutoCloseable {
    /** Keeps it until the tests of this JVM have ended. */
    static final class Extension implements BeforeAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            CanaryTest.tomcat = context.getRoot()
                    .getStore(ExtensionContext.Namespace.create(SharedTomcat.class))
                    .computeIfAbsent(SharedTomcat.class, key -> new SharedTomcat(), SharedTomcat.class);
        }
    }

    /** The packages that catalina.sh opens to Tomcat, so that it can find thread locals that are left. */
    private static final List<String> OPENED = List.of(
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
            "--add-opens=java.rmi/sun.rmi.transport=ALL-UNNAMED");

    private static final Pattern GANGWAY_THREAD = Pattern.compile("^\"gangway.*\" #\\d+");
    private static final int MAX_COMPLAINTS = 60;

    private @Nullable ServerProcess process;
    private @Nullable Path temporary;
    private @Nullable Path base;
    private int port;

    private SharedTomcat() {}

    ServerProcess process() {
        return Objects.requireNonNull(process, "webapps() starts it");
    }

    int port() {
        return port;
    }

    /** The directory for WARs; Tomcat runs when the method returns. */
    synchronized Path webapps() throws IOException {
        if (process == null) {
            Distribution distribution = Distribution.tomcat11();
            temporary = Places.temporary();
            List<String> options = new ArrayList<>(OPENED);
            options.add("-Djava.io.tmpdir=" + temporary);
            process = distribution.start("canaries", options, this::prepare);
            List<Integer> ports = distribution.ports(process);
            port = ports.get(ports.size() - 1);
        }
        return Objects.requireNonNull(base).resolve("webapps");
    }

    private void prepare(Path directory) throws IOException {
        base = directory;
        Path serverXml = directory.resolve("conf/server.xml");
        String engine = "<Engine name=\"Catalina\"";
        Files.writeString(
                serverXml, Files.readString(serverXml).replace(engine, engine + " backgroundProcessorDelay=\"1\""));
    }

    Path temporary() {
        return Objects.requireNonNull(temporary);
    }

    /**
     * The state before a canary was deployed, with remains of others.
     *
     * @param lines of the log
     * @param processes below Tomcat's
     * @param threads of Gangway's, each with its number
     * @param directories of Gangway's
     */
    record State(int lines, Set<ProcessHandle> processes, Set<String> threads, Set<Path> directories) {}

    State state() throws IOException, InterruptedException {
        webapps();
        return new State(
                process().lines().size(),
                Deployed.descendants(process()),
                gangwayThreads(),
                Deployed.directories(temporary()));
    }

    Set<ProcessHandle> processesSince(State before) {
        Set<ProcessHandle> processes = Deployed.descendants(process());
        processes.removeAll(before.processes());
        return processes;
    }

    Set<String> gangwayThreadsSince(State before) throws IOException, InterruptedException {
        Set<String> threads = gangwayThreads();
        threads.removeAll(before.threads());
        return threads;
    }

    /** The log's warnings and errors since then, up to a number that can be read. */
    String complaintsSince(State before) {
        return process().lines(before.lines()).stream()
                .filter(line -> !line.contains(" INFO ") && !line.startsWith("\tat "))
                .limit(MAX_COMPLAINTS)
                .collect(Collectors.joining("\n"));
    }

    /** Fails if a process, a thread or a thread local of a canary is left; Tomcat's own reports count too. */
    void assertNothingLeftSince(State before, Canary canary) throws IOException, InterruptedException {
        assertThat(processesSince(before))
                .as("processes left by %s", canary.name())
                .isEmpty();
        assertThat(gangwayThreadsSince(before))
                .as("threads left by %s", canary.name())
                .isEmpty();
        String named = "[" + canary.contextPath().substring(1).replace('/', '#') + "]";
        assertThat(process().lines(before.lines()).stream()
                        .filter(line -> line.contains("memory leak") && line.contains(named))
                        .toList())
                .as("what Tomcat notices of threads and thread locals that %s left", canary.name())
                .isEmpty();
    }

    /** The names of Gangway's threads, each with its number. */
    private Set<String> gangwayThreads() throws IOException, InterruptedException {
        Path jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd");
        return Command.run(
                        temporary(),
                        Map.of(),
                        jcmd.toString(),
                        Long.toString(process().pid()),
                        "Thread.print")
                .succeeded()
                .output()
                .lines()
                .map(GANGWAY_THREAD::matcher)
                .filter(Matcher::find)
                .map(Matcher::group)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Override
    public synchronized void close() throws IOException {
        if (process == null) {
            return;
        }
        try {
            process.stop();
        } catch (InterruptedException e) {
            // The process ends all the same, because its standard input has ended.
            Thread.currentThread().interrupt();
        }
        Places.delete(temporary());
    }
}
