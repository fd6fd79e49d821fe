package io.gangway.it.canaries;

import io.gangway.it.Distribution;
import io.gangway.it.ServerProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * One Tomcat for all canaries, started by the first that needs it and stopped after the last.
 *
 * <p>It is as its makers ship it, but for its port, and it looks every second, not every ten, for WARs that came or went.
 */
final class SharedTomcat implements AutoCloseable {
    /** Keeps it as long as the tests of this JVM take. */
    static final class Extension implements BeforeAllCallback {
        @Override
        public void beforeAll(ExtensionContext context) {
            CanaryTest.tomcat = context.getRoot()
                    .getStore(ExtensionContext.Namespace.create(SharedTomcat.class))
                    .computeIfAbsent(SharedTomcat.class, key -> new SharedTomcat(), SharedTomcat.class);
        }
    }

    /** What catalina.sh opens to Tomcat, so that it can tell about thread locals that are left. */
    private static final List<String> OPENED = List.of(
            "--add-opens=java.base/java.lang=ALL-UNNAMED",
            "--add-opens=java.base/java.lang.invoke=ALL-UNNAMED",
            "--add-opens=java.base/java.io=ALL-UNNAMED",
            "--add-opens=java.base/java.util=ALL-UNNAMED",
            "--add-opens=java.base/java.util.concurrent=ALL-UNNAMED",
            "--add-opens=java.rmi/sun.rmi.transport=ALL-UNNAMED");

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

    /** Where WARs are dropped; the Tomcat runs. */
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

    /** Why an application did not start: Tomcat tells that to a file alone. */
    String failures() throws IOException {
        try (Stream<Path> logs = Files.list(Objects.requireNonNull(base).resolve("logs"))) {
            StringBuilder text = new StringBuilder();
            for (Path log : logs.filter(file -> file.getFileName().toString().startsWith("localhost."))
                    .toList()) {
                text.append(Files.readString(log));
            }
            return text.toString();
        }
    }

    /** The names of its threads, each with what the JVM says of it. */
    List<String> threads() throws IOException, InterruptedException {
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
                .filter(line -> line.startsWith("\""))
                .toList();
    }

    @Override
    public synchronized void close() throws IOException {
        if (process == null) {
            return;
        }
        try {
            process.stop();
        } catch (InterruptedException e) {
            // The process ends all the same, for its standard input has.
            Thread.currentThread().interrupt();
        }
        Places.delete(temporary());
    }
}
