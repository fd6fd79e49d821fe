package io.gangway.it;

import io.gangway.asgi.AsgiApplication;
import io.gangway.it.client.RawConnection;
import io.gangway.it.contract.Case.Transport;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A WAR under {@code /ctx} in a distribution, with requests through one of its connectors. */
final class WarBackend extends ProcessBackend {
    private final Distribution distribution;
    private final int connector;
    /** Of the cases about ASGI; the contract's if it is null. */
    private @Nullable Class<? extends AsgiApplication> application;

    WarBackend(String name, Distribution distribution, int connector) {
        super(name, "/ctx");
        this.distribution = distribution;
        this.connector = connector;
    }

    /** With an application of the cases about ASGI in place of the contract's. */
    WarBackend serving(Class<? extends AsgiApplication> type) {
        application = type;
        return this;
    }

    @Override
    ServerProcess launch() throws IOException {
        return application == null
                ? distribution.start(true)
                : distribution.startAsgi(application, AsgiBackend.MAX_MESSAGE);
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
