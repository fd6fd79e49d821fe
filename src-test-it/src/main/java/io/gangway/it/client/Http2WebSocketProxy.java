package io.gangway.it.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.hpack.HpackDecoder;
import org.eclipse.jetty.http2.hpack.HpackException;

/**
 * A proxy that passes the WebSockets of its clients on over HTTP/2 (RFC 8441), each over a connection of its own, and all other requests as they are: with it, what is shown of WebSockets over
 * HTTP/1.1 is shown over HTTP/2.
 *
 * <p>Both sides hold each other up as without a proxy: the windows are those of RFC 9113, and are opened again when the client has taken the bytes. Thread-safe.
 */
public final class Http2WebSocketProxy implements AutoCloseable {
    private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

    /** RFC 9113, section 6.5.2. */
    private static final int FRAME = 16_384;

    /** RFC 9113, section 6.9.2. */
    private static final int FIRST_WINDOW = 65_535;

    private static final int INITIAL_WINDOW_SIZE = 4;

    /** RFC 8441, section 3. */
    private static final int ENABLE_CONNECT_PROTOCOL = 8;

    /** RFC 9113, section 7. */
    private static final int CANCEL = 8;

    /** RFC 6455, section 1.3. */
    private static final String ACCEPT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    private static final int STREAM = 1;
    private static final int HEAD_LIMIT = 1 << 20;
    private static final int PIECE = 16 << 10;

    private final ServerSocket front;
    private final int server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    /**
     * Begins to forward.
     *
     * @param server the port, on the loopback interface
     * @throws IOException if there is no port left
     */
    public Http2WebSocketProxy(int server) throws IOException {
        this.server = server;
        this.front = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    /** The port to connect to. */
    public int port() {
        return front.getLocalPort();
    }

    @FunctionalInterface
    private interface Forwarding {
        void run() throws IOException, InterruptedException;
    }

    private static void start(Forwarding forwarding) {
        Thread thread = new Thread(
                () -> {
                    try {
                        forwarding.run();
                    } catch (IOException | InterruptedException e) {
                        // one side has ended, or all was closed
                    }
                },
                "HTTP/2 proxy");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() throws IOException {
        while (true) {
            Socket client = front.accept();
            Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
            sockets.add(client);
            sockets.add(behind);
            start(() -> serve(client, behind));
        }
    }

    private static void serve(Socket client, Socket behind) throws IOException, InterruptedException {
        InputStream in = new BufferedInputStream(client.getInputStream());
        String head = head(in);
        if (head.toLowerCase(Locale.ROOT).contains("\r\nupgrade: websocket\r\n")) {
            new Bridge(client, in, behind).open(head);
            return;
        }
        start(() -> forward(behind.getInputStream(), client));
        behind.getOutputStream().write(head.getBytes(ISO_8859_1));
        forward(in, behind);
    }

    private static String head(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("no request");
            }
            head.append((char) next);
        }
        return head.toString();
    }

    private static void forward(InputStream in, Socket to) throws IOException {
        in.transferTo(to.getOutputStream());
        to.shutdownOutput();
    }

    @Override
    public void close() throws IOException {
        front.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** One WebSocket. */
    private static final class Bridge {
        private final Socket client;
        private final InputStream fromClient;
        private final DataInputStream in;
        private final OutputStream out;
        private final BlockingQueue<Http2Frame> toClient = new LinkedBlockingQueue<>();
        private final ByteArrayOutputStream denial = new ByteArrayOutputStream();
        private final HpackDecoder decoder = new HpackDecoder(HEAD_LIMIT, System::nanoTime);
        private String answer = "";
        // Guarded by this.
        private int streamWindow = FIRST_WINDOW;
        private int window = FIRST_WINDOW;
        private boolean isAccepted;
        private boolean isOver;

        Bridge(Socket client, InputStream fromClient, Socket behind) throws IOException {
            this.client = client;
            this.fromClient = fromClient;
            this.in = new DataInputStream(new BufferedInputStream(behind.getInputStream()));
            this.out = behind.getOutputStream();
        }

        void open(String head) throws IOException, InterruptedException {
            List<String> lines = head.lines().filter(line -> !line.isEmpty()).toList();
            String key = value(lines, "sec-websocket-key");
            if (key.isEmpty()) {
                answer("400 Bad Request", "", "no key\n".getBytes(ISO_8859_1));
                return;
            }
            out.write(PREFACE.getBytes(ISO_8859_1));
            send(new Http2Frame(Http2Frame.SETTINGS, 0, 0, Http2Connection.settings(1, 0))); // no dynamic table
            Http2Frame settings = frame();
            if (!take(settings)) {
                answer("505 HTTP Version Not Supported", "", "the server offers no RFC 8441\n".getBytes(ISO_8859_1));
                return;
            }
            String target = lines.get(0).split(" ", -1)[1];
            byte[] block = Http2Connection.head("CONNECT", target, headers(lines));
            send(new Http2Frame(Http2Frame.HEADERS, Http2Frame.END_HEADERS, STREAM, block));
            start(this::write);
            start(this::send);
            read(key);
        }

        private static List<String> headers(List<String> lines) {
            List<String> headers = new ArrayList<>(List.of(":protocol", "websocket"));
            List<String> others = new ArrayList<>();
            for (String line : lines.subList(1, lines.size())) {
                String name = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
                String value = line.substring(line.indexOf(':') + 1).strip();
                switch (name) {
                    case "host" -> headers.addAll(List.of(":authority", value));
                    case "upgrade", "connection", "sec-websocket-key" -> {} // HTTP/1.1's alone
                    default -> others.addAll(List.of(name, value));
                }
            }
            headers.addAll(others);
            return headers;
        }

        private static String value(List<String> lines, String name) {
            return lines.stream()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }

        private void answer(String status, String headers, byte[] body) throws IOException {
            String head = "HTTP/1.1 " + status + "\r\n" + headers + "Content-Length: " + body.length + "\r\n\r\n";
            client.getOutputStream().write(head.getBytes(ISO_8859_1));
            client.getOutputStream().write(body);
        }

        private synchronized void send(Http2Frame frame) throws IOException {
            out.write(frame.bytes());
        }

        private Http2Frame frame() throws IOException {
            int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
            int type = in.readUnsignedByte();
            int flags = in.readUnsignedByte();
            int stream = in.readInt();
            return new Http2Frame(type, flags, stream, in.readNBytes(length));
        }

        // What the server sends.

        private void read(String key) throws IOException {
            try {
                while (true) {
                    Http2Frame frame = frame();
                    switch (frame.type()) {
                        case Http2Frame.SETTINGS -> take(frame);
                        case Http2Frame.PING -> acknowledge(frame);
                        case Http2Frame.WINDOW_UPDATE -> enlarge(frame);
                        case Http2Frame.HEADERS -> begin(frame, key);
                        case Http2Frame.DATA, Http2Frame.RST_STREAM -> toClient.add(frame);
                        default -> {} // others, which an endpoint must ignore
                    }
                }
            } finally {
                toClient.add(Http2Frame.ofInt(Http2Frame.RST_STREAM, STREAM, CANCEL));
            }
        }

        /** Returns whether the server has RFC 8441. */
        private boolean take(Http2Frame settings) throws IOException {
            boolean isOffered = false;
            for (int at = 0; at < settings.payload().length; at += 6) {
                int name = settings.payload()[at + 1];
                int value = settings.intAt(at + 2);
                isOffered |= name == ENABLE_CONNECT_PROTOCOL && value == 1;
                if (name == INITIAL_WINDOW_SIZE) {
                    synchronized (this) {
                        streamWindow += value - FIRST_WINDOW;
                    }
                }
            }
            acknowledge(settings);
            return isOffered;
        }

        private void acknowledge(Http2Frame frame) throws IOException {
            if (!frame.has(Http2Frame.ACK)) {
                byte[] payload = frame.type() == Http2Frame.PING ? frame.payload() : new byte[0];
                send(new Http2Frame(frame.type(), Http2Frame.ACK, 0, payload));
            }
        }

        private synchronized void enlarge(Http2Frame update) {
            if (update.stream() == 0) {
                window += update.intAt(0);
            } else {
                streamWindow += update.intAt(0);
            }
            notifyAll();
        }

        private void begin(Http2Frame frame, String key) throws IOException {
            MetaData.Response response = decode(frame);
            StringBuilder headers = new StringBuilder();
            for (HttpField field : response.getHttpFields()) {
                if (!field.getName().equalsIgnoreCase("Content-Length")) {
                    headers.append(field.getName())
                            .append(": ")
                            .append(field.getValue())
                            .append("\r\n");
                }
            }
            if (response.getStatus() == 200) {
                String switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: " + digest(key) + "\r\n" + headers + "\r\n";
                client.getOutputStream().write(switching.getBytes(ISO_8859_1));
                accepted();
            } else {
                answer = response.getStatus() + " Denied\r\n" + headers;
            }
            if (frame.has(Http2Frame.END_STREAM)) {
                toClient.add(new Http2Frame(Http2Frame.DATA, Http2Frame.END_STREAM, STREAM, new byte[0]));
            }
        }

        private MetaData.Response decode(Http2Frame frame) throws IOException {
            try {
                return (MetaData.Response) decoder.decode(ByteBuffer.wrap(frame.payload()));
            } catch (HpackException e) {
                throw new IOException("a wrong head", e);
            }
        }

        private static String digest(String key) {
            try {
                byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + ACCEPT).getBytes(ISO_8859_1));
                return Base64.getEncoder().encodeToString(hash);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        private void write() throws IOException, InterruptedException {
            while (true) {
                Http2Frame frame = toClient.take();
                if (frame.type() == Http2Frame.RST_STREAM) {
                    end();
                    client.setSoLinger(true, 0);
                    client.close();
                    return;
                }
                int size = frame.payload().length;
                if (answer.isEmpty()) {
                    client.getOutputStream().write(frame.payload());
                } else {
                    denial.writeBytes(frame.payload());
                }
                if (size > 0) {
                    send(Http2Frame.ofInt(Http2Frame.WINDOW_UPDATE, 0, size));
                    send(Http2Frame.ofInt(Http2Frame.WINDOW_UPDATE, STREAM, size));
                }
                if (frame.has(Http2Frame.END_STREAM)) {
                    if (!answer.isEmpty()) {
                        int status = answer.indexOf("\r\n");
                        answer(answer.substring(0, status), answer.substring(status + 2), denial.toByteArray());
                    }
                    end(); // as a server that closes a connection: it reads no more
                    client.shutdownOutput();
                    return;
                }
            }
        }

        // What the client sends.

        private void send() throws IOException, InterruptedException {
            byte[] piece = new byte[PIECE];
            try {
                if (!isAcceptAwaited()) {
                    return;
                }
                for (int count = fromClient.read(piece); count >= 0; count = fromClient.read(piece)) {
                    for (int sent = 0; sent < count; ) {
                        int size = room(count - sent);
                        byte[] part = Arrays.copyOfRange(piece, sent, sent + size);
                        send(new Http2Frame(Http2Frame.DATA, 0, STREAM, part));
                        sent += size;
                    }
                }
                send(new Http2Frame(Http2Frame.DATA, Http2Frame.END_STREAM, STREAM, new byte[0]));
            } catch (IOException e) {
                send(Http2Frame.ofInt(Http2Frame.RST_STREAM, STREAM, CANCEL));
                client.close();
            }
        }

        /** Returns false if the stream ends otherwise, and throws an exception if the client leaves before. */
        private boolean isAcceptAwaited() throws IOException, InterruptedException {
            fromClient.mark(1);
            boolean hasLeft = fromClient.read() < 0;
            synchronized (this) {
                if (hasLeft && !isAccepted && !isOver) {
                    throw new EOFException("the client has left before the answer");
                }
                while (!isAccepted && !isOver) {
                    wait();
                }
                if (!hasLeft) {
                    fromClient.reset();
                }
                return isAccepted;
            }
        }

        private synchronized void accepted() {
            isAccepted = true;
            notifyAll();
        }

        /** Waits until the server takes more. */
        private synchronized int room(int wanted) throws IOException, InterruptedException {
            while (Math.min(window, streamWindow) <= 0 && !isOver) {
                wait();
            }
            if (isOver) {
                throw new IOException("the stream has ended");
            }
            int size = Math.min(Math.min(wanted, FRAME), Math.min(window, streamWindow));
            window -= size;
            streamWindow -= size;
            return size;
        }

        private synchronized void end() {
            isOver = true;
            notifyAll();
        }
    }
}
