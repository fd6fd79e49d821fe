package io.gangway.servlet.jetty;

import static java.util.Objects.requireNonNull;

import io.gangway.servlet.websocket.SocketReader;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectableChannelEndPoint;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.jspecify.annotations.Nullable;

/**
 * The reading half of the end point that Jetty has for one WebSocket.
 *
 * <p>jakarta.websocket has no way to stop reading. So the end point says that nothing has come, while it is paused, and keeps the callback that waits for more: the network's own flow control then holds the client up, and
 * no thread.
 */
final class WebSocketReader implements SocketReader, InvocationHandler {
    /** Full buffers that are read before other connections have their turn. */
    static final int MAX_READS = 16;

    private final EndPoint connection;
    /** What runs the callbacks, if Jetty would on the thread that reads all streams of an HTTP/2 connection. */
    private final @Nullable Executor threads;

    private final EndPoint endPoint;
    private volatile boolean isThreadShared;
    private volatile boolean isPaused;
    /** Guarded by this. */
    private @Nullable Callback waiting;

    // Used by the thread that reads.

    private int reads;
    /** Whether nothing is to be read before the next callback. */
    private boolean isDone;

    // Of a stream; guarded by this.

    private boolean isReading;
    private boolean isEnding;
    /** What ends it after the read. */
    private final List<Runnable> ends = new ArrayList<>();

    private WebSocketReader(EndPoint connection, @Nullable Executor threads) {
        this.connection = connection;
        this.threads = threads;
        this.endPoint = (EndPoint)
                Proxy.newProxyInstance(EndPoint.class.getClassLoader(), new Class<?>[] {EndPoint.class}, this);
    }

    /** Makes one for a connection of HTTP/1.1. */
    static WebSocketReader of(EndPoint connection) {
        return new WebSocketReader(connection, null);
    }

    /** Makes one for a stream of HTTP/2. */
    static WebSocketReader ofStream(EndPoint stream, Executor threads) {
        return new WebSocketReader(stream, threads);
    }

    /** The end point for the WebSocket. */
    EndPoint endPoint() {
        return endPoint;
    }

    @Override
    public void shareThread() {
        isThreadShared = true;
    }

    @Override
    public boolean isClientGone() {
        return connection.getTransport() instanceof HTTP2Stream stream && stream.isReset();
    }

    @Override
    public void pause() {
        isPaused = true;
    }

    @Override
    public void resume() {
        Callback reader;
        synchronized (this) {
            isPaused = false;
            reader = waiting;
            waiting = null;
        }
        if (reader != null) {
            connection.fillInterested(onItsThread(reader));
        }
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        return switch (method.getName()) {
            case "fill" -> fill((ByteBuffer) requireNonNull(arguments)[0]);
            case "fillInterested", "tryFillInterested" ->
                tellOfMore((Callback) requireNonNull(arguments)[0], method, arguments);
            case "isFillInterested" -> isKeeping() || connection.isFillInterested();
            case "close" -> close(arguments);
            default -> call(method, arguments);
        };
    }

    private @Nullable Object tellOfMore(Callback reader, Method method, Object[] arguments) throws Throwable {
        isDone = false;
        reads = 0;
        if (keepIfPaused(reader)) {
            return method.getReturnType() == boolean.class ? true : null;
        }
        arguments[0] = onItsThread(reader);
        return call(method, arguments);
    }

    private @Nullable Object call(Method method, Object @Nullable [] arguments) throws Throwable {
        try {
            return method.invoke(connection, arguments);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    /**
     * Reads. Jetty reads until nothing comes. A read that left room in the buffer has told that already, and a client that sends without end must not keep the thread.
     */
    private int fill(ByteBuffer buffer) throws IOException {
        if (isPaused || isDone) {
            return 0;
        }
        int room = buffer.capacity() - buffer.remaining();
        int count = threads == null ? connection.fill(buffer) : fillFromStream(buffer, threads);
        isDone = (count < room && connection instanceof SelectableChannelEndPoint) || ++reads == MAX_READS;
        return count;
    }

    private int fillFromStream(ByteBuffer buffer, Executor threads) throws IOException {
        synchronized (this) {
            if (isEnding) {
                return -1;
            }
            isReading = true;
        }
        try {
            return connection.fill(buffer);
        } finally {
            for (Runnable end : endReading()) {
                execute(threads, end);
            }
        }
    }

    private synchronized List<Runnable> endReading() {
        isReading = false;
        List<Runnable> due = List.copyOf(ends);
        ends.clear();
        return due;
    }

    private static void execute(Executor threads, Runnable end) {
        try {
            threads.execute(end);
        } catch (RejectedExecutionException e) { // the server stops
            end.run();
        }
    }

    private @Nullable Object close(Object @Nullable [] arguments) {
        Throwable cause = arguments == null ? null : (Throwable) arguments[0];
        end(() -> connection.close(cause));
        return null;
    }

    /**
     * Ends the connection, for which nobody reads it any more; if a stream is just being read, then afterwards, on another thread.
     *
     * <p>Jetty's end point of a stream releases a buffer when it has been read, and when the end point is closed. At the same time it would release one twice: then another connection may be using it, and that of the stream
     * is not read any more, with all its other streams.
     */
    void end(Runnable how) {
        synchronized (this) {
            isEnding = true;
            if (isReading) {
                ends.add(how);
                return;
            }
        }
        how.run();
    }

    /** Keeps a callback until {@link #resume}, if the reader is paused. Returns whether it is. */
    private synchronized boolean keepIfPaused(Callback reader) {
        if (isPaused) {
            waiting = reader;
        }
        return isPaused;
    }

    private synchronized boolean isKeeping() {
        return waiting != null;
    }

    private Callback onItsThread(Callback reader) {
        if (threads != null) {
            return Callback.from(InvocationType.NON_BLOCKING, () -> dispatch(threads, reader), reader::failed);
        }
        return isThreadShared ? Callback.from(InvocationType.NON_BLOCKING, reader::succeeded, reader::failed) : reader;
    }

    private static void dispatch(Executor threads, Callback reader) {
        try {
            threads.execute(reader::succeeded);
        } catch (RejectedExecutionException e) { // the server stops
            reader.failed(e);
        }
    }
}
