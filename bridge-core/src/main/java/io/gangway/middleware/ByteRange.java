package io.gangway.middleware;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A section of a file.
 *
 * @param first the position of its first byte
 * @param count its number of bytes; 0 if the requested range cannot be satisfied
 */
record ByteRange(long first, long count) {
    private static final Pattern SINGLE = Pattern.compile("(?i:bytes)=[ \\t,]*([0-9]*)-([0-9]*)[ \\t,]*");
    private static final ByteRange UNSATISFIABLE = new ByteRange(0, 0);

    /** Digits that always fit a long; a longer number is a position after the end of any file. */
    private static final int SAFE_DIGITS = 18;

    /**
     * Reads a Range header (RFC 9110, section 14.2).
     *
     * @param header its value
     * @param size the file's size in bytes
     * @return the section; empty if the header must be ignored: it is malformed, uses other units or has several ranges, or the
     *     file is empty, and Content-Range cannot express a section of an empty file
     */
    static Optional<ByteRange> parse(String header, long size) {
        Matcher range = SINGLE.matcher(header);
        if (size == 0
                || !range.matches()
                || (range.group(1).isEmpty() && range.group(2).isEmpty())) {
            return Optional.empty();
        }
        if (range.group(1).isEmpty()) {
            long count = Math.min(size, position(range.group(2)));
            return Optional.of(new ByteRange(size - count, count));
        }
        long first = position(range.group(1));
        long last = range.group(2).isEmpty() ? Long.MAX_VALUE : position(range.group(2));
        if (first > last) {
            return Optional.empty();
        }
        return Optional.of(first < size ? new ByteRange(first, Math.min(last, size - 1) - first + 1) : UNSATISFIABLE);
    }

    boolean isSatisfiable() {
        return count > 0;
    }

    /** The value of Content-Range (RFC 9110, section 14.4). */
    String contentRange(long size) {
        return isSatisfiable() ? "bytes " + first + "-" + (first + count - 1) + "/" + size : "bytes */" + size;
    }

    private static long position(String digits) {
        String significant = digits.replaceFirst("^0+(?=.)", "");
        return significant.length() > SAFE_DIGITS ? Long.MAX_VALUE : Long.parseLong(significant);
    }
}
