package io.gangway.deploy;

import io.gangway.asgi.LifespanMode;
import io.gangway.lint.Lint;
import io.gangway.middleware.TrustedProxies;
import io.gangway.server.EnvironFacts;
import io.gangway.wsgi.Environ;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The settings of every deployment, independent of its application and container. */
public final class CoreSettings {
    /** The application: {@code loader:name}. */
    public static final Setting<String> APPLICATION = Setting.text(
            "application",
            "an application such as shop.wsgi:application or class:com.acme.Hello",
            "The application, as `loader:name`, for example `class:com.acme.Hello`. Without a loader's name it is a Python"
                    + " application: `shop.wsgi:application`. Not used if the application is given in code.");

    /** Whether the client sees tracebacks. */
    public static final Setting<Boolean> DEVELOPMENT = Setting.bool(
                    "development", "Whether error responses show the traceback to the client. Never on in production.")
            .withDefault(false);

    /** The linter's mode; it is on in development, where broken rules can be fixed immediately. */
    public static final Setting<Lint.Mode> LINT = Setting.choice(
                    "lint",
                    Lint.Mode.class,
                    "How the linter reacts if the server or the application breaks a rule of `docs/wsgi.md`. `off`: the linter"
                            + " is not used, and only violations that would be unsafe fail a request. `log`: it logs the violation."
                            + " `fail`: the request fails. `strict`, for tests: the request also fails for violations that the server"
                            + " can repair (a status without a reason or above 599, hop-by-hop headers).")
            .withDefault(
                    settings -> settings.get(DEVELOPMENT) ? Lint.Mode.FAIL : Lint.Mode.OFF,
                    "fail if gangway.development is true, otherwise off");

    /** Whether ASGI applications have a lifespan (A41). */
    public static final Setting<LifespanMode> LIFESPAN = Setting.choice(
                    "lifespan",
                    LifespanMode.class,
                    "Whether an ASGI application's lifespan is run: its startup before the first request, its shutdown after the last one. `auto`: yes, but an application"
                            + " that fails before it answers `lifespan.startup` has none, and is served without. `on`: such an application cannot start. `off`: no. Not used by"
                            + " WSGI applications.")
            .withDefault(LifespanMode.AUTO);

    /** The max time of the start. */
    public static final Setting<Duration> START_TIMEOUT = Setting.duration(
                    "start-timeout",
                    "The max time of the application's start: until all workers are ready, or an ASGI application in Java has answered `lifespan.startup`.")
            .checked(it -> !it.isZero(), "a duration above 0")
            .withDefault(Duration.ofSeconds(60));

    /** The reverse proxies whose headers set the client's address and URL (W71). */
    public static final Setting<List<String>> TRUSTED_PROXIES = Setting.list(
                    "trusted-proxies",
                    "addresses or networks such as 10.0.0.0/8 or ::1, or unix",
                    CoreSettings::checkedNetwork,
                    "The reverse proxies whose forwarded headers set the client's address and URL; `unix` is every process that may connect to a Unix socket that"
                            + " `gangway run` listens on.")
            .withDefault(List.of());

    /** The headers that those proxies set. Nearly all proxies set the two default ones, and most pass {@code Host} on. */
    public static final Setting<List<TrustedHeader>> TRUSTED_HEADERS = Setting.choices(
                    "trusted-headers",
                    TrustedHeader.class,
                    "The headers that each of gangway.trusted-proxies sets or overwrites on every request. List only these:"
                            + " any other header may come from the client.")
            .checked(TrustedHeader::isOneStyle, "either forwarded alone, or some of the x-forwarded headers")
            .withDefault(List.of(TrustedHeader.X_FORWARDED_FOR, TrustedHeader.X_FORWARDED_PROTO));

    /** Whether responses carry the request's id. */
    public static final Setting<Boolean> REQUEST_ID = Setting.bool(
                    "request-id",
                    "Whether each response has the header X-Request-ID, with the id that the log's entries for the request carry. A request that comes"
                            + " from one of gangway.trusted-proxies may bring an id in this header, which is then used.")
            .withDefault(false);

    /** The slowest client that is served: 240 bytes per second, as in Kestrel and IIS. */
    public static final Setting<Long> MIN_DATA_RATE = Setting.byteSize(
                    "min-data-rate",
                    "Bytes per second that a client has to send of its body, and to take of its response, on average and after five seconds. The time that the"
                            + " application takes does not count. A slower client gets 408 while its body is collected; later its connection is broken off."
                            + " `0`: any rate will do. Where a thread of the container waits for the client, the container's own timeouts count.")
            .withDefault(240L);

    /** Keys and values that the deployer adds to each environ (W37). */
    public static final Setting<Map<String, String>> ENVIRON = Setting.map(
            "environ",
            CoreSettings::isDeployers,
            "a name that the server does not use itself",
            "Adds the key NAME with this text to the environ of each request; the text's UTF-8 bytes become a native string.");

    /** Keys that describe the request, beside the facts: a constant value would be wrong for most requests. */
    private static final Set<String> SERVERS_KEYS = Set.of(Environ.CONTENT_TYPE, Environ.CONTENT_LENGTH, "REMOTE_HOST");

    private static final List<String> SERVERS_PREFIXES =
            List.of("HTTP_", "SSL_", "wsgi.", "gangway.", "jakarta.servlet.");

    private CoreSettings() {}

    /**
     * All core settings.
     *
     * @return the settings, in the order of the table
     */
    public static List<Setting<?>> all() {
        return List.of(
                APPLICATION,
                DEVELOPMENT,
                LINT,
                LIFESPAN,
                START_TIMEOUT,
                TRUSTED_PROXIES,
                TRUSTED_HEADERS,
                REQUEST_ID,
                MIN_DATA_RATE,
                ENVIRON);
    }

    /** The middleware parses the network, and throws the exception that a setting's parser must throw. */
    private static String checkedNetwork(String network) {
        TrustedProxies.forwarded(network);
        return network;
    }

    private static boolean isDeployers(String name) {
        return !EnvironFacts.isFact(name)
                && !SERVERS_KEYS.contains(name)
                && SERVERS_PREFIXES.stream().noneMatch(name::startsWith);
    }
}
