package io.gangway.it.canaries;

import java.io.IOException;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** How much passed where; written anew after every canary, and complete after the last. */
final class CanaryTable {
    private record Cell(int tests, int checks, int failed) {
        Cell plus(boolean passed, int more) {
            return new Cell(tests + 1, checks + more, failed + (passed ? 0 : 1));
        }

        @Override
        public String toString() {
            return tests + " tests, " + checks + " checks" + (failed > 0 ? ", " + failed + " FAILED" : "");
        }
    }

    private static final Map<String, Map<CanaryServer, Cell>> CELLS = new TreeMap<>();
    private static int checks;

    private CanaryTable() {}

    /** Something more was seen to be right, or wrong, by the test that runs. */
    static synchronized void checked() {
        checks++;
    }

    static synchronized void ended(String canary, CanaryServer server, boolean passed) {
        Map<CanaryServer, Cell> row = CELLS.computeIfAbsent(canary, name -> new LinkedHashMap<>());
        row.put(server, row.getOrDefault(server, new Cell(0, 0, 0)).plus(passed, checks));
        checks = 0;
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
        table.append("\nWith ")
                .append(Files.readAllLines(Places.sources().resolve("requirements.txt")).stream()
                        .filter(line -> line.contains("=="))
                        .map(line -> line.replace("==", " "))
                        .collect(Collectors.joining(", ")))
                .append(".\n");
        Files.writeString(Places.target().resolve("canary-table.md"), table);
    }
}
