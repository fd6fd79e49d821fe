package io.gangway.it.attacks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The same application as {@code attacked.py}, as a Java function; in a WAR it is the only class of this package. */
public final class AttackedFunction implements GatewayApplication {
    /** The system property with the directory of the journal. */
    static final String DIRECTORY = "attacked.directory";

    /** Milliseconds in which the application neither reads nor writes. */
    private static final long SILENCE = 150;

    /** Milliseconds between two blocks, of bodies and of streams. */
    private static final long PAUSE = 4;

    private static final int BLOCK = 1 << 16;

    /** As {@link TestRequest#SMALL}. */
    private static final int SMALL = 5_000;

    private final Path directory = Path.of(System.getProperty(DIRECTORY));
    private final FileChannel journal;

    /** Opens the journal. */
    public AttackedFunction() throws IOException {
        journal = FileChannel.open(directory.resolve("journal"), StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    }

    @Override
    public Iterable<byte[]> call(Environ environ, StartResponse start) throws Exception {
        String[] path = environ.pathInfo().split("/", -1);
        int number = Integer.parseInt(path[2]);
        int size = Integer.parseInt(environ.string("HTTP_X_SIZE"));
        note("begun", number);
        try {
            return switch (path[1]) {
                case "echo" -> whole(start, number, echoed(environ, number, size, false));
                case "slow" -> whole(start, number, echoed(environ, number, size, true));
                case "silent" -> silent(environ, start, number, size);
                case "ignore" -> whole(start, number, pattern(number, Math.min(size, SMALL)));
                case "gather" -> gather(environ, start, number, size);
                case "file" -> file(start, number, size);
                default -> blocks(path[1], start, number, size);
            };
        } catch (Throwable e) {
            note("ended", number);
            throw e;
        }
    }

    private byte[] echoed(Environ environ, int number, int size, boolean isSlow) throws Exception {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (isSlow) {
            byte[] block = new byte[Math.max(1, size / 8)];
            for (int count = environ.input().read(block);
                    count >= 0;
                    count = environ.input().read(block)) {
                body.write(block, 0, count);
                TimeUnit.MILLISECONDS.sleep(PAUSE);
            }
        } else {
            environ.input().transferTo(body);
        }
        byte[] bytes = body.toByteArray();
        if (!Arrays.equals(bytes, pattern(number, size))) {
            note("wrong", number);
        }
        return bytes;
    }

    private Iterable<byte[]> silent(Environ environ, StartResponse start, int number, int size) throws Exception {
        byte[] body = echoed(environ, number, size, false);
        note("silent", number);
        TimeUnit.MILLISECONDS.sleep(SILENCE);
        return whole(start, number, body);
    }

    private Iterable<byte[]> gather(Environ environ, StartResponse start, int number, int size) throws Exception {
        note("silent", number);
        Path gate = directory.resolve(environ.string("QUERY_STRING"));
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!Files.exists(gate) && System.nanoTime() - deadline < 0) {
            TimeUnit.MILLISECONDS.sleep(PAUSE);
        }
        return whole(start, number, pattern(number, size));
    }

    private Iterable<byte[]> file(StartResponse start, int number, int size) throws IOException {
        FileChannel file = FileChannel.open(directory.resolve("file"));
        file.position(file.size() - size);
        start(start, number, size);
        return FileWrapper.of(file).through(source -> new NotedFile(number, source));
    }

    private Iterable<byte[]> blocks(String kind, StartResponse start, int number, int size) {
        start(start, number, kind.equals("stream") ? -1 : size);
        return switch (kind) {
            case "pause" -> new Response(number, size, 1, size, SILENCE);
            case "stream" -> new Response(number, size, size / 20, size / 20, PAUSE);
            case "large" -> new Response(number, size, BLOCK, BLOCK, 0);
            default -> throw new IllegalArgumentException(kind);
        };
    }

    private Iterable<byte[]> whole(StartResponse start, int number, byte[] body) {
        start(start, number, body.length);
        return new Response(number, body.length, body.length, body.length, 0);
    }

    private static void start(StartResponse start, int number, int size) {
        List<Header> head = new ArrayList<>();
        head.add(new Header("Content-Type", "text/plain"));
        head.add(new Header("X-Number", Integer.toString(number)));
        if (size >= 0) {
            head.add(new Header("Content-Length", Integer.toString(size)));
        }
        start.start("200 OK", head);
    }

    private static byte[] pattern(int number, int size) {
        return pattern(number, 0, size);
    }

    /** A part of {@link TestRequest#pattern}, which a WAR has not. */
    private static byte[] pattern(int number, int begin, int end) {
        byte[] unit = (number + ":").getBytes(ISO_8859_1);
        byte[] bytes = new byte[end - begin];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = unit[(begin + i) % unit.length];
        }
        return bytes;
    }

    private void note(String event, int number) {
        try {
            journal.write(ByteBuffer.wrap((event + " " + number + "\n").getBytes(ISO_8859_1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A file whose close is noted. */
    private final class NotedFile extends FilterInputStream {
        private final int number;

        NotedFile(int number, InputStream file) {
            super(file);
            this.number = number;
        }

        @Override
        public void close() throws IOException {
            super.close();
            note("ended", number);
        }
    }

    /** Blocks whose close is noted. */
    private final class Response implements Iterable<byte[]>, AutoCloseable {
        private final int number;
        private final int size;
        private final int first;
        private final int further;
        private final long pause;

        /** Of so many bytes in the first block, and in each of those that follow, with a pause before each of these. */
        Response(int number, int size, int first, int further, long pause) {
            this.number = number;
            this.size = size;
            this.first = first;
            this.further = further;
            this.pause = pause;
        }

        @Override
        public Iterator<byte[]> iterator() {
            return new Blocks(this);
        }

        @Override
        public void close() {
            note("ended", number);
        }
    }

    /** The blocks of a response, each made when it is asked for. */
    private static final class Blocks implements Iterator<byte[]> {
        private final Response response;
        private int position;

        Blocks(Response response) {
            this.response = response;
        }

        @Override
        public boolean hasNext() {
            return position < response.size;
        }

        @Override
        public byte[] next() {
            if (position > 0) {
                sleep(response.pause);
            }
            int begin = position;
            position = Math.min(response.size, begin + (begin == 0 ? response.first : response.further));
            return pattern(response.number, begin, position);
        }

        private static void sleep(long millis) {
            try {
                TimeUnit.MILLISECONDS.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }
}
