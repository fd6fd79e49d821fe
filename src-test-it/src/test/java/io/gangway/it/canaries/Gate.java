package io.gangway.it.canaries;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Where an application, in whichever process, waits until the test lets it go on, or tells the test something. */
final class Gate implements AutoCloseable {
    /** Milliseconds: far beyond what any application takes to come here. */
    private static final int PATIENCE = 60_000;

    private final ServerSocket socket;

    Gate() throws IOException {
        socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        socket.setSoTimeout(PATIENCE);
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

    /** Waits for what the application tells. */
    String told() throws IOException {
        try (Socket telling = socket.accept()) {
            telling.setSoTimeout(PATIENCE);
            return new String(telling.getInputStream().readAllBytes(), UTF_8).strip();
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
