package io.gangway.it.client;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Forwards connections to a server until it is told to stop; then no byte passes any more, and neither side is told: as behind a router that has lost its state, or a telephone in a
 * tunnel.
 *
 * <p>Thread-safe.
 */
public final class Relay implements AutoCloseable {
    private static final int PIECE = 16 << 10;

    private final ServerSocket front;
    private final int server;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private volatile boolean isSilent;

    /**
     * Begins to forward.
     *
     * @param server the port, on the loopback interface
     * @throws IOException if there is no port left
     */
    public Relay(int server) throws IOException {
        this.server = server;
        this.front = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    /**
     * The port to connect to.
     *
     * @return on the loopback interface
     */
    public int port() {
        return front.getLocalPort();
    }

    /** Forwards nothing more. */
    public void fallSilent() {
        isSilent = true;
    }

    private static void start(Runnable forwarding) {
        Thread thread = new Thread(forwarding, "relay");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = front.accept();
                Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
                sockets.add(client);
                sockets.add(behind);
                start(() -> forward(client, behind));
                start(() -> forward(behind, client));
            }
        } catch (IOException e) {
            // it was closed
        }
    }

    private void forward(Socket from, Socket to) {
        byte[] piece = new byte[PIECE];
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            while (!isSilent) {
                int count = in.read(piece);
                if (count < 0 || isSilent) {
                    return;
                }
                out.write(piece, 0, count);
            }
        } catch (IOException e) {
            // one side has ended, or all was closed
        }
    }

    @Override
    public void close() throws IOException {
        front.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}
