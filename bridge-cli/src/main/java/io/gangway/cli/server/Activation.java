package io.gangway.cli.server;

import io.gangway.cli.config.Bind;
import io.gangway.deploy.DeploymentException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channel;
import java.nio.channels.ServerSocketChannel;
import java.util.Map;
import java.util.Optional;

/**
 * A listening socket that systemd has passed to this process (sd_listen_fds(3)). It comes as descriptor 3; the jar's script makes it standard input, where a JVM can take it.
 */
public final class Activation {
    private Activation() {}

    /**
     * Where the socket listens.
     *
     * @param environment the process's variables
     * @param pid the process's id
     * @return empty if none was passed to this process
     * @throws DeploymentException if what was passed is not one socket that accepts connections
     */
    public static Optional<Bind> bind(Map<String, String> environment, long pid) {
        String count = environment.get("LISTEN_FDS");
        if (count == null || !Long.toString(pid).equals(environment.get("LISTEN_PID"))) {
            return Optional.empty(); // the variables are those of a parent process
        }
        if (!count.equals("1")) {
            throw DeploymentException.ofSetting("systemd has passed " + count
                    + " sockets (LISTEN_FDS), and gangway takes one. Fix: leave one ListenStream= in the .socket unit");
        }
        try {
            return Optional.of(bind(System.inheritedChannel()));
        } catch (IOException e) {
            throw new DeploymentException("the socket that systemd has passed cannot be used", e);
        }
    }

    private static Bind bind(Channel channel) throws IOException {
        SocketAddress address = channel instanceof ServerSocketChannel listening ? listening.getLocalAddress() : null;
        if (address instanceof InetSocketAddress port) {
            return new Bind.Port(port.getAddress().getHostAddress(), port.getPort());
        }
        if (address instanceof UnixDomainSocketAddress socket) {
            return new Bind.UnixSocket(socket.getPath());
        }
        throw DeploymentException.ofSetting(
                "systemd has passed a socket (LISTEN_FDS), but standard input is no socket that accepts connections. Fix: start"
                        + " the jar by its own name and not with java -jar, use ListenStream= with Accept=no, and leave descriptor 3 open");
    }
}
