package io.gangway.python;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.buffer.BodyBuffer;
import io.gangway.buffer.FileName;
import io.gangway.exchange.RequestFacts;
import io.gangway.python.dispatch.RequestFrames;
import io.gangway.python.protocol.ExchangeState.Event;
import io.gangway.python.protocol.FrameEncoder;
import io.gangway.python.protocol.FrameType;
import io.gangway.server.FactsEnviron;
import io.gangway.wsgi.Environ;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A request as a worker gets it. It may be sent to several workers until one takes it. */
final class WorkerRequest {
    /** Max bytes of a body that is pushed: enough for forms and API calls, and little memory for a request. */
    static final int MAX_PUSHED = 64 << 10;

    private static final byte[] NOTHING = {};
    private static final String TRANSFER_ENCODING = "HTTP_TRANSFER_ENCODING";

    private final RequestFacts facts;
    private final boolean isAsgi;
    private final List<String> fields;
    private final Event event;
    private final byte[] pushed;
    private final @Nullable StoredBody stored;

    /**
     * A body that the worker asks for, but not from the client.
     *
     * @param bytes the body
     * @param size how many; 0 if that is not known
     * @param file the name of a file that has them too, which the worker may open
     */
    record StoredBody(InputStream bytes, long size, Optional<FileName> file) {}

    private WorkerRequest(
            RequestFacts facts,
            boolean isAsgi,
            List<String> fields,
            Event event,
            byte[] pushed,
            @Nullable StoredBody stored) {
        this.facts = facts;
        this.isAsgi = isAsgi;
        this.fields = fields;
        this.event = event;
        this.pushed = pushed;
        this.stored = stored;
    }

    /**
     * A request whose body, if it has one, is read from the client when the worker asks for it.
     *
     * @param isAsgi whether the application is an ASGI application, as far as is known
     */
    static WorkerRequest of(RequestFacts facts, boolean isAsgi) {
        Event event = facts.bodyLength() == 0 && !isChunked(facts) ? Event.REQUEST_EMPTY : Event.REQUEST;
        return new WorkerRequest(facts, isAsgi, fields(facts, isAsgi), event, NOTHING, null);
    }

    /** The request for a WebSocket. */
    static WorkerRequest ofWebSocket(RequestFacts facts) {
        return new WorkerRequest(facts, true, ScopeFields.of("websocket", facts), Event.SCOPE_WEBSOCKET, NOTHING, null);
    }

    /** The same request for a worker whose application has this interface. */
    WorkerRequest as(boolean asgi) {
        if (asgi == isAsgi) {
            return this;
        }
        if (event == Event.SCOPE_WEBSOCKET) {
            throw new IllegalStateException("a reload has replaced the ASGI application by one without WebSockets");
        }
        return new WorkerRequest(facts, asgi, fields(facts, asgi), event, pushed, stored);
    }

    /** Whether it is for an ASGI application. */
    boolean isAsgi() {
        return isAsgi;
    }

    private static List<String> fields(RequestFacts facts, boolean isAsgi) {
        return isAsgi ? ScopeFields.of("http", facts) : environ(facts);
    }

    /** The same request with its whole body, which {@linkplain #isShort is short}. */
    WorkerRequest pushed(byte[] body) {
        return withBody(fields, body);
    }

    /**
     * The same request with a body that has been collected, and with its length (W42). In HTTP/2 a request without a body and one with an
     * empty body look the same: both stay without a length.
     *
     * @throws IOException if the body cannot be read because its buffer is closed
     */
    WorkerRequest collected(@Nullable BodyBuffer body) throws IOException {
        long size = body == null ? 0 : body.size();
        List<String> told = new ArrayList<>(fields);
        if (size > 0 || isChunked()) {
            remove(told, Environ.CONTENT_LENGTH); // RFC 9112, section 6.3: chunks override it
            told.add(Environ.CONTENT_LENGTH);
            told.add(Long.toString(size));
        }
        if (body == null) {
            return withBody(told, NOTHING);
        }
        return size <= MAX_PUSHED
                ? withBody(told, body.open().readAllBytes())
                : new WorkerRequest(
                        facts, isAsgi, told, Event.REQUEST, NOTHING, new StoredBody(body.open(), size, body.name()));
    }

    /** The same request with a body that cannot be read: the application is told if it reads it (W46). */
    WorkerRequest unreadable(IOException problem) {
        InputStream unreadable = new InputStream() {
            @Override
            public int read() throws IOException {
                throw problem;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                throw problem;
            }
        };
        return new WorkerRequest(
                facts, isAsgi, fields, Event.REQUEST, NOTHING, new StoredBody(unreadable, 0, Optional.empty()));
    }

    private WorkerRequest withBody(List<String> told, byte[] body) {
        Event how = body.length == 0 ? Event.REQUEST_EMPTY : Event.REQUEST_PUSHED;
        return new WorkerRequest(facts, isAsgi, told, how, body, null);
    }

    private static void remove(List<String> fields, String key) {
        for (int i = 0; i < fields.size(); i += 2) {
            if (fields.get(i).equals(key)) {
                fields.subList(i, i + 2).clear();
                return;
            }
        }
    }

    /**
     * The environ's texts; of the {@code wsgi.} keys only the URL scheme, because the others are objects in Python. The body's coding in transit is
     * left out: the application gets the body decoded (W42).
     */
    private static List<String> environ(RequestFacts facts) {
        Map<String, String> texts = FactsEnviron.texts(facts);
        List<String> fields = new ArrayList<>(2 * texts.size() + 2);
        texts.forEach((key, value) -> {
            if ((!key.startsWith("wsgi.") || key.equals(Environ.WSGI_URL_SCHEME)) && !key.equals(TRANSFER_ENCODING)) {
                fields.add(key);
                fields.add(value);
            }
        });
        return fields;
    }

    /** Whether the body is in a transfer coding, which ends it (RFC 9112, section 6.3): there is a body, though it may be empty. */
    boolean isChunked() {
        return isChunked(facts);
    }

    private static boolean isChunked(RequestFacts facts) {
        return facts.protocol().startsWith("HTTP/1.") && facts.bodyLength() == RequestFacts.UNKNOWN_LENGTH;
    }

    /** Whether the body is of unknown length: a chunked one, or in HTTP/2 one without a length (RFC 9113, section 8.1). */
    boolean isOfUnknownLength() {
        return isChunked() || facts.bodyLength() == RequestFacts.UNKNOWN_LENGTH;
    }

    /** Whether a body of known length is short enough to be pushed. */
    boolean isShort() {
        return !isOfUnknownLength() && facts.bodyLength() <= MAX_PUSHED;
    }

    /** Whether the client waits for {@code 100 Continue} (W44). */
    boolean isClientWaiting() {
        return facts.header("Expect").isPresent();
    }

    /** Bytes, if the length is known. */
    long bodyLength() {
        return facts.bodyLength();
    }

    boolean hasNul() {
        for (String field : fields) {
            if (field.indexOf('\0') >= 0) {
                return true;
            }
        }
        return false;
    }

    String id() {
        return facts.requestId();
    }

    /** Request id, method and path, quoted; without the query, which may hold secrets. */
    String name() {
        return "request " + quote(facts.requestId()) + " (" + quote(facts.method()) + " "
                + quote(facts.mount() + facts.path()) + ")";
    }

    Event event() {
        return event;
    }

    /** Whether there is certainly no body. */
    boolean isEmpty() {
        return event == Event.REQUEST_EMPTY;
    }

    /** Whether the worker has to ask for the body. */
    boolean isPulled() {
        return event == Event.REQUEST;
    }

    /** The body that the worker asks for; null if it comes from the client. */
    @Nullable
    StoredBody stored() {
        return stored;
    }

    /** The frames for a worker; each call encodes them again. */
    RequestFrames frames() {
        int flags = switch (event) {
            case REQUEST_EMPTY, SCOPE_WEBSOCKET -> FrameEncoder.FLAG_EMPTY;
            case REQUEST_PUSHED -> FrameEncoder.FLAG_PUSHED;
            default -> 0;
        };
        return RequestFrames.of(isAsgi ? FrameType.SCOPE : FrameType.REQUEST, flags, fields, pushed);
    }
}
