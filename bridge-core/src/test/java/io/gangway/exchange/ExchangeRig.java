package io.gangway.exchange;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.Header;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** An exchange on a {@link ManualWire}, whose application is the test. */
final class ExchangeRig implements ExchangeListener {
    final ManualWire wire = new ManualWire();
    /** What the application was told. */
    final List<String> told = new ArrayList<>();

    final List<EndedExchange> ended = new ArrayList<>();
    final Exchange exchange;

    ExchangeRig(String method, ErrorPage errorPage, Step... steps) {
        this(RequestFacts.of("r1", method).build(), errorPage, steps);
    }

    ExchangeRig(RequestFacts facts, ErrorPage errorPage, Step... steps) {
        ExchangeRules rules = new ExchangeRules(errorPage, new Repairs(), List.of(steps), ended::add);
        exchange = new Exchange(facts, wire, rules);
        exchange.listen(this);
    }

    ExchangeRig(Step... steps) {
        this("GET", ErrorPage.PRODUCTION, steps);
    }

    @Override
    public void readable() {
        told.add("readable");
    }

    @Override
    public void writable() {
        told.add("writable");
    }

    @Override
    public void left(ClientException how) {
        told.add("left: " + how.getMessage());
    }

    void ok(Header... headers) {
        exchange.head("200 OK", List.of(headers));
    }

    boolean write(String text) throws ClientException {
        byte[] data = bytes(text);
        return exchange.write(data, 0, data.length, true);
    }

    /** Sends a stream of unknown length. */
    void send(String text) throws IOException {
        send(new FileWrapper(new ByteArrayInputStream(bytes(text)), 1));
    }

    void send(FileWrapper file) throws IOException {
        exchange.send(file, problem -> told.add("sent " + problem));
    }

    Outcome outcome() {
        if (ended.size() != 1) {
            throw new AssertionError("expected one end, found " + ended);
        }
        return ended.get(0).outcome();
    }

    static Header length(long length) {
        return new Header("Content-Length", Long.toString(length));
    }

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }
}
