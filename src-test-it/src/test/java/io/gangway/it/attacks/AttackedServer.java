package io.gangway.it.attacks;

import static java.util.stream.Collectors.toCollection;

import io.gangway.it.ServerProcess;
import io.gangway.it.client.RawConnection;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A running container with what can be seen of it from outside: its log, its processes, and their sockets. */
final class AttackedServer implements AutoCloseable {
    private static final Duration LONGEST_QUEUE = Duration.ofSeconds(60);
    /** The numbers of requests that are gathered; a thousand for each time. */
    private static final int GATHERED = 900_000_000;

    private static final int SIZE = 1_000;

    /** A line that belongs to the one before: of a trace in Java or Python, or a note of Tomcat's. */
    private static final Pattern TRACE = Pattern.compile(
            "\\s+at \\S+\\(.*|\\s*\\.\\.\\. \\d+ .*|\\s*(Caused by|Suppressed): .*"
                    + "|\\s+File \".*\", line \\d+.*|\\s*Note: further occurrences of .*|\\s*(\\w+\\.)+[\\w$]*(Exception|Error|Throwable)(: .*)?");

    private static final Pattern BROKEN_OFF = Pattern.compile(
            ".* SEVERE \\[.*\\] org\\.apache\\.catalina\\.core\\.StandardWrapperValve\\.invoke"
                    + " Servlet\\.service\\(\\) for servlet \\[gateway\\] in context with path \\[/\\w+\\] threw exception"
                    + " \\[Gangway breaks this response off, so that the client sees that it is incomplete\\] with root cause");

    private final ServerProcess process;
    private final Path directory;
    private final Journal journal;
    private final List<Mount> mounts;
    private int gathered = GATHERED;

    private AttackedServer(ServerProcess process, Path directory, Journal journal, List<Mount> mounts) {
        this.process = process;
        this.directory = directory;
        this.journal = journal;
        this.mounts = mounts;
    }

    static AttackedServer start(Container container, Path directory) throws IOException {
        Files.write(directory.resolve("file"), TestRequest.file());
        Journal journal = new Journal(directory.resolve("journal"));
        ServerProcess process = container.start(directory);
        return new AttackedServer(process, directory, journal, container.mounts(process));
    }

    Journal journal() {
        return journal;
    }

    List<Mount> mounts() {
        return mounts;
    }

    /**
     * Sends as many requests at once as the applications can serve, each of which is answered only when all have reached their
     * application: a thread that is still busy with something else would keep one of them waiting.
     *
     * @throws IOException if one waits for too long
     */
    void gather() throws IOException {
        Map<TestRequest, RawConnection> asked = new LinkedHashMap<>();
        String gate = "gate-" + gathered;
        try {
            for (Mount mount : mounts) {
                for (int i = 0; i < mount.application().parallel(); i++) {
                    int number = ++gathered;
                    TestRequest request = new TestRequest(
                            Kind.GATHER, mount.base() + "/gather/" + number + "?" + gate, number, SIZE, true);
                    RawConnection connection = new RawConnection(mount.port());
                    asked.put(request, connection);
                    connection.send(request.http1Head());
                }
            }
            for (TestRequest request : asked.keySet()) {
                journal.awaitSilence(request.number(), LONGEST_QUEUE);
            }
            Files.createFile(directory.resolve(gate));
            for (Map.Entry<TestRequest, RawConnection> answered : asked.entrySet()) {
                answered.getKey().check(answered.getValue().read("GET"));
            }
        } finally {
            for (RawConnection connection : asked.values()) {
                connection.close();
            }
        }
    }

    /** The container's process and its workers, with their launchers. */
    Set<Long> processes() {
        return ProcessHandle.of(process.pid()).stream()
                .flatMap(container -> Stream.concat(Stream.of(container), container.descendants()))
                .map(ProcessHandle::pid)
                .collect(toCollection(TreeSet::new));
    }

    /** How many sockets these processes have open. */
    long sockets() {
        return processes().stream().mapToLong(AttackedServer::sockets).sum();
    }

    private static long sockets(long pid) {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return descriptors.filter(AttackedServer::isSocket).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // closed since it was listed
        }
    }

    /** The log's entries that must not be there, each with the number of times. */
    Map<String, Integer> complaints() {
        Map<String, Integer> complaints = new LinkedHashMap<>();
        for (List<String> entry : entries(process.lines())) {
            if (isComplaint(entry)) {
                complaints.merge(shown(entry), 1, Integer::sum);
            }
        }
        return complaints;
    }

    /** An entry is a line with those that follow it: a note, and a trace. */
    private static List<List<String>> entries(List<String> lines) {
        List<List<String>> entries = new ArrayList<>();
        for (String line : lines) {
            if (!TRACE.matcher(line).matches() || entries.isEmpty()) {
                entries.add(new ArrayList<>());
            }
            entries.get(entries.size() - 1).add(line);
        }
        return entries;
    }

    private static boolean isComplaint(List<String> entry) {
        boolean isTrace = entry.size() > 1 || entry.get(0).contains("Traceback (most recent call last)");
        boolean isError = entry.get(0).matches(".*\\b(SEVERE|ERROR)\\b.*");
        return (isError || isTrace) && !isOnceOfTomcats(entry) && !isBrokenOffInTomcat(entry);
    }

    /** Tomcat writes every exception of a servlet at SEVERE, also the one by which a response is broken off on purpose. */
    private static boolean isBrokenOffInTomcat(List<String> entry) {
        return BROKEN_OFF.matcher(entry.get(0)).matches();
    }

    /** Tomcat writes its first refusal of a malformed request, of each kind, with a trace at INFO; it has nothing to do with us. */
    private static boolean isOnceOfTomcats(List<String> entry) {
        return entry.size() > 1
                && entry.get(0).contains(" INFO ")
                && entry.get(1).matches("\\s*Note: further occurrences of .* will be logged at DEBUG level\\.")
                && entry.stream().noneMatch(line -> line.contains("gangway"));
    }

    /** Without what is different each time. */
    private static String shown(List<String> entry) {
        return String.join("\n", entry.subList(0, Math.min(entry.size(), 14)))
                .replaceAll("\\d\\d-\\w{3}-\\d{4} \\S+|\\d{4}-\\d\\d-\\d\\d \\S+", "TIME")
                .replaceAll("\\[http-nio-[^]]*\\]", "[THREAD]")
                .replaceAll("\\b\\d{2,}\\b|@[0-9a-f]{5,8}\\b", "N");
    }

    String tail() {
        return process.tail();
    }

    long pid() {
        return process.pid();
    }

    @Override
    public void close() throws IOException {
        try {
            process.stop();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // the process ends all the same, because its standard input has ended
        } finally {
            journal.close();
        }
    }
}
