package io.gangway.servlet;

import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * {@code ServletOutputStream.write(ByteBuffer)} of Servlet 6.1, which the streams of Tomcat and Jetty also have in earlier versions. The base class copies, so only streams that have
 * the method themselves count.
 *
 * <p>Thread-safe. It remembers one class of streams, because a container has one.
 */
final class BufferOutput {
    private record Known(Class<?> type, @Nullable MethodHandle write) {}

    private volatile @Nullable Known known;

    /** Whether a stream takes direct buffers. */
    boolean isFor(ServletOutputStream output) {
        return write(output) != null;
    }

    /** Writes all of a buffer, as the stream's own {@code write} of an array would. */
    void write(ServletOutputStream output, ByteBuffer data) throws IOException {
        MethodHandle write = write(output);
        try {
            if (write == null) {
                throw new IllegalStateException("this stream takes arrays only: " + output.getClass());
            }
            write.invokeExact(output, data);
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException(e); // no other exception is declared
        }
    }

    private @Nullable MethodHandle write(ServletOutputStream output) {
        Class<?> type = output.getClass();
        Known last = known;
        if (last == null || last.type() != type) {
            last = new Known(type, find(type));
            known = last;
        }
        return last.write();
    }

    private static @Nullable MethodHandle find(Class<?> type) {
        try {
            if (type.getMethod("write", ByteBuffer.class).getDeclaringClass() == ServletOutputStream.class) {
                return null;
            }
            return MethodHandles.publicLookup()
                    .findVirtual(type, "write", MethodType.methodType(void.class, ByteBuffer.class))
                    .asType(MethodType.methodType(void.class, ServletOutputStream.class, ByteBuffer.class));
        } catch (ReflectiveOperationException e) { // it has none, or not for everybody
            return null;
        }
    }
}
