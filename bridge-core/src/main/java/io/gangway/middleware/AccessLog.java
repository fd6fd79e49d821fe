package io.gangway.middleware;

import static java.util.Objects.requireNonNull;

import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.Step;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.FileWrapper;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Middleware;
import io.gangway.wsgi.StartResponse;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes one line for each request at its end: as a step of a server, when the exchange has ended; as a middleware of an application, when its body has
 * been closed, or the application has thrown.
 *
 * <pre>{@code
 * Middleware accessLog = AccessLog.to(System.getLogger("access")).format(AccessLog.Format.JSON).build();
 * }</pre>
 *
 * <p>The line has the client, the time of arrival, the request, the status, the number of body bytes that were handed to the
 * server (as a step: to the container, the server's error pages included), and the duration. A response that was broken off is logged
 * with the status that the application set. A response that failed before its first byte is logged with the status that the server
 * then sends: 500, or 400 if the client is to blame.
 * Values from outside are escaped, so that a client cannot add lines of its own, and cut after {@value #FIELD_LIMIT} characters.
 *
 * <p>The values are those of the time when the request arrives: put {@link TrustedProxies} and {@link RequestId} around
 * this middleware, not inside it; as steps, before it.
 *
 * <p>Immutable, and thread-safe if the receiver of the lines is. If the receiver throws, the request fails, after its body has
 * been sent, and the server logs it.
 */
public final class AccessLog implements Middleware, Step {
    /** Maximum characters of one value in a line: more than ordinary URLs have, and too few to fill a disk. */
    static final int FIELD_LIMIT = 4096;

    /** The format of a line. */
    public enum Format {
        /** The common log format: {@code 192.0.2.1 - ann [22/Nov/2026:08:00:00 +0000] "GET / HTTP/1.1" 200 2326}. */
        COMMON {
            @Override
            String line(AccessRecord access) {
                return access.common();
            }
        },
        /** The common log format, then Referer and User-Agent in quotes. */
        COMBINED {
            @Override
            String line(AccessRecord access) {
                return access.combined();
            }
        },
        /** One JSON object with the same facts, the request id, the duration in microseconds and the exception's class. */
        JSON {
            @Override
            String line(AccessRecord access) {
                return access.json();
            }
        };

        abstract String line(AccessRecord access);
    }

    /** What {@link Builder#pattern} accepts, as the object of "expected" in a message. */
    public static final String EXPECTED_PATTERN =
            "common, combined, json, or a pattern with gunicorn's atoms, for example %(h)s %(m)s %(U)s %(s)s %(D)s; %% is a percent sign";

    private final Consumer<String> lines;
    private final Function<AccessRecord, String> format;
    private final boolean isAllNeeded;
    private final Clock clock;
    private final LongSupplier nanos;

    /**
     * Whether {@link Builder#pattern} accepts a text.
     *
     * @param text anything
     * @return whether it is a format
     */
    public static boolean isPattern(String text) {
        try {
            to(line -> {}).pattern(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private AccessLog(Builder builder) {
        this.lines = builder.lines;
        this.format = builder.format;
        this.isAllNeeded = builder.isAllNeeded;
        this.clock = builder.clock;
        this.nanos = builder.nanos;
    }

    /**
     * Begins an access log.
     *
     * @param lines receives each line, without a line break; called by many threads at once
     * @return a builder for {@link Format#COMBINED} lines
     */
    public static Builder to(Consumer<String> lines) {
        return new Builder(lines);
    }

    /**
     * Begins an access log.
     *
     * @param logger receives each line as an entry of level INFO
     * @return a builder for {@link Format#COMBINED} lines
     */
    public static Builder to(System.Logger logger) {
        requireNonNull(logger, "logger");
        return new Builder(line -> logger.log(System.Logger.Level.INFO, line));
    }

    @Override
    public GatewayApplication wrap(GatewayApplication application) {
        return (environ, startResponse) -> new Exchange(environ).call(application, environ, startResponse);
    }

    @Override
    public void after(EndedExchange ended) {
        ZonedDateTime arrival = Instant.ofEpochMilli(ended.arrival()).atZone(clock.getZone());
        lines.accept(format.apply(new AccessRecord(ended, arrival)));
    }

    /** One request; used by one thread. */
    private final class Exchange {
        private final AccessRecord access;
        private final long begin = nanos.getAsLong();

        Exchange(Environ environ) {
            access = new AccessRecord(environ, clock.instant().atZone(clock.getZone()), isAllNeeded);
        }

        Iterable<byte[]> call(GatewayApplication application, Environ environ, StartResponse startResponse)
                throws Exception {
            try {
                Iterable<byte[]> body = application.call(environ, watched(startResponse));
                return body instanceof FileWrapper file
                        ? file.through(source -> new WatchedStream(source, access, this::log))
                        : Bodies.around(body, inner -> new WatchedIterator(inner, access), this::log);
            } catch (Throwable e) { // any failure is logged
                access.failed(e);
                log();
                throw e;
            }
        }

        private StartResponse watched(StartResponse startResponse) {
            return (status, headers, excInfo) -> {
                StartResponse.Write write = startResponse.start(status, headers, excInfo);
                access.started(status, headers);
                return data -> {
                    write.write(data);
                    access.sent(data.length);
                };
            };
        }

        private void log() {
            lines.accept(format.apply(access.ended(nanos.getAsLong() - begin)));
        }
    }

    /** Builds an access log. Not thread-safe. */
    public static final class Builder {
        private final Consumer<String> lines;
        private Function<AccessRecord, String> format = Format.COMBINED::line;
        private boolean isAllNeeded;
        private Clock clock = Clock.system(ZoneId.systemDefault());
        private LongSupplier nanos = System::nanoTime;

        private Builder(@Nullable Consumer<String> lines) {
            this.lines = requireNonNull(lines, "lines");
        }

        /**
         * Sets the format of the lines.
         *
         * @param value the format
         * @return this builder
         */
        public Builder format(Format value) {
            format = requireNonNull(value, "format")::line;
            isAllNeeded = false;
            return this;
        }

        /**
         * Sets the format of the lines by name, or as a pattern with the atoms of gunicorn's {@code access_log_format}.
         *
         * <table>
         * <caption>Atoms; a value that is empty is a dash</caption>
         * <tr><td>{@code %(h)s %(u)s}</td><td>the client's address, the user</td></tr>
         * <tr><td>{@code %(t)s}</td><td>the time of arrival, in brackets</td></tr>
         * <tr><td>{@code %(r)s %(m)s %(U)s %(q)s %(H)s}</td><td>the request line; its method, path, query and protocol</td></tr>
         * <tr><td>{@code %(s)s %(B)s %(b)s}</td><td>the status; the bytes of the body, 0 as 0 and as a dash</td></tr>
         * <tr><td>{@code %(T)s %(M)s %(D)s %(L)s}</td><td>the duration in seconds, milliseconds, microseconds, and as a decimal number of seconds</td></tr>
         * <tr><td>{@code %(f)s %(a)s}</td><td>Referer and User-Agent</td></tr>
         * <tr><td>{@code %({Name}i)s %({Name}o)s %({KEY}e)s}</td><td>a header of the request, one of the response, a key of the environ</td></tr>
         * <tr><td>{@code %(p)s %(l)s %%}</td><td>the id of this process, a dash, a percent sign</td></tr>
         * </table>
         *
         * @param text {@code common}, {@code combined}, {@code json} or a pattern
         * @return this builder
         * @throws IllegalArgumentException if it is neither
         */
        public Builder pattern(String text) {
            for (Format known : Format.values()) {
                if (known.name().toLowerCase(Locale.ROOT).equals(text)) {
                    return format(known);
                }
            }
            format = AccessPattern.parse(text)::line;
            isAllNeeded = true;
            return this;
        }

        /**
         * Sets the clock. The default is the system's clock in its default zone.
         *
         * @param value gives the time of arrival, in its zone
         * @return this builder
         */
        public Builder clock(Clock value) {
            clock = requireNonNull(value, "clock");
            return this;
        }

        /**
         * Sets the source of time for durations. The default is {@link System#nanoTime}.
         *
         * @param value gives nanoseconds since any fixed moment
         * @return this builder
         */
        public Builder ticker(LongSupplier value) {
            nanos = requireNonNull(value, "ticker");
            return this;
        }

        /**
         * Makes the middleware.
         *
         * @return the access log
         */
        public AccessLog build() {
            return new AccessLog(this);
        }
    }
}
