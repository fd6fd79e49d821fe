package io.gangway.middleware;

import static io.gangway.wsgi.RuleViolation.quote;
import static java.util.Objects.requireNonNull;

import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.RequestFacts;
import io.gangway.exchange.Step;
import io.gangway.middleware.StaticLookup.Found;
import io.gangway.server.FactsEnviron;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import io.gangway.wsgi.Middleware;
import io.gangway.wsgi.StartResponse;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Serves the files of a directory: as an application, as a middleware in front of one, or as a step of a server. As a step it needs neither a worker nor a thread
 * that waits for the client.
 *
 * <pre>{@code
 * StaticFiles files = StaticFiles.in(Path.of("public")).cacheControl("public, max-age=3600").build();
 * GatewayApplication site = Mount.builder().at("/static", files).otherwise(pages).build(); // 404 if there is no such file
 * GatewayApplication other = files.wrap(pages); // pages is called if there is no such file
 * }</pre>
 *
 * <p><b>Which files are served.</b> PATH_INFO names the file, as UTF-8. No file outside the directory is served, neither through
 * dot segments nor through backslashes or symbolic links; dot files are hidden by default. For a directory, its index file is
 * served; a path to it without a slash at the end is redirected. A file that cannot be read counts as not found.
 *
 * <p><b>How a file is sent.</b> GET and HEAD only; other methods get 405. Responses have a strong ETag (size and time of change) and
 * Last-Modified. Conditional requests are evaluated in the order of RFC 9110, section 13.2.2; a single byte range is supported,
 * with If-Range; a request for several ranges gets the whole file, as the RFC allows. The body is a {@link FileWrapper}, which the
 * server sends in its fastest way and closes.
 *
 * <p>To replace a file, rename a new one to its name. If a file is overwritten while it is sent, its response breaks.
 *
 * <p>Immutable and thread-safe; nothing is cached in memory.
 */
public final class StaticFiles implements GatewayApplication, Middleware, Step {
    /** The encodings of precompressed files beside the original, in the order of preference. */
    private enum Encoding {
        BROTLI("br", ".br"),
        GZIP("gzip", ".gz");

        final String coding;
        final String suffix;

        Encoding(String coding, String suffix) {
            this.coding = coding;
            this.suffix = suffix;
        }
    }

    /** @param encoding how the file is compressed; null if it is not */
    private record Representation(Found found, @Nullable Encoding encoding) {}

    private final StaticLookup lookup;
    private final @Nullable String index;
    private final @Nullable String cacheControl;
    private final boolean precompressed;
    private final ContentTypes contentTypes;

    private StaticFiles(Builder builder) {
        lookup = new StaticLookup(builder.root, builder.showsDotFiles);
        index = builder.index;
        cacheControl = builder.cacheControl;
        precompressed = builder.precompressed;
        contentTypes = new ContentTypes(builder.contentTypes);
    }

    /**
     * Begins to configure a directory.
     *
     * @param root the directory; symbolic links to it are resolved again on each request
     * @return a builder with the defaults
     * @throws IllegalArgumentException if it is not a directory
     */
    public static Builder in(Path root) {
        if (!Files.isDirectory(root)) {
            throw new IllegalArgumentException("expected a directory of static files; found none at "
                    + quote(root.toAbsolutePath().toString()) + ". Fix: create it, or correct the path");
        }
        return new Builder(root.toAbsolutePath());
    }

    @Override
    public Iterable<byte[]> call(Environ environ, StartResponse startResponse) throws Exception {
        return answer(environ)
                .orElseGet(() -> StaticAnswer.text("404 Not Found"))
                .start(startResponse);
    }

    @Override
    public GatewayApplication wrap(GatewayApplication application) {
        return (environ, startResponse) -> {
            Optional<StaticAnswer> answer = answer(environ);
            return answer.isPresent() ? answer.get().start(startResponse) : application.call(environ, startResponse);
        };
    }

    @Override
    public Optional<ExchangeApplication> instead(RequestFacts facts) {
        return answer(FactsEnviron.of(facts)).map(answer -> answer);
    }

    /**
     * These files below a path, as a step of a server. Requests below the path never reach the application: a file that is not there is a 404.
     *
     * @param prefix compared with PATH_INFO; starts with a slash and does not end with one, for example {@code /static}
     * @return the step
     * @throws IllegalArgumentException if it is another text
     */
    public Step below(String prefix) {
        return new StaticMount(this, prefix);
    }

    /** Finds the answer if there is a file; it must be used or closed. */
    private Optional<StaticAnswer> answer(Environ environ) {
        Found found = lookup.find(environ.pathInfo()).orElse(null);
        boolean redirects = false;
        if (found != null && !found.isFile()) {
            redirects = !environ.pathInfo().endsWith("/");
            found = index == null
                    ? null
                    : lookup.file(found.named().resolve(index)).orElse(null);
        }
        if (found == null) {
            return Optional.empty();
        }
        if (!environ.method().equals("GET") && !environ.method().equals("HEAD")) {
            return Optional.of(StaticAnswer.text("405 Method Not Allowed", new Header("Allow", "GET, HEAD")));
        }
        return redirects ? Optional.of(redirect(environ)) : file(found, environ);
    }

    /** To the same path with a slash; without scheme and host, so that a forged Host header cannot lead to another site. */
    private static StaticAnswer redirect(Environ environ) {
        Environ slashed = new Environ(environ);
        slashed.put(Environ.PATH_INFO, environ.pathInfo() + "/");
        // Two slashes at the start would name a host.
        String location = slashed.requestTarget().replaceFirst("^/+", "/");
        return StaticAnswer.text("301 Moved Permanently", new Header("Location", location));
    }

    private Optional<StaticAnswer> file(Found found, Environ environ) {
        List<Header> headers = new ArrayList<>();
        Representation chosen = choose(found, environ, headers);
        Instant now = Instant.now();
        Preconditions conditions = validators(chosen, now);
        headers.add(new Header("ETag", conditions.etag()));
        headers.add(new Header("Last-Modified", HttpDates.format(conditions.lastModified())));
        if (cacheControl != null) {
            headers.add(new Header("Cache-Control", cacheControl));
        }
        switch (conditions.evaluate(environ)) {
            case FAILED -> {
                return Optional.of(StaticAnswer.text("412 Precondition Failed"));
            }
            case NOT_MODIFIED -> {
                return Optional.of(StaticAnswer.empty("304 Not Modified", headers));
            }
            case PROCEED -> {}
        }
        long size = chosen.found().attributes().size();
        // RFC 9110, section 14.2: Range is defined for GET only.
        Optional<ByteRange> range = environ.header("Range")
                .filter(header -> environ.method().equals("GET") && conditions.allowsRange(environ, now))
                .flatMap(header -> ByteRange.parse(header, size));
        if (range.isPresent() && !range.get().isSatisfiable()) {
            return Optional.of(StaticAnswer.text(
                    "416 Range Not Satisfiable",
                    new Header("Content-Range", range.get().contentRange(size))));
        }
        describe(headers, found, chosen);
        range.ifPresent(part -> headers.add(new Header("Content-Range", part.contentRange(size))));
        ByteRange part = range.orElse(new ByteRange(0, size));
        headers.add(new Header("Content-Length", Long.toString(part.count())));
        String status = range.isPresent() ? "206 Partial Content" : "200 OK";
        return open(chosen.found().path(), part)
                .map(opened -> environ.method().equals("HEAD")
                        ? StaticAnswer.withoutFile(status, headers, opened)
                        : StaticAnswer.file(status, headers, opened));
    }

    /** Opens the file before the response starts; empty if it is not readable, or was removed since it was found. */
    private static Optional<FileWrapper> open(Path path, ByteRange part) {
        try {
            FileChannel channel = FileChannel.open(path, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
            try {
                return Optional.of(FileWrapper.of(channel.position(part.first()), part.count()));
            } catch (IOException e) {
                channel.close();
                throw e;
            }
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** The file, or the compressed file beside it that the client prefers; adds Vary if there is a choice. */
    private Representation choose(Found found, Environ environ, List<Header> headers) {
        Representation best = new Representation(found, null);
        if (!precompressed) {
            return best;
        }
        QualityValues accepted =
                new QualityValues(environ.header("Accept-Encoding").orElse(""));
        // RFC 9110, section 12.5.3: identity is acceptable even if not listed; listed codings are preferred.
        double heaviest = Math.max(0, accepted.of("identity"));
        boolean isListed = heaviest > 0;
        for (Encoding encoding : Encoding.values()) {
            Optional<Found> sibling =
                    lookup.file(found.named().resolveSibling(found.named().getFileName() + encoding.suffix));
            if (sibling.isEmpty()) {
                continue;
            }
            if (headers.isEmpty()) {
                headers.add(new Header("Vary", "Accept-Encoding"));
            }
            double exact = accepted.of(encoding.coding);
            double weight = exact == QualityValues.ABSENT ? accepted.of("*") : exact;
            boolean compressedTiesIdentity = best.encoding() == null && isListed && weight == heaviest;
            if (weight > heaviest || compressedTiesIdentity) {
                best = new Representation(sibling.get(), encoding);
                heaviest = weight;
            }
        }
        return best;
    }

    private static Preconditions validators(Representation chosen, Instant now) {
        long size = chosen.found().attributes().size();
        Instant modified = chosen.found().attributes().lastModifiedTime().toInstant();
        String etag = "\"" + Long.toHexString(size) + "-" + Long.toHexString(modified.getEpochSecond()) + "."
                + Integer.toHexString(modified.getNano())
                + (chosen.encoding() == null ? "" : "-" + chosen.encoding().coding) + "\"";
        // RFC 9110, section 8.8.2.1: a date in the future is not sent.
        Instant shown = modified.isAfter(now) ? now : modified;
        return new Preconditions(etag, shown.truncatedTo(ChronoUnit.SECONDS));
    }

    private void describe(List<Header> headers, Found asked, Representation chosen) {
        String name = String.valueOf(asked.named().getFileName());
        headers.add(new Header("Content-Type", contentTypes.of(name)));
        headers.add(new Header("X-Content-Type-Options", "nosniff"));
        headers.add(new Header("Accept-Ranges", "bytes"));
        if (chosen.encoding() != null) {
            headers.add(new Header("Content-Encoding", chosen.encoding().coding));
        }
    }

    /** Builds an application that serves a directory. Not thread-safe. */
    public static final class Builder {
        private final Path root;
        private final Map<String, String> contentTypes = new HashMap<>();
        private @Nullable String index = "index.html";
        private @Nullable String cacheControl;
        private boolean precompressed;
        private boolean showsDotFiles;

        private Builder(Path root) {
            this.root = root;
        }

        /**
         * Sets the file that is served for a directory. The default is {@code index.html}.
         *
         * @param name a file name
         * @return this builder
         */
        public Builder index(String name) {
            index = requireNonNull(name, "name");
            return this;
        }

        /**
         * Serves no index files: a path to a directory is not found.
         *
         * @return this builder
         */
        public Builder withoutIndex() {
            index = null;
            return this;
        }

        /**
         * Sends Cache-Control with files and 304; without this, caches guess by Last-Modified.
         *
         * @param value for example {@code public, max-age=3600}
         * @return this builder
         */
        public Builder cacheControl(String value) {
            cacheControl = requireNonNull(value, "value");
            return this;
        }

        /**
         * Sends {@code app.js.br} or {@code app.js.gz}, if it is beside {@code app.js}, to clients that accept it. The deployment
         * must make sure that these files have the same content.
         *
         * @return this builder
         */
        public Builder precompressed() {
            precompressed = true;
            return this;
        }

        /**
         * Serves files and directories whose names begin with a dot, for example {@code .well-known}, but also {@code .git}.
         *
         * @return this builder
         */
        public Builder showDotFiles() {
            showsDotFiles = true;
            return this;
        }

        /**
         * Adds or replaces a media type.
         *
         * @param extension the part of a file name after its last dot, in any case
         * @param type the value of Content-Type
         * @return this builder
         */
        public Builder contentType(String extension, String type) {
            contentTypes.put(extension.toLowerCase(Locale.ROOT), requireNonNull(type, "type"));
            return this;
        }

        /**
         * Makes the application.
         *
         * @return the application
         */
        public StaticFiles build() {
            return new StaticFiles(this);
        }
    }
}
