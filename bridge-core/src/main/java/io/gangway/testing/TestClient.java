package io.gangway.testing;

import static java.util.Objects.requireNonNull;

import io.gangway.asgi.AsgiApplication;
import io.gangway.exchange.ExchangeApplication;
import io.gangway.exchange.Repairs;
import io.gangway.exchange.Step;
import io.gangway.exchange.WebSocketApplication;
import io.gangway.lint.Lint;
import io.gangway.server.AsgiFunction;
import io.gangway.wsgi.GatewayApplication;
import io.gangway.wsgi.Header;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Calls an application in memory, as a server would: for tests.
 *
 * <pre>{@code
 * TestClient client = TestClient.of(application);
 * TestResponse response = client.post("/login").field("user", "ada").send();
 * assertThat(response.code()).isEqualTo(303);
 * assertThat(client.get("/").send().text()).contains("Hello, ada"); // the client sent the cookie
 * }</pre>
 *
 * <p>The application is linted: if it or a middleware breaks a rule of the gateway interface, the test fails, even where a
 * server would repair the response. It runs in the same {@link io.gangway.exchange.Exchange} as in a container. Cookies are
 * kept from request to request; their {@code Domain} and {@code Secure} are ignored.
 *
 * <p><b>How it differs from a server.</b> There is no network: nothing is buffered, compressed, chunked or timed out, and
 * no {@code Date} or {@code Server} header is added. There is no container: paths that Tomcat or Jetty would refuse
 * ({@code %2F}, {@code //}) arrive, dot segments and session parameters stay, and the environ has no
 * {@code jakarta.servlet} keys. A failure of the application is thrown as {@link ApplicationFailedException}, not
 * answered with a 500, unless {@link #withErrorPages} is used; a failure that the client caused is always answered.
 * {@link TestRequest#send} calls the application on the test's own thread.
 *
 * <p><b>Threading.</b> Immutable except for its cookies, and thread-safe. Methods that configure return another client, which
 * shares the cookies of this one.
 */
public final class TestClient {
    /**
     * The application as it is served: with the linter, or without.
     *
     * @param application to call
     * @param steps what the server does to each request
     */
    record Served(GatewayApplication application, List<Step> steps) {
        static Served linted(GatewayApplication application) {
            Lint lint = new Lint(Lint.Mode.STRICT);
            return application instanceof ExchangeApplication
                    ? new Served(application, List.of(lint.step()))
                    : new Served(lint.wrap(application), List.of());
        }
    }

    /**
     * The settings of a client; its requests keep them.
     *
     * @param application the application under test
     */
    record Settings(
            GatewayApplication application,
            Served served,
            boolean showsErrorPages,
            boolean followsRedirects,
            String mount,
            List<Header> headers,
            Map<String, Object> environ,
            CookieJar cookies,
            AtomicLong requests,
            Repairs repairs) {

        boolean isInside(Target target) {
            String path = Target.decoded(target.path());
            return path.startsWith(mount) && (path.length() == mount.length() || path.charAt(mount.length()) == '/');
        }

        String nextRequestId() {
            return "test-" + requests.incrementAndGet();
        }
    }

    private final Settings settings;

    private TestClient(Settings settings) {
        this.settings = settings;
    }

    /**
     * Makes a client without cookies, for an application mounted at the root.
     *
     * @param application called for every request; linted in {@linkplain Lint.Mode#STRICT strict} mode
     * @return the client
     */
    public static TestClient of(GatewayApplication application) {
        return of(application, InstantSource.system());
    }

    /**
     * Makes a client for an ASGI application, without a lifespan; {@link TestLifespan} runs that. The application's answers come from any thread, and the test's own thread waits for them.
     *
     * @param application called for every request; linted in {@linkplain Lint.Mode#STRICT strict} mode
     * @return the client
     */
    public static TestClient of(AsgiApplication application) {
        return of(new AsgiFunction(requireNonNull(application, "application"), Map.of()));
    }

    /** A client whose cookies expire by the given clock. */
    static TestClient of(GatewayApplication application, InstantSource clock) {
        return new TestClient(new Settings(
                requireNonNull(application, "application"),
                Served.linted(application),
                false,
                false,
                "",
                List.of(),
                Map.of(),
                new CookieJar(clock),
                new AtomicLong(),
                new Repairs()));
    }

    /**
     * Switches the linter off, for applications that break a rule on purpose.
     *
     * @return a client that shares this one's cookies
     */
    public TestClient unlinted() {
        return with(
                new Served(settings.application(), List.of()),
                settings.showsErrorPages(),
                settings.followsRedirects(),
                settings.mount());
    }

    /**
     * Answers as a server does if the application fails: with a 500, or with a truncated response, for which
     * {@link TestResponse#outcome} is broken.
     *
     * @return a client that shares this one's cookies
     */
    public TestClient withErrorPages() {
        return with(settings.served(), true, settings.followsRedirects(), settings.mount());
    }

    /**
     * Follows redirects, as long as they stay on the host and under the mount point. A 303, and a 301 or 302 that answers
     * a POST, is followed by a GET; everything else by the same method with the same body.
     *
     * @return a client that shares this one's cookies
     */
    public TestClient followingRedirects() {
        return with(settings.served(), settings.showsErrorPages(), true, settings.mount());
    }

    /**
     * Mounts the application at another path than the root. Targets are still written as a client sees them, with the mount
     * point at their beginning, so that the application's links can be followed as they are.
     *
     * @param path for example {@code /shop}, percent-encoded: it becomes {@code SCRIPT_NAME}; empty for the root
     * @return a client that shares this one's cookies
     */
    public TestClient mountedAt(String path) {
        if (!path.isEmpty() && (!path.startsWith("/") || path.endsWith("/"))) {
            throw new IllegalArgumentException(
                    "A mount point should be empty, or start with a slash and not end with one, unlike \"" + path
                            + "\"");
        }
        String mount = path.isEmpty() ? "" : Target.decoded(Target.parse(path).path());
        return with(settings.served(), settings.showsErrorPages(), settings.followsRedirects(), mount);
    }

    /**
     * Adds a header to every request.
     *
     * @param name a token
     * @param value a native string: each char is one byte
     * @return a client that shares this one's cookies
     */
    public TestClient withHeader(String name, String value) {
        List<Header> headers = new ArrayList<>(settings.headers());
        headers.add(TestRequest.checkedHeader(name, value));
        return with(List.copyOf(headers), settings.environ());
    }

    /**
     * Sets a key of every request's environ, for example {@code REMOTE_USER}; it overrides any other value. For TLS, write targets that
     * begin with {@code https://}.
     *
     * @param key any
     * @param value not null
     * @return a client that shares this one's cookies
     */
    public TestClient withEnviron(String key, Object value) {
        Map<String, Object> environ = new LinkedHashMap<>(settings.environ());
        environ.put(key, requireNonNull(value, key));
        return with(settings.headers(), Map.copyOf(environ));
    }

    private TestClient with(Served served, boolean showsErrorPages, boolean followsRedirects, String mount) {
        return new TestClient(new Settings(
                settings.application(),
                served,
                showsErrorPages,
                followsRedirects,
                mount,
                settings.headers(),
                settings.environ(),
                settings.cookies(),
                settings.requests(),
                settings.repairs()));
    }

    private TestClient with(List<Header> headers, Map<String, Object> environ) {
        return new TestClient(new Settings(
                settings.application(),
                settings.served(),
                settings.showsErrorPages(),
                settings.followsRedirects(),
                settings.mount(),
                headers,
                environ,
                settings.cookies(),
                settings.requests(),
                settings.repairs()));
    }

    /**
     * Begins a GET.
     *
     * @param target as for {@link #request}
     * @return the request
     */
    public TestRequest get(String target) {
        return request("GET", target);
    }

    /**
     * Begins a HEAD.
     *
     * @param target as for {@link #request}
     * @return the request
     */
    public TestRequest head(String target) {
        return request("HEAD", target);
    }

    /**
     * Begins a POST.
     *
     * @param target as for {@link #request}
     * @return the request
     */
    public TestRequest post(String target) {
        return request("POST", target);
    }

    /**
     * Begins a PUT.
     *
     * @param target as for {@link #request}
     * @return the request
     */
    public TestRequest put(String target) {
        return request("PUT", target);
    }

    /**
     * Begins a DELETE.
     *
     * @param target as for {@link #request}
     * @return the request
     */
    public TestRequest delete(String target) {
        return request("DELETE", target);
    }

    /**
     * Begins a request with any method.
     *
     * @param method a token
     * @param target a path with its query, percent-encoded as on the wire ({@code /caf%C3%A9?q=1}), or a whole URL, whose
     *     host becomes {@code Host} and whose scheme {@code wsgi.url_scheme}
     * @return the request
     */
    public TestRequest request(String method, String target) {
        return new TestRequest(settings, method, Target.parse(target));
    }

    /**
     * Asks for a WebSocket, with this client's headers and cookies, and waits until the application has accepted or denied it.
     *
     * @param target as for {@link #request}
     * @param subprotocols what the client offers, in its order of preference
     * @return the open WebSocket, to be closed
     * @throws WebSocketDeniedException if the application denied it
     * @throws ApplicationFailedException if the application failed before that, unless this client shows error pages
     * @throws IllegalStateException if the application serves no WebSockets
     */
    public TestWebSocket webSocket(String target, String... subprotocols) {
        WebSocketApplication sockets = settings.served().application() instanceof ExchangeApplication serving
                ? serving.webSockets().orElse(null)
                : null;
        if (sockets == null) {
            throw new IllegalStateException(
                    "The application serves no WebSockets: only ASGI applications do. Fix: make the client of one");
        }
        TestRequest request = get(target)
                .header("Upgrade", "websocket")
                .header("Connection", "Upgrade")
                .header("Sec-WebSocket-Version", "13")
                .header("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="); // RFC 6455, section 1.2
        if (subprotocols.length > 0) {
            request.header("Sec-WebSocket-Protocol", String.join(", ", subprotocols));
        }
        return TestWebSocket.open(request.exchange(), sockets);
    }

    /**
     * A cookie that the client keeps.
     *
     * @param name case-sensitive
     * @return its value; empty if it was never set, was deleted or has expired
     */
    public Optional<String> cookie(String name) {
        return settings.cookies().get(name);
    }

    /**
     * Sets a cookie for all paths.
     *
     * @param name a token
     * @param value without semicolon
     * @return this
     */
    public TestClient setCookie(String name, String value) {
        settings.cookies().set(TestRequest.checkedHeader(name, value).name(), value);
        return this;
    }

    /** Deletes all cookies. */
    public void clearCookies() {
        settings.cookies().clear();
    }
}
