package io.gangway.server;

import static io.gangway.server.ResponseHead.UNKNOWN_LENGTH;

import io.gangway.server.Outcome.Ending;
import io.gangway.wsgi.ApplicationViolation;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Runs one request: calls the application, iterates its body, counts the bytes, and closes the body.
 *
 * <p>Implements the server's side of W02 and W50-W68 on any {@link ResponseSink}:
 *
 * <ul>
 *   <li>headers that belong to the connection are dropped (W52), and {@link Repairs} logs which;
 *   <li>the head is held until the first non-empty block, the first write or the end (W57), and can be replaced until then
 *       (W55);
 *   <li>the client never gets more bytes than Content-Length declares, and never fewer without an error (W63);
 *   <li>no body is sent where the method or the status has none (W64). The iteration stops there, because an endless body
 *       would occupy the thread for nothing;
 *   <li>the iterable is closed once, on this thread, after everything else (W65);
 *   <li>a failure before the head has been sent is answered with 500, or 400 if the client caused it (W68). After that, the
 *       response is {@link Ending#BROKEN}, unless the client already has all of it.
 * </ul>
 *
 * <p>Made for one request and used by one thread.
 */
public final class WsgiExchange {
    private final Environ environ;
    private final CountedResponse response;
    private final ErrorPage errorPage;
    private final Repairs repairs;
    private final String requestId;

    private @Nullable ResponseHead head;
    /** The exception of the last call of start_response, if that call failed. */
    private @Nullable RuntimeException refusal;

    private boolean startCalled;
    private boolean ended;

    /**
     * Prepares an exchange. It reads the needed environ keys now, before the application can change them (W01).
     *
     * @param environ the request
     * @param sink where the response goes
     * @param errorPage the page to send if the application fails
     * @param repairs logs dropped headers; one object for each application
     */
    public WsgiExchange(Environ environ, ResponseSink sink, ErrorPage errorPage, Repairs repairs) {
        this.environ = environ;
        this.response = new CountedResponse(sink, environ.method().equals("HEAD"));
        this.errorPage = errorPage;
        this.repairs = repairs;
        this.requestId = environ.requestId();
    }

    /**
     * Calls the application and sends its response.
     *
     * @param application called once
     * @return how it ended; the caller logs the problem once, and breaks the connection off if it is
     *     {@link Ending#BROKEN}
     */
    public Outcome run(GatewayApplication application) {
        Iterable<byte[]> body = null;
        Throwable problem = null;
        try {
            body = application.call(environ, this::start);
            send(body);
            problem = response.surplus();
        } catch (Throwable e) { // an application may throw anything, also an Error, and the server must go on
            problem = e;
        }
        ended = true;
        Ending ending = conclude(problem);
        return new Outcome(ending, close(body, problem));
    }

    private StartResponse.Write start(String status, List<Header> headers, @Nullable Throwable excInfo) {
        if (ended) {
            throw new IllegalStateException("start_response was called after its request had ended");
        }
        if (excInfo != null && response.isCommitted()) {
            throw WsgiExchange.<RuntimeException>unchecked(excInfo); // W56
        }
        if (excInfo == null && startCalled) {
            throw new ApplicationViolation(
                    "W54",
                    "start_response",
                    "one call, or a later one with exc_info",
                    "a second call without",
                    "pass the error that made you change the response as third argument");
        }
        startCalled = true;
        head = null;
        try {
            head = ResponseHead.of(status, headers);
            repairs.log(head, environ);
        } catch (RuntimeException e) {
            refusal = e;
            throw e;
        }
        return this::write;
    }

    private void write(byte[] data) throws IOException {
        if (ended) {
            throw new IllegalStateException("write was called after its request had ended");
        }
        byte[] block = checked(data);
        emit(block, block.length, true);
        if (response.surplus() != null) {
            throw response.surplus();
        }
    }

    private void send(@Nullable Iterable<byte[]> body) throws IOException {
        if (body == null) {
            throw new ApplicationViolation(
                    "W02",
                    "the application's return",
                    "an iterable of blocks",
                    "null",
                    "return List.of() where there is no body");
        }
        if (body instanceof FileWrapper file) {
            sendFile(file);
        } else {
            sendBlocks(body);
        }
        if (!response.isCommitted()) {
            commitEmpty();
        }
        if (response.missing() > 0) {
            throw tooShort(response.missing());
        }
    }

    private void sendBlocks(Iterable<byte[]> body) throws IOException {
        int known = body instanceof Collection<?> collection ? collection.size() : -1;
        if (known >= 0) {
            response.inputIsDone(); // an iterable that makes its blocks one by one may still read
        }
        int number = 0;
        for (Iterator<byte[]> blocks = body.iterator(); !response.isSettled() && blocks.hasNext(); ) {
            byte[] block = checked(blocks.next());
            number++;
            if (known == 1 && block.length > 0) {
                supplyContentLength(block.length); // W62
            }
            // The last block of a known number needs no flush: the end of the response flushes it, unless the response
            // is broken off.
            emit(block, block.length, number != known || isShort(block.length));
        }
    }

    /** Sends a file's bytes up to Content-Length (W67). */
    private void sendFile(FileWrapper file) throws IOException {
        long remaining = file.remaining();
        if (remaining != UNKNOWN_LENGTH) {
            supplyContentLength(remaining);
        }
        long promised = checkedHead().contentLength();
        long left = promised == UNKNOWN_LENGTH ? Long.MAX_VALUE : promised;
        InputStream source = file.source();
        byte[] buffer = new byte[FileWrapper.DEFAULT_BLOCK_SIZE];
        while (left > 0 && !response.isSettled()) {
            int count = source.read(buffer, 0, (int) Math.min(buffer.length, left));
            if (count < 0) {
                return;
            }
            emit(buffer, count, remaining == UNKNOWN_LENGTH || remaining < promised);
            left -= count;
        }
    }

    /** Whether Content-Length declares more than these bytes, so that the response is too short if they are the last. */
    private boolean isShort(long length) {
        long missing = response.isCommitted() || head == null ? response.missing() : head.contentLength();
        return missing > length;
    }

    /** Adds a Content-Length if nothing has been sent and the application set none. */
    private void supplyContentLength(long length) {
        ResponseHead given = checkedHead();
        if (!response.isCommitted() && given.contentLength() == UNKNOWN_LENGTH && !given.isBodiless()) {
            head = given.withContentLength(length);
        }
    }

    private void emit(byte[] data, int length, boolean flush) throws IOException {
        if (length == 0) {
            return; // W60: an empty block commits nothing
        }
        if (!response.isCommitted()) {
            response.commit(checkedHead());
        }
        response.write(data, length, flush);
    }

    private void commitEmpty() throws IOException {
        ResponseHead given = checkedHead();
        boolean bodyExpected = !response.isHead() && !given.isBodiless();
        if (bodyExpected && given.contentLength() > 0) {
            throw tooShort(given.contentLength()); // nothing has been sent: this can still become a 500
        }
        response.commit(bodyExpected ? given.withContentLength(0) : given);
    }

    private ResponseHead checkedHead() {
        if (head != null) {
            return head;
        }
        if (refusal != null) {
            throw refusal;
        }
        throw new ApplicationViolation(
                "W02",
                "the body",
                "start_response to be called before the first non-empty block, or the end",
                "no call",
                "call start_response with status and headers");
    }

    private static byte[] checked(byte @Nullable [] block) {
        if (block == null) {
            throw new ApplicationViolation(
                    "W60",
                    "the body",
                    "blocks of bytes",
                    "null",
                    "yield an empty array where there is nothing to send");
        }
        return block;
    }

    private static ApplicationViolation tooShort(long missing) {
        return new ApplicationViolation(
                "W63",
                "the body",
                "as many bytes as Content-Length promises",
                missing + " fewer",
                "send the length that the body has, in bytes");
    }

    private Ending conclude(@Nullable Throwable problem) {
        if (response.clientLeft() != null) {
            return Ending.CLIENT_LEFT;
        }
        if (problem == null || response.isWhole()) {
            return Ending.COMPLETE;
        }
        if (response.isCommitted()) {
            return Ending.BROKEN;
        }
        String status =
                ClientException.behind(problem).map(ClientException::status).orElse("500 Internal Server Error");
        try {
            errorPage.send(response, status, requestId, problem);
            return Ending.REPLACED;
        } catch (ClientException e) {
            suppress(e, problem);
            return Ending.CLIENT_LEFT;
        } catch (Throwable e) { // from the container or the problem's toString(); the body must still be closed
            suppress(e, problem);
            // Tomcat itself answers 400 as soon as a read finds malformed framing in the request's body.
            return ClientException.isBehind(problem) ? Ending.CLIENT_LEFT : Ending.BROKEN;
        }
    }

    /** W65: exactly once, also after a failure; its exception is the problem if there is no other. */
    private static @Nullable Throwable close(@Nullable Iterable<byte[]> body, @Nullable Throwable problem) {
        if (body instanceof AutoCloseable closeable) {
            try {
                closeable.close();
            } catch (Throwable e) { // as in run
                if (problem == null) {
                    return e;
                }
                if (e != problem) {
                    suppress(e, problem);
                }
            }
        }
        return problem;
    }

    /** A sink may throw the same exception again, and a throwable cannot suppress itself. */
    private static void suppress(Throwable later, Throwable problem) {
        if (later != problem) {
            problem.addSuppressed(later);
        }
    }

    /** Throws a checked exception undeclared: W56 requires the application's own exception. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T unchecked(Throwable throwable) throws T {
        throw (T) throwable;
    }
}
