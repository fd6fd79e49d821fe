package io.gangway.deploy;

import io.gangway.lint.Lint;
import io.gangway.middleware.TrustedProxies;
import io.gangway.wsgi.Environ;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The settings that every deployment has, whatever its application and its container are. */
public final class CoreSettings {
    /** Names the application: {@code loader:rest}. */
    public static final Setting<String> APPLICATION = Setting.text(
            "application",
            "an application such as class:com.acme.Hello",
            "The application, as `loader:rest`. Not used where the application is given in code.");

    /** Whether the client sees tracebacks. */
    public static final Setting<Boolean> DEVELOPMENT = Setting.bool(
                    "development", "Whether error responses show the traceback to the client. Never on in production.")
            .withDefault(false);

    /** What is done about broken rules; on in development, where somebody is there to fix them. */
    public static final Setting<Lint.Mode> LINT = Setting.choice(
                    "lint",
                    Lint.Mode.class,
                    "What is done when the server or the application breaks a rule of `docs/wsgi.md`: nothing more than"
                            + " safety needs (off), an entry in the log (log), or a failed request (fail). What the server"
                            + " repairs, a status without a reason or above 599 and hop-by-hop headers, fails a request only"
                            + " if strict, which is for tests.")
            .withDefault(
                    settings -> settings.get(DEVELOPMENT) ? Lint.Mode.FAIL : Lint.Mode.OFF,
                    "fail if gangway.development is true, otherwise off");

    /** The reverse proxies whose word is taken for the client's address and URL (W71). */
    public static final Setting<List<String>> TRUSTED_PROXIES = Setting.list(
                    "trusted-proxies",
                    "addresses or networks such as 10.0.0.0/8 or ::1",
                    CoreSettings::checkedNetwork,
                    "The reverse proxies that are believed about the client's address and URL.")
            .withDefault(List.of());

    /** What those proxies write. The default is what nearly all of them do, and most pass {@code Host} on. */
    public static final Setting<List<TrustedHeader>> TRUSTED_HEADERS = Setting.choices(
                    "trusted-headers",
                    TrustedHeader.class,
                    "The headers that each of gangway.trusted-proxies sets or overwrites on every request; any other may"
                            + " come from the client.")
            .checked(TrustedHeader::isOneStyle, "either forwarded alone, or some of the x-forwarded headers")
            .withDefault(List.of(TrustedHeader.X_FORWARDED_FOR, TrustedHeader.X_FORWARDED_PROTO));

    /** Values that the deployer adds to each environ (W37). */
    public static final Setting<Map<String, String>> ENVIRON = Setting.map(
            "environ",
            CoreSettings::isDeployers,
            "a name that the server does not use itself",
            "Adds NAME with this text to the environ of each request, UTF-8 as bytes in a native string.");

    /** Keys that tell of the request: a deployer's constant there would be a lie to the application. */
    private static final Set<String> SERVERS_KEYS = Set.of(
            Environ.REQUEST_METHOD,
            Environ.SCRIPT_NAME,
            Environ.PATH_INFO,
            Environ.QUERY_STRING,
            Environ.CONTENT_TYPE,
            Environ.CONTENT_LENGTH,
            Environ.SERVER_NAME,
            Environ.SERVER_PORT,
            Environ.SERVER_PROTOCOL,
            Environ.SERVER_SOFTWARE,
            Environ.RAW_URI,
            Environ.REQUEST_URI,
            Environ.REMOTE_ADDR,
            Environ.REMOTE_PORT,
            "REMOTE_HOST",
            Environ.REMOTE_USER,
            Environ.AUTH_TYPE,
            "HTTPS");

    private static final List<String> SERVERS_PREFIXES =
            List.of("HTTP_", "SSL_", "wsgi.", "gangway.", "jakarta.servlet.");

    private CoreSettings() {}

    /**
     * All of them.
     *
     * @return in the order of the table
     */
    public static List<Setting<?>> all() {
        return List.of(APPLICATION, DEVELOPMENT, LINT, TRUSTED_PROXIES, TRUSTED_HEADERS, ENVIRON);
    }

    /** The middleware knows what a network is; it throws what a parser should. */
    private static String checkedNetwork(String network) {
        TrustedProxies.forwarded(network);
        return network;
    }

    private static boolean isDeployers(String name) {
        return !SERVERS_KEYS.contains(name) && SERVERS_PREFIXES.stream().noneMatch(name::startsWith);
    }
}
