package io.gangway.it.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.net.URLDecoder;
import java.util.List;

/** The events that the application noted in one run, as read back from it. */
public final class Journal {
    private final List<String> events;

    /**
     * Parses the events.
     *
     * @param text the events, one a line
     */
    public Journal(String text) {
        this.events = text.lines().toList();
    }

    /** The details of all events of a kind. */
    public List<String> details(String event) {
        return events.stream()
                .filter(line -> line.startsWith(event + " "))
                .map(line -> URLDecoder.decode(line.substring(event.length() + 1), ISO_8859_1))
                .toList();
    }

    /** How many events of a kind there are. */
    public int count(String event) {
        return details(event).size();
    }

    /** Expects so many events of a kind. */
    public Journal times(String event, int expected) {
        return check(count(event) == expected, expected + " times " + event);
    }

    /** Expects that each event of a kind has these details; there must be at least one. */
    public Journal says(String event, String expected) {
        List<String> details = details(event);
        return check(!details.isEmpty() && details.stream().allMatch(expected::equals), event + " " + expected);
    }

    /** Expects that a condition holds. */
    public Journal check(boolean holds, String expectation) {
        if (!holds) {
            throw new AssertionError("expected of the journal: " + expectation + "; got\n" + this);
        }
        return this;
    }

    @Override
    public String toString() {
        return URLDecoder.decode(String.join("\n", events), ISO_8859_1);
    }
}
