package io.gangway.it;

import io.gangway.it.client.RawConnection;
import io.gangway.it.contract.Case.Transport;
import java.io.IOException;

/** A WAR under {@code /ctx} in a distribution, with requests through one of its connectors. */
final class WarBackend extends ProcessBackend {
    private final Distribution distribution;
    private final int connector;
    /** Bytes; 0 for the contract's application. */
    private int maxMessage;

    WarBackend(String name, Distribution distribution, int connector) {
        super(name, "/ctx");
        this.distribution = distribution;
        this.connector = connector;
    }

    /** With the application of the cases about WebSockets in place of the contract's. */
    WarBackend onWebSockets(int limit) {
        maxMessage = limit;
        return this;
    }

    @Override
    ServerProcess launch() throws IOException {
        return maxMessage == 0 ? distribution.start(true) : distribution.startWebSockets(maxMessage);
    }

    @Override
    Ports ready(ServerProcess started) {
        int port = distribution.ports(started).get(connector);
        return new Ports(port, port, 0);
    }

    /** Every web application has loaded an application of its own. */
    @Override
    Place journal(Place asked, Place ordinary) {
        return asked;
    }

    @Override
    RawConnection connect(int port, Transport transport) throws IOException {
        if (transport != Transport.PLAIN) {
            throw new IllegalStateException("this backend declares to lack TLS");
        }
        return new RawConnection(port);
    }
}
