package io.gangway.python;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.buffer.BodyBuffer;
import io.gangway.python.dispatch.RequestFrames;
import io.gangway.python.protocol.ExchangeState.Event;
import io.gangway.python.protocol.FrameEncoder;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** A request as a worker gets it. It is read before a worker is claimed, and may be sent to several workers until one takes it. */
final class WorkerRequest {
    /** Max bytes of a body that is read before a worker is claimed: enough for forms and API calls, and little memory for a request. */
    static final int MAX_PREFETCHED = 64 << 10;

    private static final byte[] NOTHING = {};

    private final String id;
    private final String name;
    private final boolean isHead;
    private final List<String> fields;
    private final Event event;
    private final byte[] pushed;
    private final InputStream input;

    private WorkerRequest(
            String id,
            String name,
            boolean isHead,
            List<String> fields,
            Event event,
            byte[] pushed,
            InputStream input) {
        this.id = id;
        this.name = name;
        this.isHead = isHead;
        this.fields = fields;
        this.event = event;
        this.pushed = pushed;
        this.input = input;
    }

    /** Reads a request without its body: the application reads that, unless {@link #prefetched} or {@link #collected} does. */
    static WorkerRequest of(Environ environ) {
        String id = environ.requestId();
        String path = environ.scriptName() + environ.pathInfo(); // without the query, which may hold secrets
        String name = "request " + quote(id) + " (" + quote(environ.method()) + " " + quote(path) + ")";
        boolean isHead = environ.method().equals("HEAD");
        return new WorkerRequest(id, name, isHead, fields(environ), event(environ), NOTHING, environ.input());
    }

    /**
     * The same request with its body, if that is a small one of known length.
     *
     * @throws ClientException if the client stops before its end
     */
    WorkerRequest prefetched(Environ environ) throws ClientException {
        if (event != Event.REQUEST_PUSHED) {
            return this;
        }
        try {
            int length = (int) environ.contentLength().orElseThrow();
            return withBody(fields, input.readNBytes(length)); // W41: it ends where the body does, not later
        } catch (ClientException e) {
            throw e;
        } catch (IOException e) { // W46: Gangway's fault; the application gets it if it reads the body
            return new WorkerRequest(id, name, isHead, fields, Event.REQUEST, NOTHING, failing(e));
        }
    }

    /**
     * The same request with a body that has been collected, and with its length (W42). In HTTP/2 a request without a body and one with an
     * empty body look the same: both stay without a length.
     *
     * @throws IOException if the body cannot be read because its buffer is closed
     */
    WorkerRequest collected(Environ environ, BodyBuffer body) throws IOException {
        List<String> told = new ArrayList<>(fields);
        if (body.size() > 0 || BodyLength.isChunked(environ)) {
            remove(told, Environ.CONTENT_LENGTH); // RFC 9112, section 6.3: chunks override it
            told.add(Environ.CONTENT_LENGTH);
            told.add(Long.toString(body.size()));
        }
        return body.size() <= MAX_PREFETCHED
                ? withBody(told, body.open().readAllBytes())
                : new WorkerRequest(id, name, isHead, told, Event.REQUEST, NOTHING, body.open());
    }

    private static void remove(List<String> fields, String key) {
        for (int i = 0; i < fields.size(); i += 2) {
            if (fields.get(i).equals(key)) {
                fields.subList(i, i + 2).clear();
                return;
            }
        }
    }

    private WorkerRequest withBody(List<String> told, byte[] body) {
        Event how = body.length == 0 ? Event.REQUEST_EMPTY : Event.REQUEST_PUSHED;
        return new WorkerRequest(id, name, isHead, told, how, body, input);
    }

    private static InputStream failing(IOException failure) {
        return new InputStream() {
            @Override
            public int read() throws IOException {
                throw failure;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                throw failure;
            }
        };
    }

    private static Event event(Environ environ) {
        OptionalLong length = environ.contentLength();
        if (length.isEmpty()) {
            return BodyLength.isWithoutBody(environ) ? Event.REQUEST_EMPTY : Event.REQUEST;
        }
        if (length.getAsLong() == 0) {
            return Event.REQUEST_EMPTY;
        }
        // W44: 100 Continue is sent when the application first reads, not before.
        boolean isSmall = length.getAsLong() <= MAX_PREFETCHED;
        return isSmall && !environ.containsKey("HTTP_EXPECT") ? Event.REQUEST_PUSHED : Event.REQUEST;
    }

    /** The environ's strings; of the {@code wsgi.} keys only the URL scheme, because the others are objects in Python. */
    private static List<String> fields(Environ environ) {
        List<String> fields = new ArrayList<>(2 * environ.size());
        for (Map.Entry<String, Object> entry : environ.entrySet()) {
            String key = entry.getKey();
            if (entry.getValue() instanceof String value
                    && (!key.startsWith("wsgi.") || key.equals(Environ.WSGI_URL_SCHEME))
                    && !BodyLength.isFraming(key)) {
                fields.add(key);
                fields.add(value);
            }
        }
        return fields;
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
        return id;
    }

    /** Request id, method and path, quoted. */
    String name() {
        return name;
    }

    Event event() {
        return event;
    }

    /** The frames for a worker; each call encodes them again. */
    RequestFrames frames() {
        int flags = switch (event) {
            case REQUEST_EMPTY -> FrameEncoder.FLAG_EMPTY;
            case REQUEST_PUSHED -> FrameEncoder.FLAG_PUSHED;
            default -> 0;
        };
        return RequestFrames.of(flags, fields, pushed);
    }

    boolean isHead() {
        return isHead;
    }

    /** Whether the worker has to ask for the body. */
    boolean isPulled() {
        return event == Event.REQUEST;
    }

    InputStream input() {
        return input;
    }
}
