package io.gangway.it;

import io.gangway.it.ProcessBackend.Place;
import io.gangway.it.client.Answer;
import io.gangway.it.client.RawConnection;
import io.gangway.it.contract.Case;
import io.gangway.it.contract.Case.Transport;
import io.gangway.it.contract.ContractApplication;
import io.gangway.it.contract.Journal;
import io.gangway.it.contract.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A talk over one connection, and a second one for the journal. */
final class SocketTalk implements Backend.ClosingTalk {
    private final ProcessBackend backend;
    private final Place asked;
    private final Place journals;
    private final Transport transport;
    private final String caseName;
    private final String runId;
    private final List<RawConnection> others = new ArrayList<>();
    private @Nullable RawConnection connection;
    private @Nullable RawConnection journal;

    SocketTalk(ProcessBackend backend, Place asked, Place journals, Case run, String runId) {
        this.backend = backend;
        this.asked = asked;
        this.journals = journals;
        this.transport = run.transport();
        this.caseName = run.name();
        this.runId = runId;
    }

    @Override
    public Answer ask(Request request) throws IOException {
        send(request.template());
        return connection().read(request.method());
    }

    @Override
    public RawConnection connection() throws IOException {
        if (connection == null) {
            connection = backend.connect(asked.port(), transport);
        }
        return connection;
    }

    @Override
    public void send(String template) throws IOException {
        connection().send(fill(template));
    }

    @Override
    public String fill(String template) {
        return template.replace("{host}", "127.0.0.1:" + asked.port())
                .replace("{base}", asked.base())
                .replace("{port}", Integer.toString(asked.port()))
                .replace("{case}", naming(caseName));
    }

    @Override
    public RawConnection another() throws IOException {
        RawConnection other = backend.connect(asked.port(), transport);
        others.add(other);
        return other;
    }

    @Override
    public void expectLog(String... texts) {
        if (!backend.awaitLogEntry(texts)) {
            throw new AssertionError("no log entry with " + Arrays.toString(texts));
        }
    }

    @Override
    public void release(String gate) throws IOException {
        control(ContractApplication.RELEASE, gate, 0);
    }

    @Override
    public Journal journal(String event, int times) throws IOException {
        return new Journal(control(ContractApplication.JOURNAL, event, times));
    }

    private String control(String what, String event, int times) throws IOException {
        if (journal == null) {
            journal = backend.connect(journals.port(), Transport.PLAIN);
        }
        journal.send("GET " + journals.base() + "/ HTTP/1.1\r\nHost: localhost\r\n" + naming(what)
                + ContractApplication.EVENT + ": " + event + "\r\n"
                + ContractApplication.TIMES + ": " + times + "\r\n\r\n");
        return journal.read("GET").status(200).text();
    }

    private String naming(String contract) {
        return ContractApplication.CASE + ": " + contract + "\r\n" + ContractApplication.RUN + ": " + runId + "\r\n";
    }

    @Override
    public void close() throws IOException {
        if (journal != null) {
            journal.close();
        }
        if (connection != null) {
            connection.close();
        }
        for (RawConnection other : others) {
            other.close();
        }
    }
}
