package io.gangway.python;

import io.gangway.buffer.BodyStore;
import io.gangway.buffer.NoRoomException;
import io.gangway.buffer.StorageException;
import io.gangway.exchange.ServerAnswer;
import io.gangway.python.loop.LoopLogger;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;

/** The answers to requests whose body cannot be stored; the application is not called. */
final class BodyRefusal {
    private static final Logger LOG = LoopLogger.of("io.gangway.python");

    private BodyRefusal() {}

    /** The answer to a problem of the store, which is logged here; empty for any other problem. */
    static Optional<ServerAnswer> of(WorkerRequest request, BodyStore store, Throwable problem) {
        if (problem instanceof NoRoomException full) {
            return Optional.of(of(request, store, full));
        }
        return problem instanceof StorageException refused ? Optional.of(of(request, refused)) : Optional.empty();
    }

    /** Answers 413 to a body that would not fit even alone, which is the client's fault, and 503 to one that fits when others are gone. */
    private static ServerAnswer of(WorkerRequest request, BodyStore store, NoRoomException problem) {
        if (problem.isTooLarge()) {
            LOG.log(
                    Level.INFO,
                    () -> request.name() + ": answered 413: its body was to be collected, and " + problem.getMessage()
                            + ", which gangway.buffer-limit allows");
            return ServerAnswer.of("413 Content Too Large", request.id());
        }
        LOG.log(
                Level.WARNING,
                () -> request.name() + ": answered 503: its body was to be collected, and " + problem.getMessage()
                        + ". Fix: if " + store.directory() + " has more room than the " + store.diskLimit()
                        + " bytes of gangway.buffer-limit, set a higher limit");
        return ServerAnswer.of("503 Service Unavailable", request.id(), WorkerLease.RETRY_AFTER);
    }

    /** Answers 507 (RFC 4918, section 11.5): the server cannot store the body that it needs to complete the request. */
    private static ServerAnswer of(WorkerRequest request, StorageException problem) {
        LOG.log(
                Level.ERROR,
                () -> request.name() + ": answered 507: its body was to be collected, and " + problem.getMessage()
                        + ". Fix: free some space there, or set gangway.buffer-directory to a directory that Gangway may"
                        + " write to and that has room");
        return ServerAnswer.of("507 Insufficient Storage", request.id());
    }
}
