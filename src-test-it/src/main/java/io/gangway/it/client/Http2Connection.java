package io.gangway.it.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.util.Objects.requireNonNull;

import io.gangway.it.client.Answer.Ending;
import io.gangway.it.client.Answer.Framing;
import io.gangway.wsgi.Header;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.hpack.HpackDecoder;
import org.eclipse.jetty.http2.hpack.HpackException;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection by prior knowledge, which can also send faulty frames.
 *
 * <p>Used by one thread. The caller that opens it must close it.
 */
public final class Http2Connection implements AutoCloseable {
    /** Milliseconds that a read waits, as in {@link RawConnection}. */
    private static final int READ_TIMEOUT = RawConnection.READ_TIMEOUT;

    /** Milliseconds that the server has to close its side: it may wait for unfinished requests. */
    private static final int GOODBYE_TIMEOUT = 500;

    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    /** Bytes that the server may send on each stream and on the connection, which is opened again after the half: no answer waits for a test. */
    private static final int WINDOW = Integer.MAX_VALUE;
    /** RFC 9113, section 6.9.2. */
    private static final int FIRST_WINDOW = 65_535;
    /** Max bytes of a frame that every server accepts (RFC 9113, section 6.5.2). */
    private static final int FRAME = 16_384;
    /** RFC 9113, section 6.5.2. */
    private static final int INITIAL_WINDOW_SIZE = 4;
    /** Max bytes of a header block that the decoder accepts. */
    private static final int HEAD_LIMIT = 1 << 20;

    /** The bytes to send: all at once when they must be one piece, otherwise before the next frame is read. */
    private static final int BUFFER = 1 << 16;

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;
    private final HpackDecoder decoder = new HpackDecoder(HEAD_LIMIT, System::nanoTime);
    private final Map<Integer, Stream> streams = new HashMap<>();
    private final Queue<Http2Answer> ended = new ArrayDeque<>();
    private int nextStream = 1;
    private byte[] restOfHead = new byte[0];
    private boolean hasFinishedSending;
    /** Bytes of bodies that the server accepts now on the connection. */
    private int window = FIRST_WINDOW;
    /** Bytes of a body that the server accepts on a new stream. */
    private int firstWindow = FIRST_WINDOW;
    /** Whether this client opens the connection's window itself; otherwise the test does. */
    private final boolean isWindowKeptOpen;
    /** Bytes of bodies that have come since the connection's window was opened. */
    private int received;

    /**
     * Connects, and sends the preface.
     *
     * @param port on the loopback interface
     * @throws IOException if no server listens
     */
    public Http2Connection(int port) throws IOException {
        this(port, WINDOW, true);
        send(Http2Frame.ofInt(Http2Frame.WINDOW_UPDATE, 0, WINDOW - FIRST_WINDOW));
    }

    /**
     * Connects with the initial windows of RFC 9113.
     *
     * @param port on the loopback interface
     * @return with no room for more than 65,535 bytes until the test says so
     * @throws IOException if no server listens
     */
    public static Http2Connection withSmallWindow(int port) throws IOException {
        return withWindow(port, FIRST_WINDOW);
    }

    /**
     * Connects with a window for each stream, and with the initial one of RFC 9113 for the connection.
     *
     * @param port on the loopback interface
     * @param window bytes that the server may send on each stream until the test says so; 0 for none
     * @return the connection
     * @throws IOException if no server listens
     */
    public static Http2Connection withWindow(int port, int window) throws IOException {
        return new Http2Connection(port, window, false);
    }

    private Http2Connection(int port, int streamWindow, boolean isWindowKeptOpen) throws IOException {
        this.isWindowKeptOpen = isWindowKeptOpen;
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_TIMEOUT);
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER));
        out = new BufferedOutputStream(socket.getOutputStream(), BUFFER);
        out.write(PREFACE.getBytes(ISO_8859_1));
        send(new Http2Frame(Http2Frame.SETTINGS, 0, 0, settings(0x1, 0, 0x4, streamWindow))); // no dynamic table
    }

    /**
     * The payload of a SETTINGS frame.
     *
     * @param pairs identifier, value, identifier, value and so on
     */
    public static byte[] settings(int... pairs) {
        ByteBuffer payload = ByteBuffer.allocate(pairs.length * 3);
        for (int i = 0; i < pairs.length; i += 2) {
            payload.putShort((short) pairs[i]).putInt(pairs[i + 1]);
        }
        return payload.array();
    }

    /**
     * Sends a frame, at the latest before the next read.
     *
     * @throws IOException if the server has closed the connection
     */
    public void send(Http2Frame frame) throws IOException {
        out.write(frame.bytes());
    }

    /**
     * Sends everything at once.
     *
     * @throws IOException as above
     */
    public void flush() throws IOException {
        out.flush();
    }

    /**
     * Sends a request.
     *
     * @param method its {@code :method}
     * @param path its {@code :path}
     * @param headers name, value, name, value and so on; pseudo-headers first, which then replace {@code :scheme} http and
     *     {@code :authority} here
     * @return its stream
     * @throws IOException as above
     */
    public int request(String method, String path, String... headers) throws IOException {
        return request(method, path, List.of(headers), null);
    }

    /**
     * Sends a request with a body.
     *
     * @param body perhaps empty: even then the stream ends with a DATA frame
     * @return its stream
     * @throws IOException as above
     */
    public int request(String method, String path, List<String> headers, byte @Nullable [] body) throws IOException {
        int stream = begin(method, path, headers, body == null);
        if (body != null) {
            sendBody(stream, body, true);
        }
        return stream;
    }

    /**
     * Sends the head of a request that has a body, which the test may send or not.
     *
     * @return its stream
     * @throws IOException as above
     */
    public int begin(String method, String path, String... headers) throws IOException {
        return begin(method, path, List.of(headers), false);
    }

    private int begin(String method, String path, List<String> headers, boolean isWhole) throws IOException {
        int stream = nextStream();
        int flags = Http2Frame.END_HEADERS | (isWhole ? Http2Frame.END_STREAM : 0);
        send(new Http2Frame(Http2Frame.HEADERS, flags, stream, head(method, path, headers)));
        return stream;
    }

    /**
     * Sends the first part of a request's head; the server then accepts no other frame than the one that {@link #endHead} sends.
     *
     * @return its stream
     * @throws IOException as above
     */
    public int beginHead(String method, String path, List<String> headers) throws IOException {
        int stream = nextStream();
        byte[] block = head(method, path, headers);
        restOfHead = Arrays.copyOfRange(block, block.length / 2, block.length);
        byte[] first = Arrays.copyOf(block, block.length / 2);
        send(new Http2Frame(Http2Frame.HEADERS, 0, stream, first));
        return stream;
    }

    /**
     * Sends the rest of a head, in a CONTINUATION frame.
     *
     * @param stream what {@link #beginHead} has returned
     * @throws IOException as above
     */
    public void endHead(int stream) throws IOException {
        send(new Http2Frame(Http2Frame.CONTINUATION, Http2Frame.END_HEADERS, stream, restOfHead));
    }

    private int nextStream() {
        int stream = nextStream;
        nextStream += 2;
        streams.put(stream, new Stream());
        return stream;
    }

    /**
     * Sends a body, or a part of it, as the server's windows allow; an answer that comes before the end is kept for {@link #read}.
     *
     * @param stream a request's
     * @param body perhaps empty
     * @param isEnd whether the stream ends with it
     * @throws IOException as above
     */
    public void sendBody(int stream, byte[] body, boolean isEnd) throws IOException {
        Stream answer = of(stream);
        int sent = 0;
        do {
            int size = Math.min(Math.min(body.length - sent, FRAME), Math.min(window, firstWindow + answer.window));
            if (size == 0 && sent < body.length) {
                receive();
                continue;
            }
            window -= size;
            answer.window -= size;
            boolean isLast = isEnd && sent + size == body.length;
            byte[] piece = Arrays.copyOfRange(body, sent, sent + size);
            send(new Http2Frame(Http2Frame.DATA, isLast ? Http2Frame.END_STREAM : 0, stream, piece));
            sent += size;
        } while (sent < body.length && !answer.isEnded);
    }

    static byte[] head(String method, String path, List<String> headers) {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        put(block, ":method", method);
        put(block, ":path", path);
        if (!headers.contains(":scheme")) {
            put(block, ":scheme", "http");
        }
        if (!headers.contains(":authority")) {
            put(block, ":authority", "here");
        }
        for (int i = 0; i < headers.size(); i += 2) {
            put(block, headers.get(i), headers.get(i + 1));
        }
        return block.toByteArray();
    }

    /**
     * A literal field without indexing, not in Huffman's code; with a new name, except a pseudo-header of requests, whose name Tomcat
     * accepts only as an index of the static table (RFC 7541, section 6.2.2 and appendix A).
     */
    private static void put(ByteArrayOutputStream block, String name, String value) {
        int index = switch (name) {
            case ":authority" -> 1;
            case ":method" -> 2;
            case ":path" -> 4;
            case ":scheme" -> 6;
            default -> 0;
        };
        block.write(index);
        if (index == 0) {
            putText(block, name);
        }
        putText(block, value);
    }

    private static void putText(ByteArrayOutputStream block, String text) {
        byte[] bytes = text.getBytes(ISO_8859_1);
        int max = 127; // RFC 7541, section 5.1, with a prefix of seven bits
        if (bytes.length < max) {
            block.write(bytes.length);
        } else {
            block.write(max);
            int rest = bytes.length - max;
            for (; rest > max; rest >>= 7) {
                block.write((rest & max) | 0x80);
            }
            block.write(rest);
        }
        block.writeBytes(bytes);
    }

    /**
     * Reads a frame of any type.
     *
     * @throws EOFException if the server has closed the connection
     * @throws IOException if none comes
     */
    public Http2Frame readFrame() throws IOException {
        try {
            out.flush();
        } catch (SocketException e) {
            // The server has closed the connection; what it has sent before can be read.
        }
        int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
        int type = in.readUnsignedByte();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        return new Http2Frame(type, flags, stream, in.readNBytes(length));
    }

    /**
     * Reads frames until a stream has ended, and acknowledges SETTINGS and PING.
     *
     * @return the answer on that stream
     * @throws GoneAwayException if the server ends the connection
     * @throws IOException if it sends nothing
     */
    public Http2Answer read() throws IOException {
        while (ended.isEmpty()) {
            receive();
        }
        Http2Answer answer = ended.remove();
        streams.remove(answer.stream());
        return answer;
    }

    /**
     * Reads frames until a stream's head is there, or its end; instead of {@link #read}, with {@link #body}.
     *
     * @param stream the last request's
     * @return the answer without its body
     * @throws IOException as above
     */
    public Answer head(int stream) throws IOException {
        Stream answer = of(stream);
        while (answer.status == 0 && !answer.isEnded) {
            receive();
        }
        return answer.answer(stream).answer();
    }

    /**
     * A stream's body, piece by piece as it comes.
     *
     * @param stream whose head was read
     * @return to be read by this connection's thread
     */
    public InputStream body(int stream) {
        Stream answer = of(stream);
        return new InputStream() {
            private int position;

            @Override
            public int read() throws IOException {
                while (position == answer.body.size() && !answer.isEnded) {
                    receive();
                }
                return position == answer.body.size() ? -1 : answer.body.toByteArray()[position++] & 0xFF;
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                if (length == 0) {
                    return 0;
                }
                int first = read();
                if (first < 0) {
                    return -1;
                }
                bytes[offset] = (byte) first;
                int size = Math.min(length - 1, answer.body.size() - position);
                System.arraycopy(answer.body.toByteArray(), position, bytes, offset + 1, size);
                position += size;
                return 1 + size;
            }
        };
    }

    /**
     * What has come of an answer.
     *
     * @param stream whose answer {@link #read} has not returned
     * @return truncated unless it has ended
     */
    public Http2Answer soFar(int stream) {
        return of(stream).answer(stream);
    }

    private Stream of(int stream) {
        return requireNonNull(streams.get(stream), "no such stream");
    }

    private void receive() throws IOException {
        Http2Frame frame = readFrame();
        switch (frame.type()) {
            case Http2Frame.SETTINGS, Http2Frame.PING -> acknowledge(frame);
            case Http2Frame.GOAWAY -> throw new GoneAwayException(frame.intAt(4), debugText(frame));
            case Http2Frame.WINDOW_UPDATE -> open(frame);
            case Http2Frame.HEADERS, Http2Frame.DATA, Http2Frame.RST_STREAM -> {
                if (frame.type() == Http2Frame.DATA) {
                    openAgain(frame.payload().length);
                }
                Stream stream = streams.get(frame.stream());
                if (stream != null && !stream.isEnded && take(stream, frame)) {
                    stream.isEnded = true;
                    ended.add(stream.answer(frame.stream()));
                }
            }
            default -> {} // other frames, which an endpoint must ignore
        }
    }

    private void openAgain(int size) throws IOException {
        received += size;
        if (isWindowKeptOpen && received > WINDOW / 2) {
            if (!hasFinishedSending) {
                send(Http2Frame.ofInt(Http2Frame.WINDOW_UPDATE, 0, received));
            }
            received = 0;
        }
    }

    private void open(Http2Frame update) {
        if (update.stream() == 0) {
            window += update.intAt(0);
        } else if (streams.containsKey(update.stream())) {
            of(update.stream()).window += update.intAt(0);
        }
    }

    /** Whether it was the stream's last frame. */
    private boolean take(Stream stream, Http2Frame frame) throws IOException {
        if (frame.type() == Http2Frame.RST_STREAM) {
            stream.reset = frame.intAt(0);
            return true;
        }
        boolean isLast = frame.has(Http2Frame.END_STREAM);
        if (frame.type() == Http2Frame.HEADERS) {
            stream.take(decode(frame), isLast);
        } else {
            stream.body.writeBytes(frame.payload());
        }
        return isLast;
    }

    private void acknowledge(Http2Frame frame) throws IOException {
        if (frame.type() == Http2Frame.SETTINGS) {
            for (int at = 0; at < frame.payload().length; at += 6) {
                if (frame.payload()[at + 1] == INITIAL_WINDOW_SIZE) {
                    firstWindow = frame.intAt(at + 2);
                }
            }
        }
        if (!frame.has(Http2Frame.ACK) && !hasFinishedSending) {
            byte[] payload = frame.type() == Http2Frame.PING ? frame.payload() : new byte[0];
            send(new Http2Frame(frame.type(), Http2Frame.ACK, 0, payload));
        }
    }

    private static String debugText(Http2Frame goAway) {
        return new String(goAway.payload(), 8, goAway.payload().length - 8, ISO_8859_1);
    }

    private MetaData decode(Http2Frame frame) throws IOException {
        ByteArrayOutputStream block = new ByteArrayOutputStream();
        block.writeBytes(frame.payload());
        for (Http2Frame last = frame; !last.has(Http2Frame.END_HEADERS); ) {
            last = readFrame(); // RFC 9113, section 6.10: nothing else comes between
            if (last.type() != Http2Frame.CONTINUATION) {
                throw new IOException("a head that is not continued");
            }
            block.writeBytes(last.payload());
        }
        try {
            return decoder.decode(ByteBuffer.wrap(block.toByteArray()));
        } catch (HpackException e) {
            throw new IOException("a wrong head", e);
        }
    }

    /**
     * Sends what is buffered and half-closes; from then on, frames are only read.
     *
     * @throws IOException if the connection is gone
     */
    public void finishSending() throws IOException {
        out.flush();
        hasFinishedSending = true;
        socket.shutdownOutput();
    }

    /**
     * Sends what is buffered, and aborts with RST, as a crashed client's machine does.
     *
     * @throws IOException if the socket refuses
     */
    public void reset() throws IOException {
        out.flush();
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /**
     * Sends what is buffered, and closes without GOAWAY and without waiting for the server.
     *
     * @throws IOException if the connection is gone
     */
    public void leave() throws IOException {
        try {
            out.flush();
        } finally {
            socket.close();
        }
    }

    /** Sends GOAWAY and waits until the server has closed its side, so that the next test finds no trace of this connection. */
    @Override
    public void close() throws IOException {
        try {
            send(new Http2Frame(Http2Frame.GOAWAY, 0, 0, new byte[8]));
            out.flush();
            socket.shutdownOutput();
            socket.setSoTimeout(GOODBYE_TIMEOUT);
            in.transferTo(OutputStream.nullOutputStream());
        } catch (IOException e) {
            // the server has gone before
        } finally {
            socket.close();
        }
    }

    /** The server has ended the connection. */
    public static final class GoneAwayException extends IOException {
        private static final long serialVersionUID = 1L;

        private final int code;

        GoneAwayException(int code, String text) {
            super("GOAWAY with code " + code + ": " + text);
            this.code = code;
        }

        /** The error code (RFC 9113, section 7). */
        public int code() {
            return code;
        }
    }

    private static final class Stream {
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();
        private final List<Header> headers = new ArrayList<>();
        private final List<String> interim = new ArrayList<>();
        private final List<Header> trailers = new ArrayList<>();
        private int status;
        private int reset = Http2Answer.NOT_RESET;
        private boolean isEnded;
        /** Bytes of the request's body that the server accepts now, compared with a new stream. */
        private int window;

        void take(MetaData head, boolean isLast) {
            if (!(head instanceof MetaData.Response response)) {
                head.getHttpFields().forEach(field -> trailers.add(new Header(field.getName(), field.getValue())));
                return;
            }
            if (response.getStatus() < 200 && !isLast) {
                interim.add("HTTP/2.0 " + response.getStatus());
                return;
            }
            status = response.getStatus();
            response.getHttpFields().forEach(field -> headers.add(new Header(field.getName(), field.getValue())));
        }

        Http2Answer answer(int stream) {
            Ending ending = isEnded && reset == Http2Answer.NOT_RESET ? Ending.CLEAN : Ending.TRUNCATED;
            Answer answer = status == 0
                    ? null
                    : new Answer(
                            "HTTP/2.0 " + status,
                            headers,
                            interim,
                            body.toByteArray(),
                            Framing.LENGTH,
                            ending,
                            trailers);
            return new Http2Answer(stream, answer, reset);
        }
    }
}
