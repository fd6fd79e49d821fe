package io.gangway.servlet.jetty;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;

/** A connector of a TCP port that accepts through an {@link Intake}. */
final class PortConnector extends ServerConnector {
    private final Intake intake;

    PortConnector(Server server, boolean isInherited, ConnectionFactory... factories) {
        super(server, factories);
        intake = new Intake(isInherited);
        setInheritChannel(isInherited);
    }

    /** An inherited socket stays open until the process ends: a JVM that closes it takes standard output for its connection, and closes that too. */
    @Override
    public void close() {
        if (!isInheritChannel()) {
            super.close();
        }
    }

    /** Accepts the connections in the backlog, and then no more. */
    void refuse() {
        intake.end();
    }

    @Override
    public void accept(int acceptor) throws IOException {
        if (getTransport() instanceof ServerSocketChannel channel && getSelectorManager() instanceof Taking taking) {
            intake.accept(channel, taking::take);
        }
    }

    /** The number of accepted connections that the connector does not know yet. */
    int onTheWay() {
        return intake.onTheWay();
    }

    @Override
    protected void onEndPointOpened(EndPoint endPoint) {
        super.onEndPointOpened(endPoint);
        intake.arrived();
    }

    @Override
    protected boolean handleAcceptFailure(Throwable failure) {
        return intake.isOpen() && super.handleAcceptFailure(failure);
    }

    @Override
    protected SelectorManager newSelectorManager(Executor executor, Scheduler scheduler, int selectors) {
        return new Taking(executor, scheduler, selectors);
    }

    private final class Taking extends ServerConnectorManager {
        Taking(Executor executor, Scheduler scheduler, int selectors) {
            super(executor, scheduler, selectors);
        }

        void take(SocketChannel connection) throws IOException {
            accepted(connection);
        }
    }
}
