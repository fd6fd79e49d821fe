package io.gangway.middleware;

import static java.util.stream.Collectors.joining;

import io.gangway.exchange.EndedExchange;
import io.gangway.exchange.RequestFacts;
import io.gangway.server.FactsEnviron;
import io.gangway.wsgi.ClientException;
import io.gangway.wsgi.Environ;
import io.gangway.wsgi.Escapes;
import io.gangway.wsgi.Header;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The values to log about one request; used by one thread. */
final class AccessRecord {
    private static final DateTimeFormatter COMMON_TIME =
            DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss Z", Locale.US);
    private static final int SERVER_ERROR = 500;

    private record Second(long epoch, ZoneOffset offset, String text) {}

    private static volatile @Nullable Second lastSecond;

    private final ZonedDateTime arrival;
    private final String client;
    private final String user;
    private final String method;
    private final String target;
    private final String protocol;
    private final String referer;
    private final String userAgent;
    private final String requestId;
    private final boolean isHead;

    private final Supplier<Environ> environ;
    private List<Header> responseHeaders = List.of();
    private int status = SERVER_ERROR; // the server's status if the application never calls start_response
    private long bytes;
    private long durationNanos;
    private @Nullable Throwable problem;

    /** Reads the request now: the application may change the environ (W01). */
    AccessRecord(Environ environ, ZonedDateTime arrival, boolean isAllNeeded) {
        this.arrival = arrival;
        Environ copy = isAllNeeded ? new Environ(environ) : environ;
        this.environ = () -> copy;
        this.client = text(environ, Environ.REMOTE_ADDR);
        this.user = text(environ, Environ.REMOTE_USER);
        this.method = text(environ, Environ.REQUEST_METHOD);
        this.target = environ.requestTarget();
        this.protocol = text(environ, Environ.SERVER_PROTOCOL);
        this.referer = text(environ, "HTTP_REFERER");
        this.userAgent = text(environ, "HTTP_USER_AGENT");
        this.requestId = text(environ, Environ.REQUEST_ID);
        this.isHead = method.equals("HEAD");
    }

    /** An exchange that is over. */
    AccessRecord(EndedExchange ended, ZonedDateTime arrival) {
        RequestFacts facts = ended.facts();
        this.arrival = arrival;
        this.client = facts.clientAddress().orElse("");
        this.user = facts.user().orElse("");
        this.environ = () -> FactsEnviron.of(facts);
        this.responseHeaders = ended.headers();
        this.method = facts.method();
        this.target = facts.target();
        this.protocol = facts.protocol();
        this.referer = facts.header("Referer").orElse("");
        this.userAgent = facts.header("User-Agent").orElse("");
        this.requestId = facts.requestId();
        this.isHead = method.equals("HEAD");
        this.bytes = ended.bytes();
        this.durationNanos = ended.nanos();
        this.problem = ended.outcome().problem();
        this.status = ended.status() == 0 ? statusOf(problem) : ended.status();
    }

    /** A status that the server has accepted, so it begins with three digits. */
    void started(String line, List<Header> headers) {
        responseHeaders = List.copyOf(headers);
        status = Integer.parseInt(line.substring(0, 3));
    }

    void sent(int count) {
        boolean bodiless = isHead || status == 204 || status == 205 || status == 304; // W64: the server swallows it
        bytes += bodiless ? 0 : count;
    }

    void failed(Throwable e) {
        problem = e;
    }

    AccessRecord ended(long nanos) {
        durationNanos = nanos;
        if (problem != null && bytes == 0) {
            status = statusOf(problem);
        }
        return this;
    }

    /** What a server sends, or would have sent, if a request fails before its response. */
    private static int statusOf(@Nullable Throwable problem) {
        return Optional.ofNullable(problem)
                .flatMap(ClientException::behind)
                .map(fault -> Integer.parseInt(fault.status().substring(0, 3)))
                .orElse(SERVER_ERROR);
    }

    String client() {
        return client;
    }

    String user() {
        return user;
    }

    String method() {
        return method;
    }

    String target() {
        return target;
    }

    String protocol() {
        return protocol;
    }

    /** As the client sent it; empty if it was not understood. */
    String requestLine() {
        return target.isEmpty() ? "" : method + " " + target + " " + protocol;
    }

    int status() {
        return status;
    }

    long bytes() {
        return bytes;
    }

    long nanos() {
        return durationNanos;
    }

    /** The time of arrival, as the common log format writes it, without brackets. */
    String time() {
        return commonTime(arrival);
    }

    String environ(String key) {
        return text(environ.get(), key);
    }

    String header(String name) {
        return environ.get().header(name).orElse("");
    }

    String responseHeader(String name) {
        return responseHeaders.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .collect(joining(", "));
    }

    String common() {
        return field(client) + " - " + field(user) + " [" + commonTime(arrival) + "] "
                + quoted(dashed(requestLine())) + " " + status + " "
                + (bytes == 0 ? "-" : Long.toString(bytes));
    }

    /** Formatting costs as much as the rest of a line, and a second has many lines. */
    private static String commonTime(ZonedDateTime time) {
        Second last = lastSecond;
        if (last == null
                || last.epoch() != time.toEpochSecond()
                || !last.offset().equals(time.getOffset())) {
            last = new Second(time.toEpochSecond(), time.getOffset(), COMMON_TIME.format(time));
            lastSecond = last;
        }
        return last.text();
    }

    String combined() {
        return common() + " " + quoted(dashed(referer)) + " " + quoted(dashed(userAgent));
    }

    String json() {
        StringBuilder json = new StringBuilder(512).append('{');
        member(json, "time", DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(arrival));
        member(json, "request_id", requestId);
        member(json, "client", client);
        member(json, "user", user);
        member(json, "method", method);
        member(json, "target", target);
        member(json, "protocol", protocol);
        member(json, "referer", referer);
        member(json, "user_agent", userAgent);
        if (problem != null) {
            member(json, "exception", problem.getClass().getName());
        }
        return json.append("\"status\":")
                .append(status)
                .append(",\"bytes\":")
                .append(bytes)
                .append(",\"duration_us\":")
                .append(TimeUnit.NANOSECONDS.toMicros(durationNanos))
                .append('}')
                .toString();
    }

    /** Adds a member; unknown values are left out. */
    private static void member(StringBuilder json, String name, String value) {
        if (!value.isEmpty()) {
            json.append('"')
                    .append(name)
                    .append("\":")
                    .append(Escapes.json(cut(value)))
                    .append(',');
        }
    }

    private static String field(String value) {
        return Escapes.logField(dashed(cut(value)), false);
    }

    private static String quoted(String value) {
        return '"' + Escapes.logField(cut(value), true) + '"';
    }

    private static String dashed(String value) {
        return value.isEmpty() ? "-" : value;
    }

    static String cut(String value) {
        return value.length() <= AccessLog.FIELD_LIMIT ? value : value.substring(0, AccessLog.FIELD_LIMIT) + "...";
    }

    private static String text(Environ environ, String key) {
        return environ.get(key) instanceof String value ? value : "";
    }
}
