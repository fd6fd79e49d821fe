package io.gangway.it;

import java.io.IOException;

/** A WAR under {@code /ctx} in a distribution, asked through one of its connectors. */
final class WarBackend extends ProcessBackend {
    private final Distribution distribution;
    private final int connector;

    WarBackend(String name, Distribution distribution, int connector) {
        super(name, "/ctx");
        this.distribution = distribution;
        this.connector = connector;
    }

    @Override
    ServerProcess launch() throws IOException {
        return distribution.start(true);
    }

    @Override
    Ports ready(ServerProcess started) {
        int port = distribution.ports(started).get(connector);
        return new Ports(port, port);
    }
}
