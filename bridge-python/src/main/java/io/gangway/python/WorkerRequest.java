package io.gangway.python;

import static io.gangway.wsgi.RuleViolation.quote;

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

/** What a worker is told of a request, read before one is taken: it may be told to several until one takes it. */
final class WorkerRequest {
    /** Bytes of a body that is read before a worker is taken: forms and API calls, and little enough for each request. */
    static final int MOST_PREFETCHED = 64 << 10;

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

    /**
     * Reads a request.
     *
     * @throws ClientException if the client stops in a body that is prefetched
     */
    static WorkerRequest of(Environ environ) throws ClientException {
        String id = environ.requestId();
        String path = environ.scriptName() + environ.pathInfo(); // without the query, which may hold secrets
        String name = "request " + quote(id) + " (" + quote(environ.method()) + " " + quote(path) + ")";
        InputStream input = environ.input();
        Event event = event(environ);
        byte[] pushed = {};
        if (event == Event.REQUEST_PUSHED) {
            try {
                pushed = input.readNBytes(
                        (int) environ.contentLength().orElseThrow()); // W41: it ends where the body does, not later
                event = pushed.length == 0 ? Event.REQUEST_EMPTY : event;
            } catch (ClientException e) {
                throw e;
            } catch (IOException e) { // W46: nobody's fault but ours, and the application may not even want the body
                event = Event.REQUEST;
                input = failing(e);
            }
        }
        return new WorkerRequest(id, name, environ.method().equals("HEAD"), fields(environ), event, pushed, input);
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
            return isWithoutBody(environ) ? Event.REQUEST_EMPTY : Event.REQUEST;
        }
        if (length.getAsLong() == 0) {
            return Event.REQUEST_EMPTY;
        }
        // W44: 100 Continue is sent when the application first reads, not before.
        boolean isSmall = length.getAsLong() <= MOST_PREFETCHED;
        return isSmall && !environ.containsKey("HTTP_EXPECT") ? Event.REQUEST_PUSHED : Event.REQUEST;
    }

    /** RFC 9112, section 6.3: no length and no coding is no body. HTTP/2 needs neither, and a lie here would lose a body. */
    private static boolean isWithoutBody(Environ environ) {
        return environ.string(Environ.SERVER_PROTOCOL).startsWith("HTTP/1.")
                && (environ.method().equals("GET") || environ.method().equals("HEAD"))
                && !environ.containsKey("HTTP_TRANSFER_ENCODING");
    }

    /** The strings; of the server's own, those that are no objects in Python. */
    private static List<String> fields(Environ environ) {
        List<String> fields = new ArrayList<>(2 * environ.size());
        for (Map.Entry<String, Object> entry : environ.entrySet()) {
            String key = entry.getKey();
            if (entry.getValue() instanceof String value
                    && (!key.startsWith("wsgi.") || key.equals(Environ.WSGI_URL_SCHEME))) {
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

    /** What goes to a worker; encoded anew by each call. */
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
