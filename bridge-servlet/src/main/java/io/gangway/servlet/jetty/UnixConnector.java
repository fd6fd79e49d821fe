package io.gangway.servlet.jetty;

import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.unixdomain.server.UnixDomainServerConnector;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/** A connector of a Unix socket that accepts through an {@link Intake}, and removes only the file that it has made. */
final class UnixConnector extends UnixDomainServerConnector {
    private final Intake intake;
    private final Path path;

    /** Whether we have made the socket's file, and must remove it. */
    private boolean isMade;

    /** The file's device and inode; null if the system has none. */
    private @Nullable Object made;

    private @Nullable Consumer<? super Path> watcher;

    UnixConnector(Server server, Path path, boolean isInherited, ConnectionFactory... factories) {
        super(server, factories);
        this.path = path;
        intake = new Intake(isInherited);
        setInheritChannel(isInherited);
        setUnixDomainPath(path);
    }

    /** Sets who is told when the file is made; to be called before the start. */
    void whenMade(Consumer<? super Path> told) {
        watcher = told;
    }

    /** Removes the file, so that no new client connects; then accepts the connections in the backlog, and no more. */
    void refuse() throws IOException {
        try {
            remove();
        } finally {
            intake.end();
        }
    }

    @Override
    protected void doStart() throws Exception {
        super.doStart();
        if (!isInheritChannel()) {
            made = key();
            isMade = true;
            if (watcher != null) {
                watcher.accept(path);
            }
        }
    }

    /** Jetty deletes the file at its path then, even if it is another server's; so it is given another path. */
    @Override
    protected void doStop() throws Exception {
        try {
            remove();
        } finally {
            setUnixDomainPath(path.resolveSibling("." + UUID.randomUUID()));
            super.doStop();
            setUnixDomainPath(path);
        }
    }

    /** Whether the file is still ours: while the socket is open, no other file has its inode. */
    private void remove() throws IOException {
        if (!isMade) {
            return;
        }
        isMade = false;
        try {
            if (Objects.equals(made, key())) {
                Files.deleteIfExists(path);
            }
        } catch (NoSuchFileException e) {
            // another process has removed it
        }
    }

    private @Nullable Object key() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                .fileKey();
    }

    @Override
    protected void accept(int acceptor) throws IOException {
        Taking taking = getBean(Taking.class);
        if (getTransport() instanceof ServerSocketChannel channel && taking != null) {
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

    private final class Taking extends UnixDomainSelectorManager {
        Taking(Executor executor, Scheduler scheduler, int selectors) {
            super(executor, scheduler, selectors);
        }

        void take(SocketChannel connection) throws IOException {
            accepted(connection);
        }
    }
}
