package io.gangway.python;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.regex.Pattern;

/** The log entries since this object was made: with their level, and without the deployment's name, which {@link #named} leaves in. */
final class CapturedLog implements AutoCloseable {
    private final Logger logger = Logger.getLogger("io.gangway.python");
    /** An application's name, or a context path. */
    private static final Pattern DEPLOYMENT = Pattern.compile("^\\[(\\w[\\w:.]*|/\\w+)] ");

    private final List<String> entries = new CopyOnWriteArrayList<>();
    private final List<String> named = new CopyOnWriteArrayList<>();
    private final List<String> sources = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            named.add(entry.getLevel() + " " + entry.getMessage());
            entries.add(entry.getLevel() + " "
                    + DEPLOYMENT.matcher(entry.getMessage()).replaceFirst(""));
            sources.add(entry.getSourceClassName() + "." + entry.getSourceMethodName());
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

    List<String> named() {
        return named;
    }

    /** The classes and methods of the entries, as formatters show them. */
    List<String> sources() {
        return sources;
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
    }
}
