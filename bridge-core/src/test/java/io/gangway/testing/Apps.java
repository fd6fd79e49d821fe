package io.gangway.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Function;

/** Applications to test the client with. */
final class Apps {
    private Apps() {}

    /** Answers 200 with a text made from the environ. */
    static GatewayApplication telling(Function<Environ, Object> text) {
        return (environ, startResponse) -> {
            byte[] body = String.valueOf(text.apply(environ)).getBytes(UTF_8);
            startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain; charset=utf-8")));
            return List.of(body);
        };
    }

    static GatewayApplication answering(String status, Header... headers) {
        return (environ, startResponse) -> {
            startResponse.start(status, List.of(headers));
            return List.of();
        };
    }

    static GatewayApplication failing() {
        return (environ, startResponse) -> {
            throw new IllegalStateException("boom");
        };
    }

    /** A body that counts the calls of its methods. */
    static final class Counting implements Iterable<byte[]>, AutoCloseable {
        private final Iterator<String> blocks;
        /** Written by the application's thread only while the test waits for it. */
        int produced;

        final List<Thread> closedOn = new ArrayList<>();

        Counting(Iterable<String> blocks) {
            this.blocks = blocks.iterator();
        }

        @Override
        public Iterator<byte[]> iterator() {
            return new Iterator<>() {
                @Override
                public boolean hasNext() {
                    return blocks.hasNext();
                }

                @Override
                public byte[] next() {
                    produced++;
                    return blocks.next().getBytes(UTF_8);
                }
            };
        }

        @Override
        public void close() {
            closedOn.add(Thread.currentThread());
        }

        GatewayApplication asApplication() {
            return (environ, startResponse) -> {
                startResponse.start("200 OK", List.of(new Header("Content-Type", "text/plain")));
                return this;
            };
        }
    }
}
