package io.gangway.cli.server;

import static java.util.stream.Collectors.joining;

import io.gangway.cli.config.Bind;
import io.gangway.cli.config.ServerSettings;
import io.gangway.deploy.DeploymentException;
import io.gangway.deploy.Setting;
import io.gangway.deploy.SettingSource.Kind;
import io.gangway.deploy.Settings;
import io.gangway.servlet.jetty.GatewayServer;
import java.io.IOException;
import java.net.BindException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The addresses that a server listens on.
 *
 * @param binds at least one
 * @param alternatives the number of further ports that are tried, one after the other, if the first address is taken
 * @param isInherited whether the first one is that of a socket which this process got from systemd
 */
public record Addresses(List<Bind> binds, int alternatives, boolean isInherited) {
    public Addresses {
        binds = List.copyOf(binds);
    }

    private Addresses(List<Bind> binds) {
        this(binds, 0, false);
    }

    /** The address of a socket that this process got from systemd, which counts more than any setting. */
    public static Addresses inherited(Bind bind) {
        return new Addresses(List.of(bind), 0, true);
    }

    /**
     * The addresses that the settings name: {@code --bind}, or {@code --port} on this machine's own address. The one from the stronger source counts.
     *
     * @throws DeploymentException if one source has both
     */
    public static Addresses of(Settings settings) {
        Addresses addresses = named(settings);
        refuseSocketAccess(addresses.binds(), settings);
        return addresses;
    }

    /** Group and mode are of no use without a Unix socket; a weaker source, such as a config file with another address, may have them. */
    private static void refuseSocketAccess(List<Bind> binds, Settings settings) {
        if (binds.stream().anyMatch(Bind.UnixSocket.class::isInstance)) {
            return;
        }
        Optional<Kind> address = Stream.of(ServerSettings.BIND, ServerSettings.PORT)
                .flatMap(setting -> settings.kind(setting).stream())
                .min(Comparator.naturalOrder());
        for (Setting<String> access : List.of(ServerSettings.BIND_GROUP, ServerSettings.BIND_MODE)) {
            Optional<Kind> kind = settings.kind(access);
            if (kind.isPresent()
                    && address.filter(it -> it.compareTo(kind.get()) < 0).isEmpty()) {
                throw DeploymentException.ofSetting(
                        access.key() + ": it is about a Unix socket, and the address is "
                                + new Addresses(binds) + " (from " + settings.origin(access)
                                + "). Fix: remove it, or listen on a Unix socket with gangway.bind, such as unix:/run/shop.sock");
            }
        }
    }

    private static Addresses named(Settings settings) {
        List<Bind> binds = settings.get(ServerSettings.BIND);
        Optional<Integer> port = settings.find(ServerSettings.PORT);
        if (port.isEmpty()) {
            return new Addresses(binds);
        }
        Kind ofPort = settings.kind(ServerSettings.PORT).orElseThrow();
        Optional<Kind> ofBinds = settings.kind(ServerSettings.BIND);
        if (ofBinds.filter(ofPort::equals).isPresent()) {
            throw new DeploymentException("gangway.bind and gangway.port both name an address (from "
                    + settings.origin(ServerSettings.BIND) + " and " + settings.origin(ServerSettings.PORT)
                    + "). Fix: remove one of them");
        }
        boolean isPort = ofBinds.filter(kind -> kind.compareTo(ofPort) < 0).isEmpty();
        return new Addresses(isPort ? List.of(new Bind.Port(Bind.LOOPBACK, port.get())) : binds);
    }

    /** The same, where any of the next ports will do as well. */
    public Addresses orNext(int ports) {
        return new Addresses(binds, isInherited ? 0 : ports, isInherited);
    }

    /**
     * Starts a server on these addresses. It claims them before its application starts, so that trying another port costs nothing.
     *
     * @throws BindException if one of them cannot be had
     */
    public GatewayServer start(GatewayServer.Builder builder) throws IOException {
        Bind first = binds.get(0);
        addFurther(builder);
        if (isInherited) {
            builder.inherited();
        }
        for (int next = 1; ; next++) {
            try {
                return on(builder, first).start();
            } catch (BindException e) {
                boolean isLast = next > alternatives || !isTaken(String.valueOf(e.getMessage()));
                if (isLast || !(first instanceof Bind.Port port) || port.port() >= Bind.HIGHEST_PORT) {
                    throw e;
                }
                first = new Bind.Port(port.host(), port.port() + 1);
            }
        }
    }

    private void addFurther(GatewayServer.Builder builder) {
        for (Bind bind : binds.subList(1, binds.size())) {
            if (bind instanceof Bind.Port port) {
                builder.andPort(port.host(), port.port());
            } else if (bind instanceof Bind.UnixSocket socket) {
                builder.andUnixSocket(socket.path());
            }
        }
    }

    private static GatewayServer.Builder on(GatewayServer.Builder builder, Bind bind) {
        return bind instanceof Bind.Port port
                ? builder.host(port.host()).port(port.port())
                : builder.unixSocket(((Bind.UnixSocket) bind).path());
    }

    /** The addresses, separated by commas. */
    @Override
    public String toString() {
        return binds.stream().map(Bind::toString).collect(joining(", "));
    }

    /** What to do about an address that cannot be had. */
    public static String remedy(String problem) {
        if (problem.contains("unix:")) {
            return isTaken(problem)
                    ? "stop the server that listens there, or choose another path with --bind unix:PATH"
                    : "choose another path with --bind unix:PATH";
        }
        if (isTaken(problem)) {
            return "stop the program that has it, or choose another port with --bind, such as --bind 127.0.0.1:8001";
        }
        return problem.contains("ermission")
                ? "choose a port above 1023 with --bind, or allow this user to open lower ones"
                : "choose an address of this machine with --bind, such as --bind 127.0.0.1:8000";
    }

    private static boolean isTaken(String problem) {
        return problem.contains("in use");
    }
}
