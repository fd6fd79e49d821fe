package io.gangway.python;

import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.FrameType;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** A response's body while the worker produces it: the next block is received when the last one has been sent. */
final class WorkerBody implements Iterable<byte[]>, AutoCloseable {
    private final WorkerConversation conversation;
    private final StartResponse startResponse;
    /** Frames that came together with the head. */
    private final Deque<Frame> early = new ArrayDeque<>();

    private byte @Nullable [] next;
    private boolean isOver;

    WorkerBody(
            WorkerConversation conversation,
            StartResponse startResponse,
            @Nullable Frame first,
            @Nullable Frame second) {
        this.conversation = conversation;
        this.startResponse = startResponse;
        if (first != null) {
            early.add(first);
        }
        if (second != null) {
            early.add(second);
        }
    }

    /** The blocks; all iterators share one iteration. */
    @Override
    public Iterator<byte[]> iterator() {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return isNextHere();
            }

            @Override
            public byte[] next() {
                byte[] block = isNextHere() ? next : null;
                if (block == null) {
                    throw new NoSuchElementException();
                }
                next = null;
                return block;
            }
        };
    }

    private boolean isNextHere() {
        while (next == null && !isOver) {
            try {
                advance();
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw WorkerBody.<RuntimeException>unchecked(e);
            }
        }
        return next != null;
    }

    private void advance() throws Exception {
        Frame frame;
        try {
            frame = early.isEmpty() ? conversation.receive() : early.remove();
            if (frame != null && frame.type() == FrameType.PULL) {
                conversation.pull(frame.wanted());
                return;
            }
            if (frame != null && frame.type() == FrameType.FILE) {
                conversation.refuse(); // after other blocks, the worker sends the file's bytes as blocks
                return;
            }
        } catch (ProtocolException e) {
            end(conversation.replacedAfterHead(startResponse, e).get(0));
            return;
        } catch (IOException e) {
            frame = null;
        }
        if (frame == null) {
            end(conversation.replacedAfterHead(startResponse, null).get(0));
            return;
        }
        switch (frame.type()) {
            case DATA -> next = frame.payload();
            case END -> end(null);
            default -> throw conversation.problem(frame); // ABORT: the table lets nothing else through
        }
    }

    private void end(byte @Nullable [] last) {
        next = last;
        isOver = true;
        conversation.finish();
    }

    @Override
    public void close() {
        isOver = true;
        next = null;
        conversation.finish();
    }

    /** An iterator declares no checked exception, and the server's log should show the application's, not a wrapper. */
    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
    private static <T extends Throwable> T unchecked(Throwable throwable) throws T {
        throw (T) throwable;
    }
}
