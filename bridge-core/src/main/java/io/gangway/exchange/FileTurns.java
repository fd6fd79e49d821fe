package io.gangway.exchange;

/** Decides when a thread goes on with a file, see {@link Exchange#send(io.gangway.wsgi.FileWrapper, FileTurns, FileSent)}. */
@FunctionalInterface
public interface FileTurns {
    /**
     * Lets other work come first.
     *
     * @param next runs once, on any thread, if this returns true
     * @return false to go on at once
     */
    boolean goOnLater(Runnable next);
}
