package io.gangway.it;

import io.gangway.it.client.Answer;
import io.gangway.it.client.RawConnection;
import io.gangway.it.contract.Case;
import io.gangway.it.contract.ContractApplication;
import io.gangway.it.contract.Journal;
import io.gangway.it.contract.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A talk over one connection, and a second one for the journal. */
final class SocketTalk implements Backend.ClosingTalk {
    private final int port;
    private final String base;
    private final int journalPort;
    private final String journalBase;
    private final String caseName;
    private final String runId;
    private final Predicate<String> log;
    private final List<RawConnection> others = new ArrayList<>();
    private @Nullable RawConnection connection;
    private @Nullable RawConnection journal;

    SocketTalk(
            int port, String base, int journalPort, String journalBase, Case run, String runId, Predicate<String> log) {
        this.port = port;
        this.base = base;
        this.journalPort = journalPort;
        this.journalBase = journalBase;
        this.caseName = run.name();
        this.runId = runId;
        this.log = log;
    }

    @Override
    public Answer ask(Request request) throws IOException {
        send(request.template());
        return connection().read(request.method());
    }

    @Override
    public RawConnection connection() throws IOException {
        if (connection == null) {
            connection = new RawConnection(port);
        }
        return connection;
    }

    @Override
    public void send(String template) throws IOException {
        connection().send(fill(template));
    }

    @Override
    public String fill(String template) {
        return template.replace("{host}", "127.0.0.1:" + port)
                .replace("{base}", base)
                .replace("{port}", Integer.toString(port))
                .replace("{case}", naming(caseName));
    }

    @Override
    public RawConnection another() throws IOException {
        RawConnection other = new RawConnection(port);
        others.add(other);
        return other;
    }

    @Override
    public void expectLog(String text) {
        if (!log.test(text)) {
            throw new AssertionError("no log entry with " + text);
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
            journal = new RawConnection(journalPort);
        }
        journal.send("GET " + journalBase + "/ HTTP/1.1\r\nHost: localhost\r\n" + naming(what)
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
