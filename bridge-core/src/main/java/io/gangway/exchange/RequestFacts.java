package io.gangway.exchange;

import static java.util.Objects.requireNonNull;

import io.gangway.wsgi.Header;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a request before its body is read.
 *
 * <p>All texts are native strings: each char is one byte (ISO-8859-1). The facts are the server's, changed by {@link Step}s; an environ or a scope
 * is made of them.
 *
 * <p>Immutable.
 */
public final class RequestFacts {
    /** A body whose length is not known before it ends. */
    public static final long UNKNOWN_LENGTH = -1;

    private final String requestId;
    private final String method;
    private final String target;
    private final String mount;
    private final String path;
    private final String query;
    private final String protocol;
    private final String scheme;
    private final String serverName;
    private final String serverPort;
    private final @Nullable String clientAddress;
    private final @Nullable String clientPort;
    private final boolean isOverUnixSocket;
    private final @Nullable String user;
    private final @Nullable String authType;
    private final List<Header> headers;
    private final long bodyLength;
    private final Map<String, String> tls;
    private final Map<String, String> additions;

    private RequestFacts(Builder builder) {
        requestId = builder.requestId;
        method = builder.method;
        target = builder.target;
        mount = builder.mount;
        path = builder.path;
        query = builder.query;
        protocol = builder.protocol;
        scheme = builder.scheme;
        serverName = builder.serverName;
        serverPort = builder.serverPort;
        clientAddress = builder.clientAddress;
        clientPort = builder.clientPort;
        isOverUnixSocket = builder.isOverUnixSocket;
        user = builder.user;
        authType = builder.authType;
        headers = builder.headers;
        bodyLength = builder.bodyLength;
        tls = builder.tls;
        additions = builder.additions;
    }

    /**
     * Begins the facts about a request.
     *
     * @param requestId the id that the log's entries for this request carry
     * @param method as sent
     * @return a builder of a request for {@code /} over HTTP/1.1, without headers and body
     */
    public static Builder of(String requestId, String method) {
        return new Builder(requestId, method);
    }

    /**
     * Begins changed facts.
     *
     * @return a builder with the same facts
     */
    public Builder change() {
        return new Builder(this);
    }

    /**
     * The id that the log's entries for this request carry.
     *
     * @return the id
     */
    public String requestId() {
        return requestId;
    }

    /**
     * The method, as sent (W10).
     *
     * @return a token
     */
    public String method() {
        return method;
    }

    /**
     * Path and query as sent, not decoded (W22).
     *
     * @return the target
     */
    public String target() {
        return target;
    }

    /**
     * The path up to the mount point, percent-decoded to bytes (W11).
     *
     * @return empty, or starting with a slash and not ending with one
     */
    public String mount() {
        return mount;
    }

    /**
     * The path after the mount point, percent-decoded to bytes (W12).
     *
     * @return empty, or starting with a slash
     */
    public String path() {
        return path;
    }

    /**
     * The query, undecoded (W13).
     *
     * @return empty if there is none
     */
    public String query() {
        return query;
    }

    /**
     * The client's protocol (W15).
     *
     * @return {@code HTTP/1.0}, {@code HTTP/1.1} or {@code HTTP/2}
     */
    public String protocol() {
        return protocol;
    }

    /**
     * The scheme (W31).
     *
     * @return {@code http} or {@code https}
     */
    public String scheme() {
        return scheme;
    }

    /**
     * Whether the request came over TLS, or a proxy that is trusted says so.
     *
     * @return whether the scheme is {@code https}
     */
    public boolean isSecure() {
        return scheme.equals("https");
    }

    /**
     * The host that the client asked for, or the server's; an IPv6 address in brackets (W15).
     *
     * @return never empty
     */
    public String serverName() {
        return serverName;
    }

    /**
     * The port that the client asked for (W15).
     *
     * @return digits
     */
    public String serverPort() {
        return serverPort;
    }

    /**
     * The client's address (W18).
     *
     * @return an IP address, IPv6 without brackets; empty if it is not known
     */
    public Optional<String> clientAddress() {
        return Optional.ofNullable(clientAddress);
    }

    /**
     * The client's port (W18).
     *
     * @return digits; empty if it is not known
     */
    public Optional<String> clientPort() {
        return Optional.ofNullable(clientPort);
    }

    /**
     * Whether the request came over a Unix socket. Its peer has no address: {@link #clientAddress} is this machine's, until a trusted proxy names another.
     *
     * @return false for TCP
     */
    public boolean isOverUnixSocket() {
        return isOverUnixSocket;
    }

    /**
     * The user that the container authenticated (W18).
     *
     * @return empty if there is none
     */
    public Optional<String> user() {
        return Optional.ofNullable(user);
    }

    /**
     * How the container authenticated the user (W18).
     *
     * @return {@code Basic}, {@code Digest} or the container's own word; empty if it did not
     */
    public Optional<String> authType() {
        return Optional.ofNullable(authType);
    }

    /**
     * The headers in the order in which the container gives them, without those that are kept from applications (W17).
     *
     * @return an unmodifiable list
     */
    public List<Header> headers() {
        return headers;
    }

    /**
     * A header's value; repeated headers are one value, joined by a comma ({@code Cookie}: by a semicolon and a space) (W16).
     *
     * @param name in any case
     * @return the value, which may be an empty string; empty if the header was not sent
     */
    public Optional<String> header(String name) {
        String joined = null;
        for (Header header : headers) {
            if (header.is(name)) {
                joined = joined == null ? header.value() : joined + separator(name) + header.value();
            }
        }
        return Optional.ofNullable(joined);
    }

    /**
     * What stands between the values of a repeated header (W16; RFC 9110, section 5.3; RFC 9113, section 8.2.3).
     *
     * @param name the header's name
     * @return a semicolon and a space for {@code Cookie}, otherwise a comma
     */
    public static String separator(String name) {
        return name.equalsIgnoreCase("Cookie") ? "; " : ",";
    }

    /**
     * The length of the body.
     *
     * @return bytes; 0 if there is certainly no body; {@link #UNKNOWN_LENGTH} if only its end tells
     */
    public long bodyLength() {
        return bodyLength;
    }

    /**
     * What is known of the TLS connection, under the names of Apache's mod_ssl (W19).
     *
     * @return name and value; empty without TLS
     */
    public Map<String, String> tls() {
        return tls;
    }

    /**
     * Further keys of the environ, which steps have added (W37).
     *
     * @return key and value
     */
    public Map<String, String> additions() {
        return additions;
    }

    /** Builds facts. Not thread-safe. */
    public static final class Builder {
        private String requestId;
        private String method;
        private String target = "/";
        private String mount = "";
        private String path = "/";
        private String query = "";
        private String protocol = "HTTP/1.1";
        private String scheme = "http";
        private String serverName = "localhost";
        private String serverPort = "80";
        private @Nullable String clientAddress;
        private @Nullable String clientPort;
        private boolean isOverUnixSocket;
        private @Nullable String user;
        private @Nullable String authType;
        private List<Header> headers = List.of();
        private long bodyLength;
        private Map<String, String> tls = Map.of();
        private Map<String, String> additions = Map.of();

        private Builder(String requestId, String method) {
            this.requestId = requireNonNull(requestId, "requestId");
            this.method = requireNonNull(method, "method");
        }

        private Builder(RequestFacts facts) {
            requestId = facts.requestId;
            method = facts.method;
            target = facts.target;
            mount = facts.mount;
            path = facts.path;
            query = facts.query;
            protocol = facts.protocol;
            scheme = facts.scheme;
            serverName = facts.serverName;
            serverPort = facts.serverPort;
            clientAddress = facts.clientAddress;
            clientPort = facts.clientPort;
            isOverUnixSocket = facts.isOverUnixSocket;
            user = facts.user;
            authType = facts.authType;
            headers = facts.headers;
            bodyLength = facts.bodyLength;
            tls = facts.tls;
            additions = facts.additions;
        }

        /**
         * Sets {@link RequestFacts#requestId}.
         *
         * @param value the id
         * @return this
         */
        public Builder requestId(String value) {
            requestId = requireNonNull(value, "requestId");
            return this;
        }

        /**
         * Sets {@link RequestFacts#target}.
         *
         * @param value path and query as sent
         * @return this
         */
        public Builder target(String value) {
            target = requireNonNull(value, "target");
            return this;
        }

        /**
         * Sets {@link RequestFacts#mount} and {@link RequestFacts#path}.
         *
         * @param mountPoint the path up to the mount point
         * @param rest the path after it
         * @return this
         */
        public Builder path(String mountPoint, String rest) {
            mount = requireNonNull(mountPoint, "mountPoint");
            path = requireNonNull(rest, "rest");
            return this;
        }

        /**
         * Sets {@link RequestFacts#query}.
         *
         * @param value undecoded
         * @return this
         */
        public Builder query(String value) {
            query = requireNonNull(value, "query");
            return this;
        }

        /**
         * Sets {@link RequestFacts#protocol}.
         *
         * @param value for example {@code HTTP/2}
         * @return this
         */
        public Builder protocol(String value) {
            protocol = requireNonNull(value, "protocol");
            return this;
        }

        /**
         * Sets {@link RequestFacts#scheme}.
         *
         * @param value {@code http} or {@code https}
         * @return this
         */
        public Builder scheme(String value) {
            scheme = requireNonNull(value, "scheme");
            return this;
        }

        /**
         * Sets {@link RequestFacts#serverName} and {@link RequestFacts#serverPort}.
         *
         * @param name the host
         * @param port digits
         * @return this
         */
        public Builder server(String name, String port) {
            serverName = requireNonNull(name, "name");
            serverPort = requireNonNull(port, "port");
            return this;
        }

        /**
         * Sets {@link RequestFacts#clientAddress} and {@link RequestFacts#clientPort}.
         *
         * @param address null if it is not known
         * @param port null if it is not known
         * @return this
         */
        public Builder client(@Nullable String address, @Nullable String port) {
            clientAddress = address;
            clientPort = port;
            return this;
        }

        /**
         * Sets {@link RequestFacts#isOverUnixSocket}; false by default.
         *
         * @param value whether it is
         * @return this
         */
        public Builder overUnixSocket(boolean value) {
            isOverUnixSocket = value;
            return this;
        }

        /**
         * Sets {@link RequestFacts#user} and {@link RequestFacts#authType}.
         *
         * @param name null if there is none
         * @param type null if there is none
         * @return this
         */
        public Builder user(@Nullable String name, @Nullable String type) {
            user = name;
            authType = type;
            return this;
        }

        /**
         * Sets {@link RequestFacts#headers}.
         *
         * @param list copied
         * @return this
         */
        public Builder headers(List<Header> list) {
            headers = List.copyOf(list);
            return this;
        }

        /**
         * Replaces all headers of one name by one.
         *
         * @param header the new header
         * @return this
         */
        public Builder replace(Header header) {
            List<Header> changed = new ArrayList<>(headers.size() + 1);
            for (Header each : headers) {
                if (!each.is(header.name())) {
                    changed.add(each);
                }
            }
            changed.add(header);
            return headers(changed);
        }

        /**
         * Sets {@link RequestFacts#bodyLength}.
         *
         * @param bytes the length, or {@link #UNKNOWN_LENGTH}
         * @return this
         */
        public Builder bodyLength(long bytes) {
            bodyLength = bytes;
            return this;
        }

        /**
         * Sets {@link RequestFacts#tls}.
         *
         * @param variables name and value; copied
         * @return this
         */
        public Builder tls(Map<String, String> variables) {
            tls = Map.copyOf(variables);
            return this;
        }

        /**
         * Adds to {@link RequestFacts#additions}.
         *
         * @param more key and value; an earlier value of a key is replaced
         * @return this
         */
        public Builder add(Map<String, String> more) {
            Map<String, String> changed = new LinkedHashMap<>(additions);
            changed.putAll(more);
            additions = changed;
            return this;
        }

        /**
         * Removes one of {@link RequestFacts#additions}.
         *
         * @param key need not be there
         * @return this
         */
        public Builder removeAddition(String key) {
            if (additions.containsKey(key)) {
                Map<String, String> changed = new LinkedHashMap<>(additions);
                changed.remove(key);
                additions = changed;
            }
            return this;
        }

        /**
         * Makes the facts.
         *
         * @return the facts
         */
        public RequestFacts build() {
            return new RequestFacts(this);
        }
    }
}
