package io.gangway.it.attacks;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.gangway.it.client.RawConnection;
import io.gangway.it.websocket.RawWebSocket;
import io.gangway.it.websocket.RawWebSocket.Frame;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A WebSocket whose number is in each message, in both directions; in bytes it decides each of them. Used by one thread. */
final class NumberedSocket implements AutoCloseable {
    private final RawConnection connection;
    private final int number;
    private @Nullable RawWebSocket socket;

    private NumberedSocket(RawConnection connection, int number) {
        this.connection = connection;
        this.number = number;
    }

    /**
     * Sends the handshake.
     *
     * @param isLate whether the application is to be silent before it accepts
     * @param isSmall whether the client's receive buffer is
     */
    static NumberedSocket ask(Mount mount, int number, boolean isLate, boolean isSmall) throws IOException {
        RawConnection connection = isSmall
                ? RawConnection.withReceiveBuffer(mount.port(), Http1Client.SMALL_BUFFER)
                : new RawConnection(mount.port());
        connection.send(RawWebSocket.request(mount.base() + "/socket/" + number + (isLate ? "?late" : "")));
        return new NumberedSocket(connection, number);
    }

    void accepted() throws IOException {
        socket = RawWebSocket.accepted(connection);
        check(socket.header("X-Number").orElse("").equals(Integer.toString(number)), "the handshake of", socket);
    }

    private RawWebSocket socket() {
        if (socket == null) {
            throw new IllegalStateException("it is not accepted");
        }
        return socket;
    }

    private void check(boolean isRight, String what, Object found) {
        if (!isRight) {
            throw new AssertionError("expected " + what + " number " + number + ", found " + found);
        }
    }

    void say(String what) throws IOException {
        socket().text(number + " " + what);
    }

    void talk(String what) throws IOException {
        say(what);
        Frame answer = socket().message();
        check(answer.opcode() == RawWebSocket.TEXT && answer.text().equals(number + " " + what), what + " of", answer);
    }

    /** Hears a message of so many bytes; of any number if that is negative. */
    void hearsBytes(int size) throws IOException {
        Frame message = socket().message();
        check(
                message.opcode() == RawWebSocket.BINARY
                        && isMine(message.payload())
                        && (size < 0 || message.payload().length == size),
                size + " bytes of",
                shown(message.opcode(), message.payload()));
    }

    private boolean isMine(byte[] payload) {
        return Arrays.equals(payload, TestRequest.pattern(number, payload.length));
    }

    private static String shown(int opcode, byte[] payload) {
        return "opcode " + opcode + " with " + payload.length + " bytes: "
                + new String(Arrays.copyOf(payload, Math.min(payload.length, 40)), UTF_8);
    }

    void hearsClose(int code) throws IOException {
        Frame close = socket().message();
        check(
                close.opcode() == RawWebSocket.CLOSE && close.code() == code,
                "the close with " + code + " of",
                shown(close.opcode(), close.payload()) + ", code " + close.code());
    }

    void send(byte[] bytes) throws IOException {
        connection.send(bytes);
    }

    void sendClose(int code) throws IOException {
        socket().close(code, "");
    }

    /** Reads until the server closes it, and answers nothing, not even a ping; containers then wait for the answer to their close. */
    void readToEnd() throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        int opcode = RawWebSocket.CONTINUATION;
        try {
            if (socket == null) {
                accepted();
            }
            while (true) {
                Frame frame = socket().frame();
                if (frame.opcode() == RawWebSocket.CLOSE) {
                    return;
                }
                if (frame.opcode() > RawWebSocket.CLOSE) {
                    continue;
                }
                opcode = frame.opcode() == RawWebSocket.CONTINUATION ? opcode : frame.opcode();
                message.writeBytes(frame.payload());
                byte[] heard = message.toByteArray();
                check(
                        opcode == RawWebSocket.BINARY
                                ? isMine(heard)
                                : new String(heard, UTF_8).startsWith(number + " "),
                        "the message of",
                        shown(opcode, heard));
                if (frame.isLast()) {
                    message.reset();
                }
            }
        } catch (EOFException | SocketException e) {
            // closed
        }
    }

    void halfClose() throws IOException {
        connection.finishSending();
    }

    void reset() throws IOException {
        connection.reset();
    }

    @Override
    public void close() throws IOException {
        connection.close();
    }
}
