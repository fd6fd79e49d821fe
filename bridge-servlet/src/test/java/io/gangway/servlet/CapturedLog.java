package io.gangway.servlet;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** Captures the gateway's log entries until it is closed; they reach no other handler. */
public final class CapturedLog implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.gangway.servlet");
    private final List<LogRecord> entries = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            entries.add(entry);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    /** Starts the capture. */
    public CapturedLog() {
        logger.addHandler(handler);
        logger.setUseParentHandlers(false);
    }

    public List<LogRecord> entries() {
        return entries;
    }

    @Override
    public void close() {
        logger.setUseParentHandlers(true);
        logger.removeHandler(handler);
    }
}
