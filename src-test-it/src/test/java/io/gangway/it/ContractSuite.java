package io.gangway.it;

import io.gangway.it.Backend.ClosingTalk;
import io.gangway.it.contract.Case;
import io.gangway.it.contract.Cases;
import io.gangway.it.contract.ContractApplication;
import io.gangway.it.contract.Journal;
import io.gangway.it.contract.Trait;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Runs every case on one backend, which is started once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ContractSuite {
    private final Backend backend;
    /** Request ids by the number of log entries that they must have. */
    private final Map<String, Case> ids = new LinkedHashMap<>();

    private boolean started;

    ContractSuite(Backend backend) {
        this.backend = backend;
    }

    @BeforeAll
    void start() throws Exception {
        backend.start();
        started = true;
    }

    @AfterAll
    void stop() throws Exception {
        if (!started) {
            return; // skipped, or failed already; launched processes end with this JVM
        }
        List<String> wrong = new ArrayList<>(strays());
        backend.stop();
        ContractTable.write();
        System.out.println(ContractTable.totals(backend.name()));
        wrong.addAll(faultsNotLoggedOnce());
        if (!wrong.isEmpty()) {
            throw new AssertionError(String.join("\n", wrong));
        }
    }

    @TestFactory
    Stream<DynamicTest> keeps_the_contract() {
        return Cases.all().stream().map(one -> DynamicTest.dynamicTest(one.name(), () -> check(one)));
    }

    private void check(Case one) throws Exception {
        Optional<Trait> lacking =
                one.needs().stream().filter(backend.lacks()::containsKey).findFirst();
        String runId = one.name() + "-" + Long.toString(System.nanoTime(), 36);
        ContractTable.failed(backend, one);
        if (lacking.isPresent()) {
            Case.Conversation clean = one.without(lacking.get());
            if (clean != null) {
                try (ClosingTalk talk = backend.talk(one, runId)) {
                    clean.hold(talk);
                }
            }
            ContractTable.declared(backend, one, lacking.get());
            return;
        }
        try (ClosingTalk talk = backend.talk(one, runId)) {
            run(one, talk);
        }
        ContractTable.passed(backend, one);
    }

    private void run(Case one, ClosingTalk talk) throws Exception {
        try {
            one.run(talk);
        } catch (AssertionError | Exception e) {
            throw new AssertionError(e.getMessage() + "\njournal:\n" + journalOf(talk), e);
        }
        for (String id : talk.journal().details("id")) {
            ids.put(id, one);
            if (one.logEntries() > 0 && !backend.awaitLogEntry(id)) {
                throw new AssertionError("no log entry with the request id " + id);
            }
        }
    }

    private static String journalOf(ClosingTalk talk) {
        try {
            Journal journal = talk.journal();
            return journal.toString();
        } catch (AssertionError | Exception e) {
            return "cannot be read: " + e;
        }
    }

    /** Requests that no case sent: parts of other requests that a server took for requests. */
    private List<String> strays() throws Exception {
        try (ClosingTalk talk = backend.talk(Cases.all().get(0), ContractApplication.STRAY)) {
            return talk.journal().details("called").stream()
                    .map(call -> "no case sent the request " + call)
                    .toList();
        }
    }

    /** The log is complete only now that the server has stopped. */
    private List<String> faultsNotLoggedOnce() {
        List<String> wrong = new ArrayList<>();
        ids.forEach((id, one) -> {
            long entries = backend.logEntries(id);
            if (entries != one.logEntries()) {
                wrong.add(one.name() + ": " + entries + " log entries with the request id, not " + one.logEntries());
            }
        });
        return wrong;
    }
}
