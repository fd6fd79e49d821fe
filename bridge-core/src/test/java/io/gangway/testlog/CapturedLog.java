package io.gangway.testlog;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The entries of a logger since this object was made. */
public final class CapturedLog implements AutoCloseable {
    private final Logger logger;
    private final List<String> entries = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            entries.add(entry.getLevel() + " " + entry.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    public CapturedLog(String name) {
        logger = Logger.getLogger(name);
        logger.addHandler(handler);
    }

    public List<String> entries() {
        return entries;
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
    }
}
