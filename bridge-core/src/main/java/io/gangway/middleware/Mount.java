package io.gangway.middleware;

import static io.gangway.wsgi.RuleViolation.quote;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.gangway.wsgi.Environ;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.StartResponse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Several applications as one: each is called for the paths below its prefix.
 *
 * <pre>{@code
 * GatewayApplication site = Mount.builder()
 *         .at("/static", StaticFiles.in(Path.of("public")).build())
 *         .at("/api", api)
 *         .otherwise(pages)
 *         .build();
 * }</pre>
 *
 * <p>The longest prefix of whole segments wins: {@code /api} takes {@code /api} and {@code /api/x}, not {@code /apis}. The
 * prefix moves from PATH_INFO to SCRIPT_NAME (W11), in a copy of the environ, so that a middleware outside still
 * sees the original request; but it does not see keys that the mounted application sets. If no prefix matches, the fallback is
 * called with the unchanged environ; without a fallback, the answer is 404.
 *
 * <p>Paths are compared unchanged: dot segments are not resolved, path parameters and double slashes are not removed.
 *
 * <p>Immutable and thread-safe.
 */
public final class Mount implements GatewayApplication {
    /** @param prefix a native string that starts with a slash and does not end with one */
    private record Entry(String prefix, GatewayApplication application) {
        boolean takes(String path) {
            return path.startsWith(prefix) && (path.length() == prefix.length() || path.charAt(prefix.length()) == '/');
        }
    }

    private final List<Entry> longestFirst;
    private final GatewayApplication fallback;

    private Mount(Builder builder) {
        List<Entry> entries = new ArrayList<>(builder.entries);
        entries.sort(Comparator.comparingInt((Entry entry) -> entry.prefix().length())
                .reversed());
        this.longestFirst = List.copyOf(entries);
        this.fallback = builder.fallback;
    }

    /**
     * Begins a mount.
     *
     * @return a builder without entries, whose fallback answers 404
     */
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception {
        String path = environ.pathInfo();
        for (Entry entry : longestFirst) {
            if (entry.takes(path)) {
                Environ inner = new Environ(environ);
                inner.put(Environ.SCRIPT_NAME, environ.scriptName() + entry.prefix());
                inner.put(Environ.PATH_INFO, path.substring(entry.prefix().length()));
                return entry.application().call(inner, startResponse);
            }
        }
        return fallback.call(environ, startResponse);
    }

    /** Builds a mount. Not thread-safe. */
    public static final class Builder {
        private final List<Entry> entries = new ArrayList<>();
        private GatewayApplication fallback =
                (environ, startResponse) -> PlainAnswer.send(startResponse, "404 Not Found");

        private Builder() {}

        /**
         * Mounts an application.
         *
         * @param prefix one or more segments as decoded text, for example {@code /api/v1}; starts with a slash and does not
         *     end with one
         * @param application called for the prefix itself and all paths below it
         * @return this builder
         * @throws IllegalArgumentException if the prefix is malformed or taken
         */
        public Builder at(String prefix, GatewayApplication application) {
            boolean wellFormed = prefix.startsWith("/") && !prefix.endsWith("/") && !prefix.contains("//");
            if (!wellFormed) {
                throw new IllegalArgumentException(
                        "expected a prefix such as /api, with a slash before each segment and none"
                                + " at the end; found " + quote(prefix)
                                + ". Fix: write it that way; for all other paths, use otherwise()");
            }
            String bytes = new String(prefix.getBytes(UTF_8), ISO_8859_1);
            if (entries.stream().anyMatch(entry -> entry.prefix().equals(bytes))) {
                throw new IllegalArgumentException("expected one application for each prefix; found a second for "
                        + quote(prefix) + ". Fix: mount one of them under another prefix");
            }
            entries.add(new Entry(bytes, requireNonNull(application, "application")));
            return this;
        }

        /**
         * Sets the fallback.
         *
         * @param application called for all other paths; without it, they are answered 404
         * @return this builder
         */
        public Builder otherwise(GatewayApplication application) {
            fallback = requireNonNull(application, "application");
            return this;
        }

        /**
         * Makes the application.
         *
         * @return the mount
         */
        public Mount build() {
            return new Mount(this);
        }
    }
}
