package io.gangway.python;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The log entries since this object was made. */
final class CapturedLog implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.gangway.python");
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

    CapturedLog() {
        logger.addHandler(handler);
    }

    List<String> entries() {
        return entries;
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
    }
}
