package io.gangway.middleware;

import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.ResponseHead;
import io.gangway.exchange.Step;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.Middleware;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Gives each request one id, which is a trusted caller's or a new one. The application finds it under
 * {@code gangway.request_id}, and the client in the header {@code X-Request-ID}.
 *
 * <pre>{@code
 * Middleware requestId = RequestId.trusting("10.0.0.0/8");
 * }</pre>
 *
 * <p>A caller's id is taken if the caller's address is trusted and the id is 1 to {@value #MAX_LENGTH} letters, digits and
 * {@code - _ . : + = /}. Otherwise the server's id for the request stays, so that its log entries have the same id; a
 * random id is made only if there is none. If a caller's id is taken, the server's id is kept under
 * {@code gangway.server_request_id}.
 *
 * <p>Behind {@link TrustedProxies}, the address of the connection counts, not the client's. If the application sets a header
 * {@code X-Request-ID}, it is replaced. As a middleware, the server's own error pages show the server's id; to show this
 * id, put {@link ErrorPages} inside. As a step, they show this id.
 *
 * <p>Immutable and thread-safe.
 */
public final class RequestId implements Middleware, Step {
    /** Maximum characters in a caller's id: a UUID has 36, the longest tracing formats have fewer; logs stay readable. */
    static final int MAX_LENGTH = 128;

    private static final String HEADER = "X-Request-ID";
    private static final String SERVER_REQUEST_ID = "gangway.server_request_id";

    private final Networks trusted;

    private RequestId(Networks trusted) {
        this.trusted = trusted;
    }

    /**
     * Takes no caller's id.
     *
     * @return the middleware
     */
    public static RequestId trustingNobody() {
        return new RequestId(Networks.of(List.of()));
    }

    /**
     * Takes ids from some callers.
     *
     * @param networks addresses and CIDR blocks, for example {@code 10.0.0.0/8} or {@code ::1}
     * @return the middleware
     * @throws IllegalArgumentException if one is malformed
     */
    public static RequestId trusting(String... networks) {
        return new RequestId(Networks.of(List.of(networks)));
    }

    @Override
    public GatewayApplication wrap(GatewayApplication application) {
        return (environ, startResponse) -> {
            String id = identify(environ);
            return application.call(
                    environ, (status, headers, excInfo) -> startResponse.start(status, with(id, headers), excInfo));
        };
    }

    @Override
    public RequestFacts before(RequestFacts facts) {
        return facts.header(HEADER)
                .filter(RequestId::isWellFormed)
                .filter(id -> trusted.containPeerOf(facts))
                .map(id -> facts.change()
                        .requestId(id)
                        .add(Map.of(SERVER_REQUEST_ID, facts.requestId()))
                        .build())
                .orElse(facts);
    }

    @Override
    public ResponseHead head(RequestFacts facts, ResponseHead head) {
        return head.with(new Header(HEADER, facts.requestId()));
    }

    private String identify(Environ environ) {
        Object serverId = environ.get(Environ.REQUEST_ID);
        Optional<String> callerId = environ.header(HEADER)
                .filter(RequestId::isWellFormed)
                .filter(id -> trusted.contains(TrustedProxies.peer(environ)));
        if (callerId.isPresent() && serverId != null) {
            environ.put(SERVER_REQUEST_ID, serverId);
        }
        String id = callerId.orElseGet(() ->
                serverId instanceof String given ? given : UUID.randomUUID().toString());
        environ.put(Environ.REQUEST_ID, id);
        return id;
    }

    private static List<Header> with(String id, List<Header> headers) {
        List<Header> changed = new ArrayList<>(headers.size() + 1);
        for (Header header : headers) {
            if (!header.is(HEADER)) {
                changed.add(header);
            }
        }
        changed.add(new Header(HEADER, id));
        return changed;
    }

    private static boolean isWellFormed(String id) {
        if (id.isEmpty() || id.length() > MAX_LENGTH) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            char c = id.charAt(i);
            boolean alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!alphanumeric && "-_.:+=/".indexOf(c) < 0) {
                return false;
            }
        }
        return true;
    }
}
