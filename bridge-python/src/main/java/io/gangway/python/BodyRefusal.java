package io.gangway.python;

import io.gangway.buffer.BodyStore;
import io.gangway.buffer.NoRoomException;
import io.gangway.buffer.StorageException;
import io.gangway.wsgi.Header;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Answers requests whose body cannot be stored; the application is not called. */
final class BodyRefusal {
    private static final Logger LOG = System.getLogger("io.gangway.python");

    private BodyRefusal() {}

    /** Answers 413 to a body that would not fit even alone, which is the client's fault, and 503 to one that fits when others are gone. */
    static PendingCall of(WorkerRequest request, BodyStore store, NoRoomException problem) {
        if (problem.isTooLarge()) {
            LOG.log(
                    Level.INFO,
                    () -> request.name() + ": answered 413: its body came without a length, and " + problem.getMessage()
                            + ", which gangway.request-buffer-limit allows");
            return WorkerApplication.answer(request, "413 Content Too Large");
        }
        LOG.log(
                Level.WARNING,
                () -> request.name() + ": answered 503: its body came without a length, and " + problem.getMessage()
                        + ". Fix: if " + store.directory() + " has more room than the " + store.diskLimit()
                        + " bytes of gangway.request-buffer-limit, set a higher limit");
        return WorkerApplication.answer(
                request, "503 Service Unavailable", new Header("Retry-After", WorkerExchange.RETRY_AFTER));
    }

    /** Answers 507 (RFC 4918, section 11.5): the server cannot store the body that it needs to complete the request. */
    static PendingCall of(WorkerRequest request, StorageException problem) {
        LOG.log(
                Level.ERROR,
                () -> request.name() + ": answered 507: its body came without a length, and " + problem.getMessage()
                        + ". Fix: free some space there, or set gangway.request-buffer-directory to a directory that Gangway may"
                        + " write to and that has room");
        return WorkerApplication.answer(request, "507 Insufficient Storage");
    }
}
