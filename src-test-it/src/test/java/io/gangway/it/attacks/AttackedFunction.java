package io.gangway.it.attacks;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The same application as {@code attacked.py}, as a Java function. */
public final class AttackedFunction implements GatewayApplication {
    private final Marks marks;

    /** Opens the journal. */
    public AttackedFunction() throws IOException {
        marks = new Marks();
    }

    @Override
    public Iterable<byte[]> call(Environ environ, StartResponse start) throws Exception {
        String[] path = environ.pathInfo().split("/", -1);
        int number = Integer.parseInt(path[2]);
        int size = Integer.parseInt(environ.string("HTTP_X_SIZE"));
        marks.note("begun", number);
        try {
            return switch (path[1]) {
                case "echo" -> whole(start, number, echoed(environ, number, size, false));
                case "slow" -> whole(start, number, echoed(environ, number, size, true));
                case "silent" -> silent(environ, start, number, size);
                case "ignore" -> whole(start, number, Marks.pattern(number, Math.min(size, Marks.SMALL)));
                case "gather" -> gather(environ, start, number, size);
                case "file" -> file(start, number, size);
                default -> blocks(path[1], start, number, size);
            };
        } catch (Throwable e) {
            marks.note("ended", number);
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
                TimeUnit.MILLISECONDS.sleep(Marks.PAUSE);
            }
        } else {
            environ.input().transferTo(body);
        }
        byte[] bytes = body.toByteArray();
        if (!Arrays.equals(bytes, Marks.pattern(number, size))) {
            marks.note("wrong", number);
        }
        return bytes;
    }

    private Iterable<byte[]> silent(Environ environ, StartResponse start, int number, int size) throws Exception {
        byte[] body = echoed(environ, number, size, false);
        marks.note("silent", number);
        TimeUnit.MILLISECONDS.sleep(Marks.SILENCE);
        return whole(start, number, body);
    }

    private Iterable<byte[]> gather(Environ environ, StartResponse start, int number, int size) throws Exception {
        marks.note("silent", number);
        Path gate = marks.file(environ.string("QUERY_STRING"));
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
        while (!Files.exists(gate) && System.nanoTime() - deadline < 0) {
            TimeUnit.MILLISECONDS.sleep(Marks.PAUSE);
        }
        return whole(start, number, Marks.pattern(number, size));
    }

    private Iterable<byte[]> file(StartResponse start, int number, int size) throws IOException {
        FileChannel file = FileChannel.open(marks.file("file"));
        file.position(file.size() - size);
        start(start, number, size);
        return FileWrapper.of(file).through(source -> new NotedFile(number, source));
    }

    private Iterable<byte[]> blocks(String kind, StartResponse start, int number, int size) {
        start(start, number, kind.equals("stream") ? -1 : size);
        return switch (kind) {
            case "pause" -> new Response(number, size, 1, size, Marks.SILENCE);
            case "stream" -> new Response(number, size, size / 20, size / 20, Marks.PAUSE);
            case "large" -> new Response(number, size, Marks.BLOCK, Marks.BLOCK, 0);
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
            marks.note("ended", number);
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
            marks.note("ended", number);
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
            return Marks.pattern(response.number, begin, position);
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
