package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** A gate at which an application, in any process, waits until the test opens it, or sends the test a message. */
final class Gate implements AutoCloseable {
    /** Max wait in milliseconds: far longer than any application needs to come here. */
    private static final int MAX_WAIT = 60_000;

    private final ServerSocket socket;

    Gate() throws IOException {
        socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        socket.setSoTimeout(MAX_WAIT);
    }

    int port() {
        return socket.getLocalPort();
    }

    /** Waits for the application to wait, and lets it go on. */
    void open() throws IOException {
        try (Socket waiting = socket.accept()) {
            waiting.getOutputStream().write('!');
        }
    }

    /** Waits for the application's message. */
    String told() throws IOException {
        try (Socket telling = socket.accept()) {
            telling.setSoTimeout(MAX_WAIT);
            return new String(telling.getInputStream().readAllBytes(), UTF_8).strip();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
