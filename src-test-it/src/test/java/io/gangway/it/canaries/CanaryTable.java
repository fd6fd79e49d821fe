package io.gangway.it.canaries;

import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** The results of all canaries; rewritten after every canary, and complete after the last. */
final class CanaryTable {
    private record Cell(int tests, int checks, int failed, Duration time) {
        static final Cell EMPTY = new Cell(0, 0, 0, Duration.ZERO);

        Cell plus(boolean passed, int more) {
            return new Cell(tests + 1, checks + more, failed + (passed ? 0 : 1), time);
        }

        Cell took(Duration whole) {
            return new Cell(tests, checks, failed, whole);
        }

        @Override
        public String toString() {
            String seconds = String.format(Locale.ROOT, ", %.1f s", time.toMillis() / 1000.0);
            return tests + " tests, " + checks + " checks" + (failed > 0 ? ", " + failed + " FAILED" : "") + seconds;
        }
    }

    private static final Map<String, Map<CanaryServer, Cell>> CELLS = new TreeMap<>();
    private static int checks;

    private CanaryTable() {}

    /** A test begins. */
    static synchronized void began() {
        checks = 0;
    }

    /** Counts a check of the running test, passed or failed. */
    static synchronized void checked() {
        checks++;
    }

    static synchronized void ended(String canary, CanaryServer server, boolean passed) {
        change(canary, server, cell -> cell.plus(passed, checks));
    }

    /** The time from the begin of the deployment to the end of all its processes. */
    static synchronized void took(String canary, CanaryServer server, Duration time) {
        change(canary, server, cell -> cell.took(time));
    }

    private static void change(String canary, CanaryServer server, UnaryOperator<Cell> change) {
        CELLS.computeIfAbsent(canary, name -> new EnumMap<>(CanaryServer.class))
                .compute(server, (on, cell) -> change.apply(cell == null ? Cell.EMPTY : cell));
    }

    static synchronized void write() throws IOException {
        StringBuilder table = new StringBuilder("# The canaries, by server\n\n| canary |");
        for (CanaryServer server : CanaryServer.values()) {
            table.append(' ').append(server).append(" |");
        }
        table.append("\n|---|")
                .append("---|".repeat(CanaryServer.values().length))
                .append('\n');
        CELLS.forEach((canary, row) -> {
            table.append("| ").append(canary).append(" |");
            for (CanaryServer server : CanaryServer.values()) {
                table.append(' ')
                        .append(row.containsKey(server) ? row.get(server) : "")
                        .append(" |");
            }
            table.append('\n');
        });
        table.append("\nWith ").append(packages()).append(".\n");
        Files.writeString(Places.target().resolve("canary-table.md"), table);
    }

    private static String packages() throws IOException {
        Set<String> packages = new TreeSet<>();
        for (VirtualEnvironment environment : VirtualEnvironment.values()) {
            try (Stream<String> lines = Files.lines(environment.requirements())) {
                lines.filter(line -> line.contains("=="))
                        .map(line -> line.replace("==", " "))
                        .forEach(packages::add);
            }
        }
        return String.join(", ", packages);
    }
}
