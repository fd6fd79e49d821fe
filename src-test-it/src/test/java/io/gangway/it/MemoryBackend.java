package io.gangway.it;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.it.client.Answer;
import io.gangway.it.client.RawConnection;
import io.gangway.it.contract.Case;
import io.gangway.it.contract.ContractApplication;
import io.gangway.it.contract.Journal;
import io.gangway.it.contract.Request;
import io.gangway.it.contract.Trait;
import io.gangway.testing.TestClient;
import io.gangway.testing.TestRequest;
import io.gangway.testing.TestResponse;
import io.gangway.wsgi.Header;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** The in-memory client; the errors of its responses are its log. */
final class MemoryBackend implements Backend {
    private static final String NO_SOCKET =
            "there is no connection, and so no framing, no timing and no faulty bytes that a test could send or observe";

    private final Map<Trait, String> lacks = new EnumMap<>(Trait.class);
    private final Map<String, String> declares;
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final TestClient client =
            TestClient.of(new ContractApplication()).unlinted().withErrorPages();

    MemoryBackend(Map<String, String> declares) {
        this.declares = declares;
        lacks.put(Trait.SOCKET, NO_SOCKET);
        lacks.put(
                Trait.LOG,
                "errors() of the response are the text that was written, line by line, and no log's entries");
        lacks.put(
                Trait.MOUNTS,
                "nothing to observe: the client calls the application itself, which no servlet mapping leads to");
        lacks.put(
                Trait.DEPLOYMENTS,
                "nothing to observe: settings are read by deployments, and the client calls what it is given");
        lacks.put(Trait.TLS, NO_SOCKET);
        lacks.put(Trait.PYTHON, Backends.NO_PYTHON);
        lacks.put(Trait.SERVLET, "there is no servlet container, and so none of its objects in the environ");
        lacks.put(Trait.SESSIONS, "there is no servlet container, and so no session id: it is a path parameter as any");
    }

    @Override
    public String name() {
        return "TestClient";
    }

    @Override
    public Map<Trait, String> lacks() {
        return lacks;
    }

    @Override
    public Map<String, String> declares() {
        return declares;
    }

    @Override
    public void start() {
        // nothing runs
    }

    @Override
    public void stop() {
        // nothing ran
    }

    @Override
    public ClosingTalk talk(Case run, String runId) {
        return new MemoryTalk(run.name(), runId);
    }

    @Override
    public long logEntries(String id) {
        return log.stream().filter(entry -> entry.startsWith("[" + id + "]")).count();
    }

    @Override
    public boolean awaitLogEntry(String... texts) {
        return log.stream().anyMatch(entry -> Arrays.stream(texts).allMatch(entry::contains));
    }

    private final class MemoryTalk implements ClosingTalk {
        private final String caseName;
        private final String runId;

        MemoryTalk(String caseName, String runId) {
            this.caseName = caseName;
            this.runId = runId;
        }

        @Override
        public Answer ask(Request request) {
            TestRequest sent = named(request.method(), request.target(), caseName);
            for (Header header : request.headers()) {
                sent.header(header.name(), header.value());
            }
            if (!request.body().isEmpty()) {
                sent.body(request.bodyBytes(), "application/octet-stream");
            }
            TestResponse response = sent.send();
            takeLog(response);
            boolean broken = response.outcome().ending() == Ending.BROKEN;
            return new Answer(
                    "HTTP/1.1 " + response.code() + " " + response.reason(),
                    response.headers(),
                    List.of(),
                    response.bytes(),
                    response.header("Content-Length").isPresent() ? Answer.Framing.LENGTH : Answer.Framing.CHUNKED,
                    broken ? Answer.Ending.TRUNCATED : Answer.Ending.CLEAN,
                    response.trailers());
        }

        /** Only the application knows the id: the journal has it. */
        private void takeLog(TestResponse response) {
            List<String> ids = journal().details("id");
            String id = ids.isEmpty() ? "" : ids.get(ids.size() - 1);
            response.errors().forEach(line -> log.add("[" + id + "] " + line));
            if (response.outcome().problem() != null && !response.outcome().isClientsFault()) {
                log.add("[" + id + "] " + response.outcome().problem());
            }
        }

        private TestRequest named(String method, String target, String contract) {
            return client.request(method, target)
                    .header(ContractApplication.CASE, contract)
                    .header(ContractApplication.RUN, runId);
        }

        @Override
        public RawConnection connection() {
            throw new UnsupportedOperationException(NO_SOCKET);
        }

        @Override
        public RawConnection another() {
            throw new UnsupportedOperationException(NO_SOCKET);
        }

        @Override
        public void send(String template) {
            throw new UnsupportedOperationException(NO_SOCKET);
        }

        @Override
        public String fill(String template) {
            return template.replace("{host}", "testserver").replace("{base}", "");
        }

        @Override
        public void expectLog(String... texts) {
            if (!awaitLogEntry(texts)) {
                throw new AssertionError("no log entry with " + Arrays.toString(texts) + " in " + log);
            }
        }

        @Override
        public void release(String gate) {
            named("GET", "/", ContractApplication.RELEASE)
                    .header(ContractApplication.EVENT, gate)
                    .send();
        }

        @Override
        public Journal journal() {
            return journal("", 0);
        }

        @Override
        public Journal journal(String event, int times) {
            return new Journal(new String(
                    named("GET", "/", ContractApplication.JOURNAL)
                            .header(ContractApplication.EVENT, event)
                            .header(ContractApplication.TIMES, Integer.toString(times))
                            .send()
                            .bytes(),
                    java.nio.charset.StandardCharsets.ISO_8859_1));
        }

        @Override
        public void close() {
            // nothing is open
        }
    }
}
