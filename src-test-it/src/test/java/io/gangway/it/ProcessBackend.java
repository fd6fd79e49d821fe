package io.gangway.it;

import io.gangway.it.client.Http2WebSocketProxy;
import io.gangway.it.client.RawConnection;
import io.gangway.it.contract.Case;
import io.gangway.it.contract.Case.Transport;
import io.gangway.it.contract.Trait;
import java.io.IOException;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A backend that is a process with ports. */
abstract class ProcessBackend implements Backend {
    private final String name;
    private final String base;
    private final Map<Trait, String> lacks = new EnumMap<>(Trait.class);
    private final Map<String, String> declares = new LinkedHashMap<>();
    private @Nullable ServerProcess process;
    private @Nullable Ports ports;
    private boolean isOverHttp2;
    private @Nullable Http2WebSocketProxy proxy;

    ProcessBackend(String name, String base) {
        this.name = name;
        this.base = base;
    }

    /** Starts the process; its log tells when it is ready. */
    abstract ServerProcess launch() throws Exception;

    /** Waits until the process serves, and returns its port and that of the mappings. */
    abstract Ports ready(ServerProcess started);

    /** The mount point at which the journal of a request is read. */
    abstract Place journal(Place asked, Place ordinary);

    /** Opens a connection. */
    abstract RawConnection connect(int port, Transport transport) throws IOException;

    /** The port of the default mount point, of the others, and of these with TLS; 0 if there are none. */
    record Ports(int main, int mounts, int tls) {}

    /** A mount point. */
    record Place(int port, String base) {}

    /** Has its default mount point's WebSockets opened over HTTP/2. */
    final ProcessBackend withWebSocketsOverHttp2() {
        isOverHttp2 = true;
        return this;
    }

    final ProcessBackend lacks(Trait trait, String why) {
        lacks.put(trait, why);
        return this;
    }

    final ProcessBackend declares(String rule, String why) {
        declares.put(rule, why);
        return this;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final Map<Trait, String> lacks() {
        return lacks;
    }

    @Override
    public final Map<String, String> declares() {
        return declares;
    }

    @Override
    public void start() throws Exception {
        process = launch();
        ports = ready(process);
        if (isOverHttp2) {
            proxy = new Http2WebSocketProxy(ports.main());
        }
    }

    @Override
    public void stop() throws Exception {
        if (process != null) {
            process.stop();
        }
        if (proxy != null) {
            proxy.close();
        }
    }

    final ServerProcess process() {
        return Objects.requireNonNull(process, "start() was not called");
    }

    @Override
    public final ClosingTalk talk(Case run, String runId) {
        Ports on = Objects.requireNonNull(ports, "start() was not called");
        Place ordinary = new Place(on.main(), base);
        if (run.mount().isEmpty()) {
            return new SocketTalk(this, ordinary, ordinary, run, runId);
        }
        int port = run.transport() == Transport.PLAIN ? on.mounts() : on.tls();
        Place asked = new Place(port, "/m-" + run.mount());
        return new SocketTalk(this, asked, journal(asked, ordinary), run, runId);
    }

    /** Opens a connection to the default mount point. */
    final RawConnection connect() throws IOException {
        return connect(proxy == null ? port() : proxy.port(), Transport.PLAIN);
    }

    /** The port of the default mount point. */
    final int port() {
        return Objects.requireNonNull(ports, "start() was not called").main();
    }

    /** The port of the other mount points. */
    final int mountsPort() {
        return Objects.requireNonNull(ports, "start() was not called").mounts();
    }

    /** Opens a connection with TLS to {@link #tlsBase}. */
    final RawConnection connectWithTls() throws IOException {
        return connect(Objects.requireNonNull(ports, "start() was not called").tls(), Transport.TLS);
    }

    /** The path at which the application is served with TLS. */
    String tlsBase() {
        return base;
    }

    /** The path of the default mount point. */
    final String base() {
        return base;
    }

    @Override
    public final long logEntries(String id) {
        return process().lines().stream().filter(line -> line.contains(id)).count();
    }

    /** For the names of tests with parameters. */
    @Override
    public final String toString() {
        return name;
    }

    @Override
    public final boolean awaitLogEntry(String... texts) {
        return process().await(line -> Arrays.stream(texts).allMatch(line::contains));
    }
}
