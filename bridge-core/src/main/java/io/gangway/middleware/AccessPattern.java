package io.gangway.middleware;

import io.gangway.wsgi.Escapes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of an access log as a pattern with gunicorn's atoms: {@code %(h)s "%(r)s" %(s)s %(D)s}.
 *
 * <p>Each value is escaped as its place needs: within quotes a quote cannot end it, outside of them a space cannot.
 */
final class AccessPattern {
    /** An atom {@code %(name)s}, or {@code %%}. */
    private static final Pattern ATOM = Pattern.compile("%(?:\\(([^()]+)\\)s|%)");

    /** A header of the request or of the response, or a key of the environ. */
    private static final Pattern NAMED = Pattern.compile("\\{([^{}]+)\\}([ioe])");

    private static final Map<String, Function<AccessRecord, String>> ATOMS = Map.ofEntries(
            Map.entry("h", AccessRecord::client),
            Map.entry("l", access -> ""),
            Map.entry("u", AccessRecord::user),
            Map.entry("r", AccessRecord::requestLine),
            Map.entry("m", AccessRecord::method),
            Map.entry("U", access -> access.target().split("\\?", 2)[0]),
            Map.entry(
                    "q",
                    access -> access.target().contains("?") ? access.target().split("\\?", 2)[1] : ""),
            Map.entry("H", AccessRecord::protocol),
            Map.entry("s", access -> Integer.toString(access.status())),
            Map.entry("B", access -> Long.toString(access.bytes())),
            Map.entry("b", access -> access.bytes() == 0 ? "" : Long.toString(access.bytes())),
            Map.entry("f", access -> access.environ("HTTP_REFERER")),
            Map.entry("a", access -> access.environ("HTTP_USER_AGENT")),
            Map.entry("T", access -> Long.toString(TimeUnit.NANOSECONDS.toSeconds(access.nanos()))),
            Map.entry("M", access -> Long.toString(TimeUnit.NANOSECONDS.toMillis(access.nanos()))),
            Map.entry("D", access -> Long.toString(TimeUnit.NANOSECONDS.toMicros(access.nanos()))),
            Map.entry("L", access -> String.format(Locale.ROOT, "%.6f", access.nanos() / 1e9)),
            Map.entry("p", access -> "<" + ProcessHandle.current().pid() + ">"));

    private final List<Function<AccessRecord, String>> parts;

    private AccessPattern(List<Function<AccessRecord, String>> parts) {
        this.parts = List.copyOf(parts);
    }

    /**
     * Parses a pattern.
     *
     * @throws IllegalArgumentException if it has no atom, an unknown one, a percent sign alone, or text that is not printable ASCII
     */
    static AccessPattern parse(String text) {
        List<Function<AccessRecord, String>> parts = new ArrayList<>();
        Matcher matcher = ATOM.matcher(text);
        int end = 0;
        boolean isQuoted = false;
        boolean hasAtom = false;
        while (matcher.find()) {
            String before = literal(text.substring(end, matcher.start()));
            parts.add(access -> before);
            isQuoted ^= before.chars().filter(c -> c == '"').count() % 2 == 1;
            parts.add(matcher.group(1) == null ? access -> "%" : atom(matcher.group(1), isQuoted));
            hasAtom |= matcher.group(1) != null;
            end = matcher.end();
        }
        String rest = literal(text.substring(end));
        parts.add(access -> rest);
        if (!hasAtom) {
            throw new IllegalArgumentException("a pattern without an atom: " + text);
        }
        return new AccessPattern(parts);
    }

    private static String literal(String text) {
        if (text.indexOf('%') >= 0 || !text.chars().allMatch(c -> c == '\t' || (c >= ' ' && c < 0x7f))) {
            throw new IllegalArgumentException("no literal text of a pattern: " + text);
        }
        return text;
    }

    private static Function<AccessRecord, String> atom(String name, boolean isQuoted) {
        if (name.equals("t")) {
            return access -> "[" + access.time() + "]"; // of digits and letters, with a space in it, as everywhere
        }
        Function<AccessRecord, String> value = value(name);
        return access -> {
            String text = AccessRecord.cut(value.apply(access));
            return Escapes.logField(text.isEmpty() ? "-" : text, isQuoted);
        };
    }

    private static Function<AccessRecord, String> value(String name) {
        Function<AccessRecord, String> known = ATOMS.get(name);
        if (known != null) {
            return known;
        }
        Matcher named = NAMED.matcher(name);
        if (!named.matches()) {
            throw new IllegalArgumentException("there is no atom " + name);
        }
        String key = named.group(1);
        return switch (named.group(2)) {
            case "i" -> access -> access.header(key);
            case "o" -> access -> access.responseHeader(key);
            default -> access -> access.environ(key);
        };
    }

    String line(AccessRecord access) {
        StringBuilder line = new StringBuilder(256);
        parts.forEach(part -> line.append(part.apply(access)));
        return line.toString();
    }
}
