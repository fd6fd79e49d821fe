package io.gangway.servlet.jetty;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpScheme;
import org.eclipse.jetty.io.EndPoint;

/** All places where one server listens; at least one. */
record Listeners(List<Listener> all) {
    Listeners {
        all = List.copyOf(all);
    }

    /**
     * Checks that the addresses are free, and takes them where that is possible.
     *
     * @throws UnclaimedException if one cannot be had; the exception names it
     */
    void claim() throws UnclaimedException {
        for (Listener listener : all) {
            try {
                listener.claim();
            } catch (IOException | RuntimeException e) {
                throw new UnclaimedException(listener, e);
            }
        }
    }

    /** The listener that failed to start; the first one if none says so. */
    Listener failed() {
        return all.stream()
                .filter(listener -> listener.connector().isFailed())
                .findFirst()
                .orElse(all.get(0));
    }

    /** The first port that speaks TLS; -1 if there is none. */
    int tlsPort() {
        return all.stream()
                .filter(listener -> listener instanceof PortListener port && port.scheme() == HttpScheme.HTTPS)
                .mapToInt(Listener::port)
                .findFirst()
                .orElse(-1);
    }

    /** The number of accepted connections that the connectors do not know yet. */
    int onTheWay() {
        return all.stream().mapToInt(Listener::onTheWay).sum();
    }

    List<EndPoint> connections() {
        List<EndPoint> open = new ArrayList<>();
        all.forEach(listener -> open.addAll(listener.connector().getConnectedEndPoints()));
        return open;
    }

    /** Frees the addresses; called after the connectors have stopped, and possibly more than once. */
    void end() {
        all.forEach(Listener::end);
    }

    /** An address that the server cannot have. */
    static final class UnclaimedException extends IOException {
        private static final long serialVersionUID = 1L;

        private final transient Listener listener;

        UnclaimedException(Listener listener, Exception cause) {
            super(cause);
            this.listener = listener;
        }

        Listener listener() {
            return listener;
        }
    }
}
