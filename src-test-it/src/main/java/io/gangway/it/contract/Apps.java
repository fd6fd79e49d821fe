package io.gangway.it.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Environ.WsgiVersion;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.StartResponse;
import java.net.URLEncoder;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Helpers for the cases' applications. */
public final class Apps {
    static final Header TEXT = new Header("Content-Type", "text/plain; charset=iso-8859-1");

    private Apps() {}

    /** Answers 200 with text of one block. */
    public static Iterable<byte[]> text(StartResponse start, String text) {
        start.start("200 OK", List.of(TEXT));
        return List.of(bytes(text));
    }

    /** Answers 200 with these headers and no body yet. */
    static StartResponse.Write ok(StartResponse start, Header... headers) {
        return start.start("200 OK", List.of(headers));
    }

    /** Answers with the environ, one {@code key=value} in a line, values percent-encoded. */
    public static Iterable<byte[]> dump(Environ environ, StartResponse start) {
        String lines = new TreeMap<>(environ)
                .entrySet().stream()
                        .filter(entry -> !entry.getKey().startsWith("HTTP_X_CONTRACT"))
                        .map(entry -> entry.getKey() + "=" + URLEncoder.encode(shown(entry.getValue()), ISO_8859_1))
                        .collect(Collectors.joining("\n"));
        return text(start, lines);
    }

    private static String shown(Object value) {
        if (value instanceof WsgiVersion version) {
            return "(" + version.major() + ", " + version.minor() + ")"; // as Python's tuple
        }
        return value instanceof String || value instanceof Boolean || value instanceof Number
                ? value.toString()
                : value.getClass().getName();
    }

    /** Blocks of native text. */
    static List<byte[]> blocks(String... texts) {
        return Arrays.stream(texts).map(Apps::bytes).toList();
    }

    static byte[] bytes(String text) {
        return text.getBytes(ISO_8859_1);
    }

    static Header header(String name, String value) {
        return new Header(name, value);
    }
}
