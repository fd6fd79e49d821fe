package io.gangway.middleware;

import io.gangway.exchange.Exchange;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer of {@link StaticFiles}: for a call, or for an exchange. Used once. */
final class StaticAnswer implements ExchangeApplication {
    private final String status;
    private final List<Header> headers;
    /** The body, if it is no file. */
    private final byte[] text;
    /** Closed by whoever sends it. */
    private final @Nullable FileWrapper file;

    private StaticAnswer(String status, List<Header> headers, byte[] text, @Nullable FileWrapper file) {
        this.status = status;
        this.headers = headers;
        this.text = text;
        this.file = file;
    }

    static StaticAnswer text(String status, Header... more) {
        byte[] body = PlainAnswer.body(status);
        return new StaticAnswer(status, PlainAnswer.headers(body, more), body, null);
    }

    static StaticAnswer empty(String status, List<Header> headers) {
        return new StaticAnswer(status, headers, new byte[0], null);
    }

    static StaticAnswer file(String status, List<Header> headers, FileWrapper file) {
        return new StaticAnswer(status, headers, new byte[0], file);
    }

    /** For HEAD: the file was opened only to see whether it can be. */
    static StaticAnswer withoutFile(String status, List<Header> headers, FileWrapper file) {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return empty(status, headers);
    }

    /** Answers a call; returns the body. */
    Iterable<byte[]> start(StartResponse startResponse) throws IOException {
        boolean isStarted = false;
        try {
            startResponse.start(status, headers);
            isStarted = true;
        } finally {
            if (!isStarted && file != null) {
                file.close();
            }
        }
        return file != null ? file : text.length == 0 ? List.of() : List.of(text);
    }

    @Override
    public boolean isBlocking() {
        return false;
    }

    @Override
    public void serve(Exchange exchange) {
        Throwable problem = null;
        try {
            exchange.head(status, headers);
            if (file != null) {
                exchange.send(file, failure -> end(exchange, failure));
                return;
            }
            exchange.write(text, 0, text.length, false);
        } catch (IOException | RuntimeException e) {
            problem = e;
        }
        end(exchange, problem);
    }

    private void end(Exchange exchange, @Nullable Throwable problem) {
        exchange.settle(problem);
        Throwable later = null;
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                later = e;
            }
        }
        exchange.conclude(later);
    }
}
