package io.gangway.python.supervisor;

import static io.gangway.wsgi.RuleViolation.quote;

import io.gangway.python.dispatch.WorkerEnd;
import io.gangway.python.protocol.Frame;
import io.gangway.python.protocol.ProtocolException;
import io.gangway.python.supervisor.Reception.Guest;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Has one launcher running, and understands what it says. Belongs to the event loop. */
final class LauncherKeeper {
    private static final Logger LOG = System.getLogger("io.gangway.python");

    private final Plan plan;
    private final Path directory;
    private final Path workerPackage;
    private final Path socket;
    private final EventLoop loop;
    private final Owner owner;
    private @Nullable Launcher launcher;
    private boolean isEnding;

    /** Who is told. */
    interface Owner {
        /** A launcher takes orders now. */
        void launcherConnected();

        /** A launcher ended, or lost its connection. */
        void launcherEnded(Launcher ended);

        /** No launcher could be started. */
        void launcherNotStarted(IOException problem);

        /** A worker's process is known. */
        void workerStarted(String token, long pid);

        /** A worker's process has ended. */
        void workerEnded(String token, WorkerEnd how);
    }

    LauncherKeeper(Plan plan, Path directory, Path workerPackage, Path socket, EventLoop loop, Owner owner) {
        this.plan = plan;
        this.directory = directory;
        this.workerPackage = workerPackage;
        this.socket = socket;
        this.loop = loop;
        this.owner = owner;
    }

    void launch() {
        try {
            launcher = Launcher.start(plan, directory, workerPackage, socket, Tokens.next());
        } catch (IOException e) {
            owner.launcherNotStarted(e);
        }
    }

    void launchAfter(Duration pause) {
        loop.schedule(pause, () -> {
            if (!isEnding && launcher == null) {
                launch();
            }
        });
    }

    /** The connection of a launcher that takes orders. */
    @Nullable
    Link link() {
        return launcher == null ? null : launcher.link;
    }

    void tick() {
        Launcher current = launcher;
        if (current != null) {
            readOutput(current);
            if (current.link == null && !current.isAlive()) {
                ended(current);
            }
        }
    }

    private static void readOutput(Launcher launcher) {
        try {
            launcher.readOutput();
        } catch (IOException e) {
            LOG.log(Level.DEBUG, "reading the launcher's output", e);
        }
    }

    void introduced(Guest guest) {
        Launcher current = launcher;
        if (current == null || current.link != null || !current.token.equals(guest.token())) {
            guest.refuse();
            return;
        }
        current.link = Link.ofFrames(guest, frame -> take(current, frame), () -> ended(current));
        current.link.begin();
        owner.launcherConnected();
    }

    private void ended(Launcher ended) {
        if (launcher == ended && !isEnding) {
            launcher = null;
            ended.awaitEnd(); // its connection is gone: so is the process, or it is about to be
            readOutput(ended);
            owner.launcherEnded(ended);
        }
    }

    private void take(Launcher from, Frame frame) throws ProtocolException {
        switch (frame.type()) {
            case CHILD -> child(from, frame.fields(4));
            case LOG -> from.log().record(frame);
            case FAILED -> from.failure = frame.fields(3);
            default -> throw new ProtocolException(frame.type() + " from the launcher");
        }
    }

    private void child(Launcher from, List<String> fields) throws ProtocolException {
        String token = fields.get(0);
        try {
            int number = Integer.parseInt(fields.get(3));
            switch (fields.get(2)) {
                case "started" -> owner.workerStarted(token, Long.parseLong(fields.get(1)));
                case "exit" -> owner.workerEnded(token, new WorkerEnd(false, number));
                case "signal" -> owner.workerEnded(token, new WorkerEnd(true, number));
                case "failed" -> {
                    from.log().stderr("a worker could not be forked: error number " + number);
                    owner.workerEnded(token, WorkerEnd.UNKNOWN);
                }
                default -> throw new ProtocolException("CHILD with " + quote(fields.toString()));
            }
        } catch (NumberFormatException e) {
            throw new ProtocolException("CHILD with " + quote(fields.toString()));
        }
    }

    /** Ends the launcher, when the loop has ended; it kills its children first. */
    void end() {
        isEnding = true;
        Launcher last = launcher;
        if (last == null) {
            return;
        }
        if (last.link != null) {
            last.link.close();
        } else {
            last.kill();
        }
        last.awaitEnd();
    }
}
