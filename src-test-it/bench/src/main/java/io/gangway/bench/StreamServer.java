package io.gangway.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.servlet.jetty.GatewayServer;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.zip.CRC32;

/**
 * GatewayServer with an application that takes and gives bodies of any size; it is started with a small heap.
 *
 * <ul>
 *   <li>{@code POST /upload} answers with count and CRC-32 of what came;
 *   <li>{@code GET /download?bytes} sends that many bytes of {@link Pattern} with their Content-Length, and
 *       {@code /download-chunked?bytes} without;
 *   <li>{@code GET /heap} answers with the most that the heap's pools ever held, and the heap's limit.
 * </ul>
 */
public final class StreamServer {
    private static final Duration LIMIT = Duration.ofHours(2);
    private static final int BLOCK = 64 * 1024;

    private StreamServer() {}

    /**
     * Serves until standard input ends.
     *
     * @param arguments none
     * @throws IOException if the server does not start
     */
    public static void main(String[] arguments) throws IOException {
        Lifetime.endWithParent(LIMIT);
        Jetties.quiet();
        GatewayServer server =
                GatewayServer.of(StreamServer::application).port(0).start();
        System.out.println("stream gateway " + server.port());
        System.out.println("ready");
    }

    private static Iterable<byte[]> application(Environ environ, StartResponse startResponse) throws IOException {
        return switch (environ.pathInfo()) {
            case "/upload" -> text(startResponse, received(environ.input()));
            case "/download" -> download(startResponse, Long.parseLong(environ.queryString()), true);
            case "/download-chunked" -> download(startResponse, Long.parseLong(environ.queryString()), false);
            case "/heap" -> text(startResponse, heap());
            default -> {
                startResponse.start("404 Not Found", List.of());
                yield List.of();
            }
        };
    }

    private static Iterable<byte[]> text(StartResponse startResponse, String text) {
        startResponse.start("200 OK", List.of(new Header("Content-Type", Answers.TEXT)));
        return List.of(text.getBytes(UTF_8));
    }

    private static String received(InputStream input) throws IOException {
        byte[] block = new byte[BLOCK];
        CRC32 checksum = new CRC32();
        long bytes = 0;
        for (int count = input.read(block); count >= 0; count = input.read(block)) {
            checksum.update(block, 0, count);
            bytes += count;
        }
        return bytes + " " + Long.toHexString(checksum.getValue());
    }

    private static Iterable<byte[]> download(StartResponse startResponse, long bytes, boolean withLength) {
        List<Header> headers = new ArrayList<>();
        headers.add(new Header("Content-Type", Answers.BINARY));
        if (withLength) {
            headers.add(new Header("Content-Length", Long.toString(bytes)));
        }
        startResponse.start("200 OK", headers);
        return () -> new Blocks(bytes);
    }

    private static String heap() {
        long peak = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP)
                .map(MemoryPoolMXBean::getPeakUsage)
                .mapToLong(usage -> usage.getUsed())
                .sum();
        return peak + " " + Runtime.getRuntime().maxMemory();
    }

    /** A stream in blocks, each a new array: an application is free to do so, and the heap has to bear it. */
    private static final class Blocks implements Iterator<byte[]> {
        private final long bytes;
        private long position;

        Blocks(long bytes) {
            this.bytes = bytes;
        }

        @Override
        public boolean hasNext() {
            return position < bytes;
        }

        @Override
        public byte[] next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            byte[] block = new byte[(int) Math.min(BLOCK, bytes - position)];
            Pattern.fill(block, position);
            position += block.length;
            return block;
        }
    }
}
