package io.gangway.python;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.buffer.FileName;
import io.gangway.exchange.Exchange;
import io.gangway.python.WorkerRequest.StoredBody;
import io.gangway.python.dispatch.WorkerConnection;
import io.gangway.python.protocol.ExchangeState.Event;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.FrameEncoder;
import io.gangway.python.protocol.FrameType;
import io.gangway.wsgi.ClientException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The request's body as a worker pulls it: each PULL is answered by one frame, with the next bytes, a file that has them, the end, or the failure.
 *
 * <p>Belongs to the loop.
 */
final class PulledBody {
    /** Max bytes of a body that one BODY frame brings to the worker, even if it asked for more: what is stored comes in large pieces. */
    private static final int MAX_SENT = 256 << 10;

    /** The same for a body that is read from the client: more is seldom there at once. */
    private static final int MAX_SENT_AT_ONCE = 64 << 10;

    private final Exchange exchange;
    private final @Nullable StoredBody stored;

    /** Whether the worker has been told of the file that has the body: if it asks again, it could not open the file. */
    private boolean isFileTold;

    /** The max number of bytes that the worker wants, while none are here; otherwise 0. */
    private int wanted;

    private boolean isOver;
    private long sent;
    private final long length;
    private @Nullable Exception problem;

    /** A body of which nothing has been asked for; if there is nothing to ask for, it is over. */
    PulledBody(WorkerRequest request, Exchange exchange) {
        this.exchange = exchange;
        this.stored = request.stored();
        this.isOver = !request.isPulled();
        this.length = request.isOfUnknownLength() ? -1 : request.bodyLength();
    }

    /** Whether the worker gets no more, because it has the end or the failure. */
    boolean isOver() {
        return isOver;
    }

    /** Whether nothing more of it comes, although the worker may not have been told of the end. */
    boolean isEntire() {
        return isOver || sent == length;
    }

    /** Whether a PULL waits for bytes of the client. */
    boolean isAwaited() {
        return wanted > 0;
    }

    /** The exception of reading the client's body, of which the worker was told. */
    @Nullable
    Exception problem() {
        return problem;
    }

    /** A PULL has come. */
    void pulled(WorkerConnection serving, int max) {
        wanted = max;
        sendOn(serving);
    }

    /** Answers the PULL, if there is something to answer. */
    void sendOn(WorkerConnection serving) {
        if (stored != null && stored.file().isPresent() && !isFileTold) {
            isFileTold = true;
            wanted = 0;
            serving.send(
                    Event.BODY_FILE,
                    ByteBuffer.wrap(fileFrame(stored, stored.file().get())));
            return;
        }
        byte[] room = new byte[Frame.HEADER_SIZE + Math.min(wanted, stored == null ? MAX_SENT_AT_ONCE : MAX_SENT)];
        int count;
        try {
            count = read(room);
        } catch (IOException | RuntimeException e) {
            problem = e;
            String what = e instanceof ClientException ? "it ended early" : String.valueOf(e.getMessage()); // W46
            byte[] reason = what.getBytes(UTF_8);
            end(serving, Event.BODY_ABORT, FrameEncoder.bytes(FrameType.BODY_ABORT, reason, 0, reason.length));
            return;
        }
        if (count < 0) {
            end(serving, Event.BODY_END, FrameEncoder.empty(FrameType.BODY_END));
        } else if (count > 0) {
            wanted = 0;
            sent += count;
            serving.send(Event.BODY, FrameEncoder.inPlace(FrameType.BODY, room, count));
        }
    }

    private static byte[] fileFrame(StoredBody body, FileName file) {
        List<String> fields = List.of(
                file.path().toString(),
                Long.toString(body.size()),
                Long.toString(file.device()),
                Long.toString(file.inode()));
        return FrameEncoder.fields(FrameType.BODY_FILE, fields);
    }

    /** One read for each PULL: a second one could wait for the client, and with a wire that has one thread hold up the answer. */
    private int read(byte[] room) throws IOException {
        int length = room.length - Frame.HEADER_SIZE;
        if (stored == null) {
            return exchange.read(room, Frame.HEADER_SIZE, length);
        }
        int count = stored.bytes().readNBytes(room, Frame.HEADER_SIZE, length);
        return count == 0 ? -1 : count;
    }

    private void end(WorkerConnection serving, Event event, byte[] frame) {
        wanted = 0;
        isOver = true;
        serving.send(event, ByteBuffer.wrap(frame));
    }
}
