package io.gangway.it;

import io.gangway.it.contract.Case;
import io.gangway.it.contract.Cases;
import io.gangway.it.contract.Trait;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** The results of all cases on all backends; rewritten after every backend, and complete after the last. */
final class ContractTable {
    private enum Result {
        PASSED,
        DECLARED,
        FAILED
    }

    private static final Map<String, Map<String, Result>> RESULTS = new LinkedHashMap<>();
    private static final Map<String, Map<Trait, String>> LACKS = new LinkedHashMap<>();

    private static final Map<String, String> UNVALIDATED = new TreeMap<>();

    private ContractTable() {}

    /** Notes the Python twins without wsgiref.validate, and why. */
    static synchronized void unvalidated(Map<String, String> reasons) {
        UNVALIDATED.putAll(reasons);
    }

    static synchronized void passed(Backend backend, Case one) {
        put(backend, one, Result.PASSED);
    }

    static synchronized void declared(Backend backend, Case one, Trait lacking) {
        put(backend, one, Result.DECLARED);
        LACKS.computeIfAbsent(backend.name(), name -> new EnumMap<>(Trait.class))
                .put(lacking, backend.lacks().getOrDefault(lacking, ""));
    }

    static synchronized void failed(Backend backend, Case one) {
        put(backend, one, Result.FAILED);
    }

    private static void put(Backend backend, Case one, Result result) {
        RESULTS.computeIfAbsent(backend.name(), name -> new LinkedHashMap<>()).put(one.name(), result);
    }

    static synchronized void write() throws IOException {
        StringBuilder table = new StringBuilder("# The contract, by backend\n\n| case | rules |");
        RESULTS.keySet().forEach(name -> table.append(' ').append(name).append(" |"));
        table.append("\n|---|---|").append("---|".repeat(RESULTS.size())).append('\n');
        for (Case one : Cases.all()) {
            table.append("| ").append(one.name()).append(" | ");
            table.append(String.join(" ", new TreeSet<>(one.rules()))).append(" |");
            RESULTS.values()
                    .forEach(results -> table.append(' ')
                            .append(results.containsKey(one.name()) ? shown(results.get(one.name())) : "")
                            .append(" |"));
            table.append('\n');
        }
        table.append("\n## Totals\n\n");
        RESULTS.forEach(
                (name, results) -> table.append("- ").append(totals(name)).append('\n'));
        table.append("\n## Declared\n\n");
        LACKS.forEach((name, lacks) -> lacks.forEach((trait, why) -> table.append("- ")
                .append(name)
                .append(", ")
                .append(trait)
                .append(": ")
                .append(why)
                .append('\n')));
        Map<String, String> unlinted = new TreeMap<>();
        Cases.all().forEach(one -> one.unlintedBecause().ifPresent(why -> unlinted.put(one.name(), why)));
        writeReasons(table, "Without the linter", unlinted);
        writeReasons(table, "Without wsgiref.validate, in Python", UNVALIDATED);
        Files.writeString(target().resolve("contract-table.md"), table);
    }

    private static void writeReasons(StringBuilder table, String title, Map<String, String> reasons) {
        table.append("\n## ").append(title).append("\n\n");
        reasons.forEach((name, why) ->
                table.append("- ").append(name).append(": ").append(why).append('\n'));
    }

    static synchronized String totals(String backend) {
        Map<Result, Long> counts = new EnumMap<>(Result.class);
        RESULTS.getOrDefault(backend, Map.of()).values().forEach(result -> counts.merge(result, 1L, Long::sum));
        return backend + ": " + counts.getOrDefault(Result.PASSED, 0L) + " passed, "
                + counts.getOrDefault(Result.DECLARED, 0L) + " declared, "
                + counts.getOrDefault(Result.FAILED, 0L) + " failed";
    }

    static Path target() {
        return Path.of(System.getProperty("test.it.target", "target"));
    }

    private static String shown(Result result) {
        return switch (result) {
            case PASSED -> "passed";
            case DECLARED -> "declared";
            case FAILED -> "FAILED";
        };
    }
}
