package io.gangway.bench;

import java.util.Locale;

/** What is measured; the names are the run script's too. */
public enum Workload {
    /** A small text. */
    HELLO,
    /** The same answer to a request with thirty headers, of which the application reads four. */
    HEADERS,
    /** One megabyte as one array, with its Content-Length. */
    BODY1M;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
