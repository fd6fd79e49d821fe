package io.gangway.exchange;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;

import io.gangway.exchange.Outcome.Ending;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Header;
import java.io.EOFException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A wire that never waits, and whose client and container are the test: each call is recorded, and the test says when there is room, when the client leaves and
 * when the exchange is over. It fails if the exchange breaks the contract of {@link Wire}.
 */
final class ManualWire implements Wire {
    final ClientException gone = new ClientException("the client left", new EOFException("broken pipe"));
    final List<String> log = new ArrayList<>();

    /** Whether each write is to return false. */
    boolean isFull;
    /** Whether {@link #end} is over at once. */
    boolean endsAtOnce = true;
    /** What the next call throws. */
    @Nullable
    Exception failure;

    int headLimit = Integer.MAX_VALUE;
    /** Whether it takes direct buffers, and which it got. */
    boolean isDirectTaken;

    final List<ByteBuffer> buffers = new ArrayList<>();

    /** Whether it keeps the buffers' bytes, as a container may after a write that failed. */
    boolean isBufferKept;

    /** What happens within each write. */
    Runnable onWrite = () -> {};

    private @Nullable Events events;
    private boolean isWritableAwaited;
    private boolean hasHead;
    private boolean isEnded;

    @Override
    public void attach(Events wanting) {
        events = wanting;
    }

    Events events() {
        return requireNonNull(events);
    }

    @Override
    public int read(byte[] target, int offset, int length) {
        check(!isEnded, "a read after the end");
        log.add("read");
        return 0;
    }

    @Override
    public void head(ResponseHead head) throws ClientException {
        check(!hasHead, "a second head");
        check(!isEnded, "a head after the end");
        if (head.headers().size() > headLimit) {
            throw new HeadTooLargeException("the head is too large");
        }
        hasHead = true;
        log.add("head " + head.code() + " " + head.reason()
                + head.headers().stream()
                        .map(header -> " " + header.name() + "=" + header.value())
                        .collect(Collectors.joining()));
        failIfAsked();
    }

    @Override
    public boolean write(byte[] data, int offset, int length, boolean flush) throws ClientException {
        check(hasHead, "bytes before the head");
        check(!isEnded, "bytes after the end");
        check(!isWritableAwaited, "bytes while there is no room");
        check(length > 0, "no bytes");
        String text = length > 20 ? length + " bytes" : new String(data, offset, length, ISO_8859_1);
        log.add((flush ? "flush " : "write ") + text);
        failIfAsked();
        isWritableAwaited = isFull;
        boolean isFree = !isFull;
        onWrite.run();
        return isFree;
    }

    @Override
    public boolean isDirectTaken() {
        return isDirectTaken;
    }

    @Override
    public boolean write(ByteBuffer data, boolean flush) throws ClientException {
        check(data.isDirect(), "an array in a buffer");
        buffers.add(data);
        byte[] copy = new byte[data.remaining()];
        (isBufferKept ? data.duplicate() : data).get(copy);
        return write(copy, 0, copy.length, flush);
    }

    @Override
    public void trailers(List<Header> trailers) {
        check(hasHead, "trailers before the head");
        check(!isEnded, "trailers after the end");
        log.add("trailers"
                + trailers.stream()
                        .map(trailer -> " " + trailer.name() + "=" + trailer.value())
                        .collect(Collectors.joining()));
    }

    @Override
    public void end(Ending ending) {
        check(!isEnded, "a second end");
        isEnded = true;
        log.add("end " + ending);
        if (endsAtOnce) {
            events().ended();
        }
    }

    /** There is room again. */
    void makeRoom() {
        check(isWritableAwaited, "nobody waits for room");
        isWritableAwaited = false;
        events().writable();
    }

    void leave() {
        events().left(gone);
    }

    private void failIfAsked() throws ClientException {
        Exception due = failure;
        failure = null;
        if (due instanceof ClientException client) {
            throw client;
        }
        if (due instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private static void check(boolean isTrue, String otherwise) {
        if (!isTrue) {
            throw new AssertionError(otherwise);
        }
    }
}
