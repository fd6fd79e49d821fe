package io.gangway.it.client;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * One connection to a server on this machine, with TLS or without.
 *
 * <p>Used by one thread. The caller that opens it must close it.
 */
public final class RawConnection implements AutoCloseable {
    /** Milliseconds that a read waits: far beyond any answer in the suite on a busy machine, short enough to notice a hanging server. */
    static final int READ_TIMEOUT = 30_000;

    private final Socket socket;
    private final BufferedInputStream in;

    /**
     * Connects.
     *
     * @param port on the loopback interface
     * @throws IOException if no server listens
     */
    public RawConnection(int port) throws IOException {
        this(InetAddress.getLoopbackAddress(), port);
    }

    /**
     * Connects to an address.
     *
     * @param address of this machine
     * @param port there
     * @throws IOException if no server listens
     */
    public RawConnection(InetAddress address, int port) throws IOException {
        this(new Socket(address, port));
    }

    /**
     * Connects with a small receive buffer: a server that sends more than that must wait until the test reads.
     *
     * @param port on the loopback interface
     * @param bytes of the buffer, which the system may round up
     * @return the connection
     * @throws IOException if no server listens
     */
    @SuppressWarnings("AddressSelection") // it is one address
    public static RawConnection withReceiveBuffer(int port, int bytes) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(bytes);
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
        return new RawConnection(socket);
    }

    private RawConnection(Socket connected) throws IOException {
        socket = connected;
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(READ_TIMEOUT);
        in = new BufferedInputStream(socket.getInputStream());
    }

    /**
     * Connects with TLS.
     *
     * @param port on the loopback interface
     * @param context the trusted certificates, and the client's key
     * @return after the handshake
     * @throws IOException if no server listens, or its certificate is not trusted
     */
    public static RawConnection tls(int port, SSLContext context) throws IOException {
        String host = InetAddress.getLoopbackAddress().getHostAddress();
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(host, port);
        socket.startHandshake();
        return new RawConnection(socket);
    }

    /**
     * Sends bytes as they are.
     *
     * @param bytes any
     * @throws IOException if the server has closed the connection
     */
    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
    }

    /**
     * Sends text, each char a byte.
     *
     * @param text ISO-8859-1
     * @throws IOException as above
     */
    public void send(String text) throws IOException {
        send(text.getBytes(ISO_8859_1));
    }

    /**
     * Begins to read the next answer.
     *
     * @param method the request's, for an answer to HEAD has no body
     * @return positioned before the body
     * @throws IOException if no answer comes
     */
    public AnswerReader begin(String method) throws IOException {
        return new AnswerReader(in, method.equals("HEAD"));
    }

    /**
     * Reads the next answer to its end, or to where it breaks off.
     *
     * @param method the request's
     * @return the whole of it
     * @throws IOException if no answer comes
     */
    public Answer read(String method) throws IOException {
        return begin(method).finish();
    }

    /**
     * Begins to read the next answer, if the server sends one more before it closes the connection.
     *
     * @param method the request's
     * @return empty if the connection was closed, with FIN or RST
     * @throws IOException if the server neither sends nor closes
     */
    public Optional<AnswerReader> beginIfAny(String method) throws IOException {
        in.mark(1);
        try {
            if (in.read() < 0) {
                return Optional.empty();
            }
        } catch (SocketException e) {
            return Optional.empty();
        }
        in.reset();
        return Optional.of(begin(method));
    }

    /**
     * Reads only an interim answer, for example 100 Continue.
     *
     * @return its status line
     * @throws IOException if none comes
     */
    public String readInterim() throws IOException {
        String head = readHead();
        return head.substring(0, head.indexOf("\r\n"));
    }

    /**
     * Reads an answer's head, and nothing behind it.
     *
     * @return the status line and the headers, with the empty line
     * @throws IOException if none comes
     */
    public String readHead() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int next = in.read();
            if (next < 0) {
                throw new EOFException("the connection ended in the head of an answer: " + head);
            }
            head.append((char) next);
        }
        return head.toString();
    }

    /**
     * Reads one byte.
     *
     * @return 0 to 255
     * @throws IOException if none comes
     */
    public int readByte() throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException("the connection ended");
        }
        return next;
    }

    /**
     * Reads bytes.
     *
     * @param count how many
     * @return all of them
     * @throws IOException if they do not come
     */
    public byte[] readBytes(int count) throws IOException {
        byte[] bytes = in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("the connection ended after " + bytes.length + " of " + count + " bytes");
        }
        return bytes;
    }

    /**
     * Half-closes: the server reads the end of the stream, and can still answer.
     *
     * @throws IOException if the connection is gone
     */
    public void finishSending() throws IOException {
        socket.shutdownOutput();
    }

    /**
     * Aborts with RST, as a crashed client's machine does.
     *
     * @throws IOException if the socket refuses
     */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    /**
     * Waits for the server to close the connection.
     *
     * @return whether it did, with FIN or RST; false if it sent more bytes, or kept the connection open
     * @throws IOException if the connection fails in another way
     */
    public boolean isClosedByServer() throws IOException {
        try {
            return in.read() < 0;
        } catch (SocketTimeoutException e) {
            return false;
        } catch (SocketException e) {
            return true;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
