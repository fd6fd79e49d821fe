package io.gangway.servlet;

import io.gangway.deploy.Setting;
import java.util.List;

/** The settings that this module adds; their syntax and their sources are those of io.gangway.deploy. */
public final class ServletSettings {
    /** Whether a {@link GatewayFilter} asks the application or the container's own servlets first. */
    public static final Setting<GatewayFilter.Order> FILTER_ORDER = Setting.choice(
                    "filter-order",
                    GatewayFilter.Order.class,
                    "For a GatewayFilter: the side that is asked first. A request that it answers with 404 or 405 goes to the other side.")
            .withDefault(GatewayFilter.Order.CONTAINER_FIRST);

    /** Whether {@code %2F} in a path reaches the application where the container's security constraints may not have seen a slash. */
    public static final Setting<EncodedSlash> ENCODED_SLASH = Setting.choice(
                    "encoded-slash",
                    EncodedSlash.class,
                    "How to handle `%2F` in a path that the container did not decode before it matched its security constraints (in"
                            + " Jetty: in any path): `refuse` answers 400, `accept` hands it to the application as a slash. Accept it only"
                            + " where no constraint of the container protects a path of the application. `gangway run` does not have this"
                            + " setting: it always accepts `%2F`.")
            .withDefault(EncodedSlash.REFUSE);

    /** How {@code %2F} in a path is handled. */
    public enum EncodedSlash {
        /** The request is answered 400. */
        REFUSE,
        /** The application gets a slash. */
        ACCEPT
    }

    private ServletSettings() {}

    /**
     * All settings of this module.
     *
     * @return the settings, in the order in which they are documented
     */
    public static List<Setting<?>> all() {
        return List.of(FILTER_ORDER, ENCODED_SLASH);
    }
}
